//! A client of the real server process, for the protocol tests.
//!
//! It fails a test if the server does not answer, answers a request twice, or does not end as LSP
//! specifies.

#![allow(dead_code, unreachable_pub)] // each test file uses only a part

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// No step takes this long on any machine: a test that reaches it has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server and the client's end of its pipes.
pub struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<Value>,
    reader: Option<Reader>,
    /// Messages that arrived while the client was waiting for another one.
    kept: Vec<Value>,
    /// The ids of the requests that have been answered.
    answered: HashSet<String>,
    /// Whether the client pulls diagnostics, so that none are pushed.
    pulls: bool,
    next_id: i64,
    /// The client's answer to `workspace/configuration`.
    pub configuration: Value,
}

/// The thread at the end of the server's pipe: it waits for `listen` or `hang_up`.
struct Reader {
    reads: Sender<bool>,
    thread: JoinHandle<()>,
}

impl Client {
    /// Only starts the server.
    pub fn spawn() -> Self {
        Self::spawn_with(|_| {})
    }

    /// The same with a modified command.
    pub fn spawn_with(change: impl FnOnce(&mut Command)) -> Self {
        let mut client = Self::spawn_deaf(change);
        client.listen();
        client
    }

    /// A client that does not read its pipe until `listen`.
    pub fn spawn_deaf(change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hexplain"));
        command
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C");
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = mpsc::channel();
        let (reads, may_read) = mpsc::channel();
        let thread = thread::spawn(move || {
            if may_read.recv() != Ok(true) {
                return;
            }
            while let Some(message) = read_message(&mut stdout) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let reader = Some(Reader { reads, thread });
        let configuration = json!({});
        Self {
            child,
            stdin,
            messages,
            reader,
            kept: Vec::new(),
            answered: HashSet::new(),
            pulls: false,
            next_id: 1,
            configuration,
        }
    }

    /// Starts to read what the server sends.
    pub fn listen(&mut self) {
        self.reader.take().expect("does not read yet").reads.send(true).unwrap();
    }

    /// Closes the pipe that the server writes to.
    pub fn hang_up(&mut self) {
        let reader = self.reader.take().expect("does not read yet");
        reader.reads.send(false).unwrap();
        reader.thread.join().unwrap();
    }

    /// Starts the server and initializes it as a client with these capabilities.
    pub fn start(capabilities: Value, options: Value) -> Self {
        Self::start_as(json!({ "capabilities": capabilities, "initializationOptions": options }))
    }

    /// The same with all params of `initialize`.
    pub fn start_as(params: Value) -> Self {
        let mut client = Self::spawn();
        client.pulls = params["capabilities"]["textDocument"]["diagnostic"].is_object();
        client.request("initialize", params);
        client.notify("initialized", json!({}));
        client
    }

    /// A client with the capabilities of a modern editor: Markdown, literals, hints.
    pub fn modern() -> Self {
        Self::start(modern_capabilities(), json!({ "clientCommands": ["hexplain.copy"] }))
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        stdin.write_all(bytes).and_then(|()| stdin.flush()).unwrap();
    }

    /// Sends a body with its header.
    pub fn send_body(&mut self, body: &str) {
        self.send_bytes(frame(body).as_bytes());
    }

    pub fn send(&mut self, message: &Value) {
        self.send_body(&message.to_string());
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and returns its id.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The result of a request; fails on an error.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let answer = self.response(method, params);
        assert!(answer.get("error").is_none(), "{method} failed: {answer}");
        answer["result"].clone()
    }

    /// The whole response to a request.
    pub fn response(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer_to(id)
    }

    pub fn answer_to(&mut self, id: i64) -> Value {
        self.wait_for(&format!("the answer to request {id}"), |message| {
            message["id"] == id && message.get("method").is_none()
        })
    }

    /// The next message that fits; others are kept for later. Meanwhile, requests from the server
    /// are answered.
    pub fn wait_for(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&fits) {
            return self.kept.remove(at);
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left) {
                Ok(message) => {
                    let message = self.take_in(message);
                    if fits(&message) {
                        return message;
                    }
                    self.kept.push(message);
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!("waited in vain for {what}; got {:?}", self.kept)
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the server ended before {what}; got {:?}", self.kept)
                }
            }
        }
    }

