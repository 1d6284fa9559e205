-- Runs every *_test.lua in this folder, or those named; prints one line per check and the totals.
local test = vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2))
package.path = test .. '/?.lua;' .. package.path
local harness = require('harness')

local named = #arg > 0 and arg or vim.fn.readdir(test, function(name) return name:match('_test%.lua$') and 1 or 0 end)
for _, name in ipairs(named) do
  print('# ' .. name)
  harness.run(function() dofile(test .. '/' .. name) end)
end
print(('%d passed, %d failed'):format(harness.passed, harness.failed))
os.exit(harness.failed == 0 and harness.passed > 0 and 0 or 1)
