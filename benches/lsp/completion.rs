//! Completion of prefixes that match much of the catalog, and of an empty one.

use std::time::Duration;

use serde_json::json;

use super::client::{Client, URI};
use super::goal::verdict;
use super::log;
use super::turns::{in_turn, median};

const PREFIXES: [&str; 4] = ["0x8", "ERROR_", "-20", ""];

/// In milliseconds.
const GOAL: f64 = 0.3;

/// Measures and prints, in a log with the prefixes on its last lines.
pub(crate) fn report(command: &[String], megabytes: usize) {
    let log = log::cmtrace(megabytes * 1_000_000);
    let first = log.lines().count();
    let text = log + &PREFIXES.join("\r\n");
    println!("\ncompletion in a log of {megabytes} MB");
    let mut client = Client::start(command).0;
    if client.open(&text).is_none() {
        return println!("  no diagnostics");
    }
    for (line, prefix) in PREFIXES.iter().enumerate() {
        let params = json!({
            "textDocument": { "uri": URI },
            "position": { "line": first + line, "character": prefix.len() },
        });
        let mut size = 0;
        let times = in_turn(1, 200, |_| {
            let (time, bytes) = client.request("textDocument/completion", &params)?;
            size = bytes;
            Some(time)
        });
        let time = times.into_iter().next().and_then(median);
        let time =
            verdict(time.as_ref().map(Duration::as_secs_f64).map(|s| s * 1e3), Some(GOAL), " ms");
        println!("  after {:10} {time:>28}, {:.1} kB", format!("{prefix:?}"), size as f64 / 1e3);
    }
}
