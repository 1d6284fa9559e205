//! Look-ups by code, number and name.

use std::collections::HashSet;
use std::sync::Arc;

use super::format::pack::Table;
use super::format::{Identity, NumberRange, Place};
use super::{Catalog, Entry, FamilyId};
use crate::code::Code;

impl Catalog {
    /// The entries that count of those that `find` finds, the last layer's first.
    fn collect<'c, I: Iterator<Item = u32>>(
        &'c self,
        find: impl Fn(&'c Table) -> I,
    ) -> Vec<Entry<'c>> {
        let mut entries = Vec::new();
        for (layer, of_layer) in self.layers.iter().enumerate().rev() {
            let indices = find(&of_layer.table);
            entries.extend(indices.filter_map(|index| self.entry(layer, index)));
        }
        entries
    }

    /// The entries of a code: those of the code itself, then those whose family's range of
    /// numbers holds it, then those that published tables print with it by mistake.
    #[must_use]
    pub fn by_code(&self, code: Code) -> Vec<Entry<'_>> {
        let mut entries = self.collect(|table| table.by_code(code));
        if self.codes_of_ranges.contains(code) {
            for family in self.families() {
                let id = family.catalog_id();
                if entries.iter().all(|entry| entry.family != id) {
                    let ranges = family.numbers_of(code).filter_map(|n| self.by_range(id, n));
                    entries.extend(ranges.take(1));
                }
            }
        }
        entries.extend(self.collect(|table| table.by_misprint(code)));
        entries
    }

    /// Whether [`Catalog::by_code`] has an answer, found without making it.
    #[must_use]
    pub fn knows_code(&self, code: Code) -> bool {
        let is_found = |layer: usize, table: &Table| {
            table.by_code(code).any(|index| self.counts(layer, index))
                || table.by_misprint(code).any(|index| self.counts(layer, index))
        };
        self.codes_of_ranges.contains(code)
            || self.layers.iter().enumerate().any(|(layer, of)| is_found(layer, &of.table))
    }

    /// Whether a family's formula of limited range makes the code of a number, be there an entry
    /// of that number or not.
    #[must_use]
    pub fn is_numbered(&self, code: Code) -> bool {
        self.numbered_codes.contains(code)
    }

    /// The entry of a family's number: its own, or the range's that holds it.
    #[must_use]
    pub fn by_number(&self, family: FamilyId, number: i32) -> Option<Entry<'_>> {
        let identity = Identity::Numbers(NumberRange::one(number));
        let exact = self.layers.iter().enumerate().rev().find_map(|(layer, of_layer)| {
            let index = of_layer.index_of(family)?;
            let mut found = of_layer.table.by_identity(index, identity);
            found.find_map(|index| self.entry(layer, index))
        });
        exact.or_else(|| self.by_range(family, number))
    }

    /// The entry of the narrowest range that holds a family's number; of those as narrow, the
    /// last layer's.
    fn by_range(&self, family: FamilyId, number: i32) -> Option<Entry<'_>> {
        let in_layers = self.layers.iter().enumerate().rev();
        let of_layers = in_layers.filter_map(|(layer, of_layer)| {
            let row = of_layer.table.by_range(of_layer.index_of(family)?, number)?;
            let numbers = of_layer.table.place_of(row.entry).number?;
            self.is_part_of_family(layer, family).then_some((layer, row.entry, numbers))
        });
        // A range that a later layer replaces is as wide as the one in its place.
        let (layer, index, _) = of_layers.min_by_key(|(.., numbers)| numbers.width())?;
        self.entry(layer, index)
    }

    /// The entries of any family with this number, one per family, in the families' order.
    #[must_use]
    pub fn by_any_number(&self, number: i32) -> Vec<Entry<'_>> {
        self.families().filter_map(|family| self.by_number(family.catalog_id(), number)).collect()
    }

    /// The entries with this symbolic name or alias, case aside.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Vec<Entry<'_>> {
        each_once(self.collect(|table| table.by_name(name)))
    }

    /// The entries with exactly this symbolic name or alias.
    #[must_use]
    pub fn by_written_name(&self, name: &str) -> Vec<Entry<'_>> {
        each_once(self.collect(|table| table.by_written_name(name)))
    }

    /// The entry and those that share its symbolic name or an alias with it, case aside.
    #[must_use]
    pub fn namesakes<'c>(&'c self, entry: &Entry<'c>) -> Vec<Entry<'c>> {
        let own = Some(entry.name()).filter(|name| !name.is_empty());
        let names = own.into_iter().chain(entry.aliases());
        each_once(
            std::iter::once(*entry).chain(names.flat_map(|name| self.by_name(name))).collect(),
        )
    }

    /// The names and aliases that begin with `prefix`, case aside, in order within a layer, each
    /// with its entry.
    #[must_use]
    pub fn by_name_prefix(&self, prefix: &str) -> Vec<(&str, Entry<'_>)> {
        let mut found = Vec::new();
        for (layer, of_layer) in self.layers.iter().enumerate().rev() {
            let names = of_layer.table.by_name_prefix(prefix);
            found.extend(names.filter_map(|(name, at)| Some((name, self.entry(layer, at)?))));
        }
        found
    }

    /// The code of an entry: its own, or its number's by the family's first formula that fits.
    #[must_use]
    pub fn code_of(&self, entry: &Entry<'_>) -> Option<Code> {
        self.code_at(entry.family, entry.row.place)
    }

    /// The code of an entry of this family at this place.
    pub(super) fn code_at(&self, family: FamilyId, place: Place) -> Option<Code> {
        place.code.or_else(|| self.family(family).code_of(place.number?.single()?))
    }
}

