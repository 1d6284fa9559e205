//! Search by words: finds the catalog entries that match all of them.

use super::{Catalog, Entry};
use crate::locale::Locale;

/// The number of different words in a query that are searched for, so that a search has a limit.
const MOST_WORDS: usize = 32;

impl Catalog {
    /// The entries that match all of `words` (the first 32 different ones) in their number, code, name, phrases, message, remedy
    /// or family, best first: names and phrases before messages, messages before the rest. Among
    /// equals, entries with texts of their own come before those with only a name.
    #[must_use]
    pub fn search(&self, words: &str, locale: Locale) -> Vec<Entry<'_>> {
        let mut distinct: Vec<String> = Vec::new();
        for word in words.split_whitespace().map(fold).filter(|word| !word.is_empty()) {
            if !distinct.contains(&word) {
                distinct.push(word);
            }
            if distinct.len() == MOST_WORDS {
                break;
            }
        }
        let words = distinct;
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

    /// The rank of the worst match among the words; 0 is the best, `None` means no match.
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

/// Lower case, with straight apostrophes instead of typographic ones, for comparison.
fn fold(text: &str) -> String {
    text.to_lowercase().replace('’', "'").replace('\u{a0}', " ").replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Layer;

    const TEAM: &str = r#"
        [family]
        id = "team"
        title = { en = "Build farm", fr = "Ferme de compilation" }
        base = 0xE0000000

        [[entry]]
        number = 1
        severity = "error"
        message = "Nothing to do with a disk"
        remedy = "Wait until the quota is raised."

        [[entry]]
        number = 2
        severity = "error"
        message = { en = "The quota can’t be read", fr = "Quota illisible\u00a0: réessayez" }

        [[entry]]
        number = 3
        name = "TEAM_QUOTA_WORDS_ONLY"
        severity = "error"

        [[entry]]
        number = 4
        name = "TEAM_QUOTA"
        severity = "error"
        message = "Too much"
        phrases.en = ["Your share is used up"]
    "#;

    /// Checks the numbers of the entries found, in order.
    #[track_caller]
    fn check(locale: Locale, words: &str, expected: &[i32]) {
        let catalog = Catalog::default().with_layer(&Layer::parse("team.toml", TEAM).unwrap());
        let found = catalog.search(words, locale);
        let numbers: Vec<_> = found.iter().filter_map(Entry::number).collect();
        assert_eq!(numbers, expected, "{words}");
    }

    #[test]
    fn names_come_before_messages_and_messages_before_remedies() {
        check(Locale::En, "quota", &[4, 3, 2, 1]);
        check(Locale::En, "disk", &[1]);
    }

    #[test]
    fn all_of_the_words_must_occur_and_the_worst_place_counts() {
        check(Locale::En, "QUOTA read", &[2]);
        check(Locale::En, "quota farm", &[1, 2, 4, 3]);
        check(Locale::En, "quota nowhere", &[]);
        check(Locale::En, " ", &[]);
    }

    #[test]
    fn a_code_is_found_in_each_of_its_forms() {
        for words in ["0xe0000004", "-536870908", "3758096388", "team_quota share"] {
            check(Locale::En, words, &[4]);
        }
    }

    #[test]
    fn a_family_is_found_by_its_title_in_the_language_of_the_search() {
        check(Locale::En, "farm", &[1, 2, 4, 3]);
        check(Locale::Fr, "ferme", &[1, 2, 4, 3]);
        check(Locale::Fr, "farm", &[]);
    }

    #[test]
    fn the_same_word_again_costs_nothing_and_changes_nothing() {
        check(Locale::En, &"quota ".repeat(100_000), &[4, 3, 2, 1]);
    }

    #[test]
    fn an_apostrophe_is_found_in_either_form() {
        check(Locale::En, "can't", &[2]);
        check(Locale::En, "can’t", &[2]);
    }
}
