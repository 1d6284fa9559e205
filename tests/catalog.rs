//! The 328 rows of the table that the first catalog was based on, and the texts of all entries.

mod support;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use hexplain::catalog::Entry;
use hexplain::explain::{self, Answer, Prose};
use hexplain::scan::Key;
use hexplain::{Catalog, Code, Locale, Scanner};
use serde_json::json;
use support::{Client, modern_capabilities};

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| Scanner::new(Arc::new(Catalog::builtin())));
const LOCALES: [Locale; 2] = [Locale::En, Locale::Fr];

/// A row of `fixtures/intune-numbers.csv`: the numbers of the source table, without its words.
/// Family numbers that the table leaves out (13 rows) come from the formula.
struct Row {
    decimal: i32,
    /// The hex column as printed, including misprints; empty if there is none.
    printed: &'static str,
    family: &'static str,
    number: Option<i32>,
}

impl Row {
    fn code(&self) -> Code {
        Code(self.decimal as u32)
    }

    /// The entry in this row's family, found by the row's decimal.
    fn entry(&self) -> Entry<'static> {
        let decimal = self.decimal.to_string();
        let entries = SCANNER.catalog().by_code(Code::parse(&decimal).unwrap());
        let own = |entry: &Entry<'_>| family(entry) == self.family;
        entries.into_iter().find(own).unwrap_or_else(|| panic!("no entry for {decimal}"))
    }

    /// The family's number in the notation of the table's third column.
    fn written_number(&self) -> String {
        match (self.family, self.number) {
            ("ios-mdm", Some(number)) => format!("{number}\u{a0}: …"),
            ("syncml", Some(number)) => format!("Syncml({number})\u{a0}: …"),
            ("dcmo", Some(number)) => format!("DCMO({number})\u{a0}: …"),
            _ => "…".to_owned(),
        }
    }
}

fn rows() -> Vec<Row> {
    let read = |line: &'static str| {
        let [decimal, printed, family, number] =
            line.split(',').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{line}"));
        Row { decimal: decimal.parse().unwrap(), printed, family, number: number.parse().ok() }
    };
    include_str!("fixtures/intune-numbers.csv").lines().skip(1).map(read).collect()
}

/// The rows with an empty or wrong hex column: the decimal, the printed value, and the correct one.
const MISPRINTS: [(i32, &str, &str); 6] = [
    (-2_016_331_101, "", "0x87D13AA3"),
    (-2_016_331_102, "", "0x87D13AA2"),
    (-2_016_331_103, "0x87D13AA4", "0x87D13AA1"),
    (-2_016_331_106, "0x87D13AA3", "0x87D13A9E"),
    (-2_016_344_111, "0xF3FB4D95", "0x87D107D1"),
    (-2_016_345_608, "=0x87D101F8", "0x87D101F8"),
];

/// The states of apps on Windows, and their names, which some of them share.
const APP_STATES: [(Option<i32>, &str); 14] = [
    (Some(10), "APP_CI_ENFORCEMENT_IN_PROGRESS"),
    (Some(20), "APP_CI_ENFORCEMENT_IN_PROGRESS_WAITING_CONTENT"),
    (Some(30), "APP_CI_ENFORCEMENT_ERROR_RETRIEVING_CONTENT"),
    (Some(40), "APP_CI_ENFORCEMENT_IN_PROGRESS_CONTENT_DOWNLOADED"),
    (Some(50), "APP_CI_ENFORCEMENT_IN_PROGRESS_INSTALLING"),
    (Some(60), "APP_CI_ENFORCEMENT_ERROR_INSTALLING"),
    (Some(70), "APP_CI_ENFORCEMENT_SUCCEEDED"),
    (Some(80), "APP_CI_ENFORCEMENT_IN_PROGRESS"),
    (Some(90), "APP_CI_ENFORCEMENT_ERROR"),
    (Some(100), "APP_CI_ENFORCEMENT_SUCCEEDED"),
    (Some(110), "APP_CI_ENFORCEMENT_ERROR"),
    (Some(120), "APP_CI_ENFORCEMENT_ERROR"),
    (Some(130), "APP_CI_ENFORCEMENT_ERROR"),
    (None, "APP_CI_ENFORCEMENT_UNKNOWN"),
];

