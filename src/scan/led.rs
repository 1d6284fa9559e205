//! The notations of a key word, searched for all at once.
//!
//! `code` has forty. Trying one after another would take microseconds per number; a single
//! automaton walks back from the number for all of them until none can match.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::OnceLock;

use regex::bytes::Regex;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

use super::REACH;
use super::far::{FarWords, Words};
use super::letters::{Ending, Letters};
use crate::catalog::FamilyId;
use crate::catalog::last::{Bytes, may_be};
use crate::catalog::regexes;

/// A family's notation: the text before its number and the text after it.
#[derive(Debug)]
pub(super) struct Notation {
    pub(super) family: FamilyId,
    before: String,
    /// How many bytes before the number `before` can match.
    reach: usize,
    after: String,
    /// The ASCII bytes that may directly precede the number.
    last: Bytes,
    /// The words of which one must be near (see [`super::far`]); empty for none.
    pub(super) needs: Words,
    /// The matcher of a far-reaching notation.
    alone: OnceLock<Option<Alone>>,
    /// Whether an occurrence covers the whole notation, not only the number.
    pub(super) whole: bool,
    /// Whether its numbers may also be in hex.
    pub(super) hex: bool,
    /// Whether its numbers are hex without a prefix.
    pub(super) bare_hex: bool,
    /// Whether two more digits follow a number's point.
    pub(super) sub_number: bool,
    /// Whether it counts only with one of the family's signs near.
    pub(super) needs_sign: bool,
    /// Whether its numbers are not codes.
    pub(super) not_code: bool,
    /// Whether one of the family's names takes the place of the number.
    pub(super) of_names: bool,
    compiled_after: OnceLock<Option<Regex>>,
}

impl Notation {
    pub(super) fn new(family: FamilyId, text: &crate::catalog::NotationText<'_>) -> Self {
        Self {
            family,
            before: text.before.to_owned(),
            reach: text.reach.min(REACH),
            after: text.after.to_owned(),
            last: text.last,
            needs: Words::default(),
            alone: OnceLock::new(),
            whole: text.whole,
            hex: text.hex,
            bare_hex: text.bare_hex,
            sub_number: text.sub_number,
            needs_sign: text.needs_sign,
            not_code: text.not_code,
            of_names: text.of_names,
            compiled_after: OnceLock::new(),
        }
    }

    /// Where the notation ends in `after`, the text after its number; `None` if it does not match.
    pub(super) fn end_in(&self, after: &[u8]) -> Option<usize> {
        if self.after.is_empty() {
            return Some(0);
        }
        // Every regex compiles: catalog files with invalid ones are rejected.
        let regex = self.compiled_after.get_or_init(|| regexes::after(&self.after).ok());
        Some(regex.as_ref()?.find(after)?.end())
    }

    /// Registers the words that it needs, if it is far-reaching.
    pub(super) fn need(&mut self, text: &crate::catalog::NotationText<'_>, far: &mut FarWords) {
        if self.reach > NEAR {
            text.needs.iter().for_each(|word| self.needs.insert(far.add(word)));
        }
    }

    /// Whether it reaches back so far that it is only tried if a word that it needs is near.
    pub(super) fn is_far(&self) -> bool {
        !self.needs.is_empty()
    }

    /// Where a far-reaching notation that ends at the end of `before` starts.
    fn far_start(&self, before: &[u8]) -> Option<usize> {
        match self.alone.get_or_init(|| Alone::new(self)).as_ref()? {
            Alone::Walk(walk) => {
                let mut farthest = None;
                walk.back(before, |_, start| farthest = Some(start));
                farthest
            }
            Alone::Regex(regex) => {
                let from = before.len().saturating_sub(self.reach);
                regex.find(&before[from..]).map(|found| from + found.start())
            }
        }
    }

    /// Whether its numbers are pieces of something longer: `500.19`, `30088-1007`, `HY000/2002`,
    /// `41000:11`.
    pub(super) fn is_of_pieces(&self) -> bool {
        self.sub_number || self.after.starts_with('-') || self.before.ends_with(['/', ':'])
    }

    /// Whether its number directly follows a hyphen: `ORA-12154`.
    pub(super) fn ends_in_hyphen(&self) -> bool {
        self.before.ends_with('-')
    }

    /// Whether its number or name may be the end of a URL: `…/msg/ZFS-8000-8A`.
    pub(super) fn ends_in_slash(&self) -> bool {
        self.before.ends_with('/')
    }

    /// Whether its regex matches characters rather than bytes: it is tried separately.
    fn is_unicode(&self) -> bool {
        !self.before.is_ascii() || self.before.contains("\\p") || self.before.contains("\\P")
    }
}