    /// Answers a request from the server and returns the message. Fails on a second answer to the
    /// same request.
    fn take_in(&mut self, message: Value) -> Value {
        let id = &message["id"];
        if !id.is_null() && message.get("method").is_none() {
            assert!(self.answered.insert(id.to_string()), "a second answer: {message}");
        }
        if let (Some(id), Some(method)) = (message.get("id"), message["method"].as_str()) {
            let result = match method {
                "workspace/configuration" => json!([self.configuration]),
                "window/showDocument" => json!({ "success": true }),
                _ => Value::Null,
            };
            if self.stdin.is_some() {
                let reply = json!({ "jsonrpc": "2.0", "id": id, "result": result });
                self.send(&reply);
            }
        }
        message
    }

    /// The next answers in order of arrival.
    pub fn next_answers(&mut self, count: usize) -> Vec<Value> {
        let is_answer = |message: &Value| !message["id"].is_null() && message["method"].is_null();
        (0..count).map(|_| self.wait_for("an answer", is_answer)).collect()
    }

    /// All unsolicited messages that have arrived so far.
    pub fn arrived(&mut self) -> Vec<Value> {
        while let Ok(message) = self.messages.try_recv() {
            let message = self.take_in(message);
            self.kept.push(message);
        }
        std::mem::take(&mut self.kept)
    }

    /// All unsolicited messages that arrive before the answer to a request sent now.
    pub fn unclaimed(&mut self) -> Vec<Value> {
        self.request("textDocument/documentSymbol", document("file:///not/open"));
        std::mem::take(&mut self.kept)
    }

    /// All unsolicited messages that arrive before a document is opened, gets its diagnostics and
    /// is closed again: by then, the server has sent everything about earlier messages.
    pub fn meanwhile(&mut self) -> Vec<Value> {
        const PROBE: &str = "file:///probe.log";
        self.open(PROBE, "0x87D1FDE8");
        if self.pulls {
            self.request("textDocument/diagnostic", document(PROBE));
        } else {
            self.diagnostics(PROBE, None);
        }
        self.notify("textDocument/didClose", document(PROBE));
        if !self.pulls {
            self.diagnostics(PROBE, None);
        }
        self.unclaimed()
    }

    /// The params of the next notification or request with this method; a request is answered.
    pub fn received(&mut self, method: &str) -> Value {
        self.wait_for(method, |message| message["method"] == method)["params"].clone()
    }

    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "log", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// The next diagnostics of a document, for at least this version if given.
    pub fn diagnostics(&mut self, uri: &str, version: Option<i64>) -> Vec<Value> {
        let message = self.wait_for("diagnostics", |message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && version
                    .is_none_or(|version| message["params"]["version"].as_i64() >= Some(version))
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// The text of the hover at a place.
    pub fn hover(&mut self, uri: &str, line: u32, character: u32) -> Option<String> {
        let answer = self.request("textDocument/hover", at(uri, line, character));
        answer["contents"]["value"].as_str().map(str::to_owned)
    }

    /// All hints of a document, as `(line, character, label)`.
    pub fn hints(&mut self, uri: &str) -> Vec<(u64, u64, String)> {
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9_999_999, "character": 0 } });
        let answer = self.request(
            "textDocument/inlayHint",
            json!({ "textDocument": { "uri": uri }, "range": range }),
        );
        let hint = |hint: &Value| {
            let position = &hint["position"];
            (
                position["line"].as_u64().unwrap(),
                position["character"].as_u64().unwrap(),
                hint["label"].as_str().unwrap().to_owned(),
            )
        };
        answer.as_array().unwrap().iter().map(hint).collect()
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the server ended.
    pub fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the server does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends the session as LSP specifies, and checks that the server exits with success.
    pub fn shutdown(self) {
        self.finish();
    }

    /// The same. Returns all unsolicited messages up to the end of the session.
    pub fn finish(mut self) -> Vec<Value> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        assert_eq!(self.ended().code(), Some(0));
        self.rest()
    }

    /// All remaining unsolicited messages of a server that has ended.
    pub fn rest(&mut self) -> Vec<Value> {
        self.close_stdin();
        while let Ok(message) = self.messages.recv_timeout(PATIENCE) {
            let message = self.take_in(message);
            self.kept.push(message);
        }
        std::mem::take(&mut self.kept)
    }
}

