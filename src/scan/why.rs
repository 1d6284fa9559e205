//! Why a number is a code or not: the readings considered, the evidence, and any refusal.

use serde::Serialize;

use super::evidence::Ground;
use super::family::Verdict;
use super::lead::Lead;
use super::{DIGIT, FileKind, Meaning, Scanner, Token, Weight, for_each_token, guard, number};
use crate::catalog::FamilyId;
use crate::catalog::role::ROLES;

/// How one token of a text was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Its byte range; for a code, including the minus or the start of the notation before it.
    pub range: std::ops::Range<usize>,
    /// What the word before it calls it, such as `exit` or `error`; empty if it is no known word.
    pub roles: Vec<&'static str>,
    /// The readings that were considered, each with its evidence.
    pub readings: Vec<Considered>,
    /// The guard that refused it.
    pub refused: Option<Refusal>,
    /// The meaning that was found.
    pub meaning: Option<Meaning>,
}

/// A reading that was considered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// The family.
    pub family: FamilyId,
    /// The evidence for it, if any.
    pub speaks: Option<Speaks>,
}

/// The evidence for a reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Speaks {
    /// The number's standard phrase is on its line.
    Phrase,
    /// The number's symbolic name is beside it.
    Name,
    /// A sign of the family is near; the text of the sign.
    Sign(String),
    /// The number means the same to every reader.
    Number,
    /// The file's name contains a sign of the family.
    FileName,
    /// The surrounding text is one of the family's notations.
    Notation,
}

/// A guard that refused a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It is part of a version, a date, a time or another longer number.
    PieceOfNumber,
    /// It is in a URL.
    Url,
    /// It is in a path.
    Path,
    /// A noun or unit after it shows that it is a count or a measurement.
    Counted,
    /// The word before it shows that it is something else.
    Word,
    /// A family's notation marks it as not a code.
    Notation,
    /// It is an operand, part of a range or a labeled value.
    MachineValue,
}

impl Scanner {
    /// How each number and each occurrence of a text was judged, in text order.
    #[must_use]
    pub fn why(&self, text: &str, file: &FileKind) -> Vec<Why> {
        let mut all = Vec::new();
        for_each_token(text.as_bytes(), 0..text.len(), file, |token| {
            let token = token.without_escape();
            let found = self.judge(&token);
            let is_number = token.classes == DIGIT || token.is_prefixed_hex();
            if found.is_some() || is_number {
                let mut why = self.why_of(&token, found.map(|found| found.meaning));
                why.range.start = found.map_or(token.start, |found| found.start);
                all.push(why);
            }
        });
        all
    }

    fn why_of(&self, token: &Token<'_>, meaning: Option<Meaning>) -> Why {
        let lead = Lead::of(token.before());
        let roles = lead.roles();
        let names = ROLES.iter().enumerate().filter(|(bit, _)| roles.0 >> bit & 1 == 1);
        let evidence = &self.ways().evidence;
        let mut readings = Vec::new();
        if let Some(value) = number::value(token) {
            let number = value as i32;
            let best = self.reading(token, number, roles);
            readings.extend(best.map(|reading| Considered {
                family: reading.family,
                speaks: Some(speaks(token, reading.ground)),
            }));
            let others = evidence.candidates(&self.catalog, token, roles, number);
            let others = others.filter(|&family| best.is_none_or(|best| best.family != family));
            readings.extend(others.map(|family| {
                let ground = evidence.ground_of(token, family);
                Considered { family, speaks: ground.map(|ground| speaks(token, ground)) }
            }));
        }
        // Without a winning reading, a notation, a domain, a table or a column has decided.
        let decided = meaning.filter(|meaning| meaning.weight > Weight::Possible);
        let decided = decided.and_then(|meaning| meaning.family);
        let has_won = readings.first().is_some_and(|first: &Considered| first.speaks.is_some());
        if let Some(family) = decided.filter(|_| !has_won) {
            readings.retain(|reading| reading.family != family);
            readings.insert(0, Considered { family, speaks: Some(Speaks::Notation) });
        }
        let refused = match meaning {
            Some(meaning) if meaning.weight > Weight::Possible => None,
            _ => self.refusal(token, lead),
        };
        let roles = names.map(|(_, name)| *name).collect();
        Why { range: token.start..token.end, roles, readings, refused, meaning }
    }

    fn refusal(&self, token: &Token<'_>, lead: Lead) -> Option<Refusal> {
        match () {
            () if guard::is_in_url(token) => Some(Refusal::Url),
            () if token.is_prefixed_hex() && guard::is_in_path(token) => Some(Refusal::Path),
            () if token.is_prefixed_hex() && guard::is_machine_value(token) => {
                Some(Refusal::MachineValue)
            }
            () if token.classes == DIGIT && guard::is_piece_of_number(token) => {
                Some(Refusal::PieceOfNumber)
            }
            () if self.written(token) == Some(Verdict::NotACode) => Some(Refusal::Notation),
            () if lead == Lead::Other => Some(Refusal::Word),
            () if guard::is_counted(token) => Some(Refusal::Counted),
            () => None,
        }
    }
}

fn speaks(token: &Token<'_>, ground: Ground) -> Speaks {
    match ground {
        Ground::Phrase => Speaks::Phrase,
        Ground::Name => Speaks::Name,
        Ground::Sign { start, end, .. } => {
            Speaks::Sign(String::from_utf8_lossy(&token.text[start..end]).into_owned())
        }
        Ground::Number => Speaks::Number,
        Ground::FileName => Speaks::FileName,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::Catalog;

    #[track_caller]
    fn check(text: &str, token: &str, expected: &str) {
        thread_local!(static SCANNER: Scanner = Scanner::new(Arc::new(Catalog::builtin())));
        let said = SCANNER.with(|scanner| {
            let all = scanner.why(text, &FileKind::default());
            let of = all.into_iter().find(|why| &text[why.range.clone()] == token).unwrap();
            let best = of.readings.into_iter().find_map(|reading| {
                let family = scanner.catalog().family(reading.family).id().to_owned();
                Some(format!("{family} by {:?}", reading.speaks?))
            });
            of.refused.map(|refused| format!("{refused:?}")).or(best).unwrap_or_default()
        });
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn the_evidence_for_a_reading_is_named() {
        check("CreateFileW: error 5", "5", "win32 by Sign(\"CreateFile\")");
        check("error 13: Permission denied", "13", "errno by Phrase");
        check("deploy: exit code 1603", "1603", "windows-installer by Number");
        check("KDC_ERR_PREAUTH_FAILED (24)", "24", "kerberos by Name");
        check("error 5", "5", "");
    }

    #[test]
    fn the_reason_for_a_refusal_is_named() {
        check("thread 1603", "1603", "Word");
        check("error 1603 times", "1603", "Counted");
        check("error 5.1", "5", "PieceOfNumber");
        check("https://example.com/0x80070005", "0x80070005", "Url");
        check("[mem 0xe0000000-0xe7ffffff]", "0xe0000000", "MachineValue");
        check("hKey=0x80000002", "0x80000002", "Notation");
    }
}
