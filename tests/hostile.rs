//! More of everything than a friendly client sends: floods, huge and hostile texts, thousands of
//! documents; and a client that does not read, or that leaves. The server's memory stays within
//! what is stated here, its answers stay right, and it ends when it should.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Client, at, document, frame, place, places};

const A: &str = "file:///a.log";
const B: &str = "file:///b.log";

const LINE: &str =
    "09:12:45 policy failed: 0x87D1FDE8, then exit code 1603 and \u{2212}2016281112\n";

/// A client that can do nothing, so that the server sends little but answers.
fn plain() -> Client {
    Client::start(json!({}), Value::Null)
}

/// The same, and the file that holds what the server logs.
fn client_with_log() -> (Client, tempfile::NamedTempFile) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let stderr = log.reopen().unwrap();
    let mut client = Client::spawn_with(|command| {
        command.stderr(stderr);
    });
    client.request("initialize", json!({ "capabilities": {} }));
    (client, log)
}

fn message(method: &str, params: Value) -> String {
    frame(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string())
}

fn request(id: u32, method: &str, params: Value) -> String {
    let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    frame(&body.to_string())
}

fn opening(uri: &str, text: &str) -> String {
    let item = json!({ "uri": uri, "languageId": "log", "version": 1, "text": text });
    message("textDocument/didOpen", json!({ "textDocument": item }))
}

fn inserting(line: u32, character: u32, text: &str) -> Value {
    let at = json!({ "line": line, "character": character });
    json!({ "range": { "start": at, "end": at }, "text": text })
}

/// A text of at least so many bytes whose scan takes a while.
fn long_text(bytes: usize) -> String {
    LINE.repeat(bytes / LINE.len() + 1)
}

/// Opens the same text under another name and compares what is known of both.
#[track_caller]
fn assert_as_fresh(client: &mut Client, uri: &str, text: &str) {
    let edited = client.hints(uri);
    client.open("file:///fresh.log", text);
    let fresh = client.hints("file:///fresh.log");
    assert!(!fresh.is_empty());
    assert!(edited == fresh, "{} hints, and {} of the fresh text", edited.len(), fresh.len());
}

/// A figure of the process in MB: `VmRSS` is its memory now, `VmHWM` the most it ever had.
#[cfg(target_os = "linux")]
fn memory(client: &Client, figure: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", client.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).unwrap();
    let kilobytes = line.trim_matches(|c: char| !c.is_ascii_digit());
    kilobytes.parse::<u64>().unwrap() / 1024
}

// Clients that do not read.

/// A deaf client that has put so much into the server's pipe that both queues are full, and the
/// server waits for it.
fn flooded() -> (Client, std::io::PipeWriter) {
    let (stdin, mut server) = std::io::pipe().unwrap();
    let client = Client::spawn_deaf(|command| {
        command.stdin(stdin);
    });
    let query = json!({ "query": "x".repeat(1 << 20) });
    let mut flood = request(0, "initialize", json!({ "capabilities": {} }));
    (1..40).for_each(|id| flood += &request(id, "hexplain/explain", query.clone()));
    // More messages than wait for their turn; they fit into the pipe when nobody takes them.
    (0..600).for_each(|_| flood += &message("$/noise", json!({})));
    server.write_all(flood.as_bytes()).unwrap();
    (client, server)
}

