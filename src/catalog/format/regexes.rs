//! A notation's regexes, compiled the same way for the checks and for the scanner.

use regex::Error;
use regex::bytes::{Regex, RegexBuilder};

/// The bytes per scanning thread for the states of one regex. Each match examines a few hundred
/// bytes and so needs few states.
const DFA_SIZE: usize = 1 << 17;

/// The largest compiled regex, in bytes: a hundred times what a notation needs.
const SIZE: usize = 1 << 20;

/// Compiles the regex for the text right before a number.
///
/// # Errors
/// The text is not a valid regex, or too large.
pub(crate) fn before(regex: &str) -> Result<Regex, Error> {
    compile(regex, &format!("(?:{regex})\\z"))
}

/// Compiles the regex for the text right after a number.
///
/// # Errors
/// The text is not a valid regex, or too large.
pub(crate) fn after(regex: &str) -> Result<Regex, Error> {
    compile(regex, &format!("\\A(?:{regex})"))
}

fn compile(written: &str, regex: &str) -> Result<Regex, Error> {
    // Unicode classes make a regex ten times as large, so they are enabled only where it uses them.
    let unicode = !written.is_ascii() || written.contains("\\p") || written.contains("\\P");
    RegexBuilder::new(regex)
        .case_insensitive(true)
        .unicode(unicode)
        .size_limit(SIZE)
        .dfa_size_limit(DFA_SIZE)
        .build()
}
