//! A measuring client: it starts a server, talks to it over its pipes, and takes the times.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The document that is measured.
pub(crate) const URI: &str = "file:///bench.log";

const PUBLISH: &str = "textDocument/publishDiagnostics";

/// How long an answer may take; slower servers have no value in the table.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server.
pub(crate) struct Client {
    child: Child,
    stdin: ChildStdin,
    messages: Receiver<(Instant, Message)>,
    /// Messages that arrived while the client was waiting for another one.
    kept: Vec<(Instant, Message)>,
    next_id: i64,
    version: i64,
}

/// What the client needs to know about a message. The rest is not decoded, so that the client's own
/// work is not measured.
#[derive(serde::Deserialize)]
pub(crate) struct Message {
    id: Option<Value>,
    method: Option<String>,
    params: Option<Box<serde_json::value::RawValue>>,
    /// The size of its body in bytes.
    #[serde(skip)]
    pub(crate) size: usize,
}

impl Message {
    /// The document and version whose diagnostics it carries.
    fn published(&self) -> Option<Published> {
        let params = self.params.as_ref().filter(|_| self.method.as_deref() == Some(PUBLISH))?;
        Some(serde_json::from_str(params.get()).expect("params"))
    }

    /// Whether it carries a document's diagnostics for this version or a later one.
    fn publishes(&self, uri: &str, version: i64) -> bool {
        let is_of = |of: Published| of.uri == uri && of.version.is_none_or(|of| of >= version);
        self.published().is_some_and(is_of)
    }
}

