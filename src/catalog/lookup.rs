//! Lookups by code, number and name.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::format::pack::Table;
use super::format::{Identity, MOST_ALIKE, NumberRange, Place};
use super::{Catalog, Entry, FamilyId, NameId};
use crate::code::Code;

impl Catalog {
    /// The entries in effect among those that `find` finds, the last layer's first.
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

    /// The entries of a code: those of the code itself, then those of ranges of numbers that
    /// contain it, then those that published tables list under it by mistake.
    #[must_use]
    pub fn by_code(&self, code: Code) -> Vec<Entry<'_>> {
        let mut entries = self.collect(|table| table.by_code(code));
        if self.codes_of_ranges.contains(code) {
            for id in self.families_of_ranges.at(code) {
                if entries.iter().all(|entry| entry.family != id) {
                    let numbers = self.family(id).numbers_of(code);
                    entries.extend(numbers.filter_map(|n| self.by_range(id, n)).take(1));
                }
            }
        }
        entries.extend(self.collect(|table| table.by_misprint(code)));
        entries
    }

    /// Whether [`Catalog::by_code`] finds anything, without building the list.
    #[must_use]
    pub fn knows_code(&self, code: Code) -> bool {
        let is_found = |layer: usize, table: &Table| {
            table.by_code(code).any(|index| self.counts(layer, index))
                || table.by_misprint(code).any(|index| self.counts(layer, index))
        };
        self.codes_of_ranges.contains(code)
            || self.layers.iter().enumerate().any(|(layer, of)| is_found(layer, &of.table))
    }

    /// Whether a family's formula of limited range assigns the code to a number, with or without an
    /// entry for it.
    #[must_use]
    pub fn is_numbered(&self, code: Code) -> bool {
        self.numbered_codes.contains(code)
    }

    /// The entry for a family's number: its own, or that of the range that contains it.
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

    /// The entry of the narrowest range that contains a family's number; if several are equally
    /// narrow, the last layer's.
    fn by_range(&self, family: FamilyId, number: i32) -> Option<Entry<'_>> {
        let in_layers = self.layers.iter().enumerate().rev();
        let of_layers = in_layers.filter_map(|(layer, of_layer)| {
            let row = of_layer.table.by_range(of_layer.index_of(family)?, number)?;
            let numbers = of_layer.table.place_of(row.entry).number?;
            self.is_part_of_family(layer, family).then_some((layer, row.entry, numbers))
        });
        // A range in a later layer is exactly as wide as the one it replaces.
        let (layer, index, _) = of_layers.min_by_key(|(.., numbers)| numbers.width())?;
        self.entry(layer, index)
    }

    /// The entries of all families for this number, one per family, in family order.
    #[must_use]
    pub fn by_any_number(&self, number: i32) -> Vec<Entry<'_>> {
        self.families().filter_map(|family| self.by_number(family.catalog_id(), number)).collect()
    }

    /// The entries with this symbolic name or alias, ignoring case.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Vec<Entry<'_>> {
        each_once(self.collect(|table| table.by_name(name)))
    }

    /// The entries with exactly this symbolic name or alias, at most 64 of them: a scan looks at each.
    #[must_use]
    pub fn by_written_name(&self, name: &str) -> Vec<Entry<'_>> {
        let mut entries = Vec::new();
        for (layer, of_layer) in self.layers.iter().enumerate().rev() {
            let indices = of_layer.table.by_written_name(name);
            let found = indices.filter_map(|index| self.entry(layer, index));
            entries.extend(found.take(MOST_ALIKE - entries.len()));
            if entries.len() == MOST_ALIKE {
                break;
            }
        }
        each_once(entries)
    }

    /// The entries with a name of this catalog, ignoring case, starting with the entry of the id.
    #[must_use]
    pub fn namesakes(&self, id: NameId) -> Vec<Entry<'_>> {
        let Some(entry) = self.entry_by_id(id.entry()) else { return Vec::new() };
        let mut names = std::iter::once(entry.name()).chain(entry.aliases());
        let name = names.nth(id.place.into()).unwrap_or_default();
        // An entry may be known by its phrases alone.
        let others = if name.is_empty() { Vec::new() } else { self.by_name(name) };
        each_once(std::iter::once(entry).chain(others).collect())
    }

    /// The names and aliases that begin with `prefix`, ignoring case, in order within a layer, each
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

    /// The code of an entry: its own, or that of its number by the family's first formula that
    /// fits.
    #[must_use]
    pub fn code_of(&self, entry: &Entry<'_>) -> Option<Code> {
        self.code_at(entry.family, entry.row.place)
    }

    /// The code of a place in this family.
    pub(super) fn code_at(&self, family: FamilyId, place: Place) -> Option<Code> {
        place.code.or_else(|| self.family(family).code_of(place.number?.single()?))
    }
}

