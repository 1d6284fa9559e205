//! Views of a catalog's families and entries, for features and renderers.

use super::format::keys::Key;
use super::format::last::Bytes;
use super::format::pack::{EntryRow, FamilyRow, Table};
use super::format::role::Roles;
use super::format::{Formula, Formulas, NumberRange, Severity, reading};
use crate::code::Code;
use crate::locale::Text;

/// A family of one [`Catalog`](super::Catalog): its index in that catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FamilyId(pub(crate) u16);

/// An entry's place in one [`Catalog`](super::Catalog).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    pub(super) layer: u16,
    pub(super) index: u32,
}

impl EntryId {
    /// The id as a number, for a client to send back.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        u64::from(self.layer) << 32 | u64::from(self.index)
    }

    /// The id that [`to_bits`](Self::to_bits) turned into this number.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self { layer: (bits >> 32) as u16, index: bits as u32 }
    }
}

/// A symbolic name in one [`Catalog`](super::Catalog): an entry with the name, and which of the
/// entry's names it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId {
    // Not an `EntryId` and a number, which would take more space.
    layer: u16,
    /// 0 for the entry's own name, then its aliases.
    pub(super) place: u16,
    index: u32,
}

impl NameId {
    /// The entry.
    #[must_use]
    pub fn entry(self) -> EntryId {
        EntryId { layer: self.layer, index: self.index }
    }

    /// The id as two numbers, for a client to send back.
    #[must_use]
    pub fn to_bits(self) -> (u64, u16) {
        (self.entry().to_bits(), self.place)
    }

    /// The id that [`to_bits`](Self::to_bits) turned into these numbers.
    #[must_use]
    pub fn from_bits(entry: u64, place: u16) -> Self {
        let EntryId { layer, index } = EntryId::from_bits(entry);
        Self { layer, place, index }
    }
}

/// A set of codes from one source, with its own numbers and notations.
#[derive(Clone, Copy, Debug)]
pub struct Family<'c> {
    pub(super) catalog_id: FamilyId,
    pub(super) table: &'c Table,
    pub(super) row: FamilyRow,
}

impl<'c> Family<'c> {
    /// Its index in the catalog.
    #[must_use]
    pub fn catalog_id(&self) -> FamilyId {
        self.catalog_id
    }

