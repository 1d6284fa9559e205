//! Every log in `tests/logs/` has exactly the occurrences listed in the file beside it.
//!
//! `HEXPLAIN_BLESS=1 cargo test --test logs` rewrites the lists; review the differences.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use hexplain::scan::{Key, Weight};
use hexplain::{Catalog, Document, Encoding, File, Locale, Scanner, explain};

/// One line per occurrence, separated by tabs: `line:column`, its text, its meaning, the family
/// whose notation matched (`-` for none), the first answer, and its weight if it is not reported
/// normally: `possible`, `quiet` or `repeats`.
fn occurrences(catalog: &Arc<Catalog>, name: &str, text: &str) -> String {
    let scanner = Arc::new(Scanner::new(Arc::clone(catalog)));
    let document = Document::of_file(File::new(name, None), text, scanner);
    let mut lines = String::new();
    for found in document.occurrences() {
        let start = document.place(found.start, Encoding::Utf32);
        let meaning = match found.meaning.key {
            Key::Code(code) => code.to_string(),
            Key::Number(family, number) => format!("{} {number}", catalog.family(family).id()),
            Key::Name(name) => {
                format!("name {}", catalog.entry_by_id(name.entry()).unwrap().name())
            }
        };
        let family = found.meaning.family.map_or("-", |family| catalog.family(family).id());
        let written = document.written(&found).escape_debug().to_string();
        let (line, column) = (start.line + 1, start.column + 1);
        let answer = explain::answers(catalog, found.meaning, Locale::En).swap_remove(0);
        let by = answer.family.unwrap_or_default();
        let name = answer.name.unwrap_or_default();
        let weight = match (found.meaning.weight, found.meaning.repeats) {
            (Weight::Possible, _) => "\tpossible",
            (_, true) => "\trepeats",
            (Weight::Quiet, false) => "\tquiet",
            (Weight::Full, false) => "",
        };
        writeln!(lines, "{line}:{column}\t{written}\t{meaning}\t{family}\t{by} {name}{weight}")
            .unwrap();
    }
    lines
}

fn logs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut logs: Vec<PathBuf> =
        files.filter(|path| path.extension().is_none_or(|ext| ext != "expected")).collect();
    logs.sort();
    logs
}

/// The differences between two lists, line by line in order.
fn differences(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let mut text = String::new();
    for line in 0..expected.len().max(found.len()) {
        let (expected, found) = (expected.get(line), found.get(line));
        if expected != found {
            let [expected, found] =
                [expected, found].map(|line| line.copied().unwrap_or("nothing"));
            writeln!(text, "  expected {expected}\n  found    {found}").unwrap();
        }
    }
    text
}

#[test]
fn every_log_has_its_codes_and_no_others() {
    let catalog = Arc::new(Catalog::builtin());
    let logs = logs();
    assert!(logs.len() >= 25, "only {} logs", logs.len());
    let mut wrong = String::new();
    for log in logs {
        let text = fs::read_to_string(&log).unwrap();
        let name = log.file_name().unwrap().to_string_lossy();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let found = occurrences(&catalog, &name, text);
        let expected = PathBuf::from(format!("{}.expected", log.display()));
        if env::var_os("HEXPLAIN_BLESS").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let expected = fs::read_to_string(expected).unwrap();
        if expected != found {
            writeln!(wrong, "{name}:\n{}", differences(&expected, &found)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_difference_in_anything_is_shown() {
    let line = "1:1\t0x5\t0x00000005\t-\twin32 X\n";
    assert_eq!(differences(line, line), "");
    for other in ["", "1:2\t0x5\t0x00000005\t-\twin32 X\n", "1:1\t0x5\t0x00000006\t-\twin32 X\n"] {
        assert_ne!(differences(line, other), "", "{other}");
    }
}
