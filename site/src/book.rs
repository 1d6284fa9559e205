//! The catalog in the order of the site: its families with their entries, and what a page or a
//! list shows of an entry.

use hexplain::catalog::{Entry, Family};
use hexplain::explain::{self, Answer};
use hexplain::{Catalog, Locale};
use serde::Serialize;

use crate::address;

/// The families of a catalog, in the order of their titles in English.
pub(crate) struct Book<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) families: Vec<Part<'c>>,
}

/// A family with its entries.
pub(crate) struct Part<'c> {
    pub(crate) family: Family<'c>,
    /// Those with a written text, which have a page of their own.
    pub(crate) written: Vec<Entry<'c>>,
    /// Those with only a name.
    pub(crate) named: Vec<Entry<'c>>,
}

impl<'c> Book<'c> {
    pub(crate) fn new(catalog: &'c Catalog) -> Self {
        let part = |family| Part { family, written: Vec::new(), named: Vec::new() };
        let mut families: Vec<Part<'c>> = catalog.families().map(part).collect();
        for entry in catalog.entries() {
            let of = |part: &&mut Part<'_>| part.family.catalog_id() == entry.family();
            // Families are few in comparison, and their entries follow each other.
            if let Some(part) = families.iter_mut().find(of) {
                let list = if entry.is_words_only() { &mut part.named } else { &mut part.written };
                list.push(entry);
            }
        }
        families.sort_by_key(|part| part.family.title().en.to_lowercase());
        Self { catalog, families }
    }

    /// All entries with a written text.
    pub(crate) fn written(&self) -> impl Iterator<Item = &Entry<'c>> {
        self.families.iter().flat_map(|part| &part.written)
    }

    /// The answer of an entry in a language.
    pub(crate) fn answer(&self, entry: &Entry<'_>, locale: Locale) -> Answer {
        let key = explain::own_key(self.catalog, entry);
        explain::answer(self.catalog, entry, key, locale)
    }

    /// The link to an entry, from a page in a family's folder.
    pub(crate) fn item(&self, entry: &Entry<'_>, locale: Locale) -> Item {
        let answer = self.answer(entry, locale);
        Item {
            href: format!("../{}", self.href(entry)),
            label: label(entry, &answer),
            name: answer.name.unwrap_or_default(),
            family: answer.title,
            message: answer.message,
        }
    }

    /// The page of an entry, or its row in its family's page, within the folder of a language.
    pub(crate) fn href(&self, entry: &Entry<'_>) -> String {
        if entry.is_words_only() {
            let family = self.catalog.family(entry.family());
            let row = address::own_part(self.catalog, entry);
            format!("{}#{row}", address::of_family(family.id()))
        } else {
            address::of_entry(self.catalog, entry)
        }
    }
}

/// An entry in a list.
#[derive(Serialize)]
pub(crate) struct Item {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) message: String,
}

/// What an entry is called: its code, or else its number or range, its name or its family. Readers
/// know a code of 16 bits, such as that of Win32 error 5, by its number.
pub(crate) fn label(entry: &Entry<'_>, answer: &Answer) -> String {
    let number = answer.shown_number();
    let is_small = answer.unsigned.is_some_and(|code| code <= 0xFFFF) && number.is_some();
    let code = answer.hex.clone().filter(|_| !is_small);
    code.or(number)
        .or_else(|| range(entry))
        .or_else(|| answer.name.clone())
        .unwrap_or_else(|| answer.title.clone())
}

/// The range of an entry as readers write it: `400–499`.
pub(crate) fn range(entry: &Entry<'_>) -> Option<String> {
    entry.numbers().filter(|numbers| numbers.contains("..=")).map(|text| text.replace("..=", "–"))
}
