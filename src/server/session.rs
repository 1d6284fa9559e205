//! A client's session: messages are handled one at a time, so that they take effect in the order
//! in which the client sent them.
//!
//! Three threads share the work: one reads and decodes, one writes, and this one handles messages.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::thread;
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
use super::log::{self, log, log_panics};
use super::message::{Edit, Message};
use super::options::Options;
use super::outbox::Outbox;
use super::pools::Pools;
use super::process::{parent_gone, stdin_hung_up};
use super::publisher;
use super::reader::{Incoming, read_messages};
use super::shared::Shared;
use super::wire::{DidChange, Whole};
use crate::document::File;

/// How many messages may wait between the reader and this thread before the client's pipe fills.
const INBOX: usize = 256;

/// How long the last messages and log lines may take to be written after the session has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Serves a client on stdin and stdout until it sends `exit`, closes its pipe or ends. The exit
/// code is 0 after `shutdown`, else 1, as LSP 3.17 defines for `exit`.
#[must_use]
pub fn serve_stdio(options: Options) -> ExitCode {
    log_panics();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .max_blocking_threads(Pools::THREADS)
        .build()
        .expect("a runtime without I/O needs no system resources");
    let code = runtime.block_on(serve(options, io::stdin(), io::stdout()));
    // The reader may still wait for stdin, and a scan may be running: neither keeps the process
    // alive.
    runtime.shutdown_background();
    log::finish(LAST_WORDS);
    code
}

async fn serve(
    options: Options,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> ExitCode {
    let (outbox, writer) = Outbox::new();
    let (writer_done, mut written) = watch::channel(false);
    thread::spawn(move || {
        writer.write(output);
        let _ = writer_done.send(true);
    });
    let (inbox, mut messages) = mpsc::channel(INBOX);
    let (eof, mut at_eof) = watch::channel(false);
    thread::spawn(move || {
        read_messages(io::BufReader::with_capacity(64 * 1024, input), &inbox);
        let _ = eof.send(true);
    });

    let shared = Shared::new(outbox.clone(), options);
    let mut session = Session::new(shared.clone());
    tokio::select! {
        () = session.run(&mut messages, &mut at_eof) => {}
        () = parent_gone(&shared) => {}
    }
    session.answering.cancel_all();
    outbox.close();
    let _ = tokio::time::timeout(LAST_WORDS, written.wait_for(|done| *done)).await;
    if session.phase == Phase::ShutDown { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The phase of a session; it only advances (LSP 3.17, "Server lifecycle").
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    BeforeInitialize,
    Running,
    ShutDown,
}

/// Handles messages one at a time.
struct Session {
    phase: Phase,
    shared: Shared,
    answering: Answering,
    service: LspService<Lifecycle>,
    /// When catalog files were last checked.
    looked: Instant,
}

impl Session {
    fn new(shared: Shared) -> Self {
        Self {
            phase: Phase::BeforeInitialize,
            answering: Answering::new(shared.clone()),
            service: lifecycle::service(shared.clone()),
            shared,
            looked: Instant::now(),
        }
    }

    /// Runs until `exit` or the end of the input.
    async fn run(&mut self, inbox: &mut mpsc::Receiver<Incoming>, eof: &mut watch::Receiver<bool>) {
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
            publisher::publish_changed(&self.shared, || inbox.is_empty() && outbox.has_room());
            if !outbox.has_room() {
                continue;
            }
            let incoming = tokio::select! {
                biased;
                incoming = inbox.recv() => incoming,
                () = self.shared.to_publish.notified() => continue,
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
            if self.shared.workspace().has_much_unread() {
                self.read_next().await;
            }
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
        if self.looked.elapsed() < catalogs::INTERVAL {
            return;
        }
        self.looked = Instant::now();
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::*;
    use crate::server::frames::read_frame;

    /// The client's end of the pipe that the server writes to.
    #[derive(Clone, Default)]
    struct Output(Arc<Mutex<Vec<u8>>>);

    impl Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Everything the server sends in a session with these messages.
    fn session(messages: &[Value]) -> Vec<Value> {
        let mut input = Vec::new();
        for message in messages {
            let body = message.to_string();
            write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
        let output = Output::default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(serve(Options::default(), Cursor::new(input), output.clone()));
        runtime.shutdown_background();
        let mut sent = Cursor::new(output.0.lock().unwrap().clone());
        let bodies = std::iter::from_fn(|| read_frame(&mut sent).unwrap());
        bodies.map(|body| serde_json::from_slice(&body.unwrap()).unwrap()).collect()
    }

    fn request(id: u32, method: &str, params: Value) -> Value {
        json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
    }

    fn notification(method: &str, params: Value) -> Value {
        json!({ "jsonrpc": "2.0", "method": method, "params": params })
    }

    fn opening(text: &str) -> Value {
        let document =
            json!({ "uri": "file:///a", "languageId": "log", "version": 1, "text": text });
        notification("textDocument/didOpen", json!({ "textDocument": document }))
    }

    /// The answers to a request, each with its error code.
    fn answers(sent: &[Value], id: u32) -> Vec<Option<i64>> {
        let answers = sent.iter().filter(|message| message["id"] == id);
        answers.map(|answer| answer["error"]["code"].as_i64()).collect()
    }

    #[test]
    fn a_request_under_way_at_the_end_is_answered_once() {
        let all = json!({ "textDocument": { "uri": "file:///a" } });
        let sent = session(&[
            request(1, "initialize", json!({ "capabilities": {} })),
            opening(&"0x87D1FDE8 and more\n".repeat(100_000)),
            request(2, "textDocument/documentSymbol", all.clone()),
            request(3, "shutdown", Value::Null),
            request(4, "textDocument/documentSymbol", all),
            notification("exit", Value::Null),
        ]);
        assert_eq!(answers(&sent, 2), [Some(-32800)]);
        assert_eq!(answers(&sent, 3), [None]);
        assert_eq!(answers(&sent, 4), [Some(-32600)]);
    }

    #[test]
    fn an_id_that_is_in_use_is_refused() {
        let all = json!({ "textDocument": { "uri": "file:///a" } });
        let sent = session(&[
            request(1, "initialize", json!({ "capabilities": {} })),
            opening(&"0x87D1FDE8 and more\n".repeat(100_000)),
            request(2, "textDocument/documentSymbol", all.clone()),
            request(2, "textDocument/documentSymbol", all),
            notification("exit", Value::Null),
        ]);
        assert_eq!(answers(&sent, 2), [Some(-32600), Some(-32800)]);
    }
}
