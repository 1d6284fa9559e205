//! The TOML form of a catalog file, as serde reads it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::number::{Formula, Formulas, NumberRange};
use super::pattern::Pattern;
use super::severity::Severity;
use crate::code::Code;

/// A checked catalog file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) family: FamilySource,
    /// Lines and columns of the family keys that depend on other files.
    pub(super) id_at: (usize, usize),
    pub(super) same_numbers_at: (usize, usize),
    pub(crate) entries: Vec<EntrySource>,
}

impl Source {
    /// A problem of the family as a whole.
    pub(crate) fn problem(&self, message: String) -> super::Problem {
        let (line, column) = self.id_at;
        super::Problem { path: self.path.clone(), line, column, message }
    }
}

/// The `[family]` table.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FamilySource {
    /// Lower-case letters, digits and hyphens; unique among families.
    pub(crate) id: Spanned<String>,
    pub(crate) title: Option<TextSource>,
    /// The base of `code = base + number`, for all numbers.
    #[serde(default)]
    pub(super) base: Option<Spanned<i64>>,
    /// The same for ranges of numbers: the first that fits gives the code; the others are only
    /// read.
    #[serde(default)]
    pub(crate) formulas: Vec<Formula>,
    /// Formulas for codes that wrap a number: read, but never written.
    #[serde(default)]
    pub(crate) wrapped: Vec<Formula>,
    /// How a number is written: regexes around `{n}`; the whole match is the occurrence.
    #[serde(default)]
    pub(crate) written: Vec<Spanned<String>>,
    /// Regexes for the text right before a number; the number alone is the occurrence.
    #[serde(default)]
    pub(crate) after: Vec<Spanned<String>>,
    /// The same for numbers in hex, with or without a prefix.
    #[serde(default)]
    pub(crate) after_hex: Vec<Spanned<String>>,
    /// The same as `after`, only with one of the family's signs near.
    #[serde(default)]
    pub(crate) with_signs: Vec<Spanned<String>>,
    /// Regexes for the text right before one of the family's names.
    #[serde(default)]
    pub(crate) names_after: Vec<Spanned<String>>,
    /// The same as `names_after`, only with one of the family's signs near.
    #[serde(default)]
    pub(crate) names_with_signs: Vec<Spanned<String>>,
    /// Its names that other programs use, too: only recognized after the words of the two lists
    /// above.
    #[serde(default)]
    pub(crate) common_names: Vec<String>,
    /// Regexes for the text right before a number that is not a code, whatever it looks like.
    #[serde(default)]
    pub(crate) not_codes: Vec<Spanned<String>>,
    /// Whether its numbers may also be in prefixed hex.
    #[serde(default)]
    pub(crate) hex: bool,
    /// The columns of a W3C extended log that hold its numbers.
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    /// Whether its numbers have two more digits after a point: `500.19` is 50019.
    #[serde(default)]
    pub(crate) sub_numbers: bool,
    /// What its numbers are called, if a sign or the number itself is evidence for the family.
    #[serde(default)]
    pub(crate) roles: Vec<Spanned<String>>,
    /// Additional roles of its distinctive numbers.
    #[serde(default)]
    pub(crate) number_roles: Vec<Spanned<String>>,
    /// Whether its codes follow another code and a hyphen.
    #[serde(default)]
    pub(crate) follows_code: bool,
    /// Whether its numbers include small ones in eight hex digits, in brackets after a sentence.
    #[serde(default)]
    pub(crate) padded_hex: bool,
    /// Whether its numbers are shown in hex: `0x9F`.
    #[serde(default)]
    pub(crate) shown_in_hex: bool,
    /// Alternative beginnings of its names: `{ NT_STATUS_ = "STATUS_" }`.
    #[serde(default)]
    pub(crate) other_prefixes: BTreeMap<String, String>,
    /// Words near a number that are evidence for the family.
    #[serde(default)]
    pub(crate) signs: Vec<Spanned<String>>,
    /// Signs that limit its numbers to information.
    #[serde(default)]
    pub(crate) quiet_signs: Vec<Spanned<String>>,
    /// What people call the family in a query, besides its title.
    #[serde(default)]
    pub(crate) also_called: Vec<String>,
    /// Whether its signs count only for numbers on the same line.
    #[serde(default)]
    pub(crate) same_line: bool,
    /// Numbers that mean the same to every reader after one of the family's roles.
    #[serde(default)]
    pub(crate) numbers: Vec<NumberRange>,
    /// The error domains that its numbers belong to.
    #[serde(default)]
    pub(crate) domains: Vec<String>,
    /// The beginnings of its symbolic names that are not in capitals: `errSec`, `NSURLError`.
    #[serde(default)]
    pub(crate) names: Vec<Spanned<String>>,
    /// Beginnings of its symbolic names that are omitted from messages: `ERROR_INTERNET_`.
    #[serde(default)]
    pub(crate) name_prefixes: Vec<String>,
    /// Whether a number at the start of a line or table cell, followed by a colon, is a code.
    #[serde(default)]
    pub(crate) listed: bool,
    /// The id of another family whose occurrences this family also explains.
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
    /// Its notations, by their keys in a file; only those of `written` must contain the number.
    pub(super) fn notations(&self) -> [(&'static str, &[Spanned<String>]); 7] {
        [
            ("written", &self.written),
            ("after", &self.after),
            ("after-hex", &self.after_hex),
            ("with-signs", &self.with_signs),
            ("names-after", &self.names_after),
            ("names-with-signs", &self.names_with_signs),
            ("not-codes", &self.not_codes),
        ]
    }

    /// The number of its notations.
    pub(crate) fn notation_count(&self) -> usize {
        self.notations().iter().map(|(_, notations)| notations.len()).sum()
    }

    /// How freely all of its notations match.
    pub(crate) fn freedom(&self) -> usize {
        let all = self.notations().into_iter().flat_map(|(_, notations)| notations);
        all.filter_map(|notation| Some(Pattern::any(notation.get_ref()).ok()?.freedom)).sum()
    }

    /// The family's formulas, including `base`, which [`Source::parse`] has added.
    pub(super) fn formulas(&self) -> Formulas {
        Formulas { written: self.formulas.clone(), wrapped: self.wrapped.clone() }
    }
}

/// The keys of an entry.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryToml {
    #[serde(default)]
    pub(crate) number: Option<NumberRange>,
    #[serde(default)]
    pub(crate) code: Option<CodeSource>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Other names for the same value.
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) misprints: Vec<CodeSource>,
    #[serde(default)]
    pub(crate) phrases: Phrases,
    pub(crate) severity: Severity,
    /// If missing, the symbolic name is spelled out.
    #[serde(default)]
    pub(crate) message: Option<TextSource>,
    #[serde(default)]
    pub(crate) remedy: Option<TextSource>,
    #[serde(default)]
    pub(crate) note: Option<TextSource>,
    #[serde(default)]
    pub(crate) links: Vec<Spanned<String>>,
}

/// Words shown on screen that users search for.
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

/// A text in each language; a team that writes in only one gives a single string for all.
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
