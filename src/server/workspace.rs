//! The only mutable state: the client, the settings, the catalog and the open documents.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use tower_lsp::lsp_types::{TextDocumentContentChangeEvent, Url};

use super::client::Client;
use super::log::log;
use super::mailbox::{Mailbox, Open, Weight};
use super::outbox::Outbox;
use super::progress::Progress;
use super::settings::Settings;
use crate::catalog::Catalog;
use crate::catalog_files::{self, CatalogFiles};
use crate::document::Document;
use crate::explain;
use crate::locale::Locale;
use crate::scan::{Key, Meaning, Scanner};

/// From this many bytes on, taking in a text is work for a thread of its own: half a
/// millisecond of scanning.
const HEAVY: usize = 256 * 1024;

/// What a feature looks at: one state of a document and of all that explains it.
pub(super) struct View<'a> {
    pub(super) document: &'a Document,
    pub(super) catalog: &'a Catalog,
    pub(super) settings: &'a Settings,
    /// What the settings' `ignore` means in this catalog.
    pub(super) ignored: &'a HashSet<Key>,
    pub(super) client: &'a Client,
}

impl View<'_> {
    /// The language of the answers.
    pub(super) fn locale(&self) -> Locale {
        self.settings.language(self.client.locale)
    }

    /// Whether the user does not want to be told of this code.
    pub(super) fn ignores(&self, meaning: Meaning) -> bool {
        self.ignored.contains(&meaning.key)
    }
}

/// The state that handlers share; see the module.
#[derive(Debug)]
pub(super) struct Workspace {
    outbox: Outbox,
    pub(super) client: Arc<Client>,
    pub(super) settings: Arc<Settings>,
    /// What the settings' `ignore` means in the scanner's catalog.
    pub(super) ignored: Arc<HashSet<Key>>,
    pub(super) scanner: Arc<Scanner>,
    /// The workspace's folders, to which relative catalog paths belong.
    pub(super) roots: Vec<PathBuf>,
    documents: HashMap<Url, Arc<Mailbox>>,
    /// Documents whose diagnostics are to be published.
    changed: HashSet<Url>,
    /// Documents whose diagnostics are being published.
    publishing: HashSet<Url>,
}

impl Workspace {
    pub(super) fn new(outbox: Outbox) -> Self {
        Self {
            outbox,
            client: Arc::new(Client::default()),
            settings: Arc::new(Settings::default()),
            ignored: Arc::default(),
            scanner: Arc::new(Scanner::new(Arc::new(Catalog::builtin()))),
            roots: Vec::new(),
            documents: HashMap::new(),
            changed: HashSet::new(),
            publishing: HashSet::new(),
        }
    }

