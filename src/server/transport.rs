//! Frames in, frames out: reading messages from a pipe, handing them on in order, and the end.
//!
//! tower-lsp's own `Server` loop is not used; DESIGN section 7 lists what it gets wrong. Three
//! threads share the work: one reads and decodes, one writes, and this one handles messages one
//! after the other, so that what a client sent first also happens first.

use std::io::{self, BufRead, Read, Write};
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{mpsc, watch};
use tower_lsp::LspService;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_service::Service;

use super::Server;
use super::log::{self, log, log_panics};
use super::long::LongRequests;
use super::message::{self, Message};
use super::outbox::{Frames, Outbox};

/// The longest header line that is read; longer ones are skipped to their end.
const MAX_HEADER_LINE: usize = 8 * 1024;

/// The largest body that is accepted: a text of 500 MB, escaped.
const MAX_BODY: u64 = 1 << 30;

/// Bodies that are long get a block of at least this length. glibc keeps twice the size of the
/// largest block that it has given back to the system, of those up to 32 MiB, for itself: with
/// blocks beyond it, the memory of a closed log goes back.
const LONG_BLOCK: u64 = 33 << 20;
const LONG_BODY: u64 = 1 << 20;

/// How many messages wait between the reader and the handlers; then the client's pipe fills.
const INBOX: usize = 256;

/// How many scans and long answers run at once; short answers need none of these threads.
const BLOCKING_THREADS: usize = 8;

/// How long the last messages, and the last lines of the log, may take to be written once the
/// session is over.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Serves one client on this process's stdin and stdout until it says `exit`, closes its pipe
/// or is gone. The exit code is that of LSP 3.17, `exit`: 0 after `shutdown`, else 1.
#[must_use]
pub fn serve_stdio() -> ExitCode {
    log_panics();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .expect("a runtime without I/O needs nothing of the system");
    let code = runtime.block_on(serve(io::stdin(), io::stdout()));
    // The reader still waits on stdin, and a scan may run: neither keeps the process.
    runtime.shutdown_background();
    log::finish(LAST_WORDS);
    code
}

async fn serve(input: impl Read + Send + 'static, output: impl Write + Send + 'static) -> ExitCode {
    let (outbox, frames) = Outbox::new();
    let (writer_done, mut written) = watch::channel(false);
    thread::spawn(move || {
        write_frames(output, frames);
        let _ = writer_done.send(true);
    });
    let (inbox, mut messages) = mpsc::channel(INBOX);
    let (eof, mut at_eof) = watch::channel(false);
    thread::spawn(move || {
        read_messages(io::BufReader::with_capacity(64 * 1024, input), &inbox);
        let _ = eof.send(true);
    });

    let mut session = Session::new(outbox.clone());
    let server = session.server.clone();
    tokio::select! {
        () = session.run(&mut messages, &mut at_eof) => {}
        () = parent_gone(&server) => {}
    }
    let shut_down = session.phase == Phase::ShutDown;
    drop(session);
    outbox.close();
    let _ = tokio::time::timeout(LAST_WORDS, written.wait_for(|done| *done)).await;
    if shut_down { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Ends when the process that the client named in `initialize` is no more.
async fn parent_gone(server: &Server) {
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        if server.parent().is_some_and(|pid| !is_alive(pid)) {
            return;
        }
    }
}

/// Ends when the client has closed our stdin, though there may be something left to read. Asked
/// while the client reads no answers: the reader then waits, too, and would not see the end.
async fn stdin_hung_up() {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        if is_hung_up() {
            return;
        }
    }
}

#[cfg(unix)]
fn is_hung_up() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = rustix::stdio::stdin();
    let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut asked, Some(&at_once)).is_ok() && asked[0].revents().contains(PollFlags::HUP)
}

/// Elsewhere a client that leaves takes its pipe along, and writing to it fails.
#[cfg(not(unix))]
fn is_hung_up() -> bool {
    false
}

