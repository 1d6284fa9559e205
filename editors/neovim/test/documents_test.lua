-- The server's own documents, `hexplain:/family/number.md`: in a buffer that can't be edited, and from a workspace symbol.
local t = require('harness')

local child = t.start(t.file('agent.log', { 'hr=0x87D1FDE8' }))
child:ready()
local folder = child:lua('return vim.uv.cwd()')

local text = 'return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n")'
local function opened(uri)
  child:lua('vim.cmd.edit(vim.fn.fnameescape(...))', uri)
  return child:lua(text)
end

local message, remedy = t.answer('SyncML(404)').message, t.answer('SyncML(404)').remedy
local page = opened('hexplain:/syncml/404.md')
t.check('a document has the message', page:find(message, 1, true), page)
t.check('and the remedy', page:find(remedy:sub(1, 40), 1, true), page)
t.check('its buffer is Markdown', child:lua('return vim.bo.filetype') == 'markdown')
t.check('it is not a file', child:lua('return vim.bo.buftype') == 'nofile')
t.check('it can\'t be edited', not child:lua('return vim.bo.modifiable'))
t.check('it isn\'t explained itself', child:lua('return #vim.lsp.get_clients({ bufnr = 0 })') == 0)

-- The name that Neovim gives the buffer contains the folder; it must work after `:cd` as well.
child:lua('vim.cmd.cd("/")')
page = opened(folder .. '/hexplain:/syncml/405.md')
t.check('a document is found by its full name', page:find(t.answer('SyncML(405)').message, 1, true), page)

t.check('it can be read again', opened('hexplain:/syncml/404.md') == opened('hexplain:/syncml/404.md'))

page = opened('hexplain:/syncml/no-such-number.md')
t.check('an unknown document says so', page == 'The catalog has no entry for `hexplain:/syncml/no-such-number.md`.', page)

child:lua('vim.cmd.buffer(1)')
local passcode = t.answer('0x87D13A98')
child:lua('vim.lsp.buf.workspace_symbol(...)', passcode.message)
t.check('workspace symbols are listed', child:eventually('return #vim.fn.getqflist() > 0'))
child:lua([[
  for number, item in ipairs(vim.fn.getqflist()) do
    if item.text:find('0x87D13A98', 1, true) then
      return vim.cmd.cc({ count = number })
    end
  end
]])
page = child:lua(text)
t.check('a workspace symbol opens its explanation', page:find(passcode.remedy:sub(1, 40), 1, true), page)

local missing = t.start(nil, nil, 'vim.lsp.config("hexplain", { cmd = { "no-such-program", "lsp" } })')
missing:lua('pcall(vim.cmd.edit, "hexplain:/syncml/404.md")')
page = missing:eventually('local text = vim.fn.getline(1) return text:find("not running") and text')
t.check('without a server, the document says so', page == 'The hexplain server is not running.', page or missing:lua('return vim.fn.execute("messages")'))
