//! A WebAssembly module that finds and explains the codes in a text, for `run.mjs`.

use std::sync::Arc;

use hexplain::{Catalog, Document, File, Locale, Scanner, explain};

/// Scans a log of `filler` lines without codes followed by a line with `code`. The result has one
/// line per occurrence: "byte offset, text, name: message". It ends with a zero byte and is never
/// freed.
// No other symbol in this module has this name.
#[unsafe(no_mangle)]
pub extern "C" fn explain_code(code: u32, filler: u32) -> *const u8 {
    let text = "Nothing to report.\n".repeat(filler as usize)
        + &format!("The installation failed with {code:#010x}.\n");
    let catalog = Arc::new(Catalog::builtin());
    let scanner = Arc::new(Scanner::new(Arc::clone(&catalog)));

    let mut result = String::new();
    let found = scanner.scan(&text);
    for occurrence in &found {
        let range = occurrence.range();
        result += &format!("{} {}", range.start, &text[range.clone()]);
        for answer in explain::answers(&catalog, occurrence.meaning, Locale::En).into_iter().take(1)
        {
            result += &format!(" {}: {}", answer.name.unwrap_or_default(), answer.message);
        }
        result += "\n";
    }

    // A long text in parts, on several threads where available.
    let document = Document::new_while(File::default(), &text, scanner, |_| true);
    let same = document.is_some_and(|document| document.occurrences().eq(found));
    result += if same { "the document has the same\n\0" } else { "the document differs\n\0" };
    result.leak().as_ptr()
}