/// Removes duplicates: an entry may have a name in two spellings.
fn each_once(mut entries: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    if entries.len() > 1 {
        let mut seen = HashSet::new();
        entries.retain(|entry| seen.insert(entry.id));
    }
    entries
}

/// The codes that ranges of numbers explain, and the families of those ranges.
pub(super) fn codes_of_ranges(catalog: &Catalog) -> (CodeRuns, FamilyRuns) {
    let mut runs: HashMap<FamilyId, Vec<(u32, u32)>> = HashMap::new();
    for (layer, of_layer) in catalog.layers.iter().enumerate() {
        for row in of_layer.table.range_rows() {
            let family = of_layer.family(row.family);
            if catalog.is_enabled(family) && catalog.is_part_of_family(layer, family) {
                let formulas = catalog.family(family).reading();
                let codes = formulas.flat_map(|formula| formula.codes(row.numbers));
                runs.entry(family).or_default().extend(codes);
            }
        }
    }
    let of_families: Vec<_> =
        runs.into_iter().map(|(family, runs)| (family, CodeRuns::of(runs))).collect();
    let all = of_families.iter().flat_map(|(_, runs)| runs.0.iter().copied()).collect();
    (CodeRuns::of(all), FamilyRuns::of(&of_families))
}

/// The codes that formulas of limited range assign to numbers.
pub(super) fn numbered_codes(catalog: &Catalog) -> CodeRuns {
    let formulas = catalog.families().flat_map(|family| family.reading());
    let limited = formulas.filter(|formula| formula.numbers != NumberRange::ALL);
    CodeRuns::of(limited.flat_map(|formula| formula.codes(NumberRange::ALL)).collect())
}

/// A set of codes as sorted, disjoint runs from a first to a last code.
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

/// Runs of codes, each with its family: an interval tree, sorted by first code.
#[derive(Clone, Debug, Default)]
pub(super) struct FamilyRuns(Arc<[FamilyRun]>);

#[derive(Clone, Copy, Debug)]
struct FamilyRun {
    first: u32,
    last: u32,
    family: FamilyId,
    /// The largest last code among the runs of the part that this run is the middle of.
    last_of_part: u32,
}

impl FamilyRuns {
    fn of(families: &[(FamilyId, CodeRuns)]) -> Self {
        let of_family = |(family, runs): &(FamilyId, CodeRuns)| -> Vec<FamilyRun> {
            let run = |&(first, last): &(u32, u32)| FamilyRun {
                first,
                last,
                family: *family,
                last_of_part: last,
            };
            runs.0.iter().map(run).collect()
        };
        let mut runs: Vec<FamilyRun> = families.iter().flat_map(of_family).collect();
        runs.sort_unstable_by_key(|run| (run.first, run.family));
        note_last(&mut runs);
        Self(runs.into())
    }

    /// The families that have a code in one of their runs, in order.
    fn at(&self, code: Code) -> Vec<FamilyId> {
        let mut families = Vec::new();
        self.collect(0..self.0.len(), code.0, &mut families);
        families.sort_unstable();
        families
    }

    fn collect(&self, part: Range<usize>, code: u32, families: &mut Vec<FamilyId>) {
        let middle = part.start + part.len() / 2;
        if part.is_empty() || self.0[middle].last_of_part < code {
            return;
        }
        let run = &self.0[middle];
        self.collect(part.start..middle, code, families);
        if run.first <= code {
            families.extend((code <= run.last).then_some(run.family));
            self.collect(middle + 1..part.end, code, families);
        }
    }
}

