//! The languages of hexplain, and texts that exist in each of them.

use std::env;

/// A language in which every catalog text exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Locale {
    /// Reads a language tag or a POSIX locale name: `fr`, `fr-CA`, `fr_FR.UTF-8`, `en`, `C`.
    /// `None` for a language without texts.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "fr" => Some(Self::Fr),
            "en" | "c" | "posix" => Some(Self::En),
            _ => None,
        }
    }

    /// The language of the environment: that of the first of `LC_ALL`, `LC_MESSAGES` and `LANG`
    /// that is set and not empty (POSIX.1-2017, 8.2), else the system's; English if it has no
    /// texts.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::from_variables(|name| env::var(name).ok(), system_language)
    }

    fn from_variables(
        variable: impl FnMut(&'static str) -> Option<String>,
        system: impl FnOnce() -> Option<String>,
    ) -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(variable)
            .find(|value| !value.is_empty())
            .or_else(system)
            .and_then(|value| Self::parse(&value))
            .unwrap_or_default()
    }

    /// Whichever of two texts is in this language.
    #[must_use]
    pub fn pick<T>(self, en: T, fr: T) -> T {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }
}

#[cfg(any(feature = "server", feature = "cli"))]
fn system_language() -> Option<String> {
    sys_locale::get_locale()
}

#[cfg(not(any(feature = "server", feature = "cli")))]
fn system_language() -> Option<String> {
    None
}

/// A text in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// English.
    pub en: &'a str,
    /// French.
    pub fr: &'a str,
}

impl<'a> Text<'a> {
    /// The text in `locale`.
    #[must_use]
    pub fn get(&self, locale: Locale) -> &'a str {
        locale.pick(self.en, self.fr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_read_from_tags_and_posix_names() {
        for tag in ["fr", "FR", "fr-CA", "fr_FR.UTF-8", "fr@euro"] {
            assert_eq!(Locale::parse(tag), Some(Locale::Fr), "{tag}");
        }
        for tag in ["en", "en-US", "C", "C.UTF-8", "POSIX"] {
            assert_eq!(Locale::parse(tag), Some(Locale::En), "{tag}");
        }
        assert_eq!(Locale::parse("de_DE"), None);
    }

    #[test]
    fn the_environment_comes_before_the_system() {
        let french = || Some("fr-FR".to_owned());
        let from = |name, value: &str| {
            let value = value.to_owned();
            Locale::from_variables(move |asked| (asked == name).then(|| value.clone()), french)
        };
        assert_eq!(from("LANG", "en_US.UTF-8"), Locale::En);
        assert_eq!(from("LC_ALL", ""), Locale::Fr);
        assert_eq!(Locale::from_variables(|_| None, french), Locale::Fr);
        assert_eq!(Locale::from_variables(|_| None, || None), Locale::En);
    }
}
