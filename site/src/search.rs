//! The index of the search: small files that the search page loads as scripts, so that it works
//! from a disk, too.
//!
//! The terms of all entries are sorted and cut into parts of about the same size. The manifest has
//! the first term of each part, so a look-up loads one part for each word, and then the blocks of
//! the entries that it shows. `assets/search.js` reads what is written here.
//!
//! | File | Content |
//! |---|---|
//! | `manifest.js` | the first term of each part, the common words, the families |
//! | `terms-N.js` | each term, followed by the entries that have it: the differences of the sorted numbers `entry * 4 + rank`, in base 36 |
//! | `entries-N.js` | [`BLOCK`] entries: the index of the family, the end of the link, label, name, message, whether it is known by name only |

use std::collections::{BTreeMap, HashMap};

use hexplain::catalog::Entry;
use hexplain::explain::{self, Answer};
use hexplain::{Catalog, Locale};
use serde_json::{Value, json};

use crate::book::{Book, label};
use crate::output::{Output, for_each};
use crate::{Error, LOCALES, address, tag};

/// The entries in a file.
const BLOCK: usize = 128;

/// The size at which a file of terms ends, in bytes.
const PART: usize = 24_000;

/// How many more words a message with a code may have than one without, to be as good a result.
const MORE_WORDS: usize = 3;

/// A word that more entries have is not searched for.
const COMMON: usize = 5_000;

/// Where an entry has a term, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It is the code, the number, or a symbolic name.
    Own,
    /// It is a word of a name, of the message or of a phrase.
    Message,
    /// It is a word of the family.
    Family,
    /// It is a word of the remedy.
    Remedy,
}

const RANKS: [Rank; 4] = [Rank::Own, Rank::Message, Rank::Family, Rank::Remedy];

/// The folder of the index within that of a language. No family has this ID.
pub(crate) const FOLDER: &str = "search.data/";

/// Writes the index of each language.
pub(crate) fn write(book: &Book<'_>, output: &Output) -> Result<(), Error> {
    let readings = readings(book.catalog);
    for_each(&LOCALES, |&locale| write_index(book, &readings, output, locale))
}

fn write_index(
    book: &Book<'_>,
    readings: &Readings,
    output: &Output,
    locale: Locale,
) -> Result<(), Error> {
    let folder = format!("{}/{FOLDER}", tag(locale));
    let write = |name: &str, value: &Value| {
        output.write(&format!("{folder}{name}.js"), format!("hexplainPart({name:?},{value})\n"))
    };
    let entries = in_order(book, locale);
    for (number, block) in entries.chunks(BLOCK).enumerate() {
        let block: Vec<Value> = block.iter().map(|known| shown(book, known, locale)).collect();
        write(&format!("entries-{number}"), &Value::Array(block))?;
    }
    let (terms, common) = terms(book, &entries, readings, locale);
    let parts = parts(terms);
    for (number, part) in parts.iter().enumerate() {
        write(&format!("terms-{number}"), &json!(part))?;
    }
    let firsts: Vec<&str> = parts.iter().map(|part| part[0].as_str()).collect();
    let families = book.families.iter().map(|part| part.family);
    let families: Vec<_> =
        families.map(|family| [family.id(), family.title().get(locale)]).collect();
    let manifest =
        json!({ "block": BLOCK, "firsts": firsts, "common": common, "families": families });
    write("manifest", &manifest)
}

/// An entry, its family's place in the book, and its answer.
struct Known<'b, 'c> {
    entry: &'b Entry<'c>,
    family: usize,
    answer: Answer,
}

/// All entries, the best results among equals first: those with a written text, then those with
/// few words in the message, of which one with a 32-bit code may have some more.
fn in_order<'b, 'c>(book: &'b Book<'c>, locale: Locale) -> Vec<Known<'b, 'c>> {
    let mut entries: Vec<Known<'_, '_>> = Vec::new();
    for (family, part) in book.families.iter().enumerate() {
        for entry in part.written.iter().chain(&part.named) {
            entries.push(Known { entry, family, answer: book.answer(entry, locale) });
        }
    }
    let length = |known: &Known<'_, '_>| {
        let words = known.answer.message.split_whitespace().count();
        words + if known.answer.hex.is_some() { 0 } else { MORE_WORDS }
    };
    entries.sort_by_cached_key(|known| (known.entry.is_words_only(), length(known)));
    entries
}

/// What a result shows of an entry.
fn shown(book: &Book<'_>, known: &Known<'_, '_>, locale: Locale) -> Value {
    let Known { entry, family, answer } = known;
    let own = address::own_part(book.catalog, entry);
    let label = label(entry, answer);
    let name = entry.name();
    json!([
        family,
        own,
        if label == own { "" } else { &label },
        if name == label { "" } else { name },
        entry.message().get(locale),
        u8::from(entry.is_words_only()),
    ])
}

/// The families that a number means most likely, in order.
type Readings = HashMap<i32, Vec<String>>;

fn readings(catalog: &Catalog) -> Readings {
    let mut readings = Readings::new();
    for number in catalog.entries().filter_map(|entry| entry.number()) {
        readings.entry(number).or_insert_with(|| {
            let answers = explain::readings(catalog, number, &[], Locale::En);
            answers.into_iter().filter_map(|answer| answer.family).take(RANKS.len() - 1).collect()
        });
    }
    readings
}