#[test]
fn a_flood_that_is_never_read_ends_with_the_closed_stdin() {
    let (mut client, server) = flooded();
    drop(server);
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn a_client_that_leaves_both_pipes_in_a_flood_ends_the_server() {
    let (mut client, server) = flooded();
    client.hang_up();
    drop(server);
    assert_eq!(client.ended().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_flood_of_long_answers_that_is_never_read_takes_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("long.toml");
    let family = "[family]\nid = \"long\"\ntitle = \"Long\"\n\n[[entry]]\ncode = 0xE0010001\n";
    let entry = format!("severity = \"error\"\nmessage = \"{}\"\n", "long ".repeat(400));
    fs::write(&catalog, family.to_owned() + &entry).unwrap();
    let (stdin, mut server) = std::io::pipe().unwrap();
    let client = Client::spawn_deaf(|command| {
        command.stdin(stdin);
    });
    let capabilities = json!({ "textDocument": { "diagnostic": {} } });
    let options = json!({ "catalogs": [catalog] });
    let params = json!({ "capabilities": capabilities, "initializationOptions": options });
    let mut flood = request(0, "initialize", params);
    // While this is read, the catalog is.
    flood += &opening(B, &long_text(2 << 20));
    flood += &opening(A, &"0xE0010001\n".repeat(1_000));
    // Each answer has 2 MB: unbounded, they would be 600 MB.
    (1..300).for_each(|id| flood += &request(id, "textDocument/diagnostic", document(A)));
    let writer = thread::spawn(move || {
        // Fails once the server is gone.
        let _ = server.write_all(flood.as_bytes());
        server
    });
    let (mut most, mut unchanged) = (0, 0);
    while unchanged < 20 && most < 400 {
        thread::sleep(Duration::from_millis(100));
        let now = memory(&client, "VmRSS:");
        unchanged = if now > most { 0 } else { unchanged + 1 };
        most = most.max(now);
    }
    drop(client);
    drop(writer.join());
    assert!(most < 300, "{most} MB");
}

// Many documents, and large ones.

#[cfg(target_os = "linux")]
#[test]
fn three_thousand_documents_take_thrice_their_texts_and_leave_nothing_behind() {
    const PLENTY: u64 = 40; // MB
    let text = long_text(2 << 10);
    let texts = (3_000 * text.len() as u64) >> 20;
    // A client that asks for diagnostics itself, so that 250,000 of them are not sent.
    let pulls = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let mut client = Client::start(pulls, Value::Null);
    let before = memory(&client, "VmRSS:");
    let uri = |number: u32| format!("file:///logs/{number}.log");
    let mut rounds = Vec::new();
    for _ in 0..2 {
        (0..3_000).for_each(|number| client.open(&uri(number), &text));
        assert_eq!(client.hints(&uri(2_999)).len(), 3 * text.lines().count());
        rounds.push(memory(&client, "VmRSS:") - before);
        (0..3_000)
            .for_each(|number| client.notify("textDocument/didClose", document(&uri(number))));
        assert_eq!(client.hover(&uri(2_999), 0, 30), None);
    }
    let left = memory(&client, "VmRSS:").saturating_sub(before);
    assert!(rounds[0] < 3 * texts + PLENTY, "{rounds:?} MB for {texts} MB");
    // What is closed is used again for what is opened next.
    assert!(rounds[1] < rounds[0] + texts && left <= rounds[1], "{rounds:?} MB, then {left} MB");
    client.shutdown();
}

#[test]
fn one_line_of_many_megabytes_is_read_and_edited_like_any_other() {
    let mut text =
        format!("{LINE}{}", "no code here ".repeat(200)).replace('\n', " ").repeat(3_000);
    let mut client = plain();
    client.open(A, &text);
    for part in [Some(2), None, Some(1)] {
        // In the middle, at the beginning, at the end.
        let byte = text.floor_char_boundary(part.map_or(0, |part| text.len() / part));
        let column = text[..byte].encode_utf16().count() as u32;
        client.change(A, 2, json!([inserting(0, column, " 😀 SyncML(404) ")]));
        text.insert_str(byte, " 😀 SyncML(404) ");
        assert!(client.hover(A, 0, column + 6).unwrap().contains("0x87D10194"));
    }
    let end = text.encode_utf16().count() as u32;
    let found = client.request("textDocument/hover", at(A, 0, end - 4));
    assert_eq!(place(&found["range"]), format!("0:{}-{}", end - 12, end - 1));
    assert_as_fresh(&mut client, A, &text);
    client.shutdown();
}

#[test]
fn a_log_that_is_all_codes_is_marked_up_to_the_maximum() {
    let text = "0x87D1FDE8 -2016281112 2278686184 SyncML(404)\n".repeat(10_000);
    let mut client = plain();
    client.open(A, &text);
    let marks = client.diagnostics(A, None);
    assert_eq!(marks.len(), 1_000);
    assert!(marks[999]["message"].as_str().unwrap().contains("39001 more"), "{}", marks[999]);
    let same = client.request("textDocument/documentHighlight", at(A, 0, 3));
    assert_eq!(places(&same).len(), 10_000);
    assert_eq!(client.hints(A).len(), 20_000);
    client.shutdown();
}

#[test]
fn a_log_of_codes_that_are_all_different_has_them_all_as_symbols() {
    let mut text = String::new();
    for code in 0x8000_0000_u32..0x8000_0000 + 3_000 {
        let _ = writeln!(text, "hr={code:#X}");
    }
    let mut client = plain();
    client.open(A, &text);
    let symbols = client.request("textDocument/documentSymbol", document(A));
    assert_eq!(symbols.as_array().unwrap().len(), 3_000);
    client.shutdown();
}

#[test]
fn a_log_that_grows_for_an_hour_is_known_like_a_fresh_one() {
    let mut client = plain();
    let mut text = String::new();
    client.open(A, &text);
    let units = |text: &str| text.encode_utf16().count() as u32;
    for second in 0..3_600_u32 {
        // Lines come whole and in pieces, as programs write them.
        let (first, rest) = LINE.split_at(LINE.floor_char_boundary(second as usize % LINE.len()));
        let first = format!("{second} {first}");
        let changes = json!([inserting(second, 0, &first), inserting(second, units(&first), rest)]);
        client.change(A, second as i32 + 2, changes);
        text += &first;
        text += rest;
        if second % 600 == 0 {
            let code = units(&second.to_string()) + 26;
            assert!(client.hover(A, second, code).unwrap().contains("0x87D1FDE8"));
        }
    }
    assert_as_fresh(&mut client, A, &text);
    client.shutdown();
}

// Settings.

#[test]
fn ten_thousand_ignored_codes_are_ignored_and_no_others() {
    let mut ignore: Vec<Value> = (0..9_999_u32).map(|n| json!(0xE000_0000 + n)).collect();
    ignore.push(json!("-2016281112"));
    let mut client = Client::start(support::attentive(), json!({ "ignore": ignore }));
    client.told("workspace/inlayHint/refresh");
    client.open(A, "0x87D1FDE8 SyncML(404)");
    assert_eq!(places(&json!(client.diagnostics(A, None))), ["0:11-22"]);
    client.shutdown();
}

#[test]
fn ten_thousand_bad_settings_are_told_in_one_message_that_can_be_read() {
    let ignore: Vec<String> = (0..10_000).map(|n| format!("no code {n}")).collect();
    let mut client = Client::start(json!({}), json!({ "ignore": ignore }));
    let told = client.told("window/showMessage")["message"].as_str().unwrap().to_owned();
    assert!(told.contains("no code 0"), "{told:.200}");
    assert!(told.len() < 10_000, "{} bytes", told.len());
    client.shutdown();
}

#[cfg(unix)]
#[test]
fn a_catalog_that_is_no_file_is_told_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut client = plain();
    // More than there are threads that could wait for it.
    for number in 0..10 {
        let catalogs = json!([fifo, folder.path(), "/dev/null", format!("{number}.toml")]);
        let settings = json!({ "hexplain": { "catalogs": catalogs } });
        client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
        let told = client.told("window/showMessage")["message"].as_str().unwrap().to_owned();
        assert!(told.contains("fifo"), "{told}");
    }
    client.open(A, "SyncML(404)");
    let symbols = client.request("textDocument/documentSymbol", document(A));
    assert_eq!(symbols.as_array().unwrap().len(), 1);
    client.shutdown();
}

#[test]
fn a_notation_that_reaches_over_another_code_has_its_hints() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("team.toml");
    let family = "[family]\nid = \"team\"\ntitle = \"Team\"\nwritten = ['[^\\n]*code {n}']\n";
    let entry = "[[entry]]\nnumber = 2\nseverity = \"error\"\nmessage = \"Two\"\n";
    fs::write(&catalog, family.to_owned() + entry).unwrap();
    let mut client = Client::start(support::attentive(), json!({ "catalogs": [catalog] }));
    client.told("workspace/inlayHint/refresh");
    client.open(A, "this is code 2 and this is code 2 and so is 0x87D1FDE8");
    let hints: Vec<u64> = client.hints(A).iter().map(|hint| hint.1).collect();
    assert_eq!(hints, [14, 33, 54]);
    client.shutdown();
}

