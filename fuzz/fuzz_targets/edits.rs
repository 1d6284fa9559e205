//! Edits against a model: a document edited step by step equals the same text opened fresh, and its
//! places are counted correctly in all three encodings.
//!
//! The input is texts separated by bytes 0xFF, which never occur in UTF-8. The first is opened;
//! each further one starts with four bytes that say what it replaces.

#![no_main]

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use hexplain::{Catalog, Document, Encoding, Occurrence, Place, Scanner};
use libfuzzer_sys::fuzz_target;

static SCANNER: LazyLock<Arc<Scanner>> =
    LazyLock::new(|| Arc::new(Scanner::new(Arc::new(Catalog::builtin()))));

const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|&byte| byte == 0xFF);
    let mut text = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let mut document = Document::new(&text, Arc::clone(&SCANNER));
    for part in parts.take(64) {
        let (at, new) = part.split_at(part.len().min(4));
        let at: [u8; 4] = std::array::from_fn(|i| at.get(i).copied().unwrap_or(0));
        let new = String::from_utf8_lossy(new);
        let range = range(&text, at);
        let encoding = ENCODINGS[usize::from(at[2]) % 3];
        // As a client gives it: as two places.
        let places = [range.start, range.end].map(|byte| place(&text, byte, encoding));
        let [start, end] = places.map(|place| document.byte(place, encoding));
        assert_eq!(start..end, range, "{places:?}");
        document.edit(range.clone(), &new);
        text.replace_range(range, &new);
        check(&document, &text);
    }
    let byte = range(&text, [bytes.len() as u8; 4]).start;
    for encoding in ENCODINGS {
        let expected = place(&text, byte, encoding);
        assert_eq!(document.place(byte, encoding), expected);
        // Past the end of a line means its end.
        let beyond = Place { column: u32::MAX, ..expected };
        let end = document.byte(beyond, encoding);
        assert!(end >= byte && !text[byte..end].contains(['\r', '\n']));
    }
});

fn check(document: &Document, text: &str) {
    assert_eq!(document.to_string(), text);
    let edited: Vec<Occurrence> = document.occurrences().collect();
    assert_eq!(edited, SCANNER.scan(text));
    assert_eq!(document.len(), edited.len());
    let counted: usize = document.tallies().iter().map(|(_, count)| count).sum();
    assert_eq!(counted, edited.len());
    for occurrence in edited {
        assert_eq!(document.written(&occurrence), text[occurrence.range()]);
        assert!(document.occurrence_at(occurrence.start).is_some());
    }
}

/// The bytes that an edit replaces: usually few, never part of a character or of a line break.
fn range(text: &str, [high, low, _, length]: [u8; 4]) -> Range<usize> {
    let boundary = |byte: usize| {
        let byte = text.floor_char_boundary(byte);
        byte - usize::from(text[..byte].ends_with('\r') && text[byte..].starts_with('\n'))
    };
    let start = boundary(usize::from(u16::from_be_bytes([high, low])) * text.len() / 0xFFFF);
    let length = if length < 192 { usize::from(length / 4) } else { text.len() };
    start..boundary(text.len().min(start + length)).max(start)
}

/// The position of a byte, counted independently.
fn place(text: &str, byte: usize, encoding: Encoding) -> Place {
    let before = &text[..byte];
    let breaks = before.matches(['\n', '\r']).count() - before.matches("\r\n").count();
    let line = &before[before.rfind(['\n', '\r']).map_or(0, |at| at + 1)..];
    let column = match encoding {
        Encoding::Utf8 => line.len(),
        Encoding::Utf16 => line.encode_utf16().count(),
        Encoding::Utf32 => line.chars().count(),
    };
    Place { line: breaks as u32, column: column as u32 }
}