    /// Its id, as used in settings and catalog files.
    #[must_use]
    pub fn id(&self) -> &'c str {
        self.table.string(self.row.id)
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> Text<'c> {
        text(self.table, self.row.title)
    }

    /// Links to pages about the whole family.
    pub fn links(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.links)
    }

    /// The error domains that its numbers belong to.
    pub fn domains(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.domains)
    }

    /// The id of the family whose occurrences this one also explains; empty for none.
    pub(crate) fn same_numbers_as(&self) -> &'c str {
        self.table.string(self.row.same_numbers_as)
    }

    /// The beginnings of its names that are not in capitals.
    pub(crate) fn name_beginnings(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.names)
    }

    /// Whether a number at the start of a line or table cell is a code.
    pub(crate) fn listed(&self) -> bool {
        self.row.listed
    }

    /// What its numbers are called.
    pub(crate) fn roles(&self) -> Roles {
        self.row.roles
    }

    /// Additional roles of its distinctive numbers.
    pub(crate) fn number_roles(&self) -> Roles {
        self.row.number_roles
    }

    /// Whether its codes follow another code and a hyphen.
    pub(crate) fn follows_code(&self) -> bool {
        self.row.follows_code
    }

    /// Whether its numbers include small ones in eight hex digits, in brackets after a sentence.
    pub(crate) fn has_padded_hex(&self) -> bool {
        self.row.padded_hex
    }

    /// Whether its numbers are shown in hex.
    pub(crate) fn is_shown_in_hex(&self) -> bool {
        self.row.shown_in_hex
    }

    /// Whether other programs use this name, too.
    pub(crate) fn is_common(&self, name: &str) -> bool {
        self.table.strings(self.row.common_names).any(|common| {
            common.strip_suffix('*').map_or(common == name, |start| name.starts_with(start))
        })
    }

    /// The columns of a W3C extended log that hold its numbers.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.columns)
    }

    /// Alternative beginnings of its names, each with the beginning that the catalog uses.
    pub(crate) fn other_prefixes(&self) -> Vec<(&'c str, &'c str)> {
        let texts: Vec<&str> = self.table.strings(self.row.other_prefixes).collect();
        texts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// Words near a number that are evidence for the family.
    pub(crate) fn signs(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.signs)
    }

    /// What people call the family in a query, besides its title.
    pub(crate) fn also_called(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.also_called)
    }

    /// Signs that limit its numbers to information.
    pub(crate) fn quiet_signs(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.quiet_signs)
    }

    /// Whether its signs count only for numbers on the same line.
    pub(crate) fn same_line(&self) -> bool {
        self.row.same_line
    }

    /// Whether its numbers may also be in prefixed hex.
    pub(crate) fn has_hex(&self) -> bool {
        self.row.hex
    }

    /// The numbers that mean the same to every reader.
    pub(crate) fn distinctive(&self) -> Vec<NumberRange> {
        self.table.numbers(&self.row)
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
            bare_hex: notation.bare_hex,
            sub_number: notation.sub_number,
            needs_sign: notation.needs_sign,
            not_code: notation.not_code,
            of_names: notation.of_names,
            reach: notation.reach as usize,
            keys: table.strings(notation.keys).map(Key::read).collect(),
            needs: table.strings(notation.needs).collect(),
            last: notation.last,
        })
    }

    /// The code of one of its numbers, if it has a formula for it.
    #[must_use]
    pub fn code_of(&self, number: i32) -> Option<Code> {
        self.table.formulas(&self.row).find_map(|formula| formula.code(number))
    }

    /// The number of a code in this family, if a formula of limited range gives one.
    #[must_use]
    pub fn number_of(&self, code: Code) -> Option<i32> {
        self.numbers_of(code).next()
    }

    /// All numbers of a code in this family, as formulas may overlap.
    pub(super) fn numbers_of(&self, code: Code) -> impl Iterator<Item = i32> + use<'c> {
        self.reading().filter_map(move |formula| formula.number(code))
    }

    /// The formulas for reading a code as a number.
    pub(super) fn reading(&self) -> impl Iterator<Item = Formula> + use<'c> {
        reading(self.table.formulas(&self.row), self.table.wrapped(&self.row))
    }

    /// All its formulas.
    pub(super) fn formulas(&self) -> Formulas {
        Formulas {
            written: self.table.formulas(&self.row).collect(),
            wrapped: self.table.wrapped(&self.row).collect(),
        }
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
    /// Whether the number is hex without a prefix.
    pub(crate) bare_hex: bool,
    /// Whether two more digits follow a number's point.
    pub(crate) sub_number: bool,
    /// Whether one of the family's signs must be near.
    pub(crate) needs_sign: bool,
    /// Whether the number is not a code.
    pub(crate) not_code: bool,
    /// Whether one of the family's names takes the place of the number.
    pub(crate) of_names: bool,
    /// The most bytes that the regex can match before the number.
    pub(crate) reach: usize,
    /// Lower-case words, one of which is in every match besides the key; empty for none.
    pub(crate) needs: Vec<&'c str>,
    /// The ASCII bytes that may directly precede the number.
    pub(crate) last: Bytes,
    /// Lower-case words that the letters nearest before the number end with, or consist of if
    /// marked as whole.
    pub(crate) keys: Vec<(&'c str, bool)>,
}

/// What the catalog says about a code or range of a family.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'c> {
    pub(super) id: EntryId,
    pub(super) table: &'c Table,
    pub(super) row: EntryRow,
    pub(super) family: FamilyId,
}

impl<'c> Entry<'c> {
    /// Its id in the catalog.
    #[must_use]
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// The family it belongs to.
    #[must_use]
    pub fn family(&self) -> FamilyId {
        self.family
    }

    /// The family's number, if it is a single one.
    #[must_use]
    pub fn number(&self) -> Option<i32> {
        self.row.place.number.and_then(NumberRange::single)
    }

