-- A killed server is restarted, once a minute; a stopped one stays stopped.
local t = require('harness')

local child = t.start(t.file('agent.log', { 'hr=0x87D1FDE8' }))
child:ready()
child:eventually('return #vim.diagnostic.get(0) == 1')

-- The id of the server's process: Neovim's only child process.
local function server()
  return child:lua('return vim.api.nvim_get_proc_children(vim.uv.os_getpid())[1] or false')
end
local function kill()
  local id = child:lua('return vim.lsp.get_clients({ name = "hexplain" })[1].id')
  vim.uv.kill(server(), 'sigkill')
  child:eventually('return vim.lsp.get_client_by_id(...) == nil', id)
end

local first = server()
kill()
t.check('a killed server is restarted', child:ready() and server() ~= first)
t.check('and explains again', child:eventually('return #vim.diagnostic.get(0) == 1 and #vim.lsp.inlay_hint.get({ bufnr = 0 }) == 1'))
child:type('Go0x80070005<Esc>')
t.check('and follows edits', child:eventually('return #vim.diagnostic.get(0) == 2'))

kill()
vim.wait(1500)
t.check('killed again at once, it is not restarted', not server(), server())
child:lua('vim.lsp.enable("hexplain")')
t.check('until the user enables it', child:ready())

child:lua('vim.lsp.enable("hexplain", false)')
t.check('disabled, it ends', child:eventually('return #vim.lsp.get_clients({ name = "hexplain" }) == 0'))
vim.wait(1000)
t.check('and stays stopped', not server(), server())

local pid = (function()
  child:lua('vim.lsp.enable("hexplain")')
  child:ready()
  return server()
end)()
vim.fn.rpcnotify(child.channel, 'nvim_command', 'qall!')
t.check('it ends with Neovim', vim.wait(60000, function() return vim.uv.kill(pid, 0) ~= 0 end, 20))
