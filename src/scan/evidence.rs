//! Evidence for a family's reading of a number: a sign near it, the number's own phrase or name
//! beside it, or the number itself.
//!
//! A number called an error has as many readings as there are families with that number. The
//! families' files say what counts as evidence; the nearest sign decides.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::memo::NearSigns;
use super::{Token, beside};
use crate::catalog::role::Roles;
use crate::catalog::sign::{LONGEST_SIGN, Sign};
use crate::catalog::{Catalog, FamilyId, NumberRange};
use crate::code::Code;

/// How many bytes before and after a number are searched for signs.
const SIGN_REACH: usize = super::REACH - LONGEST_SIGN;

/// How many bytes are searched at a time, so that little is searched twice (the length of a sign).
const AHEAD: usize = 128;

/// The distance in bytes added to a sign for each line between it and the number.
const LINE: usize = 64;

/// The distance in bytes added to a sign that comes after the number.
const AFTER: usize = 16;

/// The rules of evidence of a catalog's families.
#[derive(Debug)]
pub(super) struct Evidence {
    families: Vec<OfFamily>,
    signs: Vec<FamilySign>,
    automaton: OnceLock<Option<AhoCorasick>>,
    phrases: OnceLock<Phrases>,
}

/// The phrases of all entries with a number.
#[derive(Debug, Default)]
struct Phrases {
    by_number: HashMap<i32, OfNumber>,
    /// One bit for each small magnitude: whether a number of that magnitude has phrases.
    small: Vec<u64>,
}

/// The phrases of a number, each with its family.
#[derive(Debug, Default)]
struct OfNumber {
    phrases: Vec<(FamilyId, beside::Phrase)>,
    /// The letters with which they begin, and those with which they end, as bits; all bits if one
    /// begins or ends with something else.
    first: u32,
    last: u32,
}

impl OfNumber {
    fn add(&mut self, family: FamilyId, phrase: &str) {
        let bit = |byte: Option<u8>| match byte.map_or(0, super::letter_bit) {
            0 => u32::MAX,
            bit => bit,
        };
        self.first |= bit(phrase.bytes().next());
        self.last |= bit(phrase.bytes().next_back());
        self.phrases.push((family, beside::Phrase::new(phrase)));
    }

    /// Whether one of them may be directly before or after a number.
    fn may_be_beside(&self, neighbours: &beside::Neighbours<'_>) -> bool {
        let (before, after) = neighbours.letters();
        self.first & after != 0 || self.last & before != 0
    }
}

/// What a family's numbers are called, and which of them are evidence by themselves.
#[derive(Debug)]
struct OfFamily {
    id: FamilyId,
    roles: Roles,
    numbers: Vec<NumberRange>,
    number_roles: Roles,
    hex: bool,
    follows_code: bool,
    padded_hex: bool,
    has_signs: bool,
}

impl OfFamily {
    /// Whether the family's numbers have one of these roles and the form of the token.
    fn is_called(&self, roles: Roles, token: &Token<'_>) -> bool {
        self.roles.meets(roles) && (self.hex || !token.is_prefixed_hex())
    }
}

#[derive(Debug)]
struct FamilySign {
    sign: Sign,
    family: FamilyId,
    /// Whether it counts only for numbers on the same line.
    same_line: bool,
    /// Whether it limits a number's severity to information.
    is_quiet: bool,
}

/// A sign found in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    sign: u16,
}

/// The evidence for a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// The number's standard phrase is beside it.
    Phrase,
    /// The number's symbolic name is beside it.
    Name,
    /// One of the family's signs is near. Gives its place, and whether it limits the severity to
    /// information.
    Sign { start: usize, end: usize, is_quiet: bool },
    /// The number means the same to every reader.
    Number,
    /// The file's name contains a sign.
    FileName,
}

/// A reading of a number, and the evidence for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) family: FamilyId,
    pub(crate) ground: Ground,
}

