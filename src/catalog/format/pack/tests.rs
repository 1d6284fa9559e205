//! A table reads back as written, and the cost of a lookup does not grow with what it skips.

use std::fmt::Write as _;

use super::super::number::NumberRange;
use super::super::{Identity, Source, severity::Severity};
use super::{Table, pack};
use crate::catalog::format::Unknown;
use crate::code::Code;

const FAMILY: &str = "[family]\nid = \"team\"\ntitle = { en = \"Team\", fr = \"Équipe\" }\n";

fn table(text: &str) -> Table {
    let source = Source::parse("team.toml", text).unwrap_or_else(|problems| panic!("{problems:?}"));
    Table::new(pack(&[&source], &Unknown).into())
}

fn entry(keys: &str) -> String {
    format!("[[entry]]\nseverity = \"error\"\nmessage = \"x\"\n{keys}\n")
}

#[test]
fn a_family_is_read_as_it_was_written() {
    let table = table(&format!(
        "{FAMILY}base = 0xE0000000\nwrapped = [{{ numbers = \"1..=9\", base = 0x80070000 }}]\n\
         after = ['\\bteam code\\W+']\nhex = true\ndomains = [\"TeamDomain\"]\nlisted = true\n\
         names = [\"kTeam\"]\nlinks = [\"https://team.example\"]\n"
    ));
    let family = table.family(0);
    assert_eq!(table.family_count(), 1);
    assert_eq!((table.string(family.id), family.listed), ("team", true));
    assert_eq!(family.title.map(|title| table.string(title)), ["Team", "Équipe"]);
    let base = |formula: super::super::Formula| (formula.numbers.to_string(), formula.base);
    let formulas: Vec<_> =
        table.formulas(&family).chain(table.wrapped(&family)).map(base).collect();
    let all = NumberRange::ALL.to_string();
    assert_eq!(formulas, [(all, 0xE000_0000), ("1..=9".to_owned(), 0x8007_0000)]);
    assert_eq!(table.strings(family.domains).collect::<Vec<_>>(), ["TeamDomain"]);
    assert_eq!(table.strings(family.names).collect::<Vec<_>>(), ["kTeam"]);
    assert_eq!(table.strings(family.links).collect::<Vec<_>>(), ["https://team.example"]);
    let [notation] = table.notations(&family)[..] else { panic!() };
    assert_eq!(table.string(notation.before), r"\bteam code\W+");
    assert_eq!(table.strings(notation.keys).collect::<Vec<_>>(), ["^code"]);
    assert!(notation.hex && !notation.whole && !notation.joined);
}

#[test]
fn an_entry_is_read_as_it_was_written() {
    let table = table(&format!(
        "{FAMILY}base = 0xE0000000\n[[entry]]\nnumber = 7\nname = \"TEAM_FULL\"\n\
         aliases = [\"TEAM_FULL_OLD\"]\nmisprints = [0xE0000070]\nseverity = \"warning\"\n\
         message = \"Full\"\nremedy = {{ en = \"Empty it.\", fr = \"Videz-le.\" }}\nnote = \"N\"\n\
         links = [\"https://team.example/7\"]\nphrases.en = [\"It is full\"]\n"
    ));
    let row = table.entry(0);
    assert_eq!((table.entry_count(), row.family, row.line), (1, 0, 5));
    assert_eq!(row.severity, Severity::Warning);
    assert_eq!(row.place.number, Some(NumberRange::one(7)));
    assert_eq!((row.place.code, row.words_only), (None, false));
    let texts = [row.name, row.message[1], row.remedy[1], row.note[0], row.path];
    let expected = ["TEAM_FULL", "Full", "Videz-le.", "N", "team.toml"];
    assert_eq!(texts.map(|text| table.string(text)), expected);
    assert_eq!(table.strings(row.links).collect::<Vec<_>>(), ["https://team.example/7"]);
    assert_eq!(table.strings(row.phrases[0]).collect::<Vec<_>>(), ["It is full"]);
    assert_eq!(table.strings(row.aliases).collect::<Vec<_>>(), ["TEAM_FULL_OLD"]);
    for name in ["team_full", "TEAM_FULL_OLD"] {
        assert_eq!(table.by_name(name).collect::<Vec<_>>(), [0], "{name}");
    }
    assert_eq!(table.by_written_name("TEAM_FULL").count(), 1);
    assert_eq!(table.by_written_name("team_full").count(), 0);
    assert_eq!(table.by_code(Code(0xE000_0007)).collect::<Vec<_>>(), [0]);
    assert_eq!(table.by_misprint(Code(0xE000_0070)).collect::<Vec<_>>(), [0]);
}

