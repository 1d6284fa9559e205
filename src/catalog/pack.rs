//! A catalog packed into one run of bytes: written by `build.rs` for the built-in families and
//! at run time for a user's, read in place. Nothing is parsed, so start-up costs nothing.
//!
//! The bytes are sections of little-endian `u32`. A text is an index into the string section
//! (0 is the empty text), a list is an index into the list section (0 is the empty list).

use std::borrow::Cow;
use std::collections::HashMap;

use super::entry::Severity;
use super::pattern::Pattern;
use super::source::{EntrySource, FamilySource, FormulaSource, NumberRange, Source, TextSource};
use super::words::words_of;
use crate::code::Code;

/// The sections, in the order in which the header lists their offsets.
#[derive(Clone, Copy)]
enum Section {
    StringEnds,
    Lists,
    Families,
    Entries,
    Codes,
    Numbers,
    NumberRanges,
    Names,
    Misprints,
    Strings,
}

const SECTIONS: usize = 10;
const FAMILY_WORDS: usize = 11;
const ENTRY_WORDS: usize = 16;
const HAS_NUMBER: u32 = 1;
const HAS_CODE: u32 = 2;
const HAS_WORDS_ONLY: u32 = 4;
const IS_WHOLE: u32 = 1;
const IS_JOINED: u32 = 2;
const IS_HEX: u32 = 4;

/// A packed catalog, or one layer of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Table {
    bytes: Cow<'static, [u8]>,
}

/// What a family says about one of its notations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notation {
    /// Regex before the number.
    pub(crate) before: u32,
    /// Regex behind it.
    pub(crate) after: u32,
    /// Whether the whole match is the occurrence, not just the number.
    pub(crate) whole: bool,
    /// Whether the number follows its key word at once.
    pub(crate) joined: bool,
    /// Whether the number is also written in hex.
    pub(crate) hex: bool,
    /// At how many bytes before the number its regex looks, at most.
    pub(crate) reach: u32,
    /// The list of its key words.
    pub(crate) keys: u32,
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
}

/// One entry's row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryRow {
    /// The family's index in this table.
    pub(crate) family: u16,
    pub(crate) severity: Severity,
    pub(crate) number: Option<NumberRange>,
    pub(crate) code: Option<Code>,
    pub(crate) name: u32,
    pub(crate) message: [u32; 2],
    /// Whether the message is only the name, put into words.
    pub(crate) words_only: bool,
    pub(crate) remedy: [u32; 2],
    pub(crate) note: [u32; 2],
    pub(crate) links: u32,
    pub(crate) phrases: [u32; 2],
    pub(crate) path: u32,
    /// From 1.
    pub(crate) line: u32,
}

impl Table {
    /// A table over bytes that [`pack`] made.
    pub(crate) const fn new(bytes: Cow<'static, [u8]>) -> Self {
        Self { bytes }
    }

    fn word(&self, at: usize) -> u32 {
        let bytes = &self.bytes[at * 4..at * 4 + 4];
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    /// The section's first word and its length in words (for the strings: in bytes).
    fn section(&self, section: Section) -> (usize, usize) {
        let header = section as usize * 2;
        (self.word(header) as usize, self.word(header + 1) as usize)
    }

    pub(crate) fn string(&self, index: u32) -> &str {
        let (ends, _) = self.section(Section::StringEnds);
        let (strings, _) = self.section(Section::Strings);
        let start = if index == 0 { 0 } else { self.word(ends + index as usize - 1) as usize };
        let end = self.word(ends + index as usize) as usize;
        let base = strings * 4;
        std::str::from_utf8(&self.bytes[base + start..base + end]).unwrap_or_default()
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
        }
    }

    /// A family's formulas: the numbers, and the base that makes codes of them.
    pub(crate) fn formulas(&self, family: &FamilyRow) -> Vec<(NumberRange, u32)> {
        self.ranges_and_bases(family.formulas)
    }

    /// The same for the codes in which its numbers are wrapped.
    pub(crate) fn wrapped(&self, family: &FamilyRow) -> Vec<(NumberRange, u32)> {
        self.ranges_and_bases(family.wrapped)
    }

