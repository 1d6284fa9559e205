//! The language server: wire in, feature function, wire out; nothing else.
//!
//! Each feature is a plain function from a `View` to its answer, in a file of
//! its own. Only `workspace` holds state, only `transport` and `message` know frames.

#![allow(clippy::wildcard_imports)] // LSP has its own names for its own things

mod client;
mod code_actions;
mod completion;
mod diagnostics;
mod hover;
mod inlay_hints;
mod log;
mod long;
mod mailbox;
mod message;
mod navigation;
mod outbox;
mod progress;
mod settings;
mod symbols;
mod transport;
mod workspace;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;
use tower_lsp::{LanguageServer, async_trait};

use crate::catalog_files::CatalogFiles;
use crate::explain::{self, Answer};
use crate::locale::Locale;
use crate::scan::Key;
use client::{COPY, Client};
use mailbox::{Open, Weight};
use message::Edit;
use outbox::Outbox;
use settings::Settings;
use workspace::{View, Workspace};

#[cfg(fuzzing)]
pub use transport::count_messages;
pub use transport::serve_stdio;

/// How many entries `hexplain/search` answers with unless it is asked for fewer.
const MOST_FOUND: usize = 100;

/// How many problems of settings and catalogs one message tells.
const MOST_PROBLEMS: usize = 20;

/// The handlers' way to the state and to the client.
#[derive(Clone, Debug)]
struct Server {
    outbox: Outbox,
    workspace: Arc<Mutex<Workspace>>,
}

impl Server {
    fn new(outbox: Outbox) -> Self {
        let workspace = Arc::new(Mutex::new(Workspace::new(outbox.clone())));
        Self { outbox, workspace }
    }

    /// The state. No lock is held over an `await`: the guard is not `Send`.
    fn workspace(&self) -> MutexGuard<'_, Workspace> {
        self.workspace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The process that started this one, where `initialize` named it.
    fn parent(&self) -> Option<u32> {
        self.workspace().client.process_id
    }

