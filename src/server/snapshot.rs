//! What features read: a document, the catalog and the settings at one moment.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::client::Client;
use super::settings::Settings;
use super::uri::Uri;
use crate::catalog::Catalog;
use crate::document::Document;
use crate::locale::Locale;
use crate::scan::{Key, Meaning, Scanner};

/// The state of the session when a request arrived. It is owned, so that the answer can be computed
/// on any thread while edits continue.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    /// The document that the request is about; empty for a request about the catalog.
    pub(super) document: Document,
    /// All open documents by URI, for requests across documents.
    pub(super) documents: Vec<(Uri, Document)>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) scanner: Arc<Scanner>,
    pub(super) settings: Arc<Settings>,
    /// The codes that the setting `ignore` names.
    pub(super) ignored: Arc<HashSet<Key>>,
    pub(super) client: Arc<Client>,
    pub(super) wanted: Wanted,
}

impl Snapshot {
    /// The language of the answers.
    pub(super) fn locale(&self) -> Locale {
        self.settings.language(self.client.locale)
    }

    /// The language that a request asks for, or else the session's.
    pub(super) fn locale_or(&self, asked: Option<&str>) -> Locale {
        asked.and_then(Locale::parse).unwrap_or_else(|| self.locale())
    }

    /// Whether the user ignores this code.
    pub(super) fn ignores(&self, meaning: Meaning) -> bool {
        self.ignored.contains(&meaning.key)
    }
}

/// Whether an answer is still wanted. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted(Arc<AtomicBool>);

impl Wanted {
    /// Long loops check this periodically.
    pub(super) fn is_wanted(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }

    /// A guard that marks the answer as no longer wanted when dropped.
    pub(super) fn guard(&self) -> impl Drop + use<> {
        struct Guard(Wanted);
        impl Drop for Guard {
            fn drop(&mut self) {
                self.0.0.store(true, Ordering::Relaxed);
            }
        }
        Guard(self.clone())
    }
}

/// Snapshots of small documents, for the features' tests.
#[cfg(test)]
pub(super) mod testing {
    use tower_lsp::lsp_types::Position;

    use super::*;
    use crate::catalog::Layer;
    use crate::server::configuration::ignored;

    pub(in crate::server) fn client() -> Client {
        Client {
            has_copy: true,
            hover_markdown: true,
            code_action_literals: true,
            hierarchical_symbols: true,
            related_information: true,
            ..Client::default()
        }
    }

    /// A team's catalog on top of the built-in one. Tests that show whole texts use its entry
    /// because its wording never changes.
    const TEAM: &str = "[family]\nid = \"team\"\ntitle = \"Team\"\n\n[[entry]]\ncode = 0xE0001007\n\
        name = \"TEAM_FULL\"\nseverity = \"warning\"\nmessage = \"The share is full\"\n\
        remedy = \"Delete old files\"\nlinks = [\"https://example.com/full\"]\n";

    /// An absolute path.
    const TEAM_FILE: &str =
        if cfg!(windows) { "C:/catalogs/team.toml" } else { "/catalogs/team.toml" };

    fn catalog() -> Catalog {
        Catalog::builtin().with_layer(&Layer::parse(TEAM_FILE, TEAM).unwrap())
    }

    /// Calls `check` with a snapshot of `text`.
    pub(in crate::server) fn with_text<T>(
        text: &str,
        settings: &Settings,
        check: impl Fn(&Snapshot) -> T,
    ) -> T {
        let scanner = Arc::new(Scanner::new(Arc::new(catalog())));
        let document = Document::new(text, Arc::clone(&scanner));
        check(&Snapshot {
            document,
            documents: Vec::new(),
            catalog: Arc::clone(scanner.catalog()),
            ignored: Arc::new(ignored(&settings.ignore, &scanner).0),
            scanner,
            settings: Arc::new(settings.clone()),
            client: Arc::new(client()),
            wanted: Wanted::default(),
        })
    }

    /// Calls `check` with a snapshot of a text and the position of the `¦` in it.
    pub(in crate::server) fn with_cursor<T>(
        marked: &str,
        check: impl Fn(&Snapshot, Position) -> T,
    ) -> T {
        with_cursor_and(marked, |_| {}, check)
    }

    /// The same with a modified client.
    pub(in crate::server) fn with_cursor_and<T>(
        marked: &str,
        change: impl Fn(&mut Client),
        check: impl Fn(&Snapshot, Position) -> T,
    ) -> T {
        let (before, after) = marked.split_once('¦').expect("the cursor is marked");
        let mut client = client();
        change(&mut client);
        with_text(&format!("{before}{after}"), &Settings::default(), |view| {
            let mut view = view.clone();
            view.client = Arc::new(client.clone());
            check(&view, view.client.position(&view.document, before.len()))
        })
    }
}