/// Statuses that Company Portal screens report, and the number of the entry that explains each.
const PORTAL_STATUSES: [(i32, &str); 5] =
    [(400, "400..=499"), (404, "400..=499"), (500, "500"), (502, "500..=599"), (503, "503")];

fn family(entry: &Entry<'_>) -> &'static str {
    SCANNER.catalog().family(entry.family()).id()
}

fn portal_entries() -> Vec<Entry<'static>> {
    SCANNER.catalog().entries().filter(|entry| family(entry) == "company-portal-ios").collect()
}

/// Five ways in which a log may write a code.
fn forms(code: Code) -> [String; 5] {
    let upper = code.to_string();
    let lower = upper.to_lowercase();
    let mixed = format!("{}{}", &lower[..6], &upper[6..]);
    [upper, lower, mixed, code.signed().to_string(), code.unsigned().to_string()]
}

/// The answers for a hover over the only code in `text`, written as `written`.
#[track_caller]
fn hover(text: &str, written: &str, locale: Locale) -> Vec<Answer> {
    let found = SCANNER.scan(text);
    let [only] = &found[..] else { panic!("{text}: {found:?}") };
    assert_eq!(&text[only.range()], written, "{text}");
    explain::answers(SCANNER.catalog(), only.meaning, locale)
}

fn query(words: &str, locale: Locale) -> Vec<Answer> {
    explain::answers_to_query(&SCANNER, words, locale)
}

/// Fails unless an explanation contains everything known about a row.
#[track_caller]
fn assert_tells_all(explanation: &str, row: &Row, locale: Locale) {
    let entry = row.entry();
    let title = SCANNER.catalog().family(entry.family()).title().get(locale);
    let [hex, _, _, signed, unsigned] = forms(row.code());
    let origin = match row.number {
        Some(number) => format!("{title} {number}"),
        None => title.to_owned(),
    };
    let texts = [entry.message().get(locale), entry.remedy().get(locale)];
    assert!(texts.iter().all(|text| !text.is_empty()), "{hex}");
    // Markdown escapes and marks code; the comparison ignores both.
    let bare = |text: &str| text.replace(['\\', '`'], "");
    for part in [&hex, &signed, &unsigned, &origin, texts[0], texts[1]] {
        assert!(bare(explanation).contains(&bare(part)), "{hex}: no {part} in {explanation}");
    }
}

#[test]
fn the_three_tables_have_328_rows() {
    let rows = rows();
    let count = |family| rows.iter().filter(|row| row.family == family).count();
    assert_eq!(["intune", "ios-mdm", "dcmo", "syncml"].map(count), [24, 205, 10, 70]);
    assert_eq!(rows.iter().map(|row| row.decimal).collect::<HashSet<_>>().len(), 309);
    assert_eq!((rows.len(), APP_STATES.len(), portal_entries().len()), (309, 14, 5));
}

#[test]
fn each_decimal_finds_its_familys_entry_and_number() {
    for row in rows() {
        assert_eq!(row.entry().number(), row.number, "{}", row.decimal);
    }
}

#[test]
fn hex_and_decimal_forms_are_equal_and_differ_from_the_table_only_in_its_misprints() {
    let mut misprints = Vec::new();
    for row in rows() {
        let code = row.code();
        assert_eq!(i64::from(code.unsigned()), i64::from(code.signed()) + (1 << 32));
        for form in forms(code) {
            assert_eq!(Code::parse(&form), Some(code), "{form}");
        }
        if row.printed != code.to_string() {
            misprints.push((row.decimal, row.printed, code.to_string()));
        }
    }
    misprints.sort_unstable_by_key(|misprint| -misprint.0);
    assert_eq!(misprints, MISPRINTS.map(|(decimal, hex, right)| (decimal, hex, right.to_owned())));
}

#[test]
fn a_misprint_finds_its_row_and_a_note_names_it() {
    for (decimal, printed, right) in MISPRINTS {
        // If the table prints nothing, a reader has only the decimal to ask about.
        let read = if printed.is_empty() { decimal.to_string() } else { printed.to_owned() };
        for locale in LOCALES {
            let answers = hover(&read, read.trim_start_matches('='), locale);
            let answer = answers.iter().find(|answer| answer.signed == Some(decimal));
            let answer = answer.unwrap_or_else(|| panic!("{read}: {answers:?}"));
            assert_eq!(answer.hex.as_deref(), Some(right));
            let named = |note: &str| note.contains(printed) && note.contains(right);
            assert!(
                answer.notes.iter().any(|note| named(&note.to_string())),
                "{read}: {:?}",
                answer.notes
            );
        }
    }
}