/// How a single notation is matched.
#[derive(Debug)]
enum Alone {
    Walk(Box<Walk>),
    Regex(Regex),
}

impl Alone {
    fn new(notation: &Notation) -> Option<Self> {
        let regex = notation.before.as_str();
        if !notation.is_unicode()
            && let Some(walk) = Walk::new(std::iter::once(regex))
        {
            return Some(Self::Walk(Box::new(walk)));
        }
        // Every regex compiles: catalog files with invalid ones are rejected.
        regexes::before(regex).ok().map(Self::Regex)
    }
}

/// A notation that reaches back no farther than this many bytes is always tried.
const NEAR: usize = 64;

/// A word before a number, and the notations that it may be part of.
#[derive(Debug)]
pub(super) struct KeyWord {
    word: Ending,
    /// Whether it is all of the letters nearest before the number.
    is_whole: bool,
    near: Group,
    far: Vec<usize>,
    /// The ASCII bytes that may directly precede the number of one of its notations.
    last: Bytes,
}

/// Notations that are searched for together.
#[derive(Debug, Default)]
struct Group {
    notations: Vec<usize>,
    /// The ASCII bytes that may directly precede the number in any of them.
    last: Bytes,
    compiled: OnceLock<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    /// The notations in `walk`, which are most of them.
    together: Vec<usize>,
    walk: Option<Walk>,
    alone: Vec<(usize, Regex)>,
}

impl KeyWord {
    pub(super) fn new(word: &[u8], is_whole: bool) -> Self {
        Self { word: Ending::new(word), is_whole, near: Group::default(), far: Vec::new(), last: 0 }
    }

    pub(super) fn is(&self, word: &[u8], is_whole: bool) -> bool {
        *self.word.word() == *word && self.is_whole == is_whole
    }

    /// Whether it leads to a number before which these letters are nearest.
    pub(super) fn fits(&self, letters: &Letters<'_>) -> bool {
        if self.is_whole { self.word.is_all_of(letters) } else { self.word.ends(letters) }
    }

    /// Whether one of its notations may match if `last` directly precedes the number.
    pub(super) fn may_end_with(&self, last: u8) -> bool {
        may_be(self.last, last)
    }

    /// Adds the notation at index `place`.
    pub(super) fn add(&mut self, place: usize, notation: &Notation) {
        self.last |= notation.last;
        if notation.is_far() {
            self.far.push(place);
        } else {
            self.near.notations.push(place);
            self.near.last |= notation.last;
        }
    }

    /// The notations that match at the end of `before`, in order, each with its start.
    /// `is_word_near` says whether a word that a far-reaching notation needs is near.
    pub(super) fn matches(
        &self,
        all: &[Notation],
        before: &[u8],
        is_word_near: impl Fn(&Notation) -> bool,
    ) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let Some(&last) = before.last() else { return found };
        if may_be(self.near.last, last) {
            self.near.matches(all, before, &mut found);
        }
        for &notation in &self.far {
            if may_be(all[notation].last, last) && is_word_near(&all[notation]) {
                found.extend(all[notation].far_start(before).map(|start| (notation, start)));
            }
        }
        if found.len() > 1 {
            found.sort_unstable();
        }
        found
    }
}

impl Group {
    /// Adds the notations that match at the end of `before` to `found`.
    fn matches(&self, all: &[Notation], before: &[u8], found: &mut Vec<(usize, usize)>) {
        if self.notations.is_empty() {
            return;
        }
        let compiled = self.compiled.get_or_init(|| Compiled::new(&self.notations, all));
        if let Some(walk) = &compiled.walk {
            walk.back(before, |pattern, start| {
                let notation = compiled.together[pattern];
                // The farthest start comes last.
                match found.iter_mut().find(|(known, _)| *known == notation) {
                    Some((_, known)) => *known = start,
                    None => found.push((notation, start)),
                }
            });
        }
        for &(notation, ref regex) in &compiled.alone {
            let from = before.len().saturating_sub(all[notation].reach);
            found.extend(regex.find(&before[from..]).map(|found| (notation, from + found.start())));
        }
    }
}

impl Compiled {
    fn new(notations: &[usize], all: &[Notation]) -> Self {
        let (alone, together): (Vec<usize>, Vec<usize>) =
            notations.iter().partition(|&&notation| all[notation].is_unicode());
        let walk = Walk::new(together.iter().map(|&notation| all[notation].before.as_str()));
        let compile =
            |notation: usize| Some((notation, regexes::before(&all[notation].before).ok()?));
        match walk {
            Some(walk) => Self {
                together,
                walk: Some(walk),
                alone: alone.into_iter().filter_map(compile).collect(),
            },
            None => Self {
                together: Vec::new(),
                walk: None,
                alone: notations.iter().copied().filter_map(compile).collect(),
            },
        }
    }
}

