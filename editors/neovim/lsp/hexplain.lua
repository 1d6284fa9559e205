-- The server as vim.lsp.enable('hexplain') starts it; `vim.lsp.config('hexplain', {…})` changes any of it.
return {
  cmd = { 'hexplain', 'lsp' },
  filetypes = { 'log', 'messages', 'text', 'markdown', 'csv', 'tsv', 'json', 'jsonl', 'xml' },
  root_markers = { '.git' },
  init_options = { clientCommands = { 'hexplain.copy' } },
  commands = {
    ['hexplain.copy'] = function(command) require('hexplain').copy(command.arguments[1]) end,
  },
  before_init = function(params)
    -- Neovim 0.11 can't be told to pull diagnostics anew after settings have changed: the server shall push them.
    params.capabilities.textDocument.diagnostic = nil
  end,
  on_init = function(client) require('hexplain.hints').narrow(client) end,
  on_exit = function(code, signal) require('hexplain').restart(code, signal) end,
}
