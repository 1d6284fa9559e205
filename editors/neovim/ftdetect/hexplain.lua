-- Gives a log that has no filetype yet the filetype `log`; rolled ones (`.log.1`, `.lo_`) too.
vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  group = 'filetypedetect',
  pattern = { '*.log', '*.Log', '*.LOG', '*.log.[0-9]*', '*.lo_' },
  command = 'setfiletype log',
})
