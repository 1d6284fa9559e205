-- Settings from vim.lsp.config at startup, and changed settings while the server runs.
local t = require('harness')

local path = t.file('agent.log', { 'hr=0x87D1FDE8', 'hr=0x80070005', 'status SyncML(404)' })

local function start(settings)
  local config = vim.inspect({ settings = { hexplain = settings } }, { newline = ' ', indent = '' })
  local child = t.start(path, nil, ('vim.lsp.config("hexplain", %s)'):format(config))
  child:ready()
  return child
end

local function change(child, settings)
  child:lua([[
    local client = vim.lsp.get_clients({ name = 'hexplain' })[1]
    client.settings = { hexplain = ... }
    client:notify('workspace/didChangeConfiguration', { settings = client.settings })
  ]], settings)
end

local shown = 'local all = vim.diagnostic.get(0) return #all == ... and all[1] and all[1].message or (#all == ... and "none")'

local child = start({ ignore = { '0x80070005' } })
t.check('an ignored code has no diagnostic', child:eventually(shown, 2))
change(child, {})
t.check('it has one when it is no longer ignored', child:eventually(shown, 3))

local english = child:eventually(shown, 3)
change(child, { locale = 'fr' })
local french = child:eventually('local first = vim.diagnostic.get(0)[1] return first and first.message ~= ... and first.message', english)
t.check('French comes without a restart', english and french, french)

change(child, { diagnostics = { enable = false } })
t.check('diagnostics can be switched off', child:eventually(shown, 0))
t.check('while hints stay', child:eventually('return #vim.lsp.inlay_hint.get({ bufnr = 0 }) == 3'))
change(child, { inlayHints = { enable = false } })
t.check('hints can be switched off', child:eventually('return #vim.lsp.inlay_hint.get({ bufnr = 0 }) == 0'))

local quiet = start({ diagnostics = { severity = 'hint' } })
quiet:eventually(shown, 3)
t.check('one level for all', quiet:lua('return vim.diagnostic.get(0)[1].severity == vim.diagnostic.severity.HINT'))

local wrong = start({ ingore = { '0x5' } })
local said = wrong:eventually('local text = vim.fn.execute("messages") return text:find("ingore") and text')
t.check('an unknown setting is reported', said, wrong:lua('return vim.fn.execute("messages")'))
