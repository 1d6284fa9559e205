//! The text format: messages like a compiler's.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::{Finding, Place};
use crate::catalog::Severity;
use crate::cli::input::STDIN;
use crate::cli::terminal::{blanked, visible, visible_lines};
use crate::locale::Locale;

/// The width of shown lines and wrapped remedies, in columns.
const WIDTH: usize = 100;

impl Finding<'_> {
    /// Writes a message like a compiler's. A remedy is written only after the first occurrence of a
    /// code in a file; a success gets no message.
    pub(in crate::cli) fn write_text(
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
        let heading = visible(heading);
        writeln!(
            output,
            "{level_style}{level}[{heading}]{level_style:#}{bold}: {}{bold:#}",
            visible(&self.answer.message)
        )?;
        let gutter = self.place.line.to_string().len();
        let pad = " ".repeat(gutter);
        let Place { line, column, .. } = self.place;
        let shown_path = if self.path == STDIN { "<stdin>" } else { &visible(self.path) };
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
            writeln!(output, "{pad} {frame}={frame:#} {}", visible(label))?;
            if text.is_empty() {
                return Ok(());
            }
            let text = visible_lines(text);
            let lines = textwrap::wrap(&text, WIDTH - indent.len());
            lines.iter().try_for_each(|line| writeln!(output, "{indent}{line}"))
        };
        let number =
            self.answer.shown_number().map(|number| format!(" {number}")).unwrap_or_default();
        let name = self.answer.name.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
        let forms = self.answer.heading().join(", ");
        if !self.answer.title.is_empty() {
            detail(&format!("{}{number}{name} ({forms})", self.answer.title), "")?;
        }
        if let Some(remedy) = &self.answer.remedy {
            detail(locale.pick("what to do:", "que faire\u{a0}:"), &remedy.to_string())?;
        }
        for note in &self.answer.notes {
            detail(locale.pick("note:", "remarque\u{a0}:"), &note.to_string())?;
        }
        for link in self.answer.links.iter().take(1) {
            detail(link, "")?;
        }
        Ok(())
    }

    /// The line, or the part around the code; the columns before the code; and the code's width.
    fn shown_line(&self) -> (String, usize, usize) {
        let code_end = self.occurrence.end;
        let rest = &self.text.as_bytes()[code_end..];
        // The end of the line is not shown if it is farther away.
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
        let before = format!(
            "{}{}",
            if start > self.place.start { "…" } else { "" },
            blanked(&self.text[start..self.occurrence.start])
        );
        let code = blanked(self.written());
        let after = blanked(&self.text[code_end..end.max(code_end)]);
        let more = if end < line_end { "…" } else { "" };
        let (indent, width) = (before.width(), code.width().max(1));
        (format!("{before}{code}{after}{more}"), indent, width)
    }
}
