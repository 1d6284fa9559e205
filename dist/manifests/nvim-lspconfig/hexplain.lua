---@brief
---
--- @HOMEPAGE@
---
--- A language server that finds the error codes in logs and explains them: hover, diagnostics, inlay hints, completion
--- and a remedy to copy. It needs no configuration and works offline.
---
--- Neovim has no filetype for `*.log` files. This adds one:
---
--- ```lua
--- vim.filetype.add({ extension = { log = 'log' } })
--- ```

---@type vim.lsp.Config
return {
  cmd = { 'hexplain', 'lsp' },
  filetypes = { 'log', 'messages', 'text', 'markdown', 'csv', 'tsv', 'json', 'jsonl', 'xml' },
  root_markers = { '.git' },
  init_options = { clientCommands = { 'hexplain.copy' } },
  commands = {
    ['hexplain.copy'] = function(command)
      vim.fn.setreg('+', command.arguments[1])
    end,
  },
  settings = {
    hexplain = {},
  },
}
