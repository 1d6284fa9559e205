//! The layers of a catalog, its families, and which entries are in effect.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::format::pack::{Table, pack};
use super::format::{Formulas, Identity, Known, Place, Problem, Source, problems_among};
use super::lookup::{CodeRuns, FamilyRuns};
use super::views::{Entry, EntryId, Family, FamilyId};
use super::{builtin, lookup};

/// A catalog file that has been read and is valid on its own: one layer of a [`Catalog`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer(Arc<Source>);

impl Layer {
    /// Reads a catalog file's text; `path` names the file in problems and definitions.
    ///
    /// # Errors
    /// All problems in the file, each with its line and column.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Source::parse(path, text).map(|source| Self(Arc::new(source)))
    }

    /// The problems of the file as the next layer of `catalog`: a reference to an unknown family,
    /// or two entries that the family's formulas make identical. Files that are read together are
    /// checked by [`Catalog::with_layers`].
    #[must_use]
    pub fn problems_in(&self, catalog: &Catalog) -> Vec<Problem> {
        problems_among(&[&self.0], catalog)
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether it has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// All known families and entries.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    pub(super) layers: Vec<LayerTable>,
    families: Vec<FamilyPlace>,
    by_id: HashMap<String, FamilyId>,
    /// The codes that ranges of numbers explain.
    pub(super) codes_of_ranges: CodeRuns,
    /// The same, with the family of each range.
    pub(super) families_of_ranges: FamilyRuns,
    /// The codes that formulas of limited range assign to numbers.
    pub(super) numbered_codes: CodeRuns,
    /// How freely users' notations match.
    users_freedom: usize,
}

#[derive(Clone, Debug)]
pub(super) struct LayerTable {
    pub(super) table: Arc<Table>,
    /// Maps a table's own family index to the catalog's, in ascending order.
    families: Vec<FamilyId>,
}

impl LayerTable {
    /// The catalog's family for an index of this table.
    pub(super) fn family(&self, index: u16) -> FamilyId {
        self.families[index as usize]
    }

    /// This table's index for a family of the catalog.
    pub(super) fn index_of(&self, family: FamilyId) -> Option<u16> {
        self.families.binary_search(&family).ok().map(|index| index as u16)
    }
}

/// Where a family is defined.
#[derive(Clone, Debug)]
struct FamilyPlace {
    layer: usize,
    index: u16,
    enabled: bool,
}

/// The most notations of all users' families together: a number may be tried with each of them.
const MOST_USERS_NOTATIONS: usize = 256;

/// How freely users' notations may match before scans with them are left to threads.
#[cfg(feature = "server")]
const COSTLY_FREEDOM: usize = 50;

/// How freely they may match together: each place may cost time at every byte before a number.
const MOST_USERS_FREEDOM: usize = 700;

impl Catalog {
    /// The built-in families.
    #[must_use]
    pub fn builtin() -> Self {
        Self::default().with_table(builtin::table()).with_code_runs()
    }

    /// This catalog with another layer on top.
    #[must_use]
    pub fn with_layer(self, layer: &Layer) -> Self {
        self.with_packed(layer).with_code_runs()
    }

    fn with_packed(mut self, layer: &Layer) -> Self {
        self.users_freedom += layer.0.family.freedom();
        let bytes = pack(&[&layer.0], &self);
        self.with_table(Arc::new(Table::new(Cow::Owned(bytes))))
    }

