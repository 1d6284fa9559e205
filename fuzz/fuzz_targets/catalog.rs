//! Catalog files: any text is a catalog or a list of problems with their places, and a catalog can
//! be used: its texts can be searched, its codes found and explained.
//!
//! The input is a catalog file followed by a byte 0xFF and a log.

#![no_main]

use std::sync::{Arc, LazyLock};

use hexplain::catalog::{EntryId, Layer};
use hexplain::explain::{self, Answer};
use hexplain::{Catalog, Document, Locale, Scanner};
use libfuzzer_sys::fuzz_target;

static BUILTIN: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |&byte| byte == 0xFF);
    let mut text = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (file, log) = (text(), text());
    let layer = match Layer::parse("team.toml", &file) {
        Ok(layer) => layer,
        Err(problems) => {
            assert!(!problems.is_empty());
            let lines = file.matches('\n').count() + 1;
            assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.line)));
            return;
        }
    };
    // Only the built-in families that the file adds to, so that the others cost nothing.
    let catalog = BUILTIN.clone().with_layer(&layer).with_families(|id| file.contains(id));
    let catalog = Arc::new(catalog);
    let users = (0..layer.len() as u64).map(|index| EntryId::from_bits(1 << 32 | index));
    for entry in users.filter_map(|id| catalog.entry_by_id(id)) {
        let key = explain::own_key(&catalog, &entry);
        for locale in [Locale::En, Locale::Fr] {
            use_answer(&explain::answer(&catalog, &entry, key, locale), locale);
        }
    }
    let _ = catalog.search(log.get(..log.floor_char_boundary(20)).unwrap_or_default(), Locale::En);
    let scanner = Arc::new(Scanner::new(catalog));
    let mut document = Document::new(&log, Arc::clone(&scanner));
    for occurrence in document.occurrences() {
        let answers = explain::answers(scanner.catalog(), occurrence.meaning, Locale::En);
        for answer in &answers {
            use_answer(answer, Locale::En);
        }
    }
    document.edit(0..0, "x ");
    assert_eq!(
        document.occurrences().collect::<Vec<_>>(),
        scanner.scan(&document.to_string())
    );
});

fn use_answer(answer: &Answer, locale: Locale) {
    assert!(!answer.heading().is_empty());
    assert!(!answer.message.contains('\n'));
    let _ = (answer.markdown(Some(2), locale), answer.plain(None, locale));
}