/// Stores the largest last code of each part in its middle; returns that of all runs.
fn note_last(runs: &mut [FamilyRun]) -> u32 {
    let (before, rest) = runs.split_at_mut(runs.len() / 2);
    let Some((middle, after)) = rest.split_first_mut() else { return 0 };
    middle.last_of_part = middle.last.max(note_last(before)).max(note_last(after));
    middle.last_of_part
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Layer;

    proptest! {
        #[test]
        fn the_families_of_a_code_are_those_with_a_run_around_it(
            runs in prop::collection::vec((0..4_u16, 0..40_u32, 0..12_u32), 0..40),
            code in 0..60_u32,
        ) {
            let mut of_families: HashMap<FamilyId, Vec<(u32, u32)>> = HashMap::new();
            for (family, first, more) in runs {
                of_families.entry(FamilyId(family)).or_default().push((first, first + more));
            }
            let of_families: Vec<_> =
                of_families.into_iter().map(|(id, runs)| (id, CodeRuns::of(runs))).collect();
            let mut expected: Vec<FamilyId> = of_families
                .iter()
                .filter(|(_, runs)| runs.contains(Code(code)))
                .map(|(id, _)| *id)
                .collect();
            expected.sort_unstable();
            prop_assert_eq!(FamilyRuns::of(&of_families).at(Code(code)), expected);
        }
    }

    /// A catalog of `count` families, each in a file of its own with its own base and range.
    fn families_with_ranges(count: u32) -> Catalog {
        let layer = |number: u32| {
            let base = 0x9000_0000 + (number << 16);
            let text = format!(
                "[family]\nid = \"f{number}\"\ntitle = \"F\"\nbase = {base}\n[[entry]]\n\
                 number = \"0..=65535\"\nseverity = \"error\"\nmessage = \"x\"\n"
            );
            Layer::parse("f.toml", &text).unwrap()
        };
        let layers: Vec<Layer> = (0..count).map(layer).collect();
        Catalog::builtin().with_layers(&layers).0
    }

    #[test]
    fn a_code_in_one_familys_range_does_not_visit_the_others() {
        let cost = |count: u32| {
            let catalog = families_with_ranges(count);
            crate::work::of(|| assert_eq!(catalog.by_code(Code(0x9000_1234)).len(), 1))
        };
        let (few, many) = (cost(10), cost(160));
        // Each file is a layer. Every layer is visited, but not every family in every layer.
        assert!(many <= 20 * few, "{many} words read, {few} for a sixteenth of the families");
    }

    const TEAM: &str = r#"
        [family]
        id = "team"
        title = "Team"
        formulas = [{ numbers = "1..=99", base = 0xE0000000 }]

        [[entry]]
        number = 1
        name = "TEAM_A"
        aliases = ["TEAM_B"]
        severity = "error"
        message = "one"

        [[entry]]
        number = 2
        name = "team_b"
        severity = "error"
        message = "two"

        [[entry]]
        number = 3
        severity = "error"
        message = "three"

        [[entry]]
        number = "1..=50"
        misprints = [0xE0000001, 0xE0000060]
        severity = "error"
        message = "one to fifty"

        [[entry]]
        number = 200
        severity = "error"
        message = "two hundred"
    "#;

    const OTHER: &str = r#"
        [family]
        id = "other"
        title = "Other"

        [[entry]]
        number = 1
        name = "TEAM_A_TOO"
        severity = "error"
        message = "another one"
    "#;

    fn catalog() -> Catalog {
        let layers = [TEAM, OTHER].map(|text| Layer::parse("team.toml", text).unwrap());
        layers.iter().fold(Catalog::default(), Catalog::with_layer)
    }

    fn messages<'c>(entries: &[Entry<'c>]) -> Vec<&'c str> {
        entries.iter().map(|entry| entry.message().en).collect()
    }

    #[test]
    fn a_codes_own_entry_comes_before_those_it_is_a_misprint_of() {
        let catalog = catalog();
        let by_code = |code| messages(&catalog.by_code(Code(code)));
        assert_eq!(by_code(0xE000_0001), ["one", "one to fifty"]);
        assert_eq!(by_code(0xE000_0060), ["one to fifty"]);
    }

    #[test]
    fn a_range_explains_the_numbers_that_have_no_entry_of_their_own() {
        let catalog = catalog();
        let by_code = |code| messages(&catalog.by_code(Code(code)));
        assert_eq!(by_code(0xE000_0003), ["three"]);
        assert_eq!(by_code(0xE000_0004), ["one to fifty"]);
        assert_eq!(by_code(0xE000_0033), [""; 0]);
    }

    #[test]
    fn a_code_is_known_if_there_is_an_answer_and_numbered_if_a_formula_makes_it() {
        let catalog = catalog();
        for (code, known, numbered) in [
            (0xE000_0001, true, true),
            (0xE000_0004, true, true),
            (0xE000_0060, true, true),
            (0xE000_0061, false, true),
            (0xE000_0064, false, false),
        ] {
            assert_eq!(catalog.knows_code(Code(code)), known, "{code:#X}");
            assert_eq!(catalog.is_numbered(Code(code)), numbered, "{code:#X}");
        }
    }

    #[test]
    fn a_bare_number_is_that_of_every_family_that_has_it() {
        let catalog = catalog();
        assert_eq!(messages(&catalog.by_any_number(1)), ["one", "another one"]);
        assert_eq!(messages(&catalog.by_any_number(4)), ["one to fifty"]);
        assert_eq!(messages(&catalog.by_any_number(51)), [""; 0]);
    }

    #[test]
    fn a_name_is_found_whatever_its_case_and_a_written_name_is_not() {
        let catalog = catalog();
        assert_eq!(messages(&catalog.by_name("Team_B")), ["one", "two"]);
        assert_eq!(messages(&catalog.by_written_name("TEAM_B")), ["one"]);
        assert_eq!(messages(&catalog.by_written_name("Team_B")), [""; 0]);
    }

    #[test]
    fn an_entry_comes_first_among_those_that_share_one_of_its_names() {
        let catalog = catalog();
        let namesakes = |message, name| {
            let entry = catalog.entries().find(|entry| entry.message().en == message).unwrap();
            messages(&catalog.namesakes(entry.name_id(name)))
        };
        assert_eq!(namesakes("one", "TEAM_B"), ["one", "two"]);
        assert_eq!(namesakes("one", "TEAM_A"), ["one"]);
        assert_eq!(namesakes("two", "team_b"), ["two", "one"]);
        assert_eq!(namesakes("three", ""), ["three"]);
    }

    #[test]
    fn names_are_offered_by_their_beginning_the_last_layers_first() {
        let catalog = catalog();
        let names = |prefix| -> Vec<_> {
            let found = catalog.by_name_prefix(prefix);
            found.into_iter().map(|(name, entry)| (name, entry.message().en)).collect()
        };
        assert_eq!(names("Team_A"), [("TEAM_A_TOO", "another one"), ("TEAM_A", "one")],);
        assert_eq!(names("team_b"), [("TEAM_B", "one"), ("team_b", "two")]);
    }

    #[test]
    fn only_a_single_number_within_a_formula_has_a_code() {
        let catalog = catalog();
        let code = |message| {
            let entry = catalog.entries().find(|entry| entry.message().en == message).unwrap();
            catalog.code_of(&entry)
        };
        assert_eq!(code("one"), Some(Code(0xE000_0001)));
        assert_eq!([code("one to fifty"), code("two hundred")], [None, None]);
    }

    #[test]
    fn runs_of_codes_that_touch_are_one() {
        let runs = CodeRuns::of(vec![(8, 9), (1, 3), (4, 5), (2, 2), (u32::MAX, u32::MAX)]);
        assert_eq!(*runs.0, [(1, 5), (8, 9), (u32::MAX, u32::MAX)]);
        let held: Vec<_> = (0..=10).filter(|code| runs.contains(Code(*code))).collect();
        assert_eq!(held, [1, 2, 3, 4, 5, 8, 9]);
        assert!(runs.contains(Code(u32::MAX)) && !runs.contains(Code(u32::MAX - 1)));
    }
}
