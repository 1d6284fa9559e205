//! A WebAssembly module that finds the codes in a text and explains them, for `run.mjs`.

use std::sync::Arc;

use hexplain::{Catalog, Document, File, Locale, Scanner, explain};

/// A log of `filler` lines without codes and then a line with `code`: a line for each occurrence,
/// "byte offset, text, name: message". The result ends with a zero byte and is never freed.
// No other symbol of this module has that name.
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

    // A long text in parts, which threads share where there are threads.
    let document = Document::new_while(File::default(), &text, scanner, |_| true);
    let same = document.is_some_and(|document| document.occurrences().eq(found));
    result += if same { "the document has the same\n\0" } else { "the document differs\n\0" };
    result.leak().as_ptr()
}
