//! Heavy work on some documents does not delay light work on another. The tests compare the order
//! in which messages arrive, never times.

mod support;

use serde_json::{Value, json};
use support::{Client, at, document, everywhere, long_text};

const SMALL: &str = "file:///small.log";

/// The number of large logs, and the size of each.
const LARGE_LOGS: usize = 12;
const LARGE: usize = if cfg!(debug_assertions) { 4 << 20 } else { 20 << 20 };

/// How many large logs may be finished before the small document is served.
const AT_MOST: usize = 2;

/// A client whose server has read twelve large logs, or other texts, and is scanning them.
struct Busy {
    client: Client,
    /// How many large logs got their diagnostics while the small document was being served.
    published: usize,
}

impl Busy {
    fn new() -> Self {
        Self::with(LARGE_LOGS, &long_text(LARGE))
    }

    fn with(documents: usize, text: &str) -> Self {
        let mut client = Client::start(json!({}), Value::Null);
        (0..documents).for_each(|number| client.open(&format!("file:///{number}.log"), text));
        // Messages are read in order: with this answer, all of them have been read.
        assert_eq!(client.hover("file:///not/open", 0, 0), None);
        client.arrived();
        Self { client, published: 0 }
    }

    /// Waits for a message, and checks that it does not wait for the large logs.
    #[track_caller]
    fn comes_first(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.client.wait_for(what, |message| {
                fits(message)
                    || message["method"] == "textDocument/publishDiagnostics"
                        && message["params"]["uri"] != SMALL
            });
            if fits(&message) {
                return message;
            }
            self.published += 1;
            assert!(self.published <= AT_MOST, "{what}: held up by large logs");
        }
    }

    #[track_caller]
    fn diagnostics_come_first(&mut self, version: i64) {
        let message = self.comes_first("the small document's diagnostics", |message| {
            message["params"]["uri"] == SMALL
        });
        assert_eq!(message["params"]["diagnostics"].as_array().map(Vec::len), Some(1));
        assert!(message["params"]["version"].as_i64().is_none_or(|found| found == version));
    }
}

#[test]
fn diagnostics_of_a_small_document_do_not_wait_for_large_logs() {
    let mut busy = Busy::new();
    busy.client.open(SMALL, "0x80070005");
    busy.diagnostics_come_first(1);
    busy.client.change(SMALL, 2, json!([{ "text": "0x87D1FDE8" }]));
    busy.diagnostics_come_first(2);
}

const EXPENSIVE: &str = "error 5 [5] status 5 smtp connect() ";

#[test]
fn diagnostics_of_a_small_document_do_not_wait_for_many_expensive_texts() {
    let mut busy = Busy::with(40, &EXPENSIVE.repeat(250_000 / EXPENSIVE.len()));
    busy.client.open(SMALL, "0x80070005");
    busy.diagnostics_come_first(1);
}

#[test]
fn diagnostics_of_a_small_document_do_not_wait_for_hundreds_of_short_expensive_texts() {
    let mut busy = Busy::with(300, &EXPENSIVE.repeat(16_000 / EXPENSIVE.len()));
    busy.client.open(SMALL, "0x80070005");
    busy.diagnostics_come_first(1);
    busy.published = 0;
    busy.client.open(SMALL, &"0x80070005 ".repeat(100));
    busy.comes_first("the diagnostics of a text that is scanned later", |message| {
        message["params"]["uri"] == SMALL
    });
    busy.published = 0;
    let text = EXPENSIVE.repeat(15_000 / EXPENSIVE.len());
    busy.client.open(SMALL, &format!("{text} 0x80070005"));
    let id = busy.client.ask("textDocument/hover", at(SMALL, 0, text.len() as u32 + 3));
    let answer = busy.comes_first("the hover", |message| message["id"] == id);
    assert!(!answer["result"].is_null(), "{answer}");
}

#[cfg(target_os = "linux")] // other systems don't tell when a process is idle
#[test]
fn a_hover_does_not_wait_until_other_documents_are_scanned_again() {
    let mut busy = Busy::with(40, &long_text(LARGE / 20));
    busy.client.open(SMALL, "0x80070005 HTTP status 404");
    busy.client.wait_until_idle();
    busy.client.arrived();
    let settings = json!({ "hexplain": { "families": { "http": false } } });
    busy.client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    // The documents are being scanned again, in the order of their names.
    busy.client.diagnostics("file:///0.log", None);
    let id = busy.client.ask("textDocument/hover", at(SMALL, 0, 3));
    let answer = busy.comes_first("the hover", |message| message["id"] == id);
    assert!(!answer["result"].is_null(), "{answer}");
}

#[test]
fn answers_about_a_small_document_do_not_wait_for_large_logs() {
    let mut busy = Busy::new();
    busy.client.open(SMALL, "0x80070005");
    let mut asked: Vec<(i64, &str)> = [
        ("textDocument/hover", at(SMALL, 0, 3)),
        ("textDocument/completion", at(SMALL, 0, 6)),
        ("textDocument/codeAction", everywhere(SMALL)),
        ("textDocument/documentSymbol", document(SMALL)),
        ("textDocument/documentHighlight", at(SMALL, 0, 3)),
        ("textDocument/inlayHint", everywhere(SMALL)),
        ("textDocument/diagnostic", document(SMALL)),
        ("hexplain/search", json!({ "words": "access denied" })),
    ]
    .map(|(method, params)| (busy.client.ask(method, params), method))
    .into();
    while !asked.is_empty() {
        let what = format!("the answers to {asked:?}");
        let answer = busy.comes_first(&what, |message| message["method"].is_null());
        assert!(!answer["result"].is_null(), "{answer}");
        asked.retain(|(id, _)| answer["id"] != *id);
    }
}
