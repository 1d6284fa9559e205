//! What `hexplain scan` prints for each occurrence, in each format, and at the end.

mod json;
mod sarif;
mod summary;
mod text;

use std::collections::HashMap;
use std::ops::Range;

use super::terminal::json as as_json;
use crate::catalog::Catalog;
use crate::explain::{self, Answer};
use crate::locale::Locale;
use crate::scan::{Meaning, Occurrence};
pub(super) use sarif::Sarif;
pub(super) use summary::Summary;

/// The answers for codes, each created once.
pub(super) struct Answers<'c> {
    catalog: &'c Catalog,
    locale: Locale,
    made: HashMap<Meaning, (Answer, Vec<u8>)>,
}

impl<'c> Answers<'c> {
    pub(super) fn new(catalog: &'c Catalog, locale: Locale) -> Self {
        Self { catalog, locale, made: HashMap::new() }
    }

    /// The first answer for a code, and the same as JSON.
    pub(super) fn of(&mut self, meaning: Meaning) -> &(Answer, Vec<u8>) {
        self.made.entry(meaning).or_insert_with(|| {
            let answer = explain::answers(self.catalog, meaning, self.locale).swap_remove(0);
            let json = as_json(&answer).expect("an answer has only string keys");
            (answer, json)
        })
    }
}

/// Lines and columns of ascending byte offsets, found in one pass.
#[derive(Clone, Copy)]
pub(super) struct Places<'t> {
    text: &'t str,
    /// The last byte asked for; its line (from 1), the start of the line, and the characters
    /// between.
    at: usize,
    line: usize,
    line_start: usize,
    columns: usize,
}

/// Where an occurrence starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Starting at 1.
    line: usize,
    /// Starting at 1, in characters.
    column: usize,
    /// The line's first byte.
    start: usize,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1, line_start: 0, columns: 0 }
    }

    /// The same from a byte on, as if its line started there.
    fn beginning_at(text: &'t str, byte: usize) -> Self {
        Self { text, at: byte, line: 1, line_start: byte, columns: 0 }
    }

    /// From the start of `part` to its end, for [`Places::then`].
    pub(super) fn through(text: &'t str, part: &Range<usize>) -> Self {
        let mut places = Self::beginning_at(text, part.start);
        places.of(part.end);
        places
    }

    /// Continues with what [`Places::through`] found for the next part.
    pub(super) fn then(self, next: Self) -> Self {
        let line = self.line + next.line - 1;
        if next.line > 1 {
            return Self { line, ..next };
        }
        Self { at: next.at, columns: self.columns + next.columns, ..self }
    }

    /// The place of a byte, which must not precede the last one asked for.
    pub(super) fn of(&mut self, byte: usize) -> Place {
        let bytes = self.text.as_bytes();
        for end in memchr::memchr2_iter(b'\n', b'\r', &bytes[self.at..byte]).map(|i| self.at + i) {
            // `\r\n` is a single line ending: only its `\n` counts.
            if bytes[end] == b'\n' || bytes.get(end + 1) != Some(&b'\n') {
                self.line += 1;
                self.line_start = end + 1;
            }
        }
        if self.line_start > self.at {
            (self.at, self.columns) = (self.line_start, 0);
        }
        self.columns += self.text[self.at..byte].chars().count();
        self.at = byte;
        Place { line: self.line, column: self.columns + 1, start: self.line_start }
    }
}

/// An occurrence with its place and its answer.
pub(super) struct Finding<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) place: Place,
    pub(super) occurrence: &'a Occurrence,
    pub(super) answer: &'a Answer,
}

impl Finding<'_> {
    fn written(&self) -> &str {
        &self.text[self.occurrence.range()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_in_the_server() {
        let text = "a\r\nb\rc\nd";
        let mut places = Places::new(text);
        let at: Vec<_> =
            [0, 3, 5, 7].map(|byte| places.of(byte)).iter().map(|p| (p.line, p.column)).collect();
        assert_eq!(at, [(1, 1), (2, 1), (3, 1), (4, 1)]);
    }

    #[test]
    fn columns_of_a_line_are_counted_in_characters_and_once() {
        let text = "é 1 2\né 3";
        let mut places = Places::new(text);
        let at: Vec<_> = ["1", "2", "3"]
            .map(|code| places.of(text.find(code).unwrap()))
            .iter()
            .map(|place| (place.line, place.column))
            .collect();
        assert_eq!(at, [(1, 3), (1, 5), (2, 3)]);
    }
}