#[cfg(unix)]
fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_none_or(|pid| {
        // Not being allowed to signal a process means that it is there.
        rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
    })
}

/// Elsewhere the closed pipe tells of the parent's end.
#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    true
}

/// How far a session is; it never goes back (LSP 3.17, "Server lifecycle").
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    BeforeInitialize,
    Running,
    ShutDown,
}

/// Handles messages one after the other.
struct Session {
    phase: Phase,
    server: Server,
    service: LspService<Server>,
    long: LongRequests,
    outbox: Outbox,
}

impl Session {
    fn new(outbox: Outbox) -> Self {
        let server = Server::new(outbox.clone());
        let handlers = server.clone();
        // tower-lsp's client and its socket are left alone: requests to the client go through
        // the outbox, which has a bound and survives late replies.
        let (service, _socket) = LspService::build(move |_| handlers)
            .custom_method("hexplain/explain", |server: &Server, params| {
                let server = server.clone();
                async move { tower_lsp::jsonrpc::Result::Ok(server.explain(params)) }
            })
            .custom_method("hexplain/panic", Server::panic)
            .custom_method("hexplain/search", |server: &Server, params| {
                let server = server.clone();
                async move { server.search(params).await }
            })
            .finish();
        let long = LongRequests::new(server.clone(), outbox.clone());
        Self { phase: Phase::BeforeInitialize, server, service, long, outbox }
    }

    /// Runs until `exit` or the end of the input.
    async fn run(&mut self, inbox: &mut mpsc::Receiver<Incoming>, eof: &mut watch::Receiver<bool>) {
        loop {
            // A client that does not read its pipe gets no further answers until it does.
            tokio::select! {
                biased;
                () = async {
                    self.outbox.has_room().await;
                    self.outbox.is_manageable().await;
                } => {}
                _ = eof.wait_for(|eof| *eof) => return,
                () = stdin_hung_up() => return,
            }
            let Some(incoming) = inbox.recv().await else { return };
            match incoming {
                Incoming::Message(Message::Notification { method, .. }) if method == "exit" => {
                    return;
                }
                Incoming::Message(message) => self.handle(message),
                Incoming::Malformed(id, error) => {
                    self.outbox.respond(&Response::from_error(id, error));
                }
            }
            // Replies and spawned work get their turn between two messages.
            tokio::task::yield_now().await;
            if inbox.is_empty() {
                self.server.publish_changed();
            }
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Edit(_) if self.phase != Phase::Running => {}
            Message::Edit(edit) => {
                let server = &self.server;
                if std::panic::catch_unwind(AssertUnwindSafe(|| server.edit(edit))).is_err() {
                    log("an edit could not be applied");
                }
            }
            Message::Reply { id, result } => self.outbox.reply(&id, result),
            Message::Notification { method, params } => {
                if method == "$/cancelRequest" {
                    self.long.cancel(params.as_ref());
                }
                let request = Request::build(method);
                self.call(None, params_of(request, params));
            }
            Message::Request { id, method, params }
                if self.phase == Phase::Running && LongRequests::take(&method) =>
            {
                self.long.start(id, &method, params);
            }
            Message::Request { id, method, params } => {
                let params = match method.as_str() {
                    "initialize" if self.phase == Phase::BeforeInitialize => {
                        let Some(params) = params.and_then(|params| self.server.meet(params))
                        else {
                            let error = Error::invalid_params("initialize needs capabilities");
                            return self.outbox.respond_to(Some(id), error);
                        };
                        self.phase = Phase::Running;
                        Some(params)
                    }
                    "shutdown" if self.phase == Phase::Running => {
                        self.phase = Phase::ShutDown;
                        params
                    }
                    _ => params,
                };
                let request = Request::build(method).id(id.clone());
                self.call(Some(id), params_of(request, params));
            }
        }
    }

