//! A user's own notations: any regex is rejected or works on any text. Occurrences are at character
//! boundaries, in order, and don't overlap, however the text is edited.
//!
//! The input is regexes, one per line, followed by a byte 0xFF and a log.

#![no_main]

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use hexplain::catalog::Layer;
use hexplain::{Catalog, Document, Occurrence, Scanner};
use libfuzzer_sys::fuzz_target;

static BUILTIN: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |&byte| byte == 0xFF);
    let mut text = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (regexes, log) = (text(), text());
    let regexes = || regexes.lines().take(4);
    let (written, after): (Vec<&str>, Vec<&str>) = regexes().partition(|line| line.contains("{n}"));
    let file = format!(
        "[family]\nid = \"team\"\nbase = 0xE0001000\nwritten = [{}]\nafter = [{}]\n",
        quoted(&written),
        quoted(&after)
    );
    let Ok(layer) = Layer::parse("team.toml", &file) else { return };
    let catalog = BUILTIN.clone().with_layer(&layer).with_families(|id| id == "team");
    let scanner = Arc::new(Scanner::new(Arc::new(catalog)));
    let found = scanner.scan(&log);
    let mut end = 0;
    for occurrence in &found {
        assert!(occurrence.start >= end && occurrence.start < occurrence.end, "{found:?}");
        end = occurrence.end;
        assert!(log.get(occurrence.range()).is_some(), "{occurrence:?}");
    }
    // Typed from the end, a few characters at a time.
    let mut edited = Document::new("", Arc::clone(&scanner));
    let mut end = log.len();
    while end > 0 {
        let start = log.floor_char_boundary(end.saturating_sub(40));
        edited.edit(0..0, &log[start..end]);
        end = start;
    }
    assert_eq!(edited.occurrences().collect::<Vec<Occurrence>>(), found);
});

/// TOML strings, separated by commas.
fn quoted(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push('"');
        for character in line.chars() {
            match character {
                '"' | '\\' => text.extend(['\\', character]),
                control if control.is_control() => {
                    let _ = write!(text, "\\u{:04x}", u32::from(control));
                }
                other => text.push(other),
            }
        }
        text.push_str("\",");
    }
    text
}