impl Client {
    /// Starts a server and initializes it. The time ends with the response to `initialize`.
    pub(crate) fn start(command: &[String]) -> (Self, Duration) {
        let begin = Instant::now();
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", command[0]));
        let stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::with_capacity(1 << 16, child.stdout.take().expect("a pipe"));
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            while let Some((at, message)) = read(&mut stdout) {
                if sender.send((at, message)).is_err() {
                    return;
                }
            }
        });
        let mut client = Self { child, stdin, messages, kept: Vec::new(), next_id: 0, version: 1 };
        let capabilities = json!({
            "general": { "positionEncodings": ["utf-16"] },
            "textDocument": {
                "publishDiagnostics": { "versionSupport": true },
                "hover": { "contentFormat": ["markdown"] },
            },
        });
        let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities });
        let id = client.ask("initialize", &params);
        let answered = client.answered(id).expect("an answer to initialize").0;
        client.notify("initialized", json!({}));
        (client, answered - begin)
    }

    /// Opens a text. The time runs from before it is written to its first diagnostics; `None` if
    /// there are none.
    pub(crate) fn open(&mut self, text: &str) -> Option<Duration> {
        self.version = 1;
        self.open_as(URI, text)
    }

    /// Opens a text as another document.
    pub(crate) fn open_as(&mut self, uri: &str, text: &str) -> Option<Duration> {
        let message = did_open(uri, text);
        let begin = Instant::now();
        self.send(&message);
        Some(self.published(uri, 1)? - begin)
    }

    /// Opens this many documents with the same text at once. The time ends with the diagnostics of
    /// all.
    pub(crate) fn open_many(&mut self, count: usize, text: &str) -> Option<Duration> {
        let opened = (0..count).map(|number| did_open(&format!("file:///{number}.log"), text));
        let messages: String = opened.collect();
        let begin = Instant::now();
        self.send(&messages);
        let mut last = begin;
        for _ in 0..count {
            last = self.wait(|message| message.method.as_deref() == Some(PUBLISH))?.0;
        }
        Some(last - begin)
    }

    /// Opens this many other documents with the same text at once, and repeats a measurement until
    /// the diagnostics of all have arrived.
    pub(crate) fn while_opening(
        &mut self,
        count: usize,
        text: &str,
        mut measure: impl FnMut(&mut Self) -> Option<Duration>,
    ) -> Option<Vec<Duration>> {
        let mut others: Vec<String> =
            (0..count).map(|number| format!("file:///other{number}.log")).collect();
        let messages: String = others.iter().map(|uri| did_open(uri, text)).collect();
        self.kept.clear();
        self.send(&messages);
        let mut times = Vec::new();
        while !others.is_empty() {
            times.push(measure(self)?);
            for (_, message) in self.kept.drain(..) {
                if let Some(published) = message.published() {
                    others.retain(|uri| *uri != published.uri);
                }
            }
        }
        Some(times)
    }

    /// Closes the document.
    pub(crate) fn close(&mut self) {
        self.kept.clear();
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
        self.published(URI, 0);
    }

    /// Types one character. The time ends with the diagnostics of the new version.
    pub(crate) fn key_press(&mut self, line: usize) -> Option<Duration> {
        let body = self.change(line);
        let begin = Instant::now();
        self.send(&body);
        Some(self.published(URI, self.version)? - begin)
    }

    /// Types one character and sends a hover right after it. The time ends with the hover's answer.
    pub(crate) fn hover_after_key_press(
        &mut self,
        line: usize,
        at: (usize, usize),
    ) -> Option<Duration> {
        let change = self.change(line);
        let id = self.next_id;
        self.next_id += 1;
        let hover = body(Some(id), "textDocument/hover", &place(at));
        let begin = Instant::now();
        self.send(&format!("{change}{hover}"));
        let answered = self.answered(id)?.0;
        self.published(URI, self.version)?;
        Some(answered - begin)
    }

    /// Sends a request and returns the time until its answer and the answer's size in bytes.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Option<(Duration, usize)> {
        let begin = Instant::now();
        let id = self.ask(method, params);
        let (answered, message) = self.answered(id)?;
        Some((answered - begin, message.size))
    }

    pub(crate) fn hover(&mut self, at: (usize, usize)) -> Option<Duration> {
        Some(self.request("textDocument/hover", &place(at))?.0)
    }

    /// The process's peak and current resident memory in bytes, if /proc is available.
    pub(crate) fn memory(&self) -> Option<(u64, u64)> {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).ok()?;
        let bytes = |key: &str| {
            let line = status.lines().find(|line| line.starts_with(key))?;
            Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
        };
        Some((bytes("VmHWM:")?, bytes("VmRSS:")?))
    }

    /// The processor time that the process has used, if /proc is available.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // Fields 14 and 15 of proc(5), in hundredths of a second; the name before them may contain
        // spaces.
        let fields = stat.rsplit(')').next()?.split_whitespace();
        let ticks: u64 =
            fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Some(Duration::from_millis(ticks * 10))
    }

    fn change(&mut self, line: usize) -> String {
        self.kept.clear();
        self.version += 1;
        let at = json!({ "line": line, "character": 0 });
        let change = json!({ "range": { "start": at, "end": at }, "text": "x" });
        let document = json!({ "uri": URI, "version": self.version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        body(None, "textDocument/didChange", &params)
    }

    fn ask(&mut self, method: &str, params: &Value) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&body(Some(id), method, params));
        id
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&body(None, method, &params));
    }

    fn send(&mut self, frames: &str) {
        let sent = self.stdin.write_all(frames.as_bytes()).and_then(|()| self.stdin.flush());
        sent.expect("the server reads");
    }

    fn answered(&mut self, id: i64) -> Option<(Instant, Message)> {
        self.wait(|message| message.method.is_none() && message.id == Some(json!(id)))
    }

    fn published(&mut self, uri: &str, version: i64) -> Option<Instant> {
        Some(self.wait(|message| message.publishes(uri, version))?.0)
    }

    fn wait(&mut self, fits: impl Fn(&Message) -> bool) -> Option<(Instant, Message)> {
        let deadline = Instant::now() + PATIENCE;
        if let Some(at) = self.kept.iter().position(|(_, message)| fits(message)) {
            return Some(self.kept.swap_remove(at));
        }
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let (at, message) = self.messages.recv_timeout(left).ok()?;
            if let (Some(id), Some(_)) = (&message.id, &message.method) {
                let reply = json!({ "jsonrpc": "2.0", "id": id, "result": null }).to_string();
                self.send(&format!("Content-Length: {}\r\n\r\n{reply}", reply.len()));
            }
            if fits(&message) {
                return Some((at, message));
            }
            self.kept.push((at, message));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(serde::Deserialize)]
struct Published {
    uri: String,
    version: Option<i64>,
}

/// The params of a request about a range of lines and characters.
pub(crate) fn range_of(start: (usize, usize), end: (usize, usize)) -> Value {
    let position = |(line, character)| json!({ "line": line, "character": character });
    let range = json!({ "start": position(start), "end": position(end) });
    json!({ "textDocument": { "uri": URI }, "range": range })
}

fn place((line, character): (usize, usize)) -> Value {
    json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } })
}

fn did_open(uri: &str, text: &str) -> String {
    let document = json!({ "uri": uri, "languageId": "log", "version": 1, "text": text });
    body(None, "textDocument/didOpen", &json!({ "textDocument": document }))
}

fn body(id: Option<i64>, method: &str, params: &Value) -> String {
    let mut message = json!({ "jsonrpc": "2.0", "method": method });
    if let Some(id) = id {
        message["id"] = json!(id);
    }
    message["params"] = params.clone();
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The next message, and the time its last byte arrived.
fn read(input: &mut impl BufRead) -> Option<(Instant, Message)> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        match line.to_ascii_lowercase().strip_prefix("content-length:") {
            Some(digits) => length = digits.trim().parse().ok()?,
            None if line.is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    let at = Instant::now();
    let mut message: Message = serde_json::from_slice(&body).ok()?;
    message.size = length;
    Some((at, message))
}