    /// Its numbers in the notation of catalog files: `404` or `400..=499`.
    #[must_use]
    pub fn numbers(&self) -> Option<String> {
        self.row.place.number.map(|numbers| numbers.to_string())
    }

    /// The symbolic name; empty for none.
    #[must_use]
    pub fn name(&self) -> &'c str {
        self.table.string(self.row.name)
    }

    /// The id of one of its names, exactly as written; for any other text, that of its own name.
    #[must_use]
    pub fn name_id(&self, name: &str) -> NameId {
        let names = std::iter::once(self.name()).chain(self.aliases());
        let place = names.zip(0..).find(|(own, _)| *own == name).map_or(0, |(_, place)| place);
        NameId { layer: self.id.layer, place, index: self.id.index }
    }

    /// Its other symbolic names.
    pub fn aliases(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.aliases)
    }

    /// Its severity.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.row.severity
    }

    /// What happened, in one line.
    #[must_use]
    pub fn message(&self) -> Text<'c> {
        text(self.table, self.row.message)
    }

    /// Whether the message is only the symbolic name, spelled out.
    #[must_use]
    pub fn is_words_only(&self) -> bool {
        self.row.words_only
    }

    /// Whether published tables list this entry under `code` by mistake.
    #[must_use]
    pub fn is_misprinted_as(&self, code: Code) -> bool {
        let is_it = |entry: u32| entry == self.id.index;
        self.table.by_misprint(code).any(is_it) && !self.table.by_code(code).any(is_it)
    }

    /// What to do next; empty if the catalog has no advice.
    #[must_use]
    pub fn remedy(&self) -> Text<'c> {
        text(self.table, self.row.remedy)
    }

    /// What a reader also needs to know; empty for none.
    #[must_use]
    pub fn note(&self) -> Text<'c> {
        text(self.table, self.row.note)
    }

    /// Links to pages about this entry.
    pub fn links(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.table.strings(self.row.links)
    }

    /// Words shown on screen that users search for, in every language.
    pub fn phrases(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        let [en, fr] = self.row.phrases;
        self.table.strings(en).chain(self.table.strings(fr))
    }

    /// The file that contains it, and the line, starting at 1.
    #[must_use]
    pub fn source(&self) -> (&'c str, u32) {
        (self.table.string(self.row.path), self.row.line)
    }

    /// Whether it comes from one of the user's own files.
    #[must_use]
    pub fn is_users(&self) -> bool {
        self.id.layer > 0
    }
}

