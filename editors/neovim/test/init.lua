-- The init.lua for the tests: the plugin, installed from a clone as shown in the README.
local test = vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2))
vim.opt.runtimepath:prepend(vim.fs.dirname(test))
vim.lsp.enable('hexplain')
vim.o.swapfile = false
vim.o.shadafile = 'NONE'
