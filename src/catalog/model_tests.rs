//! Compares the catalog with a naive model: layers of a few families, numbers, codes and names are
//! generated, and every lookup must return what a walk over all entries returns.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::{Catalog, Entry, Layer};
use crate::code::Code;

const FAMILIES: [&str; 3] = ["a", "b", "c"];
const NAMES: [&str; 6] = ["E_ONE", "e_one", "E_TWO", "E_TWO_MORE", "E_", "F_ONE"];

/// A formula with few numbers and bases close together, so that formulas overlap and numbers meet
/// codes.
#[derive(Clone, Copy, Debug)]
struct Formula {
    first: i32,
    last: i32,
    base: u32,
}

impl Formula {
    fn code(self, number: i32) -> Option<u32> {
        let code = self.base.wrapping_add(number as u32);
        (self.first..=self.last).contains(&number).then_some(code)
    }

    fn number(self, code: u32) -> Option<i32> {
        let number = code.wrapping_sub(self.base) as i32;
        (self.first..=self.last).contains(&number).then_some(number)
    }
}

#[derive(Clone, Copy, Debug)]
enum By {
    Number(i32),
    Range(i32, i32),
    Code(u32),
    Name,
    Phrase(u8),
}

#[derive(Clone, Debug)]
struct ModelEntry {
    by: By,
    /// An index into `NAMES`; an entry by name has one.
    name: Option<usize>,
    alias: Option<usize>,
    misprint: Option<u32>,
}

#[derive(Clone, Debug)]
struct ModelLayer {
    family: usize,
    defines: bool,
    formulas: Vec<Formula>,
    wrapped: Vec<Formula>,
    entries: Vec<ModelEntry>,
}

impl ModelLayer {
    /// The layer as a catalog file; each message is the entry's number in the whole stack.
    fn toml(&self, messages: usize) -> String {
        let mut text = format!("[family]\nid = \"{}\"\n", FAMILIES[self.family]);
        if self.defines {
            text.push_str("title = \"T\"\n");
            for (key, formulas) in [("formulas", &self.formulas), ("wrapped", &self.wrapped)] {
                let list: Vec<String> = formulas
                    .iter()
                    .map(|f| {
                        format!("{{ numbers = \"{}..={}\", base = {} }}", f.first, f.last, f.base)
                    })
                    .collect();
                let _ = writeln!(text, "{key} = [{}]", list.join(", "));
            }
        }
        for (i, entry) in self.entries.iter().enumerate() {
            let message = messages + i;
            let _ = writeln!(text, "[[entry]]\nseverity = \"error\"\nmessage = \"{message}\"");
            let _ = match entry.by {
                By::Number(number) => writeln!(text, "number = {number}"),
                By::Range(first, last) => writeln!(text, "number = \"{first}..={last}\""),
                By::Code(code) => writeln!(text, "code = {code}"),
                By::Name => Ok(()),
                By::Phrase(phrase) => writeln!(text, "phrases.en = [\"phrase {phrase}\"]"),
            };
            if let Some(name) = entry.name {
                let _ = writeln!(text, "name = \"{}\"", NAMES[name]);
            }
            if let Some(alias) = entry.alias {
                let _ = writeln!(text, "aliases = [\"{}\"]", NAMES[alias]);
            }
            if let Some(misprint) = entry.misprint {
                let _ = writeln!(text, "misprints = [{misprint}]");
            }
        }
        text
    }
}

/// The naive catalog: a list of the entries in effect, newest family definition first.
#[derive(Default)]
struct Model {
    formulas: [Option<(Vec<Formula>, Vec<Formula>)>; 3],
    entries: Vec<Known>,
    messages: usize,
}

/// An entry with the numbers and the code that it is found by.
#[derive(Clone, Debug)]
struct Known {
    message: usize,
    layer: usize,
    family: usize,
    numbers: Option<(i32, i32)>,
    code: Option<u32>,
    entry: ModelEntry,
}

impl Known {
    fn name(&self) -> Option<&'static str> {
        self.entry.name.map(|name| NAMES[name])
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.entry.name.into_iter().chain(self.entry.alias).map(|name| NAMES[name])
    }

    /// Whether the two cannot both be in effect: an independent implementation of the identity.
    fn is_same(&self, other: &Self) -> bool {
        let nameless = |known: &Self| known.numbers.is_none() && known.code.is_none();
        self.family == other.family
            && match (self.numbers, self.code, other.numbers, other.code) {
                (Some(own), _, Some(others), _) => own == others,
                (None, Some(own), None, Some(other)) => own == other,
                _ if nameless(self) && nameless(other) => match (self.name(), other.name()) {
                    (None, None) => match (self.entry.by, other.entry.by) {
                        (By::Phrase(own), By::Phrase(other)) => own == other,
                        _ => false,
                    },
                    (own, other) => own == other,
                },
                _ => false,
            }
    }
}

