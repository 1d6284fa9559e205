//! The scanner on any text: occurrences consist of whole characters, are in order and don't
//! overlap, and a scan in parts finds the same ones.

#![no_main]

use std::sync::{Arc, LazyLock};

use hexplain::explain;
use hexplain::{Catalog, Document, File, Locale, Occurrence, Scanner};
use libfuzzer_sys::fuzz_target;

static SCANNER: LazyLock<Arc<Scanner>> =
    LazyLock::new(|| Arc::new(Scanner::new(Arc::new(Catalog::builtin()))));

/// Where a long text is cut into parts.
const CUT: usize = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let found = SCANNER.scan(&text);
    let mut end = 0;
    for occurrence in &found {
        assert!(occurrence.start >= end && occurrence.start < occurrence.end, "{found:?}");
        end = occurrence.end;
        assert!(text.get(occurrence.range()).is_some(), "{occurrence:?}");
        let answers = explain::answers(SCANNER.catalog(), occurrence.meaning, Locale::Fr);
        assert!(!answers.is_empty());
    }
    let document = Document::new(&text, Arc::clone(&SCANNER));
    assert_eq!(document.occurrences().collect::<Vec<_>>(), found);
    // Only for some of the texts, so that more can be run: a text across the cut between two parts.
    if bytes.len() % 16 == 1 {
        let before = CUT - text.len() * usize::from(bytes[0]) / 255;
        let long = format!("{}{text} {}", " ".repeat(before), "x ".repeat(400));
        let in_parts = Document::new_while(File::default(), &long, Arc::clone(&SCANNER), |_| true).unwrap();
        assert_eq!(in_parts.occurrences().collect::<Vec<Occurrence>>(), SCANNER.scan(&long));
    }
    let _ = explain::answers_to_query(&SCANNER, &text, Locale::En);
});
