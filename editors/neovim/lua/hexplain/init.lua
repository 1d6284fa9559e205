-- What the commands and the client command `hexplain.copy` do, and the restart after a crash.
local M = {}

-- A server to ask; where none runs, one without a buffer is started.
local function server()
  local running = vim.lsp.get_clients({ name = 'hexplain' })[1]
  local id = not running and vim.lsp.start(vim.lsp.config.hexplain, { attach = false })
  local started = id and vim.lsp.get_client_by_id(id)
  return running or started and vim.wait(5000, function() return started.initialized end, 10) and started
end

-- Shows what `query` means in a float; without a query, what the code under the cursor means.
function M.explain(query)
  if query == '' and #vim.lsp.get_clients({ name = 'hexplain', bufnr = 0 }) > 0 then
    return vim.lsp.buf.hover()
  end
  query = query ~= '' and query or vim.fn.expand('<cWORD>')
  local client = server() -- where there is none, Neovim has said why
  return client and client:request('hexplain/explain', { query = query }, function(err, result)
    if err or #result.answers == 0 then
      return vim.notify('hexplain: ' .. (err and err.message or 'no code, and no name: ' .. query), vim.log.levels.WARN)
    end
    local pages = vim.tbl_map(function(answer) return vim.trim(answer.markdown) end, result.answers)
    local lines = vim.split(table.concat(pages, '\n\n---\n\n'), '\n')
    vim.lsp.util.open_floating_preview(lines, 'markdown', { focus_id = 'hexplain', max_width = 100 })
  end)
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
