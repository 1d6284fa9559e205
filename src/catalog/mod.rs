//! The catalog: data in, answers out. It knows nothing of documents or of LSP, and does no I/O.
//!
//! A catalog is a stack of layers, each a packed table: the built-in families, then the user's
//! files, then the workspace's. Where two layers speak of the same number, code or name of a
//! family, the later one is heard.

mod builtin;
pub(crate) mod entry;
pub(crate) mod pack;
pub(crate) mod pattern;
pub(crate) mod regexes;
pub(crate) mod source;
pub(crate) mod words;

use std::collections::HashMap;
use std::sync::Arc;

pub use entry::{FamilyId, Severity};
use pack::{EntryRow, FamilyRow, Table};
pub use source::Problem;
use source::{NumberRange, Source};

use crate::code::Code;
use crate::locale::{Locale, Text};

/// A catalog file that was read and found good: one layer of a [`Catalog`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer(Arc<Table>);

impl Layer {
    /// Reads a catalog file's text; `path` names the file in problems and in definitions.
    ///
    /// # Errors
    /// Everything that is wrong with the file, each with line and column.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let source = Source::parse(path, text)?;
        let problems = source.notations_that_fail(text, |before, behind| {
            regexes::before(before).and_then(|_| regexes::behind(behind)).err()
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self(Arc::new(Table::new(pack::pack(&[source]).into()))))
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.entry_count() as usize
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// All families and entries that are known.
#[derive(Clone, Debug)]
pub struct Catalog {
    layers: Vec<LayerFamilies>,
    families: Vec<FamilyPlace>,
    by_id: HashMap<String, FamilyId>,
}

#[derive(Clone, Debug)]
struct LayerFamilies {
    table: Arc<Table>,
    /// A table's own family index to the catalog's.
    families: Vec<FamilyId>,
}

#[derive(Clone, Debug)]
struct FamilyPlace {
    layer: usize,
    index: u16,
    enabled: bool,
}

impl Catalog {
    /// The built-in families.
    #[must_use]
    pub fn builtin() -> Self {
        let empty = Self { layers: Vec::new(), families: Vec::new(), by_id: HashMap::new() };
        empty.with_layer(&Layer(builtin::table()))
    }

    /// This catalog with one more layer on top.
    #[must_use]
    pub fn with_layer(mut self, layer: &Layer) -> Self {
        let table = Arc::clone(&layer.0);
        let number = self.layers.len();
        let families = (0..table.family_count())
            .map(|index| {
                let row = table.family(index);
                let next = FamilyId(self.families.len() as u16);
                let id = *self.by_id.entry(table.string(row.id).to_owned()).or_insert(next);
                let place = FamilyPlace { layer: number, index, enabled: true };
                if id == next {
                    self.families.push(place);
                } else if row.title[0] != 0 {
                    // A file that gives the family a title anew defines it anew.
                    self.families[id.0 as usize] = place;
                }
                id
            })
            .collect();
        self.layers.push(LayerFamilies { table, families });
        self
    }

    /// This catalog with only those families speaking for which `enabled` says so, by their id.
    #[must_use]
    pub fn with_families(mut self, enabled: impl Fn(&str) -> bool) -> Self {
        for (id, family) in &self.by_id {
            self.families[family.0 as usize].enabled = enabled(id);
        }
        self
    }

    /// The families that are switched on, in order.
    pub fn families(&self) -> impl Iterator<Item = Family<'_>> {
        (0..self.families.len())
            .filter(|&i| self.families[i].enabled)
            .map(|i| self.family(FamilyId(i as u16)))
    }

    /// The family with this id, on or off.
    #[must_use]
    pub fn family_by_id(&self, id: &str) -> Option<Family<'_>> {
        self.by_id.get(id).map(|&family| self.family(family))
    }

