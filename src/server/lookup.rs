//! hexplain's own requests about the catalog, for extensions: `hexplain/explain`,
//! `hexplain/search` and `hexplain/document`.

use serde::{Deserialize, Serialize};

use super::entry_uri;
use super::snapshot::Snapshot;
use super::uri::Uri;
use super::wire;
use crate::explain::{self, Answer};
use crate::locale::Locale;

/// The most entries in an answer to `hexplain/search`, and the default.
const MOST_FOUND: usize = 100;
const MOST_EVER_FOUND: usize = 1000;

#[derive(Debug, Deserialize)]
pub(super) struct Query {
    query: String,
    locale: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Search {
    words: String,
    limit: Option<usize>,
    locale: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EntryOf {
    uri: Uri,
    locale: Option<String>,
}

impl wire::Params for Query {}
impl wire::Params for Search {}
impl wire::Params for EntryOf {}

#[derive(Debug, Serialize)]
pub(super) struct Explained {
    query: String,
    answers: Vec<WithMarkdown>,
}

#[derive(Debug, Serialize)]
pub(super) struct Found {
    answers: Vec<WithMarkdown>,
}

#[derive(Debug, Serialize)]
pub(super) struct Text {
    text: String,
}

/// An answer for clients that display it themselves.
#[derive(Debug, Serialize)]
struct WithMarkdown {
    #[serde(flatten)]
    answer: Answer,
    title: String,
    markdown: String,
}

impl WithMarkdown {
    fn all(answers: Vec<Answer>, locale: Locale) -> Vec<Self> {
        let with = |answer: Answer| Self {
            title: answer.title.clone(),
            markdown: answer.markdown(None, locale),
            answer,
        };
        answers.into_iter().map(with).collect()
    }
}

/// The explanations of what the user typed.
pub(super) fn explain(view: &Snapshot, params: Query) -> Explained {
    let locale = view.locale_or(params.locale.as_deref());
    let answers = explain::answers_to_query(&view.scanner, &params.query, locale);
    Explained { query: params.query, answers: WithMarkdown::all(answers, locale) }
}

/// The entries that match all words.
pub(super) fn search(view: &Snapshot, params: &Search) -> Found {
    let locale = view.locale_or(params.locale.as_deref());
    let limit = params.limit.unwrap_or(MOST_FOUND).min(MOST_EVER_FOUND);
    let catalog = &*view.catalog;
    let entries = catalog.search(&params.words, locale).into_iter().take(limit);
    let answer =
        |entry| explain::answer(catalog, &entry, explain::own_key(catalog, &entry), locale);
    Found { answers: WithMarkdown::all(entries.map(answer).collect(), locale) }
}

/// The explanation at a `hexplain:` URI.
pub(super) fn document(view: &Snapshot, params: &EntryOf) -> Option<Text> {
    let locale = view.locale_or(params.locale.as_deref());
    let catalog = &*view.catalog;
    let entry = entry_uri::entry_at(catalog, &params.uri)?;
    let answer = explain::answer(catalog, &entry, explain::own_key(catalog, &entry), locale);
    Some(Text { text: answer.markdown(None, locale) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::server::settings::Settings;
    use crate::server::snapshot::testing::with_text;
    use crate::server::symbols;

    fn text_at(view: &Snapshot, uri: &str, locale: Option<&str>) -> Option<String> {
        let params = json!({ "uri": uri, "locale": locale });
        document(view, &serde_json::from_value(params).unwrap()).map(|text| text.text)
    }

    #[test]
    fn every_uri_that_a_search_hands_out_opens_its_explanation() {
        with_text("", &Settings::default(), |view| {
            for words in ["access denied", "passcode", "404", "error"] {
                let found = symbols::search(view, words);
                assert!(!found.is_empty());
                for symbol in found {
                    let text = text_at(view, symbol.location.uri.as_str(), None).unwrap();
                    let heading = symbol.name.split(' ').next().unwrap();
                    assert!(text.contains(heading), "{symbol:?}: {text}");
                }
            }
        });
    }

    #[test]
    fn the_text_is_in_the_language_asked_for_and_nothing_is_at_other_uris() {
        with_text("", &Settings::default(), |view| {
            let text = |locale| text_at(view, "hexplain:/syncml/404.md", locale).unwrap();
            assert!(text(None).contains("What to do") && text(Some("fr")).contains("Que faire"));
            assert_eq!(text_at(view, "hexplain:/syncml/9999999.md", None), None);
            assert_eq!(text_at(view, "file:///a.log", None), None);
        });
    }
}
