-- The functions behind the commands, the `hexplain:` buffers and the client command `hexplain.copy`, and the restart
-- after a crash.
local M = {}

-- A running server, or a new one that is not attached to any buffer.
local function server()
  local running = vim.lsp.get_clients({ name = 'hexplain' })[1]
  local id = not running and vim.lsp.start(vim.lsp.config.hexplain, { attach = false })
  local started = id and vim.lsp.get_client_by_id(id)
  return running or started and vim.wait(5000, function() return started.initialized end, 10) and started
end

-- Explains `query` in a floating window, or the code under the cursor if `query` is empty.
function M.explain(query)
  if query == '' and #vim.lsp.get_clients({ name = 'hexplain', bufnr = 0 }) > 0 then
    return vim.lsp.buf.hover()
  end
  query = query ~= '' and query or vim.fn.expand('<cWORD>')
  local client = server() -- if there is none, Neovim has already said why
  return client and client:request('hexplain/explain', { query = query }, function(err, result)
    if err or #result.answers == 0 then
      return vim.notify('hexplain: ' .. (err and err.message or 'no entry matches ' .. query), vim.log.levels.WARN)
    end
    local pages = vim.tbl_map(function(answer) return vim.trim(answer.markdown) end, result.answers)
    local lines = vim.split(table.concat(pages, '\n\n---\n\n'), '\n')
    vim.lsp.util.open_floating_preview(lines, 'markdown', { focus_id = 'hexplain', max_width = 100 })
  end)
end

-- Fills a buffer with one of the server's documents, or with the reason why it is missing.
function M.read(buffer, uri)
  local client = server()
  local answer = client and client:request_sync('hexplain/document', { uri = uri }, 5000, buffer)
  local text = not client and 'The hexplain server is not running.'
    or not answer and 'The hexplain server did not answer.'
    or answer.err and answer.err.message
    or answer.result and answer.result.text
    or ('The catalog has no entry for `%s`.'):format(uri)
  local bo = vim.bo[buffer]
  bo.modifiable = true -- `:edit` rereads it
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(vim.trim(text), '\n'))
  bo.buftype, bo.swapfile = 'nofile', false -- first: a server attaches only to Markdown that is a file
  bo.modified, bo.modifiable = false, false
  bo.filetype = 'markdown'
end

-- Copies the remedy of the code under the cursor: the text of the first copy action that the server offers.
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

-- Copies `text` to the + register, or to the terminal's clipboard if Neovim has no clipboard tool.
function M.copy(text)
  if vim.fn.has('clipboard') == 1 then
    vim.fn.setreg('+', text)
    vim.notify('hexplain: copied')
  else
    require('vim.ui.clipboard.osc52').copy('+')(vim.split(text, '\n'))
    vim.notify('hexplain: copied through the terminal (OSC 52)')
  end
end

local restarted -- when

-- Restarts a server that crashed and attaches its buffers again, at most once a minute.
function M.restart(code, signal)
  vim.defer_fn(function()
    local crashed = (code ~= 0 or signal ~= 0) and vim.v.exiting == vim.NIL
    local recently = restarted and vim.uv.now() - restarted < 60000
    if crashed and not recently and vim.lsp.is_enabled('hexplain') then
      restarted = vim.uv.now()
      vim.lsp.enable('hexplain')
    end
  end, 200)
end

return M
