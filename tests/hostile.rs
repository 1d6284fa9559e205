//! More of everything than a friendly client sends: floods, huge and hostile texts, thousands of
//! documents; and clients that don't read, or that leave. The server's memory stays within the
//! limits stated here, its answers stay correct, and it exits when it should.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::thread;

use serde_json::{Value, json};
use support::{
    Client, LINE, LONG, at, attentive, document, frame, inserting, long_text, notification,
    opening, place, places, request,
};

const A: &str = "file:///a.log";
const B: &str = "file:///b.log";

/// A client without capabilities, so that the server sends little besides answers.
fn plain() -> Client {
    Client::start(json!({}), Value::Null)
}

/// The same, with the file that the server's log goes to.
fn client_with_log() -> (Client, tempfile::NamedTempFile) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let stderr = log.reopen().unwrap();
    let mut client = Client::spawn_with(|command| {
        command.stderr(stderr);
    });
    client.request("initialize", json!({ "capabilities": {} }));
    (client, log)
}

/// Opens the same text under another name and compares the server's results for both.
#[track_caller]
fn assert_as_fresh(client: &mut Client, uri: &str, text: &str) {
    let edited = client.hints(uri);
    client.open("file:///fresh.log", text);
    let fresh = client.hints("file:///fresh.log");
    assert!(!fresh.is_empty());
    assert!(edited == fresh, "{} hints, and {} of the fresh text", edited.len(), fresh.len());
}

// Clients that do not read.

/// A client that does not read and has filled the server's pipe until both queues are full and the
/// server waits for it.
fn flooded() -> (Client, std::io::PipeWriter) {
    let (stdin, mut server) = std::io::pipe().unwrap();
    let client = Client::spawn_deaf(|command| {
        command.stdin(stdin);
    });
    let query = json!({ "query": "x".repeat(1 << 20) });
    let mut flood = request(0, "initialize", json!({ "capabilities": {} }));
    (1..40).for_each(|id| flood += &request(id, "hexplain/explain", query.clone()));
    // More messages than the server queues; they fit into the pipe if it does not read them.
    (0..600).for_each(|_| flood += &notification("$/noise", json!({})));
    server.write_all(flood.as_bytes()).unwrap();
    (client, server)
}

