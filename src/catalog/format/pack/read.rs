//! Reads the packed table in place: every lookup is a binary search.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::super::identity::{Identity, Place};
use super::super::last::Bytes;
use super::super::number::{Formula, NumberRange};
use super::super::role::Roles;
use super::super::severity::Severity;
use super::{
    ENTRY_WORDS, FAMILY_WORDS, HAS_CODE, HAS_NUMBER, HAS_SUB_NUMBER, HAS_WORDS_ONLY, IS_BARE_HEX,
    IS_HEX, IS_JOINED, IS_NOT_CODE, IS_OF_NAMES, IS_WHOLE, NEEDS_SIGN, RANGE_WORDS, SEVERITY_SHIFT,
    Section,
};
use crate::code::Code;

/// A packed catalog, or one layer of it.
#[derive(Debug)]
pub(crate) struct Table {
    bytes: Cow<'static, [u8]>,
}

/// A family's notation in the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notation {
    /// The regex before the number.
    pub(crate) before: u32,
    /// The regex after it.
    pub(crate) after: u32,
    /// Whether the occurrence is the whole match, not only the number.
    pub(crate) whole: bool,
    /// Whether the number directly follows its key word.
    pub(crate) joined: bool,
    /// Whether the number may also be in hex.
    pub(crate) hex: bool,
    /// Whether the number is hex without a prefix.
    pub(crate) bare_hex: bool,
    /// Whether two more digits follow a number's point.
    pub(crate) sub_number: bool,
    /// Whether one of the family's signs must be near.
    pub(crate) needs_sign: bool,
    /// Whether the number is not a code.
    pub(crate) not_code: bool,
    pub(crate) of_names: bool,
    /// The most bytes that the regex can match before the number.
    pub(crate) reach: u32,
    pub(crate) needs: u32,
    /// The list of its key words.
    pub(crate) keys: u32,
    pub(crate) last: Bytes,
}

/// One family's row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FamilyRow {
    pub(crate) id: u32,
    pub(crate) title: [u32; 2],
    pub(crate) links: u32,
    formulas: u32,
    wrapped: u32,
    notations: u32,
    pub(crate) domains: u32,
    pub(crate) same_numbers_as: u32,
    pub(crate) listed: bool,
    pub(crate) names: u32,
    pub(crate) roles: Roles,
    /// Whether its signs count only for numbers on the same line.
    pub(crate) same_line: bool,
    /// Whether its numbers may also be in hex.
    pub(crate) hex: bool,
    /// Whether its codes follow another code and a hyphen.
    pub(crate) follows_code: bool,
    pub(crate) padded_hex: bool,
    pub(crate) shown_in_hex: bool,
    pub(crate) common_names: u32,
    pub(crate) also_called: u32,
    pub(crate) signs: u32,
    numbers: u32,
    pub(crate) number_roles: Roles,
    /// Pairs: an alternative beginning of its names, and the beginning that the catalog uses.
    pub(crate) other_prefixes: u32,
    pub(crate) columns: u32,
    pub(crate) quiet_signs: u32,
}

/// One entry's row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryRow {
    /// The family's index in this table.
    pub(crate) family: u16,
    pub(crate) severity: Severity,
    pub(crate) place: Place,
    pub(crate) name: u32,
    pub(crate) message: [u32; 2],
    /// Whether the message is only the name, spelled out.
    pub(crate) words_only: bool,
    pub(crate) remedy: [u32; 2],
    pub(crate) note: [u32; 2],
    pub(crate) links: u32,
    pub(crate) phrases: [u32; 2],
    pub(crate) path: u32,
    /// Starting at 1.
    pub(crate) line: u32,
    pub(crate) aliases: u32,
}

/// A row of the section `Ranges`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RangeRow {
    /// The family's index in this table.
    pub(crate) family: u16,
    pub(crate) numbers: NumberRange,
    pub(crate) entry: u32,
}

impl Table {
    /// A table over bytes produced by [`pack`](super::pack).
    pub(crate) const fn new(bytes: Cow<'static, [u8]>) -> Self {
        Self { bytes }
    }

