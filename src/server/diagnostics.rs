//! Diagnostics, pushed or pulled: the codes of a document that report a problem.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use tower_lsp::lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DocumentDiagnosticReport, FullDocumentDiagnosticReport, Location, NumberOrString, Position,
    Range, RelatedFullDocumentDiagnosticReport, Url,
};

use super::message::json_length;
use super::settings::Repeats;
use super::snapshot::Snapshot;
use super::uri::Uri;
use crate::catalog::Severity;
use crate::explain;
use crate::locale::Locale;
use crate::scan::{Key, Occurrence};

/// The `source` of every diagnostic.
pub(super) const SOURCE: &str = "hexplain";

/// The most bytes of JSON in a document's diagnostics, regardless of the settings and of the texts
/// in a user's catalog.
const MOST_BYTES: usize = 8 << 20;

/// The most bytes of a diagnostic in JSON, not counting its texts.
const DIAGNOSTIC_BYTES: usize = 300;

/// The most related locations of a problem.
const MOST_RELATED: usize = 3;

/// The diagnostics of the document at `uri`, limited as the settings say; if there are more, the
/// last one gives their number. The first occurrence of a code is its problem; within the limit,
/// problems of distinct codes take precedence over repeats.
pub(super) fn diagnostics(view: &Snapshot, uri: &Uri) -> Vec<Diagnostic> {
    if !view.settings.diagnostics {
        return Vec::new();
    }
    let problems = problems(view);
    let total: usize = match view.settings.repeats {
        Repeats::None => problems.len(),
        Repeats::Hint | Repeats::All => problems.values().map(|problem| problem.count).sum(),
    };
    let room =
        if total <= view.settings.max_per_file { total } else { view.settings.max_per_file - 1 };
    let mut firsts: Vec<Occurrence> = problems.values().map(|problem| problem.first).collect();
    firsts.sort_unstable_by_key(|first| first.start);
    firsts.truncate(room);
    let is_first: HashSet<usize> = firsts.iter().map(|first| first.start).collect();
    let mut chosen = firsts;
    let repeats = view.document.occurrences().filter(|found| {
        found.meaning.is_reported()
            && problems.contains_key(&found.meaning.key)
            && !is_first.contains(&found.start)
    });
    chosen.extend(repeats.take(room - chosen.len()));
    let mut bytes = 0;
    let fits = |found: &Occurrence| {
        bytes += problems[&found.meaning.key].bytes;
        bytes <= MOST_BYTES
    };
    chosen = chosen.into_iter().take_while(fits).collect();
    chosen.sort_unstable_by_key(|occurrence| occurrence.start);
    let related = Related::of(view, uri, &chosen);
    let mut diagnostics: Vec<Diagnostic> = chosen
        .iter()
        .map(|found| {
            let problem = &problems[&found.meaning.key];
            if is_first.contains(&found.start) {
                first(view, found, problem, &related)
            } else {
                repeat(view, found, problem)
            }
        })
        .collect();
    if total > chosen.len() {
        diagnostics.push(more(view, total - chosen.len()));
    }
    diagnostics
}

/// The answer to `textDocument/diagnostic`.
pub(super) fn report(view: &Snapshot, uri: &Uri) -> DocumentDiagnosticReport {
    let report = FullDocumentDiagnosticReport { result_id: None, items: diagnostics(view, uri) };
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        full_document_diagnostic_report: report,
        ..RelatedFullDocumentDiagnosticReport::default()
    })
}

/// A distinct code of a document and what is reported about it.
struct Problem {
    /// The first occurrence with the problem's severity.
    first: Occurrence,
    count: usize,
    rank: Severity,
    severity: DiagnosticSeverity,
    code: String,
    message: String,
    link: Option<Url>,
    /// The approximate length of its diagnostic in JSON.
    bytes: usize,
}