type NewCache = Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>;

/// A lazy automaton for several regexes, run backward.
#[derive(Debug)]
struct Walk {
    automaton: DFA,
    /// The states that each thread has reached.
    caches: Pool<Cache, NewCache>,
}

/// The most bytes per thread for the states of one key word: ten times what a log needs.
const CACHE: usize = 1 << 20;

impl Walk {
    fn new<'r>(regexes: impl Iterator<Item = &'r str>) -> Option<Self> {
        let regexes: Vec<String> = regexes.map(|regex| format!("(?:{regex})")).collect();
        let automaton = DFA::builder()
            .configure(
                DFA::config()
                    .match_kind(MatchKind::All)
                    .cache_capacity(CACHE)
                    .skip_cache_capacity_check(true),
            )
            .syntax(syntax::Config::new().case_insensitive(true).unicode(false).utf8(false))
            .thompson(thompson::Config::new().reverse(true).utf8(false))
            .build_many(&regexes)
            .ok()?;
        let for_caches = automaton.clone();
        Some(Self { automaton, caches: Pool::new(Box::new(move || for_caches.create_cache())) })
    }

    /// Calls `found` with the start of each match that ends where `text` ends, nearest first, and
    /// the index of its regex.
    fn back(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let (dfa, cache) = (&self.automaton, &mut *self.caches.get());
        let input = Input::new(text).anchored(Anchored::Yes);
        let Ok(mut state) = dfa.start_state_reverse(cache, &input) else { return };
        // A state reports a match one byte late.
        for at in (0..=text.len()).rev() {
            #[cfg(test)]
            crate::work::done(1);
            let next = match at.checked_sub(1) {
                Some(before) => dfa.next_state(cache, state, text[before]),
                None => dfa.next_eoi_state(cache, state),
            };
            let Ok(next) = next else { return };
            state = next;
            if !state.is_tagged() {
                continue;
            }
            if state.is_match() {
                for index in 0..dfa.match_len(cache, state) {
                    found(dfa.match_pattern(cache, state, index).as_usize(), at);
                }
            } else if state.is_dead() || state.is_quit() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Catalog;

    struct All {
        notations: Vec<Notation>,
        together: KeyWord,
        alone: Vec<Regex>,
        far: FarWords,
    }

    /// All notations of the built-in catalog, as if they had the same key word.
    fn all() -> All {
        let catalog = Catalog::builtin();
        let mut far = FarWords::default();
        let notations: Vec<Notation> = catalog
            .families()
            .flat_map(|family| family.notations().map(move |text| (family.catalog_id(), text)))
            .map(|(family, text)| {
                let mut notation = Notation::new(family, &text);
                notation.need(&text, &mut far);
                notation
            })
            .collect();
        let mut together = KeyWord::new(b"", false);
        notations.iter().enumerate().for_each(|(place, one)| together.add(place, one));
        let alone = notations.iter().map(|one| regexes::before(&one.before).unwrap()).collect();
        All { notations, together, alone, far }
    }

    thread_local!(static ALL: All = all());

    proptest! {
        #[test]
        fn one_walk_finds_what_each_notation_finds(
            pieces in prop::collection::vec(
                "(kernel: |msiexec|robocopy|error|Error: |code|exit| |: |\\(|=|failed|returned|rc|\
                 status|HTTP/1.1|\" |HTTP|syncml|EnforcementState|OldValue|5|null|\n|é|errno|device. )",
                0..16,
            ),
            gap in 0..120_usize,
        ) {
            let text = pieces.concat();
            let (head, tail) = text.split_at(text.floor_char_boundary(text.len() / 2));
            let text = format!("{head}{}{tail}", "x".repeat(gap));
            let text = &text.as_bytes()[text.len().saturating_sub(REACH)..];
            ALL.with(|all| {
                let alone = all.alone.iter().enumerate().filter_map(|(notation, regex)| {
                    let from = text.len().saturating_sub(all.notations[notation].reach);
                    Some((notation, from + regex.find(&text[from..])?.start()))
                });
                let alone: Vec<_> = alone.collect();
                let is_near = |notation: &Notation| {
                    all.far.before(text, text.len(), &RefCell::default()).meet(&notation.needs)
                };
                prop_assert_eq!(all.together.matches(&all.notations, text, is_near), alone);
                Ok(())
            })?;
        }
    }
}
