//! The texts of the site's own pages in both languages, from `words.toml`.

use std::collections::BTreeMap;

use hexplain::Locale;

use crate::{Error, tag};

/// The texts by language and key.
pub(crate) struct Words(BTreeMap<String, BTreeMap<String, String>>);

impl Words {
    pub(crate) fn new() -> Result<Self, Error> {
        let words = toml::from_str(include_str!("../words.toml"));
        words.map(Self).map_err(|error| Error::new(format!("words.toml: {error}")))
    }

    /// All texts in a language.
    pub(crate) fn all(&self, locale: Locale) -> &BTreeMap<String, String> {
        &self.0[tag(locale)]
    }

    /// One text in a language.
    pub(crate) fn get(&self, locale: Locale, key: &str) -> &str {
        &self.0[tag(locale)][key]
    }
}

/// A count as it is written in a language: `15,380`, `15 380`.
pub(crate) fn count(number: usize, locale: Locale) -> String {
    let digits = number.to_string();
    let separator = locale.pick(",", "\u{202f}");
    let mut written = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            written.push_str(separator);
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_texts() {
        let words = Words::new().unwrap();
        let keys = |locale| words.all(locale).keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(Locale::En), keys(Locale::Fr));
    }

    #[test]
    fn french_marks_follow_a_no_break_space() {
        for (key, text) in Words::new().unwrap().all(Locale::Fr) {
            let marks = text.char_indices().filter(|(_, c)| matches!(c, ':' | ';' | '?' | '!'));
            for (at, _) in marks {
                assert!(text[..at].ends_with('\u{a0}'), "{key}: {text}");
            }
        }
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(count(7, Locale::En), "7");
        assert_eq!(count(15_380, Locale::En), "15,380");
        assert_eq!(count(1_015_380, Locale::Fr), "1\u{202f}015\u{202f}380");
    }
}
