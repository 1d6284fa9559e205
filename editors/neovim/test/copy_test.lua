-- Copying: to the + register with a clipboard tool, through the terminal without one.
local t = require('harness')

local remedy = t.answer('0x87D1FDE8').remedy
local path = t.file('agent.log', { 'hr=0x87D1FDE8, then SyncML(404)' })
local register = [[vim.g.clipboard = {
  name = 'test',
  copy = { ['+'] = function(lines) _G.copied = lines end, ['*'] = function() end },
  paste = { ['+'] = function() return { _G.copied, 'v' } end, ['*'] = function() return {} end },
}]]

local child = t.start(path, nil, register)
child:ready('0x87D1FDE8')
child:type(':HexplainCopy<CR>')
child:eventually('return _G.copied')
t.check(':HexplainCopy copies the remedy to +', child:lua('return vim.fn.getreg("+")') == remedy, child:lua('return vim.fn.getreg("+")'))

child:lua([[_G.copied = nil vim.lsp.buf.code_action({ apply = true, filter = function(a) return a.title == 'Copy -2016281112' end })]])
child:eventually('return _G.copied')
t.check('a code action copies what it says', child:lua('return vim.fn.getreg("+")') == '-2016281112')

-- Neovim writes OSC 52 to its standard error, which is the terminal when it runs in one.
local bin = vim.fs.dirname(vim.fn.exepath('hexplain'))
local bare = t.start(path, { PATH = bin })
bare:ready('0x87D1FDE8')
t.check('without a clipboard tool Neovim has none', bare:lua('return vim.fn.has("clipboard")') == 0)
bare:type(':HexplainCopy<CR>')
local sent = vim.wait(60000, function() return bare.errors:find('\27\\', 1, true) ~= nil end, 20)
local encoded = bare.errors:match('\27%]52;c;([%w+/=]*)\27\\')
t.check('the remedy goes to the terminal as OSC 52', sent and encoded and vim.base64.decode(encoded) == remedy, bare.errors)