impl Known {
    /// Whether this gives a number or a code to an older entry with only a name.
    fn names_at_last(&self, old: &Self) -> bool {
        old.numbers.is_none()
            && old.code.is_none()
            && old.name().is_some()
            && (self.family, self.name()) == (old.family, old.name())
    }
}

impl Model {
    fn reading(&self, family: usize) -> Vec<Formula> {
        match &self.formulas[family] {
            Some((written, wrapped)) if !written.is_empty() => {
                written.iter().chain(wrapped).copied().collect()
            }
            _ => Vec::new(),
        }
    }

    fn add(&mut self, number: usize, layer: &ModelLayer) {
        if layer.defines {
            self.formulas[layer.family] = Some((layer.formulas.clone(), layer.wrapped.clone()));
            self.entries.retain(|known| known.family != layer.family);
        }
        let new: Vec<Known> = layer
            .entries
            .iter()
            .enumerate()
            .map(|(i, entry)| self.placed(number, layer.family, self.messages + i, entry))
            .collect();
        self.messages += layer.entries.len();
        self.entries
            .retain(|old| !new.iter().any(|new| new.is_same(old) || new.names_at_last(old)));
        self.entries.extend(new);
    }

    fn placed(&self, layer: usize, family: usize, message: usize, entry: &ModelEntry) -> Known {
        let (numbers, code) = match entry.by {
            By::Number(number) => (Some((number, number)), None),
            By::Range(first, last) => (Some((first, last)), None),
            By::Code(code) => {
                let number = self.reading(family).iter().find_map(|f| f.number(code));
                (number.map(|number| (number, number)), Some(code))
            }
            By::Name => {
                let bearers: Vec<&Known> = self
                    .entries
                    .iter()
                    .filter(|known| known.family == family && known.entry.name == entry.name)
                    .collect();
                match bearers[..] {
                    [only] => (only.numbers, only.code),
                    _ => (None, None),
                }
            }
            By::Phrase(_) => (None, None),
        };
        Known { message, layer, family, numbers, code, entry: entry.clone() }
    }

    /// The codes that an entry with a single number or code is read from.
    fn codes(&self, known: &Known) -> BTreeSet<u32> {
        let none = (Vec::new(), Vec::new());
        let (written, wrapped) = self.formulas[known.family].as_ref().unwrap_or(&none);
        let mut codes: BTreeSet<u32> = known.code.into_iter().collect();
        match (known.numbers, known.code) {
            (Some((first, last)), _) if first == last => {
                codes.extend(written.iter().chain(wrapped).filter_map(|f| f.code(first)));
            }
            (None, Some(code)) => {
                codes.extend(wrapped.iter().filter_map(|f| f.code(code as i32)));
            }
            _ => {}
        }
        codes
    }

    fn by_range(&self, family: usize, number: i32) -> Option<&Known> {
        let holds = |known: &&Known| {
            known.family == family
                && known
                    .numbers
                    .is_some_and(|(first, last)| first < last && (first..=last).contains(&number))
        };
        let width = |known: &&Known| known.numbers.map(|(first, last)| last - first);
        let best = |known: &&Known| (width(known), usize::MAX - known.layer, known.message);
        self.entries.iter().filter(holds).min_by_key(best)
    }

    fn by_number(&self, family: usize, number: i32) -> Option<usize> {
        let exact = self
            .entries
            .iter()
            .find(|known| known.family == family && known.numbers == Some((number, number)));
        exact.or_else(|| self.by_range(family, number)).map(|known| known.message)
    }

    fn by_code(&self, enabled: [bool; 3], code: u32) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for family in (0..3).filter(|&family| enabled[family]) {
            let of_family = || self.entries.iter().filter(|known| known.family == family);
            let own: Vec<usize> = of_family()
                .filter(|known| self.codes(known).contains(&code))
                .map(|known| known.message)
                .collect();
            if own.is_empty() {
                let numbers = self.reading(family).into_iter().filter_map(|f| f.number(code));
                let ranges = numbers.filter_map(|n| self.by_range(family, n)).take(1);
                found.extend(ranges.map(|known| known.message));
            }
            found.extend(own);
            let misprinted = of_family().filter(|known| known.entry.misprint == Some(code));
            found.extend(misprinted.map(|known| known.message));
        }
        found
    }

    fn by_name(&self, enabled: [bool; 3], is_it: impl Fn(&str) -> bool) -> BTreeSet<usize> {
        let counts = |known: &&Known| enabled[known.family] && known.names().any(&is_it);
        self.entries.iter().filter(counts).map(|known| known.message).collect()
    }
}

fn formula() -> impl Strategy<Value = Formula> {
    (-1..4_i32, 0..4_i32, prop::sample::select(vec![0_u32, 2, 0x8000_0000, u32::MAX]))
        .prop_map(|(first, more, base)| Formula { first, last: first + more, base })
}

fn code() -> impl Strategy<Value = u32> {
    prop_oneof![0..8_u32, 0x7FFF_FFFF..0x8000_0006_u32, u32::MAX - 3..=u32::MAX]
}