#[test]
fn each_kind_of_identity_is_found() {
    let keys = ["number = 1", "number = \"5..=9\"", "code = 0x80000001", "name = \"N_ONLY\""];
    let keys = keys.into_iter().chain(["phrases.fr = [\"Écran\"]"]);
    let table = table(&keys.fold(FAMILY.to_owned(), |text, keys| text + &entry(keys)));
    for (index, identity) in [
        (0, Identity::Numbers(NumberRange::one(1))),
        (1, Identity::Numbers(NumberRange { first: 5, last: 9 })),
        (2, Identity::Code(Code(0x8000_0001))),
        (3, Identity::Name("N_ONLY")),
        (4, Identity::Phrase("Écran")),
    ] {
        assert_eq!(table.identity(index), identity);
        assert_eq!(table.by_identity(0, identity).collect::<Vec<_>>(), [index]);
    }
    assert_eq!(table.by_identity(0, Identity::Name("N_ON")).count(), 0);
    assert_eq!(table.by_identity(1, Identity::Name("N_ONLY")).count(), 0);
}

#[test]
fn the_narrowest_range_holds_a_number() {
    let ranges = ["0..=99", "10..=19", "15..=30", "15..=24", "-5..=-1", "40..=41", "41..=42"];
    let table =
        table(&ranges.iter().fold(FAMILY.to_owned(), |text, range| {
            text + &entry(&format!("number = \"{range}\""))
        }));
    for (number, range) in [
        (0, Some(0)),
        (10, Some(1)),
        (15, Some(1)),
        (19, Some(1)),
        (20, Some(3)),
        (25, Some(2)),
        (31, Some(0)),
        (41, Some(5)),
        (42, Some(6)),
        (-1, Some(4)),
        (-6, None),
        (100, None),
    ] {
        assert_eq!(table.by_range(0, number).map(|row| row.entry), range, "{number}");
    }
}

#[test]
fn names_are_offered_in_the_order_of_what_is_written() {
    let names = ["Err_B", "ERR_C", "err_a", "ERR_A", "ERRA", "ER", "F_A"];
    let table = table(
        &names
            .iter()
            .fold(FAMILY.to_owned(), |text, name| text + &entry(&format!("name = \"{name}\""))),
    );
    for (prefix, expected) in [
        ("err", vec!["ERRA", "ERR_A", "ERR_C", "Err_B", "err_a"]),
        ("ERR_", vec!["ERR_A", "ERR_C", "Err_B", "err_a"]),
        ("err_b", vec!["Err_B"]),
        ("x", vec![]),
    ] {
        let found: Vec<_> = table.names_in_order(prefix).map(|(name, _)| name).collect();
        assert_eq!(found, expected, "{prefix}");
    }
}

/// A family with `count` names that begin with `ERROR_`, and one name that differs.
fn names(count: usize) -> Table {
    let numbers = 0..count;
    table(&numbers.fold(FAMILY.to_owned() + &entry("name = \"UNIQUE_\""), |text, number| {
        text + &entry(&format!("name = \"ERROR_{number:06}\""))
    }))
}

#[test]
fn an_exact_name_does_not_visit_the_names_that_only_begin_so() {
    let table = names(4_000);
    for (look_up, few) in [
        (
            crate::work::of(|| table.by_name("ERROR_").count()),
            crate::work::of(|| table.by_name("UNIQUE_").count()),
        ),
        (
            crate::work::of(|| table.by_written_name("ERROR_").count()),
            crate::work::of(|| table.by_written_name("UNIQUE_").count()),
        ),
    ] {
        assert!(look_up <= 2 * few, "{look_up} words read, {few} for a name without longer ones");
    }
}

#[test]
fn the_first_names_of_many_cost_what_those_of_few_cost() {
    let [few, many] = [names(500), names(16_000)]
        .map(|table| crate::work::of(|| table.names_in_order("ERROR_").take(100).count()));
    assert!(many <= 2 * few, "{many} words read, {few} in a table of a thirtieth");
}

#[test]
fn a_number_in_many_ranges_costs_what_it_costs_in_few() {
    let ranges = |count: i32| {
        let mut text = FAMILY.to_owned();
        for i in 0..count {
            // Half of them side by side, half of them nested.
            let nested = format!("number = \"{}..={}\"", -i - 1, 1_000_000 + i);
            let _ = write!(text, "{}", entry(&format!("number = \"{}..={}\"", i * 10, i * 10 + 5)));
            let _ = write!(text, "{}", entry(&nested));
        }
        table(&text)
    };
    let cost = |table: &Table| crate::work::of(|| table.by_range(0, 1_007).unwrap());
    let (few, many) = (ranges(200), ranges(6_400));
    assert!(cost(&many) <= 2 * cost(&few), "{} words read, {} before", cost(&many), cost(&few));
}