    /// This catalog with the valid layers on top, in order, and the problems of the others.
    /// `same-numbers-as` may name a family of any of them.
    #[must_use]
    pub fn with_layers(mut self, layers: &[Layer]) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        if layers.is_empty() {
            return (self, problems);
        }
        let mut notations = 0;
        for layer in layers {
            let mut found = problems_among(&[&layer.0], &Together { catalog: &self, layers });
            notations += layer.0.family.notation_count();
            if notations > MOST_USERS_NOTATIONS {
                found.push(layer.0.problem(format!(
                    "with this file, the catalogs have more than {MOST_USERS_NOTATIONS} notations"
                )));
            }
            let freedom = self.users_freedom + layer.0.family.freedom();
            if freedom > MOST_USERS_FREEDOM {
                found.push(layer.0.problem(format!(
                    "with this file, the repetitions in the catalogs' notations have {freedom} \
                     places, at most {MOST_USERS_FREEDOM} are allowed"
                )));
            }
            if found.is_empty() {
                self = self.with_packed(layer);
            }
            problems.extend(found);
        }
        (self.with_code_runs(), problems)
    }

    /// Whether users' notations match so freely that a scan may take long, however short the text.
    #[cfg(feature = "server")]
    pub(crate) fn is_costly(&self) -> bool {
        self.users_freedom > COSTLY_FREEDOM
    }

    fn with_table(mut self, table: Arc<Table>) -> Self {
        let layer = self.layers.len();
        let families: Vec<FamilyId> = (0..table.family_count())
            .map(|index| {
                let row = table.family(index);
                let next = FamilyId(self.families.len() as u16);
                let id = *self.by_id.entry(table.string(row.id).to_owned()).or_insert(next);
                let place = FamilyPlace { layer, index, enabled: true };
                if id == next {
                    self.families.push(place);
                } else if row.title[0] != 0 {
                    self.families[id.0 as usize] = place;
                }
                id
            })
            .collect();
        debug_assert!(families.is_sorted(), "built-in families are new, a file has one");
        self.layers.push(LayerTable { table, families });
        self
    }

    /// This catalog with only the families enabled for whose id `enabled` returns true.
    #[must_use]
    pub fn with_families(mut self, enabled: impl Fn(&str) -> bool) -> Self {
        for (id, family) in &self.by_id {
            self.families[family.0 as usize].enabled = enabled(id);
        }
        self.with_code_runs()
    }

    /// Computes once what the scanner asks about every number.
    fn with_code_runs(mut self) -> Self {
        (self.codes_of_ranges, self.families_of_ranges) = lookup::codes_of_ranges(&self);
        self.numbered_codes = lookup::numbered_codes(&self);
        self
    }

    /// The enabled families, in order.
    pub fn families(&self) -> impl Iterator<Item = Family<'_>> {
        (0..self.families.len())
            .filter(|&i| self.families[i].enabled)
            .map(|i| self.family(FamilyId(i as u16)))
    }

    /// The family with this id, whether enabled or not.
    #[must_use]
    pub fn family_by_id(&self, id: &str) -> Option<Family<'_>> {
        self.by_id.get(id).map(|&family| self.family(family))
    }

    /// The family with this index in this catalog.
    #[must_use]
    pub fn family(&self, id: FamilyId) -> Family<'_> {
        let place = &self.families[id.0 as usize];
        let table = &*self.layers[place.layer].table;
        Family { catalog_id: id, table, row: table.family(place.index) }
    }

    /// The entries in effect, layer by layer, in the order of the files.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.layers.len()).flat_map(move |layer| {
            (0..self.layers[layer].table.entry_count())
                .filter_map(move |index| self.entry(layer, index))
        })
    }

    /// All entries of some families.
    pub(crate) fn entries_of<'c>(
        &'c self,
        wanted: &HashSet<FamilyId>,
    ) -> impl Iterator<Item = Entry<'c>> {
        self.layers.iter().enumerate().flat_map(move |(layer, LayerTable { table, families })| {
            let is_wanted: Vec<bool> = families.iter().map(|id| wanted.contains(id)).collect();
            (0..table.entry_count())
                .filter(move |&index| is_wanted[usize::from(table.family_of(index))])
                .filter_map(move |index| self.entry(layer, index))
        })
    }

    /// The entry with this id in this catalog; `None` if it is not in effect.
    #[must_use]
    pub fn entry_by_id(&self, id: EntryId) -> Option<Entry<'_>> {
        let exists = self.layers.get(id.layer as usize)?.table.entry_count() > id.index;
        if exists { self.entry(id.layer as usize, id.index) } else { None }
    }

    /// The entry, if it is in effect.
    pub(super) fn entry(&self, layer: usize, index: u32) -> Option<Entry<'_>> {
        self.counts(layer, index).then(|| self.view(layer, index))
    }

    fn view(&self, layer: usize, index: u32) -> Entry<'_> {
        let LayerTable { table, families } = &self.layers[layer];
        let row = table.entry(index);
        let id = EntryId { layer: layer as u16, index };
        Entry { id, table, row, family: families[row.family as usize] }
    }

    /// Whether an entry is in effect: its family is enabled, and no later layer replaces it.
    pub(super) fn counts(&self, layer: usize, index: u32) -> bool {
        let LayerTable { table, families } = &self.layers[layer];
        let family = families[table.family_of(index) as usize];
        self.is_enabled(family) && self.is_current(layer, index, family)
    }

    pub(super) fn is_enabled(&self, family: FamilyId) -> bool {
        self.families[family.0 as usize].enabled
    }

    /// Whether a layer's entries of a family are still part of it because no later layer redefines
    /// the family.
    pub(super) fn is_part_of_family(&self, layer: usize, family: FamilyId) -> bool {
        self.families[family.0 as usize].layer <= layer
    }

    /// Whether no later layer redefines the family or replaces this entry.
    fn is_current(&self, layer: usize, index: u32, family: FamilyId) -> bool {
        let layers_above = &self.layers[layer + 1..];
        if layers_above.is_empty() {
            return true;
        }
        let identity = self.layers[layer].table.identity(index);
        self.is_part_of_family(layer, family)
            && !layers_above.iter().any(|above| above.replaces(family, identity))
    }
}