    /// Takes in what `initialize` says, and leaves of its params what the handler reads: a later
    /// LSP's capabilities may have forms that today's types refuse. `None` without capabilities.
    fn meet(&self, params: Value) -> Option<Value> {
        if !params["capabilities"].is_object() {
            return None;
        }
        let roots = |folders: &Value| -> Vec<PathBuf> {
            let uris = folders
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|folder| folder["uri"].as_str());
            uris.filter_map(|uri| Url::parse(uri).ok()?.to_file_path().ok()).collect()
        };
        let mut folders = roots(&params["workspaceFolders"]);
        if folders.is_empty() {
            folders = roots(&json!([{ "uri": params["rootUri"] }]));
        }
        let mut workspace = self.workspace();
        workspace.client = Arc::new(Client::read(&params));
        workspace.roots = folders;
        let options = params["initializationOptions"].clone();
        Some(json!({ "capabilities": {}, "initializationOptions": options }))
    }

    /// Applies an edit at once.
    fn edit(&self, edit: Edit) {
        let mut workspace = self.workspace();
        match edit {
            Edit::Open { uri, version, text } => workspace.open(uri, text, version),
            Edit::Change(DidChangeTextDocumentParams { text_document, content_changes }) => {
                workspace.change(text_document.uri, text_document.version, content_changes);
            }
            Edit::Close(DidCloseTextDocumentParams { text_document }) => {
                workspace.close(&text_document.uri);
                if !workspace.client.pulls_diagnostics {
                    let params = PublishDiagnosticsParams::new(text_document.uri, Vec::new(), None);
                    self.outbox.notify("textDocument/publishDiagnostics", &params);
                }
            }
        }
    }

    /// Publishes the diagnostics of what has changed. Called when no message waits, so a burst
    /// of edits is published once.
    fn publish_changed(&self) {
        if self.workspace().client.pulls_diagnostics {
            return self.workspace().forget_changed();
        }
        loop {
            let next = self.workspace().next_to_publish();
            let Some((uri, mailbox)) = next else { return };
            let server = self.clone();
            tokio::spawn(async move {
                let views = server.for_views();
                let of = uri.clone();
                let body = mailbox
                    .ask_in_passing(Weight::Heavy, move |open| publication(&views, of, open))
                    .await;
                // Closed or opened again meanwhile: these are another text's diagnostics.
                let is_open = server.workspace().published(&uri, &mailbox);
                if let (true, Some(body)) = (is_open, body) {
                    server.outbox.send_body(body);
                }
                server.publish_changed();
            });
        }
    }

    /// What a view needs beside its document, as it stands now.
    fn for_views(&self) -> Views {
        let workspace = self.workspace();
        Views {
            catalog: Arc::clone(workspace.scanner.catalog()),
            settings: Arc::clone(&workspace.settings),
            ignored: Arc::clone(&workspace.ignored),
            client: Arc::clone(&workspace.client),
        }
    }

    fn locale(&self) -> Locale {
        let workspace = self.workspace();
        workspace.settings.language(workspace.client.locale)
    }

    /// The answer of a feature about an open document; `None` where it is not open.
    async fn about<T: Send + 'static>(
        &self,
        uri: &Url,
        weight: Weight,
        feature: impl FnOnce(&View<'_>) -> T + Send + 'static,
    ) -> Result<Option<T>> {
        let mailbox = self.workspace().document(uri);
        let Some(mailbox) = mailbox else { return Ok(None) };
        let views = self.for_views();
        let answer = mailbox.ask(weight, move |open| views.with(&open.document, feature)).await;
        answer.map(Some).ok_or_else(Error::internal_error)
    }

    /// Takes settings over, and the catalog with them where they change it. Where newer settings
    /// come while files are read, those count.
    async fn apply_settings(&self, value: &Value) {
        let (settings, mut problems) = Settings::read(value);
        let settings = Arc::new(settings);
        let roots = self.workspace().roots.clone();
        let old = std::mem::replace(&mut self.workspace().settings, Arc::clone(&settings));
        if (&old.catalogs, &old.families) != (&settings.catalogs, &settings.families) {
            let wanted = Arc::clone(&settings);
            let loaded = tokio::task::spawn_blocking(move || {
                workspace::load_catalog(&mut CatalogFiles::default(), &wanted, &roots)
            })
            .await;
            if let Ok((catalog, found)) = loaded {
                problems.extend(found);
                let mut workspace = self.workspace();
                let newest = &workspace.settings;
                if (&newest.catalogs, &newest.families) == (&settings.catalogs, &settings.families)
                {
                    workspace.set_catalog(catalog);
                }
            }
        }
        problems.extend(self.workspace().look_up_ignored(&settings));
        if !problems.is_empty() {
            let more = problems.len().saturating_sub(MOST_PROBLEMS);
            problems.truncate(MOST_PROBLEMS);
            if more > 0 {
                problems.push(self.locale().pick(
                    format!("… and {more} more problems"),
                    format!("… et {more} autres problèmes"),
                ));
            }
            let params =
                ShowMessageParams { typ: MessageType::WARNING, message: problems.join("\n") };
            self.outbox.notify("window/showMessage", &params);
        }
        if *old != *self.workspace().settings {
            self.refresh().await;
        }
    }

    /// Asks the client to ask again, after settings have changed what the answers are.
    async fn refresh(&self) {
        self.workspace().mark_all();
        self.publish_changed();
        let client = Arc::clone(&self.workspace().client);
        if client.pulls_diagnostics {
            self.outbox.ask("workspace/diagnostic/refresh", Value::Null).await;
        }
        if client.refreshes_hints {
            self.outbox.ask("workspace/inlayHint/refresh", Value::Null).await;
        }
    }

    /// Asks the client for its settings, where it has them.
    async fn pull_settings(&self) {
        let items = json!({ "items": [{ "section": "hexplain" }] });
        match self.outbox.ask("workspace/configuration", items).await {
            // A client that has none leaves those of `initialize`.
            Some(answer) if !answer[0].is_null() => self.apply_settings(&answer[0]).await,
            _ => {}
        }
    }

    /// Runs `work` beside the messages that follow: it may ask the client, whose answer comes
    /// by the same pipe.
    fn beside<F: Future<Output = ()> + Send + 'static>(&self, work: impl FnOnce(Self) -> F) {
        tokio::spawn(work(self.clone()));
    }

    /// `hexplain/explain`: the answers to what a person typed.
    fn explain(&self, params: ExplainParams) -> Explained {
        let scanner = Arc::clone(&self.workspace().scanner);
        let locale =
            params.locale.as_deref().and_then(Locale::parse).unwrap_or_else(|| self.locale());
        let answers = explain::answers_to_query(&scanner, &params.query, locale);
        Explained { query: params.query, answers: WithMarkdown::all(answers, locale) }
    }

    /// `hexplain/panic`: a fault on purpose, in test builds only, to prove that it costs its own
    /// answer and nothing else.
    #[allow(clippy::unused_async, clippy::manual_assert)] // a handler; and no condition is broken
    async fn panic(&self, _: Value) -> Result<()> {
        if cfg!(debug_assertions) {
            panic!("asked for: SECRET");
        }
        Err(Error::method_not_found())
    }

    /// `hexplain/search`: the entries in which all words stand.
    async fn search(&self, params: SearchParams) -> Result<Found> {
        let scanner = Arc::clone(&self.workspace().scanner);
        let locale =
            params.locale.as_deref().and_then(Locale::parse).unwrap_or_else(|| self.locale());
        let limit = params.limit.unwrap_or(MOST_FOUND).min(1000);
        let found = tokio::task::spawn_blocking(move || {
            let catalog = scanner.catalog();
            let entries = catalog.search(&params.words, locale).into_iter().take(limit);
            let answers = entries
                .map(|entry| {
                    explain::answer(catalog, &entry, explain::own_key(catalog, &entry), locale)
                })
                .collect();
            Found { answers: WithMarkdown::all(answers, locale) }
        });
        found.await.map_err(|_| Error::internal_error())
    }
}

