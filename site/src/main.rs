//! `hexplain-site build FOLDER [--base URL]` generates the site; `hexplain-site check FOLDER`
//! checks the links, the markup and the alternates of all of its pages.

use std::path::Path;
use std::process::ExitCode;

use hexplain_site::{build, check};

const USAGE: &str = "usage: hexplain-site build FOLDER [--base URL]\n       hexplain-site check FOLDER [--base URL]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (command, folder, base) = match arguments[..] {
        [command, folder] => (command, folder, None),
        [command, folder, "--base", base] => (command, folder, Some(base)),
        _ => ("", "", None),
    };
    match command {
        "build" => run_build(Path::new(folder), base),
        "check" => run_check(Path::new(folder), base),
        _ => fail(USAGE),
    }
}

fn run_build(folder: &Path, base: Option<&str>) -> ExitCode {
    let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    match build(source, folder, base) {
        Ok(pages) => {
            println!("{pages} pages of codes in {}", folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error.to_string()),
    }
}

fn run_check(folder: &Path, base: Option<&str>) -> ExitCode {
    match check::folder(folder, base) {
        Ok(found) if found.problems.is_empty() => {
            println!("{} pages, {} links: no problems", found.pages, found.links);
            ExitCode::SUCCESS
        }
        Ok(found) => fail(&found.problems.join("\n")),
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
