//! `hexplain scan`: a large log beside ripgrep, and texts made to be expensive beside a common log.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::goal::verdict;
use super::log;

/// What ripgrep counts: the codes' most common forms.
const PATTERNS: [&str; 2] = ["0x[0-9A-Fa-f]{8}", "-?[0-9]{10}"];

/// Texts that cost the scanner the most for each byte.
const EXPENSIVE: [&str; 9] = [
    "ERROR_ ",
    "STATUS_ ",
    "error 5 ",
    "errorcode 1 ",
    "failed (5) ",
    "exit code 1 ",
    "[80248007]",
    "0x80070005 ",
    "1 ",
];

/// Measures and prints; `megabytes` is the size of the log, a tenth of it that of the other texts.
pub(crate) fn report(hexplain: &str, megabytes: usize) {
    let folder = std::env::temp_dir().join(format!("hexplain-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder for temporary files is writable");
    let text = folder.join("text.log");
    write(&text, &log::cmtrace(megabytes * 1_000_000));
    beside_ripgrep(hexplain, &text, megabytes);
    expensive(hexplain, &text, megabytes * 100_000);
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
}

fn beside_ripgrep(hexplain: &str, text: &Path, megabytes: usize) {
    println!("\nhexplain scan --format json of one log of {megabytes} MB");
    let own = best(Command::new(hexplain).args(["scan", "--format", "json"]).arg(text));
    let rg = std::env::var("RG").unwrap_or_else(|_| "rg".to_owned());
    let [one, other] = PATTERNS;
    let peer = best(Command::new(&rg).args(["-c", "-e", one, "-e", other]).arg(text));
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

fn expensive(hexplain: &str, path: &Path, bytes: usize) {
    println!("\ncost of a byte of expensive texts, to the common log");
    let cost = |text: &str| {
        write(path, text);
        best(Command::new(hexplain).args(["scan", "--format", "json"]).arg(path))
    };
    let Some(common) = cost(&log::cmtrace(bytes)) else { return };
    let row = |name: &str, text: &str| {
        let ratio = cost(text).map(|time| time.as_secs_f64() / common.as_secs_f64());
        println!("  {name:16} {}", verdict(ratio, Some(8.0), "x"));
    };
    for piece in EXPENSIVE {
        row(&format!("{piece:?}"), &piece.repeat(bytes / piece.len()));
    }
    row("products' names", &log::worst(bytes));
}

fn write(path: &Path, text: &str) {
    let mut file = std::fs::File::create(path).expect("the file is ours");
    file.write_all(text.as_bytes()).expect("there is room for the text");
}

/// The shortest of three runs; `None` if the program is not there or fails.
fn best(command: &mut Command) -> Option<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let run = |command: &mut Command| {
        let start = Instant::now();
        command.status().ok().filter(std::process::ExitStatus::success).map(|_| start.elapsed())
    };
    let times: Option<Vec<Duration>> = (0..3).map(|_| run(command)).collect();
    times?.into_iter().min()
}