    fn ranges_and_bases(&self, list: u32) -> Vec<(NumberRange, u32)> {
        let words: Vec<u32> = self.list(list).collect();
        let formula = |w: &[u32]| (NumberRange { first: w[0] as i32, last: w[1] as i32 }, w[2]);
        words.chunks_exact(3).map(formula).collect()
    }

    pub(crate) fn notations(&self, family: &FamilyRow) -> Vec<Notation> {
        let words: Vec<u32> = self.list(family.notations).collect();
        let notation = |w: &[u32]| Notation {
            before: w[0],
            after: w[1],
            whole: w[2] & IS_WHOLE != 0,
            joined: w[2] & IS_JOINED != 0,
            hex: w[2] & IS_HEX != 0,
            keys: w[3],
            reach: w[4],
        };
        words.chunks_exact(5).map(notation).collect()
    }

    pub(crate) fn entry_count(&self) -> u32 {
        (self.section(Section::Entries).1 / ENTRY_WORDS) as u32
    }

    pub(crate) fn entry(&self, index: u32) -> EntryRow {
        let at = self.section(Section::Entries).0 + index as usize * ENTRY_WORDS;
        let flags = self.word(at);
        let number =
            NumberRange { first: self.word(at + 1) as i32, last: self.word(at + 2) as i32 };
        EntryRow {
            family: flags as u16,
            severity: Severity::ALL[(flags >> 16 & 3) as usize],
            number: (flags >> 24 & HAS_NUMBER != 0).then_some(number),
            code: (flags >> 24 & HAS_CODE != 0).then(|| Code(self.word(at + 3))),
            name: self.word(at + 4),
            message: [self.word(at + 5), self.word(at + 6)],
            words_only: flags >> 24 & HAS_WORDS_ONLY != 0,
            remedy: [self.word(at + 7), self.word(at + 8)],
            note: [self.word(at + 9), self.word(at + 10)],
            links: self.word(at + 11),
            phrases: [self.word(at + 12), self.word(at + 13)],
            path: self.word(at + 14),
            line: self.word(at + 15),
        }
    }

