//! What `hexplain scan` prints: compiler-like messages, JSON Lines and SARIF.

use std::collections::HashMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::catalog::{Catalog, Severity};
use crate::explain::{self, Answer};
use crate::locale::Locale;
use crate::scan::{Meaning, Occurrence};

/// How wide a shown line and a wrapped remedy are, in columns.
const WIDTH: usize = 100;

/// The answers of one file's codes, each made once.
pub(super) struct Answers<'c> {
    catalog: &'c Catalog,
    locale: Locale,
    made: HashMap<Meaning, Answer>,
}

impl<'c> Answers<'c> {
    pub(super) fn new(catalog: &'c Catalog, locale: Locale) -> Self {
        Self { catalog, locale, made: HashMap::new() }
    }

    /// The first answer to a code, and whether it was asked for the first time.
    pub(super) fn of(&mut self, meaning: Meaning) -> (&Answer, bool) {
        let first = !self.made.contains_key(&meaning);
        let answer = self
            .made
            .entry(meaning)
            .or_insert_with(|| explain::answers(self.catalog, meaning, self.locale).swap_remove(0));
        (answer, first)
    }
}

/// Lines and columns of rising byte offsets, found in one pass.
pub(super) struct Places<'t> {
    text: &'t str,
    /// The last byte asked for; its line, from 1, where that begins, and the characters between.
    at: usize,
    line: usize,
    line_start: usize,
    columns: usize,
}

/// Where an occurrence begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
    /// The line's first byte.
    start: usize,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1, line_start: 0, columns: 0 }
    }

    /// The place of a byte that is not before the last one asked for.
    pub(super) fn of(&mut self, byte: usize) -> Place {
        let bytes = self.text.as_bytes();
        for end in memchr::memchr2_iter(b'\n', b'\r', &bytes[self.at..byte]).map(|i| self.at + i) {
            // `\r\n` is one end: its `\n` counts.
            if bytes[end] == b'\n' || bytes.get(end + 1) != Some(&b'\n') {
                self.line += 1;
                self.line_start = end + 1;
            }
        }
        if self.line_start > self.at {
            (self.at, self.columns) = (self.line_start, 0);
        }
        self.columns += self.text[self.at..byte].chars().count();
        self.at = byte;
        Place { line: self.line, column: self.columns + 1, start: self.line_start }
    }
}

/// One occurrence with its place and its answer.
pub(super) struct Finding<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) place: Place,
    pub(super) occurrence: &'a Occurrence,
    pub(super) answer: &'a Answer,
}

/// A line of JSON: the contract's `scan` object.
#[derive(Serialize)]
struct JsonLine<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    start: usize,
    end: usize,
    text: &'a str,
    #[serde(flatten)]
    answer: &'a Answer,
}