impl Evidence {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let (mut families, mut signs) = (Vec::new(), Vec::new());
        for of in catalog.families() {
            let (id, same_line) = (of.catalog_id(), of.same_line());
            let of_family = OfFamily {
                id,
                roles: of.roles(),
                numbers: of.distinctive(),
                number_roles: of.number_roles().and(of.roles()),
                hex: of.has_hex(),
                follows_code: of.follows_code(),
                padded_hex: of.has_padded_hex(),
                has_signs: of.signs().next().is_some() || of.quiet_signs().next().is_some(),
            };
            if !of_family.roles.is_empty()
                || of_family.follows_code
                || of_family.padded_hex
                || of_family.has_signs
            {
                families.push(of_family);
            }
            // Every sign is valid: catalog files with invalid signs are rejected.
            let of_family = of.signs().map(|sign| (sign, false));
            let of_family = of_family.chain(of.quiet_signs().map(|sign| (sign, true)));
            signs.extend(of_family.filter_map(|(sign, is_quiet)| {
                let sign = Sign::parse(sign).ok()?;
                Some(FamilySign { sign, family: id, same_line, is_quiet })
            }));
        }
        Self { families, signs, automaton: OnceLock::new(), phrases: OnceLock::new() }
    }

    fn of_family(&self, id: FamilyId) -> Option<&OfFamily> {
        self.families.iter().find(|of| of.id == id)
    }

    /// The families that may read a number with these roles.
    pub(super) fn candidates<'e>(
        &'e self,
        catalog: &'e Catalog,
        token: &'e Token<'_>,
        roles: Roles,
        number: i32,
    ) -> impl Iterator<Item = FamilyId> + 'e {
        let called = self.families.iter().filter(move |of| of.is_called(roles, token));
        called.map(|of| of.id).filter(move |&family| has_number(catalog, token, family, number))
    }

    /// The reading with the strongest evidence, for a number with these roles; `None` without
    /// evidence.
    pub(super) fn best(
        &self,
        catalog: &Catalog,
        token: &Token<'_>,
        roles: Roles,
        number: i32,
    ) -> Option<Reading> {
        let may_read = |family: FamilyId| {
            self.of_family(family).is_some_and(|of| of.is_called(roles, token))
                && has_number(catalog, token, family, number)
        };
        self.by_phrase(catalog, token, number, !roles.is_empty())
            .or_else(|| self.nearest_sign(token, may_read))
            .or_else(|| self.distinctive(catalog, token, roles, number))
            .or_else(|| {
                // Return values are too often a program's own.
                let is_called_more = roles != Roles::RETURN;
                is_called_more.then(|| Self::by_file_name(token, may_read)).flatten()
            })
    }

    /// The family whose phrase for the number is beside it, or on its line if a role leads to it.
    pub(super) fn by_phrase(
        &self,
        catalog: &Catalog,
        token: &Token<'_>,
        number: i32,
        anywhere: bool,
    ) -> Option<Reading> {
        let of_number = self.phrases(catalog).of(number)?;
        let mut phrases = of_number.phrases.iter();
        let spoken = if anywhere {
            let line = beside::Line::of(token);
            phrases.find(|(_, phrase)| line.holds(phrase))
        } else {
            let neighbours = beside::Neighbours::of(token);
            if !of_number.may_be_beside(&neighbours) {
                return None;
            }
            phrases.find(|(_, phrase)| neighbours.have(phrase))
        };
        Some(Reading { family: spoken?.0, ground: Ground::Phrase })
    }

    fn phrases(&self, catalog: &Catalog) -> &Phrases {
        self.phrases.get_or_init(|| phrases(catalog))
    }

    /// The nearest sign among the families that may read the number.
    fn nearest_sign(
        &self,
        token: &Token<'_>,
        may_read: impl Fn(FamilyId) -> bool,
    ) -> Option<Reading> {
        let (family, Found { start, end, sign }) = self.near(token, may_read)?;
        let is_quiet = self.signs[sign as usize].is_quiet;
        Some(Reading { family, ground: Ground::Sign { start, end, is_quiet } })
    }

    /// The evidence for a family's reading, apart from names and phrases.
    pub(super) fn ground_of(&self, token: &Token<'_>, family: FamilyId) -> Option<Ground> {
        let near = self.nearest_sign(token, |of| of == family);
        near.or_else(|| Self::by_file_name(token, |of| of == family)).map(|reading| reading.ground)
    }

    /// The families whose signs occur in a text, the most frequent first.
    pub(super) fn in_text(&self, text: &str) -> Vec<FamilyId> {
        let Some(automaton) = self.automaton() else { return Vec::new() };
        let mut counts: HashMap<FamilyId, usize> = HashMap::new();
        for found in self.search(automaton, text.as_bytes(), 0..text.len()) {
            *counts.entry(self.signs[found.sign as usize].family).or_default() += 1;
        }
        let mut families: Vec<(FamilyId, usize)> = counts.into_iter().collect();
        families.sort_unstable_by_key(|&(family, count)| (Reverse(count), family));
        families.into_iter().map(|(family, _)| family).collect()
    }

    /// Whether one of the family's signs is near.
    pub(super) fn has_sign(&self, token: &Token<'_>, family: FamilyId) -> bool {
        self.ground_of(token, family).is_some()
    }

    /// The sign nearest to the token among those whose family `may_read` it.
    fn near(
        &self,
        token: &Token<'_>,
        may_read: impl Fn(FamilyId) -> bool,
    ) -> Option<(FamilyId, Found)> {
        let automaton = self.automaton()?;
        let from = token.start.saturating_sub(SIGN_REACH);
        let to = token.text.len().min(token.end + SIGN_REACH);
        let mut near = token.memo.signs.borrow_mut();
        let ahead = token.text.len().min(to + AHEAD);
        near.search(from, to, ahead, |part| self.search(automaton, token.text, part));
        let mut best: Option<(usize, FamilyId, Found)> = None;
        for found in near.within(from, to) {
            let family = self.signs[found.sign as usize].family;
            let Some(distance) = self.distance(token, found) else { continue };
            let nearer = best.is_none_or(|(known, known_family, _)| {
                distance < known || distance == known && family < known_family
            });
            if nearer && may_read(family) {
                best = Some((distance, family, *found));
            }
        }
        best.map(|(_, family, found)| (family, found))
    }

    /// The distance of a sign from the token; `None` if it does not apply to the token.
    fn distance(&self, token: &Token<'_>, found: &Found) -> Option<usize> {
        let (gap, after) = if found.end <= token.start {
            (found.end..token.start, 0)
        } else if found.start >= token.end {
            (token.end..found.start, AFTER)
        } else {
            return None;
        };
        let lines = memchr::memchr_iter(b'\n', &token.text[gap.clone()]).count();
        let same_line = self.signs[found.sign as usize].same_line;
        (lines == 0 || !same_line).then_some(gap.len() + after + lines * LINE)
    }

    /// The signs that start in a part of the text.
    fn search(&self, automaton: &AhoCorasick, text: &[u8], part: Range<usize>) -> Vec<Found> {
        let end = text.len().min(part.end + LONGEST_SIGN);
        #[cfg(test)]
        crate::work::done(end - part.start);
        let matches = automaton.find_overlapping_iter(&text[part.start..end]);
        let found = matches.filter_map(|found| {
            let (start, end) = (part.start + found.start(), part.start + found.end());
            let sign = found.pattern().as_usize();
            let end =
                (start < part.end).then(|| self.signs[sign].sign.end_in(text, start, end))??;
            Some(Found { start, end, sign: sign as u16 })
        });
        found.collect()
    }

    fn automaton(&self) -> Option<&AhoCorasick> {
        let automaton = self.automaton.get_or_init(|| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .build(self.signs.iter().map(|of| &of.sign.literal))
                .ok()
        });
        automaton.as_ref().filter(|_| !self.signs.is_empty())
    }

    /// The family that every reader associates with a number.
    fn distinctive(
        &self,
        catalog: &Catalog,
        token: &Token<'_>,
        roles: Roles,
        number: i32,
    ) -> Option<Reading> {
        // In hex, readers do not recognize these numbers.
        if token.is_prefixed_hex() {
            return None;
        }
        let is_own = |of: &&OfFamily| {
            of.number_roles.meets(roles)
                && of.numbers.iter().any(|own| own.contains(number))
                && has_number(catalog, token, of.id, number)
        };
        let family = self.families.iter().find(is_own)?.id;
        Some(Reading { family, ground: Ground::Number })
    }

    /// The family whose codes follow another code and a hyphen.
    pub(super) fn following(&self, catalog: &Catalog, code: Code) -> Option<FamilyId> {
        let mut following = self.families.iter().filter(|of| of.follows_code).map(|of| of.id);
        following.find(|&id| catalog.by_code(code).iter().any(|entry| entry.family() == id))
    }

    /// Whether a family's codes only follow another code.
    pub(super) fn follows_code(&self, family: FamilyId) -> bool {
        self.of_family(family).is_some_and(|of| of.follows_code)
    }

    /// The reading of a small number in eight digits of hex, in brackets after a sentence.
    pub(super) fn padded(
        &self,
        catalog: &Catalog,
        token: &Token<'_>,
        number: i32,
    ) -> Option<Reading> {
        let mut padded = self.families.iter().filter(|of| of.padded_hex).map(|of| of.id);
        let family = padded.find(|&id| has_number(catalog, token, id, number))?;
        Some(Reading { family, ground: Ground::Number })
    }

    /// The family of a 32-bit code with several, chosen by the nearest sign.
    pub(super) fn of_code(&self, token: &Token<'_>, families: &[FamilyId]) -> Option<FamilyId> {
        // Families that write their numbers in hex have a code of their own; it only wraps the
        // numbers of the others.
        let is_wrapped = |family: FamilyId| {
            families.contains(&family)
                && self.of_family(family).is_some_and(|of| of.has_signs && !of.hex)
        };
        families
            .iter()
            .any(|&family| is_wrapped(family))
            .then(|| self.nearest_sign(token, is_wrapped))?
            .map(|reading| reading.family)
    }

    fn by_file_name(token: &Token<'_>, may_read: impl Fn(FamilyId) -> bool) -> Option<Reading> {
        let family = *token.memo.file_families.iter().find(|family| may_read(**family))?;
        Some(Reading { family, ground: Ground::FileName })
    }
}

