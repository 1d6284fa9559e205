//! The readings of a bare number, most likely first.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::{Answer, answer, entries};
use crate::catalog::{Catalog, Entry, FamilyId};
use crate::code::Code;
use crate::locale::Locale;
use crate::scan::{Key, Meaning};

/// The answers for a number without context: as a code and as a number of any family, most likely
/// first. `leanings` are the families suggested by the document, starting with the strongest.
#[must_use]
pub fn readings(
    catalog: &Catalog,
    number: i32,
    leanings: &[FamilyId],
    locale: Locale,
) -> Vec<Answer> {
    let mut found: Vec<(Entry<'_>, Key)> = Vec::new();
    let code = Key::Code(Code(number as u32));
    found.extend(entries(catalog, Meaning::new(code, None)).into_iter().map(|entry| (entry, code)));
    found.extend(catalog.by_any_number(number).into_iter().map(|entry| {
        let code = catalog.family(entry.family()).code_of(number);
        (entry, code.map_or(Key::Number(entry.family(), number), Key::Code))
    }));
    let mut seen = HashSet::new();
    found.retain(|(entry, _)| seen.insert(entry.id()));
    found.sort_by_key(|(entry, _)| likelihood(catalog, entry, number, leanings));
    found.iter().map(|(entry, key)| answer(catalog, entry, *key, locale)).collect()
}

/// The rank of a reading: families suggested by the document come first, then those whose numbers
/// every reader knows, then those whose numbers logs call by the most words, such as `error` and
/// `failed`, then those whose numbers also have a 32-bit code; entries with only a name come last.
fn likelihood(
    catalog: &Catalog,
    entry: &Entry<'_>,
    number: i32,
    leanings: &[FamilyId],
) -> impl Ord + use<> {
    let leaning = leanings.iter().position(|family| *family == entry.family());
    let family = catalog.family(entry.family());
    let is_known_by_heart = family.distinctive().iter().any(|own| own.contains(number));
    let names = Reverse(family.roles().count());
    let has_code = catalog.code_of(entry).is_some();
    let leaning = leaning.unwrap_or(usize::MAX);
    (entry.is_words_only(), leaning, !is_known_by_heart, names, !has_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn families(number: i32, leanings: &[&str]) -> Vec<String> {
        let catalog = Catalog::builtin();
        let id = |id: &&str| catalog.family_by_id(id).unwrap().catalog_id();
        let leanings: Vec<FamilyId> = leanings.iter().map(id).collect();
        let answers = readings(&catalog, number, &leanings, Locale::En);
        answers.into_iter().filter_map(|answer| answer.family).collect()
    }

    #[test]
    fn a_small_number_has_many_readings() {
        let families = families(5, &[]);
        for family in ["win32", "errno", "bugcheck"] {
            assert!(families.iter().any(|known| known == family), "{families:?}");
        }
    }

    #[test]
    fn the_document_ranks_them() {
        assert_eq!(families(5, &["errno"])[0], "errno");
        assert_eq!(families(5, &["win32"])[0], "win32");
    }

    #[test]
    fn what_is_known_by_name_only_comes_last() {
        let answers = readings(&Catalog::builtin(), 5, &[], Locale::En);
        let by_name: Vec<bool> = answers.iter().map(|answer| answer.is_name_only).collect();
        assert!(by_name.is_sorted(), "{by_name:?}");
        assert!(by_name.contains(&true));
    }
}
