//! Texts that change: whatever the edits and the encoding, the server knows what the client sees.

mod support;

use std::fmt::Write as _;

use serde_json::{Value, json};
use support::{Client, at, document, frame, modern_capabilities, place, places};

const A: &str = "file:///a.log";
const B: &str = "file:///b.log";

/// What users type, paste and delete in logs: codes, pieces of codes, near misses, line endings.
const PIECES: [&str; 24] = [
    "0x87D1FDE8",
    "0x87D1",
    "FDE8",
    "-2016281112 ",
    "\u{2212}2016281112",
    "2278686184\n",
    "SyncML(404)",
    "exit code ",
    "1603",
    "[80248007]",
    "hr=80072ee2 ",
    "Domain : MCMDMErrorDomain\nCode : 12008\n",
    "<key>ErrorCode</key><integer>12008</integer>\n",
    "<key>ErrorDomain</key><string>MCMDMErrorDomain</string>",
    "APP_CI_ENFORCEMENT_ERROR_INSTALLING",
    "87d1fde8-1111-2222-3333-444444444444 ",
    "S-1-12-1-2213456789-2278686184-1 ",
    "\r\n",
    "\r",
    "\n",
    "😀é",
    "\u{2028}\u{85}\u{c} ",
    "thread=\"1603\" ",
    "                                        ",
];

/// A seeded xorshift.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn pieces(&mut self, count: usize) -> String {
        (0..count).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }

    /// A character boundary at or after `from` that is not within a line break.
    fn boundary(&mut self, text: &str, from: usize, reach: usize) -> usize {
        let at = text.floor_char_boundary(from + self.below(reach.min(text.len() - from) + 1));
        let within = text[..at].ends_with('\r') && text[at..].starts_with('\n');
        at.max(from) - usize::from(within)
    }
}

/// The length of a text in units of an encoding.
fn units(text: &str, encoding: &str) -> usize {
    match encoding {
        "utf-8" => text.len(),
        "utf-16" => text.encode_utf16().count(),
        _ => text.chars().count(),
    }
}

/// The position of a byte, counted independently.
fn position(text: &str, byte: usize, encoding: &str) -> Value {
    let before = &text[..byte];
    let breaks = before.matches(['\n', '\r']).count() - before.matches("\r\n").count();
    let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    json!({ "line": breaks, "character": units(&before[start..], encoding) })
}

/// The text in a range, found by counting.
fn written<'a>(text: &'a str, range: &Value, encoding: &str) -> &'a str {
    let byte = |wanted: &Value| {
        let found = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
        found.into_iter().find(|&byte| position(text, byte, encoding) == *wanted).unwrap()
    };
    &text[byte(&range["start"])..byte(&range["end"])]
}

/// A client that uses a single encoding.
fn counting_in(encoding: &str) -> Client {
    let mut capabilities = modern_capabilities();
    capabilities["general"]["positionEncodings"] = json!([encoding]);
    Client::start(capabilities, Value::Null)
}

/// A random change, applied to `text` and in the form that the client sends.
fn change(random: &mut Random, text: &mut String, encoding: &str) -> Value {
    let count = random.below(4);
    let new = random.pieces(count);
    if random.below(150) == 0 {
        let mut whole = random.pieces(30);
        whole.push_str(text);
        text.clone_from(&whole);
        return json!({ "text": whole });
    }
    let start = random.boundary(text, 0, usize::MAX);
    let end = random.boundary(text, start, 40).max(start);
    let mut range =
        json!({ "start": position(text, start, encoding), "end": position(text, end, encoding) });
    match random.below(20) {
        0 => {
            let start = range["start"].take();
            range["start"] = std::mem::replace(&mut range["end"], start);
        }
        1 if end == text.len() => range["end"] = json!({ "line": 9_999_999, "character": 7 }),
        2 if end == text.len() || text[end..].starts_with(['\r', '\n']) => {
            range["end"]["character"] = json!(u32::MAX >> 1);
        }
        _ => {}
    }
    text.replace_range(start..end, &new);
    json!({ "range": range, "text": new })
}

