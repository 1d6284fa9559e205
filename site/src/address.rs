//! The addresses of pages: one rule for each entry of the catalog, the same in every language.
//!
//! `LANGUAGE/FAMILY/ENTRY.html`, where ENTRY is the first of these that the entry has:
//!
//! | The entry has | ENTRY | Example |
//! |---|---|---|
//! | a number | the number in its family's usual form | `en/http/404.html`, `en/bugcheck/0x9F.html` |
//! | a range of numbers | its first and its last number | `en/scomo/1250-1299.html` |
//! | a 32-bit code | the code in hex | `en/intune/0x87D1FDE8.html` |
//! | a symbolic name | the name | `en/sqlstate/25P03.html` |
//! | only phrases | the first phrase | `en/ssh-message/Too-many-authentication-failures-9f0b1c2d.html` |
//!
//! A name or phrase that is not a file name everywhere is made one: see [`file_name`].

use hexplain::catalog::Entry;
use hexplain::{Catalog, Locale, explain};

/// The longest file name, without its ending.
const LONGEST: usize = 64;

/// The path of an entry's page within the folder of a language: `http/404.html`.
#[must_use]
pub fn of_entry(catalog: &Catalog, entry: &Entry<'_>) -> String {
    let family = catalog.family(entry.family()).id();
    format!("{family}/{}.html", own_part(catalog, entry))
}

/// The path of a family's page within the folder of a language.
#[must_use]
pub fn of_family(family: &str) -> String {
    format!("{family}/index.html")
}

/// The part of the path that identifies an entry within its family.
#[must_use]
pub fn own_part(catalog: &Catalog, entry: &Entry<'_>) -> String {
    let key = explain::own_key(catalog, entry);
    let number = |_| explain::answer(catalog, entry, key, Locale::En).shown_number();
    entry
        .number()
        .and_then(number)
        .or_else(|| entry.numbers().map(|range| range.replace("..=", "-")))
        .or_else(|| catalog.code_of(entry).map(|code| code.to_string()))
        .unwrap_or_else(|| name_of(catalog, entry))
}

/// The name of an entry without number and code, or else its first phrase, as a file name. Names of
/// a family that differ only in case get a hash, because some systems ignore it.
fn name_of(catalog: &Catalog, entry: &Entry<'_>) -> String {
    let name = entry.name();
    if name.is_empty() {
        return file_name(entry.phrases().next().unwrap_or_default());
    }
    let is_alike = |other: &Entry<'_>| {
        other.family() == entry.family()
            && other.name() != name
            && other.name().eq_ignore_ascii_case(name)
    };
    let has_alike = catalog.by_name(name).iter().any(is_alike);
    if has_alike { with_hash(name, name) } else { file_name(name) }
}

/// A text as a file name on every system: ASCII letters, digits, `-`, `.` and `_`, and not too
/// long. If this changes the text, a hash of the text follows, so that no two texts share a name.
#[must_use]
pub fn file_name(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if !text.is_empty() && text.len() <= LONGEST && text.chars().all(is_safe) {
        return text.to_owned();
    }
    let words = text.split(|c| !is_safe(c)).filter(|word| !word.is_empty());
    let mut name = words.collect::<Vec<_>>().join("-");
    name.truncate(LONGEST);
    with_hash(&name, text)
}

fn with_hash(name: &str, text: &str) -> String {
    format!("{name}-{:08x}", hash(text))
}

/// FNV-1a, which is the same on every system and in every version.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_examples_of_the_table_are_right() {
        let catalog = Catalog::builtin();
        let of = |family: &str, number| {
            let family = catalog.family_by_id(family).unwrap().catalog_id();
            of_entry(&catalog, &catalog.by_number(family, number).unwrap())
        };
        assert_eq!(of("http", 404), "http/404.html");
        assert_eq!(of("bugcheck", 0x9F), "bugcheck/0x9F.html");
        assert_eq!(of("scomo", 1260), "scomo/1250-1299.html");
        assert_eq!(of_entry(&catalog, &catalog.by_name("25P03")[0]), "sqlstate/25P03.html");
    }

    #[test]
    fn a_file_name_is_one_on_every_system() {
        assert_eq!(file_name("ERR_INVALID.x-1"), "ERR_INVALID.x-1");
        assert_eq!(file_name("a / b: c?"), format!("a-b-c-{:08x}", hash("a / b: c?")));
        assert_eq!(file_name("é"), format!("-{:08x}", hash("é")));
        assert!(file_name(&"x".repeat(300)).len() < 80);
    }

    /// Windows and macOS ignore the case of file names, and Windows reserves some.
    #[test]
    fn no_two_entries_share_a_page() {
        let catalog = Catalog::builtin();
        let mut pages = HashMap::new();
        for entry in catalog.entries() {
            let page = of_entry(&catalog, &entry);
            let name = own_part(&catalog, &entry).to_ascii_lowercase();
            assert!(!["index", "con", "prn", "aux", "nul"].contains(&name.as_str()), "{page}");
            let other = pages.insert(page.to_ascii_lowercase(), page.clone());
            assert_eq!(other, None, "{page}");
        }
    }
}