/// Whether a family has an entry for a number, as its own number or as a code of that value.
fn has_number(catalog: &Catalog, token: &Token<'_>, family: FamilyId, number: i32) -> bool {
    token.memo.may_read(family, number, || {
        let is_code = || {
            let entries = catalog.by_code(Code(number as u32));
            entries.iter().any(|entry| entry.family() == family)
        };
        catalog.by_number(family, number).is_some()
            || number >= 0 && catalog.knows_code(Code(number as u32)) && is_code()
    })
}

fn phrases(catalog: &Catalog) -> Phrases {
    let mut phrases = Phrases { small: vec![0; SMALL / 64], ..Phrases::default() };
    for entry in catalog.entries() {
        let mut own = entry.phrases().peekable();
        let Some(number) = entry.number().filter(|_| own.peek().is_some()) else { continue };
        // An entry that products show without its number is not evidence for the number.
        let family = catalog.family(entry.family());
        let is_meant = !family.roles().is_empty() || !entry.name().is_empty();
        if !is_meant && family.signs().next().is_none() {
            continue;
        }
        if let Some(bits) = phrases.small.get_mut(number.unsigned_abs() as usize / 64) {
            *bits |= 1 << (number.unsigned_abs() % 64);
        }
        let of_number = phrases.by_number.entry(number).or_default();
        own.for_each(|phrase| of_number.add(entry.family(), phrase));
    }
    phrases
}

/// The number of magnitudes that have a bit of their own.
const SMALL: usize = 1 << 16;

impl Phrases {
    fn of(&self, number: i32) -> Option<&OfNumber> {
        let magnitude = number.unsigned_abs();
        let bits = self.small.get(magnitude as usize / 64);
        if bits.is_some_and(|bits| bits >> (magnitude % 64) & 1 == 0) {
            return None;
        }
        let of = |number: i32| self.by_number.get(&number);
        of(number).or_else(|| of(number.wrapping_neg()))
    }
}

impl NearSigns {
    /// Ensures that `from..to` is searched, continuing up to `ahead` if needed; `search` returns
    /// the signs that start in a range.
    fn search(
        &mut self,
        from: usize,
        to: usize,
        ahead: usize,
        search: impl FnOnce(Range<usize>) -> Vec<Found>,
    ) {
        if from < self.from || from > self.to {
            self.found.clear();
            (self.from, self.to) = (from, from);
        }
        if to > self.to {
            self.found.retain(|found| found.end > from);
            self.from = from;
            self.found.extend(search(self.to..ahead));
            self.to = ahead;
        }
    }

    fn within(&self, from: usize, to: usize) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(move |found| found.start >= from && found.end <= to)
    }
}
