//! A query that names a family beside a number or a name of it: `vpn 691`, `kerberos 0x18`,
//! `MySQL error 1045`, `Why does curl on Windows 11 fail with error 35?`

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::catalog::{Catalog, Entry, Family, FamilyId};
use crate::code::Code;
use crate::scan::is_of_any_number;

/// A query of more words than this is a text.
const MOST_WORDS: usize = 8;

/// So many words of a text are looked at.
const MANY_WORDS: usize = 32;

/// A word that names more families than this says nothing about which one is meant.
const COMMON: usize = 8;

/// A word's score, which the families that it names share; all numbers up to [`COMMON`] divide it.
const SHARES: usize = 840;

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

/// The entries of the family that a text is most likely about, judging by those of its words that
/// name few families, for the numbers that it calls an error and the like, or else for all of them.
pub(super) fn likely<'c>(catalog: &'c Catalog, text: &str) -> Vec<Entry<'c>> {
    let scores = scores(catalog, text);
    let values = values(text);
    let mut found: Vec<(usize, Entry<'c>)> = Vec::new();
    for family in catalog.families() {
        let Some(&score) = scores.get(&family.catalog_id()) else { continue };
        let entries = values.iter().flat_map(|value| of_family(catalog, &family, value));
        found.extend(entries.map(|entry| (score, entry)));
    }
    let best = found.iter().map(|(score, _)| *score).max().unwrap_or_default();
    found.retain(|(score, _)| score * 2 >= best);
    found.sort_by_key(|(score, _)| Reverse(*score));
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// How strongly the words of a text name each family: a word that names one family counts more than
/// one that several have in common, and a title more than a sign.
fn scores(catalog: &Catalog, text: &str) -> HashMap<FamilyId, usize> {
    let asked: HashSet<String> = words(text)
        .take(MANY_WORDS)
        .filter(|word| word.len() > 2 && !is_of_any_number(word))
        .map(str::to_lowercase)
        .collect();
    let mut scores = HashMap::new();
    for word in asked {
        let named = catalog.families().filter_map(|family| {
            rank(&family, &word).map(|rank| (family.catalog_id(), if rank == 0 { 2 } else { 1 }))
        });
        let named: Vec<(FamilyId, usize)> = named.collect();
        if named.len() <= COMMON {
            for (family, weight) in &named {
                *scores.entry(*family).or_default() += weight * SHARES / named.len();
            }
        }
    }
    scores
}

/// The words of a text that are numbers of up to 16 bits: those after a word such as `error` or
/// `code`, or all if there are none.
pub(super) fn values(text: &str) -> Vec<&str> {
    let words: Vec<&str> = words(text).take(MANY_WORDS).collect();
    let is_small =
        |word: &str| numbers(word, false).iter().any(|number| number.unsigned_abs() <= 0xFFFF);
    let is_called = |word: &str| word.split('_').next_back().is_some_and(is_of_any_number);
    let called = words.windows(2).filter(|pair| is_called(pair[0]) && is_small(pair[1]));
    let called: Vec<&str> = called.map(|pair| pair[1]).collect();
    if called.is_empty() {
        words.into_iter().filter(|word| is_small(word)).collect()
    } else {
        called
    }
}

/// The words of a query, without the punctuation around them.
pub(super) fn words(query: &str) -> impl Iterator<Item = &str> {
    let is_around = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\u{2212}');
    let words = query
        .split(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '：' | '('))
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
    fn the_rarest_words_of_a_text_choose_its_family() {
        thread_local!(static CATALOG: Catalog = Catalog::builtin());
        for (text, expected) in [
            ("Curl and Windows 11 error 35", "curl 35"),
            ("rsync error 23 (Partial transfer due to errors)", "rsync 23"),
            ("What is code 7?", ""),
        ] {
            CATALOG.with(|catalog| {
                let found = likely(catalog, text).first().map_or(String::new(), |entry| {
                    let family = catalog.family(entry.family());
                    format!("{} {}", family.id(), entry.number().unwrap_or_default())
                });
                assert_eq!(found, expected, "{text}");
            });
        }
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