/// Sends random changes in one burst; then all answers about the document must be the same as for
/// that text opened fresh.
fn edited_equals_fresh(encoding: &str, seed: u64, start: &str, edits: i32) {
    println!("seed {seed}, {encoding}");
    let mut random = Random::new(seed);
    let mut text = start.to_owned() + &random.pieces(30);
    let mut client = counting_in(encoding);
    client.open(A, &text);
    let mut burst = String::new();
    for version in 2..edits + 2 {
        let changes: Vec<Value> =
            (0..=random.below(2)).map(|_| change(&mut random, &mut text, encoding)).collect();
        let params =
            json!({ "textDocument": { "uri": A, "version": version }, "contentChanges": changes });
        let message =
            json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": params });
        let _ = write!(burst, "{}", frame(&message.to_string()));
    }
    client.send_bytes(burst.as_bytes());
    let edited = client.hints(A);
    client.open(B, &text);
    assert!(!edited.is_empty());
    assert_eq!(edited, client.hints(B), "the hints of\n{text}");
    let symbols = client.request("textDocument/documentSymbol", document(A));
    assert_eq!(symbols, client.request("textDocument/documentSymbol", document(B)));
    let pushed = client.diagnostics(A, Some(i64::from(edits) + 1));
    assert_eq!(pushed, client.diagnostics(B, None), "the diagnostics of\n{text}");
    client.shutdown();
}

#[test]
fn four_hundred_edits_in_utf_8() {
    (1..=4).for_each(|seed| edited_equals_fresh("utf-8", seed, "", 400));
}

#[test]
fn four_hundred_edits_in_utf_16() {
    (5..=8).for_each(|seed| edited_equals_fresh("utf-16", seed, "", 400));
}

#[test]
fn four_hundred_edits_in_utf_32() {
    (9..=10).for_each(|seed| edited_equals_fresh("utf-32", seed, "", 400));
}

#[test]
fn edits_of_a_text_that_is_still_being_scanned() {
    let start = "😀 error 0x87D1FDE8 and no more\r\n".repeat(8_000);
    for (seed, encoding) in [(11, "utf-16"), (12, "utf-8")] {
        edited_equals_fresh(encoding, seed, &start, 40);
    }
}

// Single changes. The hints show where the server sees the code.

/// The places of the hints after changes to a text in UTF-16.
fn after(text: &str, changes: &Value) -> Vec<(u64, u64)> {
    let mut client = counting_in("utf-16");
    client.open(A, text);
    client.change(A, 2, changes.clone());
    let found = client.hints(A).into_iter().map(|(line, column, _)| (line, column)).collect();
    client.shutdown();
    found
}

fn replacing(start: (u32, u32), end: (u32, u32), text: &str) -> Value {
    let position = |(line, character)| json!({ "line": line, "character": character });
    json!({ "range": { "start": position(start), "end": position(end) }, "text": text })
}

#[test]
fn a_change_without_range_is_the_whole_text() {
    let whole = json!({ "text": "a\n0x87D1FDE8" });
    assert_eq!(after("0x87D1FDE8 ", &json!([whole])), [(1, 10)]);
    let then = replacing((1, 0), (1, 0), "😀");
    assert_eq!(
        after("0x87D1FDE8 ", &json!([replacing((0, 0), (0, 5), ""), whole, then])),
        [(1, 12)]
    );
    assert_eq!(after("0x87D1FDE8", &json!([{ "text": "" }])), []);
}

#[test]
fn a_change_past_the_end_is_at_the_end() {
    assert_eq!(after("a", &json!([replacing((9, 9), (99, 99), " 0x87D1FDE8")])), [(0, 12)]);
    assert_eq!(after("a\r\nb", &json!([replacing((0, 99), (0, 99), " 0x87D1FDE8")])), [(0, 12)]);
    assert_eq!(after("", &json!([replacing((1, 0), (2, 0), "0x87D1FDE8")])), [(0, 10)]);
    let most = i32::MAX.unsigned_abs();
    assert_eq!(after("0x87D1FDE8\nab", &json!([replacing((1, 0), (most, most), "")])), [(0, 10)]);
}

#[test]
fn a_reversed_range_is_taken_the_other_way_round() {
    assert_eq!(after("ab\ncd 0x87D1FDE8", &json!([replacing((1, 2), (0, 1), "")])), [(0, 12)]);
}

#[test]
fn a_position_within_a_surrogate_pair_is_before_it() {
    assert_eq!(after("😀 0x87D1FDE8", &json!([replacing((0, 1), (0, 1), "x")])), [(0, 14)]);
    assert_eq!(after("😀 0x87D1FDE8", &json!([replacing((0, 1), (0, 3), "")])), [(0, 10)]);
    assert_eq!(after("a😀 0x87D1FDE8", &json!([replacing((0, 0), (0, 2), "")])), [(0, 13)]);
}

