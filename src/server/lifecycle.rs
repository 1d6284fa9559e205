//! What tower-lsp serves: `initialize`, `shutdown` and notifications about settings and files.
//! Requests about documents and the catalog are in the table in `requests.rs`.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{
    DidChangeConfigurationParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidSaveTextDocumentParams, InitializeParams, InitializeResult, InitializedParams, ServerInfo,
    Url, WorkspaceFolder,
};
use tower_lsp::{LanguageServer, LspService, async_trait};

use super::capabilities::capabilities;
use super::client::Client;
use super::requests;
use super::shared::Shared;
use super::tasks;
use super::uri::Uri;

/// The handlers of a session's lifecycle.
pub(super) struct Lifecycle(Shared);

/// The tower-lsp service with these handlers. It refuses unknown methods, and every request before
/// `initialize` and after `shutdown`; so that it knows our own methods, they are registered.
pub(super) fn service(shared: Shared) -> LspService<Lifecycle> {
    let own = requests::table().into_iter().filter(|row| row.method.starts_with("hexplain/"));
    // tower-lsp's client and its socket are not used: see `outbox`.
    let builder = LspService::build(|_| Lifecycle(shared));
    let (service, _socket) = own
        .fold(builder, |builder, row| builder.custom_method(row.method, Lifecycle::refuse))
        .finish();
    service
}

/// Reads the params of `initialize` and keeps only what the handler needs: capabilities of a later
/// LSP may have forms that today's types reject. `None` if capabilities are missing.
pub(super) fn meet(shared: &Shared, params: Value) -> Option<Value> {
    if !params["capabilities"].is_object() {
        return None;
    }
    let roots = |folders: &Value| -> Vec<PathBuf> {
        let folders = folders.as_array().into_iter().flatten();
        folders.filter_map(|folder| root(folder["uri"].as_str()?)).collect()
    };
    let mut folders = roots(&params["workspaceFolders"]);
    if folders.is_empty() {
        folders = roots(&json!([{ "uri": params["rootUri"] }]));
    }
    if folders.is_empty() {
        // The name in LSP 3.0.
        folders.extend(params["rootPath"].as_str().map(PathBuf::from));
    }
    let mut workspace = shared.workspace();
    let mut client = Client::read(&params);
    client.locale = shared.locale.unwrap_or(client.locale);
    workspace.client = Arc::new(client);
    workspace.origins.roots = folders;
    let options = params["initializationOptions"].clone();
    Some(json!({ "capabilities": {}, "initializationOptions": options }))
}

/// Roughly the number of bytes that a value takes in memory.
fn memory_of(value: &Value) -> usize {
    let inner: usize = match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(memory_of).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| 2 * key.len() + memory_of(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    inner + 2 * size_of::<Value>()
}

/// The path of a workspace folder.
fn root(uri: &str) -> Option<PathBuf> {
    Uri::parse(uri)?.to_file_path()
}

impl Lifecycle {
    /// Never reached: the table answers these while the session runs.
    #[allow(clippy::unused_async)] // a handler
    async fn refuse(&self, _: Value) -> Result<()> {
        Err(Error::method_not_found())
    }

    /// Rereads the catalog files among these.
    fn files_changed(&self, uris: impl Iterator<Item = Url>) {
        let files: Vec<PathBuf> =
            uris.filter_map(|uri| Uri::parse(uri.as_str())?.to_file_path()).collect();
        self.0.beside(|shared| async move { shared.files_changed(&files).await });
    }
}

#[async_trait]
impl LanguageServer for Lifecycle {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let client = Arc::clone(&self.0.workspace().client);
        let options = params.initialization_options;
        if options.is_some() || self.0.workspace().has_catalogs() {
            let options = options.unwrap_or_default();
            // The catalog is read in the background, so that `initialize` waits for no file.
            self.0.beside(|shared| async move { shared.apply_settings(&options).await });
        }
        Ok(InitializeResult {
            capabilities: capabilities(&client),
            server_info: Some(ServerInfo {
                name: "hexplain".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.0.workspace().is_initialized = true;
        let client = Arc::clone(&self.0.workspace().client);
        if client.registers_watchers {
            self.0.beside(|shared| async move { shared.watch_catalogs().await });
        } else {
            let shared = self.0.clone();
            tasks::spawn(async move { shared.look_regularly().await });
        }
        self.0.beside(move |shared| async move {
            if client.registers_configuration {
                let registration = json!({ "registrations": [
                    { "id": "settings", "method": "workspace/didChangeConfiguration",
                      "registerOptions": { "section": "hexplain" } } ] });
                shared.outbox.ask("client/registerCapability", registration).await;
            }
            if client.configuration {
                shared.pull_settings().await;
            }
        });
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        let pulls = self.0.workspace().client.configuration;
        self.0.beside_with(memory_of(&params.settings), move |shared| async move {
            match &params.settings["hexplain"] {
                Value::Null if pulls => shared.pull_settings().await,
                Value::Null => shared.apply_settings(&params.settings).await,
                settings => shared.apply_settings(settings).await,
            }
        });
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let roots = |folders: Vec<WorkspaceFolder>| -> Vec<PathBuf> {
            folders.iter().filter_map(|folder| root(folder.uri.as_str())).collect()
        };
        let (added, removed) = (roots(params.event.added), roots(params.event.removed));
        {
            let folders = &mut self.0.workspace().origins.roots;
            folders.retain(|folder| !removed.contains(folder));
            for folder in added {
                if !folders.contains(&folder) {
                    folders.push(folder);
                }
            }
        }
        self.0.beside(|shared| async move { shared.watch_catalogs().await });
        self.0.beside(|shared| async move { shared.folders_changed().await });
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.files_changed(params.changes.into_iter().map(|change| change.uri));
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.files_changed(std::iter::once(params.text_document.uri));
    }
}
