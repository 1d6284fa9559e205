//! Search by words: the entries of a catalog in which all of them occur.

use super::{Catalog, Entry};
use crate::locale::Locale;

impl Catalog {
    /// The entries in whose number, code, name, phrases, message, remedy or family each of
    /// `words` occurs, best first: names and phrases before messages, messages before the rest; and
    /// of those alike, entries with texts of their own before those that have a name only.
    #[must_use]
    pub fn search(&self, words: &str, locale: Locale) -> Vec<Entry<'_>> {
        let words: Vec<String> = words.split_whitespace().map(fold).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut ranked: Vec<(u32, Entry<'_>)> = self
            .entries()
            .filter_map(|entry| self.rank(&entry, &words, locale).map(|rank| (rank, entry)))
            .collect();
        ranked.sort_by_key(|(rank, entry)| (*rank, entry.is_words_only()));
        ranked.into_iter().map(|(_, entry)| entry).collect()
    }

    /// How far from the best place the worst of the words was found.
    fn rank(&self, entry: &Entry<'_>, words: &[String], locale: Locale) -> Option<u32> {
        let family = self.family(entry.family);
        let number = entry.number().map(|number| number.to_string()).unwrap_or_default();
        let code = self.code_of(entry).map(|code| format!("{code} {} {}", code.signed(), code.0));
        let first = format!("{number} {} {}", code.unwrap_or_default(), entry.name());
        let phrases: String = entry.phrases().collect::<Vec<_>>().join(" ");
        let mut places: Vec<String> =
            [first.as_str(), &phrases, entry.message().get(locale)].into_iter().map(fold).collect();
        let rest = [family.title().get(locale), family.id(), entry.remedy().get(locale)].join(" ");
        places.push(fold(&rest));
        let ranks = words.iter().map(|word| {
            places.iter().position(|place| place.contains(word.as_str())).map(|i| i as u32)
        });
        ranks.collect::<Option<Vec<u32>>>()?.into_iter().max()
    }
}

/// Lower case, with the typographic apostrophe as the plain one: what a search compares.
fn fold(text: &str) -> String {
    text.to_lowercase().replace('’', "'").replace('\u{a0}', " ")
}