/// The document's distinct codes that get a diagnostic.
fn problems(view: &Snapshot) -> HashMap<Key, Problem> {
    let mut problems: HashMap<Key, Problem> = HashMap::new();
    for (first, count) in view.document.tallies() {
        let Some(problem) = problem(view, first, count) else { continue };
        match problems.entry(first.meaning.key) {
            Entry::Vacant(place) => drop(place.insert(problem)),
            Entry::Occupied(mut place) => {
                let known = place.get_mut();
                let count = known.count + count;
                if problem.rank > known.rank {
                    *known = problem;
                }
                known.count = count;
            }
        }
    }
    problems
}

/// `None` if the code is unknown, a success, ignored, or less severe than the settings ask for.
fn problem(view: &Snapshot, first: Occurrence, count: usize) -> Option<Problem> {
    let meaning = first.meaning;
    if view.ignores(meaning) || !meaning.is_reported() {
        return None;
    }
    let entries = explain::entries(&view.catalog, meaning);
    let entry = entries.first()?;
    let rank = explain::weighed(Some(entry.severity()), meaning)?;
    if rank == Severity::Success || rank < view.settings.minimum_severity {
        return None;
    }
    let answer = explain::answer(&view.catalog, entry, meaning.key, view.locale());
    let own = match rank {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Information | Severity::Success => DiagnosticSeverity::INFORMATION,
    };
    let code = answer.heading().swap_remove(0);
    let link = answer.links.first().and_then(|link| Url::parse(link).ok());
    let texts = [&*code, &answer.message, link.as_ref().map_or("", Url::as_str)];
    let bytes = DIAGNOSTIC_BYTES + texts.into_iter().map(json_length).sum::<usize>();
    let severity = view.settings.severity.unwrap_or(own);
    Some(Problem { first, count, rank, severity, code, message: answer.message, link, bytes })
}

/// The related locations of a document's problems.
struct Related {
    uri: Option<Url>,
    next: HashMap<Key, Vec<Range>>,
}

impl Related {
    fn of(view: &Snapshot, uri: &Uri, chosen: &[Occurrence]) -> Self {
        let uri = Url::parse(uri.as_str()).ok().filter(|_| view.client.related_information);
        let mut next: HashMap<Key, Vec<Range>> = HashMap::new();
        if uri.is_some() {
            for found in chosen {
                let places = next.entry(found.meaning.key).or_default();
                // The first is the problem itself.
                if places.len() <= MOST_RELATED {
                    places.push(view.client.range(&view.document, found.range()));
                }
            }
        }
        Self { uri, next }
    }

    /// The occurrences after the first.
    fn to(
        &self,
        key: Key,
        own: Range,
        locale: Locale,
    ) -> Option<Vec<DiagnosticRelatedInformation>> {
        let uri = self.uri.as_ref()?;
        let others = self.next.get(&key)?.iter().filter(|range| **range != own);
        let message = locale.pick("another occurrence of this code", "de nouveau le même code");
        let related = others.map(|&range| DiagnosticRelatedInformation {
            location: Location { uri: uri.clone(), range },
            message: message.to_owned(),
        });
        let related: Vec<_> = related.take(MOST_RELATED).collect();
        (!related.is_empty()).then_some(related)
    }
}

/// The diagnostic of a code's first occurrence.
fn first(view: &Snapshot, found: &Occurrence, problem: &Problem, related: &Related) -> Diagnostic {
    let locale = view.locale();
    let message = match problem.count {
        2.. if view.settings.repeats != Repeats::All => {
            let times = locale.pick("times", "fois");
            format!("{} ({} {times})", problem.message, problem.count)
        }
        _ => problem.message.clone(),
    };
    let diagnostic = repeat(view, found, problem);
    let related_information = match view.settings.repeats {
        Repeats::All => None,
        Repeats::Hint | Repeats::None => related.to(found.meaning.key, diagnostic.range, locale),
    };
    Diagnostic { severity: Some(problem.severity), message, related_information, ..diagnostic }
}

