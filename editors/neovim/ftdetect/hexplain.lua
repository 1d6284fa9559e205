-- Sets the filetype `log` for logs that have none yet, including rotated ones (`.log.1`, `.lo_`).
vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  group = 'filetypedetect',
  pattern = { '*.log', '*.Log', '*.LOG', '*.log.[0-9]*', '*.lo_' },
  command = 'setfiletype log',
})