    /// The family behind an id of this catalog.
    #[must_use]
    pub fn family(&self, id: FamilyId) -> Family<'_> {
        let place = &self.families[id.0 as usize];
        let table = &*self.layers[place.layer].table;
        Family { catalog_id: id, table, row: table.family(place.index) }
    }

    /// Every entry that is heard, layer by layer and in the order of the files.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.layers.len()).flat_map(move |layer| {
            (0..self.layers[layer].table.entry_count())
                .filter_map(move |index| self.entry(layer, index))
        })
    }

    /// The entry, unless its family is off or a later layer speaks in its place.
    fn entry(&self, layer: usize, index: u32) -> Option<Entry<'_>> {
        let LayerFamilies { table, families } = &self.layers[layer];
        let row = table.entry(index);
        let family = families[row.family as usize];
        let entry = Entry { id: EntryId { layer: layer as u16, index }, table, row, family };
        let enabled = self.families[family.0 as usize].enabled;
        (enabled && !self.overridden(&entry)).then_some(entry)
    }

    fn overridden(&self, entry: &Entry<'_>) -> bool {
        self.layers[entry.id.layer as usize + 1..].iter().any(|later| {
            let same = |index: u32| {
                let row = later.table.entry(index);
                later.families[row.family as usize] == entry.family
                    && row.number == entry.row.number
                    && row.code == entry.row.code
            };
            match (entry.row.number, entry.row.code) {
                (Some(number), _) if number.single() => {
                    later.table.by_number(number.first).any(same)
                }
                (Some(_), _) => later.table.ranges().any(same),
                (None, Some(code)) => later.table.by_code(code).any(same),
                (None, None) => later
                    .table
                    .by_name_prefix(entry.name())
                    .any(|(name, index)| name == entry.name() && same(index)),
            }
        })
    }

    fn collect<'c, I: Iterator<Item = u32>>(
        &'c self,
        find: impl Fn(&'c Table) -> I,
    ) -> Vec<Entry<'c>> {
        let mut entries = Vec::new();
        for layer in (0..self.layers.len()).rev() {
            let indices = find(&self.layers[layer].table);
            entries.extend(indices.filter_map(|index| self.entry(layer, index)));
        }
        entries
    }

    /// The entries of a code: those of the code itself, then those whose family's range of
    /// numbers holds it, then those that published tables print with it by mistake.
    #[must_use]
    pub fn by_code(&self, code: Code) -> Vec<Entry<'_>> {
        let mut entries = self.collect(|table| table.by_code(code));
        for family in self.families() {
            let told = entries.iter().any(|entry| entry.family == family.catalog_id);
            if let (false, Some(number)) = (told, family.number_of(code)) {
                entries.extend(self.by_number(family.catalog_id, number));
            }
        }
        entries.extend(self.collect(|table| table.by_misprint(code)));
        entries
    }

    /// Whether [`Catalog::by_code`] has an answer, found without making it.
    #[must_use]
    pub fn knows_code(&self, code: Code) -> bool {
        let known = |layer: &LayerFamilies, index: u32| {
            let family = layer.families[layer.table.entry(index).family as usize];
            self.families[family.0 as usize].enabled
        };
        self.layers.iter().any(|layer| {
            layer.table.by_code(code).any(|index| known(layer, index))
                || layer.table.by_misprint(code).any(|index| known(layer, index))
        })
    }

    /// The entry of a family's number: its own, or the range's that holds it.
    #[must_use]
    pub fn by_number(&self, family: FamilyId, number: i32) -> Option<Entry<'_>> {
        let of_family = |entry: &Entry<'_>| entry.family == family;
        let exact = self.collect(|table| table.by_number(number)).into_iter().find(of_family);
        exact.or_else(|| {
            let ranges = self.collect(Table::ranges).into_iter();
            ranges
                .filter(of_family)
                .filter(|entry| entry.row.number.is_some_and(|range| range.contains(number)))
                .min_by_key(|entry| {
                    entry.row.number.map(|range| i64::from(range.last) - i64::from(range.first))
                })
        })
    }

    /// The entries of any family with this number, one a family, in the families' order.
    #[must_use]
    pub fn by_any_number(&self, number: i32) -> Vec<Entry<'_>> {
        self.families().filter_map(|family| self.by_number(family.catalog_id, number)).collect()
    }

    /// The entries with this symbolic name or alias, case aside.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Vec<Entry<'_>> {
        self.named(name, |known| known.len() == name.len())
    }

    /// The entries with this symbolic name or alias, as it is written.
    #[must_use]
    pub fn by_written_name(&self, name: &str) -> Vec<Entry<'_>> {
        self.named(name, |known| known == name)
    }

    fn named(&self, name: &str, is_it: impl Fn(&str) -> bool) -> Vec<Entry<'_>> {
        let found = self.by_name_prefix(name).into_iter();
        found.filter(|(known, _)| is_it(known)).map(|(_, entry)| entry).collect()
    }

    /// The names and aliases that begin with `prefix`, case aside, in order within a layer, each
    /// with its entry.
    #[must_use]
    pub fn by_name_prefix(&self, prefix: &str) -> Vec<(&str, Entry<'_>)> {
        let mut found = Vec::new();
        for layer in (0..self.layers.len()).rev() {
            let names = self.layers[layer].table.by_name_prefix(prefix);
            found.extend(names.filter_map(|(name, at)| Some((name, self.entry(layer, at)?))));
        }
        found
    }

    /// The entries in whose number, code, name, phrases, message, remedy or family each of
    /// `words` stands, best first: names and phrases before messages, messages before the rest; and
    /// of those alike, entries with texts of their own before those that have a name only.
    #[must_use]
    pub fn search(&self, words: &str, locale: Locale) -> Vec<Entry<'_>> {
        let words: Vec<String> = words.split_whitespace().map(fold).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut ranked: Vec<(u32, Entry<'_>)> = self
            .entries()
            .filter_map(|entry| self.rank(&entry, &words, locale).map(|rank| (rank, entry)))
            .collect();
        ranked.sort_by_key(|(rank, entry)| (*rank, entry.is_words_only()));
        ranked.into_iter().map(|(_, entry)| entry).collect()
    }

    /// How far from the best place the worst of the words was found.
    fn rank(&self, entry: &Entry<'_>, words: &[String], locale: Locale) -> Option<u32> {
        let family = self.family(entry.family);
        let number = entry.number().map(|number| number.to_string()).unwrap_or_default();
        let code = self.code_of(entry).map(|code| format!("{code} {} {}", code.signed(), code.0));
        let first = format!("{number} {} {}", code.unwrap_or_default(), entry.name());
        let phrases: String = entry.phrases().collect::<Vec<_>>().join(" ");
        let mut places: Vec<String> =
            [first.as_str(), &phrases, entry.message().get(locale)].into_iter().map(fold).collect();
        let rest = [family.title().get(locale), family.id(), entry.remedy().get(locale)].join(" ");
        places.push(fold(&rest));
        let ranks = words.iter().map(|word| {
            places.iter().position(|place| place.contains(word.as_str())).map(|i| i as u32)
        });
        ranks.collect::<Option<Vec<u32>>>()?.into_iter().max()
    }

    /// The code of an entry: its own, or its number's by the family's first formula that fits.
    #[must_use]
    pub fn code_of(&self, entry: &Entry<'_>) -> Option<Code> {
        entry.row.code.or_else(|| {
            let number = entry.row.number.filter(|number| number.single())?;
            self.family(entry.family).code_of(number.first)
        })
    }

    /// The entry behind an id of this catalog.
    #[must_use]
    pub fn entry_by_id(&self, id: EntryId) -> Option<Entry<'_>> {
        let exists = self.layers.get(id.layer as usize)?.table.entry_count() > id.index;
        if exists { self.entry(id.layer as usize, id.index) } else { None }
    }
}