#[test]
fn a_query_full_of_codes_has_an_answer_that_can_be_read() {
    let mut client = plain();
    let query = json!({ "query": "0x87D1FDE8 ".repeat(3_000) });
    let answers = client.request("hexplain/explain", query)["answers"].as_array().unwrap().len();
    assert!((1..=1_000).contains(&answers), "{answers} answers");
    client.shutdown();
}

// Panics. The server under test is a test build, which has one to ask for.

#[test]
fn a_panic_costs_its_own_answer_and_is_logged_without_its_words() {
    let (mut client, log) = client_with_log();
    client.open(A, "0x87D1FDE8");
    for _ in 0..3 {
        let answer = client.response("hexplain/panic", json!({}));
        assert_eq!(answer["error"]["code"], -32603, "{answer}");
        assert!(client.hover(A, 0, 4).is_some());
    }
    client.change(A, 2, json!([inserting(0, 0, "SyncML(404) ")]));
    assert_eq!(client.hints(A).len(), 2);
    client.shutdown();
    let logged = fs::read_to_string(log.path()).unwrap();
    assert_eq!(logged.matches("internal error (panic) at src").count(), 3, "{logged}");
    assert!(!logged.contains("SECRET"), "{logged}");
}

// Heavy work beside light work.

#[test]
fn a_long_scan_does_not_hold_up_another_document() {
    let mut client = plain();
    client.open(A, &long_text(4 << 20));
    let slow = client.ask("textDocument/documentSymbol", document(A));
    client.open(B, "SyncML(404)");
    let quick = client.ask("textDocument/hover", at(B, 0, 3));
    let first = client.wait_for("either answer", |m| m["id"] == slow || m["id"] == quick);
    assert_eq!(first["id"], quick);
    assert!(client.answer_to(slow)["result"].is_array());
    client.shutdown();
}

