//! Answers what the user typed: any notation, a number, a name, or the words on a screen.

use std::collections::HashSet;

use super::{Answer, Prose, answer, answers, named_family, own_key, readings, unknown};
use crate::catalog::{Catalog, Entry, FamilyId};
use crate::code::Code;
use crate::locale::Locale;
use crate::scan::{Key, Meaning, Occurrence, Scanner, Weight};

/// The most distinct codes answered per query.
const MOST_CODES: usize = 100;

/// The answers for what the user typed: a code in any notation, a family's number, a symbolic name,
/// or the words on a screen. Empty if nothing is found.
#[must_use]
pub fn answers_to_query(scanner: &Scanner, query: &str, locale: Locale) -> Vec<Answer> {
    let catalog = scanner.catalog();
    let query = unquoted(query);
    let named = if query.is_empty() { Vec::new() } else { catalog.by_name(query) };
    let named = named.iter().map(|entry| answer(catalog, entry, own_key(catalog, entry), locale));
    let mut named: Vec<Answer> = named.collect();
    // `23000` is an SQLSTATE, but also a number.
    let is_number = query.bytes().all(|byte| byte.is_ascii_digit());
    if !named.is_empty() && !is_number {
        return named;
    }
    if let Some(code) = Code::parse(query) {
        let of_number = answers_to_code(catalog, code, query, locale);
        if named.is_empty() || of_number.iter().any(|answer| answer.family.is_some()) {
            named.splice(0..0, of_number);
        }
        return named;
    }
    let mut seen = HashSet::new();
    let occurrences = scanner.scan(query);
    let leanings = scanner.leanings(query);
    let mut found: Vec<Answer> = occurrences
        .iter()
        .filter(|occurrence: &&Occurrence| seen.insert(occurrence.meaning.key))
        .take(MOST_CODES)
        .flat_map(|occurrence| {
            // A query expects an answer, whatever the text around the code says.
            let meaning = Meaning { weight: Weight::Full, ..occurrence.meaning };
            match meaning.key {
                Key::Code(code) if occurrence.meaning.weight == Weight::Possible => {
                    readings(catalog, code.signed(), &leanings, locale)
                }
                _ => answers(catalog, meaning, locale),
            }
        })
        .collect();
    found.extend(named_words(catalog, query, locale));
    let is_sure = occurrences.iter().any(|found| found.meaning.weight > Weight::Possible);
    let all = |entries: Vec<Entry<'_>>| -> Vec<Answer> {
        let own = |entry: &Entry<'_>| answer(catalog, entry, own_key(catalog, entry), locale);
        entries.iter().map(own).collect()
    };
    let of_family = all(named_family::entries(catalog, query));
    let of_no_family = of_family.is_empty();
    if is_sure {
        // What the query names comes before what the number alone would mean.
        found = one_after_the_other(of_family, found);
    } else if !of_family.is_empty() {
        return of_family;
    }
    if of_no_family {
        let likely = all(named_family::likely(catalog, query));
        found = if is_sure {
            one_after_the_other(found, likely)
        } else {
            one_after_the_other(likely, found)
        };
    }
    if found.is_empty() {
        found = lone_code(catalog, query, locale);
    }
    if found.is_empty() {
        found = called_number(catalog, query, &leanings, locale);
    }
    if !found.is_empty() {
        return found;
    }
    let folded = |text: &str| text.to_lowercase().replace('’', "'");
    let asked = folded(query);
    let has_phrase = |entry: &Entry<'_>| entry.phrases().any(|phrase| folded(phrase) == asked);
    let by_phrase = catalog.entries().filter(has_phrase);
    by_phrase.map(|entry| answer(catalog, &entry, own_key(catalog, &entry), locale)).collect()
}

/// The keys of a code in any notation, a family's number or a symbolic name. Empty if the text is
/// none of these.
#[must_use]
pub fn keys_of_query(scanner: &Scanner, query: &str) -> Vec<Key> {
    let query = unquoted(query);
    if let Some(code) = Code::parse(query) {
        return vec![Key::Code(code)];
    }
    let catalog = scanner.catalog();
    let mut keys: Vec<Key> =
        scanner.scan(query).iter().map(|occurrence| occurrence.meaning.key).collect();
    if !query.is_empty() {
        keys.extend(catalog.by_name(query).iter().map(|entry| own_key(catalog, entry)));
    }
    keys
}

