//! The identity of an entry within its family: a later file replaces the entry by repeating it.

use super::model::EntryToml;
use super::number::{Formulas, NumberRange};
use crate::code::Code;

/// What identifies an entry within its family. Overrides, duplicates and all lookups are based on
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Identity<'t> {
    /// A number or a range of numbers. A code that the family's formulas read as a number counts as
    /// that number.
    Numbers(NumberRange),
    /// A code without a number.
    Code(Code),
    /// The symbolic name of an entry with neither.
    Name(&'t str),
    /// The first phrase of an entry with nothing else.
    Phrase(&'t str),
}

/// The number and the code by which an entry is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) number: Option<NumberRange>,
    pub(crate) code: Option<Code>,
}

/// What is known about a family apart from the file being read: what the layers below define.
pub(crate) trait Known {
    /// The formulas of a family; `None` if it is unknown.
    fn formulas(&self, family: &str) -> Option<Formulas>;

    /// Whether `same-numbers-as` may name the family, which may also be read together with the
    /// file.
    fn has_family(&self, family: &str) -> bool {
        self.formulas(family).is_some()
    }

    /// The place of the only entry in the family with this symbolic name; `None` if there are more.
    fn place_of_name(&self, family: &str, name: &str) -> Option<Place>;
}

/// Nothing is known: this is the first file.
pub(crate) struct Unknown;

impl Known for Unknown {
    fn formulas(&self, _: &str) -> Option<Formulas> {
        None
    }

    fn place_of_name(&self, _: &str, _: &str) -> Option<Place> {
        None
    }
}

impl Place {
    /// The place of an entry in a family with these formulas. An entry with only a name takes the
    /// place of the known entry with that name.
    pub(crate) fn of(
        entry: &EntryToml,
        formulas: &Formulas,
        of_name: impl Fn(&str) -> Option<Self>,
    ) -> Self {
        match (entry.number, entry.code, &entry.name) {
            (Some(number), ..) => Self { number: Some(number), code: None },
            (None, Some(code), _) => Self {
                number: formulas.number_of(code.0).map(NumberRange::one),
                code: Some(code.0),
            },
            (None, None, Some(name)) => of_name(name).unwrap_or_default(),
            (None, None, None) => Self::default(),
        }
    }

    /// The identity of an entry with this place, name and first phrase.
    pub(crate) fn identity<'t>(self, name: &'t str, phrase: &'t str) -> Identity<'t> {
        match (self.number, self.code) {
            (Some(number), _) => Identity::Numbers(number),
            (None, Some(code)) => Identity::Code(code),
            (None, None) if !name.is_empty() => Identity::Name(name),
            (None, None) => Identity::Phrase(phrase),
        }
    }
}

impl EntryToml {
    /// The first phrase; empty for none.
    pub(crate) fn first_phrase(&self) -> &str {
        self.phrases.en.first().or(self.phrases.fr.first()).map_or("", String::as_str)
    }
}