#[test]
fn a_hundred_questions_about_a_long_scan_hold_up_nobody_else() {
    let mut client = plain();
    client.open(A, &long_text(4 << 20));
    let slow: Vec<i64> =
        (0..100).map(|_| client.ask("textDocument/documentHighlight", at(A, 0, 0))).collect();
    client.open(B, "SyncML(404)");
    let quick = client.ask("textDocument/hover", at(B, 0, 3));
    let first = client.wait_for("an answer", |message| message["id"].is_i64());
    assert_eq!(first["id"], quick);
    slow.into_iter().for_each(|id| drop(client.answer_to(id)));
    client.shutdown();
}

#[cfg(target_os = "linux")]
#[test]
fn scans_that_nobody_waits_for_any_more_are_given_up() {
    let text = long_text(4 << 20);
    let mut client = plain();
    for _ in 0..8 {
        client.open(A, &text);
        client.notify("textDocument/didClose", document(A));
    }
    client.open(A, "SyncML(404)");
    assert_eq!(client.hints(A).len(), 1);
    let most = memory(&client, "VmHWM:");
    assert!(most < 300, "{most} MB");
    client.shutdown();
}

/// The kinds of the progress that a client is told while a text is opened and, at once, closed
/// or not.
fn progress_of(capabilities: Value, text: &str, close: bool) -> Vec<Vec<String>> {
    let mut client = Client::start(capabilities, Value::Null);
    client.open(A, text);
    let asked = client.ask("textDocument/documentSymbol", document(A));
    if close {
        client.notify("textDocument/didClose", document(A));
    }
    client.answer_to(asked);
    let mut told = client.meanwhile();
    let created: Vec<Value> = told
        .iter()
        .filter(|message| message["method"] == "window/workDoneProgress/create")
        .map(|message| message["params"]["token"].clone())
        .collect();
    let of = |told: &[Value], token: &Value| -> Vec<String> {
        let progress = told.iter().filter(|message| message["method"] == "$/progress");
        let of_token = progress.filter(|message| message["params"]["token"] == *token);
        let kind = |message: &Value| message["params"]["value"]["kind"].as_str().unwrap().into();
        of_token.map(kind).collect()
    };
    for token in &created {
        if !of(&told, token).contains(&"end".to_owned()) {
            told.push(client.wait_for("the end of the progress", |message| {
                message["params"]["token"] == *token && message["params"]["value"]["kind"] == "end"
            }));
            let mut rest = client.unclaimed();
            let end = told.pop().unwrap();
            told.append(&mut rest);
            told.push(end);
        }
    }
    client.shutdown();
    created.iter().map(|token| of(&told, token)).collect()
}

#[test]
fn the_progress_of_a_long_scan_begins_and_ends() {
    let capabilities = json!({ "window": { "workDoneProgress": true } });
    for close in [false, true] {
        // A fast machine may be done before a client would be told.
        for kinds in progress_of(capabilities.clone(), &long_text(3 << 20), close) {
            assert_eq!((kinds[0].as_str(), kinds[kinds.len() - 1].as_str()), ("begin", "end"));
            assert!(kinds[1..kinds.len() - 1].iter().all(|kind| kind == "report"), "{kinds:?}");
        }
    }
    let none = progress_of(json!({}), &long_text(1 << 20), false);
    assert!(none.is_empty(), "{none:?}");
}

// Changes that no client should send.

#[test]
fn versions_may_go_backwards() {
    let mut capabilities = support::modern_capabilities();
    capabilities["workspace"] = json!({});
    let mut client = Client::start(capabilities, Value::Null);
    client.open(A, "0x87D1FDE8");
    for version in [9, 3, 3, -7, i32::MAX, i32::MIN] {
        client.change(A, version, json!([inserting(0, 0, "x ")]));
        client.wait_for("its diagnostics", |message| message["params"]["version"] == version);
    }
    assert_eq!(client.hints(A)[0].1, 22);
    client.shutdown();
}

