-- The commands, inlay hints in logs, and the buffers that show the server's own documents.
local command = vim.api.nvim_create_user_command
command('Hexplain', function(call) require('hexplain').explain(call.args) end,
  { nargs = '?', desc = 'Explain an error code, or the one under the cursor' })
command('HexplainCopy', function() require('hexplain').copy_remedy() end,
  { desc = 'Copy the remedy of the error code under the cursor' })

local on = vim.api.nvim_create_autocmd
local group = vim.api.nvim_create_augroup('hexplain', {})
on('LspAttach', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'hexplain' and vim.list_contains({ 'log', 'messages' }, vim.bo[event.buf].filetype) then
      -- Scheduled, so that Neovim requests them only once: enabled now, it would also request them as the file opens.
      vim.schedule(function() vim.lsp.inlay_hint.enable(true, { bufnr = event.buf }) end)
    end
  end,
})
on({ 'WinScrolled', 'BufWinEnter' }, { group = group, callback = function() require('hexplain.hints').follow() end })

-- A catalog entry is at `hexplain:/family/number.md`. Neovim takes this for a relative path, so the full name starts
-- with a folder.
on('BufReadCmd', {
  group = group,
  pattern = '{*/,}hexplain:/*/*.md',
  callback = function(event) require('hexplain').read(event.buf, event.match:match('hexplain:.*$')) end,
})