#[test]
fn the_formulas_hold_for_all_rows() {
    for row in rows() {
        let family = SCANNER.catalog().family_by_id(row.family).unwrap();
        let Some(number) = row.number else {
            assert_eq!(row.family, "intune");
            continue;
        };
        let shift = match (row.family, number) {
            ("ios-mdm", _) => 10_000,
            ("syncml", _) => 0,
            ("dcmo", 1200..=1299) => 800,
            ("dcmo", 1400..=1499) => 700,
            other => panic!("no formula for {other:?}"),
        };
        assert_eq!(row.code(), Code(0x87D1_0000 + shift + number as u32), "{number}");
        assert_eq!(family.code_of(number), Some(row.code()), "{number}");
        assert_eq!(family.number_of(row.code()), Some(number));
    }
}

#[test]
fn a_hover_over_any_form_of_any_code_has_every_fact() {
    for row in rows() {
        for (form, locale) in forms(row.code()).iter().flat_map(|form| LOCALES.map(|l| (form, l))) {
            let answers = hover(form, form, locale);
            assert_eq!(answers[0].family.as_deref(), Some(row.family), "{form}");
            assert_tells_all(&answers[0].plain(None, locale), &row, locale);
            assert_tells_all(&explain::markdown(&answers, Some(1), locale), &row, locale);
        }
    }
}

#[test]
fn every_code_in_a_line_of_the_table_is_found() {
    for row in rows() {
        let hex = if row.printed.is_empty() { "" } else { &row.code().to_string() };
        let line = format!("|{}|{hex}|{}|", row.decimal, row.written_number());
        let found = SCANNER.scan(&line);
        let expected = 1 + usize::from(!hex.is_empty()) + usize::from(row.number.is_some());
        assert_eq!(found.len(), expected, "{line}: {found:?}");
        let same = |key| key == Key::Code(row.code());
        assert!(found.iter().all(|found| same(found.meaning.key)), "{line}: {found:?}");
    }
}

#[test]
fn a_family_number_alone_is_answered_by_its_family_among_others() {
    for row in rows() {
        let Some(number) = row.number else { continue };
        let answers = query(&number.to_string(), Locale::En);
        let own = |answer: &Answer| {
            answer.family.as_deref() == Some(row.family) && answer.signed == Some(row.decimal)
        };
        assert!(answers.iter().any(own), "{number}: {answers:?}");
    }
}

#[test]
fn a_hover_of_the_server_has_every_fact_in_each_language() {
    let rows = rows();
    // One line per row, using the forms in turn.
    let form = |(at, row): (usize, &Row)| forms(row.code())[at % 5].clone();
    let forms: Vec<String> = rows.iter().enumerate().map(form).collect();
    for (tag, locale) in [("en-GB", Locale::En), ("fr-FR", Locale::Fr)] {
        let mut client =
            Client::start_as(json!({ "capabilities": modern_capabilities(), "locale": tag }));
        client.open("file:///table.log", &format!("failed: {}\n", forms.join("\nfailed: ")));
        for (line, row) in rows.iter().enumerate() {
            let hover = client.hover("file:///table.log", line as u32, 12);
            assert_tells_all(&hover.unwrap_or_default(), row, locale);
        }
        client.shutdown();
    }
}

#[test]
fn app_states_are_found_by_number_and_by_name() {
    for ((number, name), locale) in APP_STATES.iter().flat_map(|state| LOCALES.map(|l| (state, l)))
    {
        let sharing = APP_STATES.iter().filter(|(_, other)| other == name);
        let sharing: Vec<_> = sharing.map(|&(number, _)| number).collect();
        for answers in [hover(&format!("state {name}"), name, locale), query(name, locale)] {
            assert_eq!(answers.iter().map(|a| a.number).collect::<Vec<_>>(), sharing, "{name}");
            assert!(answers.iter().all(|a| a.name.as_deref() == Some(name) && a.remedy.is_some()));
        }
        let Some(number) = number else { continue };
        let written = number.to_string();
        let by_number = hover(&format!("\"EnforcementState\":{number}"), &written, locale);
        for answers in [by_number, query(&written, locale)] {
            let state = |a: &&Answer| a.family.as_deref() == Some("intune-app-state");
            let answer = answers.iter().find(state).unwrap_or_else(|| panic!("{answers:?}"));
            assert_eq!((answer.number, answer.name.as_deref()), (Some(*number), Some(*name)));
            assert_eq!(answer.hex, None, "a state is not a 32-bit code");
        }
    }
}