#[test]
fn half_a_surrogate_pair_counts_as_one_unit() {
    let mut client = counting_in("utf-16");
    client.open(A, "ab 0x87D1FDE8");
    // A JSON value can't hold a lone surrogate: the escape is inserted into the finished message.
    for (change, column) in [
        (replacing((0, 1), (0, 1), "HIGH"), 14),
        (replacing((0, 2), (0, 2), "LOW"), 15),
        (replacing((0, 0), (0, 0), "LOW😀HIGH\""), 20),
        (replacing((0, 0), (0, 8), ""), 12),
    ] {
        let params =
            json!({ "textDocument": { "uri": A, "version": 2 }, "contentChanges": [change] });
        let message =
            json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": params });
        client.send_body(&message.to_string().replace("HIGH", "\\ud83d").replace("LOW", "\\ude00"));
        assert_eq!((client.hints(A)[0].0, client.hints(A)[0].1), (0, column), "{message}");
    }
}

#[test]
fn line_endings_can_be_joined_and_split() {
    let text = "a\r\n0x87D1FDE8";
    assert_eq!(after(text, &json!([replacing((0, 1), (1, 0), "\r")])), [(1, 10)]);
    assert_eq!(after("a\r0x87D1FDE8", &json!([replacing((1, 0), (1, 0), "\n")])), [(1, 10)]);
    assert_eq!(after("a\u{2028}b\u{85}c\u{b}\u{c} 0x87D1FDE8", &json!([])), [(0, 18)]);
}

// Opening and closing.

#[test]
fn a_change_of_a_document_that_is_not_open_is_ignored() {
    let mut client = counting_in("utf-16");
    client.change(A, 2, json!([{ "text": "0x87D1FDE8" }]));
    client.notify("textDocument/didClose", document(B));
    assert_eq!(client.hover(A, 0, 3), None);
    client.open(A, "SyncML(404)");
    assert_eq!(places(&json!(client.diagnostics(A, None))), ["0:0-11"]);
    client.shutdown();
}

#[test]
fn opening_an_open_document_replaces_its_text() {
    for first in ["0x87D1FDE8".to_owned(), "0x87D1FDE8\n".repeat(30_000)] {
        let mut client = counting_in("utf-16");
        client.open(A, &first);
        client.open(A, "a SyncML(404)");
        assert_eq!(client.hints(A).len(), 1);
        client.change(A, 2, json!([replacing((0, 0), (0, 2), "")]));
        assert_eq!(places(&json!(client.diagnostics(A, Some(2)))), ["0:0-11"]);
    }
}

#[test]
fn a_document_closed_during_its_scan_is_gone() {
    let mut client = counting_in("utf-16");
    client.open(A, &"0x87D1FDE8 and more\n".repeat(50_000));
    let asked = client.ask("textDocument/documentSymbol", document(A));
    client.notify("textDocument/didClose", document(A));
    assert_eq!(client.diagnostics(A, None), [Value::Null; 0]);
    assert_eq!(client.hover(A, 0, 3), None);
    assert!(client.answer_to(asked)["result"].is_array());
    let sent = client.meanwhile();
    assert!(sent.iter().all(|m| m["method"] != "textDocument/publishDiagnostics"), "{sent:?}");
}

#[test]
fn a_document_opened_again_during_its_scan_has_no_marks_of_its_old_text() {
    let mut client = counting_in("utf-16");
    client.open(A, &"0x87D1FDE8 and more\n".repeat(50_000));
    client.hover(B, 0, 0);
    client.notify("textDocument/didClose", document(A));
    assert_eq!(client.diagnostics(A, None), [Value::Null; 0]);
    client.open(A, "nothing");
    client.change(A, 2, json!([{ "text": "SyncML(404)" }]));
    let marks = client.received("textDocument/publishDiagnostics")["diagnostics"].clone();
    assert!(places(&marks).len() <= 1, "{} marks of the old text", places(&marks).len());
}