impl LayerTable {
    /// Whether an entry of this layer replaces an earlier layer's entry with this identity: one
    /// with the same identity or, if the earlier one has only a name, one with that name.
    fn replaces(&self, family: FamilyId, identity: Identity<'_>) -> bool {
        let (table, Some(index)) = (&self.table, self.index_of(family)) else { return false };
        let has_name = |name: &str| {
            let is_it = |entry: &u32| table.string(table.entry(*entry).name) == name;
            table.by_written_name(name).filter(is_it).any(|entry| table.family_of(entry) == index)
        };
        table.by_identity(index, identity).next().is_some()
            || matches!(identity, Identity::Name(name) if has_name(name))
    }
}

/// What the layers below a new one define.
impl Known for Catalog {
    fn formulas(&self, family: &str) -> Option<Formulas> {
        self.family_by_id(family).map(|family| family.formulas())
    }

    fn place_of_name(&self, family: &str, name: &str) -> Option<Place> {
        let family = *self.by_id.get(family)?;
        let mut places = (0..self.layers.len()).flat_map(|layer| {
            let table = &self.layers[layer].table;
            let found = table.by_written_name(name).collect::<Vec<_>>().into_iter();
            found
                .map(move |index| self.view(layer, index))
                .filter(|entry| entry.family == family && entry.name() == name)
                .filter(move |entry| self.is_current(layer, entry.id.index, family))
                .map(|entry| entry.row.place)
        });
        let first = places.next()?;
        places.next().is_none().then_some(first)
    }
}

/// A catalog and the layers that will be put on top of it.
struct Together<'c> {
    catalog: &'c Catalog,
    layers: &'c [Layer],
}