    fn word(&self, at: usize) -> u32 {
        #[cfg(test)]
        crate::work::done(1);
        let bytes = &self.bytes[at * 4..at * 4 + 4];
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    /// A section's first word and its length in words (for the strings: in bytes).
    fn section(&self, section: Section) -> (usize, usize) {
        let header = section as usize * 2;
        (self.word(header) as usize, self.word(header + 1) as usize)
    }

    pub(crate) fn string(&self, index: u32) -> &str {
        std::str::from_utf8(self.string_bytes(index)).unwrap_or_default()
    }

    fn string_bytes(&self, index: u32) -> &[u8] {
        let (ends, _) = self.section(Section::StringEnds);
        let (strings, _) = self.section(Section::Strings);
        let start = if index == 0 { 0 } else { self.word(ends + index as usize - 1) as usize };
        let end = self.word(ends + index as usize) as usize;
        let base = strings * 4;
        &self.bytes[base + start..base + end]
    }

    fn list(&self, index: u32) -> impl Iterator<Item = u32> + '_ {
        let at = self.section(Section::Lists).0 + index as usize;
        let len = self.word(at) as usize;
        (at + 1..=at + len).map(|word| self.word(word))
    }

    pub(crate) fn strings(&self, list: u32) -> impl Iterator<Item = &str> + '_ {
        self.list(list).map(|index| self.string(index))
    }

    pub(crate) fn family_count(&self) -> u16 {
        (self.section(Section::Families).1 / FAMILY_WORDS) as u16
    }

    pub(crate) fn family(&self, index: u16) -> FamilyRow {
        let at = self.section(Section::Families).0 + index as usize * FAMILY_WORDS;
        FamilyRow {
            id: self.word(at),
            title: [self.word(at + 1), self.word(at + 2)],
            links: self.word(at + 3),
            formulas: self.word(at + 4),
            notations: self.word(at + 5),
            domains: self.word(at + 6),
            same_numbers_as: self.word(at + 7),
            listed: self.word(at + 8) != 0,
            wrapped: self.word(at + 9),
            names: self.word(at + 10),
            roles: Roles(self.word(at + 11) as u16),
            same_line: self.word(at + 11) >> 16 & 1 != 0,
            hex: self.word(at + 11) >> 17 & 1 != 0,
            follows_code: self.word(at + 11) >> 18 & 1 != 0,
            padded_hex: self.word(at + 11) >> 19 & 1 != 0,
            shown_in_hex: self.word(at + 11) >> 20 & 1 != 0,
            signs: self.word(at + 12),
            numbers: self.word(at + 13),
            number_roles: Roles(self.word(at + 14) as u16),
            other_prefixes: self.word(at + 15),
            columns: self.word(at + 16),
            quiet_signs: self.word(at + 17),
            common_names: self.word(at + 18),
            also_called: self.word(at + 19),
        }
    }

    /// A family's formulas: the numbers, and the base that turns them into codes.
    pub(crate) fn formulas<'t>(
        &'t self,
        family: &FamilyRow,
    ) -> impl Iterator<Item = Formula> + use<'t> {
        self.formulas_in(family.formulas)
    }

    /// The same for the codes that wrap its numbers.
    pub(crate) fn wrapped<'t>(
        &'t self,
        family: &FamilyRow,
    ) -> impl Iterator<Item = Formula> + use<'t> {
        self.formulas_in(family.wrapped)
    }

    fn formulas_in(&self, list: u32) -> impl Iterator<Item = Formula> + '_ {
        let at = self.section(Section::Lists).0 + list as usize;
        let len = self.word(at) as usize;
        (at + 1..=at + len).step_by(3).map(|at| Formula {
            numbers: NumberRange { first: self.word(at) as i32, last: self.word(at + 1) as i32 },
            base: self.word(at + 2),
        })
    }

    /// The numbers that mean the same to every reader.
    pub(crate) fn numbers(&self, family: &FamilyRow) -> Vec<NumberRange> {
        let words: Vec<u32> = self.list(family.numbers).collect();
        let range = |ends: &[u32]| NumberRange { first: ends[0] as i32, last: ends[1] as i32 };
        words.chunks_exact(2).map(range).collect()
    }

    pub(crate) fn notations(&self, family: &FamilyRow) -> Vec<Notation> {
        let words: Vec<u32> = self.list(family.notations).collect();
        let notation = |w: &[u32]| Notation {
            before: w[0],
            after: w[1],
            whole: w[2] & IS_WHOLE != 0,
            joined: w[2] & IS_JOINED != 0,
            hex: w[2] & IS_HEX != 0,
            bare_hex: w[2] & IS_BARE_HEX != 0,
            sub_number: w[2] & HAS_SUB_NUMBER != 0,
            needs_sign: w[2] & NEEDS_SIGN != 0,
            not_code: w[2] & IS_NOT_CODE != 0,
            of_names: w[2] & IS_OF_NAMES != 0,
            keys: w[3],
            reach: w[4],
            needs: w[5],
            last: w[6..].iter().rev().fold(0, |last, &word| last << 32 | Bytes::from(word)),
        };
        words.chunks_exact(10).map(notation).collect()
    }

    pub(crate) fn entry_count(&self) -> u32 {
        (self.section(Section::Entries).1 / ENTRY_WORDS) as u32
    }

    fn entry_at(&self, index: u32) -> usize {
        self.section(Section::Entries).0 + index as usize * ENTRY_WORDS
    }

    pub(crate) fn entry(&self, index: u32) -> EntryRow {
        let at = self.entry_at(index);
        let flags = self.word(at);
        EntryRow {
            family: flags as u16,
            severity: Severity::ALL[(flags >> SEVERITY_SHIFT & 3) as usize],
            place: self.place_at(at),
            name: self.word(at + 4),
            message: [self.word(at + 5), self.word(at + 6)],
            words_only: flags & HAS_WORDS_ONLY != 0,
            remedy: [self.word(at + 7), self.word(at + 8)],
            note: [self.word(at + 9), self.word(at + 10)],
            links: self.word(at + 11),
            phrases: [self.word(at + 12), self.word(at + 13)],
            path: self.word(at + 14),
            line: self.word(at + 15),
            aliases: self.word(at + 16),
        }
    }

    fn place_at(&self, at: usize) -> Place {
        let flags = self.word(at);
        let numbers =
            || NumberRange { first: self.word(at + 1) as i32, last: self.word(at + 2) as i32 };
        Place {
            number: (flags & HAS_NUMBER != 0).then(numbers),
            code: (flags & HAS_CODE != 0).then(|| Code(self.word(at + 3))),
        }
    }

    /// The family's index in this table.
    pub(crate) fn family_of(&self, entry: u32) -> u16 {
        self.word(self.entry_at(entry)) as u16
    }

    /// The number and the code of the entry.
    pub(crate) fn place_of(&self, entry: u32) -> Place {
        self.place_at(self.entry_at(entry))
    }

    /// What identifies the entry within its family.
    pub(crate) fn identity(&self, entry: u32) -> Identity<'_> {
        let at = self.entry_at(entry);
        let place = self.place_at(at);
        if place != Place::default() {
            return place.identity("", "");
        }
        let phrase = |list: usize| self.strings(self.word(at + list)).next();
        let first_phrase = phrase(12).or_else(|| phrase(13)).unwrap_or_default();
        place.identity(self.string(self.word(at + 4)), first_phrase)
    }

    /// The entries of a family with this identity: one, or none.
    pub(crate) fn by_identity(
        &self,
        family: u16,
        identity: Identity<'_>,
    ) -> impl Iterator<Item = u32> + '_ {
        let (at, len) = self.section(Section::Identities);
        let entry = move |i: usize| self.word(at + i);
        let compare = |entry: u32| {
            self.family_of(entry).cmp(&family).then_with(|| self.identity(entry).cmp(&identity))
        };
        let first = partition(len, |i| compare(entry(i)) == Ordering::Less);
        let same = (first..len).take_while(|&i| compare(entry(i)) == Ordering::Equal).count();
        (first..first + same).map(entry)
    }

    /// The narrowest range of a family that contains `number`.
    pub(crate) fn by_range(&self, family: u16, number: i32) -> Option<RangeRow> {
        let (_, words) = self.section(Section::Ranges);
        let past = partition(words / RANGE_WORDS, |i| {
            let row = self.range_row(i);
            (row.family, row.numbers.first) <= (family, number)
        });
        let row = self.range_row(past.checked_sub(1)?);
        (row.family == family && row.numbers.contains(number)).then_some(row)
    }

    /// The numbers that ranges contain, family by family, in runs that don't overlap.
    pub(crate) fn range_rows(&self) -> impl Iterator<Item = RangeRow> + '_ {
        (0..self.section(Section::Ranges).1 / RANGE_WORDS).map(|i| self.range_row(i))
    }

    fn range_row(&self, index: usize) -> RangeRow {
        let at = self.section(Section::Ranges).0 + index * RANGE_WORDS;
        RangeRow {
            family: self.word(at) as u16,
            numbers: NumberRange {
                first: self.word(at + 1) as i32,
                last: self.word(at + 2) as i32,
            },
            entry: self.word(at + 3),
        }
    }

    /// The pairs of an index with keys in `keys`.
    #[cfg(any(feature = "server", test))]
    fn pairs(
        &self,
        section: Section,
        keys: std::ops::RangeInclusive<u32>,
    ) -> impl DoubleEndedIterator<Item = (u32, u32)> + '_ {
        let (at, words) = self.section(section);
        let key = move |i: usize| self.word(at + i * 2);
        let first = partition(words / 2, |i| key(i) < *keys.start());
        let last = first + partition(words / 2 - first, |i| key(first + i) <= *keys.end());
        (first..last).map(move |i| (key(i), self.word(at + i * 2 + 1)))
    }

    /// The entries for exactly one key: nearly always none or one, so the end is not searched for.
    fn pairs_of(&self, section: Section, key: u32) -> impl Iterator<Item = u32> + '_ {
        let (at, words) = self.section(section);
        let first = partition(words / 2, |i| self.word(at + i * 2) < key);
        (first..words / 2)
            .take_while(move |i| self.word(at + i * 2) == key)
            .map(move |i| self.word(at + i * 2 + 1))
    }

    /// The entries with `code` as their own code, or as that of their number by a formula.
    pub(crate) fn by_code(&self, code: Code) -> impl Iterator<Item = u32> + '_ {
        self.pairs_of(Section::Codes, code.0)
    }

    /// The codes in `codes`, in order, each with an entry that it is read as.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn codes(
        &self,
        codes: std::ops::RangeInclusive<u32>,
    ) -> impl DoubleEndedIterator<Item = (Code, u32)> + '_ {
        self.pairs(Section::Codes, codes).map(|(code, entry)| (Code(code), entry))
    }

    /// The entries that published tables list under `code` by mistake.
    pub(crate) fn by_misprint(&self, code: Code) -> impl Iterator<Item = u32> + '_ {
        self.pairs_of(Section::Misprints, code.0)
    }

    fn name_bytes(&self, index: usize) -> &[u8] {
        self.string_bytes(self.word(self.section(Section::Names).0 + index * 2))
    }

    fn name_and_entry(&self, index: usize) -> (&str, u32) {
        let at = self.section(Section::Names).0 + index * 2;
        (self.string(self.word(at)), self.word(at + 1))
    }

    fn name_count(&self) -> usize {
        self.section(Section::NamesAsWritten).1
    }

    /// The index of the first name, in lower-case order, that is not before `name`.
    fn first_name(&self, name: &str) -> usize {
        partition(self.name_count(), |i| less_ignoring_case(self.name_bytes(i), name.as_bytes()))
    }

    /// The entries with this name or alias, ignoring case. Longer names are not visited.
    pub(crate) fn by_name(&self, name: &str) -> impl Iterator<Item = u32> + '_ {
        let first = self.first_name(name);
        let is_it = |i: &usize| self.name_bytes(*i).eq_ignore_ascii_case(name.as_bytes());
        let same = (first..self.name_count()).take_while(is_it).count();
        (first..first + same).map(|i| self.name_and_entry(i).1)
    }

    /// The names and aliases that begin with `prefix`, ignoring case, in lower-case order, each
    /// with its entry.
    pub(crate) fn by_name_prefix<'t, 'p>(
        &'t self,
        prefix: &'p str,
    ) -> impl Iterator<Item = (&'t str, u32)> + use<'t, 'p> {
        (self.first_name(prefix)..self.name_count())
            .take_while(|i| starts_with_ignoring_case(self.name_bytes(*i), prefix.as_bytes()))
            .map(|i| self.name_and_entry(i))
    }

    /// The index in `Names` of the name at `index` in the order as written.
    fn as_written(&self, index: usize) -> usize {
        self.word(self.section(Section::NamesAsWritten).0 + index) as usize
    }

    /// The entries with exactly this name or alias.
    pub(crate) fn by_written_name(&self, name: &str) -> impl Iterator<Item = u32> + '_ {
        let written = |i: usize| self.name_bytes(self.as_written(i));
        let first = partition(self.name_count(), |i| written(i) < name.as_bytes());
        let is_it = |i: &usize| written(*i) == name.as_bytes();
        let same = (first..self.name_count()).take_while(is_it).count();
        (first..first + same).map(|i| self.name_and_entry(self.as_written(i)).1)
    }

    /// The same names as [`Table::by_name_prefix`], in the order as written. Each is looked up on
    /// demand, so that the first of many cost little.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn names_in_order<'t, 'p>(
        &'t self,
        prefix: &'p str,
    ) -> impl Iterator<Item = (&'t str, u32)> + use<'t, 'p> {
        // Runs of names that match this many bytes of the prefix, ignoring case; the next run is
        // last.
        let mut runs = vec![(0..self.name_count(), 0)];
        let mut current = 0..0;
        std::iter::from_fn(move || {
            while current.is_empty() {
                let (run, agreed) = runs.pop()?;
                let Some(byte) = prefix.as_bytes().get(agreed) else {
                    current = run;
                    break;
                };
                let (upper, lower) = (byte.to_ascii_uppercase(), byte.to_ascii_lowercase());
                let variants = [Some(lower), (upper != lower).then_some(upper)];
                for variant in variants.into_iter().flatten() {
                    let narrower = self.narrowed(run.clone(), agreed, variant);
                    if !narrower.is_empty() {
                        runs.push((narrower, agreed + 1));
                    }
                }
            }
            current.next().map(|i| self.name_and_entry(self.as_written(i)))
        })
    }

    /// The names of a run, equal in their first `at` bytes, that have `byte` at that index.
    #[cfg(any(feature = "server", test))]
    fn narrowed(&self, run: std::ops::Range<usize>, at: usize, byte: u8) -> std::ops::Range<usize> {
        let byte_of = |i: usize| self.name_bytes(self.as_written(i)).get(at).copied();
        let start = run.start + partition(run.len(), |i| byte_of(run.start + i) < Some(byte));
        let end = start + partition(run.end - start, |i| byte_of(start + i) == Some(byte));
        start..end
    }
}

/// The first index of `0..len` for which `below` is false.
fn partition(len: usize, below: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = usize::midpoint(low, high);
        if below(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn less_ignoring_case(a: &[u8], b: &[u8]) -> bool {
    a.iter().map(u8::to_ascii_lowercase).lt(b.iter().map(u8::to_ascii_lowercase))
}

fn starts_with_ignoring_case(text: &[u8], prefix: &[u8]) -> bool {
    text.len() >= prefix.len() && text[..prefix.len()].eq_ignore_ascii_case(prefix)
}
