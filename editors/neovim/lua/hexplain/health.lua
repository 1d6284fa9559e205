-- `:checkhealth hexplain`: is the program installed and enabled, which buffers is it attached to, can text be copied?
local M = {}

local function program(health)
  local cmd = vim.lsp.config.hexplain.cmd
  local path = type(cmd) == 'table' and cmd[1] or 'hexplain'
  if vim.fn.executable(path) == 0 then
    return health.error(path .. ' is not executable', {
      'Add hexplain to your PATH, or set its path: vim.lsp.config("hexplain", { cmd = { "/path/to/hexplain", "lsp" } })',
    })
  end
  local version = vim.system({ path, '--version' }, { text = true }):wait()
  local report = version.code == 0 and health.ok or health.error
  report(('%s: %s'):format(vim.fn.exepath(path), vim.trim(version.stdout .. version.stderr)))
end

local function server(health)
  if not vim.lsp.is_enabled('hexplain') then
    health.warn('the server is not enabled', { 'Add vim.lsp.enable("hexplain") to your init.lua' })
  end
  health.info('attaches to these filetypes: ' .. table.concat(vim.lsp.config.hexplain.filetypes or { 'all' }, ', '))
  for _, client in ipairs(vim.lsp.get_clients({ name = 'hexplain' })) do
    local buffers = table.concat(vim.tbl_keys(client.attached_buffers), ', ')
    health.ok(('client %d is attached to these buffers: %s'):format(client.id, buffers))
    health.info('its settings: ' .. vim.inspect(client.settings.hexplain or {}))
  end
end

function M.check()
  vim.health.start('hexplain')
  if vim.fn.has('nvim-0.11') == 0 then
    return vim.health.error('hexplain requires Neovim 0.11 or later')
  end
  program(vim.health)
  server(vim.health)
  if vim.fn.has('clipboard') == 1 then
    vim.health.ok('copies with ' .. vim.fn['provider#clipboard#Executable']())
  else
    vim.health.info('copies through the terminal (OSC 52): Neovim found no clipboard tool')
  end
end

return M