/// What a [`View`] needs beside its document.
struct Views {
    catalog: Arc<crate::Catalog>,
    settings: Arc<Settings>,
    ignored: Arc<HashSet<Key>>,
    client: Arc<Client>,
}

impl Views {
    fn with<T>(&self, document: &crate::Document, feature: impl FnOnce(&View<'_>) -> T) -> T {
        feature(&View {
            document,
            catalog: &self.catalog,
            settings: &self.settings,
            ignored: &self.ignored,
            client: &self.client,
        })
    }
}

/// The body of the notification of a document's diagnostics.
fn publication(views: &Views, uri: Url, open: &Open) -> Vec<u8> {
    let diagnostics = views.with(&open.document, diagnostics::diagnostics);
    let version = Some(open.version).filter(|_| views.client.diagnostic_versions);
    let params = PublishDiagnosticsParams { uri, diagnostics, version };
    outbox::notification("textDocument/publishDiagnostics", &params)
}

#[derive(Deserialize)]
struct ExplainParams {
    query: String,
    locale: Option<String>,
}

#[derive(Serialize)]
struct Explained {
    query: String,
    answers: Vec<WithMarkdown>,
}

#[derive(Deserialize)]
struct SearchParams {
    words: String,
    limit: Option<usize>,
    locale: Option<String>,
}

#[derive(Serialize)]
struct Found {
    answers: Vec<WithMarkdown>,
}

/// An answer for a client that shows it itself.
#[derive(Serialize)]
struct WithMarkdown {
    #[serde(flatten)]
    answer: Answer,
    title: String,
    markdown: String,
}

impl WithMarkdown {
    fn all(answers: Vec<Answer>, locale: Locale) -> Vec<Self> {
        let with = |answer: Answer| Self {
            title: answer.title.clone(),
            markdown: answer.markdown(None, locale),
            answer,
        };
        answers.into_iter().map(with).collect()
    }
}

/// What the server can do.
fn capabilities(client: &Client) -> ServerCapabilities {
    let encoding = match client.encoding {
        crate::position::Encoding::Utf8 => PositionEncodingKind::UTF8,
        crate::position::Encoding::Utf16 => PositionEncodingKind::UTF16,
        crate::position::Encoding::Utf32 => PositionEncodingKind::UTF32,
    };
    ServerCapabilities {
        position_encoding: client.negotiates_encoding.then_some(encoding),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Right(InlayHintServerCapabilities::Options(
            InlayHintOptions { resolve_provider: Some(true), ..InlayHintOptions::default() },
        ))),
        completion_provider: Some(CompletionOptions {
            resolve_provider: Some(true),
            ..CompletionOptions::default()
        }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![
                CodeActionKind::QUICKFIX,
                CodeActionKind::REFACTOR_REWRITE,
            ]),
            ..CodeActionOptions::default()
        })),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![code_actions::SHOW.to_owned(), code_actions::OPEN.to_owned()],
            ..ExecuteCommandOptions::default()
        }),
        document_highlight_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        definition_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        diagnostic_provider: client.pulls_diagnostics.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some(diagnostics::SOURCE.to_owned()),
                ..DiagnosticOptions::default()
            })
        }),
        ..ServerCapabilities::default()
    }
}