/// What Linux reports about the server's process.
#[cfg(target_os = "linux")]
impl Client {
    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.pid())).unwrap()
    }

    /// A figure of the process in MB: `VmRSS:` is its current memory, `VmHWM:` its peak.
    pub fn memory(&self, figure: &str) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix(figure)).unwrap();
        let kilobytes = line.trim_matches(|c: char| !c.is_ascii_digit());
        kilobytes.parse::<u64>().unwrap() / 1024
    }

    /// The processor time that the process has used, in ticks (proc(5), `utime` and `stime`).
    pub fn ticks(&self) -> u64 {
        let stat = self.proc("stat");
        let fields = stat.rsplit(')').next().unwrap().split_whitespace();
        fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    /// Waits until the server is idle: all its threads are asleep, and none has run for a while.
    pub fn wait_until_idle(&self) {
        let is_asleep = || {
            let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
            let mut stats = tasks
                .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")).ok());
            stats.all(|stat| stat.rsplit(')').next().unwrap().trim_start().starts_with('S'))
        };
        let deadline = Instant::now() + 2 * PATIENCE;
        let (mut ticks, mut quiet) = (self.ticks(), 0);
        while quiet < 20 {
            assert!(Instant::now() < deadline, "the server is never idle");
            thread::sleep(Duration::from_millis(25));
            let now = self.ticks();
            quiet = if now == ticks && is_asleep() { quiet + 1 } else { 0 };
            ticks = now;
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A body with its header.
pub fn frame(body: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A notification with its header.
pub fn notification(method: &str, params: Value) -> String {
    frame(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string())
}

/// A request with its header.
pub fn request(id: impl Into<Value>, method: &str, params: Value) -> String {
    let id = id.into();
    let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    frame(&body.to_string())
}

/// The notification that opens a document.
pub fn opening(uri: &str, text: &str) -> String {
    let item = json!({ "uri": uri, "languageId": "log", "version": 1, "text": text });
    notification("textDocument/didOpen", json!({ "textDocument": item }))
}

/// A change that inserts a text.
pub fn inserting(line: u32, character: u32, text: &str) -> Value {
    let at = json!({ "line": line, "character": character });
    json!({ "range": { "start": at, "end": at }, "text": text })
}

/// A line of a log with three codes.
pub const LINE: &str =
    "09:12:45 policy failed: 0x87D1FDE8, then exit code 1603 and \u{2212}2016281112\n";

/// The size of a text whose scan takes longer than handling many small messages.
pub const LONG: usize = if cfg!(debug_assertions) { 4 << 20 } else { 128 << 20 };

/// A text of at least this many bytes.
pub fn long_text(bytes: usize) -> String {
    LINE.repeat(bytes / LINE.len() + 1)
}

/// The params of a request about a place.
pub fn at(uri: &str, line: u32, character: u32) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } })
}

/// The capabilities of current editors.
pub fn modern_capabilities() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "workspace": {
            "configuration": true,
            "didChangeConfiguration": { "dynamicRegistration": true },
            "inlayHint": { "refreshSupport": true },
        },
        "window": { "showDocument": { "support": true } },
        "textDocument": {
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "publishDiagnostics": { "versionSupport": true, "codeDescriptionSupport": true },
            "completion": { "completionItem": { "documentationFormat": ["markdown"] } },
            "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
        },
    })
}

/// The capabilities of an old client that can still tell when settings have taken effect.
pub fn attentive() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "workspace": { "inlayHint": { "refreshSupport": true } },
    })
}

/// The params of a request about a range that covers a whole document.
pub fn everywhere(uri: &str) -> Value {
    let end = json!({ "line": 9_999_999, "character": 0 });
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": end });
    json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } })
}

/// The params of a request about a whole document.
pub fn document(uri: &str) -> Value {
    json!({ "textDocument": { "uri": uri } })
}

/// A range as `line:start-end`.
pub fn place(range: &Value) -> String {
    let (start, end) = (&range["start"], &range["end"]);
    format!("{}:{}-{}", start["line"], start["character"], end["character"])
}

/// The places of all results.
pub fn places(found: &Value) -> Vec<String> {
    found.as_array().unwrap().iter().map(|found| place(&found["range"])).collect()
}

/// A field of each item of a list.
pub fn strings<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap()).collect()
}

/// The URI of a file.
pub fn file_uri(path: &Path) -> String {
    let path = path.display().to_string().replace('\\', "/");
    format!("file:///{}", path.trim_start_matches('/'))
}

fn read_message(input: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
