//! The words that far-reaching notations need, such as `robocopy`: each stretch of a text is searched
//! for them once, so that a number with none of them near it costs no long walk back.

use std::cell::Cell;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::REACH;
use crate::catalog::regexes;

/// The words of which a far-reaching notation needs one within [`REACH`].
#[derive(Debug, Default)]
pub(super) struct FarWords {
    words: Vec<String>,
    compiled: OnceLock<Option<Regex>>,
}

/// What has been searched of a text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Searched {
    end: usize,
    /// Where the last word ends that was found.
    last: Option<usize>,
}

impl FarWords {
    pub(super) fn add(&mut self, word: &str) {
        if !self.words.iter().any(|known| known == word) {
            self.words.push(word.to_owned());
        }
    }

    /// Whether one of the words is before `at`, or reaches into the [`REACH`] bytes before it.
    pub(super) fn any_before(&self, text: &[u8], at: usize, searched: &Cell<Searched>) -> bool {
        let Some(regex) = self.compiled.get_or_init(|| regexes::any_of(&self.words).ok()) else {
            return true;
        };
        let window = at.saturating_sub(REACH);
        let mut now = searched.get();
        if now.end < window || now.end > at {
            now = Searched { end: window, last: None };
        }
        let longest = self.words.iter().map(String::len).max().unwrap_or(0);
        let from = now.end.saturating_sub(longest);
        #[cfg(test)]
        crate::work::done(at - from);
        for found in regex.find_iter(&text[from..at]) {
            now.last = Some(from + found.end());
        }
        now.end = at;
        searched.set(now);
        now.last.is_some_and(|end| end > window)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_word_within_reach_is_never_missed(
            pieces in prop::collection::vec("(robocopy|RoboCopy|robo|copy|kernel|ker|nel| |x{1,99})", 0..40),
            mut places in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
        ) {
            let text = pieces.concat();
            let mut words = FarWords::default();
            words.add("robocopy");
            words.add("kernel");
            let searched = Cell::default();
            places.sort_by_key(|place| place.index(text.len() + 1));
            for at in places.iter().map(|place| place.index(text.len() + 1)) {
                let near = text[at.saturating_sub(REACH)..at].to_lowercase();
                let found = words.any_before(text.as_bytes(), at, &searched);
                if near.contains("robocopy") || near.contains("kernel") {
                    prop_assert!(found, "{}", at);
                }
                let earlier = text[at.saturating_sub(REACH + 8)..at].to_lowercase();
                if !earlier.contains("robocopy") && !earlier.contains("kernel") {
                    prop_assert!(!found, "{}", at);
                }
            }
        }
    }
}
