//! The identity of an entry within its family: what a later file must repeat to replace it.

use super::model::EntryToml;
use super::number::{Formulas, NumberRange};
use crate::code::Code;

/// What makes an entry the one it is within its family. Overriding, duplicates and every look-up
/// follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Identity<'t> {
    /// A number or a range of numbers. A code that the family's formulas read as a number is that
    /// number.
    Numbers(NumberRange),
    /// A code that has no number.
    Code(Code),
    /// The symbolic name of an entry that has neither.
    Name(&'t str),
    /// The first phrase of an entry that has nothing else.
    Phrase(&'t str),
}

/// The number and the code by which an entry is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) number: Option<NumberRange>,
    pub(crate) code: Option<Code>,
}

/// What is known of a family without the file that is being read: what the layers below say.
pub(crate) trait Known {
    /// The formulas of a family; `None` for an unknown one.
    fn formulas(&self, family: &str) -> Option<Formulas>;

    /// Whether `same-numbers-as` may name the family: also one that is read together with the file.
    fn has_family(&self, family: &str) -> bool {
        self.formulas(family).is_some()
    }

    /// The place of the entry that has this symbolic name in the family, if it is the only one.
    fn place_of_name(&self, family: &str, name: &str) -> Option<Place>;
}

/// Nothing is known: the file is the first one.
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
    /// Where an entry belongs in a family of these formulas. An entry that has only a name takes
    /// the place of the known entry with that name.
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

    /// The identity of an entry at this place, with this name and first phrase.
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
