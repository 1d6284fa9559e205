//! Lines of the kinds found in field trials: codes explained as something else, codes that were
//! missed, numbers that are not codes. Each line of `fixtures/field.tsv` is a case, with tabs
//! between the kind, the file's name, the text, and what must be explained.
//!
//! What must be explained is a list separated by spaces, or `-` for nothing:
//!
//! | part | meaning |
//! |---|---|
//! | `TOKEN=READING` | an occurrence whose text contains the token, explained by the reading |
//! | `A\|B=…` | an error written twice, reported at either place |
//! | `family:number`, `0xHEX`, `NAME` | a reading; `R\|S`: either is correct |
//! | `none` | reported as unknown, or not at all |
//! | `?` after a reading | may also be silent |
//! | `!info` after a reading | at most information |
//!
//! The case fails if anything else is reported as an error, a warning or information.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use hexplain::catalog::Severity;
use hexplain::explain::{self, Answer};
use hexplain::{Catalog, Locale, Occurrence, Scanner};

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| Scanner::new(Arc::new(Catalog::builtin())));

/// Families that count as equal: their numbers are the same.
const SAME: [&[&str]; 3] = [
    &["win32", "windows-installer", "wininet", "app-deployment", "ras"],
    &["errno", "errno-linux", "errno-kernel"],
    &["errno-macos", "errno"],
];

struct Slot<'a> {
    item: &'a str,
    tokens: Vec<String>,
    readings: Vec<&'a str>,
    is_optional: bool,
    is_mild: bool,
}

impl<'a> Slot<'a> {
    fn new(item: &'a str) -> Self {
        let (tokens, reading) = item.split_once('=').expect("TOKEN=READING");
        let is_mild = reading.ends_with("!info");
        let reading = reading.trim_end_matches("!info");
        let readings: Vec<&str> = reading.trim_end_matches('?').split('|').collect();
        let is_optional = reading.ends_with('?') || readings.contains(&"none");
        let tokens = tokens.replace('\u{2017}', " ").split('|').map(str::to_owned).collect();
        Self { item, tokens, readings, is_optional, is_mild }
    }

    fn takes(&self, found: &Found<'_>) -> bool {
        let is_mild = found.answer.severity <= Some(Severity::Information);
        found.answer.severity.is_some()
            && (!self.is_mild || is_mild)
            && self.tokens.iter().any(|token| found.text.contains(token.as_str()))
            && self.readings.iter().any(|reading| found.means(reading))
    }
}

struct Found<'a> {
    text: &'a str,
    occurrence: Occurrence,
    answer: Answer,
}

impl Found<'_> {
    fn means(&self, reading: &str) -> bool {
        let Answer { family, number, name, unsigned, .. } = &self.answer;
        let family = family.as_deref().unwrap_or_default();
        if let Some(hex) = reading.strip_prefix("0x") {
            let value = u32::from_str_radix(hex, 16).expect("a 32-bit value");
            return *unsigned == Some(value) || *number == Some(value as i32) && value > 0xFFFF;
        }
        let Some((wanted, value)) = reading.split_once(':') else {
            return name.as_deref() == Some(reading);
        };
        let is_family = family == wanted
            || SAME.iter().any(|same| same[0] == wanted && same.contains(&family))
            || wanted == "win32" && family == "hresult";
        if !is_family {
            return false;
        }
        if let Ok(value) = value.parse::<i32>() {
            return *number == Some(value)
                || *number == Some(-value) && wanted.starts_with("errno")
                || unsigned
                    .is_some_and(|code| code as i32 == value || code & 0xFFFF == value as u32);
        }
        // `500.19`, `5.1.1`: as a name, or as a number with these digits.
        let parts: Vec<&str> = value.split(['.', '-']).collect();
        let digits = |width: usize| {
            let mut digits = parts[0].to_owned();
            for part in &parts[1..] {
                let _ = write!(digits, "{part:0>width$}");
            }
            digits
        };
        name.as_deref() == Some(value)
            || (1..=3).any(|width| number.map(|n| n.to_string()) == Some(digits(width)))
    }

    fn is_flagged(&self) -> bool {
        self.answer.severity > Some(Severity::Success) && !self.occurrence.meaning.repeats
    }
}