#[test]
fn portal_errors_are_found_by_status_range_and_words() {
    let entries = portal_entries();
    for locale in LOCALES {
        for (status, numbers) in PORTAL_STATUSES {
            let answers = hover(&format!("HTTP {status}"), &format!("HTTP {status}"), locale);
            let entry = entries.iter().find(|e| e.numbers().as_deref() == Some(numbers)).unwrap();
            let message = entry.message().get(locale);
            let is_among =
                |answers: &[Answer]| answers.iter().any(|answer| answer.message == message);
            assert!(is_among(&answers), "HTTP {status}: {answers:?}");
            assert!(is_among(&query(&status.to_string(), locale)), "{status}");
        }
        for entry in &entries {
            assert!(entry.phrases().count() >= 2, "{}", entry.message().en);
            for words in entry.phrases() {
                let message = entry.message().get(locale);
                let answers = query(words, locale);
                assert!(answers.iter().any(|answer| answer.message == message), "{words}");
            }
        }
    }
}

#[test]
fn every_written_text_is_sound() {
    let mut faults = String::new();
    let mut messages = HashSet::new();
    let mut count = 0;
    for entry in SCANNER.catalog().entries().filter(|entry| !entry.is_words_only()) {
        count += 1;
        let mut fault = |what: &str, text: &str| {
            let (file, line) = entry.source();
            writeln!(faults, "{file}:{line}: {what}: {text}").unwrap();
        };
        for locale in LOCALES {
            let [message, remedy, note] =
                [entry.message(), entry.remedy(), entry.note()].map(|text| text.get(locale));
            message_faults(message, &mut fault);
            remedy_faults(remedy, &mut fault);
            for text in [message, remedy, note] {
                prose_faults(text, &mut fault);
            }
            if !messages.insert((entry.family(), locale, message)) {
                fault("message twice in its family", message);
            }
        }
        for text in [entry.message(), entry.remedy(), entry.note()] {
            if text.en == text.fr && !text.en.is_empty() {
                fault("the same in both languages", text.en);
            }
        }
        for link in entry.links().filter(|link| !link.starts_with("https://")) {
            fault("not https", link);
        }
    }
    assert!(count >= 328, "only {count} entries");
    assert!(faults.is_empty(), "\n{faults}");
}

fn message_faults(message: &str, fault: &mut impl FnMut(&str, &str)) {
    if !(1..=100).contains(&message.chars().count()) {
        fault("message empty or over 100 characters", message);
    }
}

fn remedy_faults(remedy: &str, fault: &mut impl FnMut(&str, &str)) {
    let remedy = &Prose::from(remedy).to_string();
    if !(60..=500).contains(&remedy.chars().count()) {
        fault("remedy not of 60 to 500 characters", remedy);
    }
    // Without the sentences that refer to someone else, the text must still be worth reading.
    let passes_on = |sentence: &&str| {
        let sentence = sentence.to_lowercase();
        sentence.starts_with("contact") || sentence.contains("contact microsoft")
    };
    let left = remedy.split_inclusive(". ").filter(|sentence| !passes_on(sentence));
    if left.map(str::len).sum::<usize>() < 60 {
        fault("remedy that only passes the matter on", remedy);
    }
}

fn prose_faults(text: &str, fault: &mut impl FnMut(&str, &str)) {
    if text.contains(char::is_control) {
        fault("more than one line", text);
    }
    if text.trim() != text || text.contains("  ") {
        fault("superfluous space", text);
    }
}

#[test]
fn of_the_entries_found_by_name_those_with_texts_come_first() {
    let catalog = Catalog::builtin();
    let mut found = catalog.search("access_denied", Locale::En);
    found.retain(|entry| entry.name().to_lowercase().contains("access_denied"));
    let explained = found.iter().take_while(|entry| !entry.is_words_only()).count();
    assert!(explained > 3 && explained < found.len());
    assert!(found[explained..].iter().all(Entry::is_words_only));
}
