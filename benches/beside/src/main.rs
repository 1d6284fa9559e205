//! The scanner compared with two others, in one run and on one thread:
//! `cargo run --release --manifest-path benches/beside/Cargo.toml [MB]`.
//!
//! One is ripgrep (`RG`, or on the PATH), which counts the lines with eight hex digits or a
//! ten-digit decimal; the other is the crate cmtraceopen-parser, whose `detect_error_code_spans`
//! finds `0x` and hex digits. Both look for far less than hexplain.

#[path = "../../common/log.rs"]
mod log;

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;
use std::{env, fs};

use hexplain::{Catalog, Scanner};

fn main() {
    let megabytes = env::args().nth(1).and_then(|size| size.parse().ok()).unwrap_or(50);
    let scanner = Scanner::new(Arc::new(Catalog::builtin()));
    for (kind, text) in [
        ("a log", log::cmtrace(megabytes * 1_000_000)),
        ("the log as one line", log::one_line(megabytes * 1_000_000)),
        ("nothing but codes", log::all_codes(megabytes * 1_000_000)),
    ] {
        println!("{kind}, {megabytes} MB");
        let (own, found) = best(|| scanner.scan(&text).len());
        row("hexplain", own, &text, own, found);
        let (time, found) = best(|| {
            text.lines()
                .map(|line| cmtraceopen_parser::error_db::lookup::detect_error_code_spans(line).len())
                .sum()
        });
        row("cmtraceopen-parser", time, &text, own, found);
        let file = env::temp_dir().join(format!("hexplain-beside-{}.log", std::process::id()));
        fs::write(&file, &text).expect("the folder for temporary files can be written");
        let (time, lines) = best(|| ripgrep(&file));
        fs::remove_file(&file).expect("the file is ours");
        row("ripgrep, with its start", time, &text, own, lines);
    }
}

/// The number of lines that ripgrep counts; 0 without ripgrep.
fn ripgrep(file: &std::path::Path) -> usize {
    let program = env::var("RG").unwrap_or_else(|_| "rg".to_owned());
    let output = Command::new(program)
        .args(["--count", "--threads", "1", "--no-config", r"0x[0-9A-Fa-f]{8}|-?[0-9]{10}"])
        .arg(file)
        .stderr(Stdio::null())
        .output();
    let count = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().parse());
    count.ok().and_then(Result::ok).unwrap_or(0)
}

/// The best of five runs in seconds, and the number of matches.
fn best(run: impl Fn() -> usize) -> (f64, usize) {
    let runs = (0..5).map(|_| {
        let begin = Instant::now();
        let found = run();
        (begin.elapsed().as_secs_f64(), found)
    });
    runs.min_by(|a, b| a.0.total_cmp(&b.0)).expect("five runs")
}

fn row(name: &str, time: f64, text: &str, own: f64, found: usize) {
    let speed = text.len() as f64 / time / 1e6;
    println!("  {name:24} {:7.1} ms {speed:7.0} MB/s {:6.2} found {found}", time * 1e3, own / time);
}
