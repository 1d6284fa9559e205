//! Writes the packed table from checked catalog files.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use super::super::identity::{Known, Place};
use super::super::model::{EntrySource, FamilySource, Source, TextSource};
use super::super::number::{Formula, Formulas, NumberRange};
use super::super::pattern::Pattern;
use super::super::role::Roles;
use super::super::words::message_of_name;
use super::{
    ENTRY_WORDS, HAS_CODE, HAS_NUMBER, HAS_SUB_NUMBER, HAS_WORDS_ONLY, IS_BARE_HEX, IS_HEX,
    IS_JOINED, IS_NOT_CODE, IS_OF_NAMES, IS_WHOLE, NEEDS_SIGN, SECTIONS, SEVERITY_SHIFT,
};

/// Packs files into one table; files with the same family id become one family. `known` is what
/// the layers below the table define.
pub(crate) fn pack(sources: &[&Source], known: &dyn Known) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.list(&[]);
    writer.string("");
    // The families' texts come first, and so side by side: a scanner touches few pages at startup.
    let families: Vec<u16> =
        sources.iter().map(|source| writer.family(&source.family, known)).collect();
    for (source, family) in sources.iter().zip(families) {
        let path = writer.string(&source.path);
        for entry in &source.entries {
            writer.entry(&source.family, family, path, entry, known);
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
    /// For each family, its formulas and whether the table defines it.
    formulas: Vec<(Formulas, bool)>,
    entries: Vec<u32>,
    codes: Vec<(u32, u32)>,
    /// Family, place, name and first phrase of each entry.
    identities: Vec<(u16, Place, String, String)>,
    ranges: Vec<(u16, NumberRange, u32)>,
    /// Lower case for sorting, as written, and the entry.
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

    /// The index of the family; a second file with the same family only adds entries.
    fn family(&mut self, family: &FamilySource, known: &dyn Known) -> u16 {
        let id = family.id.get_ref();
        if let Some(&index) = self.family_ids.get(id) {
            return index;
        }
        let index = self.formulas.len() as u16;
        let known = if family.title.is_some() { None } else { known.formulas(id) };
        let is_defined_here = known.is_none();
        let formulas = known.unwrap_or_else(|| family.formulas());
        let words = |formulas: &[Formula]| -> Vec<u32> {
            let words = |f: &Formula| [f.numbers.first as u32, f.numbers.last as u32, f.base];
            formulas.iter().flat_map(words).collect()
        };
        let (formula_words, wrapped_words) = (words(&formulas.written), words(&formulas.wrapped));
        let [en, fr] = self.text(family.title.as_ref());
        let same_numbers_as = family.same_numbers_as.as_ref().map_or("", |id| id.get_ref());
        let roles = Roles::all(family.roles.iter().map(|role| role.get_ref().as_str()));
        let number_roles =
            Roles::all(family.number_roles.iter().map(|role| role.get_ref().as_str()));
        let prefixes = family.other_prefixes.iter();
        let prefixes = prefixes.flat_map(|(other, own)| [other.as_str(), own.as_str()]);
        let numbers: Vec<u32> =
            family.numbers.iter().flat_map(|n| [n.first as u32, n.last as u32]).collect();
        let row = [
            self.string(id),
            en,
            fr,
            self.strings(family.links.iter().map(|link| link.get_ref().as_str())),
            self.list(&formula_words),
            self.notations(family),
            self.strings(family.domains.iter().map(String::as_str)),
            self.string(same_numbers_as),
            u32::from(family.listed),
            self.list(&wrapped_words),
            self.strings(family.names.iter().map(|names| names.get_ref().as_str())),
            u32::from(roles.0)
                | u32::from(family.same_line) << 16
                | u32::from(family.hex) << 17
                | u32::from(family.follows_code) << 18
                | u32::from(family.padded_hex) << 19
                | u32::from(family.shown_in_hex) << 20,
            self.strings(family.signs.iter().map(|sign| sign.get_ref().as_str())),
            self.list(&numbers),
            u32::from(number_roles.0),
            self.strings(prefixes),
            self.strings(family.columns.iter().map(String::as_str)),
            self.strings(family.quiet_signs.iter().map(|sign| sign.get_ref().as_str())),
            self.strings(family.common_names.iter().map(String::as_str)),
            self.strings(family.also_called.iter().map(String::as_str)),
        ];
        self.families.extend(row);
        self.formulas.push((formulas, is_defined_here));
        self.family_ids.insert(id.clone(), index);
        index
    }

    fn notations(&mut self, family: &FamilySource) -> u32 {
        let hex = if family.hex { IS_HEX } else { 0 };
        let written = family.written.iter();
        let written = written.map(|regex| (Pattern::written(regex.get_ref()), hex | IS_WHOLE));
        let after = [
            (&family.not_codes, IS_NOT_CODE | IS_HEX),
            (&family.after, hex),
            (&family.after_hex, IS_HEX | IS_BARE_HEX),
            (&family.with_signs, hex | NEEDS_SIGN),
            (&family.names_after, IS_OF_NAMES),
            (&family.names_with_signs, IS_OF_NAMES | NEEDS_SIGN),
        ];
        let after = after.into_iter().flat_map(|(regexes, flags)| {
            regexes.iter().map(move |regex| (Pattern::any(regex.get_ref()), flags))
        });
        let mut words = Vec::new();
        for (pattern, flags) in written.chain(after) {
            // `Source::parse` rejects files with invalid notations.
            let Ok(pattern) = pattern else { continue };
            let keys: Vec<String> = pattern.keys.iter().map(ToString::to_string).collect();
            let keys = self.strings(keys.iter().map(String::as_str));
            let needs = self.strings(pattern.needs.iter().map(String::as_str));
            let flags = flags
                | if pattern.joined { IS_JOINED } else { 0 }
                | if family.sub_numbers { HAS_SUB_NUMBER } else { 0 };
            words.extend([
                self.string(&pattern.before),
                self.string(&pattern.after),
                flags,
                keys,
                pattern.reach.map_or(u32::MAX, |reach| reach.min(u32::MAX as usize) as u32),
                needs,
            ]);
            words.extend([0, 32, 64, 96].map(|from| (pattern.last >> from) as u32));
        }
        self.list(&words)
    }

    fn entry(
        &mut self,
        source: &FamilySource,
        family: u16,
        path: u32,
        entry: &EntrySource,
        known: &dyn Known,
    ) {
        let toml = &entry.toml;
        let (formulas, is_defined_here) = &self.formulas[family as usize];
        let place = Place::of(toml, formulas, |name| {
            if *is_defined_here { None } else { known.place_of_name(source.id.get_ref(), name) }
        });
        self.index(family, place, entry);
        let numbers = place.number.unwrap_or(NumberRange::one(0));
        let has = if place.number.is_some() { HAS_NUMBER } else { 0 }
            | if place.code.is_some() { HAS_CODE } else { 0 }
            | if toml.message.is_none() { HAS_WORDS_ONLY } else { 0 };
        let name = toml.name.as_deref().unwrap_or_default();
        let [message_en, message_fr] = if let Some(message) = &toml.message {
            self.text(Some(message))
        } else {
            let [en, fr] = message_of_name(name, &source.name_prefixes);
            [self.string(&en), self.string(&fr)]
        };
        let [remedy_en, remedy_fr] = self.text(toml.remedy.as_ref());
        let [note_en, note_fr] = self.text(toml.note.as_ref());
        let row: [u32; ENTRY_WORDS] = [
            u32::from(family) | (toml.severity as u32) << SEVERITY_SHIFT | has,
            numbers.first as u32,
            numbers.last as u32,
            place.code.map_or(0, |code| code.0),
            self.string(name),
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
            self.strings(toml.aliases.iter().map(String::as_str)),
        ];
        self.entries.extend(row);
    }

    /// Adds the next entry to all indexes.
    fn index(&mut self, family: u16, place: Place, entry: &EntrySource) {
        let index = self.identities.len() as u32;
        let toml = &entry.toml;
        let formulas = &self.formulas[family as usize].0;
        if let Some(code) = place.code {
            self.codes.push((code.0, index));
        }
        match (place.number.map(|numbers| (numbers, numbers.single())), place.code) {
            (Some((_, Some(number))), _) => {
                let codes = formulas.read().filter_map(|formula| formula.code(number));
                self.codes.extend(codes.map(|code| (code.0, index)));
            }
            (Some((numbers, None)), _) => self.ranges.push((family, numbers, index)),
            (None, Some(code)) => {
                let wrapped = formulas.wrapped.iter();
                let codes = wrapped.filter_map(|wrapped| wrapped.code(code.signed()));
                self.codes.extend(codes.map(|code| (code.0, index)));
            }
            (None, None) => {}
        }
        for name in toml.name.iter().chain(&toml.aliases) {
            let written = self.string(name);
            self.names.push((name.to_ascii_lowercase(), written, index));
        }
        self.misprints.extend(toml.misprints.iter().map(|code| (code.0.0, index)));
        let name = toml.name.clone().unwrap_or_default();
        self.identities.push((family, place, name, toml.first_phrase().to_owned()));
    }

    /// The entries, sorted by family and identity.
    fn sorted_identities(&self) -> Vec<u32> {
        let identity = |entry: &u32| {
            let (family, place, name, phrase) = &self.identities[*entry as usize];
            (*family, place.identity(name, phrase))
        };
        let mut entries: Vec<u32> = (0..self.identities.len() as u32).collect();
        entries.sort_by(|a, b| identity(a).cmp(&identity(b)));
        entries
    }

    /// The indexes of `names`, sorted as written.
    fn sorted_as_written(&self) -> Vec<u32> {
        let written = |place: &u32| {
            let (_, written, entry) = self.names[*place as usize];
            let ends = |index: u32| self.string_ends[index as usize] as usize;
            let start = if written == 0 { 0 } else { ends(written - 1) };
            (&self.strings[start..ends(written)], entry)
        };
        let mut places: Vec<u32> = (0..self.names.len() as u32).collect();
        places.sort_by(|a, b| written(a).cmp(&written(b)));
        places
    }

    fn finish(mut self) -> Vec<u8> {
        self.codes.sort_unstable();
        self.codes.dedup();
        self.misprints.sort_unstable();
        self.names.sort_unstable();
        self.names.dedup();
        let (identities, as_written) = (self.sorted_identities(), self.sorted_as_written());
        let ranges = narrowest(self.ranges);
        let flat = |pairs: Vec<(u32, u32)>| pairs.into_iter().flat_map(|(k, v)| [k, v]).collect();
        let sections: [Vec<u32>; SECTIONS - 1] = [
            self.string_ends,
            self.lists,
            self.families,
            self.entries,
            flat(self.codes),
            identities,
            ranges.into_iter().flatten().collect(),
            self.names.into_iter().flat_map(|(_, written, index)| [written, index]).collect(),
            as_written,
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

/// The rows of the section `Ranges`: for each run of numbers, the narrowest range that contains
/// it; among equally narrow ones, the first in the file.
fn narrowest(mut ranges: Vec<(u16, NumberRange, u32)>) -> Vec<[u32; super::RANGE_WORDS]> {
    ranges.sort_unstable_by_key(|(family, numbers, entry)| (*family, numbers.first, *entry));
    let mut rows = Vec::new();
    for of_family in ranges.chunk_by(|a, b| a.0 == b.0) {
        narrowest_of_family(of_family, &mut rows);
    }
    rows
}

/// The same for one family's ranges, sorted by first number.
fn narrowest_of_family(
    ranges: &[(u16, NumberRange, u32)],
    rows: &mut Vec<[u32; super::RANGE_WORDS]>,
) {
    // Where a range begins or has ended, another one may become the narrowest.
    let ends = ranges
        .iter()
        .flat_map(|(_, numbers, _)| [i64::from(numbers.first), i64::from(numbers.last) + 1]);
    let borders: Vec<i64> = ends.collect::<BTreeSet<_>>().into_iter().collect();
    let mut coming = ranges.iter().peekable();
    // The ranges that have begun, with the narrowest on top.
    let mut open = std::collections::BinaryHeap::new();
    for run in borders.windows(2) {
        while let Some((_, numbers, entry)) =
            coming.next_if(|(_, numbers, _)| i64::from(numbers.first) <= run[0])
        {
            open.push(Reverse((numbers.width(), *entry, numbers.last)));
        }
        while open.peek().is_some_and(|Reverse((.., last))| i64::from(*last) < run[0]) {
            open.pop();
        }
        if let Some(Reverse((_, entry, _))) = open.peek() {
            rows.push([u32::from(ranges[0].0), run[0] as u32, (run[1] - 1) as u32, *entry]);
        }
    }
}
