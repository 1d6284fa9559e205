//! The state of a session: the client, the settings, the catalog and the open documents.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use tower_lsp::lsp_types::TextDocumentContentChangeEvent;

use super::catalogs::{Contents, Origins};
use super::client::Client;
use super::log::log;
use super::mailbox::{Mailbox, Open};
use super::outbox::Outbox;
use super::pools::{AT_ONCE, BETWEEN, Pools, SMALL};
use super::progress::Progress;
use super::settings::Settings;
use super::snapshot::{Snapshot, Wanted};
use super::unpublished::Unpublished;
use super::unread::Unread;
use super::uri::Uri;
use crate::catalog::Catalog;
use crate::document::{Document, File};
use crate::scan::{Key, SIGHT, Scanner};

/// Each change of a text judges this many bytes around it again, besides its own.
const AROUND: usize = 2 * SIGHT;

/// The only mutable state of a session.
#[derive(Debug)]
pub(super) struct Workspace {
    outbox: Outbox,
    pools: Pools,
    pub(super) client: Arc<Client>,
    pub(super) settings: Arc<Settings>,
    /// The codes that the setting `ignore` names, in the scanner's catalog.
    pub(super) ignored: Arc<HashSet<Key>>,
    pub(super) scanner: Arc<Scanner>,
    /// Where catalogs are, besides the settings' paths.
    pub(super) origins: Origins,
    /// What the scanner's catalog was made of.
    pub(super) contents: Contents,
    /// Whether the client has sent `initialized`: before that, it answers no requests.
    pub(super) is_initialized: bool,
    /// The catalog file problems that the user has already seen.
    pub(super) reported: BTreeSet<String>,
    /// Sorted by URI, so that answers are deterministic.
    documents: BTreeMap<Uri, Arc<Mailbox>>,
    /// Documents that are scanned once no message waits.
    unread: Unread,
    unpublished: Unpublished,
}

impl Workspace {
    pub(super) fn new(outbox: Outbox, pools: Pools) -> Self {
        Self {
            outbox,
            pools,
            client: Arc::new(Client::default()),
            settings: Arc::new(Settings::default()),
            ignored: Arc::default(),
            scanner: Arc::new(Scanner::new(Arc::new(Catalog::builtin()))),
            origins: Origins::default(),
            contents: Contents::default(),
            is_initialized: false,
            reported: BTreeSet::new(),
            documents: BTreeMap::new(),
            unread: Unread::default(),
            unpublished: Unpublished::default(),
        }
    }

