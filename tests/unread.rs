//! A client that does not read its pipe, with thousands of documents: what waits for it is limited,
//! and nothing is lost.

#![cfg(target_os = "linux")]

mod support;

use std::io::Write;
use std::path::Path;
use std::{fs, thread};

use serde_json::{Value, json};
use support::{Client, notification, opening, request};

/// The lines of each document; each is a code with a diagnostic once the catalog is loaded.
const LINES: usize = 200;
const LINE: &str = "0xE0010001\n";

/// Writes a catalog whose only message makes long diagnostics.
fn write_catalog(path: &Path) {
    let family = "[family]\nid = \"long\"\ntitle = \"Long\"\n\n[[entry]]\ncode = 0xE0010001\n";
    let entry = format!("severity = \"error\"\nmessage = \"{}\"\n", "long ".repeat(80));
    fs::write(path, family.to_owned() + &entry).unwrap();
}

fn uri(number: usize) -> String {
    format!("file:///logs/{number}.log")
}

/// Messages that open documents and have all of them published at once, through new settings.
fn session(documents: usize, catalog: &Path) -> String {
    let text = LINE.repeat(LINES);
    let mut messages = request(0, "initialize", json!({ "capabilities": {} }));
    (0..documents).for_each(|number| messages += &opening(&uri(number), &text));
    let settings = json!({ "hexplain": { "catalogs": [catalog] } });
    messages + &notification("workspace/didChangeConfiguration", json!({ "settings": settings }))
}

/// A client that does not read, whose server has received `messages` and has become idle.
fn client_that_does_not_read(messages: String) -> (Client, thread::JoinHandle<impl Sized>) {
    let (stdin, mut server) = std::io::pipe().unwrap();
    let client = Client::spawn_deaf(|command| {
        command.stdin(stdin);
    });
    let writer = thread::spawn(move || {
        // Blocks while the server does not read, and fails when it has ended.
        let _ = server.write_all(messages.as_bytes());
        server
    });
    client.wait_until_idle();
    (client, writer)
}

#[test]
fn publishing_three_thousand_documents_to_a_client_that_never_reads_takes_bounded_memory() {
    const DOCUMENTS: usize = 3_000;
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("long.toml");
    write_catalog(&catalog);
    let texts = ((DOCUMENTS * LINES * LINE.len()) >> 20) as u64;
    // Without a limit, the diagnostics would be 300 MB. How many wait differs between sessions.
    for session_number in 0..4 {
        let (client, writer) = client_that_does_not_read(session(DOCUMENTS, &catalog));
        let most = client.memory("VmHWM:");
        drop(client);
        drop(writer.join());
        assert!(most < 3 * texts + 100, "session {session_number}: {most} MB for {texts} MB");
    }
}

#[test]
fn every_document_is_published_once_a_client_reads_that_did_not() {
    const DOCUMENTS: usize = 500;
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("long.toml");
    write_catalog(&catalog);
    let (mut client, writer) = client_that_does_not_read(session(DOCUMENTS, &catalog));
    client.listen();
    for number in 0..DOCUMENTS {
        let uri = uri(number);
        client.wait_for(&format!("the diagnostics of {uri}"), |message: &Value| {
            let params = &message["params"];
            params["uri"] == *uri
                && params["diagnostics"].as_array().is_some_and(|all| all.len() == LINES)
        });
    }
    drop(client);
    drop(writer.join());
}

/// A session in which a client's settings change repeatedly.
fn session_of_settings(capabilities: &Value, settings: &[Value]) -> String {
    let options = json!({ "capabilities": capabilities });
    let mut messages = request(0, "initialize", options) + &notification("initialized", json!({}));
    for settings in settings.iter().cycle().take(40_000) {
        let params = json!({ "settings": settings });
        messages += &notification("workspace/didChangeConfiguration", params);
    }
    messages
}

#[test]
fn unsolicited_messages_take_limited_memory() {
    let language = |language: &str| json!({ "hexplain": { "locale": language } });
    for (capabilities, settings) in [
        (json!({ "inlayHint": { "refreshSupport": true } }), vec![language("en"), language("fr")]),
        (json!({ "configuration": true }), vec![Value::Null]),
        // Each is a mistake that is reported, in a message of 4 KB.
        (json!({}), vec![language(&"x".repeat(4_000))]),
    ] {
        let session = session_of_settings(&json!({ "workspace": capabilities }), &settings);
        let (client, writer) = client_that_does_not_read(session);
        let most = client.memory("VmHWM:");
        drop(client);
        drop(writer.join());
        assert!(most < 100, "{most} MB: {capabilities}");
    }
}