/// A query without the quotes or brackets around it.
fn unquoted(query: &str) -> &str {
    let query = query.trim();
    let pairs =
        [("'", "'"), ("\"", "\""), ("`", "`"), ("(", ")"), ("[", "]"), ("“", "”"), ("«", "»")];
    let within = pairs.iter().find_map(|(open, close)| {
        query.strip_prefix(open)?.strip_suffix(close).filter(|within| !within.contains(close))
    });
    within.map_or(query, str::trim)
}

/// The answers for a number alone, which may be a code or a number in any family.
fn answers_to_code(catalog: &Catalog, code: Code, query: &str, locale: Locale) -> Vec<Answer> {
    let meaning = Meaning::new(Key::Code(code), None);
    let found = match query.parse::<i32>() {
        // A large negative number is a 32-bit code, as its hex form is.
        Ok(number) if number < -0xFFFF && catalog.knows_code(code) => {
            let mut found = answers(catalog, meaning, locale);
            let mut others = readings(catalog, number, &[], locale);
            others.retain(|other| !found.iter().any(|answer| is_of_one_entry(answer, other)));
            found.append(&mut others);
            found
        }
        Ok(number) if number == code.signed() => readings(catalog, number, &[], locale),
        // A small code in hex may also be a family's number, as stop codes are.
        _ if code.0 <= 0xFFFF => {
            let mut found = readings(catalog, code.signed(), &[], locale);
            found.sort_by_key(|answer| !answer.shows_hex);
            found
        }
        _ => answers(catalog, meaning, locale),
    };
    if !found.is_empty() {
        return found;
    }
    // A family may have numbers of this size: stop code 0xDEADDEAD.
    let found = readings(catalog, code.signed(), &[], locale);
    if !found.is_empty() {
        return found;
    }
    let lost = with_lost_minus(catalog, code, locale);
    if lost.is_empty() { vec![unknown(catalog, meaning, locale)] } else { lost }
}

/// The answers of both, each entry once.
fn one_after_the_other(mut first: Vec<Answer>, mut then: Vec<Answer>) -> Vec<Answer> {
    then.retain(|answer| !first.iter().any(|known| is_of_one_entry(answer, known)));
    first.append(&mut then);
    first
}

/// The readings of the only small number in a query: `container died with code 137`.
fn called_number(
    catalog: &Catalog,
    query: &str,
    leanings: &[FamilyId],
    locale: Locale,
) -> Vec<Answer> {
    match named_family::values(query)[..] {
        [value] => Code::parse(value).map_or(Vec::new(), |code| {
            let mut found = readings(catalog, code.signed(), leanings, locale);
            found.truncate(MOST_CODES);
            found
        }),
        _ => Vec::new(),
    }
}

/// Whether two answers are about the same entry.
fn is_of_one_entry(one: &Answer, other: &Answer) -> bool {
    one.family == other.family && one.name == other.name && one.number == other.number
}

/// The answers for words of a query that are names with a digit, which the scanner does not
/// recognize as names: `5.7.606` in `550 5.7.606`, `42P01` in `SQLSTATE 42P01`.
fn named_words(catalog: &Catalog, query: &str, locale: Locale) -> Vec<Answer> {
    let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    let words = words.map(|word| word.trim_matches('.')).filter(|word| {
        let has_other = |byte: u8| !byte.is_ascii_digit();
        word.bytes().any(|byte| byte.is_ascii_digit()) && word.bytes().any(has_other)
    });
    let named = words.take(MOST_CODES).flat_map(|word| catalog.by_name(word));
    let is_seen_in_texts = |entry: &Entry<'_>| entry.name().contains('_');
    named
        .filter(|entry| !is_seen_in_texts(entry))
        .map(|entry| answer(catalog, &entry, own_key(catalog, &entry), locale))
        .collect()
}

