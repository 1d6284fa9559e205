//! A client's session: messages are handled one at a time, so that they take effect in the order
//! in which the client sent them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tower_lsp::LspService;
use tower_lsp::jsonrpc::{Error, Id, Request, RequestBuilder, Response};
use tower_service::Service;

use super::answering::Answering;
use super::catalogs;
use super::lifecycle::{self, Lifecycle};
use super::log::log;
use super::message::{Edit, Incoming, Message};
use super::process::stdin_hung_up;
use super::publisher;
use super::shared::Shared;
use super::wire::{DidChange, Whole};
use crate::document::File;

/// How many messages may wait for the session.
pub(super) const INBOX: usize = 256;

/// How long a message may wait, on average, for the scans of unread texts before it.
const SHARE: Duration = Duration::from_millis(1);

/// The phase of a session; it only advances (LSP 3.17, "Server lifecycle").
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    BeforeInitialize,
    Running,
    ShutDown,
}

/// Handles messages one at a time.
pub(super) struct Session {
    phase: Phase,
    shared: Shared,
    answering: Answering,
    service: LspService<Lifecycle>,
    /// How long the last scan between messages took, less a share for each message since.
    debt: Duration,
    /// When catalog files were last checked; `None` in WebAssembly, which has no files.
    looked: Option<Instant>,
}

impl Session {
    pub(super) fn new(shared: Shared) -> Self {
        Self {
            phase: Phase::BeforeInitialize,
            answering: Answering::new(shared.clone()),
            service: lifecycle::service(shared.clone()),
            shared,
            debt: Duration::ZERO,
            looked: (!cfg!(target_family = "wasm")).then(Instant::now),
        }
    }

    /// Runs until `exit` or the end of the input.
    pub(super) async fn run(
        &mut self,
        inbox: &mut mpsc::Receiver<Incoming>,
        eof: &mut watch::Receiver<bool>,
    ) {
        let outbox = self.shared.outbox.clone();
        loop {
            // A client that does not read its pipe gets no further answers until it does.
            // Requests that wait for unread texts may be what it waits for.
            tokio::select! {
                biased;
                () = outbox.ready() => {}
                _ = eof.wait_for(|eof| *eof) => return,
                () = stdin_hung_up() => return,
                () = self.read_next() => {
                    tokio::task::yield_now().await;
                    continue;
                }
            }
            publisher::publish_changed(&self.shared, || inbox.is_empty() && outbox.has_little());
            if !outbox.has_room() {
                continue;
            }
            let may_publish = async {
                if !self.shared.workspace().has_to_publish() {
                    std::future::pending::<()>().await;
                }
                outbox.little().await;
            };
            let incoming = tokio::select! {
                biased;
                incoming = inbox.recv() => incoming,
                () = self.shared.to_publish.notified() => continue,
                () = may_publish => continue,
                () = self.read_next() => {
                    tokio::task::yield_now().await;
                    continue;
                }
            };
            match incoming {
                None => return,
                Some(Incoming::Message(Message::Notification { method, .. }))
                    if method == "exit" =>
                {
                    return;
                }
                Some(Incoming::Message(message)) => self.handle(message),
                Some(Incoming::Malformed(id, error)) => {
                    outbox.respond(&Response::from_error(id, error));
                }
            }
            self.read_some().await;
            self.look_at_catalogs();
            // Lets replies and spawned work run between two messages.
            tokio::task::yield_now().await;
        }
    }

    /// Scans the next unread text. Pending while there is none.
    async fn read_next(&self) {
        let next = self.shared.workspace().next_unread();
        let Some((uri, mailbox)) = next else { return std::future::pending().await };
        mailbox.read();
        self.shared.workspace().mark(uri, &mailbox);
    }

