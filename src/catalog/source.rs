//! The TOML form of a catalog file: reading it, and telling what is wrong with it and where.
//!
//! This module does no I/O: it takes a file's text, so `build.rs`, the server and the command
//! line read catalogs in the same way.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::entry::Severity;
use super::pattern;
use crate::code::Code;

/// One catalog file, checked.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) family: FamilySource,
    pub(crate) entries: Vec<EntrySource>,
}

/// The `[family]` table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FamilySource {
    /// Lower-case letters, digits and hyphens; unique among families.
    pub(crate) id: Spanned<String>,
    pub(crate) title: Option<TextSource>,
    /// `code = base + number`, for all numbers.
    #[serde(default)]
    base: Option<Spanned<i64>>,
    /// The same for ranges of numbers; the first that fits makes the code, the others are read too.
    #[serde(default)]
    pub(crate) formulas: Vec<FormulaSource>,
    /// Codes in which a number is found wrapped: read like the formulas', but never written.
    #[serde(default)]
    pub(crate) wrapped: Vec<FormulaSource>,
    /// How a number is written: regexes around `{n}`; the whole match is the occurrence.
    #[serde(default)]
    pub(crate) written: Vec<Spanned<String>>,
    /// What stands right before a number: regexes; the number alone is the occurrence.
    #[serde(default)]
    pub(crate) after: Vec<Spanned<String>>,
    /// Whether its notations also have the number in prefixed hex.
    #[serde(default)]
    pub(crate) hex: bool,
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
    pub(crate) same_numbers_as: Option<String>,
    #[serde(default)]
    pub(crate) links: Vec<Spanned<String>>,
}

/// `code = base + number` for the numbers of a range.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormulaSource {
    #[serde(default = "NumberRange::all")]
    pub(crate) numbers: NumberRange,
    pub(crate) base: u32,
}

/// One `[[entry]]` table.
#[derive(Debug)]
pub(crate) struct EntrySource {
    pub(crate) toml: EntryToml,
    /// Counted from 1.
    pub(crate) line: usize,
}

#[derive(Debug, Deserialize)]
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
    /// Without one, the symbolic name is put into words.
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
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Phrases {
    pub(crate) en: Vec<String>,
    pub(crate) fr: Vec<String>,
}

/// A code as an integer or in any notation as a string.
#[derive(Clone, Copy, Debug)]
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

/// A family's own number, or an inclusive range of them, written `"400..=499"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NumberRange {
    pub(crate) first: i32,
    pub(crate) last: i32,
}

impl NumberRange {
    fn all() -> Self {
        Self { first: i32::MIN, last: i32::MAX }
    }

    pub(crate) fn contains(self, number: i32) -> bool {
        (self.first..=self.last).contains(&number)
    }

    pub(crate) fn single(self) -> bool {
        self.first == self.last
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.single() {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}..={}", self.first, self.last)
        }
    }
}

impl<'de> Deserialize<'de> for NumberRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RangeVisitor;
        impl Visitor<'_> for RangeVisitor {
            type Value = NumberRange;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of at most 32 bits, or a range such as \"400..=499\"")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<NumberRange, E> {
                i32::try_from(value)
                    .map(|n| NumberRange { first: n, last: n })
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<NumberRange, E> {
                let ends = value.split_once("..=").and_then(|(first, last)| {
                    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
                });
                match ends {
                    Some((first, last)) if first <= last => Ok(NumberRange { first, last }),
                    _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
                }
            }
        }
        deserializer.deserialize_any(RangeVisitor)
    }
}

/// A text in every language; a team that writes in one gives one string for all.
#[derive(Clone, Debug)]
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
                f.write_str("a text, or a table with the texts `en` and `fr`")
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

/// What is wrong with a catalog file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}")]
pub struct Problem {
    /// The file, as it was named to the reader.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong, and the way out.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    family: FamilySource,
    #[serde(default)]
    entry: Vec<Spanned<EntryToml>>,
}

