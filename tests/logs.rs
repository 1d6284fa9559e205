//! Every log of `tests/logs/` has exactly the occurrences that stand in the file beside it.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::{env, fs};

use hexplain::position::{Encoding, to_place};
use hexplain::scan::Key;
use hexplain::{Catalog, Document, Scanner};

/// One line an occurrence: `line:column`, the text, what it means, tabs between.
fn occurrences(text: &str) -> String {
    let catalog = Arc::new(Catalog::builtin());
    let document = Document::new(text, Arc::new(Scanner::new(Arc::clone(&catalog))));
    let mut lines = String::new();
    for found in document.occurrences() {
        let place = to_place(document.text(), found.start, Encoding::Utf32);
        let meaning = match found.meaning.key {
            Key::Code(code) => code.to_string(),
            Key::Number(family, number) => format!("{} {number}", catalog.family(family).id()),
            Key::Name(entry) => format!("name {}", catalog.entry_by_id(entry).unwrap().name()),
        };
        let written = document.written(&found);
        writeln!(lines, "{}:{}\t{written}\t{meaning}", place.line + 1, place.column + 1).unwrap();
    }
    lines
}

#[test]
fn every_log_has_its_codes_and_no_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
    let mut wrong = String::new();
    let mut logs = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "expected") {
            continue;
        }
        logs += 1;
        let text = fs::read_to_string(&path).unwrap();
        let found = occurrences(text.strip_prefix('\u{feff}').unwrap_or(&text));
        let expected = fs::read_to_string(format!("{}.expected", path.display())).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        for line in expected.lines().filter(|line| !found.lines().any(|found| found == *line)) {
            writeln!(wrong, "{name}: missing {line}").unwrap();
        }
        for line in found.lines().filter(|line| !expected.lines().any(|expected| expected == *line))
        {
            writeln!(wrong, "{name}: not expected {line}").unwrap();
        }
    }
    assert!(logs >= 12, "only {logs} logs in {}", folder.display());
    assert!(wrong.is_empty(), "\n{wrong}");
}