    /// Starts the handler at once, so that it takes its snapshot now; what it can't finish in
    /// one go is finished beside the messages that follow.
    fn call(&mut self, id: Option<Id>, request: Request) {
        let ready =
            self.service.poll_ready(&mut std::task::Context::from_waker(std::task::Waker::noop()));
        if !ready.is_ready() {
            // Only while `initialize` is being answered, and that is done in one go.
            return self.outbox.respond_to(id, Error::internal_error());
        }
        let started = std::panic::catch_unwind(AssertUnwindSafe(|| self.service.call(request)));
        let Ok(handler) = started else {
            return self.outbox.respond_to(id, Error::internal_error());
        };
        let mut handler = Box::pin(AssertUnwindSafe(handler).catch_unwind());
        let in_flight = self.outbox.in_flight();
        let outbox = self.outbox.clone();
        let answer = move |result| match result {
            Ok(Ok(Some(response))) => outbox.respond(&response),
            // A request whose method tower-lsp ignores, `$/unknown` say, is answered all the same.
            Ok(Ok(None)) => outbox.respond_to(id, Error::method_not_found()),
            Ok(Err(_)) => outbox.respond_to(id, Error::invalid_request()),
            Err(_panic) => outbox.respond_to(id, Error::internal_error()),
        };
        match (&mut handler).now_or_never() {
            Some(result) => answer(result),
            None => drop(tokio::spawn(async move {
                answer(handler.await);
                drop(in_flight);
            })),
        }
    }
}

fn params_of(
    request: tower_lsp::jsonrpc::RequestBuilder,
    params: Option<serde_json::Value>,
) -> Request {
    // `"params": null` is how some clients say that there are none.
    match params {
        Some(params) if !params.is_null() => request.params(params).finish(),
        _ => request.finish(),
    }
}

/// What the reader found.
enum Incoming {
    Message(Message),
    Malformed(Id, Error),
}

/// Reads frames until the input ends, decoding each on this thread.
fn read_messages(mut input: impl BufRead, inbox: &mpsc::Sender<Incoming>) {
    loop {
        let incoming = match read_frame(&mut input) {
            Ok(Some(Ok(body))) => match message::decode(body) {
                Ok(Some(message)) => Incoming::Message(message),
                Ok(None) => continue,
                Err((id, error)) => Incoming::Malformed(id, error),
            },
            Ok(Some(Err(reason))) => {
                let error =
                    Error { code: ErrorCode::ParseError, message: reason.into(), data: None };
                Incoming::Malformed(Id::Null, error)
            }
            Ok(None) | Err(_) => return,
        };
        if inbox.blocking_send(incoming).is_err() {
            return;
        }
    }
}

/// The next body; an inner error for a header that can't be used, after which reading goes on
/// at the next header; `None` at the end of the input.
///
/// Headers are those of LSP 3.17, "Header Part"; names in any case, and bare `\n` is accepted.
fn read_frame(input: &mut impl BufRead) -> io::Result<Option<Result<Vec<u8>, String>>> {
    let mut length = None;
    let mut any = false;
    loop {
        let Some(line) = read_line(input)? else { return Ok(None) };
        let line = line.trim_ascii();
        if line.is_empty() {
            match length {
                Some(length) => return read_body(input, length),
                None if any => return Ok(Some(Err("a header without Content-Length".to_owned()))),
                // A blank line between frames is nobody's harm.
                None => continue,
            }
        }
        any = true;
        // After a wrong length, the next header may stand at the end of a body's rest.
        let Some(at) = find_content_length(line) else { continue };
        let digits = line[at..].trim_ascii();
        length = match std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()) {
            Some(length) if length <= MAX_BODY => Some(length),
            Some(length) => {
                return Ok(Some(Err(format!(
                    "a body of {length} bytes is over the limit of {MAX_BODY}"
                ))));
            }
            None => return Ok(Some(Err("Content-Length is no number".to_owned()))),
        };
    }
}

/// Where the value of a `Content-Length` begins in a line.
fn find_content_length(line: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let at = line.windows(NAME.len()).rposition(|part| part.eq_ignore_ascii_case(NAME))?;
    Some(at + NAME.len())
}