/// Lower case, with the typographic apostrophe as the plain one: what a search compares.
fn fold(text: &str) -> String {
    text.to_lowercase().replace('’', "'").replace('\u{a0}', " ")
}

/// An entry's place in one [`Catalog`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    layer: u16,
    index: u32,
}

impl EntryId {
    /// The id as one number, for a client to hand back.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        u64::from(self.layer) << 32 | u64::from(self.index)
    }

    /// The id behind such a number.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self { layer: (bits >> 32) as u16, index: bits as u32 }
    }
}

/// A set of codes from one source with its own numbers and ways of being written.
#[derive(Clone, Copy, Debug)]
pub struct Family<'c> {
    catalog_id: FamilyId,
    table: &'c Table,
    row: FamilyRow,
}

impl<'c> Family<'c> {
    /// Its index in the catalog.
    #[must_use]
    pub fn catalog_id(&self) -> FamilyId {
        self.catalog_id
    }

    /// Its id, as settings and catalog files write it.
    #[must_use]
    pub fn id(&self) -> &'c str {
        self.table.string(self.row.id)
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> Text<'c> {
        text(self.table, self.row.title)
    }

    /// Pages about the whole family.
    pub fn links(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.links)
    }

    /// The error domains whose numbers these are.
    pub fn domains(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.domains)
    }

    /// The id of the family whose occurrences this one has something to say about; empty for none.
    pub(crate) fn same_numbers_as(&self) -> &'c str {
        self.table.string(self.row.same_numbers_as)
    }

    /// How those of its names begin that are not written in capitals.
    pub(crate) fn name_beginnings(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.names)
    }

    /// Whether a number at the head of a table's cell is meant.
    pub(crate) fn listed(&self) -> bool {
        self.row.listed
    }

    /// The regexes of its notations, with their key words.
    pub(crate) fn notations(&self) -> impl Iterator<Item = NotationText<'c>> + use<'c> {
        let table = self.table;
        table.notations(&self.row).into_iter().map(move |notation| NotationText {
            before: table.string(notation.before),
            after: table.string(notation.after),
            whole: notation.whole,
            joined: notation.joined,
            hex: notation.hex,
            reach: notation.reach as usize,
            keys: table.strings(notation.keys).collect(),
        })
    }

    /// The code of one of its numbers, where it has a formula.
    #[must_use]
    pub fn code_of(&self, number: i32) -> Option<Code> {
        let formulas = self.table.formulas(&self.row);
        let fits = formulas.into_iter().find(|(numbers, _)| numbers.contains(number));
        fits.map(|(_, base)| Code(base.wrapping_add(number as u32)))
    }

    /// The number that a code has in this family, where a formula of limited range leads there.
    #[must_use]
    pub fn number_of(&self, code: Code) -> Option<i32> {
        let formulas = self.table.formulas(&self.row);
        // Without a formula its codes have no numbers, wrapped or not.
        let wrapped = if formulas.is_empty() { Vec::new() } else { self.table.wrapped(&self.row) };
        formulas.into_iter().chain(wrapped).find_map(|(numbers, base)| {
            let number = code.0.wrapping_sub(base) as i32;
            numbers.contains(number).then_some(number)
        })
    }
}

