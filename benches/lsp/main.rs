//! The whole server compared with its peers, over real pipes:
//! `cargo bench --bench lsp [-- SECTION… MB… --chart FILE]`.
//!
//! A run measures hexplain, a minimal server (`floor.rs`) and, if installed, typos-lsp, a server
//! with the same structure (`TYPOS_LSP`, or on the PATH; `cargo install typos-lsp`). It prints the
//! times with their ratios, and the goals. `--chart FILE` writes an SVG of the middle size. The
//! sections `goals`, `shapes`, `small`, `completion` and `scan` can be measured separately.

#![allow(clippy::cast_precision_loss)] // shown with two digits

mod chart;
mod client;
mod completion;
mod details;
mod floor;
#[path = "../common/goal.rs"]
mod goal;
mod goals;
#[path = "../common/log.rs"]
mod log;
mod scan;
mod shapes;
mod small;
mod turns;

use std::env;
use std::process::{Command, Stdio};

use goals::Column;

/// A server to measure.
struct Server {
    name: &'static str,
    command: Vec<String>,
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.first().is_some_and(|argument| argument == "--floor") {
        return floor::serve();
    }
    let sizes: Vec<usize> = arguments.iter().filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10, 50, 100] } else { sizes };
    let sections: Vec<&String> =
        arguments.iter().filter(|name| SECTIONS.contains(&name.as_str())).collect();
    let runs = |section: &str| sections.is_empty() || sections.iter().any(|name| *name == section);
    let servers = servers();
    let own = &servers[0].command;
    let middle = sizes[sizes.len() / 2];
    if runs("goals") {
        let columns: Vec<Column> = sizes.iter().map(|&size| column(&servers, size)).collect();
        if let Some(path) = argument_of(&arguments, "--chart") {
            let rows = &columns[columns.len() / 2].rows;
            std::fs::write(path, chart::svg(middle, &servers, rows)).expect(path);
        }
        goals::print(&columns);
    }
    if runs("shapes") {
        shapes::report(own, middle);
    }
    if runs("small") {
        small::report(own, middle.min(20));
    }
    if runs("completion") {
        completion::report(own, middle.min(10));
    }
    if runs("scan") {
        scan::report(&own[0], middle * 4);
    }
}

/// What can be measured separately, by the name of the argument.
const SECTIONS: [&str; 5] = ["goals", "shapes", "small", "completion", "scan"];

/// Measures one size and prints its rows.
fn column(servers: &[Server], megabytes: usize) -> Column {
    let text = log::cmtrace(megabytes * 1_000_000);
    let rows = details::measure(servers, &text);
    let title = format!("{megabytes} MB, {} lines", text.lines().count());
    details::print(&title, servers, &rows);
    Column { megabytes, text_length: text.len(), rows }
}

/// The value of an option.
fn argument_of<'a>(arguments: &'a [String], option: &str) -> Option<&'a String> {
    arguments.get(arguments.iter().position(|argument| argument == option)? + 1)
}

/// hexplain, the floor, and typos-lsp if it is installed.
fn servers() -> Vec<Server> {
    let own = env::current_exe().expect("this program").display().to_string();
    let hexplain = env!("CARGO_BIN_EXE_hexplain").to_owned();
    let mut servers = vec![
        Server { name: "hexplain", command: vec![hexplain, "lsp".to_owned()] },
        Server { name: "floor", command: vec![own, "--floor".to_owned()] },
    ];
    let typos = env::var("TYPOS_LSP").unwrap_or_else(|_| "typos-lsp".to_owned());
    let version = Command::new(&typos).arg("--version").stdin(Stdio::null()).output();
    if version.is_ok_and(|output| output.status.success()) {
        servers.push(Server { name: "typos-lsp", command: vec![typos] });
    } else {
        println!("(typos-lsp not found: `cargo install typos-lsp`, or set TYPOS_LSP to its path)");
    }
    servers
}
