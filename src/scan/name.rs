//! Symbolic names: `ERROR_ACCESS_DENIED`, or `errSecItemNotFound` if a family's names begin this
//! way.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Key, Meaning, Occurrence, Token, guard};
use crate::catalog::{Catalog, Entry};

/// Which words may be symbolic names.
#[derive(Debug)]
pub(super) struct Names {
    /// The beginnings of names not in capitals, by the index of their first letters.
    mixed: HashMap<usize, Vec<Box<[u8]>>>,
    /// The indexes in use: for mixed-case names, and for words joined to a number.
    beginnings: Box<[bool; BEGINNINGS]>,
    filter: Filter,
    /// Alternative beginnings of names, and the beginnings that the catalog uses.
    other_prefixes: Vec<(Box<str>, Box<str>)>,
}

/// With this many indexes, a hundred words leave nearly all of them free.
const BEGINNINGS: usize = 1 << 13;

impl Names {
    pub(super) fn of(catalog: &Catalog, joined: &[Box<[u8]>]) -> Self {
        let mut names = Self {
            mixed: HashMap::new(),
            beginnings: Box::new([false; BEGINNINGS]),
            filter: Filter::default(),
            other_prefixes: catalog
                .families()
                .flat_map(|family| family.other_prefixes())
                .map(|(other, own)| (other.into(), own.into()))
                .collect(),
        };
        for beginning in catalog.families().flat_map(|family| family.name_beginnings()) {
            if let Some(place) = longest_beginning(beginning.as_bytes()) {
                names.beginnings[place] = true;
                names.mixed.entry(place).or_default().push(beginning.as_bytes().into());
            }
        }
        for word in joined {
            for word in [word.to_ascii_lowercase(), word.to_ascii_uppercase()] {
                if let Some(place) = longest_beginning(&word) {
                    names.beginnings[place] = true;
                }
            }
        }
        names
    }

    /// Whether a word of four bytes and more may be a mixed-case name or one that is joined to its
    /// number.
    pub(super) fn may_begin_so(&self, word: &[u8]) -> bool {
        self.beginnings[place(&word[..3])] || self.beginnings[place(&word[..4])]
    }

    /// A symbolic name of the catalog as a whole word.
    pub(super) fn find(&self, catalog: &Catalog, token: &Token<'_>) -> Option<Occurrence> {
        if !self.is_name(token.bytes()) || guard::is_in_url(token) {
            return None;
        }
        let meaning =
            token.memo.meaning_of_name(token.bytes(), |name| self.known(catalog, name))?;
        Some(Occurrence { start: token.start, end: token.end, meaning })
    }

    /// Whether one of the words in `part` is a name in the catalog.
    pub(super) fn any_in(&self, catalog: &Catalog, token: &Token<'_>, part: &[u8]) -> bool {
        let is_known = |word: &[u8]| {
            let meaning = |name: &[u8]| self.known(catalog, name);
            self.is_name(word) && token.memo.meaning_of_name(word, meaning).is_some()
        };
        part.split(|&byte| !super::is_word(byte)).any(is_known)
    }

    fn is_name(&self, word: &[u8]) -> bool {
        let begins = |names: &[u8]| word.len() > names.len() && word.starts_with(names);
        let mut places = beginnings(word).into_iter().flatten();
        is_in_capitals(word)
            || places.any(|place| {
                self.beginnings[place]
                    && self.mixed.get(&place).is_some_and(|names| names.iter().any(|of| begins(of)))
            })
    }

    fn has_other_form(&self, name: &[u8]) -> bool {
        self.other_prefixes.iter().any(|(other, _)| name.starts_with(other.as_bytes()))
    }

