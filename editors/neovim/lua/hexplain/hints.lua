-- Inlay hints around what is in view. Neovim asks for the whole buffer's, anew after each edit: in a log of 10 MB these
-- are 8 MB of hints, which hold it up for 100 to 200 ms each time.
local M = {}

local margin = 300 -- lines above and below the view
local asked = {} -- by buffer, the first and the last line of the newest request

local function view(buffer)
  local first, last = math.huge, 1
  for _, window in ipairs(vim.fn.win_findbuf(buffer)) do
    first, last = math.min(first, vim.fn.line('w0', window)), math.max(last, vim.fn.line('w$', window))
  end
  return math.min(first, last), last
end

-- Narrows what Neovim asks a client for, and drops an answer that a newer request has made useless: Neovim would take the
-- lines without hints in it for drawn, and not look at them again.
function M.narrow(client)
  local request = client.request
  client.request = function(self, method, params, handler, ...)
    if method == 'textDocument/inlayHint' and not handler then
      local buffer = vim.uri_to_bufnr(params.textDocument.uri)
      local first, last = view(buffer)
      local range, take = { first - margin, last + margin }, self.handlers[method] or vim.lsp.handlers[method]
      asked[buffer] = range
      handler = function(...) return asked[buffer] == range and take(...) end
      params.range.start = { line = math.max(range[1] - 1, 0), character = 0 }
      if range[2] < params.range['end'].line then
        params.range['end'] = { line = range[2], character = 0 }
      end
    end
    return request(self, method, params, handler, ...)
  end
end

-- Asks anew where the view has left what was asked for.
function M.follow()
  for buffer, range in pairs(asked) do
    local enabled = vim.api.nvim_buf_is_loaded(buffer) and vim.lsp.inlay_hint.is_enabled({ bufnr = buffer })
    local first, last = view(buffer)
    if enabled and (first < range[1] or last > range[2]) then
      vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
    end
  end
end

return M
