-- The server as vim.lsp.enable('hexplain') starts it; `vim.lsp.config('hexplain', {…})` changes any of it.
return {
  cmd = { 'hexplain', 'lsp' },
  filetypes = { 'log', 'messages', 'text', 'markdown', 'csv', 'tsv', 'json', 'jsonl', 'xml' },
  root_markers = { '.git' },
  init_options = { clientCommands = { 'hexplain.copy' } },
  commands = {
    ['hexplain.copy'] = function(command)
      require('hexplain').copy(command.arguments[1])
    end,
  },
  on_exit = function(code, signal)
    require('hexplain').restart(code, signal)
  end,
}