/// An entry may have a name in two spellings: it is found once.
fn each_once(mut entries: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    if entries.len() > 1 {
        let mut seen = HashSet::new();
        entries.retain(|entry| seen.insert(entry.id));
    }
    entries
}

/// The codes that ranges of numbers explain.
pub(super) fn codes_of_ranges(catalog: &Catalog) -> CodeRuns {
    let mut runs = Vec::new();
    for (layer, of_layer) in catalog.layers.iter().enumerate() {
        for row in of_layer.table.range_rows() {
            let family = of_layer.family(row.family);
            if catalog.is_enabled(family) && catalog.is_part_of_family(layer, family) {
                let formulas = catalog.family(family).reading();
                runs.extend(formulas.flat_map(|formula| formula.codes(row.numbers)));
            }
        }
    }
    CodeRuns::of(runs)
}

/// The codes that formulas of limited range make of numbers.
pub(super) fn numbered_codes(catalog: &Catalog) -> CodeRuns {
    let formulas = catalog.families().flat_map(|family| family.reading());
    let limited = formulas.filter(|formula| formula.numbers != NumberRange::ALL);
    CodeRuns::of(limited.flat_map(|formula| formula.codes(NumberRange::ALL)).collect())
}

/// A set of codes, as runs from a first code to a last one, sorted and apart.
#[derive(Clone, Debug, Default)]
pub(super) struct CodeRuns(Arc<[(u32, u32)]>);

impl CodeRuns {
    fn of(mut runs: Vec<(u32, u32)>) -> Self {
        runs.sort_unstable();
        let mut apart: Vec<(u32, u32)> = Vec::new();
        for (first, last) in runs {
            match apart.last_mut() {
                Some(run) if first <= run.1.saturating_add(1) => run.1 = run.1.max(last),
                _ => apart.push((first, last)),
            }
        }
        Self(apart.into())
    }

    fn contains(&self, code: Code) -> bool {
        let past = self.0.partition_point(|(first, _)| *first <= code.0);
        past > 0 && self.0[past - 1].1 >= code.0
    }
}
