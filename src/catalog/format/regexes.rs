//! A notation's regexes, compiled in the same way for the checks and for the scanner.

use regex::Error;
use regex::bytes::{Regex, RegexBuilder};

/// How many bytes each thread that scans keeps for the states of one regex. They look at a few
/// hundred bytes, and so meet few.
const DFA_SIZE: usize = 1 << 17;

/// How many bytes a compiled regex may take: a hundred times what a notation needs.
const SIZE: usize = 1 << 20;

/// The regex for what ends right before a number.
///
/// # Errors
/// It is not a regex, or is too large.
pub(crate) fn before(regex: &str) -> Result<Regex, Error> {
    compile(regex, &format!("(?:{regex})\\z"))
}

/// The regex for what begins right after a number.
///
/// # Errors
/// It is not a regex, or is too large.
pub(crate) fn after(regex: &str) -> Result<Regex, Error> {
    compile(regex, &format!("\\A(?:{regex})"))
}

fn compile(written: &str, regex: &str) -> Result<Regex, Error> {
    // Unicode's classes make a regex ten times as large: only where it asks for them.
    let unicode = !written.is_ascii() || written.contains("\\p") || written.contains("\\P");
    RegexBuilder::new(regex)
        .case_insensitive(true)
        .unicode(unicode)
        .size_limit(SIZE)
        .dfa_size_limit(DFA_SIZE)
        .build()
}