#[test]
fn a_request_sees_the_text_at_its_arrival() {
    for lines in [1, 50_000] {
        let mut client = counting_in("utf-16");
        client.open(A, &"0x87D1FDE8 and more\n".repeat(lines));
        let asked: Vec<i64> = (2..12)
            .map(|version| {
                client.change(A, version, json!([replacing((0, 0), (0, 0), "😀 ")]));
                client.ask(
                    "textDocument/documentHighlight",
                    at(A, 0, 3 * (version.unsigned_abs() - 1)),
                )
            })
            .collect();
        for (moved, id) in asked.into_iter().enumerate() {
            let start = 3 * (moved + 1);
            let answer = client.answer_to(id);
            assert_eq!(place(&answer["result"][0]["range"]), format!("0:{start}-{}", start + 10));
        }
    }
}

// Counting.

#[test]
fn utf_8_is_chosen_where_it_is_offered_and_else_utf_16() {
    for (offered, chosen) in [
        (json!(["utf-16", "utf-8"]), json!("utf-8")),
        (json!(["utf-32", "utf-8"]), json!("utf-8")),
        (json!(["utf-32", "utf-16"]), json!("utf-16")),
        (json!(["utf-16"]), json!("utf-16")),
        (json!(["utf-32"]), json!("utf-32")),
        (json!(["utf-7"]), json!("utf-16")),
    ] {
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let answer = Client::spawn().request("initialize", json!({ "capabilities": capabilities }));
        assert_eq!(answer["capabilities"]["positionEncoding"], chosen, "{offered}");
    }
    let answer = Client::spawn().request("initialize", json!({ "capabilities": {} }));
    assert_eq!(answer["capabilities"].get("positionEncoding"), None);
}

#[test]
fn marks_are_exactly_on_the_codes_and_never_on_noise() {
    let text = "😀 2024-01-15T10:22:33.4567890Z thread=\"1603\" {87d1fde8-1111-2222-3333-444444444444} 0x87D1FDE8\r\n\
        S-1-12-1-2213456789-1234567890-2278686184-1 Keywords 0x8000000000000000 é𝒳 \u{2212}2016281112\r\n\
        😀😀10.0.22621.2506 10.0.0.1:404 [3804:16D8] Hash=-912418295 hr=87d1fde9 é\r\
        <![LOG[😀 failed]LOG]!><time=\"10:11:12.404+000\" date=\"10-23-2025\" thread=\"404\" file=\"x.cpp:1618\"> SyncML(404)\n\
        0x00007ff687d1fde8 #http-error-503 𝒳vis=0xc0000700 87d1fde887d1fde887d1fde887d1fde8 status code 503";
    for encoding in ["utf-8", "utf-16", "utf-32"] {
        let mut client = counting_in(encoding);
        client.open(A, text);
        let found = client.diagnostics(A, None);
        let marked: Vec<&str> =
            found.iter().map(|found| written(text, &found["range"], encoding)).collect();
        assert_eq!(marked, ["0x87D1FDE8", "\u{2212}2016281112", "87d1fde9", "SyncML(404)", "503"]);
        let hints = client.request("textDocument/inlayHint", support::everywhere(A));
        let ends: Vec<&Value> =
            hints.as_array().unwrap().iter().map(|hint| &hint["position"]).collect();
        assert_eq!(ends, found.iter().map(|found| &found["range"]["end"]).collect::<Vec<_>>());
    }
}

#[test]
fn an_old_client_gets_plain_hovers_and_diagnostics() {
    let mut client = Client::start(json!({}), Value::Null);
    client.open(A, "😀 SyncML(404)");
    assert_eq!(places(&json!(client.diagnostics(A, None))), ["0:3-14"]);
    let hover = client.request("textDocument/hover", at(A, 0, 5));
    assert_eq!(
        (&hover["contents"]["kind"], place(&hover["range"])),
        (&json!("plaintext"), "0:3-14".to_owned())
    );
    client.shutdown();
}

#[test]
fn diagnostics_come_under_the_uri_that_the_client_wrote() {
    for uri in [
        "untitled:Untitled-1",
        "file:///c%3A/Logs/a%20b%5B1%5D%23.log",
        "file:///home/%C3%A9/x.log",
        "vscode-vfs://github/a/b.log",
        "vscode-notebook-cell:/x.ipynb#W0sZmlsZQ%3D%3D",
    ] {
        let mut client = counting_in("utf-16");
        client.open(uri, "0x87D1FDE8");
        assert_eq!(client.diagnostics(uri, None).len(), 1, "{uri}");
    }
}