    /// Scans an unread text if many wait, unless the last ones took longer than messages may wait.
    async fn read_some(&mut self) {
        self.debt = self.debt.saturating_sub(SHARE);
        if self.debt.is_zero() && self.shared.workspace().has_much_unread() {
            let start = Instant::now();
            self.read_next().await;
            self.debt = start.elapsed();
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Edit(_) if self.phase != Phase::Running => {}
            Message::Edit(edit) => {
                if catch_unwind(AssertUnwindSafe(|| self.edit(edit))).is_err() {
                    log("an edit could not be applied");
                }
            }
            Message::Reply { id, result } => self.shared.outbox.reply(&id, result),
            Message::Notification { method, params } if method == "$/cancelRequest" => {
                self.answering.cancel(params.as_ref());
            }
            Message::Notification { method, params } => {
                self.call(None, with_params(Request::build(method), params));
            }
            Message::Request { id, method, params, bytes }
                if self.phase == Phase::Running && self.answering.takes(&method) =>
            {
                self.answering.start(id, &method, params, bytes);
            }
            Message::Request { id, method, params, .. } => self.lifecycle(id, method, params),
        }
    }

    /// Applies an edit at once.
    fn edit(&self, edit: Edit) {
        match edit {
            Edit::Open { uri, language, version, text } => {
                let file = File::new(&uri.file_name(), Some(&language));
                self.shared.workspace().open(uri, file, text, version);
            }
            Edit::Change(DidChange { text_document, content_changes }) => {
                let mut workspace = self.shared.workspace();
                workspace.change(text_document.uri, text_document.version, content_changes);
            }
            Edit::Close(Whole { text_document }) => {
                self.shared.workspace().close(&text_document.uri);
                publisher::publish_closed(&self.shared, &text_document.uri);
            }
        }
    }

    /// Has tower-lsp answer a request that is not in the table or comes at the wrong time.
    fn lifecycle(&mut self, id: Id, method: String, mut params: Option<Value>) {
        match method.as_str() {
            "initialize" if self.phase == Phase::BeforeInitialize => {
                params = params.and_then(|params| lifecycle::meet(&self.shared, params));
                if params.is_none() {
                    let error = Error::invalid_params("initialize needs capabilities");
                    return self.shared.outbox.respond_to(Some(id), error);
                }
                self.phase = Phase::Running;
            }
            "shutdown" if self.phase == Phase::Running => self.phase = Phase::ShutDown,
            _ => {}
        }
        let request = Request::build(method).id(id.clone());
        self.call(Some(id), with_params(request, params));
    }

    /// Calls tower-lsp's service. The handlers never wait, so a single poll completes it.
    fn call(&mut self, id: Option<Id>, request: Request) {
        let outbox = self.shared.outbox.clone();
        let service = &mut self.service;
        let called = catch_unwind(AssertUnwindSafe(|| service.call(request).now_or_never()));
        match called {
            Ok(Some(Ok(Some(response)))) => outbox.respond(&response),
            // A request that tower-lsp ignores because of its method, such as `$/unknown`, still
            // gets an answer.
            Ok(Some(Ok(None))) => outbox.respond_to(id, Error::method_not_found()),
            Ok(Some(Err(_))) => outbox.respond_to(id, Error::invalid_request()),
            Ok(None) | Err(_) => outbox.respond_to(id, Error::internal_error()),
        }
    }

    /// Periodically checks whether catalog files have changed.
    fn look_at_catalogs(&mut self) {
        if self.looked.is_none_or(|looked| looked.elapsed() < catalogs::INTERVAL) {
            return;
        }
        self.looked = Some(Instant::now());
        if self.shared.workspace().has_catalogs() {
            self.shared.beside(|shared| async move { shared.look_at_catalogs().await });
        }
    }
}

fn with_params(request: RequestBuilder, params: Option<Value>) -> Request {
    // Some clients send `"params": null` for no params.
    match params {
        Some(params) if !params.is_null() => request.params(params).finish(),
        _ => request.finish(),
    }
}

#[cfg(not(target_family = "wasm"))]
impl Session {
    /// Gives up what is still running. Returns whether the client had sent `shutdown`.
    pub(super) fn end(self) -> bool {
        self.answering.cancel_all();
        self.phase == Phase::ShutDown
    }
}
