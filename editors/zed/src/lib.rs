//! Starts `hexplain lsp` for Zed and passes the user's settings to it.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{
    Command, Extension, LanguageServerId, Result, Worktree, register_extension, serde_json,
};

struct Hexplain;

impl Extension for Hexplain {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Command> {
        let settings = LspSettings::for_worktree(server.as_ref(), worktree)?;
        let configured = settings.binary.and_then(|binary| binary.path);
        let command = configured
            .or_else(|| worktree.which("hexplain"))
            .ok_or("hexplain not found on PATH: install it, or set lsp.hexplain.binary.path")?;
        Ok(Command { command, args: vec!["lsp".to_owned()], env: worktree.shell_env() })
    }

    fn language_server_workspace_configuration(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        let settings = LspSettings::for_worktree(server.as_ref(), worktree)?.settings;
        Ok(settings.map(|settings| serde_json::json!({ "hexplain": settings })))
    }
}

register_extension!(Hexplain);
