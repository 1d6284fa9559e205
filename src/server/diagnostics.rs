//! Diagnostics, pushed or pulled: the codes of a document that report a problem.

use std::collections::HashMap;

use tower_lsp::lsp_types::{
    CodeDescription, Diagnostic, DiagnosticSeverity, DocumentDiagnosticReport,
    FullDocumentDiagnosticReport, NumberOrString, Position, Range,
    RelatedFullDocumentDiagnosticReport, Url,
};

use super::message::json_length;
use super::snapshot::Snapshot;
use crate::catalog::Severity;
use crate::explain;
use crate::locale::Locale;
use crate::scan::{Meaning, Occurrence};

/// The `source` of every diagnostic.
pub(super) const SOURCE: &str = "hexplain";

/// How many bytes of JSON a document's diagnostics may have, whatever the settings and the texts of
/// a user's catalog are.
const MOST_BYTES: usize = 8 << 20;

/// The most bytes that a diagnostic has in JSON apart from its texts.
const DIAGNOSTIC_BYTES: usize = 300;

/// The document's diagnostics: at most as many as the settings allow, and then the last one
/// says how many more there are. Every distinct code keeps its first occurrence before any
/// repeats.
pub(super) fn diagnostics(view: &Snapshot) -> Vec<Diagnostic> {
    if !view.settings.diagnostics {
        return Vec::new();
    }
    let tallies = view.document.tallies();
    let findings: HashMap<Meaning, Finding> = tallies
        .iter()
        .filter_map(|(first, _)| Some((first.meaning, finding(view, first.meaning)?)))
        .collect();
    let firsts = || tallies.iter().filter(|(first, _)| findings.contains_key(&first.meaning));
    let total: usize = firsts().map(|(_, count)| count).sum();
    let max = view.settings.max_per_file;
    let repeats = || {
        let all = view.document.occurrences();
        all.filter(|occurrence| findings.contains_key(&occurrence.meaning))
    };
    let mut chosen: Vec<Occurrence> = if total <= max {
        repeats().collect()
    } else {
        let room = max - 1;
        let mut chosen: Vec<Occurrence> = firsts().map(|&(first, _)| first).take(room).collect();
        let is_first: std::collections::HashSet<usize> =
            chosen.iter().map(|first| first.start).collect();
        let others = repeats().filter(|occurrence| !is_first.contains(&occurrence.start));
        chosen.extend(others.take(room - chosen.len()));
        chosen
    };
    let mut bytes = 0;
    let fits = |found: &Occurrence| {
        bytes += findings[&found.meaning].bytes;
        bytes <= MOST_BYTES
    };
    chosen = chosen.into_iter().take_while(fits).collect();
    chosen.sort_unstable_by_key(|occurrence| occurrence.start);
    let mut diagnostics: Vec<Diagnostic> =
        chosen.iter().map(|found| diagnostic(view, found, &findings[&found.meaning])).collect();
    if total > chosen.len() {
        diagnostics.push(more(view, total - chosen.len()));
    }
    diagnostics
}

/// The answer to `textDocument/diagnostic`.
pub(super) fn report(view: &Snapshot) -> DocumentDiagnosticReport {
    let report = FullDocumentDiagnosticReport { result_id: None, items: diagnostics(view) };
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        full_document_diagnostic_report: report,
        ..RelatedFullDocumentDiagnosticReport::default()
    })
}

/// What a diagnostic says of every occurrence of one meaning.
struct Finding {
    severity: DiagnosticSeverity,
    code: String,
    message: String,
    link: Option<Url>,
    /// Its approximate length in JSON.
    bytes: usize,
}

/// `None` for what is unknown, a success, ignored, or milder than the settings ask for.
fn finding(view: &Snapshot, meaning: Meaning) -> Option<Finding> {
    if view.ignores(meaning) || !meaning.is_reported() {
        return None;
    }
    let entries = explain::entries(&view.catalog, meaning);
    let entry = entries.first()?;
    let severity = explain::weighed(Some(entry.severity()), meaning)?;
    if severity == Severity::Success || severity < view.settings.minimum_severity {
        return None;
    }
    let answer = explain::answer(&view.catalog, entry, meaning.key, view.locale());
    let own = match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Information | Severity::Success => DiagnosticSeverity::INFORMATION,
    };
    let code = answer.heading().swap_remove(0);
    let link = answer.links.first().and_then(|link| Url::parse(link).ok());
    let texts = [&*code, &answer.message, link.as_ref().map_or("", Url::as_str)];
    let bytes = DIAGNOSTIC_BYTES + texts.into_iter().map(json_length).sum::<usize>();
    let severity = view.settings.severity.unwrap_or(own);
    Some(Finding { severity, code, message: answer.message, link, bytes })
}

