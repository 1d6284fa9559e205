//! `hexplain scan`: a large log compared with ripgrep, and expensive texts compared with a common
//! log.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::goal::verdict;
use super::log;

/// The patterns that ripgrep counts: the most common forms of codes.
const PATTERNS: [&str; 2] = ["0x[0-9A-Fa-f]{8}", "-?[0-9]{10}"];

/// How often each program runs; the shortest run counts.
const RUNS: usize = 5;

/// Pieces of the texts that cost the scanner the most per byte.
const EXPENSIVE: [&str; 15] = [
    "ERROR_ ",
    "STATUS_ ",
    "error 5 ",
    "errorcode 1 ",
    "failed (5) ",
    "exit code 1 ",
    "[80248007]",
    "0x80070005 ",
    "1 ",
    "1",
    "0123456789",
    "[",
    "([{",
    "[5](6){7}",
    "{Error Domain=A Code=1 \"",
];

const NOT_UTF8: &[u8] = b"\xff\x80";

/// Measures and prints. `megabytes` is the size of the log; the other texts are a tenth of it.
pub(crate) fn report(hexplain: &str, megabytes: usize) {
    let folder = std::env::temp_dir().join(format!("hexplain-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder for temporary files is writable");
    let text = folder.join("text.log");
    write(&text, log::code_on_every_line(megabytes * 1_000_000).as_bytes());
    beside_ripgrep(hexplain, &text, megabytes);
    expensive(hexplain, &text, megabytes * 100_000);
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
}

fn beside_ripgrep(hexplain: &str, text: &Path, megabytes: usize) {
    println!("\nhexplain scan --format json of one log of {megabytes} MB, a code on every line");
    let mut own = scan_of(hexplain, text);
    let rg = std::env::var("RG").unwrap_or_else(|_| "rg".to_owned());
    let [one, other] = PATTERNS;
    let mut peer = Command::new(&rg);
    peer.args(["--no-config", "-c", "-e", one, "-e", other]).arg(text);
    let [own, peer] = best([&mut own, &mut peer]);
    let milliseconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64() * 1e3);
    println!("  hexplain {}", verdict(milliseconds(own), None, " ms"));
    match peer {
        Some(_) => {
            println!("  ripgrep counting two patterns {}", verdict(milliseconds(peer), None, " ms"))
        }
        None => println!("  (ripgrep not found: `cargo install ripgrep`, or set RG to its path)"),
    }
    let ratio = own.zip(peer).map(|(own, peer)| own.as_secs_f64() / peer.as_secs_f64());
    println!("  to ripgrep {}", verdict(ratio, Some(1.5), "x"));
}

/// Measures each text in turn with the common log.
fn expensive(hexplain: &str, common: &Path, bytes: usize) {
    println!("\ncost of a byte of expensive texts, to the common log");
    write(common, log::cmtrace(bytes).as_bytes());
    let path = common.with_file_name("expensive.log");
    let row = |name: &str, text: &[u8]| {
        write(&path, text);
        let (mut text, mut common) = (scan_of(hexplain, &path), scan_of(hexplain, common));
        let [text, common] = best([&mut text, &mut common]);
        let ratio = text.zip(common).map(|(text, log)| text.as_secs_f64() / log.as_secs_f64());
        println!("  {name:28} {}", verdict(ratio, Some(8.0), "x"));
    };
    for piece in EXPENSIVE {
        row(&format!("{piece:?}"), piece.repeat(bytes / piece.len()).as_bytes());
    }
    row("bytes that are not UTF-8", &NOT_UTF8.repeat(bytes / NOT_UTF8.len()));
    row("products' names", log::worst(bytes).as_bytes());
}

fn write(path: &Path, text: &[u8]) {
    std::fs::write(path, text).expect("the folder for temporary files has room");
}

fn scan_of(hexplain: &str, path: &Path) -> Command {
    let mut command = Command::new(hexplain);
    command.args(["scan", "--format", "json"]).arg(path);
    command
}

/// The shortest run of each of two programs, which run alternately so that other load on the
/// machine slows both; `None` for one that is missing or fails.
fn best(mut commands: [&mut Command; 2]) -> [Option<Duration>; 2] {
    let mut best = [Some(Duration::MAX); 2];
    for _ in 0..RUNS {
        for (command, best) in commands.iter_mut().zip(&mut best) {
            *best = best.and_then(|best| Some(best.min(time_of(command)?)));
        }
    }
    best
}

fn time_of(command: &mut Command) -> Option<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    command.status().ok().filter(std::process::ExitStatus::success).map(|_| start.elapsed())
}
