//! A query that names a family beside a number or a name of it: `vpn 691`, `kerberos 0x18`,
//! `MySQL error 1045`.

use crate::catalog::{Catalog, Entry, Family};
use crate::code::Code;
use crate::scan::is_of_any_number;

/// A query of more words than this is a text.
const MOST_WORDS: usize = 8;

/// The entries of the families that a query names, those of families whose ID or title it names
/// first. Empty if it does not consist of one number or name and the words for a family.
pub(super) fn entries<'c>(catalog: &'c Catalog, query: &str) -> Vec<Entry<'c>> {
    let words: Vec<&str> = words(query).take(MOST_WORDS + 1).collect();
    if !(2..=MOST_WORDS).contains(&words.len()) {
        return Vec::new();
    }
    let names: Vec<Option<String>> =
        words.iter().map(|word| (!is_of_any_number(word)).then(|| word.to_lowercase())).collect();
    let mut found: Vec<(usize, Entry<'c>)> = Vec::new();
    for family in catalog.families() {
        // What each word that may name a family says of this one.
        let ranks: Vec<Option<Option<usize>>> =
            names.iter().map(|name| Some(rank(&family, name.as_ref()?))).collect();
        for (place, word) in words.iter().enumerate() {
            let others = ranks.iter().enumerate().filter(|(other, _)| *other != place);
            let ranks: Option<Vec<usize>> = others.filter_map(|(_, rank)| *rank).collect();
            let Some(rank) = ranks.and_then(|ranks| ranks.into_iter().max()) else { continue };
            found.extend(of_family(catalog, &family, word).map(|entry| (rank, entry)));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    let best = found.first().map_or(0, |(rank, _)| *rank);
    found.into_iter().filter(|(rank, _)| *rank == best).map(|(_, entry)| entry).collect()
}

/// The words of a query, without the punctuation around them.
pub(super) fn words(query: &str) -> impl Iterator<Item = &str> {
    let is_around = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\u{2212}');
    let words = query
        .split_whitespace()
        .map(move |word| word.trim_matches(is_around).trim_end_matches('-'));
    words.filter(|word| !word.is_empty())
}

/// How well a word names a family, 0 for best; `None` if it does not.
fn rank(family: &Family<'_>, word: &str) -> Option<usize> {
    let title = family.title();
    let of_title = [family.id(), title.en, title.fr].into_iter().flat_map(parts);
    if of_title.chain(family.also_called().flat_map(parts)).any(|part| is_same(part, word)) {
        return Some(0);
    }
    let is_sign = |sign: &str| parts(sign).any(|part| is_same(part, word));
    family.signs().any(is_sign).then_some(1)
}

/// The words of a family's ID, title or sign.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| part.len() > 1)
}

/// Whether a part is this word in lower case, or one of the pieces between its hyphens.
fn is_same(part: &str, word: &str) -> bool {
    let is = |piece: &str| part.chars().flat_map(char::to_lowercase).eq(piece.chars());
    is(word) || word.split('-').any(is)
}

/// The entries of a family with a number, a code or a name.
fn of_family<'c>(
    catalog: &'c Catalog,
    family: &Family<'c>,
    value: &str,
) -> impl Iterator<Item = Entry<'c>> {
    let id = family.catalog_id();
    let of_number = numbers(value, family.is_shown_in_hex())
        .into_iter()
        .find_map(|number| catalog.by_number(id, number));
    let code = Code::parse(value).filter(|code| code.0 > 0xFFFF);
    let by_code = code.into_iter().flat_map(|code| catalog.by_code(code));
    let by_name = catalog.by_name(value).into_iter();
    let own = by_code.chain(by_name).find(|entry| entry.family() == id);
    of_number.or(own).into_iter()
}

/// The numbers that a value may be in a family, most likely first; the first of `30029-4`.
fn numbers(value: &str, is_shown_in_hex: bool) -> Vec<i32> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let parts = value.split_once('-').filter(|(first, rest)| is_number(first) && is_number(rest));
    let value = parts.map_or(value, |(first, _)| first);
    let signed = |code: Code| code.signed();
    let in_hex = || Code::from_hex(value).map(signed).filter(|_| is_shown_in_hex);
    let as_written = Code::parse(value).map(signed);
    in_hex().into_iter().chain(as_written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, expected: &[&str]) {
        thread_local!(static CATALOG: Catalog = Catalog::builtin());
        CATALOG.with(|catalog| {
            let found = entries(catalog, query);
            let families = found.iter().map(|entry| catalog.family(entry.family()).id());
            assert_eq!(families.collect::<Vec<_>>(), expected, "{query}");
        });
    }

    #[test]
    fn the_words_beside_a_number_or_name_choose_the_family() {
        check("curl 60", &["curl"]);
        check("vpn error 691", &["ras"]);
        check("stop code 7b", &["bugcheck"]);
        check("BSOD 0x139", &["bugcheck"]);
        check("MySQL: (1045)", &["mysql"]);
        check("office 30029-4", &["office-c2r"]);
        check("AuthorizationFailed azure", &["azure-resource-manager"]);
    }

    #[test]
    fn words_that_name_no_family_or_not_the_same_one_choose_none() {
        check("60", &[]);
        check("error 60", &[]);
        check("curl", &[]);
        check("banana 60", &[]);
        check("curl banana 60", &[]);
        check("curl mysql 60", &[]);
        check("a sentence of many words in which curl fails with 60", &[]);
    }
}