#[async_trait]
impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let client = Arc::clone(&self.workspace().client);
        if let Some(options) = params.initialization_options {
            // The catalog is read beside: `initialize` waits for no file.
            self.beside(|server| async move { server.apply_settings(&options).await });
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
        let client = Arc::clone(&self.workspace().client);
        self.beside(move |server| async move {
            if client.registers_configuration {
                let registration = json!({ "registrations": [
                    { "id": "settings", "method": "workspace/didChangeConfiguration",
                      "registerOptions": { "section": "hexplain" } } ] });
                server.outbox.ask("client/registerCapability", registration).await;
            }
            if client.configuration {
                server.pull_settings().await;
            }
        });
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        let pulls = self.workspace().client.configuration;
        self.beside(move |server| async move {
            match &params.settings["hexplain"] {
                Value::Null if pulls => server.pull_settings().await,
                Value::Null => server.apply_settings(&params.settings).await,
                settings => server.apply_settings(settings).await,
            }
        });
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let TextDocumentPositionParams { text_document, position } =
            params.text_document_position_params;
        let hover =
            self.about(&text_document.uri, Weight::Light, move |view| hover::hover(view, position));
        Ok(hover.await?.flatten())
    }

    async fn inlay_hint_resolve(&self, hint: InlayHint) -> Result<InlayHint> {
        let views = self.for_views();
        Ok(inlay_hints::resolve(hint, &views.catalog, views.client.hover_markdown, self.locale()))
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let list = self
            .about(&text_document.uri, Weight::Light, move |view| {
                completion::completion(view, position)
            })
            .await?;
        Ok(list.flatten().map(CompletionResponse::List))
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        let views = self.for_views();
        Ok(completion::resolve(
            item,
            &views.catalog,
            views.client.completion_markdown,
            self.locale(),
        ))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let uri = params.text_document.uri.clone();
        self.about(&uri, Weight::Light, move |view| code_actions::code_actions(view, &params)).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        let Some(text) = code_actions::argument(&params.arguments).map(str::to_owned) else {
            return Err(Error::invalid_params(format!("{} takes one text", params.command)));
        };
        let shows_documents = self.workspace().client.show_document;
        match params.command.as_str() {
            code_actions::OPEN if shows_documents => self.beside(|server| async move {
                server
                    .outbox
                    .ask("window/showDocument", json!({ "uri": text, "external": true }))
                    .await;
            }),
            code_actions::OPEN | code_actions::SHOW | COPY => {
                let params = ShowMessageParams { typ: MessageType::INFO, message: text };
                self.outbox.notify("window/showMessage", &params);
            }
            other => {
                return Err(Error::invalid_params(format!("{other} is no command of hexplain")));
            }
        }
        Ok(None)
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let key = self.about(&text_document.uri, Weight::Light, move |view| {
            navigation::key_at(view, position)
        });
        let Some(key) = key.await?.flatten() else { return Ok(None) };
        let open: Vec<Url> = self.workspace().documents().map(|(uri, _)| uri.clone()).collect();
        let mut locations = Vec::new();
        for uri in open {
            let places = self.about(&uri, Weight::Heavy, move |view| {
                navigation::places(view.document, view.client, key)
            });
            let places = places.await?.unwrap_or_default();
            locations.extend(places.into_iter().map(|range| Location { uri: uri.clone(), range }));
        }
        Ok(Some(locations))
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let TextDocumentPositionParams { text_document, position } =
            params.text_document_position_params;
        let found = self
            .about(&text_document.uri, Weight::Light, move |view| {
                navigation::definition(view, position)
            })
            .await?;
        Ok(found.flatten().map(GotoDefinitionResponse::Array))
    }

    async fn symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<Vec<SymbolInformation>>> {
        let views = self.for_views();
        let locale = self.locale();
        // Where each code stands first in the open documents.
        let mut places = std::collections::HashMap::new();
        let open: Vec<Url> = self.workspace().documents().map(|(uri, _)| uri.clone()).collect();
        for uri in open {
            let firsts = self.about(&uri, Weight::Heavy, |view| {
                let tallies = view.document.tallies().into_iter();
                tallies
                    .map(|(first, _)| {
                        (first.meaning.key, view.client.range(view.document, first.range()))
                    })
                    .collect::<Vec<_>>()
            });
            for (key, range) in firsts.await?.unwrap_or_default() {
                places.entry(key).or_insert_with(|| Location { uri: uri.clone(), range });
            }
        }
        let found = tokio::task::spawn_blocking(move || {
            symbols::search(&views.catalog, &params.query, locale, |key| places.get(&key).cloned())
        });
        found.await.map(Some).map_err(|_| Error::internal_error())
    }
}
