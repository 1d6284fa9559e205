-- Diagnostics, hover, hints, completion and code actions in a log, with Neovim's default keys.
local t = require('harness')

local path = t.file('agent.log', { 'first line', 'é→😀 lastHResult 0x87D1FDE8 after', '', 'all well' })
local child = t.start(path)
child:ready('0x87D1FDE8')

local diagnostic = child:eventually('return vim.diagnostic.get(0)[1]') or {}
t.check('a diagnostic marks the code', diagnostic.lnum == 1, diagnostic)
t.check('after multi-byte characters, too', diagnostic.col == 22 and diagnostic.end_col == 32, diagnostic)
t.check('it has its source and its code', diagnostic.source == 'hexplain' and diagnostic.code == '0x87D1FDE8', diagnostic)

child:type('K')
local hover = child:float()
t.check('K shows the code in three notations', hover:find('0x87D1FDE8') and hover:find('-2016281112', 1, true) and hover:find('2278686184'), hover)
t.check('and the message', hover:find(t.answer('0x87D1FDE8').message, 1, true), hover)
child:type('<Esc>')

t.check('hints are on in a log', child:lua('return vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })'))
local hint = child:eventually('return (vim.lsp.inlay_hint.get({ bufnr = 0 })[1] or {}).inlay_hint') or {}
t.check('a hint follows the code', hint.position and hint.position.line == 1 and hint.position.character == 32, hint)
local drawn = child:eventually([[
  local marks = vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace('nvim.lsp.inlayhint'), 0, -1, { details = true })
  vim.cmd.redraw()
  return marks[1]
]])
t.check('and is drawn', drawn and drawn[2] == 1 and drawn[3] == 32, drawn)

child:type('Go0x87D1FD<C-x><C-o>')
local menu = child:eventually('return vim.fn.pumvisible() == 1 and vim.fn.complete_info({ "items" }).items') or {}
local words = vim.tbl_map(function(item) return item.word end, menu)
t.check('completion offers the code from its beginning', vim.list_contains(words, '0x87D1FDE8'), words)
child:type('<C-e><Esc>')

child:lua('vim.api.nvim_buf_set_lines(0, 0, 1, false, { "err 0x80070005" })')
local moved = child:eventually([[
  local hints = vim.lsp.inlay_hint.get({ bufnr = 0 })
  return #vim.diagnostic.get(0, { lnum = 0 }) == 1 and #hints > 1 and hints[1].inlay_hint.position.line
]])
t.check('an edit brings a diagnostic and a hint', moved == 0, moved)

child:lua('vim.ui.select = function(items, options, choose) _G.titles = vim.tbl_map(options.format_item, items) choose(nil) end')
child:lua('vim.fn.cursor(2, 1) vim.fn.search("0x87D1FDE8", "c")')
child:type('gra')
local titles = table.concat(child:eventually('return _G.titles') or {}, '\n')
t.check('gra offers to copy and to rewrite', titles:find('Copy the remedy') and titles:find('Rewrite as -2016281112', 1, true), titles)
child:lua([[vim.lsp.buf.code_action({ apply = true, filter = function(a) return a.title == 'Rewrite as 2278686184' end })]])
t.check('rewriting changes the text', child:eventually('return vim.fn.getline(2):find("2278686184 after") ~= nil'), child:lua('return vim.fn.getline(2)'))

child:lua('vim.fn.cursor(2, 1) vim.fn.search("2278686184", "c")')
child:lua('vim.api.nvim_buf_set_lines(0, -1, -1, false, { "again -2016281112" })')
child:type('grr')
t.check('grr lists the code in any notation', child:eventually('return #vim.fn.getqflist() == 2'), child:lua('return vim.fn.getqflist()'))
child:type(':cclose<CR>gO')
t.check('gO lists the codes of the file', child:eventually('return #vim.fn.getloclist(0) > 0'))

child:lua('vim.cmd.lclose() vim.api.nvim_buf_set_lines(0, 0, 1, false, { "then SyncML(404)" })')
child:lua('vim.ui.open = function(link) _G.opened = link end vim.fn.cursor(1, 1) vim.fn.search("SyncML", "c")')
child:lua([[vim.lsp.buf.code_action({ apply = true, filter = function(a) return vim.startswith(a.title, 'Open ') end })]])
local opened = child:eventually('return _G.opened')
t.check('the page about a code opens', opened and opened == t.answer('SyncML(404)').links[1], opened)
