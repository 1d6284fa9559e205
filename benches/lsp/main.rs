//! The whole server beside its peers, over the real pipes: `cargo bench --bench lsp [MB…]`.
//!
//! In one run it measures hexplain, a floor of its own (`floor.rs`) and typos-lsp, a server of the
//! same shape, where one is found (`TYPOS_LSP`, or on the PATH; `cargo install typos-lsp`), and
//! prints the times with their ratios. `--chart FILE` writes the largest size as an SVG.

#![allow(clippy::cast_precision_loss)] // shown to two digits

mod chart;
mod client;
mod floor;
mod log;

use std::env;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use client::{Client, URI};
use serde_json::json;

/// How long the repetitions of one measurement may take; slow servers are measured less often.
const BUDGET: Duration = Duration::from_secs(6);

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.first().is_some_and(|argument| argument == "--floor") {
        return floor::serve();
    }
    let sizes: Vec<usize> = arguments.iter().filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1, 10, 50] } else { sizes };
    let chart = arguments.iter().position(|argument| argument == "--chart");
    let chart = chart.and_then(|at| arguments.get(at + 1));
    let servers = servers();
    for (at, megabytes) in sizes.iter().enumerate() {
        let text = log::cmtrace(megabytes * 1_000_000);
        let columns: Vec<Vec<Measured>> =
            servers.iter().map(|(_, command)| measure(command, &text)).collect();
        print(&format!("{megabytes} MB, {} lines", text.lines().count()), &servers, &columns);
        if let (Some(path), true) = (chart, at + 1 == sizes.len()) {
            std::fs::write(path, chart::svg(*megabytes, &servers, &columns)).expect(path);
        }
    }
    cliffs(&servers[0].1, *sizes.iter().max().expect("a size"));
}

/// The servers' names and commands, hexplain first.
fn servers() -> Vec<(&'static str, Vec<String>)> {
    let own = env::current_exe().expect("this program").display().to_string();
    let mut servers = vec![
        ("hexplain", vec![env!("CARGO_BIN_EXE_hexplain").to_owned(), "lsp".to_owned()]),
        ("floor", vec![own, "--floor".to_owned()]),
    ];
    let typos = env::var("TYPOS_LSP").unwrap_or_else(|_| "typos-lsp".to_owned());
    match std::process::Command::new(&typos).arg("--version").output() {
        Ok(_) => servers.push(("typos-lsp", vec![typos])),
        Err(_) => println!("(no typos-lsp: `cargo install typos-lsp`, or name it in TYPOS_LSP)"),
    }
    servers
}

/// One row's value: a time or a size; `None` where the server doesn't answer.
struct Measured {
    what: &'static str,
    value: Option<Value>,
}

#[derive(Clone, Copy)]
enum Value {
    Time(Duration),
    Bytes(f64),
}

impl Value {
    fn number(self) -> f64 {
        match self {
            Self::Time(time) => time.as_secs_f64(),
            Self::Bytes(bytes) => bytes,
        }
    }

    fn show(self) -> String {
        match self {
            Self::Time(time) => format!("{:.2} ms", time.as_secs_f64() * 1e3),
            Self::Bytes(bytes) => format!("{:.1} MB", bytes / 1e6),
        }
    }
}

/// All rows for one server.
fn measure(command: &[String], text: &str) -> Vec<Measured> {
    let time = |what, value: Option<Duration>| Measured { what, value: value.map(Value::Time) };
    let bytes = |what, value: u64| Measured { what, value: Some(Value::Bytes(value as f64)) };
    let start = repeat(40, || Some(Client::start(command).1));
    let open = repeat(5, || Client::start(command).0.open(text));
    let mut rows = vec![
        time("start to initialize answered", median(start)),
        time("open to diagnostics", median(open)),
    ];

    let (mut client, _) = Client::start(command);
    let opened = client.open(text);
    let (peak, rest) = client.memory();
    rows.push(bytes("memory at most, opening", peak));
    rows.push(bytes("memory with the log open", rest));
    if opened.is_none() {
        return rows;
    }
    let lines = text.lines().count();
    let code = text.lines().position(|line| line.contains("0x87D1FDE8")).expect("a code");
    let column = text.lines().nth(code).and_then(|line| line.find("0x87D1FDE8")).expect("a code");
    let at = (code, column + 4);
    for (what, line) in [
        ("key press at the start", 0),
        ("key press in the middle", lines / 2),
        ("key press at the end", lines - 1),
    ] {
        rows.push(time(what, median(repeat(40, || client.key_press(line)))));
    }
    // The keys moved the text of line 0 only; the code's line is another.
    let hovers = repeat(1000, || client.hover(at));
    rows.push(time("hover, median", median(hovers.clone())));
    rows.push(time("hover, 99 of 100", percentile(hovers, 99)));
    let behind = repeat(40, || client.hover_behind_key_press(lines / 2, at));
    rows.push(time("hover right behind a key press", median(behind)));
    let hints = |first, last| range_of((first, 0), (last, 0));
    let mut ask = |what, method: &str, params: &serde_json::Value, times| {
        let answers = repeat(times, || Some(client.request(method, params.clone())?.0));
        rows.push(time(what, median(answers)));
    };
    ask("hints of one screen", "textDocument/inlayHint", &hints(lines / 2, lines / 2 + 60), 100);
    ask("hints of the whole file", "textDocument/inlayHint", &hints(0, lines), 5);
    let here = json!({ "textDocument": { "uri": URI }, "position": { "line": code, "character": column + 8 } });
    ask("completion behind 0x87D1FD", "textDocument/completion", &here, 100);
    rows.push(time("processor time used in all", Some(client.cpu())));
    let hovers = client.hovers_while_opening(text, at).unwrap_or_default();
    rows.push(time("hover during a scan, median", median(hovers.clone())));
    rows.push(time("hover during a scan, 99 of 100", percentile(hovers, 99)));
    rows
}

