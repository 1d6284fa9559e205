-- What the commands and the client command `hexplain.copy` do, and the restart after a crash.
local M = {}

-- The program that the configuration names.
function M.program()
  local cmd = vim.lsp.config.hexplain.cmd
  return type(cmd) == 'table' and cmd[1] or 'hexplain'
end

local function warn(text)
  vim.notify('hexplain: ' .. vim.trim(text), vim.log.levels.WARN)
end

local function show(markdown)
  local lines = vim.split(vim.trim(markdown), '\n')
  vim.lsp.util.open_floating_preview(lines, 'markdown', { focus_id = 'hexplain' })
end

local function ask_server(client, query)
  client:request('hexplain/explain', { query = query }, function(err, result)
    if err or #result.answers == 0 then
      return warn(err and err.message or ('no code, and no name: ' .. query))
    end
    local pages = vim.tbl_map(function(answer) return answer.markdown end, result.answers)
    show(table.concat(pages, '\n\n---\n\n'))
  end)
end

local function ask_program(query)
  if vim.fn.executable(M.program()) == 0 then
    return warn(M.program() .. ' is not an executable, see :checkhealth hexplain')
  end
  local command = { M.program(), 'explain', '--format', 'markdown', '--', query }
  vim.system(command, { text = true }, vim.schedule_wrap(function(ran)
    local answer = ran.stdout ~= '' and show or warn
    answer(ran.stdout .. ran.stderr)
  end))
end

-- Shows what `query` means in a float; without a query, what the code under the cursor means.
function M.explain(query)
  if query == '' and #vim.lsp.get_clients({ name = 'hexplain', bufnr = 0 }) > 0 then
    return vim.lsp.buf.hover()
  end
  query = query ~= '' and query or vim.fn.expand('<cWORD>')
  local client = vim.lsp.get_clients({ name = 'hexplain' })[1]
  if client then
    ask_server(client, query)
  else
    ask_program(query)
  end
end

-- Copies the remedy of the code under the cursor: the first copy that the server offers.
function M.copy_remedy()
  local found
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      local first = not found and action.command and action.command.command == 'hexplain.copy'
      found = found or first
      return first
    end,
  })
end

-- Puts `text` into the + register, or into the terminal's clipboard where Neovim has found no clipboard tool.
function M.copy(text)
  if vim.fn.has('clipboard') == 1 then
    vim.fn.setreg('+', text)
    vim.notify('hexplain: copied')
  else
    require('vim.ui.clipboard.osc52').copy('+')(vim.split(text, '\n'))
    vim.notify('hexplain: copied by the terminal (OSC 52)')
  end
end

local restarted

-- Starts a server that died anew, and attaches its buffers; once a minute at most.
function M.restart(code, signal)
  vim.defer_fn(function()
    local died = (code ~= 0 or signal ~= 0) and vim.v.exiting == vim.NIL
    local lately = restarted and vim.uv.now() - restarted < 60000
    if died and not lately and vim.lsp.is_enabled('hexplain') then
      restarted = vim.uv.now()
      vim.lsp.enable('hexplain')
    end
  end, 200)
end

return M
