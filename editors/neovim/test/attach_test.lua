-- A log gets the filetype `log` and the server; a file that already has a filetype keeps it.
local t = require('harness')

for _, name in ipairs({ 'Setup.log', 'SETUP.LOG', 'agent.log.1', 'AppEnforce.lo_' }) do
  local child = t.start(t.file(name, { 'hr=0x87D1FDE8' }))
  t.check(name .. ' has the filetype log', child:lua('return vim.bo.filetype') == 'log')
  t.check(name .. ' has the server', child:ready())
end

local pacman = t.start(t.file('pacman.log', { '[2025-01-01] [PACMAN] Running' }))
t.check('pacman.log keeps its filetype', pacman:lua('return vim.bo.filetype') == 'pacmanlog')
t.check('a filetype that is not listed has no server', pacman:lua('return #vim.lsp.get_clients()') == 0)

local notes = t.start(t.file('notes.md', { 'The code was 0x87D1FDE8.' }))
t.check('notes in Markdown have the server', notes:ready())
t.check('hints are off outside logs', not notes:lua('return vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })'))