/// One of a family's notations, as regexes.
#[derive(Debug)]
pub(crate) struct NotationText<'c> {
    pub(crate) before: &'c str,
    pub(crate) after: &'c str,
    pub(crate) whole: bool,
    pub(crate) joined: bool,
    pub(crate) hex: bool,
    /// At how many bytes before the number its regex looks, at most.
    pub(crate) reach: usize,
    pub(crate) keys: Vec<&'c str>,
}

/// What the catalog says about one code or one range of a family.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'c> {
    id: EntryId,
    table: &'c Table,
    row: EntryRow,
    family: FamilyId,
}

impl<'c> Entry<'c> {
    /// Its place in the catalog.
    #[must_use]
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// The family it belongs to.
    #[must_use]
    pub fn family(&self) -> FamilyId {
        self.family
    }

    /// The family's number, where it stands for a single one.
    #[must_use]
    pub fn number(&self) -> Option<i32> {
        self.row.number.filter(|number| number.single()).map(|number| number.first)
    }

    /// The numbers it stands for, as the catalog file writes them: `404` or `400..=499`.
    #[must_use]
    pub fn numbers(&self) -> Option<String> {
        self.row.number.map(|number: NumberRange| number.to_string())
    }

    /// The symbolic name; empty for none.
    #[must_use]
    pub fn name(&self) -> &'c str {
        self.table.string(self.row.name)
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.row.severity
    }

    /// What happened, on one line.
    #[must_use]
    pub fn message(&self) -> Text<'c> {
        text(self.table, self.row.message)
    }

    /// Whether the message is only the symbolic name, put into words.
    #[must_use]
    pub fn is_words_only(&self) -> bool {
        self.row.words_only
    }

    /// Whether published tables print `code` for this entry by mistake.
    #[must_use]
    pub fn is_misprinted_as(&self, code: Code) -> bool {
        let holds = |mut indices: Box<dyn Iterator<Item = u32> + '_>| {
            indices.any(|index| index == self.id.index)
        };
        holds(Box::new(self.table.by_misprint(code))) && !holds(Box::new(self.table.by_code(code)))
    }

    /// What to do next; empty where the catalog knows nothing.
    #[must_use]
    pub fn remedy(&self) -> Text<'c> {
        text(self.table, self.row.remedy)
    }

    /// What a reader must know beside it; empty for nothing.
    #[must_use]
    pub fn note(&self) -> Text<'c> {
        text(self.table, self.row.note)
    }

    /// Pages about this entry.
    pub fn links(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.links)
    }

    /// Words on a screen by which people look for it, in every language.
    pub fn phrases(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        let [en, fr] = self.row.phrases;
        self.table.strings(en).chain(self.table.strings(fr))
    }

    /// The file that holds it, and the line from 1.
    #[must_use]
    pub fn source(&self) -> (&'c str, u32) {
        (self.table.string(self.row.path), self.row.line)
    }

    /// Whether it comes from a file of the user's.
    #[must_use]
    pub fn is_users(&self) -> bool {
        self.id.layer > 0
    }
}

fn text(table: &Table, [en, fr]: [u32; 2]) -> Text<'_> {
    Text { en: table.string(en), fr: table.string(fr) }
}
