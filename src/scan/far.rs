//! The words that far-reaching notations need, such as `robocopy`. Each stretch of a text is
//! searched for them once, so that a number with none of them near it needs no long search back.

use std::cell::RefCell;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::REACH;

/// The words that far-reaching notations need; one must be within [`REACH`].
#[derive(Debug, Default)]
pub(super) struct FarWords {
    words: Vec<String>,
    automaton: OnceLock<Option<AhoCorasick>>,
}

/// The searched stretch of a text.
#[derive(Debug, Default)]
pub(super) struct Searched {
    from: usize,
    to: usize,
    /// The end and the place of each word found.
    found: Vec<(usize, usize)>,
    /// The last place asked about, and the answer.
    last: Option<(usize, Words)>,
}

/// A set of words by their places, one bit for each. Words [`WORDS`] places apart share a bit and may
/// be confused, at the cost of a futile attempt to match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Words([u64; WORDS / 64]);

/// Twice as many as the built-in notations need.
const WORDS: usize = 512;

impl Words {
    pub(super) fn insert(&mut self, place: usize) {
        self.0[place % WORDS / 64] |= 1 << (place % 64);
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn meet(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(one, other)| one & other != 0)
    }
}

/// How many bytes are searched at a time, so that little is searched twice (the length of a word).
const AHEAD: usize = 128;

impl FarWords {
    /// Adds a lower-case word and returns its place.
    pub(super) fn add(&mut self, word: &str) -> usize {
        self.words.iter().position(|known| known == word).unwrap_or_else(|| {
            self.words.push(word.to_owned());
            self.words.len() - 1
        })
    }

    /// The words that end in the [`REACH`] bytes before `at`.
    pub(super) fn before(&self, text: &[u8], at: usize, searched: &RefCell<Searched>) -> Words {
        let mut searched = searched.borrow_mut();
        if let Some((_, words)) = searched.last.filter(|(place, _)| *place == at) {
            return words;
        }
        let window = at.saturating_sub(REACH);
        self.search(text, window, at, &mut searched);
        let near = searched.found.iter().filter(|(end, _)| (window + 1..=at).contains(end));
        let mut words = Words::default();
        near.for_each(|(_, place)| words.insert(*place));
        searched.last = Some((at, words));
        words
    }

    /// Searches what has not yet been searched of `window..at`, and some more.
    fn search(&self, text: &[u8], window: usize, at: usize, searched: &mut Searched) {
        let Some(automaton) = self.automaton.get_or_init(|| automaton(&self.words)) else { return };
        if window < searched.from || window > searched.to {
            *searched = Searched { from: window, to: window, ..Searched::default() };
        }
        if at <= searched.to {
            return;
        }
        let longest = self.words.iter().map(String::len).max().unwrap_or(0);
        let (from, to) = (searched.to.saturating_sub(longest), text.len().min(at + AHEAD));
        #[cfg(test)]
        crate::work::done(to - from);
        searched.found.retain(|(end, _)| *end > window);
        searched.from = window;
        let found = automaton.find_overlapping_iter(&text[from..to]);
        let found = found.map(|found| (from + found.end(), found.pattern().as_usize()));
        // Anything that ends earlier has already been found.
        let known = searched.to;
        let is_first = known == window;
        searched.found.extend(found.filter(|(end, _)| *end > known || is_first));
        searched.to = to;
    }
}

fn automaton(words: &[String]) -> Option<AhoCorasick> {
    let builder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(words);
    builder.ok()
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
            let mut both = Words::default();
            ["robocopy", "kernel"].iter().for_each(|word| both.insert(words.add(word)));
            let searched = RefCell::default();
            places.sort_by_key(|place| place.index(text.len() + 1));
            for at in places.iter().map(|place| place.index(text.len() + 1)) {
                let near = text[at.saturating_sub(REACH)..at].to_lowercase();
                let found = words.before(text.as_bytes(), at, &searched).meet(&both);
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