    /// The catalog's form of a name with an alternative beginning, `NT_STATUS_…`, and its entries.
    fn in_other_form<'c>(
        &self,
        catalog: &'c Catalog,
        name: &str,
    ) -> Option<(String, Vec<Entry<'c>>)> {
        let forms = self.other_prefixes.iter();
        let own =
            forms.filter_map(|(other, own)| Some(format!("{own}{}", name.strip_prefix(&**other)?)));
        let with_entries = |name: String| {
            let entries = catalog.by_written_name(&name);
            (name, entries)
        };
        own.map(with_entries).find(|(_, found)| !found.is_empty())
    }

    /// The meaning of a name: the code of its only entry, or all entries that share it.
    fn known(&self, catalog: &Catalog, name: &[u8]) -> Option<Meaning> {
        if !self.has_other_form(name) && !self.filter.may_hold(catalog, name) {
            return None;
        }
        let name_text = std::str::from_utf8(name).ok()?;
        let (mut in_catalog, mut entries) =
            (Cow::Borrowed(name_text), catalog.by_written_name(name_text));
        if entries.is_empty()
            && let Some((own, found)) = self.in_other_form(catalog, name_text)
        {
            (in_catalog, entries) = (Cow::Owned(own), found);
        }
        entries.retain(|entry| !catalog.family(entry.family()).is_common(&in_catalog));
        let Some(first) = entries.first() else {
            self.filter.missed();
            return None;
        };
        Some(meaning(catalog, first, &in_catalog, entries.len() == 1))
    }
}

/// Whether a word has the form of most symbolic names: `ERROR_ACCESS_DENIED`.
fn is_in_capitals(word: &[u8]) -> bool {
    word.len() >= 4
        && word.contains(&b'_')
        && !word.iter().any(u8::is_ascii_lowercase)
        && word[0].is_ascii_uppercase()
}

/// What a name means that is an entry's: the entry's own code or number, if the name is its alone.
pub(super) fn meaning(catalog: &Catalog, entry: &Entry<'_>, name: &str, is_its: bool) -> Meaning {
    let key = match (is_its, catalog.code_of(entry), entry.number()) {
        (true, Some(code), _) => Key::Code(code),
        (true, None, Some(number)) => Key::Number(entry.family(), number),
        _ => Key::Name(entry.name_id(name)),
    };
    Meaning::new(key, Some(entry.family()))
}

/// A Bloom filter of the catalog's names. A lookup is a binary search among 24,000; a text full of
/// short words that only look like names would need one for every five bytes. The filter is built
/// once that many words were not names, which no ordinary log reaches.
#[derive(Debug, Default)]
struct Filter {
    misses: AtomicUsize,
    bits: OnceLock<Box<[u64]>>,
}

/// The number of words that were not names after which building the filter pays off.
const MANY_MISSES: usize = 2000;

/// A power of two: eleven bits for each name of the built-in catalog.
const FILTER_BITS: usize = 1 << 18;

impl Filter {
    fn missed(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns false only if it is certainly not a name.
    fn may_hold(&self, catalog: &Catalog, name: &[u8]) -> bool {
        if self.misses.load(Ordering::Relaxed) < MANY_MISSES {
            return true;
        }
        let bits = self.bits.get_or_init(|| Self::bits(catalog));
        Self::places(name).into_iter().all(|place| bits[place / 64] >> (place % 64) & 1 == 1)
    }

    fn bits(catalog: &Catalog) -> Box<[u64]> {
        let mut bits = vec![0; FILTER_BITS / 64];
        for (name, _) in catalog.by_name_prefix("") {
            for place in Self::places(name.as_bytes()) {
                bits[place / 64] |= 1 << (place % 64);
            }
        }
        bits.into()
    }

    fn places(name: &[u8]) -> [usize; 3] {
        let hash = super::memo::hash(name);
        [hash, hash >> 20, hash >> 40].map(|hash| hash as usize % FILTER_BITS)
    }
}

/// The place of the first letters of a word.
fn place(letters: &[u8]) -> usize {
    let fold = |hash: usize, letter: &u8| hash * 61 + usize::from(*letter);
    letters.iter().fold(letters.len(), fold) % BEGINNINGS
}

/// The places of a word's first three and first four letters.
fn beginnings(word: &[u8]) -> [Option<usize>; 2] {
    [word.get(..3).map(place), word.get(..4).map(place)]
}

/// The index of a word's first four letters, or of three if it has no more.
fn longest_beginning(word: &[u8]) -> Option<usize> {
    beginnings(word).into_iter().flatten().next_back()
}