fn entry() -> impl Strategy<Value = ModelEntry> {
    let by = prop_oneof![
        3 => (-2..6).prop_map(By::Number),
        2 => (-2..5, 1..4).prop_map(|(first, more)| By::Range(first, first + more)),
        3 => code().prop_map(By::Code),
        2 => Just(By::Name),
        1 => (0..2_u8).prop_map(By::Phrase),
    ];
    let name = || prop::option::of(0..NAMES.len());
    (by, name(), 0..NAMES.len(), name(), prop::option::of(code())).prop_map(
        |(by, name, sure, alias, misprint)| {
            let name = match by {
                By::Name => Some(sure),
                By::Phrase(_) => None,
                _ => name,
            };
            ModelEntry { by, name, alias, misprint }
        },
    )
}

fn layer() -> impl Strategy<Value = ModelLayer> {
    let formulas = || prop::collection::vec(formula(), 0..3);
    (0..3_usize, any::<bool>(), formulas(), formulas(), prop::collection::vec(entry(), 0..7))
        .prop_map(|(family, defines, formulas, wrapped, entries)| ModelLayer {
            family,
            defines,
            formulas,
            wrapped,
            entries,
        })
}

/// The catalog of the accepted layers, and its model.
fn built(layers: &[ModelLayer]) -> (Catalog, Model) {
    let (mut catalog, mut model) = (Catalog::default(), Model::default());
    for layer in layers {
        let mut layer = layer.clone();
        // Of identical entries only the first is kept: a file with both is rejected.
        let Some(accepted) = accepted(&catalog, &mut layer, model.messages) else { continue };
        model.add(catalog.layers.len(), &layer);
        catalog = catalog.with_layer(&accepted);
    }
    (catalog, model)
}

/// The layer without the rejected entries; `None` if it is rejected as a whole.
fn accepted(catalog: &Catalog, layer: &mut ModelLayer, messages: usize) -> Option<Layer> {
    let read = |layer: &ModelLayer| {
        let read = Layer::parse("x.toml", &layer.toml(messages)).ok();
        read.filter(|read| read.problems_in(catalog).is_empty())
    };
    let entries = std::mem::take(&mut layer.entries);
    let mut accepted = read(layer)?;
    for entry in entries {
        layer.entries.push(entry);
        match read(layer) {
            Some(more) => accepted = more,
            None => {
                layer.entries.pop();
            }
        }
    }
    Some(accepted)
}

fn messages(entries: &[Entry<'_>]) -> BTreeSet<usize> {
    entries.iter().map(message).collect()
}

fn message(entry: &Entry<'_>) -> usize {
    entry.message().en.parse().unwrap()
}

/// The codes near everything that the strategies generate.
fn codes() -> impl Iterator<Item = u32> {
    (0..14).chain(0x7FFF_FFFA..0x8000_000C).chain(u32::MAX - 8..=u32::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_lookup_agrees_with_the_model(
        layers in prop::collection::vec(layer(), 1..6),
        enabled in [prop::bool::weighted(0.8), prop::bool::weighted(0.8), prop::bool::weighted(0.8)],
    ) {
        let (catalog, model) = built(&layers);
        let is_enabled = |id: &str| enabled[FAMILIES.iter().position(|known| *known == id).unwrap()];
        let catalog = catalog.with_families(is_enabled);
        let expected: BTreeSet<usize> = model
            .entries
            .iter()
            .filter(|known| enabled[known.family])
            .map(|known| known.message)
            .collect();
        prop_assert_eq!(messages(&catalog.entries().collect::<Vec<_>>()), expected);
        for code in codes() {
            let found = catalog.by_code(Code(code));
            let expected = model.by_code(enabled, code);
            prop_assert_eq!(messages(&found), expected, "code {:#X}", code);
            prop_assert_eq!(catalog.knows_code(Code(code)), !found.is_empty(), "{:#X}", code);
            let numbered = (0..3).any(|family| {
                enabled[family] && model.reading(family).iter().any(|f| f.number(code).is_some())
            });
            prop_assert_eq!(catalog.is_numbered(Code(code)), numbered, "{:#X}", code);
        }
        for name in NAMES {
            let expected = model.by_name(enabled, |known| known.eq_ignore_ascii_case(name));
            let found = catalog.by_name(name);
            prop_assert_eq!(found.len(), expected.len(), "{}", name);
            prop_assert_eq!(messages(&found), expected, "{}", name);
            let expected = model.by_name(enabled, |known| known == name);
            prop_assert_eq!(messages(&catalog.by_written_name(name)), expected, "{}", name);
        }
        for (family, id) in FAMILIES.into_iter().enumerate() {
            let Some(view) = catalog.family_by_id(id) else { continue };
            for number in -6..12 {
                let found = catalog.by_number(view.catalog_id(), number).map(|entry| message(&entry));
                let expected = model.by_number(family, number).filter(|_| enabled[family]);
                prop_assert_eq!(found, expected, "{} {}", id, number);
            }
        }
    }
}