impl Source {
    /// Reads one file's text. `path` is only used to name it.
    ///
    /// # Errors
    /// Everything that is wrong with the file; only the first fault where it isn't TOML or has
    /// the wrong keys.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut report = Report::new(path, text);
        let file: File = match toml::from_str(report.text) {
            Ok(file) => file,
            Err(error) => {
                report.add(error.span().map_or(0, |span| span.start), error.message());
                return Err(report.problems);
            }
        };
        let mut family = file.family;
        report.check_family(&mut family);
        report.check_entries(&file.entry);
        if !report.problems.is_empty() {
            return Err(report.problems);
        }
        let mut lines = LineCounter::new(report.text);
        let entries = file
            .entry
            .into_iter()
            .map(|entry| EntrySource {
                line: lines.line_of(entry.span().start),
                toml: entry.into_inner(),
            })
            .collect();
        Ok(Self { path: path.to_owned(), family, entries })
    }
}

impl Source {
    /// A problem for each notation that `fails`: it is given the regexes before and behind the
    /// number. `text` is the file's.
    pub(crate) fn notations_that_fail<E: fmt::Display>(
        &self,
        text: &str,
        fails: impl Fn(&str, &str) -> Option<E>,
    ) -> Vec<Problem> {
        let mut report = Report::new(&self.path, text);
        let written =
            self.family.written.iter().map(|of| (of, pattern::Pattern::written(of.get_ref())));
        let after = self.family.after.iter().map(|of| (of, pattern::Pattern::after(of.get_ref())));
        for (regex, pattern) in written.chain(after) {
            let Ok(pattern) = pattern else { continue };
            if let Some(error) = fails(&pattern.before, &pattern.after) {
                report.add(regex.span().start, format!("not usable as a notation: {error}"));
            }
        }
        report.problems
    }
}

/// Counts lines forward, so that a file of thousands of entries is read once.
struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    fn line_of(&mut self, offset: usize) -> usize {
        if offset < self.at {
            (self.at, self.line) = (0, 1);
        }
        self.line += self.text.as_bytes()[self.at..offset].iter().filter(|&&b| b == b'\n').count();
        self.at = offset;
        self.line
    }
}

struct Report<'a> {
    path: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

/// How many problems of one file are told.
const MOST_PROBLEMS: usize = 100;

impl<'a> Report<'a> {
    fn new(path: &'a str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { path, text, problems: Vec::new() }
    }

    fn add(&mut self, offset: usize, message: impl Into<String>) {
        if self.problems.len() == MOST_PROBLEMS {
            return;
        }
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.problems.push(Problem {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        });
    }

    fn check_family(&mut self, family: &mut FamilySource) {
        let id = family.id.get_ref();
        if id.is_empty()
            || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            self.add(
                family.id.span().start,
                format!(
                    "the family id `{id}` must be made of lower-case letters, digits and hyphens"
                ),
            );
        }
        if let Some(base) = &family.base {
            match u32::try_from(*base.get_ref()) {
                Ok(value) => family
                    .formulas
                    .insert(0, FormulaSource { numbers: NumberRange::all(), base: value }),
                Err(_) => self.add(base.span().start, "`base` must be a 32-bit code"),
            }
        }
        for written in &family.written {
            if let Err(message) = pattern::Pattern::written(written.get_ref()) {
                self.add(written.span().start, message);
            }
        }
        for after in &family.after {
            if let Err(message) = pattern::Pattern::after(after.get_ref()) {
                self.add(after.span().start, message);
            }
        }
        for names in &family.names {
            let word = names.get_ref().bytes();
            if names.get_ref().len() < 3 || !word.into_iter().all(|b| b.is_ascii_alphabetic()) {
                self.add(
                    names.span().start,
                    format!(
                        "`{}` is no beginning of names: it must be 3 letters or more",
                        names.get_ref()
                    ),
                );
            }
        }
        self.check_links(&family.links);
    }

    fn check_entries(&mut self, entries: &[Spanned<EntryToml>]) {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for entry in entries {
            if self.problems.len() == MOST_PROBLEMS {
                return;
            }
            let start = entry.span().start;
            let toml = entry.get_ref();
            if let Some(identity) = identity(toml) {
                if let Some(first) = seen.insert(identity.clone(), start) {
                    let line = self.text[..first].matches('\n').count() + 1;
                    self.add(start, format!("{identity} has an entry already, in line {line}"));
                }
            } else {
                self.add(
                    start,
                    "an entry needs a `number`, a `code` or a `name`, or `phrases` to be found by",
                );
            }
            match &toml.message {
                Some(message) => self.check_message(start, message),
                None if toml.name.is_none() => {
                    self.add(start, "an entry without a `name` needs a `message`")
                }
                None => {}
            }
            self.check_links(&toml.links);
        }
    }

    fn check_message(&mut self, start: usize, message: &TextSource) {
        if message.en.contains('\n') || message.fr.contains('\n') {
            self.add(start, "a message must be one line; put the rest into `remedy` or `note`");
        }
        if message.en.trim().is_empty() || message.fr.trim().is_empty() {
            self.add(start, "a message must not be empty");
        }
    }

    fn check_links(&mut self, links: &[Spanned<String>]) {
        for link in links {
            if !link.get_ref().starts_with("https://") && !link.get_ref().starts_with("http://") {
                self.add(
                    link.span().start,
                    format!("`{}` is no link: it must begin with https://", link.get_ref()),
                );
            }
        }
    }
}

