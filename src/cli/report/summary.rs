//! The totals: the last line of the text format, and the exit status.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::catalog::Severity;
use crate::locale::Locale;
use crate::scan::Meaning;

#[derive(Debug, Default)]
pub(in crate::cli) struct Summary {
    pub(in crate::cli) files: usize,
    pub(in crate::cli) worst: Option<Severity>,
    errors: usize,
    warnings: usize,
    information: usize,
    unknown: usize,
    distinct: HashSet<Meaning>,
}

impl Summary {
    pub(in crate::cli) fn count(&mut self, meaning: Meaning, severity: Option<Severity>) {
        match severity {
            Some(Severity::Error) => self.errors += 1,
            Some(Severity::Warning) => self.warnings += 1,
            Some(Severity::Information) => self.information += 1,
            None => self.unknown += 1,
            Some(Severity::Success) => return,
        }
        self.distinct.insert(meaning);
        self.worst = self.worst.max(severity);
    }

    pub(in crate::cli) fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.worst = self.worst.max(other.worst);
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.information += other.information;
        self.unknown += other.unknown;
        self.distinct.extend(&other.distinct);
    }

    /// Writes the last line of the text output, even if nothing was found.
    pub(in crate::cli) fn write(
        &self,
        output: &mut impl Write,
        left_out: usize,
        locale: Locale,
    ) -> io::Result<()> {
        let total = self.errors + self.warnings + self.information + self.unknown;
        let files = match self.files {
            1 => locale.pick("1 file", "1 fichier").to_owned(),
            n => format!("{n} {}", locale.pick("files", "fichiers")),
        };
        let left_out = match (left_out, locale) {
            (0, _) => String::new(),
            (1, Locale::En) => "; 1 file left out".to_owned(),
            (n, Locale::En) => format!("; {n} files left out"),
            (1, Locale::Fr) => "\u{a0}; 1 fichier non analysé".to_owned(),
            (n, Locale::Fr) => format!("\u{a0}; {n} fichiers non analysés"),
        };
        if total == 0 {
            return writeln!(
                output,
                "{} {files}{left_out}.",
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
        let (distinct, parts) = (self.distinct.len(), parts.join(", "));
        match locale {
            Locale::En => {
                writeln!(output, "{codes} in {files} ({distinct} distinct): {parts}{left_out}.")
            }
            Locale::Fr => {
                let s = if distinct > 1 { "s" } else { "" };
                writeln!(
                    output,
                    "{codes} dans {files} ({distinct} distinct{s})\u{a0}: {parts}{left_out}."
                )
            }
        }
    }
}