    /// A snapshot of this moment, without documents.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            document: Document::empty(File::default(), Arc::clone(&self.scanner)),
            documents: Vec::new(),
            catalog: Arc::clone(self.scanner.catalog()),
            scanner: Arc::clone(&self.scanner),
            settings: Arc::clone(&self.settings),
            ignored: Arc::clone(&self.ignored),
            client: Arc::clone(&self.client),
            wanted: Wanted::default(),
        }
    }

    pub(super) fn document(&self, uri: &Uri) -> Option<Arc<Mailbox>> {
        self.documents.get(uri).map(Arc::clone)
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = (&Uri, &Arc<Mailbox>)> {
        self.documents.iter()
    }

    /// Opens a document. If it is already open, its text is replaced.
    pub(super) fn open(&mut self, uri: Uri, file: File, text: String, version: i32) {
        let document = Document::empty(file.clone(), Arc::clone(&self.scanner));
        let mailbox = Mailbox::new(Open { document, version }, self.pools.scans.clone());
        self.read(&uri, &mailbox, text);
        self.unpublished.forget(&uri);
        if let Some(old) = self.documents.insert(uri.clone(), Arc::clone(&mailbox)) {
            old.abandon();
        }
        self.mark(uri, &mailbox);
    }

    /// Posts a job that scans `bytes` bytes of a document.
    fn post(
        &mut self,
        uri: &Uri,
        mailbox: &Arc<Mailbox>,
        bytes: usize,
        job: impl FnOnce(&mut Open) + Send + 'static,
    ) {
        let bytes = self.cost(bytes);
        if mailbox.post(bytes, job) {
            self.read_later(uri, mailbox, bytes);
        }
    }

    /// How many bytes a scan of `bytes` bytes counts for. It is left to a thread if it may take long,
    /// as with some users' notations, or if much waits already.
    fn cost(&self, bytes: usize) -> usize {
        let is_for_a_thread =
            self.scanner.catalog().is_costly() || bytes > AT_ONCE && self.unread.is_full();
        if is_for_a_thread { bytes.max(BETWEEN + 1) } else { bytes }
    }

    fn read_later(&mut self, uri: &Uri, mailbox: &Arc<Mailbox>, bytes: usize) {
        self.unpublished.remove(uri);
        self.unread.add(uri.clone(), Arc::clone(mailbox), bytes);
    }

    /// Replaces the whole text of a mailbox's document.
    fn read(&mut self, uri: &Uri, mailbox: &Arc<Mailbox>, text: String) {
        let scanner = Arc::clone(&self.scanner);
        let bytes = AROUND + text.len();
        if bytes <= SMALL {
            return self.post(uri, mailbox, bytes, move |open| {
                open.document = Document::of_file(open.document.file().clone(), &text, scanner);
            });
        }
        let (demand, progress) = (mailbox.demand(), self.progress(uri));
        self.post(uri, mailbox, bytes, move |open| {
            if !demand.exists() {
                return;
            }
            let go_on = |done| {
                progress.set(done, text.len());
                demand.exists()
            };
            let file = open.document.file().clone();
            if let Some(document) = Document::new_while(file, &text, scanner, go_on) {
                open.document = document;
            }
        });
    }

    /// Progress for the scan of a long text.
    fn progress(&self, uri: &Uri) -> Progress {
        if !self.client.work_done_progress {
            return Progress::hidden();
        }
        let locale = self.settings.language(self.client.locale);
        let verb = locale.pick("Scanning", "Analyse de");
        Progress::shown(&self.outbox, format!("{verb} {}", uri.file_name()))
    }

    /// Applies changes in order; a change without a range replaces the whole text.
    pub(super) fn change(
        &mut self,
        uri: Uri,
        version: i32,
        mut changes: Vec<TextDocumentContentChangeEvent>,
    ) {
        let Some(mut mailbox) = self.document(&uri) else {
            log(&format!("change to a document that is not open: {uri}"));
            return;
        };
        if let Some(whole) = changes.iter().rposition(|change| change.range.is_none()) {
            let text = changes.drain(..=whole).next_back().map(|change| change.text);
            // Only the requests about the old text still need its scan.
            if mailbox.is_busy() {
                self.open(uri.clone(), mailbox.file().clone(), String::new(), version);
                mailbox = self.document(&uri).unwrap_or(mailbox);
            }
            self.read(&uri, &mailbox, text.unwrap_or_default());
        }
        let client = Arc::clone(&self.client);
        let bytes = changes.iter().map(|change| AROUND + change.text.len()).sum();
        self.post(&uri, &mailbox, bytes, move |open| {
            for change in changes {
                if let Some(range) = change.range {
                    let bytes = client.bytes(&open.document, range);
                    open.document.replace(bytes, &change.text);
                }
            }
            open.version = version;
        });
        self.mark(uri, &mailbox);
    }

    pub(super) fn close(&mut self, uri: &Uri) {
        if let Some(mailbox) = self.documents.remove(uri) {
            mailbox.abandon();
        }
        self.unpublished.forget(uri);
    }

    /// Sets a new catalog: every open document is scanned again.
    pub(super) fn set_catalog(&mut self, catalog: Catalog) {
        self.scanner = Arc::new(Scanner::new(Arc::new(catalog)));
        for (uri, mailbox) in self.documents.clone() {
            // Never at once, as there may be thousands of small documents.
            let bytes = self.cost(mailbox.len_bytes().max(AT_ONCE + 1));
            if mailbox.renew(bytes, Arc::clone(&self.scanner)) {
                self.read_later(&uri, &mailbox, bytes);
            }
            self.mark(uri, &mailbox);
        }
    }

    /// Takes the next document that is scanned once no message waits.
    pub(super) fn next_unread(&mut self) -> Option<(Uri, Arc<Mailbox>)> {
        self.unread.next()
    }

    /// Whether more documents wait to be scanned than should for long.
    pub(super) fn has_much_unread(&self) -> bool {
        self.unread.is_much()
    }

    /// Has a document that a request is about scanned before others.
    pub(super) fn hurry(&mut self, mailbox: &Arc<Mailbox>) {
        if mailbox.is_unread() {
            self.unread.ask(mailbox);
        } else {
            mailbox.hurry();
        }
    }

    /// Marks a document's diagnostics for publishing, unless the document is unread, in which case
    /// they are marked once it has been read, or `mailbox` is no longer the document's.
    pub(super) fn mark(&mut self, uri: Uri, mailbox: &Arc<Mailbox>) {
        if !mailbox.is_unread() && self.is_current(&uri, mailbox) {
            self.unpublished.add(uri, mailbox.len_bytes());
        }
    }

    fn is_current(&self, uri: &Uri, mailbox: &Arc<Mailbox>) -> bool {
        self.documents.get(uri).is_some_and(|current| Arc::ptr_eq(current, mailbox))
    }

    /// Marks every document's diagnostics for publishing.
    pub(super) fn mark_all(&mut self) {
        for (uri, mailbox) in self.documents.iter().filter(|(_, mailbox)| !mailbox.is_unread()) {
            self.unpublished.add(uri.clone(), mailbox.len_bytes());
        }
    }

    /// Takes the shortest document whose diagnostics need publishing and are not being published.
    pub(super) fn next_to_publish(&mut self) -> Option<(Uri, Arc<Mailbox>)> {
        let uri = self.unpublished.next()?;
        let mailbox = self.document(&uri)?;
        Some((uri, mailbox))
    }

    /// Whether [`next_to_publish`](Self::next_to_publish) would return a document.
    pub(super) fn has_to_publish(&self) -> bool {
        self.unpublished.has_next()
    }

    /// Ends what [`Workspace::next_to_publish`] started. Returns whether `mailbox` is still the
    /// document's.
    pub(super) fn published(&mut self, uri: &Uri, mailbox: &Arc<Mailbox>) -> bool {
        let is_open = self.is_current(uri, mailbox);
        if is_open {
            self.unpublished.done(uri);
        }
        is_open
    }

    /// Whether there are catalogs other than the built-in one.
    pub(super) fn has_catalogs(&self) -> bool {
        !self.settings.catalogs.is_empty() || !self.origins.own.is_empty()
    }

    /// Drops what is marked for publishing, as the client pulls diagnostics.
    pub(super) fn forget_changed(&mut self) {
        self.unpublished.clear();
    }
}
