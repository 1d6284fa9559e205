-- A 10 MB log with tens of thousands of codes: hints appear, and editing works. Times are printed, not checked.
local t = require('harness')

local lines, size = {}, 0
local codes = { '0x87D1FDE8', '0x80070005', '-2016281112', 'SyncML(404)' }
while size < 10e6 do
  local n = #lines
  local result = n % 2 == 0 and codes[n / 2 % #codes + 1] or 'ok'
  lines[n + 1] = ('2025-01-01 12:%02d:%02d.%03d INFO [worker-%d] step %d done with hr=%s in %d ms, as it does every time')
    :format(n / 60 % 60, n % 60, n % 1000, n % 7, n, result, n % 97)
  size = size + #lines[n + 1] + 1
end

-- Measures how long Neovim is blocked: a timer records the longest time between two of its ticks.
local watch = [[
  local last = vim.uv.hrtime()
  _G.blocked = 0
  _G.timer = _G.timer or vim.uv.new_timer()
  _G.timer:start(0, 1, function()
    local now = vim.uv.hrtime()
    _G.blocked, last = math.max(_G.blocked, now - last), now
  end)
]]
local function timed(what, child, act, done, ...)
  child:lua(watch)
  local start = vim.uv.hrtime()
  act()
  local holds = child:eventually(done, ...)
  local took = (vim.uv.hrtime() - start) / 1e6
  vim.wait(300)
  t.check(what, holds, holds)
  print(('        %.0f ms; Neovim was blocked for %.0f ms at most'):format(took, child:lua('return _G.blocked') / 1e6))
end

-- Whether each code in view has a hint that is drawn after it.
local hints = [[
  local first, last = vim.fn.line('w0') - 1, vim.fn.line('w$') - 1
  local marks = vim.api.nvim_buf_get_extmarks(
    0, vim.api.nvim_create_namespace('nvim.lsp.inlayhint'), { first, 0 }, { last, -1 }, {})
  local lines = vim.api.nvim_buf_get_lines(0, first, last + 1, false)
  local codes = vim.tbl_filter(function(line) return line:find('hr=[^o]') end, lines)
  local following = vim.tbl_filter(function(mark)
    return vim.fn.getline(mark[2] + 1):sub(1, mark[3]):find('hr=%S+$')
  end, marks)
  vim.cmd.redraw()
  return #codes > 0 and #codes == #marks and #codes == #following
]]

local path = t.file('big.log', lines)
local child = t.start()
timed(('hints appear in a log of %d lines, %d codes'):format(#lines, #lines / 2), child, function()
  child:lua('vim.cmd.edit(...)', path)
end, hints)
t.check('diagnostics appear', child:eventually('return #vim.diagnostic.get(0) > 0'))
timed('a code is typed at the top: its hint appears', child, function()
  child:type('ggOhr=0x80070005<Esc>')
end, hints)
timed('and disappears with it', child, function()
  child:type('dd')
end, hints)
timed('hints appear at the end', child, function()
  child:type('G')
end, hints)
timed('and a few pages up', child, function()
  child:type(('<C-b>'):rep(40))
end, hints)
timed('and in the middle', child, function()
  child:type('40001G')
end, 'return vim.fn.line(".") == 40001 and (function() ' .. hints .. ' end)()')
timed('text is typed there, and the hint moves with its code', child, function()
  child:type('0ihexplain <Esc>')
end, 'return vim.fn.getline(40001):find("^hexplain ") and (function() ' .. hints .. ' end)()')
timed('hover', child, function()
  child:type('gg/0x80070005<CR>K')
end, 'return #vim.api.nvim_list_wins() > 1')

child:type('<Esc>:only<CR>G')
child:type(':split<CR>gg')
t.check('two windows far apart each have their hints', child:eventually([[
  local seen = {}
  vim.cmd.redraw()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local first, last = vim.fn.line('w0', window) - 1, vim.fn.line('w$', window) - 1
    local marks = vim.api.nvim_buf_get_extmarks(
      0, vim.api.nvim_create_namespace('nvim.lsp.inlayhint'), { first, 0 }, { last, -1 }, {})
    seen[#seen + 1] = #marks > 0 and first or nil
  end
  return #seen == 2 and seen[1] ~= seen[2]
]]))
child:type(':only<CR>')

-- A late response to an older request must not keep the newer one's hints from being drawn.
for _ = 1, 5 do
  child:type('gg')
  child:lua('vim.cmd.redraw()')
  child:type('G')
  child:lua('vim.cmd.redraw()')
end
t.check('hints appear after jumps back and forth', child:eventually(hints))

-- Steady typing: how long Neovim takes to process each key.
local keys, longest, sum = 50, 0, 0
child:type('50001GA')
for _ = 1, keys do
  local start = vim.uv.hrtime()
  child:type('x')
  child:lua('return 1')
  local took = (vim.uv.hrtime() - start) / 1e6
  longest, sum = math.max(longest, took), sum + took
  vim.wait(100)
end
child:type('<Esc>')
t.check('steady typing arrives', child:eventually('return vim.fn.getline(50001):find(("x"):rep(...) .. "$") ~= nil', keys))
print(('        a key takes %.0f ms, the slowest %.0f ms'):format(sum / keys, longest))
