//! Texts of other shapes, which must cost the same per byte: one line, only codes, many documents.

use std::time::Duration;

use super::client::{Client, range_of};
use super::details::{Value, show};
use super::log;
use super::turns::{in_turn, median};

const DOCUMENTS: usize = 3000;

/// Measures and prints.
pub(crate) fn report(command: &[String], megabytes: usize) {
    let bytes = megabytes * 1_000_000;
    println!("\nhexplain on other texts of {megabytes} MB");
    for (what, text) in [
        ("lines", log::cmtrace(bytes)),
        ("one line", log::one_line(bytes)),
        ("nothing but codes", log::all_codes(bytes)),
    ] {
        one_text(command, what, &text);
    }
    many_documents(command, &log::cmtrace(bytes / DOCUMENTS));
}

fn one_text(command: &[String], what: &str, text: &str) {
    let mut client = Client::start(command).0;
    let open = client.open(text);
    let key = in_turn(1, 20, |_| client.key_press(0)).into_iter().next().and_then(median);
    let memory = client.memory();
    let all = range_of((0, 0), (text.lines().count(), 0));
    let hints = client.request("textDocument/inlayHint", &all).map(|(time, _)| time);
    client.close();
    std::thread::sleep(Duration::from_millis(200));
    let closed = client.memory().map(|(_, now)| Value::Bytes(now as f64));
    println!(
        "  {what:20} open {}, key press {}, memory {} at peak and {} at rest, all hints {}, {} once closed",
        show(open.map(Value::Time)),
        show(key.map(Value::Time)),
        multiple(memory.map(|of| of.0), text.len()),
        multiple(memory.map(|of| of.1), text.len()),
        show(hints.map(Value::Time)),
        show(closed),
    );
}

fn many_documents(command: &[String], text: &str) {
    let mut client = Client::start(command).0;
    let open = client.open_many(DOCUMENTS, text);
    println!(
        "  {:20} open {} in total, memory {} at rest",
        format!("{DOCUMENTS} documents"),
        show(open.map(Value::Time)),
        multiple(client.memory().map(|of| of.1), text.len() * DOCUMENTS),
    );
}

/// The bytes as a multiple of the text's size.
fn multiple(bytes: Option<u64>, text: usize) -> String {
    bytes.map_or_else(|| "–".to_owned(), |bytes| format!("{:.2}x", bytes as f64 / text as f64))
}