impl Finding<'_> {
    fn written(&self) -> &str {
        &self.text[self.occurrence.range()]
    }

    /// One JSON object on a line.
    pub(super) fn write_json(&self, output: &mut Vec<u8>) -> io::Result<()> {
        let line = JsonLine {
            path: self.path,
            line: self.place.line,
            column: self.place.column,
            start: self.occurrence.start,
            end: self.occurrence.end,
            text: self.written(),
            answer: self.answer,
        };
        serde_json::to_writer(&mut *output, &line)?;
        writeln!(output)
    }

    /// A message in the manner of compilers. The remedy stands with a file's first occurrence of
    /// a code; a success is not worth a message.
    pub(super) fn write_text(
        &self,
        output: &mut Vec<u8>,
        first: bool,
        locale: Locale,
    ) -> io::Result<()> {
        if self.answer.severity == Some(Severity::Success) {
            return Ok(());
        }
        let (colour, level) = match self.answer.severity {
            Some(Severity::Error) => (AnsiColor::Red, locale.pick("error", "erreur")),
            Some(Severity::Warning) => (AnsiColor::Yellow, locale.pick("warning", "avertissement")),
            Some(_) => (AnsiColor::Cyan, "information"),
            None => (AnsiColor::Magenta, locale.pick("unknown", "inconnu")),
        };
        let level_style = Style::new().bold().fg_color(Some(colour.into()));
        let (bold, frame) =
            (Style::new().bold(), Style::new().bold().fg_color(Some(AnsiColor::Blue.into())));
        let heading = &self.answer.heading()[0];
        writeln!(
            output,
            "{level_style}{level}[{heading}]{level_style:#}{bold}: {}{bold:#}",
            self.answer.message
        )?;
        let gutter = self.place.line.to_string().len();
        let pad = " ".repeat(gutter);
        let Place { line, column, .. } = self.place;
        let shown_path = if self.path == super::input::STDIN { "<stdin>" } else { self.path };
        writeln!(output, "{pad}{frame}-->{frame:#} {shown_path}:{line}:{column}")?;
        let (shown, indent, width) = self.shown_line();
        writeln!(output, "{pad} {frame}|{frame:#}")?;
        writeln!(output, "{frame}{line} |{frame:#} {shown}")?;
        let marks = "^".repeat(width);
        let spaces = " ".repeat(indent);
        writeln!(output, "{pad} {frame}|{frame:#} {spaces}{level_style}{marks}{level_style:#}")?;
        if first {
            self.write_details(output, &pad, locale)?;
        }
        writeln!(output)
    }

    fn write_details(&self, output: &mut Vec<u8>, pad: &str, locale: Locale) -> io::Result<()> {
        let frame = Style::new().bold().fg_color(Some(AnsiColor::Blue.into()));
        let mut detail = |label: &str, text: &str| -> io::Result<()> {
            let indent = format!("{pad}   ");
            writeln!(output, "{pad} {frame}={frame:#} {label}")?;
            if text.is_empty() {
                return Ok(());
            }
            let lines = textwrap::wrap(text, WIDTH - indent.len());
            lines.iter().try_for_each(|line| writeln!(output, "{indent}{line}"))
        };
        let number = self.answer.number.map(|number| format!(" {number}")).unwrap_or_default();
        let name = self.answer.name.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
        let forms = self.answer.heading().join(", ");
        if !self.answer.title.is_empty() {
            detail(&format!("{}{number}{name} ({forms})", self.answer.title), "")?;
        }
        if let Some(remedy) = &self.answer.remedy {
            detail(locale.pick("what to do:", "que faire\u{a0}:"), remedy)?;
        }
        for note in &self.answer.notes {
            detail(locale.pick("note:", "remarque\u{a0}:"), note)?;
        }
        for link in self.answer.links.iter().take(1) {
            detail(link, "")?;
        }
        Ok(())
    }

    /// The line, or what of it surrounds the code; the columns before the code; the code's width.
    fn shown_line(&self) -> (String, usize, usize) {
        let code_end = self.occurrence.end;
        let rest = &self.text.as_bytes()[code_end..];
        // A line's end that is further away is not shown.
        let near = &rest[..rest.len().min(WIDTH + 1)];
        let line_end = code_end + memchr::memchr2(b'\n', b'\r', near).unwrap_or(near.len());
        let mut start = self.place.start;
        let mut end = line_end;
        let half = WIDTH / 2;
        if self.occurrence.start - start > half {
            start = self.text.ceil_char_boundary(self.occurrence.start - half);
        }
        if end - start > WIDTH {
            end = self.text.floor_char_boundary((start + WIDTH).max(code_end)).min(line_end);
        }
        let clean = |text: &str| -> String {
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
        };
        let before = format!(
            "{}{}",
            if start > self.place.start { "…" } else { "" },
            clean(&self.text[start..self.occurrence.start])
        );
        let code = clean(self.written());
        let behind = clean(&self.text[code_end..end.max(code_end)]);
        let more = if end < line_end { "…" } else { "" };
        let (indent, width) = (before.width(), code.width().max(1));
        (format!("{before}{code}{behind}{more}"), indent, width)
    }

    /// A SARIF result with its rule's id; `None` for successes and unknown codes.
    pub(super) fn sarif(&self) -> Option<Value> {
        let level = match self.answer.severity? {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "note",
            Severity::Success => return None,
        };
        let rule = &self.answer.heading()[0];
        let place = &self.place;
        let length = self.written().chars().count();
        Some(json!({
            "ruleId": rule,
            "level": level,
            "message": { "text": self.answer.message, "markdown": self.answer.markdown(None, Locale::En) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": self.path.replace('\\', "/").replace(' ', "%20") },
                "region": { "startLine": place.line, "startColumn": place.column,
                            "endColumn": place.column + length },
            }}],
        }))
    }
}