#[test]
fn changes_of_one_message_may_overlap() {
    let replacing = |start: u32, end: u32, text: &str| {
        let place = |character| json!({ "line": 0, "character": character });
        json!({ "range": { "start": place(start), "end": place(end) }, "text": text })
    };
    let mut client = plain();
    client.open(A, "abcdef 0x87D1FDE8");
    let changes =
        json!([replacing(0, 6, "xy"), replacing(1, 3, ""), replacing(0, 1, "SyncML(404) ")]);
    client.change(A, 2, changes);
    assert_eq!(client.hints(A).len(), 2);
    assert_as_fresh(&mut client, A, "SyncML(404) 0x87D1FDE8");
    client.shutdown();
}

#[test]
fn a_number_and_the_same_number_as_a_text_are_two_ids() {
    let mut client = plain();
    client.open(A, &long_text(1 << 20));
    for id in [json!(7), json!("7")] {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "textDocument/documentSymbol", "params": document(A) });
        client.send(&body);
    }
    client.notify("$/cancelRequest", json!({ "id": "7" }));
    assert!(client.answer_to(7)["result"].is_array());
    client.wait_for("the answer to \"7\"", |message| message["id"] == "7");
    client.shutdown();
}

// What the server says beside its answers.

/// Messages about documents and settings that are wrong in every way and full of secrets.
fn wrong_messages() -> Vec<String> {
    let change = |uri: Value, changes: Value| {
        let item = json!({ "uri": uri, "version": 2 });
        message(
            "textDocument/didChange",
            json!({ "textDocument": item, "contentChanges": changes }),
        )
    };
    let open = |version: Value, text: Value| {
        let item = json!({ "uri": A, "languageId": "log", "version": version, "text": text });
        message("textDocument/didOpen", json!({ "textDocument": item }))
    };
    vec![
        open(json!(1), json!("a SECRET 0x87D1FDE8")),
        open(json!(1), json!(["SECRET"])),
        open(json!("SECRET"), json!("x")),
        change(json!(A), json!("SECRET")),
        change(json!(A), json!(["SECRET"])),
        change(json!(A), json!([{ "text": ["SECRET"] }])),
        change(json!(A), json!([{ "text": "x", "range": "SECRET" }])),
        change(json!(A), json!([inserting(9, 9, "SECRET é😀\r")])),
        change(json!("SECRET"), json!([])),
        change(json!(B), json!([inserting(0, 0, "SECRET")])),
        message("textDocument/didClose", json!("SECRET")),
        message("workspace/didChangeConfiguration", json!({ "settings": { "locale": "SECRET" } })),
        message("SECRET", json!("SECRET")),
        frame("{\"SECRET\":"),
        frame("SECRET"),
    ]
}

#[test]
fn nothing_of_a_text_is_logged() {
    let (mut client, log) = client_with_log();
    wrong_messages().iter().for_each(|message| client.send_bytes(message.as_bytes()));
    client.hints(A);
    client.shutdown();
    let logged = fs::read_to_string(log.path()).unwrap();
    assert!(logged.contains("hexplain: "), "the faults are logged: {logged}");
    assert!(!logged.contains("SECRET"), "{logged}");
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let (stdin, mut server) = std::io::pipe().unwrap();
    let (mut reader, stderr) = std::io::pipe().unwrap();
    let mut client = Client::spawn_with(|command| {
        command.stdin(stdin).stderr(stderr);
    });
    // What is logged of these is ten times what a pipe holds.
    let mut messages = request(0, "initialize", json!({ "capabilities": {} }));
    messages += &wrong_messages().concat().repeat(500);
    messages += &opening(A, "SyncML(404)");
    messages += &request(1, "textDocument/hover", at(A, 0, 3));
    messages += &request(2, "shutdown", Value::Null);
    messages += &message("exit", Value::Null);
    let writer = thread::spawn(move || server.write_all(messages.as_bytes()));
    assert!(client.answer_to(1)["result"]["contents"].is_object());
    assert_eq!(client.ended().code(), Some(0));
    writer.join().unwrap().unwrap();
    let mut logged = Vec::new();
    reader.read_to_end(&mut logged).unwrap();
    assert!(!logged.is_empty());
}

#[test]
fn a_log_that_is_closed_stops_nothing() {
    let (reader, stderr) = std::io::pipe().unwrap();
    let mut client = Client::spawn_with(|command| {
        command.stderr(stderr);
    });
    drop(reader);
    client.request("initialize", json!({ "capabilities": {} }));
    wrong_messages().iter().for_each(|message| client.send_bytes(message.as_bytes()));
    client.open(A, "SyncML(404)");
    assert_eq!(client.hints(A).len(), 1);
    client.shutdown();
}