/// The left items without a right item of their own.
fn unmatched(lefts: usize, rights: usize, fits: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    fn place(
        left: usize,
        taken: &mut [Option<usize>],
        seen: &mut [bool],
        fits: &dyn Fn(usize, usize) -> bool,
    ) -> bool {
        for right in 0..taken.len() {
            if seen[right] || !fits(left, right) {
                continue;
            }
            seen[right] = true;
            if taken[right].is_none_or(|other| place(other, taken, seen, fits)) {
                taken[right] = Some(left);
                return true;
            }
        }
        false
    }
    let mut taken = vec![None; rights];
    (0..lefts).filter(|&left| !place(left, &mut taken, &mut vec![false; rights], &fits)).collect()
}

/// What is wrong with the answers to a case; empty if nothing is.
fn faults(file: &str, text: &str, want: &str) -> String {
    let items: Vec<&str> = if want == "-" { Vec::new() } else { want.split(' ').collect() };
    let slots: Vec<Slot<'_>> = items.into_iter().map(Slot::new).collect();
    let kind = SCANNER.file_kind(file, None, text);
    let found: Vec<Found<'_>> = SCANNER
        .scan_file(text, &kind)
        .into_iter()
        .map(|occurrence| Found {
            text: &text[occurrence.range()],
            occurrence,
            answer: explain::answers(SCANNER.catalog(), occurrence.meaning, Locale::En)
                .swap_remove(0),
        })
        .collect();
    let required: Vec<&Slot<'_>> = slots.iter().filter(|slot| !slot.is_optional).collect();
    let flagged: Vec<&Found<'_>> = found.iter().filter(|found| found.is_flagged()).collect();
    let mut faults = String::new();
    for slot in
        unmatched(required.len(), found.len(), |slot, one| required[slot].takes(&found[one]))
    {
        let _ = writeln!(faults, "    missing {}", required[slot].item);
    }
    for one in unmatched(flagged.len(), slots.len(), |one, slot| slots[slot].takes(flagged[one])) {
        let Answer { family, name, message, .. } = &flagged[one].answer;
        let text = flagged[one].text;
        let _ = writeln!(faults, "    not wanted {text}: {family:?} {name:?} {message}");
    }
    for one in found.iter().filter(|one| one.answer.family.is_none()) {
        let is_none = |slot: &Slot<'_>| {
            slot.readings.contains(&"none")
                && slot.tokens.iter().any(|t| one.text.contains(t.as_str()))
        };
        if one.answer.message.contains("facility") && slots.iter().any(is_none) {
            let _ = writeln!(faults, "    invented anatomy for {}", one.text);
        }
    }
    faults
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (char, if char == '\\' { chars.next() } else { None }) {
            (_, Some('n')) => out.push('\n'),
            (_, Some('t')) => out.push('\t'),
            (_, Some(escaped)) => out.push(escaped),
            (char, None) => out.push(char),
        }
    }
    out
}

#[test]
fn every_field_line_gets_the_correct_answer() {
    let (mut all, mut wrong) = (0, String::new());
    for table in [include_str!("fixtures/field.tsv"), include_str!("fixtures/field-more.tsv")] {
        for line in table.lines().skip(1) {
            let [kind, file, text, want] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("four fields: {line}")
            };
            all += 1;
            let faults = faults(file, &unescaped(text), want);
            if !faults.is_empty() {
                let _ = writeln!(wrong, "{kind}  {file}\n    {text}\n    want {want}\n{faults}");
            }
        }
    }
    assert!(all > 434, "{all} lines");
    assert!(wrong.is_empty(), "\n{wrong}");
}