/// SARIF 2.1.0, one run.
#[derive(Debug, Default)]
pub(super) struct Sarif {
    results: Vec<Value>,
}

impl Sarif {
    pub(super) fn add(&mut self, results: Vec<Value>) {
        self.results.extend(results);
    }

    pub(super) fn write(&self, output: &mut impl Write) -> io::Result<()> {
        let mut rules: Vec<&str> =
            self.results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        let rules: Vec<Value> = rules.into_iter().map(|id| json!({ "id": id })).collect();
        let log = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": { "name": "hexplain", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
                "columnKind": "unicodeCodePoints",
                "results": self.results,
            }],
        });
        serde_json::to_writer_pretty(&mut *output, &log)?;
        writeln!(output)
    }
}

/// What was found in all.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) files: usize,
    pub(super) worst: Option<Severity>,
    errors: usize,
    warnings: usize,
    information: usize,
    unknown: usize,
    distinct: usize,
}

impl Summary {
    pub(super) fn count(&mut self, finding: &Finding<'_>, first: bool) {
        let severity = finding.answer.severity;
        match severity {
            Some(Severity::Error) => self.errors += 1,
            Some(Severity::Warning) => self.warnings += 1,
            Some(Severity::Information) => self.information += 1,
            None => self.unknown += 1,
            Some(Severity::Success) => return,
        }
        self.distinct += usize::from(first);
        self.worst = self.worst.max(severity);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.worst = self.worst.max(other.worst);
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.information += other.information;
        self.unknown += other.unknown;
        self.distinct += other.distinct;
    }

    /// The last line of the text output: also where nothing was found.
    pub(super) fn write(&self, output: &mut impl Write, locale: Locale) -> io::Result<()> {
        let total = self.errors + self.warnings + self.information + self.unknown;
        let files = match self.files {
            1 => locale.pick("1 file", "1 fichier").to_owned(),
            n => format!("{n} {}", locale.pick("files", "fichiers")),
        };
        if total == 0 {
            return writeln!(
                output,
                "{} {files}.",
                locale.pick("No error codes found in", "Aucun code d’erreur dans")
            );
        }
        let parts = [
            (self.errors, locale.pick(["error", "errors"], ["erreur", "erreurs"])),
            (
                self.warnings,
                locale.pick(["warning", "warnings"], ["avertissement", "avertissements"]),
            ),
            (self.information, ["information", "information"]),
            (self.unknown, locale.pick(["unknown", "unknown"], ["inconnu", "inconnus"])),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|&(count, _)| count > 0)
            .map(|(count, [one, many])| format!("{count} {}", if count == 1 { one } else { many }))
            .collect();
        let codes = match total {
            1 => locale.pick("1 error code", "1 code d’erreur").to_owned(),
            n => format!("{n} {}", locale.pick("error codes", "codes d’erreur")),
        };
        let (distinct, parts) = (self.distinct, parts.join(", "));
        match locale {
            Locale::En => writeln!(output, "{codes} in {files} ({distinct} distinct): {parts}."),
            Locale::Fr => {
                let s = if distinct > 1 { "s" } else { "" };
                writeln!(output, "{codes} dans {files} ({distinct} distinct{s})\u{a0}: {parts}.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_in_the_server() {
        let text = "a\r\nb\rc\nd";
        let mut places = Places::new(text);
        let at: Vec<_> =
            [0, 3, 5, 7].map(|byte| places.of(byte)).iter().map(|p| (p.line, p.column)).collect();
        assert_eq!(at, [(1, 1), (2, 1), (3, 1), (4, 1)]);
    }

    #[test]
    fn columns_of_a_line_are_counted_in_characters_and_once() {
        let text = "é 1 2\né 3";
        let mut places = Places::new(text);
        let at: Vec<_> = ["1", "2", "3"]
            .map(|code| places.of(text.find(code).unwrap()))
            .iter()
            .map(|place| (place.line, place.column))
            .collect();
        assert_eq!(at, [(1, 3), (1, 5), (2, 3)]);
    }
}
