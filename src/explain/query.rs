//! What a person typed, answered: any notation, a number, a name, or the words of a screen.

use std::collections::HashSet;

use super::{Answer, answer, answers, own_key, readings, unknown};
use crate::catalog::{Catalog, Entry};
use crate::code::Code;
use crate::locale::Locale;
use crate::scan::{Key, Meaning, Occurrence, Scanner, Weight};

/// How many different codes of one query are answered.
const MOST_CODES: usize = 100;

/// The answers to what a person typed: any notation, a family's number, a symbolic name, or
/// the words of a screen.
#[must_use]
pub fn answers_to_query(scanner: &Scanner, query: &str, locale: Locale) -> Vec<Answer> {
    let catalog = scanner.catalog();
    let query = query.trim();
    let named = catalog.by_name(query);
    if !query.is_empty() && !named.is_empty() {
        return named
            .iter()
            .map(|entry| answer(catalog, entry, own_key(catalog, entry), locale))
            .collect();
    }
    if let Some(code) = Code::parse(query) {
        return answers_to_code(catalog, code, query, locale);
    }
    let mut seen = HashSet::new();
    let found: Vec<Answer> = scanner
        .scan(query)
        .iter()
        .filter(|occurrence: &&Occurrence| seen.insert(occurrence.meaning.key))
        .take(MOST_CODES)
        .flat_map(|occurrence| {
            // Who asks wants an answer, whatever the text around it says.
            let meaning = Meaning { weight: Weight::Full, ..occurrence.meaning };
            match meaning.key {
                Key::Code(code) if occurrence.meaning.weight == Weight::Possible => {
                    readings(catalog, code.signed(), &[], locale)
                }
                _ => answers(catalog, meaning, locale),
            }
        })
        .collect();
    if !found.is_empty() {
        return found;
    }
    let folded = |text: &str| text.to_lowercase().replace('’', "'");
    let has_phrase =
        |entry: &Entry<'_>| entry.phrases().any(|phrase| folded(phrase) == folded(query));
    let by_phrase = catalog.entries().filter(has_phrase);
    by_phrase.map(|entry| answer(catalog, &entry, own_key(catalog, &entry), locale)).collect()
}

/// What identifies a code that a person wrote: in any notation, by a family's number or by a
/// symbolic name. Empty where it is not a code.
#[must_use]
pub fn keys_of_query(scanner: &Scanner, query: &str) -> Vec<Key> {
    let query = query.trim();
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

/// A bare number may be a code or a number of any family: all of them are returned.
fn answers_to_code(catalog: &Catalog, code: Code, query: &str, locale: Locale) -> Vec<Answer> {
    let meaning = Meaning::new(Key::Code(code), None);
    let found = match query.parse::<i32>() {
        Ok(number) => readings(catalog, number, &[], locale),
        // A small code in hex may be a family's number, too: stop codes are written so.
        Err(_) if code.0 <= 0xFFFF => readings(catalog, code.signed(), &[], locale),
        Err(_) => answers(catalog, meaning, locale),
    };
    if found.is_empty() { vec![unknown(catalog, meaning, locale)] } else { found }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;

    thread_local!(static SCANNER: Scanner = Scanner::new(Arc::new(Catalog::builtin())));

    /// One token that may be a code.
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

    /// What the scanner finds after a key word is what the same token alone is explained as.
    fn agree(token: &str) -> Result<(), TestCaseError> {
        SCANNER.with(|scanner| {
            let found = scanner.scan(&format!("hr={token}"));
            let [found] = found[..] else { return Ok(()) };
            prop_assert_eq!(
                keys_of_query(scanner, token).first().copied(),
                Some(found.meaning.key)
            );
            // A number alone may be any family's; where the code itself is known, it comes first.
            let alone = answers_to_query(scanner, token, Locale::En).swap_remove(0);
            let found = answers(scanner.catalog(), found.meaning, Locale::En).swap_remove(0);
            prop_assert!(found.severity.is_none() || alone == found, "{:?}\n{:?}", alone, found);
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
}