    pub(super) fn document(&self, uri: &Url) -> Option<Arc<Mailbox>> {
        self.documents.get(uri).map(Arc::clone)
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = (&Url, &Arc<Mailbox>)> {
        self.documents.iter()
    }

    /// Takes a text in. Opening an open document again replaces its text.
    pub(super) fn open(&mut self, uri: Url, text: String, version: i32) {
        let document = Document::new("", Arc::clone(&self.scanner));
        let mailbox = Mailbox::new(Open { document, version });
        self.read(&uri, &mailbox, text);
        self.changed.insert(uri.clone());
        self.publishing.remove(&uri);
        if let Some(old) = self.documents.insert(uri, mailbox) {
            old.abandon();
        }
    }

    /// Puts a whole text into a mailbox's document.
    fn read(&self, uri: &Url, mailbox: &Arc<Mailbox>, text: String) {
        let scanner = Arc::clone(&self.scanner);
        let weight = weight(text.len());
        if weight == Weight::Light {
            return mailbox.post(weight, move |open| open.document = Document::new(&text, scanner));
        }
        let (demand, progress) = (mailbox.demand(), self.progress(uri));
        mailbox.post(weight, move |open| {
            let go_on = |done| {
                progress.set(done, text.len());
                demand.exists()
            };
            if let Some(document) = Document::new_while(&text, scanner, go_on) {
                open.document = document;
            }
        });
    }

    /// What tells the client how far the scan of a long text is.
    fn progress(&self, uri: &Url) -> Progress {
        if !self.client.work_done_progress {
            return Progress::untold();
        }
        let locale = self.settings.language(self.client.locale);
        let name = uri.path_segments().and_then(Iterator::last).unwrap_or_default();
        Progress::told(&self.outbox, format!("{} {name}", locale.pick("Scanning", "Analyse de")))
    }

    /// Applies changes in order; one without a range is the whole text.
    pub(super) fn change(
        &mut self,
        uri: Url,
        version: i32,
        mut changes: Vec<TextDocumentContentChangeEvent>,
    ) {
        let Some(mut mailbox) = self.document(&uri) else {
            log(&format!("a change of a document that is not open: {uri}"));
            return;
        };
        if let Some(whole) = changes.iter().rposition(|change| change.range.is_none()) {
            let text = changes.drain(..=whole).next_back().map(|change| change.text);
            // A scan of the old text is waited for by nobody but those who have asked about it.
            if mailbox.is_busy() {
                self.open(uri.clone(), String::new(), version);
                mailbox = self.document(&uri).unwrap_or(mailbox);
            }
            self.read(&uri, &mailbox, text.unwrap_or_default());
        }
        let client = Arc::clone(&self.client);
        let weight = weight(changes.iter().map(|change| change.text.len()).sum());
        mailbox.post(weight, move |open| {
            for change in changes {
                if let Some(range) = change.range {
                    let bytes = client.bytes(&open.document, range);
                    open.document.edit(bytes, &change.text);
                }
            }
            open.version = version;
        });
        self.changed.insert(uri);
    }

    pub(super) fn close(&mut self, uri: &Url) {
        if let Some(mailbox) = self.documents.remove(uri) {
            mailbox.abandon();
        }
        self.changed.remove(uri);
        self.publishing.remove(uri);
    }

    /// Another catalog: every open document is scanned anew.
    pub(super) fn set_catalog(&mut self, catalog: Catalog) {
        self.scanner = Arc::new(Scanner::new(Arc::new(catalog)));
        for mailbox in self.documents.values() {
            let (scanner, demand) = (Arc::clone(&self.scanner), mailbox.demand());
            mailbox.post(Weight::Heavy, move |open| {
                open.document.rescan_while(scanner, |_| demand.exists());
            });
        }
        self.mark_all();
    }

    /// Looks up what is ignored, for new settings or another catalog. Says which of what `read`
    /// ignores is no code, though newer settings may have come since.
    pub(super) fn look_up_ignored(&mut self, read: &Settings) -> Vec<String> {
        let (mut keys, problems) = ignored(&read.ignore, &self.scanner);
        if self.settings.ignore != read.ignore {
            keys = ignored(&self.settings.ignore, &self.scanner).0;
        }
        self.ignored = Arc::new(keys);
        problems
    }

    /// Every document's diagnostics are to be published again.
    pub(super) fn mark_all(&mut self) {
        self.changed.extend(self.documents.keys().cloned());
    }

    /// A document whose diagnostics are to be published and are not being published yet.
    pub(super) fn next_to_publish(&mut self) -> Option<(Url, Arc<Mailbox>)> {
        let uri = self.changed.iter().find(|uri| !self.publishing.contains(*uri))?.clone();
        self.changed.remove(&uri);
        let mailbox = self.document(&uri)?;
        self.publishing.insert(uri.clone());
        Some((uri, mailbox))
    }

    /// Ends what [`Workspace::next_to_publish`] began. Says whether `mailbox` is still the
    /// document's.
    pub(super) fn published(&mut self, uri: &Url, mailbox: &Arc<Mailbox>) -> bool {
        let is_open = self.documents.get(uri).is_some_and(|current| Arc::ptr_eq(current, mailbox));
        if is_open {
            self.publishing.remove(uri);
        }
        is_open
    }

    /// Nothing is to be published, as the client asks for diagnostics itself.
    pub(super) fn forget_changed(&mut self) {
        self.changed.clear();
    }
}

/// What the setting `ignore` means, and what of it means nothing.
fn ignored(ignore: &[String], scanner: &Scanner) -> (HashSet<Key>, Vec<String>) {
    let mut problems = Vec::new();
    let keys = ignore.iter().flat_map(|written| {
        let keys = explain::keys_of_query(scanner, written);
        if keys.is_empty() {
            problems.push(format!("hexplain.ignore: {written:?} is not a code"));
        }
        keys
    });
    (keys.collect(), problems)
}

fn weight(bytes: usize) -> Weight {
    if bytes < HEAVY { Weight::Light } else { Weight::Heavy }
}

/// The built-in catalog with the settings' files on top, without the families that are switched
/// off, and what is wrong with the settings.
pub(super) fn load_catalog(
    files: &mut CatalogFiles,
    settings: &Settings,
    roots: &[PathBuf],
) -> (Catalog, Vec<String>) {
    let mut problems = Vec::new();
    let mut paths = Vec::new();
    for path in &settings.catalogs {
        match catalog_files::resolve(path, roots) {
            Ok(path) => paths.push(path),
            Err(problem) => problems.push(format!("{problem} (hexplain.catalogs)")),
        }
    }
    let (catalog, found) = files.load(&paths);
    problems.extend(found.into_iter().map(|problem| format!("{problem} (hexplain.catalogs)")));
    let known: Vec<&str> = catalog.families().map(|family| family.id()).collect();
    for id in settings.families.keys().filter(|id| !known.contains(&id.as_str())) {
        problems.push(format!(
            "hexplain.families: there is no family {id}; known are {}",
            known.join(", ")
        ));
    }
    let catalog = catalog.with_families(|id| settings.families.get(id).copied().unwrap_or(true));
    (catalog, problems)
}

/// Views of small documents, for the features' tests.
#[cfg(test)]
pub(super) mod testing {
    use tower_lsp::lsp_types::Position;