fn read_body(input: &mut impl BufRead, length: u64) -> io::Result<Option<Result<Vec<u8>, String>>> {
    // A header alone takes no memory: pages are there once they are written.
    let capacity = if length < LONG_BODY { length } else { length.clamp(LONG_BLOCK, 64 << 20) };
    let mut body = Vec::with_capacity(capacity as usize);
    let read = input.take(length).read_to_end(&mut body)?;
    Ok((read as u64 == length).then_some(Ok(body)))
}

/// One line without its end; the end of one that is too long is all that is kept of it.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let read = input.take(MAX_HEADER_LINE as u64).read_until(b'\n', &mut line)?;
        if read == 0 && line.is_empty() {
            return Ok(None);
        }
        if read == 0 || line.ends_with(b"\n") {
            return Ok(Some(line));
        }
        if line.len() > MAX_HEADER_LINE {
            line.drain(..line.len() - MAX_HEADER_LINE);
        }
    }
}

/// How many messages and how many faults the reader finds in `input`: for the fuzz target.
#[cfg(fuzzing)]
#[must_use]
pub fn count_messages(mut input: &[u8]) -> (usize, usize) {
    let (mut messages, mut faults) = (0, 0);
    while let Ok(Some(frame)) = read_frame(&mut input) {
        match frame.map(message::decode) {
            Ok(Ok(_)) => messages += 1,
            Ok(Err(_)) | Err(_) => faults += 1,
        }
    }
    (messages, faults)
}

fn write_frames(output: impl Write, mut frames: Frames) {
    // Header and body leave in one piece, so that the client is woken once.
    let mut output = io::BufWriter::with_capacity(64 * 1024, output);
    while let Some(body) = frames.next() {
        let header = format!("Content-Length: {}\r\n\r\n", body.len());
        let frame = output.write_all(header.as_bytes()).and_then(|()| output.write_all(&body));
        // Nobody listens any more: the closed stdin ends the session.
        if frame.and_then(|()| output.flush()).is_err() {
            return frames.refuse();
        }
        frames.written(body.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bodies, or reasons for refusal, of all frames in `input`.
    fn frames(input: &[u8]) -> Vec<Result<String, String>> {
        let mut input = input;
        let mut found = Vec::new();
        while let Some(frame) = read_frame(&mut input).unwrap() {
            found.push(frame.map(|body| String::from_utf8(body).unwrap()));
        }
        found
    }

    #[test]
    fn frames_are_read_with_any_usual_header() {
        let input = b"Content-Length: 2\r\n\r\n{}content-length:2\r\nContent-Type: application/vscode-jsonrpc\r\n\r\n[]\r\n\r\nContent-Length: 1\n\n7";
        assert_eq!(frames(input), [Ok("{}".into()), Ok("[]".into()), Ok("7".into())]);
    }

    #[test]
    fn a_header_that_is_no_use_costs_one_error() {
        let input = b"Content-Length: ten\r\n\r\nContent-Length: 10000000000000\r\n\r\nX-Other: 1\r\n\r\nContent-Length: 2\r\n\r\n{}";
        let found = frames(input);
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[3], Ok("{}".into()));
    }

    #[test]
    fn after_a_short_length_the_next_header_is_found_in_the_rest() {
        let input = b"Content-Length: 3\r\n\r\n{\"a\":1}Content-Length: 2\r\n\r\n{}";
        assert_eq!(frames(input), [Ok("{\"a".into()), Ok("{}".into())]);
    }

    #[test]
    fn a_huge_header_line_takes_little_memory_and_goes_by() {
        let mut input = vec![b'x'; 4 << 20];
        input.extend_from_slice(b"\r\n\r\nContent-Length: 2\r\n\r\n{}");
        assert_eq!(frames(&input).last(), Some(&Ok("{}".into())));
    }

    #[test]
    fn a_body_that_never_comes_is_the_end() {
        assert_eq!(frames(b"Content-Length: 900000000\r\n\r\n{"), []);
    }
}