#[test]
fn a_closed_stdin_ends_the_server_even_if_its_answers_are_not_read() {
    let (mut client, server) = flooded();
    drop(server);
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn closing_both_pipes_ends_the_server_even_if_its_answers_are_not_read() {
    let (mut client, server) = flooded();
    client.hang_up();
    drop(server);
    assert_eq!(client.ended().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn short_answers_that_are_never_read_take_bounded_memory() {
    let (stdin, mut server) = std::io::pipe().unwrap();
    let client = Client::spawn_deaf(|command| {
        command.stdin(stdin);
    });
    // Each answer is 10 KB: without a limit, they would be 250 MB.
    let query = json!({ "query": "1" });
    let mut flood = request(0, "initialize", json!({ "capabilities": {} }));
    (1..25_000).for_each(|id| flood += &request(id, "hexplain/explain", query.clone()));
    let writer = thread::spawn(move || {
        // Fails when the server has ended.
        let _ = server.write_all(flood.as_bytes());
        server
    });
    client.wait_until_idle();
    let most = client.memory("VmHWM:");
    drop(client);
    drop(writer.join());
    assert!(most < 200, "{most} MB");
}

#[cfg(target_os = "linux")]
#[test]
fn long_answers_that_are_never_read_take_bounded_memory() {
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
    // While the server reads this, it also loads the catalog.
    flood += &opening(B, &long_text(2 << 20));
    flood += &opening(A, &"0xE0010001\n".repeat(1_000));
    // Each answer is 2 MB: without a limit, they would be 600 MB.
    (1..300).for_each(|id| flood += &request(id, "textDocument/diagnostic", document(A)));
    let writer = thread::spawn(move || {
        // Fails when the server has ended.
        let _ = server.write_all(flood.as_bytes());
        server
    });
    client.wait_until_idle();
    let most = client.memory("VmHWM:");
    drop(client);
    drop(writer.join());
    assert!(most < 300, "{most} MB");
}

// Many documents, and large ones.

/// Repeatedly opens and closes 3,000 documents with this text. Returns the size of their texts, the
/// memory that they use in each round, and the memory left at the end, in MB.
#[cfg(target_os = "linux")]
fn memory_of_three_thousand(text: &str, codes: usize) -> (u64, Vec<u64>, u64) {
    // A client that pulls diagnostics, so that 250,000 of them are not sent.
    let pulls = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let mut client = Client::start(pulls, Value::Null);
    let before = client.memory("VmRSS:");
    let mut rounds = Vec::new();
    for round in 0..3 {
        let uri = |number: u32| format!("file:///{round}/{number}.log");
        (0..3_000).for_each(|number| client.open(&uri(number), text));
        assert_eq!(client.hints(&uri(2_999)).len(), codes);
        // The document that is asked about is scanned before the others.
        client.wait_until_idle();
        rounds.push(client.memory("VmRSS:") - before);
        (0..3_000)
            .for_each(|number| client.notify("textDocument/didClose", document(&uri(number))));
        assert_eq!(client.hover(&uri(2_999), 0, 30), None);
    }
    let left = client.memory("VmRSS:").saturating_sub(before);
    client.shutdown();
    ((3_000 * text.len() as u64) >> 20, rounds, left)
}

/// Memory that does not depend on the texts, in MB.
#[cfg(target_os = "linux")]
const PLENTY: u64 = 40;

/// Memory freed by closing is reused for what is opened next; how much of it returns to the system
/// is up to the allocator. If an eighth of the texts remained each time, it would show.
#[cfg(target_os = "linux")]
#[track_caller]
fn assert_memory_is_used_again((texts, rounds, left): (u64, Vec<u64>, u64)) {
    let most = rounds[0] + 2 + texts / 4;
    assert!(rounds[2] <= most && left <= most, "{rounds:?} MB for {texts} MB, then {left} MB");
}

#[cfg(target_os = "linux")]
#[test]
fn three_thousand_logs_take_three_times_their_texts_and_closing_them_makes_room_for_others() {
    let text = long_text(2 << 10);
    let measured = memory_of_three_thousand(&text, 3 * text.lines().count());
    let (texts, rounds, _) = &measured;
    assert!(rounds[0] < 3 * texts + PLENTY, "{rounds:?} MB for {texts} MB");
    assert_memory_is_used_again(measured);
}

#[cfg(target_os = "linux")]
#[test]
fn three_thousand_texts_of_distinct_codes_alone_take_six_times_their_texts() {
    let codes = if cfg!(debug_assertions) { 1..=60 } else { 1..=1000 };
    let lines: Vec<String> = codes.map(|code| format!("0x8007{code:04X}\n")).collect();
    let text = lines.concat();
    let codes = {
        let mut client = plain();
        client.open(A, &text);
        client.hints(A).len()
    };
    let measured = memory_of_three_thousand(&text, codes);
    let (texts, rounds, _) = &measured;
    assert!(rounds[0] < 6 * texts + PLENTY, "{rounds:?} MB for {texts} MB");
    assert_memory_is_used_again(measured);
}

#[test]
fn a_line_of_many_megabytes_is_edited_and_hovered_like_any_other() {
    let mut text =
        format!("{LINE}{}", "no code here ".repeat(200)).replace('\n', " ").repeat(3_000);
    let mut client = plain();
    client.open(A, &text);
    for part in [Some(2), None, Some(1)] {
        // In the middle, at the start, at the end.
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
fn a_log_that_is_all_codes_has_diagnostics_and_hints_up_to_their_maximum() {
    let text = "0x87D1FDE8 SyncML(404) 0x87D1FDE8 SyncML(404)\n".repeat(10_000);
    let mut client = plain();
    client.open(A, &text);
    let marks = client.diagnostics(A, None);
    assert_eq!(marks.len(), 1_000);
    assert!(marks[999]["message"].as_str().unwrap().contains("39001 more"), "{}", marks[999]);
    let same = client.request("textDocument/documentHighlight", at(A, 0, 3));
    assert_eq!(places(&same).len(), 10_000);
    // The last hint says that there are more.
    assert_eq!(client.hints(A).len(), 20_001);
    client.shutdown();
}

/// Lines with this many distinct codes.
fn distinct_codes(count: u32) -> String {
    let mut text = String::new();
    for code in 0x8000_0000..0x8000_0000 + count {
        let _ = writeln!(text, "hr={code:#X}");
    }
    text
}

/// The size of an answer on the wire.
fn size(answer: &Value) -> usize {
    answer.to_string().len()
}

#[test]
fn a_log_of_distinct_codes_has_a_symbol_for_each() {
    let mut client = plain();
    client.open(A, &distinct_codes(3_000));
    let symbols = client.request("textDocument/documentSymbol", document(A));
    assert_eq!(symbols.as_array().unwrap().len(), 3_000);
    client.shutdown();
}

#[test]
fn symbols_that_would_take_more_than_4_mib_are_counted_by_the_last_one() {
    const DISTINCT: u32 = 30_000;
    let hierarchical = json!({ "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } } });
    for capabilities in [json!({}), hierarchical] {
        let mut client = Client::start(capabilities, Value::Null);
        client.open(A, &distinct_codes(DISTINCT).repeat(2));
        let symbols = client.request("textDocument/documentSymbol", document(A));
        let size = size(&symbols);
        assert!((1 << 20..=4 << 20).contains(&size), "{size} bytes");
        let (last, shown) = symbols.as_array().unwrap().split_last().unwrap();
        let more = DISTINCT as usize - shown.len();
        let says = last["name"].as_str().unwrap();
        assert!(says.contains(&more.to_string()), "{more} more: {says}");
        assert!(shown[0]["name"].as_str().unwrap().starts_with("0x80000000"), "{}", shown[0]);
        client.shutdown();
    }
}

#[test]
fn every_other_answer_has_at_most_16_mib() {
    const DOCUMENTS: usize = 60;
    let capabilities = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true }, "inlayHint": { "refreshSupport": true } },
    });
    let options = json!({ "diagnostics": { "maxPerFile": 10_000_000 } });
    let mut client = Client::start(capabilities, options);
    client.received("workspace/inlayHint/refresh");
    let text = "0x87D1FDE8 SyncML(404)\n".repeat(5_000);
    (0..DOCUMENTS).for_each(|number| client.open(&format!("file:///{number}.log"), &text));
    client.open(A, &text.repeat(10));
    let mut references = at(A, 0, 3);
    references["context"] = json!({ "includeDeclaration": true });
    for (method, params, expected) in [
        ("textDocument/references", references, 1 << 20),
        ("textDocument/diagnostic", document(A), 1 << 20),
        ("textDocument/inlayHint", support::everywhere(A), 1 << 20),
        ("textDocument/documentHighlight", at(A, 0, 3), 1 << 19),
        ("hexplain/explain", json!({ "query": "0x87D1FDE8 ".repeat(200_000) }), 1 << 10),
    ] {
        let size = size(&client.request(method, params));
        assert!((expected..=16 << 20).contains(&size), "{method}: {size} bytes");
    }
    client.shutdown();
}

#[test]
fn a_log_that_has_grown_for_an_hour_has_the_hints_of_a_fresh_one() {
    let mut client = plain();
    let mut text = String::new();
    client.open(A, &text);
    let units = |text: &str| text.encode_utf16().count() as u32;
    for second in 0..3_600_u32 {
        // Lines arrive whole and in pieces, as programs write them.
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
    client.received("workspace/inlayHint/refresh");
    client.open(A, "0x87D1FDE8 SyncML(404)");
    assert_eq!(places(&json!(client.diagnostics(A, None))), ["0:11-22"]);
    client.shutdown();
}

#[test]
fn ten_thousand_bad_settings_are_reported_in_one_short_message() {
    let ignore: Vec<String> = (0..10_000).map(|n| format!("no code {n}")).collect();
    let mut client = Client::start(json!({}), json!({ "ignore": ignore }));
    let message = client.received("window/showMessage")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("no code 0"), "{message:.200}");
    assert!(message.len() < 10_000, "{} bytes", message.len());
    assert_eq!(client.meanwhile(), [Value::Null; 0], "one message");
    client.shutdown();
}

#[cfg(unix)] // pipes of Windows are in no folder
#[test]
fn a_catalog_that_is_not_a_file_is_reported_and_blocks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut client = plain();
    // More than there are threads that could wait for it.
    for number in 0..10 {
        let catalogs = json!([fifo, folder.path(), "/dev/null", format!("{number}.toml")]);
        let settings = json!({ "hexplain": { "catalogs": catalogs } });
        client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
        let message = client.received("window/showMessage")["message"].as_str().unwrap().to_owned();
        assert!(message.contains("fifo"), "{message}");
    }
    client.open(A, "SyncML(404)");
    let symbols = client.request("textDocument/documentSymbol", document(A));
    assert_eq!(symbols.as_array().unwrap().len(), 1);
    client.shutdown();
}

#[test]
fn a_notation_that_matches_across_other_codes_has_its_hints() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("team.toml");
    let family = "[family]\nid = \"team\"\ntitle = \"Team\"\nwritten = ['[^\\n]*code {n}']\n";
    let entry = "[[entry]]\nnumber = 2\nseverity = \"error\"\nmessage = \"Two\"\n";
    fs::write(&catalog, family.to_owned() + entry).unwrap();
    let mut client = Client::start(support::attentive(), json!({ "catalogs": [catalog] }));
    client.received("workspace/inlayHint/refresh");
    client.open(A, "this is code 2 and this is code 2 and so is 0x87D1FDE8");
    let hints: Vec<u64> = client.hints(A).iter().map(|hint| hint.1).collect();
    assert_eq!(hints, [14, 33, 54]);
    client.shutdown();
}

#[test]
fn a_query_of_three_thousand_codes_has_at_most_a_thousand_answers() {
    let mut client = plain();
    let query = json!({ "query": "0x87D1FDE8 ".repeat(3_000) });
    let answers = client.request("hexplain/explain", query)["answers"].as_array().unwrap().len();
    assert!((1..=1_000).contains(&answers), "{answers} answers");
    client.shutdown();
}

#[test]
fn a_value_of_millions_of_bytes_is_not_repeated_to_the_user() {
    for settings in [
        json!({ "locale": "é".repeat(2_000_000) }),
        json!({ "ignore": ["é".repeat(2_000_000)] }),
        json!({ "families": { ("x".repeat(3_000_000)): true } }),
    ] {
        let mut client = Client::start(attentive(), settings);
        let message = client.received("window/showMessage")["message"].as_str().unwrap().to_owned();
        assert!(message.len() < 10_000, "{} bytes", message.len());
        assert!(message.starts_with("hexplain.") && message.contains(" … "), "{message}");
        client.shutdown();
    }
}

// Panics. The server under test is a test build, which has a request that panics on purpose.

#[cfg(not(debug_assertions))]
#[test]
fn a_release_build_has_no_request_that_panics() {
    let mut client = plain();
    assert_eq!(client.response("hexplain/panic", json!({}))["error"]["code"], -32601);
    client.shutdown();
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_fails_one_request_and_is_logged_without_its_message() {
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

// Heavy work next to light work.

#[test]
fn thousands_of_requests_about_documents_that_are_not_scanned_yet_are_answered() {
    let mut client = plain();
    let uri = |number: usize| format!("file:///{number}.log");
    let text = "error 5 [5] status 5\n".repeat(15);
    (0..500).for_each(|number| client.open(&uri(number), &text));
    let asked = (0..10).flat_map(|_| 0..500);
    let ids: Vec<i64> =
        asked.map(|number| client.ask("textDocument/hover", at(&uri(number), 0, 6))).collect();
    for id in ids {
        client.wait_for("an answer", |message| message["id"] == id);
    }
}

#[test]
fn a_long_scan_does_not_delay_another_document() {
    let mut client = plain();
    client.open(A, &long_text(LONG));
    let slow = client.ask("textDocument/documentSymbol", document(A));
    client.open(B, "SyncML(404)");
    let quick = client.ask("textDocument/hover", at(B, 0, 3));
    let first = client.wait_for("either answer", |m| m["id"] == slow || m["id"] == quick);
    assert_eq!(first["id"], quick);
    assert!(client.answer_to(slow)["result"].is_array());
    client.shutdown();
}

#[test]
fn a_hundred_requests_about_a_document_in_a_long_scan_do_not_delay_another_document() {
    let mut client = plain();
    client.open(A, &long_text(LONG));
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
fn the_scan_of_a_closed_document_is_abandoned() {
    // An editor sends both together when a file is only previewed.
    let close = notification("textDocument/didClose", document(A));
    let opened = opening(A, &long_text(LONG));
    let work = |messages: &str| {
        let mut client = plain();
        client.send_bytes(messages.as_bytes());
        client.wait_until_idle();
        let ticks = client.ticks();
        client.shutdown();
        ticks
    };
    let [kept, closed] = [opened.clone(), opened + &close].map(|messages| work(&messages));
    // Both times include reading the message.
    assert!(2 * closed < kept, "{closed} ticks, and {kept} for a document that is kept");
}

// Progress.

/// A client whose opened text is being scanned, with the progress shown; the length of the text,
/// and the token of the progress. How long the text must be depends on the machine.
fn client_with_progress_under_way() -> (Client, usize, Value) {
    let began = |message: &Value| message["params"]["value"]["kind"] == "begin";
    let ended = |message: &Value| message["method"] == "textDocument/publishDiagnostics";
    let longest = if cfg!(debug_assertions) { 24 } else { 29 };
    for bytes in (21..=longest).map(|power| 1 << power) {
        let mut client =
            Client::start(json!({ "window": { "workDoneProgress": true } }), Value::Null);
        client.open(A, &long_text(bytes));
        let first = client
            .wait_for("progress, or the diagnostics", |message| began(message) || ended(message));
        if began(&first) {
            return (client, bytes, first["params"]["token"].clone());
        }
    }
    panic!("no scan, however long, has shown its progress");
}

/// The percentages reported between `begin` and `end`.
fn percentages(client: &mut Client, token: &Value) -> Vec<u64> {
    let mut percentages = Vec::new();
    loop {
        let progress = client.wait_for("progress", |message| {
            message["method"] == "$/progress" && message["params"]["token"] == *token
        });
        let value = &progress["params"]["value"];
        if value["kind"] == "end" {
            return percentages;
        }
        assert_eq!(value["kind"], "report");
        percentages.push(value["percentage"].as_u64().unwrap());
    }
}

#[test]
fn a_long_scan_shows_progress_that_begins_rises_and_ends() {
    let (mut client, bytes, token) = client_with_progress_under_way();
    let created = client.received("window/workDoneProgress/create");
    assert_eq!(created["token"], token, "the token is agreed on first");
    let percentages = percentages(&mut client, &token);
    assert!(percentages.is_sorted(), "{percentages:?}");
    assert!(percentages.last().is_none_or(|last| *last <= 100), "{percentages:?}");
    assert!(!client.diagnostics(A, None).is_empty());
    client.shutdown();
    // A client without support for progress gets none for the same text.
    let mut client = plain();
    client.open(A, &long_text(bytes));
    assert!(!client.diagnostics(A, None).is_empty());
    assert_eq!(client.finish(), [Value::Null; 0]);
}

#[test]
fn the_progress_of_a_scan_ends_when_its_document_is_closed() {
    let (mut client, _, token) = client_with_progress_under_way();
    client.notify("textDocument/didClose", document(A));
    percentages(&mut client, &token);
    client.shutdown();
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
fn changes_in_one_message_may_overlap() {
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
fn a_number_and_the_same_number_as_a_string_are_two_ids() {
    let mut client = plain();
    let messages = [
        opening(A, &long_text(LONG)),
        request(7, "textDocument/documentSymbol", document(A)),
        request("7", "textDocument/documentSymbol", document(A)),
        notification("$/cancelRequest", json!({ "id": "7" })),
    ];
    client.send_bytes(messages.concat().as_bytes());
    let cancelled = client.wait_for("the answer to \"7\"", |message| message["id"] == "7");
    assert_eq!(cancelled["error"]["code"], -32800, "{cancelled:.200}");
    assert!(client.answer_to(7)["result"].is_array());
    client.shutdown();
}

// What the server sends besides answers.

/// Messages about documents and settings with every kind of error, full of secrets.
fn wrong_messages() -> Vec<String> {
    let change = |uri: Value, changes: Value| {
        let item = json!({ "uri": uri, "version": 2 });
        notification(
            "textDocument/didChange",
            json!({ "textDocument": item, "contentChanges": changes }),
        )
    };
    let open = |version: Value, text: Value| {
        let item = json!({ "uri": A, "languageId": "log", "version": version, "text": text });
        notification("textDocument/didOpen", json!({ "textDocument": item }))
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
        notification("textDocument/didClose", json!("SECRET")),
        notification(
            "workspace/didChangeConfiguration",
            json!({ "settings": { "locale": "SECRET" } }),
        ),
        notification("SECRET", json!("SECRET")),
        frame("{\"SECRET\":"),
        frame("SECRET"),
    ]
}

#[test]
fn no_part_of_a_text_is_logged() {
    let (mut client, log) = client_with_log();
    wrong_messages().iter().for_each(|message| client.send_bytes(message.as_bytes()));
    client.hints(A);
    client.shutdown();
    let logged = fs::read_to_string(log.path()).unwrap();
    assert!(logged.contains("hexplain: "), "the faults are logged: {logged}");
    assert!(!logged.contains("SECRET"), "{logged}");
}

#[test]
fn an_unread_stderr_blocks_nothing() {
    let (stdin, mut server) = std::io::pipe().unwrap();
    let (mut reader, stderr) = std::io::pipe().unwrap();
    let mut client = Client::spawn_with(|command| {
        command.stdin(stdin).stderr(stderr);
    });
    // The log of these is ten times what a pipe holds.
    let mut messages = request(0, "initialize", json!({ "capabilities": {} }));
    messages += &wrong_messages().concat().repeat(500);
    messages += &opening(A, "SyncML(404)");
    messages += &request(1, "textDocument/hover", at(A, 0, 3));
    messages += &request(2, "shutdown", Value::Null);
    messages += &notification("exit", Value::Null);
    let writer = thread::spawn(move || server.write_all(messages.as_bytes()));
    assert!(client.answer_to(1)["result"]["contents"].is_object());
    assert_eq!(client.ended().code(), Some(0));
    writer.join().unwrap().unwrap();
    let mut logged = Vec::new();
    reader.read_to_end(&mut logged).unwrap();
    assert!(!logged.is_empty());
}

#[test]
fn a_closed_stderr_stops_nothing() {
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