/// The params of a request about a range of lines and characters.
fn range_of(start: (usize, usize), end: (usize, usize)) -> serde_json::Value {
    let position = |(line, character)| json!({ "line": line, "character": character });
    let range = json!({ "start": position(start), "end": position(end) });
    json!({ "textDocument": { "uri": URI }, "range": range })
}

/// What must cost the same per byte: one line, nothing but codes, many documents.
fn cliffs(command: &[String], megabytes: usize) {
    let bytes = megabytes * 1_000_000;
    println!("\nhexplain on {megabytes} MB of other shapes");
    for (what, text) in [
        ("lines", log::cmtrace(bytes)),
        ("one line", log::one_line(bytes)),
        ("nothing but codes", log::all_codes(bytes)),
    ] {
        let (mut client, _) = Client::start(command);
        let open = client.open(&text);
        let key = median(repeat(20, || client.key_press(0)));
        let (peak, rest) = client.memory();
        let all = range_of((0, 0), (text.lines().count(), 0));
        let hints = client.request("textDocument/inlayHint", all).map(|(time, _)| time);
        client.close();
        std::thread::sleep(Duration::from_millis(200));
        println!(
            "  {what:20} open {}, key press {}, memory {:.2} and {:.2} times the text, all hints {}, {} once closed",
            show(open.map(Value::Time)),
            show(key.map(Value::Time)),
            peak as f64 / text.len() as f64,
            rest as f64 / text.len() as f64,
            show(hints.map(Value::Time)),
            Value::Bytes(client.memory().1 as f64).show(),
        );
    }
    let (mut client, _) = Client::start(command);
    let text = log::cmtrace(bytes / 3000);
    let open = client.open_many(3000, &text);
    let (_, rest) = client.memory();
    println!(
        "  {:20} open {} in all, memory {:.2} times the text",
        "3,000 documents",
        show(open.map(Value::Time)),
        rest as f64 / (text.len() * 3000) as f64,
    );
}

/// The times of up to `times` runs, within the budget, after one that doesn't count.
fn repeat(times: usize, mut run: impl FnMut() -> Option<Duration>) -> Vec<Duration> {
    let begin = Instant::now();
    let first = run();
    if begin.elapsed() > BUDGET {
        return first.into_iter().collect();
    }
    let mut all = Vec::new();
    while all.len() < times && begin.elapsed() < BUDGET {
        match run() {
            Some(time) => all.push(time),
            None => return Vec::new(),
        }
    }
    all
}

fn median(times: Vec<Duration>) -> Option<Duration> {
    percentile(times, 50)
}

fn percentile(mut times: Vec<Duration>, hundredth: usize) -> Option<Duration> {
    times.sort_unstable();
    times.get((times.len() * hundredth / 100).min(times.len().saturating_sub(1))).copied()
}

fn show(value: Option<Value>) -> String {
    value.map_or_else(|| "–".to_owned(), Value::show)
}

fn print(title: &str, servers: &[(&str, Vec<String>)], columns: &[Vec<Measured>]) {
    println!("\n{title}");
    let mut head = format!("{:32}{:>12}", "", servers[0].0);
    for (name, _) in &servers[1..] {
        let _ = write!(head, "{name:>14}{:>9}", "ratio");
    }
    println!("{head}");
    for (row, measured) in columns[0].iter().enumerate() {
        let mut line = format!("{:32}{:>12}", measured.what, show(measured.value));
        for column in &columns[1..] {
            let other = column.get(row).and_then(|other| other.value);
            let ratio = match (measured.value, other) {
                (Some(own), Some(other)) => format!("{:.2}", own.number() / other.number()),
                _ => String::new(),
            };
            let _ = write!(line, "{:>14}{ratio:>9}", show(other));
        }
        println!("{line}");
    }
}
