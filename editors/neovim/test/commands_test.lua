-- :Hexplain with and without a code, with and without an attached server; the help and :checkhealth.
local t = require('harness')

local message = t.answer('0x80070005').message

local log = t.start(t.file('agent.log', { 'hr=0x80070005' }))
log:ready('0x80070005')
log:type(':Hexplain<CR>')
t.check(':Hexplain explains the code under the cursor', log:float():find(message, 1, true))
log:type('<Esc>j:Hexplain HTTP 503<CR>')
log:lua('vim.cmd.only()')
log:type(':Hexplain HTTP 503<CR>')
t.check(':Hexplain CODE explains that code', log:float():find('503'), log:float())

local none = t.start(t.file('main.c', { 'return 0x80070005;' }))
none:lua('vim.fn.search("0x80070005")')
none:type(':Hexplain<CR>')
t.check('without an attached server, :Hexplain explains the word under the cursor', none:float():find(message, 1, true), none:float())
none:type(':only<CR>:Hexplain -2147024891<CR>')
t.check('and a code that begins with a dash', none:float():find(message, 1, true), none:float())

local function said(child, pattern)
  local text = child:eventually('local text = vim.fn.execute("messages") return text:find(...) and text', pattern)
  t.check('a message says ' .. pattern, text, child:lua('return vim.fn.execute("messages")'))
end
none:type(':only<CR>:Hexplain nothing at all<CR>')
said(none, 'no entry matches nothing at all')

local missing = t.start(t.file('main.c', {}), nil, 'vim.lsp.config("hexplain", { cmd = { "no-such-program", "lsp" } })')
missing:type(':Hexplain 5<CR>')
said(missing, 'no%-such%-program.* not installed')

-- The page of `:checkhealth hexplain`.
local function health(child)
  child:lua('vim.cmd("silent checkhealth hexplain")')
  return child:lua('return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n")')
end
local page = health(log)
t.check(':checkhealth names the program and its version', page:find('OK.-hexplain: hexplain %d+%.%d+%.%d+'), page)
t.check('and the client', page:find('OK.-client %d+ is attached to these buffers: 1'), page)
t.check('it has no errors', not page:find('ERROR'), page)
page = health(missing)
t.check(':checkhealth reports a missing program', page:find('ERROR.-no%-such%-program is not executable'), page)

-- On a copy, so that no tags file is left in this folder.
log:lua([[
  local doc = vim.fs.joinpath(vim.fn.stdpath('config'), 'doc')
  vim.fn.mkdir(doc, 'p')
  vim.uv.fs_copyfile(vim.api.nvim_get_runtime_file('doc/hexplain.txt', false)[1], doc .. '/hexplain.txt')
  vim.cmd.helptags(vim.fn.fnameescape(doc))
]])
for _, tag in ipairs({ 'hexplain', ':Hexplain', ':HexplainCopy', 'hexplain.copy', 'hexplain-settings' }) do
  t.check('there is help about ' .. tag, log:lua('vim.cmd.help(...) return vim.fn.expand("%:t")', tag) == 'hexplain.txt')
end
