//! The TOML form of a catalog file, as serde reads it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::number::{Formula, Formulas, NumberRange};
use super::severity::Severity;
use crate::code::Code;

/// One catalog file, checked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) family: FamilySource,
    /// Lines and columns of the family's keys that other files decide about.
    pub(super) id_at: (usize, usize),
    pub(super) same_numbers_at: (usize, usize),
    pub(crate) entries: Vec<EntrySource>,
}

/// The `[family]` table.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FamilySource {
    /// Lower-case letters, digits and hyphens; unique among families.
    pub(crate) id: Spanned<String>,
    pub(crate) title: Option<TextSource>,
    /// `code = base + number`, for all numbers.
    #[serde(default)]
    pub(super) base: Option<Spanned<i64>>,
    /// The same for ranges of numbers; the first that fits makes the code, the others are read too.
    #[serde(default)]
    pub(crate) formulas: Vec<Formula>,
    /// Codes in which a number is found wrapped: read like the formulas', but never written.
    #[serde(default)]
    pub(crate) wrapped: Vec<Formula>,
    /// How a number is written: regexes around `{n}`; the whole match is the occurrence.
    #[serde(default)]
    pub(crate) written: Vec<Spanned<String>>,
    /// What comes right before a number: regexes; the number alone is the occurrence.
    #[serde(default)]
    pub(crate) after: Vec<Spanned<String>>,
    /// The same for numbers that are written in hex, with or without a prefix.
    #[serde(default)]
    pub(crate) after_hex: Vec<Spanned<String>>,
    /// The same as `after`, where one of the family's signs is near.
    #[serde(default)]
    pub(crate) with_signs: Vec<Spanned<String>>,
    /// What comes right before a number that is not a code, whatever it looks like.
    #[serde(default)]
    pub(crate) not_codes: Vec<Spanned<String>>,
    /// Whether its numbers are also written in prefixed hex.
    #[serde(default)]
    pub(crate) hex: bool,
    /// The columns of a W3C extended log that hold its numbers.
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    /// Whether its numbers are written with two more digits after a point: `500.19` is 50019.
    #[serde(default)]
    pub(crate) sub_numbers: bool,
    /// What its numbers are called, where a sign or the number itself speaks for the family.
    #[serde(default)]
    pub(crate) roles: Vec<Spanned<String>>,
    /// What else its distinctive numbers are called.
    #[serde(default)]
    pub(crate) number_roles: Vec<Spanned<String>>,
    /// Whether its codes follow another code and a hyphen.
    #[serde(default)]
    pub(crate) follows_code: bool,
    /// Whether a small number in eight digits of hex, in brackets after a sentence, is one of its.
    #[serde(default)]
    pub(crate) padded_hex: bool,
    /// Whether its numbers are shown in hex: `0x9F`.
    #[serde(default)]
    pub(crate) shown_in_hex: bool,
    /// Other beginnings of its names: `{ NT_STATUS_ = "STATUS_" }`.
    #[serde(default)]
    pub(crate) other_prefixes: BTreeMap<String, String>,
    /// Words near a number that speak for the family.
    #[serde(default)]
    pub(crate) signs: Vec<Spanned<String>>,
    /// Signs where its numbers are at most information.
    #[serde(default)]
    pub(crate) quiet_signs: Vec<Spanned<String>>,
    /// Whether its signs speak only for numbers on their own line.
    #[serde(default)]
    pub(crate) same_line: bool,
    /// Numbers that mean one thing to every reader after one of the family's roles.
    #[serde(default)]
    pub(crate) numbers: Vec<NumberRange>,
    /// Error domains whose numbers these are.
    #[serde(default)]
    pub(crate) domains: Vec<String>,
    /// How its symbolic names begin that are not written in capitals: `errSec`, `NSURLError`.
    #[serde(default)]
    pub(crate) names: Vec<Spanned<String>>,
    /// What its symbolic names begin with and no message needs: `ERROR_INTERNET_`.
    #[serde(default)]
    pub(crate) name_prefixes: Vec<String>,
    /// Whether a number that opens a line or a table's cell, followed by a colon, is meant.
    #[serde(default)]
    pub(crate) listed: bool,
    /// Another family's id whose occurrences this family has something to say about, too.
    #[serde(default)]
    pub(crate) same_numbers_as: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) links: Vec<Spanned<String>>,
}

/// One `[[entry]]` table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EntrySource {
    pub(crate) toml: EntryToml,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Counted from 1, in characters.
    pub(super) column: usize,
}

impl FamilySource {
    /// The family's formulas. [`Source::parse`] has put `base` among them.
    pub(super) fn formulas(&self) -> Formulas {
        Formulas { written: self.formulas.clone(), wrapped: self.wrapped.clone() }
    }
}

/// An entry's keys.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryToml {
    #[serde(default)]
    pub(crate) number: Option<NumberRange>,
    #[serde(default)]
    pub(crate) code: Option<CodeSource>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Other names of the same value.
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) misprints: Vec<CodeSource>,
    #[serde(default)]
    pub(crate) phrases: Phrases,
    pub(crate) severity: Severity,
    /// Without one, the symbolic name is spelled out.
    #[serde(default)]
    pub(crate) message: Option<TextSource>,
    #[serde(default)]
    pub(crate) remedy: Option<TextSource>,
    #[serde(default)]
    pub(crate) note: Option<TextSource>,
    #[serde(default)]
    pub(crate) links: Vec<Spanned<String>>,
}

/// Words on a screen by which people look for an entry.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Phrases {
    pub(crate) en: Vec<String>,
    pub(crate) fr: Vec<String>,
}

/// A code as an integer or in any notation as a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CodeSource(pub(crate) Code);

impl<'de> Deserialize<'de> for CodeSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CodeVisitor;
        impl Visitor<'_> for CodeVisitor {
            type Value = CodeSource;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a 32-bit code, such as 0x87D1FDE8 or -2016281112")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<CodeSource, E> {
                let code = u32::try_from(value).or_else(|_| i32::try_from(value).map(|v| v as u32));
                code.map(|c| CodeSource(Code(c)))
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<CodeSource, E> {
                Code::parse(value)
                    .map(CodeSource)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(value), &self))
            }
        }
        deserializer.deserialize_any(CodeVisitor)
    }
}

/// A text in every language; a team that writes in one gives one string for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextSource {
    pub(crate) en: String,
    pub(crate) fr: String,
}

impl<'de> Deserialize<'de> for TextSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = TextSource;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, or a table with the strings `en` and `fr`")
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<TextSource, E> {
                Ok(TextSource { en: value.to_owned(), fr: value.to_owned() })
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextSource, A::Error> {
                let (mut en, mut fr) = (None, None);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "en" => en = Some(map.next_value::<String>()?),
                        "fr" => fr = Some(map.next_value::<String>()?),
                        other => return Err(de::Error::unknown_field(other, &["en", "fr"])),
                    }
                }
                let any = en.clone().or_else(|| fr.clone());
                match any {
                    Some(any) => Ok(TextSource {
                        en: en.unwrap_or_else(|| any.clone()),
                        fr: fr.unwrap_or(any),
                    }),
                    None => Err(de::Error::missing_field("en")),
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<TextSource, A::Error> {
                Err(de::Error::invalid_type(de::Unexpected::Seq, &self))
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}
