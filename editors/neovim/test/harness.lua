-- Starts Neovim instances, drives them with keys and Lua, and counts the checks that pass.
local M = { passed = 0, failed = 0 }

local test = vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2))
local children = {}

-- Records whether the check `name` holds; prints `got` if it doesn't.
function M.check(name, holds, got)
  M.passed, M.failed = M.passed + (holds and 1 or 0), M.failed + (holds and 0 or 1)
  print((holds and 'ok      ' or 'FAILED  ') .. name .. (holds and '' or ', but got ' .. vim.inspect(got)))
end

-- Runs a test file; an error in it counts as a failed check, and every child is stopped.
function M.run(body)
  local ok, err = xpcall(body, debug.traceback)
  if not ok then
    M.check('the test runs to its end', false, err)
  end
  while #children > 0 do
    vim.fn.jobstop(table.remove(children))
  end
end

-- Creates a file with these lines in a folder of its own.
function M.file(name, lines)
  local path = vim.fs.joinpath(vim.fn.tempname(), name)
  vim.fn.mkdir(vim.fs.dirname(path), 'p')
  vim.fn.writefile(lines, path)
  return path
end

-- The command line's explanation of a code, for comparison with the editor's.
function M.answer(code)
  local out = vim.system({ 'hexplain', 'explain', '--format', 'json', '--', code }, { text = true }):wait().stdout
  return vim.json.decode(out, { luanil = { object = true } }).answers[1]
end

local Child = {}
Child.__index = Child

-- Starts a Neovim, with the file `path` open if given; `env` overrides its environment, `setup` is Lua to run first.
function M.start(path, env, setup)
  local command = { vim.v.progpath, '--embed', '--headless', '-n', '-u', test .. '/init.lua' }
  vim.list_extend(command, setup and { '--cmd', 'lua ' .. setup } or {})
  local child = setmetatable({ errors = '' }, Child)
  child.channel = vim.fn.jobstart(vim.list_extend(command, { path }), {
    rpc = true,
    env = env,
    on_stderr = function(_, data) child.errors = child.errors .. table.concat(data, '\n') end,
  })
  table.insert(children, child.channel)
  return child
end

-- Runs Lua in the child and returns its value.
function Child:lua(code, ...)
  return vim.rpcrequest(self.channel, 'nvim_exec_lua', code, { ... })
end

-- Types keys.
function Child:type(keys)
  vim.rpcrequest(self.channel, 'nvim_input', keys)
end

-- Returns the value of `code` as soon as it is true, or after a minute in any case.
function Child:eventually(code, ...)
  local value
  local args = { ... }
  vim.wait(60000, function()
    value = self:lua(code, unpack(args))
    return value and value ~= vim.NIL
  end, 20)
  return value ~= vim.NIL and value or nil
end

-- Waits until the server is attached, and puts the cursor on the text.
function Child:ready(text)
  local attached = self:eventually('return #vim.lsp.get_clients({ name = "hexplain", bufnr = 0 }) > 0')
  if text then
    self:lua('vim.fn.cursor(1, 1) vim.fn.search([[\\V]] .. ..., "c")', text)
  end
  return attached
end

-- The text of the open floating window.
function Child:float()
  return self:eventually([[
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
      end
    end
  ]]) or ''
end

return M