    use super::*;

    pub(in crate::server) fn client() -> Client {
        Client {
            has_copy: true,
            hover_markdown: true,
            code_action_literals: true,
            hierarchical_symbols: true,
            ..Client::default()
        }
    }

    /// Calls `check` with a view of `text`.
    pub(in crate::server) fn with_text<T>(
        text: &str,
        settings: &Settings,
        check: impl Fn(&View<'_>) -> T,
    ) -> T {
        let scanner = Arc::new(Scanner::new(Arc::new(Catalog::builtin())));
        let document = Document::new(text, Arc::clone(&scanner));
        check(&View {
            document: &document,
            catalog: scanner.catalog(),
            settings,
            ignored: &ignored(&settings.ignore, &scanner).0,
            client: &client(),
        })
    }

    /// Calls `check` with a view of a text and the place of the `¦` in it.
    pub(in crate::server) fn with_cursor<T>(
        marked: &str,
        check: impl Fn(&View<'_>, Position) -> T,
    ) -> T {
        with_cursor_and(marked, |_| {}, check)
    }

    /// The same for a client that differs.
    pub(in crate::server) fn with_cursor_and<T>(
        marked: &str,
        change: impl Fn(&mut Client),
        check: impl Fn(&View<'_>, Position) -> T,
    ) -> T {
        let (before, behind) = marked.split_once('¦').expect("the cursor is marked");
        let mut client = client();
        change(&mut client);
        with_text(&format!("{before}{behind}"), &Settings::default(), |view| {
            let view = View { client: &client, ..*view };
            check(&view, client.position(view.document, before.len()))
        })
    }
}
