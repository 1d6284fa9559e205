//! Serves a client on stdin and stdout.
//!
//! Three threads share the work: one reads and decodes, one writes, and this one handles messages.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::log::{self, log_panics};
use super::options::Options;
use super::outbox::Outbox;
use super::pools::Pools;
use super::process::parent_gone;
use super::reader::read_messages;
use super::session::{INBOX, Session};
use super::shared::Shared;
use super::tasks;

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
    let is_shut_down = session.end();
    outbox.close();
    let _ = tasks::within(LAST_WORDS, written.wait_for(|done| *done)).await;
    if is_shut_down { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};

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