/// Each term with its entries, as a number that contains the rank; and the words that too many
/// entries have.
fn terms(
    book: &Book<'_>,
    entries: &[Known<'_, '_>],
    readings: &Readings,
    locale: Locale,
) -> (BTreeMap<String, Vec<usize>>, Vec<String>) {
    let mut terms: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, known) in entries.iter().enumerate() {
        for (term, rank) in terms_of(book, known, readings, locale) {
            terms.entry(term).or_default().push(place * RANKS.len() + rank as usize);
        }
    }
    let is_common =
        |term: &String, places: &Vec<usize>| places.len() > COMMON && !term.starts_with('#');
    let common = terms.iter().filter(|(term, places)| is_common(term, places));
    let common = common.map(|(term, _)| term.clone()).collect();
    terms.retain(|term, places| !is_common(term, places));
    (terms, common)
}

/// The terms of an entry, each with its best rank.
fn terms_of(
    book: &Book<'_>,
    known: &Known<'_, '_>,
    readings: &Readings,
    locale: Locale,
) -> BTreeMap<String, Rank> {
    let Known { entry, family, answer } = known;
    let family = &book.families[*family].family;
    let mut terms = BTreeMap::new();
    let mut add = |term: String, rank: Rank| {
        let best = terms.entry(term).or_insert(rank);
        *best = rank.min(*best);
    };
    if let Some(hex) = &answer.hex {
        add(fold(hex), Rank::Own);
    }
    if let Some(number) = answer.number {
        let place = readings[&number].iter().position(|id| id == family.id());
        add(format!("#{number}"), RANKS[place.unwrap_or(RANKS.len() - 1)]);
    }
    for name in std::iter::once(entry.name()).chain(entry.aliases()).filter(|n| !n.is_empty()) {
        add(fold(name), Rank::Own);
        words(name).into_iter().for_each(|word| add(word, Rank::Message));
    }
    let message = std::iter::once(entry.message().get(locale)).chain(entry.phrases());
    message.flat_map(words).for_each(|word| add(word, Rank::Message));
    let title = [family.title().get(locale), family.id()];
    title.into_iter().chain(family.domains()).flat_map(words).for_each(|w| add(w, Rank::Family));
    words(entry.remedy().get(locale)).into_iter().for_each(|word| add(word, Rank::Remedy));
    terms
}

/// The terms in files: each term, followed by its entries.
fn parts(terms: BTreeMap<String, Vec<usize>>) -> Vec<Vec<String>> {
    let mut parts: Vec<Vec<String>> = Vec::new();
    let mut size = PART;
    for (term, places) in terms {
        if size >= PART {
            parts.push(Vec::new());
            size = 0;
        }
        let entries = differences(&places);
        size += term.len() + entries.len() + 6;
        if let Some(part) = parts.last_mut() {
            part.extend([term, entries]);
        }
    }
    parts
}

/// Sorted numbers as the difference of each from the one before, in base 36.
fn differences(sorted: &[usize]) -> String {
    let before = std::iter::once(0).chain(sorted.iter().copied());
    let differences = sorted.iter().zip(before).map(|(number, before)| base_36(number - before));
    differences.collect::<Vec<_>>().join(" ")
}

fn base_36(mut number: usize) -> String {
    let mut digits = Vec::new();
    loop {
        digits.extend(char::from_digit((number % 36) as u32, 36));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

/// The words of a text that are searched for, and the parts of names in it. `search.js` does the
/// same with a query.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let tokens = folded.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let with_parts = tokens.flat_map(|token| {
        let parts = if token.contains('_') { token.split('_') } else { "".split('_') };
        std::iter::once(token).chain(parts)
    });
    let is_word = |word: &&str| word.len() > 1 && !word.bytes().all(|byte| byte.is_ascii_digit());
    with_parts.filter(is_word).map(str::to_owned).collect()
}

/// Lower case without accents.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => folded.push('a'),
            'ç' => folded.push('c'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' => folded.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => folded.push('u'),
            'ÿ' | 'ý' => folded.push('y'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            _ => folded.push(c),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_messages_and_of_names() {
        for (text, expected) in [
            ("Accès refusé à l’œuvre", &["acces", "refuse", "oeuvre"][..]),
            ("E_ACCESSDENIED, 404", &["e_accessdenied", "accessdenied"]),
            ("Wi-Fi 2.4 GHz", &["wi", "fi", "ghz"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn all_letters_of_the_catalog_are_folded() {
        let catalog = Catalog::builtin();
        for entry in catalog.entries() {
            let text = fold(&format!("{} {}", entry.message().fr, entry.remedy().fr));
            let other = text.chars().find(|c| c.is_alphabetic() && !c.is_ascii());
            assert!(other.is_none_or(|c| "µðłßα".contains(c)), "{other:?} in {text}");
        }
    }

    #[test]
    fn numbers_are_differences_in_base_36() {
        assert_eq!(differences(&[35, 36, 1332]), "z 1 100");
        assert_eq!(differences(&[0]), "0");
    }
}