impl Known for Together<'_> {
    fn formulas(&self, family: &str) -> Option<Formulas> {
        self.catalog.formulas(family)
    }

    fn has_family(&self, family: &str) -> bool {
        self.catalog.by_id.contains_key(family)
            || self.layers.iter().any(|layer| layer.0.family.id.get_ref() == family)
    }

    fn place_of_name(&self, family: &str, name: &str) -> Option<Place> {
        self.catalog.place_of_name(family, name)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::code::Code;

    fn layer(text: &str) -> Layer {
        Layer::parse("team.toml", text).unwrap()
    }

    /// A family with entries for these numbers.
    fn family(id: &str, numbers: &[i32]) -> String {
        let mut text = format!("[family]\nid = \"{id}\"\ntitle = \"The {id}\"\n");
        for number in numbers {
            let _ = writeln!(text, "[[entry]]\nnumber = {number}");
            let _ = writeln!(text, "severity = \"error\"\nmessage = \"{id} {number}\"");
        }
        text
    }

    fn ids(catalog: &Catalog) -> Vec<&str> {
        catalog.families().map(|family| family.id()).collect()
    }

    fn texts(problems: &[Problem]) -> Vec<String> {
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_layer_knows_its_number_of_entries() {
        let layers = [&[][..], &[1], &[1, 2]].map(|numbers| layer(&family("team", numbers)));
        assert_eq!(layers.each_ref().map(Layer::len), [0, 1, 2]);
        assert_eq!(layers.each_ref().map(Layer::is_empty), [true, false, false]);
    }

    #[test]
    fn a_file_on_its_own_can_only_name_families_that_are_known() {
        let alone = Catalog::default();
        let file = layer(&(family("team", &[]) + "same-numbers-as = \"other\"\n"));
        assert_eq!(
            texts(&file.problems_in(&alone)),
            ["team.toml:4:19: unknown family `other` in `same-numbers-as`"]
        );
        let with_other = alone.with_layer(&layer(&family("other", &[])));
        assert_eq!(texts(&file.problems_in(&with_other)), [""; 0]);
    }

    #[test]
    fn files_that_are_read_together_can_name_one_anothers_families() {
        let first = layer(&(family("team", &[]) + "same-numbers-as = \"other\"\n"));
        let (catalog, problems) =
            Catalog::default().with_layers(&[first, layer(&family("other", &[]))]);
        assert_eq!(texts(&problems), [""; 0]);
        assert_eq!(ids(&catalog), ["team", "other"]);
        let lost = layer(&(family("lost", &[]) + "same-numbers-as = \"nowhere\"\n"));
        let (_, problems) = Catalog::default().with_layers(&[lost, layer(&family("other", &[]))]);
        assert_eq!(
            texts(&problems),
            ["team.toml:4:19: unknown family `nowhere` in `same-numbers-as`"]
        );
    }

    #[test]
    fn a_file_with_a_problem_is_left_out_and_the_others_are_kept() {
        let stranger = layer("[family]\nid = \"stranger\"\n");
        let files = [layer(&family("team", &[1])), stranger, layer(&family("other", &[1]))];
        let (catalog, problems) = Catalog::default().with_layers(&files);
        assert_eq!(ids(&catalog), ["team", "other"]);
        assert_eq!(
            texts(&problems),
            ["team.toml:2:6: unknown family `stranger`: a new family needs a `title`"]
        );
    }

    #[test]
    fn a_disabled_family_is_known_and_has_no_entries() {
        let catalog = Catalog::default()
            .with_layer(&layer(&family("team", &[1])))
            .with_layer(&layer(&family("other", &[1])))
            .with_families(|id| id == "other");
        assert_eq!(ids(&catalog), ["other"]);
        let messages: Vec<_> = catalog.entries().map(|entry| entry.message().en).collect();
        assert_eq!(messages, ["other 1"]);
        assert_eq!(catalog.family_by_id("team").unwrap().title().en, "The team");
        assert!(catalog.family_by_id("stranger").is_none());
    }

    #[test]
    fn an_id_that_no_entry_has_finds_nothing() {
        let catalog = Catalog::default().with_layer(&layer(&family("team", &[1, 2])));
        let number = |layer, index| catalog.entry_by_id(EntryId { layer, index })?.number();
        assert_eq!([number(0, 0), number(0, 1)], [Some(1), Some(2)]);
        assert_eq!([number(0, 2), number(1, 0)], [None, None]);
    }

    #[test]
    fn an_entry_with_only_a_name_replaces_the_one_that_has_it() {
        let named = |name: &str, text: &str| {
            format!("[[entry]]\n{name}\nseverity = \"error\"\nmessage = \"{text}\"\n")
        };
        let below = family("team", &[])
            + "base = 100\n"
            + &named("number = 1\nname = \"A\"", "old")
            + &named("number = 2\nname = \"B\"\naliases = [\"A\"]", "other");
        let above = "[family]\nid = \"team\"\n".to_owned() + &named("name = \"A\"", "new");
        let (catalog, problems) = Catalog::default().with_layers(&[layer(&below), layer(&above)]);
        assert_eq!(texts(&problems), [""; 0]);
        let messages = |code| -> Vec<_> {
            catalog.by_code(Code(code)).iter().map(|entry| entry.message().en).collect()
        };
        assert_eq!(messages(101), ["new"]);
        assert_eq!(messages(102), ["other"]);
    }

    #[test]
    fn a_known_name_and_its_number_are_the_same_entry() {
        let entry =
            |keys: &str| format!("[[entry]]\n{keys}\nseverity = \"error\"\nmessage = \"x\"\n");
        let below = family("team", &[]) + &entry("number = 1\nname = \"A\"");
        let both = entry("number = 1") + &entry("name = \"A\"");
        let above = "[family]\nid = \"team\"\n".to_owned() + &both;
        let (_, problems) = Catalog::default().with_layers(&[layer(&below), layer(&above)]);
        assert_eq!(
            texts(&problems),
            ["team.toml:7:1: duplicate name `A` (first defined on line 3 as number 1)"]
        );
    }
}