/// By what an entry is told from the others of its family, in words.
fn identity(entry: &EntryToml) -> Option<String> {
    if let Some(number) = entry.number {
        return Some(format!("number {number}"));
    }
    if let Some(code) = entry.code {
        return Some(format!("code {}", code.0));
    }
    if let Some(name) = &entry.name {
        return Some(format!("name {name}"));
    }
    entry.phrases.en.first().or(entry.phrases.fr.first()).map(|p| format!("phrase “{p}”"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        let problems = Source::parse("team.toml", text).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    const FAMILY: &str = "[family]\nid = \"team\"\ntitle = \"Team\"\n";

    #[test]
    fn a_small_file_is_read() {
        let source = Source::parse(
            "team.toml",
            &format!(
                "{FAMILY}base = 0xE0000000\n\n[[entry]]\nnumber = 7\nseverity = \"error\"\n\
                 message = \"The disk is full\"\n\n[[entry]]\nnumber = \"10..=19\"\n\
                 severity = \"warning\"\nmessage.en = \"Slow\"\nmessage.fr = \"Lent\"\n"
            ),
        )
        .unwrap();
        assert_eq!(source.entries[0].line, 6);
        assert_eq!(source.entries[0].toml.message.as_ref().unwrap().fr, "The disk is full");
        assert_eq!(source.entries[1].toml.number.unwrap().to_string(), "10..=19");
        assert_eq!(source.family.formulas[0].base, 0xE000_0000);
    }

    #[test]
    fn broken_toml_names_its_place() {
        assert!(problem("[family]\nid = \n").starts_with("team.toml:2:"));
    }

    #[test]
    fn an_unknown_key_names_the_known_ones() {
        let text = problem(&format!(
            "{FAMILY}[[entry]]\nnumber = 1\nseverty = \"error\"\nmessage = \"x\"\n"
        ));
        assert!(text.starts_with("team.toml:6:1: unknown field `severty`"), "{text}");
        assert!(text.contains("`severity`"), "{text}");
    }

    #[test]
    fn two_entries_of_one_number_name_both_lines() {
        let entry = "[[entry]]\nnumber = 1\nseverity = \"error\"\nmessage = \"x\"\n";
        let text = problem(&format!("{FAMILY}{entry}{entry}"));
        assert_eq!(text, "team.toml:8:1: number 1 has an entry already, in line 4");
    }

    #[test]
    fn all_problems_of_a_file_are_told_at_once() {
        let text = problem(
            "[family]\nid = \"My Team\"\nlinks = [\"wiki/errors\"]\nwritten = ['{n}']\n\
             [[entry]]\nseverity = \"error\"\nmessage = \"\"\n",
        );
        assert_eq!(text.lines().count(), 5, "{text}");
    }

    #[test]
    fn an_entry_without_a_name_needs_a_message() {
        assert!(
            problem(&format!("{FAMILY}[[entry]]\nnumber = 1\nseverity = \"error\"\n"))
                .contains("needs a `message`")
        );
    }

    #[test]
    fn numbers_and_codes_beyond_32_bits_are_refused() {
        let entry = |key: &str| {
            problem(&format!("{FAMILY}[[entry]]\n{key}\nseverity = \"error\"\nmessage = \"x\"\n"))
        };
        assert!(entry("number = 3000000000").contains("at most 32 bits"));
        assert!(entry("code = 0x123456789").contains("32-bit code"));
        assert!(entry("number = \"9..=1\"").contains("range such as"));
    }
}
