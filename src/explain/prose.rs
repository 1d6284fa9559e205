//! Texts with code spans: commands, paths and setting names are in backticks, as in Markdown. In
//! plain text, on the clipboard and in JSON, the backticks are removed.

use std::fmt;
use std::ops::Range;

use serde::{Serialize, Serializer};

/// A catalog text in which code spans are written `` `like this` ``. A backtick without a partner
/// on its line is literal, and so are adjacent backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose(String);

impl Prose {
    /// The text as written, including backticks.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0
    }

    /// The code spans, in order: commands, paths, setting names, literal values.
    pub fn code_spans(&self) -> impl Iterator<Item = &str> {
        code_spans(&self.0).map(|span| &self.0[span])
    }
}

/// The ranges of a text's code spans, without their backticks.
pub(super) fn code_spans(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_alone = |at: usize| !text[..at].ends_with('`') && !text[at + 1..].starts_with('`');
    let mut ticks = text.match_indices('`').map(|(at, _)| at);
    let mut open = ticks.next();
    std::iter::from_fn(move || {
        loop {
            let from = open?;
            let to = ticks.next()?;
            let is_span =
                is_alone(from) && is_alone(to) && !text[from..to].contains(['\n', '\r', '\u{85}']);
            open = if is_span { ticks.next() } else { Some(to) };
            if is_span {
                return Some(from + 1..to);
            }
        }
    })
}

impl<T: Into<String>> From<T> for Prose {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

/// The plain text.
impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written = 0;
        for span in code_spans(&self.0) {
            f.write_str(&self.0[written..span.start - 1])?;
            f.write_str(&self.0[span.clone()])?;
            written = span.end + 1;
        }
        f.write_str(&self.0[written..])
    }
}

/// The plain text.
impl Serialize for Prose {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_in_backticks() {
        for (text, plain, spans) in [
            ("Run `a b`.", "Run a b.", &["a b"][..]),
            ("`a`, then `C:\\x`", "a, then C:\\x", &["a", "C:\\x"]),
            ("`a`` b`", "`a`` b`", &[]),
            ("``", "``", &[]),
            ("a ` b", "a ` b", &[]),
            ("`a` b ` c", "a b ` c", &["a"]),
            ("`a\nb`", "`a\nb`", &[]),
            ("``` `a`", "``` a", &["a"]),
            ("", "", &[]),
        ] {
            let prose = Prose::from(text);
            assert_eq!(prose.to_string(), plain, "{text}");
            assert_eq!(prose.code_spans().collect::<Vec<_>>(), spans, "{text}");
        }
    }
}
