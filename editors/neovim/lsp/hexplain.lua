-- The configuration of the server for vim.lsp.enable('hexplain'); `vim.lsp.config('hexplain', {…})` overrides any part of it.
return {
  cmd = { 'hexplain', 'lsp' },
  filetypes = { 'log', 'messages', 'text', 'markdown', 'csv', 'tsv', 'json', 'jsonl', 'xml' },
  root_markers = { '.git' },
  init_options = { clientCommands = { 'hexplain.copy' } },
  commands = {
    ['hexplain.copy'] = function(command) require('hexplain').copy(command.arguments[1]) end,
  },
  before_init = function(params)
    -- Neovim 0.11 doesn't pull diagnostics again when settings change, so let the server push them.
    params.capabilities.textDocument.diagnostic = nil
  end,
  on_init = function(client) require('hexplain.hints').narrow(client) end,
  on_exit = function(code, signal) require('hexplain').restart(code, signal) end,
}