/// The diagnostic of a further occurrence.
fn repeat(view: &Snapshot, found: &Occurrence, problem: &Problem) -> Diagnostic {
    let link = problem.link.clone().filter(|_| view.client.diagnostic_links);
    let severity = match view.settings.repeats {
        Repeats::All => problem.severity,
        Repeats::Hint | Repeats::None => DiagnosticSeverity::HINT,
    };
    Diagnostic {
        range: view.client.range(&view.document, found.range()),
        severity: Some(severity),
        code: Some(NumberOrString::String(problem.code.clone())),
        code_description: link.map(|href| CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message: problem.message.clone(),
        ..Diagnostic::default()
    }
}

/// The message that `count` more codes are not shown.
pub(super) fn more_codes(locale: Locale, count: usize) -> String {
    if count == 1 {
        return locale.pick("1 more code not shown", "1 autre code non affiché").to_owned();
    }
    locale
        .pick(format!("{count} more codes not shown"), format!("{count} autres codes non affichés"))
}

/// The last diagnostic of a document with more codes than are shown.
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

    fn uri() -> Uri {
        Uri::parse("file:///a.log").unwrap()
    }

    fn marked(text: &str, settings: &Settings) -> Vec<String> {
        with_text(text, settings, |view| {
            diagnostics(view, &uri())
                .into_iter()
                .map(|d| format!("{}: {}", d.range.start.character, d.message))
                .collect()
        })
    }

    #[test]
    fn a_diagnostic() {
        with_text("x 0xE0001007", &Settings::default(), |view| {
            insta::assert_json_snapshot!(diagnostics(view, &uri()), @r#"
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

    /// Severity, start and message of each diagnostic.
    fn listed(text: &str, repeats: Repeats) -> Vec<String> {
        let settings = Settings { repeats, ..Settings::default() };
        with_text(text, &settings, |view| {
            let listed = diagnostics(view, &uri()).into_iter().map(|found| {
                let related = found.related_information.unwrap_or_default();
                let related =
                    related.iter().map(|at| at.location.range.start.character.to_string());
                let related: Vec<String> = related.collect();
                let severity = format!("{:?}", found.severity.unwrap()).to_lowercase();
                let at = found.range.start.character;
                format!("{severity} at {at}: {} {}", found.message, related.join(" "))
                    .trim()
                    .to_owned()
            });
            listed.collect()
        })
    }

    const THRICE: &str = "0xE0001007 0xE0001007 x 0xE0001007";

    #[test]
    fn a_code_is_one_problem_and_its_other_places_are_hints() {
        insta::assert_snapshot!(listed(THRICE, Repeats::Hint).join("\n"), @r"
        warning at 0: The share is full (3 times) 11 24
        hint at 11: The share is full
        hint at 24: The share is full
        ");
        insta::assert_snapshot!(listed(THRICE, Repeats::None).join("\n"), @r"
        warning at 0: The share is full (3 times)
        ");
        insta::assert_snapshot!(listed(THRICE, Repeats::All).join("\n"), @r"
        warning at 0: The share is full
        warning at 11: The share is full
        warning at 24: The share is full
        ");
    }

    #[test]
    fn a_code_that_is_worse_later_has_its_problem_there() {
        let text = "INFO: 0xE0001007\nERROR: 0xE0001007";
        insta::assert_snapshot!(listed(text, Repeats::Hint).join("\n"), @r"
        hint at 6: The share is full
        warning at 7: The share is full (2 times) 6
        ");
    }

    #[test]
    fn one_error_that_is_written_twice_is_one_diagnostic() {
        assert_eq!(marked("failed 0x80070643 (-2147023293)", &Settings::default()).len(), 1);
    }

    #[test]
    fn past_the_maximum_every_distinct_code_keeps_its_first() {
        let text = format!("{} 0x87D1FDE9 SyncML(404)", "0x87D1FDE8 ".repeat(50));
        let settings = Settings { max_per_file: 5, repeats: Repeats::All, ..Settings::default() };
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
            let found = diagnostics(view, &uri());
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