fn diagnostic(view: &Snapshot, found: &Occurrence, finding: &Finding) -> Diagnostic {
    let link = finding.link.clone().filter(|_| view.client.diagnostic_links);
    Diagnostic {
        range: view.client.range(&view.document, found.range()),
        severity: Some(finding.severity),
        code: Some(NumberOrString::String(finding.code.clone())),
        code_description: link.map(|href| CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message: finding.message.clone(),
        ..Diagnostic::default()
    }
}

/// The message that more codes exist than are shown.
pub(super) fn more_codes(locale: Locale, count: usize) -> String {
    if count == 1 {
        return locale.pick("1 more code not shown", "1 autre code non affiché").to_owned();
    }
    locale
        .pick(format!("{count} more codes not shown"), format!("{count} autres codes non affichés"))
}

/// The last diagnostic of a document that has more than are shown.
fn more(view: &Snapshot, count: usize) -> Diagnostic {
    let message = format!("{} (hexplain.diagnostics.maxPerFile)", more_codes(view.locale(), count));
    Diagnostic {
        range: Range { start: Position::new(0, 0), end: Position::new(0, 0) },
        severity: Some(DiagnosticSeverity::INFORMATION),
        source: Some(SOURCE.to_owned()),
        message,
        ..Diagnostic::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::settings::Settings;
    use crate::server::snapshot::testing::with_text;

    fn marked(text: &str, settings: &Settings) -> Vec<String> {
        with_text(text, settings, |view| {
            diagnostics(view)
                .into_iter()
                .map(|d| format!("{}: {}", d.range.start.character, d.message))
                .collect()
        })
    }

    #[test]
    fn a_diagnostic() {
        with_text("x 0xE0001007", &Settings::default(), |view| {
            insta::assert_json_snapshot!(diagnostics(view), @r#"
        [
          {
            "range": {
              "start": {
                "line": 0,
                "character": 2
              },
              "end": {
                "line": 0,
                "character": 12
              }
            },
            "severity": 2,
            "code": "0xE0001007",
            "source": "hexplain",
            "message": "The share is full"
          }
        ]
        "#);
        });
    }

    #[test]
    fn a_failure_is_marked_and_a_success_or_an_unknown_code_is_not() {
        let text = "0x87D1FDE8 hr=0 0x8123ABCD SyncML(200) hr=0x80070000";
        assert_eq!(marked(text, &Settings::default()).len(), 1);
    }

    #[test]
    fn past_the_maximum_every_distinct_code_keeps_its_first() {
        let text = format!("{} 0x87D1FDE9 SyncML(404)", "0x87D1FDE8 ".repeat(50));
        let settings = Settings { max_per_file: 5, ..Settings::default() };
        let marked = marked(&text, &settings);
        assert_eq!(marked.len(), 5);
        assert!(marked[4].contains("48 more"), "{marked:?}");
        assert!(marked[2].starts_with("551:") && marked[3].starts_with("562:"), "{marked:?}");
    }

    #[test]
    fn the_answer_is_bounded_however_many_the_settings_allow() {
        let settings = Settings { max_per_file: usize::MAX, ..Settings::default() };
        let text = "0x87D1FDE8\n".repeat(60_000);
        with_text(&text, &settings, |view| {
            let found = diagnostics(view);
            assert!(serde_json::to_string(&found).unwrap().len() < 9 << 20);
            let more = format!("{} more codes not shown", 60_000 - (found.len() - 1));
            assert!(found[found.len() - 1].message.starts_with(&more), "{:?}", found.last());
        });
    }

    #[test]
    fn settings_choose_what_is_marked() {
        let text = "0x87D1FDE8 SyncML(101)";
        let count = |settings: Settings| marked(text, &settings).len();
        assert_eq!(count(Settings::default()), 2);
        assert_eq!(count(Settings { minimum_severity: Severity::Error, ..Settings::default() }), 1);
        assert_eq!(count(Settings { diagnostics: false, ..Settings::default() }), 0);
        let ignore = vec!["0x87D1FDE8".to_owned()];
        assert_eq!(count(Settings { ignore, ..Settings::default() }), 1);
        assert_eq!(count(Settings { max_per_file: 1, ..Settings::default() }), 1);
    }
}
