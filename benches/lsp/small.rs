//! A small document beside heavy work: twelve logs are opened at once, and small documents with
//! one code each are opened and hovered over until the diagnostics of all logs have arrived.

use std::time::Duration;

use super::client::Client;
use super::goal::verdict;
use super::log;
use super::turns::{median, percentile};

const LOGS: usize = 12;

/// How often the logs are opened, each time by a newly started server.
const ROUNDS: usize = 3;

/// Ten bytes, one code.
const SMALL: &str = "0x87D1FDE8";

/// In milliseconds, for the slowest document after the first one.
const GOAL: f64 = 5.0;

/// Measures and prints.
pub(crate) fn report(command: &[String], megabytes: usize) {
    let text = log::cmtrace(megabytes * 1_000_000);
    println!("\na document of ten bytes while {LOGS} logs of {megabytes} MB are opened");
    row("open to diagnostics", || {
        let mut client = Client::start(command).0;
        let mut number = 0;
        client.while_opening(LOGS, &text, |client| {
            number += 1;
            client.open_as(&format!("file:///small{number}.log"), SMALL)
        })
    });
    row("hover", || {
        let mut client = Client::start(command).0;
        client.open(SMALL)?;
        client.while_opening(LOGS, &text, |client| client.hover((0, 4)))
    });
}

/// Runs the rounds and prints their times. The first time of a round is listed separately, as the
/// message waits in the pipe until the logs before it have been read.
fn row(what: &str, mut round: impl FnMut() -> Option<Vec<Duration>>) {
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let times = round().unwrap_or_default();
        first.extend(times.first());
        later.extend(times.into_iter().skip(1));
    }
    let milliseconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64() * 1e3);
    println!(
        "  {what:20} sent directly after the logs at most {}; {} later ones: median {}, 99th percentile {}, maximum {}",
        verdict(milliseconds(first.into_iter().max()), None, " ms"),
        later.len(),
        verdict(milliseconds(median(later.clone())), None, " ms"),
        verdict(milliseconds(percentile(later.clone(), 99)), None, " ms"),
        verdict(milliseconds(later.into_iter().max()), Some(GOAL), " ms"),
    );
}
