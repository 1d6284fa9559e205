-- Inlay hints for the lines in and near the view. Neovim requests hints for the whole buffer, and again after each edit:
-- for a 10 MB log this is 8 MB of hints, which block Neovim for 100 to 200 ms each time.
local M = {}

local margin = 300 -- lines above and below the view
local requested = {} -- by buffer, the first and the last line of the latest request

local function view(buffer)
  local first, last = math.huge, 1
  for _, window in ipairs(vim.fn.win_findbuf(buffer)) do
    first, last = math.min(first, vim.fn.line('w0', window)), math.max(last, vim.fn.line('w$', window))
  end
  return math.min(first, last), last
end

-- Narrows the range that Neovim requests from a client, and drops a response to any but the latest request: Neovim
-- would treat lines without hints in it as drawn, and not process them again.
function M.narrow(client)
  local request = client.request
  client.request = function(self, method, params, handler, ...)
    if method == 'textDocument/inlayHint' and not handler then
      local buffer = vim.uri_to_bufnr(params.textDocument.uri)
      local first, last = view(buffer)
      local range, handle = { first - margin, last + margin }, self.handlers[method] or vim.lsp.handlers[method]
      requested[buffer] = range
      handler = function(...) return requested[buffer] == range and handle(...) end
      params.range.start = { line = math.max(range[1] - 1, 0), character = 0 }
      if range[2] < params.range['end'].line then
        params.range['end'] = { line = range[2], character = 0 }
      end
    end
    return request(self, method, params, handler, ...)
  end
end

-- Requests hints again when the view leaves the requested range.
function M.follow()
  for buffer, range in pairs(requested) do
    local enabled = vim.api.nvim_buf_is_loaded(buffer) and vim.lsp.inlay_hint.is_enabled({ bufnr = buffer })
    local first, last = view(buffer)
    if enabled and (first < range[1] or last > range[2]) then
      vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
    end
  end
end

return M