    /// The entries behind `key` in an index of (key, entry) pairs.
    fn pairs(&self, section: Section, key: u32) -> impl Iterator<Item = u32> + '_ {
        let (at, words) = self.section(section);
        let first = partition(words / 2, |i| self.word(at + i * 2) < key);
        (first..words / 2)
            .take_while(move |i| self.word(at + i * 2) == key)
            .map(move |i| self.word(at + i * 2 + 1))
    }

    /// The entries whose own code, or whose number's by a formula, is `code`.
    pub(crate) fn by_code(&self, code: Code) -> impl Iterator<Item = u32> + '_ {
        self.pairs(Section::Codes, code.0)
    }

    /// The entries that published tables print with the wrong `code`.
    pub(crate) fn by_misprint(&self, code: Code) -> impl Iterator<Item = u32> + '_ {
        self.pairs(Section::Misprints, code.0)
    }

    /// The entries, of any family, whose single number is `number`.
    pub(crate) fn by_number(&self, number: i32) -> impl Iterator<Item = u32> + '_ {
        self.pairs(Section::Numbers, number as u32)
    }

    /// The entries that stand for a range of numbers.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = u32> + '_ {
        let (at, words) = self.section(Section::NumberRanges);
        (at..at + words).map(|word| self.word(word))
    }

    /// The names and aliases that begin with `prefix`, case aside, in order, each with its entry.
    pub(crate) fn by_name_prefix<'t, 'p>(
        &'t self,
        prefix: &'p str,
    ) -> impl Iterator<Item = (&'t str, u32)> + use<'t, 'p> {
        let (at, words) = self.section(Section::Names);
        let name = move |i: usize| self.string(self.word(at + i * 2));
        let first = partition(words / 2, |i| less_ignoring_case(name(i), prefix));
        (first..words / 2)
            .map(move |i| (name(i), self.word(at + i * 2 + 1)))
            .take_while(move |(name, _)| starts_with_ignoring_case(name, prefix))
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

fn less_ignoring_case(a: &str, b: &str) -> bool {
    a.bytes().map(|b| b.to_ascii_lowercase()).lt(b.bytes().map(|b| b.to_ascii_lowercase()))
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.len() >= prefix.len()
        && text.as_bytes()[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
}

/// Packs files into one table; files of one family id become one family.
pub(crate) fn pack(sources: &[Source]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.list(&[]);
    writer.string("");
    // The families' texts first and so side by side: a scanner that starts touches few pages.
    let families: Vec<u16> = sources.iter().map(|source| writer.family(&source.family)).collect();
    for (source, family) in sources.iter().zip(families) {
        let path = writer.string(&source.path);
        for entry in &source.entries {
            writer.entry(family, path, entry, &source.family.name_prefixes);
        }
    }
    writer.finish()
}

#[derive(Default)]
struct Writer {
    string_ids: HashMap<String, u32>,
    string_ends: Vec<u32>,
    strings: Vec<u8>,
    lists: Vec<u32>,
    families: Vec<u32>,
    family_ids: HashMap<String, u16>,
    /// For each family, all ways from a number to a code.
    formulas: Vec<Vec<FormulaSource>>,
    /// For each family, what wrapping adds to a code.
    wrapped: Vec<Vec<u32>>,
    entries: Vec<u32>,
    codes: Vec<(u32, u32)>,
    numbers: Vec<(u32, u32)>,
    number_ranges: Vec<u32>,
    /// In lower case for the order, as written, and whose.
    names: Vec<(String, u32, u32)>,
    misprints: Vec<(u32, u32)>,
}

impl Writer {
    fn string(&mut self, text: &str) -> u32 {
        if let Some(&id) = self.string_ids.get(text) {
            return id;
        }
        let id = self.string_ends.len() as u32;
        self.strings.extend_from_slice(text.as_bytes());
        self.string_ends.push(self.strings.len() as u32);
        self.string_ids.insert(text.to_owned(), id);
        id
    }

    fn list(&mut self, words: &[u32]) -> u32 {
        if words.is_empty() && !self.lists.is_empty() {
            return 0;
        }
        let id = self.lists.len() as u32;
        self.lists.push(words.len() as u32);
        self.lists.extend_from_slice(words);
        id
    }

    fn strings<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> u32 {
        let ids: Vec<u32> = texts.into_iter().map(|text| self.string(text)).collect();
        self.list(&ids)
    }

    fn text(&mut self, text: Option<&TextSource>) -> [u32; 2] {
        text.map_or([0; 2], |text| [self.string(&text.en), self.string(&text.fr)])
    }

    /// The family's index; a second file of the same family only adds entries.
    fn family(&mut self, family: &FamilySource) -> u16 {
        let id = family.id.get_ref();
        if let Some(&index) = self.family_ids.get(id) {
            return index;
        }
        let index = self.formulas.len() as u16;
        let words = |formulas: &[FormulaSource]| -> Vec<u32> {
            let words = |f: &FormulaSource| [f.numbers.first as u32, f.numbers.last as u32, f.base];
            formulas.iter().flat_map(words).collect()
        };
        let (formula_words, wrapped_words) = (words(&family.formulas), words(&family.wrapped));
        let [en, fr] = self.text(family.title.as_ref());
        let row = [
            self.string(id),
            en,
            fr,
            self.strings(family.links.iter().map(|link| link.get_ref().as_str())),
            self.list(&formula_words),
            self.notations(family),
            self.strings(family.domains.iter().map(String::as_str)),
            self.string(family.same_numbers_as.as_deref().unwrap_or_default()),
            u32::from(family.listed),
            self.list(&wrapped_words),
            self.strings(family.names.iter().map(|names| names.get_ref().as_str())),
        ];
        self.families.extend(row);
        self.formulas.push(family.formulas.iter().chain(&family.wrapped).copied().collect());
        self.wrapped.push(family.wrapped.iter().map(|wrapped| wrapped.base).collect());
        self.family_ids.insert(id.clone(), index);
        index
    }

    fn notations(&mut self, family: &FamilySource) -> u32 {
        let written = family.written.iter().map(|regex| (Pattern::written(regex.get_ref()), true));
        let after = family.after.iter().map(|regex| (Pattern::after(regex.get_ref()), false));
        let mut words = Vec::new();
        for (pattern, whole) in written.chain(after) {
            // `Source::parse` has refused the file if one of them is wrong.
            let Ok(pattern) = pattern else { continue };
            let keys = self.strings(pattern.keys.iter().map(String::as_str));
            let flags = if whole { IS_WHOLE } else { 0 }
                | if pattern.joined { IS_JOINED } else { 0 }
                | if family.hex { IS_HEX } else { 0 };
            words.extend([
                self.string(&pattern.before),
                self.string(&pattern.after),
                flags,
                keys,
                pattern.reach.map_or(u32::MAX, |reach| reach.min(u32::MAX as usize) as u32),
            ]);
        }
        self.list(&words)
    }

    fn entry(&mut self, family: u16, path: u32, entry: &EntrySource, prefixes: &[String]) {
        let index = (self.entries.len() / ENTRY_WORDS) as u32;
        let toml = &entry.toml;
        self.index(family, index, entry);
        let number = toml.number.unwrap_or(NumberRange { first: 0, last: 0 });
        let code = toml.code.map_or(Code(0), |code| code.0);
        let has = if toml.number.is_some() { HAS_NUMBER } else { 0 }
            | if toml.code.is_some() { HAS_CODE } else { 0 }
            | if toml.message.is_none() { HAS_WORDS_ONLY } else { 0 };
        let [message_en, message_fr] = if let Some(message) = &toml.message {
            self.text(Some(message))
        } else {
            let words = words_of(toml.name.as_deref().unwrap_or_default(), prefixes);
            [self.string(&words); 2]
        };
        let [remedy_en, remedy_fr] = self.text(toml.remedy.as_ref());
        let [note_en, note_fr] = self.text(toml.note.as_ref());
        let row = [
            u32::from(family) | (toml.severity as u32) << 16 | has << 24,
            number.first as u32,
            number.last as u32,
            code.0,
            self.string(toml.name.as_deref().unwrap_or_default()),
            message_en,
            message_fr,
            remedy_en,
            remedy_fr,
            note_en,
            note_fr,
            self.strings(toml.links.iter().map(|link| link.get_ref().as_str())),
            self.strings(toml.phrases.en.iter().map(String::as_str)),
            self.strings(toml.phrases.fr.iter().map(String::as_str)),
            path,
            entry.line as u32,
        ];
        self.entries.extend(row);
    }

    fn index(&mut self, family: u16, index: u32, entry: &EntrySource) {
        let toml = &entry.toml;
        if let Some(code) = toml.code {
            self.codes.push((code.0.0, index));
            let wrapped = self.wrapped[family as usize].iter();
            self.codes.extend(wrapped.map(|base| (code.0.0.wrapping_add(*base), index)));
        }
        match toml.number {
            Some(number) if number.single() => {
                self.numbers.push((number.first as u32, index));
                for formula in &self.formulas[family as usize] {
                    if formula.numbers.contains(number.first) {
                        self.codes.push((formula.base.wrapping_add(number.first as u32), index));
                    }
                }
            }
            Some(_) => self.number_ranges.push(index),
            None => {}
        }
        for name in toml.name.iter().chain(&toml.aliases) {
            let written = self.string(name);
            self.names.push((name.to_ascii_lowercase(), written, index));
        }
        self.misprints.extend(toml.misprints.iter().map(|code| (code.0.0, index)));
    }

    fn finish(mut self) -> Vec<u8> {
        self.codes.sort_unstable();
        self.codes.dedup();
        self.numbers.sort_unstable();
        self.misprints.sort_unstable();
        self.names.sort_unstable();
        let flat = |pairs: Vec<(u32, u32)>| pairs.into_iter().flat_map(|(k, v)| [k, v]).collect();
        let sections: [Vec<u32>; SECTIONS - 1] = [
            self.string_ends,
            self.lists,
            self.families,
            self.entries,
            flat(self.codes),
            flat(self.numbers),
            self.number_ranges,
            self.names.into_iter().flat_map(|(_, written, index)| [written, index]).collect(),
            flat(self.misprints),
        ];
        let mut at = SECTIONS * 2;
        let mut header = Vec::new();
        for section in &sections {
            header.extend([at as u32, section.len() as u32]);
            at += section.len();
        }
        header.extend([at as u32, self.strings.len() as u32]);
        let words = header.iter().chain(sections.iter().flatten());
        let mut bytes: Vec<u8> = words.flat_map(|word| word.to_le_bytes()).collect();
        bytes.extend(self.strings);
        bytes
    }
}