/// The answers for the only code of 32 bits among the words of a query: `caa20003 teams`.
fn lone_code(catalog: &Catalog, query: &str, locale: Locale) -> Vec<Answer> {
    let is_long = |word: &&str| word.len() >= 8 || word.starts_with("0x");
    let codes = named_family::words(query).filter(is_long).filter_map(Code::parse);
    let mut known = codes.filter(|&code| code.0 > 0xFFFF && catalog.knows_code(code));
    match (known.next(), known.next()) {
        (Some(code), None) => answers(catalog, Meaning::new(Key::Code(code), None), locale),
        _ => Vec::new(),
    }
}

/// The answers for a decimal that has lost its minus: `1073741715` for -1073741715.
fn with_lost_minus(catalog: &Catalog, code: Code, locale: Locale) -> Vec<Answer> {
    let negative = Code(code.0.wrapping_neg());
    if code.0 > i32::MAX as u32 || !negative.is_failure() || !catalog.knows_code(negative) {
        return Vec::new();
    }
    let mut answers = answers(catalog, Meaning::new(Key::Code(negative), None), locale);
    if let Some(first) = answers.first_mut() {
        let signed = negative.signed();
        first.notes.push(Prose::from(locale.pick(
            format!("{} is not a code; its minus was probably lost: {signed}.", code.0),
            format!("{} n’est pas un code\u{a0}; il a sans doute perdu son signe moins\u{a0}: {signed}.", code.0),
        )));
    }
    answers
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Layer;

    thread_local!(static SCANNER: Scanner = Scanner::new(Arc::new(Catalog::builtin())));

    /// A token that may be a code.
    fn token() -> impl Strategy<Value = String> {
        prop_oneof![
            "[0-9]{8}",
            "[0-9a-fA-F]{8}",
            "-?[1-9][0-9]{0,9}",
            "0x[0-9a-fA-F]{1,8}",
            "0x[fF]{8}[89a-f][0-9a-f]{7}",
            "\u{2212}[1-9][0-9]{0,9}",
        ]
    }

    #[test]
    fn quotes_and_brackets_around_a_query_are_ignored() {
        let scanner = Scanner::new(Arc::new(Catalog::builtin()));
        let hex = |query: &str| {
            let answers = answers_to_query(&scanner, query, Locale::En);
            answers.first().and_then(|answer| answer.hex.clone())
        };
        for query in
            ["'2147942405'", "`0x80070005`", "« 0x80070005 »", "[80070005]", "\"-2147024891\""]
        {
            assert_eq!(hex(query).as_deref(), Some("0x80070005"), "{query}");
        }
    }

    #[test]
    fn a_code_has_the_same_answers_in_every_notation() {
        for code in [0x8007_0005, 0x8007_0057, 0x8007_000E, 0x87D1_FDE8, 0xC000_006D] {
            let code = Code(code);
            let answers =
                |query: &str| SCANNER.with(|scanner| answers_to_query(scanner, query, Locale::En));
            let hex = answers(&code.to_string());
            assert_eq!(answers(&code.signed().to_string()), hex, "{code}");
            assert_eq!(answers(&code.0.to_string()), hex, "{code}");
        }
    }

    #[test]
    fn a_name_with_digits_is_answered_among_other_words() {
        for (query, name) in [
            ("550 5.7.606 Access denied", "5.7.606"),
            ("ERROR:  42P01: relation does not exist", "42P01"),
            ("SQLSTATE 57P01", "57P01"),
        ] {
            let answers = SCANNER.with(|scanner| answers_to_query(scanner, query, Locale::En));
            let names: Vec<_> = answers.into_iter().filter_map(|answer| answer.name).collect();
            assert!(names.iter().any(|known| known == name), "{query}: {names:?}");
        }
    }

    /// Checks that the scanner finds after a key word what the token alone is explained as.
    fn agree(token: &str) -> Result<(), TestCaseError> {
        SCANNER.with(|scanner| {
            let found = scanner.scan(&format!("hr={token}"));
            let [found] = found[..] else { return Ok(()) };
            prop_assert_eq!(
                keys_of_query(scanner, token).first().copied(),
                Some(found.meaning.key)
            );
            // A number alone may belong to any family; its meaning after a key word is one of them.
            let alone = answers_to_query(scanner, token, Locale::En);
            let found = answers(scanner.catalog(), found.meaning, Locale::En).swap_remove(0);
            let is_among = alone.contains(&found);
            prop_assert!(found.severity.is_none() || is_among, "{:?}\n{:?}", alone, found);
            Ok(())
        })
    }

    proptest! {
        #[test]
        fn a_token_alone_is_explained_as_it_is_found(token in token()) {
            agree(&token)?;
        }
    }

    #[test]
    fn eight_digits_are_hex_if_they_begin_with_0_or_8() {
        for (token, code) in [
            ("10000001", 10_000_001),
            ("80070005", 0x8007_0005),
            ("00000005", 5),
            ("87654321", 0x8765_4321),
            ("99999999", 99_999_999),
            ("1000000A", 0x1000_000A),
        ] {
            agree(token).unwrap();
            let keys = SCANNER.with(|scanner| keys_of_query(scanner, token));
            assert_eq!(keys[0], Key::Code(Code(code)), "{token}");
        }
    }

    /// A catalog in which a single name belongs to a code, to a number and to neither.
    fn team() -> Scanner {
        let text = r#"
            [family]
            id = "team"
            title = "Team"
            formulas = [{ numbers = "1..=9", base = 0xE0000000 }]

            [[entry]]
            number = 7
            name = "TEAM_FULL"
            severity = "error"
            message = "Full"

            [[entry]]
            number = 12
            name = "TEAM_LATE"
            severity = "error"
            message = "Late"

            [[entry]]
            name = "TEAM_GONE"
            severity = "error"
            message = "Gone"

            [[entry]]
            phrases.en = ["It is lost"]
            severity = "error"
            message = "Lost"
        "#;
        let layer = Layer::parse("team.toml", text).unwrap();
        Scanner::new(Arc::new(Catalog::default().with_layer(&layer)))
    }

    /// The answers: each code in hex, or else the number, and its message.
    fn answered(query: &str) -> Vec<String> {
        let answers = answers_to_query(&team(), query, Locale::En);
        answers.iter().map(|answer| format!("{} {}", answer.heading()[0], answer.message)).collect()
    }

    #[test]
    fn an_entry_is_found_by_each_of_its_names() {
        for (query, expected) in [
            ("TEAM_FULL", "0xE0000007 Full"),
            (" team_full ", "0xE0000007 Full"),
            ("0xE0000007", "0xE0000007 Full"),
            ("7", "0xE0000007 Full"),
            ("TEAM_LATE", "12 Late"),
            ("12", "12 Late"),
            ("TEAM_GONE", "TEAM_GONE Gone"),
            ("it is lost", "Team Lost"),
            ("see 0xE0000007, again -536870905", "0xE0000007 Full"),
        ] {
            assert_eq!(answered(query), [expected], "{query}");
        }
    }

    #[test]
    fn an_unknown_query_has_no_answer() {
        for query in ["", " ", "TEAM", "lost"] {
            assert_eq!(answered(query), [""; 0], "{query}");
            assert_eq!(keys_of_query(&team(), query), [], "{query}");
        }
    }

    #[test]
    fn a_number_that_no_family_has_is_answered_as_an_unknown_code() {
        assert_eq!(answered("13"), ["0x0000000D Not in the catalog"]);
    }

    #[test]
    fn an_entry_that_is_found_by_code_and_by_number_is_answered_once() {
        let text = "[family]\nid = \"plain\"\ntitle = \"Plain\"\nbase = 0\n\
                    [[entry]]\nnumber = 7\nseverity = \"error\"\nmessage = \"Seven\"\n";
        let layer = Layer::parse("plain.toml", text).unwrap();
        let both = Catalog::clone(team().catalog()).with_layer(&layer);
        let answers = answers_to_query(&Scanner::new(Arc::new(both)), "7", Locale::En);
        let messages: Vec<_> = answers.iter().map(|answer| answer.message.as_str()).collect();
        assert_eq!(messages, ["Seven", "Full"]);
    }

    #[test]
    fn the_keys_of_a_name_are_those_of_its_entries() {
        assert_eq!(keys_of_query(&team(), "TEAM_FULL").last(), Some(&Key::Code(Code(0xE000_0007))));
        assert_eq!(keys_of_query(&team(), " team_full "), [Key::Code(Code(0xE000_0007))]);
        assert_eq!(keys_of_query(&team(), "-536870905"), [Key::Code(Code(0xE000_0007))]);
    }
}