fn text(table: &Table, [en, fr]: [u32; 2]) -> Text<'_> {
    Text { en: table.string(en), fr: table.string(fr) }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, Entry, EntryId, Layer, Severity};
    use crate::code::Code;

    const TEAM: &str = r#"
        [family]
        id = "team"
        title = { en = "Team", fr = "Équipe" }
        formulas = [{ numbers = "1..=99", base = 0xE0000000 }, { numbers = "50..=99", base = 0xE0000100 }]
        domains = ["TeamDomain"]
        names = ["kTeam"]
        same-numbers-as = "team"
        listed = true
        links = ["https://team.example"]

        [[entry]]
        number = 7
        name = "TEAM_FULL"
        aliases = ["TEAM_FULL_OLD"]
        misprints = [0xE0000070]
        severity = "warning"
        message = { en = "Full", fr = "Plein" }
        remedy = { en = "Empty it.", fr = "Videz-le." }
        note = { en = "Often.", fr = "Souvent." }
        links = ["https://team.example/7"]
        phrases = { en = ["It is full"], fr = ["C’est plein"] }

        [[entry]]
        number = "10..=19"
        severity = "error"
        message = "Reserved"

        [[entry]]
        number = 8
        name = "TEAM_IS_LATE"
        severity = "error"
    "#;

    /// The built-in families with a user's file on top.
    fn catalog() -> Catalog {
        Catalog::builtin().with_layer(&Layer::parse("team.toml", TEAM).unwrap())
    }

    fn entry<'c>(catalog: &'c Catalog, message: &str) -> Entry<'c> {
        catalog.entries().filter(Entry::is_users).find(|e| e.message().en == message).unwrap()
    }

    #[test]
    fn an_entry_shows_what_its_file_says() {
        let catalog = catalog();
        let full = entry(&catalog, "Full");
        assert_eq!((full.number(), full.numbers().as_deref()), (Some(7), Some("7")));
        assert_eq!((full.name(), full.severity()), ("TEAM_FULL", Severity::Warning));
        assert_eq!((full.message().fr, full.remedy().fr), ("Plein", "Videz-le."));
        assert_eq!((full.note().en, full.note().fr), ("Often.", "Souvent."));
        assert_eq!(full.aliases().collect::<Vec<_>>(), ["TEAM_FULL_OLD"]);
        assert_eq!(full.links().collect::<Vec<_>>(), ["https://team.example/7"]);
        assert_eq!(full.phrases().collect::<Vec<_>>(), ["It is full", "C’est plein"]);
        assert_eq!(full.source(), ("team.toml", 12));
        assert!(full.is_users() && !full.is_words_only());
    }

    #[test]
    fn a_range_has_numbers_but_no_number() {
        let catalog = catalog();
        let reserved = entry(&catalog, "Reserved");
        assert_eq!((reserved.number(), reserved.numbers().as_deref()), (None, Some("10..=19")));
    }

    #[test]
    fn an_entry_without_a_message_has_its_name_spelled_out() {
        let catalog = catalog();
        let late = catalog.by_name("TEAM_IS_LATE")[0];
        assert_eq!((late.message().fr, late.is_words_only()), ("Team is late", true));
    }

    #[test]
    fn only_the_entries_of_a_file_are_the_users() {
        let catalog = catalog();
        let builtin = catalog.by_code(Code(0x8007_0005))[0];
        assert!(!builtin.is_users());
        assert_eq!(catalog.entries().filter(Entry::is_users).count(), 3);
    }

    #[test]
    fn a_misprint_is_one_of_the_printed_entry_only() {
        let catalog = catalog();
        let [full, reserved] = ["Full", "Reserved"].map(|message| entry(&catalog, message));
        assert!(full.is_misprinted_as(Code(0xE000_0070)));
        assert!(!full.is_misprinted_as(Code(0xE000_0007)));
        assert!(!reserved.is_misprinted_as(Code(0xE000_0070)));
    }

    #[test]
    fn a_family_shows_what_its_file_says() {
        let catalog = catalog();
        let team = catalog.family_by_id("team").unwrap();
        assert_eq!(catalog.family(team.catalog_id()).id(), "team");
        assert_eq!((team.title().en, team.title().fr), ("Team", "Équipe"));
        assert_eq!(team.links().collect::<Vec<_>>(), ["https://team.example"]);
        assert_eq!(team.domains().collect::<Vec<_>>(), ["TeamDomain"]);
        assert_eq!(team.name_beginnings().collect::<Vec<_>>(), ["kTeam"]);
        assert_eq!((team.same_numbers_as(), team.listed()), ("team", true));
    }

    #[test]
    fn a_number_is_written_as_one_code_and_read_from_each() {
        let catalog = catalog();
        let team = catalog.family_by_id("team").unwrap();
        assert_eq!(team.code_of(50), Some(Code(0xE000_0032)));
        assert_eq!(team.number_of(Code(0xE000_0032)), Some(50));
        assert_eq!(team.number_of(Code(0xE000_0132)), Some(50));
        assert_eq!((team.code_of(100), team.number_of(Code(0xE000_0064))), (None, None));
    }

    #[test]
    fn an_id_survives_conversion_to_a_number() {
        for id in [
            EntryId { layer: 0, index: 0 },
            EntryId { layer: 1, index: 2 },
            EntryId { layer: u16::MAX, index: u32::MAX },
        ] {
            assert_eq!(EntryId::from_bits(id.to_bits()), id);
        }
        assert_eq!(EntryId { layer: 1, index: 2 }.to_bits(), 0x1_0000_0002);
    }
}
