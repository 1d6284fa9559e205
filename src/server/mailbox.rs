//! One document's work, in order: tiny work is done at once, short work when no message waits, long
//! work on a thread, and work that arrives for the same document meanwhile waits its turn. How long
//! work on other documents may wait for it, [`super::pools`] says.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::pools::{AT_ONCE, BETWEEN, Lane, Pool, is_long};
use super::tasks;
use crate::document::{Document, File};
use crate::scan::Scanner;

/// So many scans in a row are given up for a newer catalog; the next one is finished, so that constant
/// changes don't leave a document without answers.
const MOST_GIVEN_UP: u8 = 2;

/// A document as the client knows it.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) document: Document,
    /// The version that the client gave this state of the text.
    pub(super) version: i32,
}

/// What waits for its turn.
enum Waiting {
    Job(Box<dyn FnOnce(&mut Open) + Send>),
    /// A request for the document after the jobs before it.
    Request(oneshot::Sender<Open>),
}

/// An open document and the work that waits for it.
#[derive(Debug)]
pub(super) struct Mailbox {
    file: File,
    state: Mutex<State>,
    demand: Demand,
    scans: Pool,
}

struct State {
    open: Open,
    waiting: VecDeque<Waiting>,
    /// The number of bytes that the waiting jobs scan.
    bytes: usize,
    /// Whether there is work that is not finished.
    busy: bool,
    /// Whether that work is being done; otherwise it waits for its turn.
    working: bool,
    /// Whether that work waits until no message waits.
    unread: bool,
    /// The scanner of a newer catalog.
    newer: Option<Arc<Scanner>>,
    /// How many scans in a row were given up for a newer catalog.
    given_up: u8,
}

impl State {
    /// The scanner for the document's next scan. One that the document has is not newer any more.
    fn newest_scanner(&mut self) -> Arc<Scanner> {
        let own = self.open.document.scanner();
        let newest = self.newer.as_ref().unwrap_or(own);
        let newest = Arc::clone(newest);
        if Arc::ptr_eq(&newest, own) {
            self.newer = None;
        }
        newest
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

/// Whether anything still needs the scan of the text.
#[derive(Clone, Debug, Default)]
pub(super) struct Demand(Arc<Wanted>);

#[derive(Debug, Default)]
struct Wanted {
    questions: AtomicUsize,
    abandoned: AtomicBool,
    /// There is a newer catalog.
    superseded: AtomicBool,
}

impl Demand {
    /// Whether a scan is worth continuing: the document is still open, or a request is waiting for
    /// an answer about this text.
    pub(super) fn exists(&self) -> bool {
        !self.0.abandoned.load(Ordering::Acquire) || self.0.questions.load(Ordering::Acquire) > 0
    }

    /// Whether a scan of the text would be for an outdated catalog.
    fn is_superseded(&self) -> bool {
        self.0.superseded.load(Ordering::Acquire)
    }
}

impl Mailbox {
    /// A mailbox whose long work runs in `scans`.
    pub(super) fn new(open: Open, scans: Pool) -> Arc<Self> {
        let file = open.document.file().clone();
        let waiting = VecDeque::new();
        let state = State {
            open,
            waiting,
            bytes: 0,
            busy: false,
            working: false,
            unread: false,
            newer: None,
            given_up: 0,
        };
        Arc::new(Self { file, state: Mutex::new(state), demand: Demand::default(), scans })
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether work is running or waiting.
    pub(super) fn is_busy(&self) -> bool {
        self.lock().busy
    }

    /// Whether the work waits until no message waits.
    pub(super) fn is_unread(&self) -> bool {
        self.lock().unread
    }

    /// The length of the last finished state of the text, in bytes.
    pub(super) fn len_bytes(&self) -> usize {
        self.lock().open.document.text().len_bytes()
    }

    pub(super) fn demand(&self) -> Demand {
        self.demand.clone()
    }

    /// Marks the document as closed, or replaced by a newer text. Work that still waits is dropped,
    /// unless a request waits for it.
    pub(super) fn abandon(&self) {
        self.demand.0.abandoned.store(true, Ordering::Release);
        let mut state = self.lock();
        if !self.demand.exists() {
            (state.waiting, state.bytes) = (VecDeque::new(), 0);
        }
    }

    /// Runs a job that scans `bytes` bytes, after all jobs posted before it. If it returns `true`,
    /// the caller must call [`read`](Self::read) once no message waits.
    #[must_use]
    pub(super) fn post(
        self: &Arc<Self>,
        bytes: usize,
        job: impl FnOnce(&mut Open) + Send + 'static,
    ) -> bool {
        let mut state = self.lock();
        if !state.busy && bytes <= AT_ONCE {
            // On a cheap clone: a job that panics leaves the document unchanged.
            let mut open = state.open.clone();
            job(&mut open);
            state.open = open;
            if state.open.document.is_outdated() {
                state.busy = true;
                state.bytes = state.open.document.text().len_bytes();
                self.work_in(self.scans.lane(state.bytes), state.bytes);
            }
            return false;
        }
        state.waiting.push_back(Waiting::Job(Box::new(job)));
        state.bytes += bytes;
        if state.busy {
            return false;
        }
        state.busy = true;
        state.unread = bytes <= BETWEEN;
        if !state.unread {
            self.work_in(self.scans.lane(bytes), bytes);
        }
        state.unread
    }

    /// Has the document scanned again, `bytes` bytes, with the scanner of a newer catalog. A scan
    /// with an older one is given up: however many catalogs follow each other, there is one scan.
    /// If it returns `true`, the caller must call [`read`](Self::read) once no message waits.
    #[must_use]
    pub(super) fn renew(self: &Arc<Self>, bytes: usize, scanner: Arc<Scanner>) -> bool {
        let mut state = self.lock();
        state.newer = Some(scanner);
        self.demand.0.superseded.store(true, Ordering::Release);
        if state.busy {
            return false;
        }
        (state.busy, state.bytes) = (true, bytes);
        state.unread = bytes <= BETWEEN;
        if !state.unread {
            self.work_in(self.scans.lane(bytes), bytes);
        }
        state.unread
    }

    /// Does the work that waited until no message waits; on a thread, if it has become long.
    pub(super) fn read(self: &Arc<Self>) {
        let mut state = self.lock();
        state.unread = false;
        if state.bytes > BETWEEN {
            return self.work_in(self.scans.lane(state.bytes), state.bytes);
        }
        drop(state);
        self.work(BETWEEN);
    }

    /// Lets work that waits for its turn overtake that of the documents no request is about, unless
    /// it is long.
    pub(super) fn hurry(self: &Arc<Self>) {
        let state = self.lock();
        if state.busy
            && !state.working
            && !state.unread
            && let Some(lane) = self.scans.urgent(state.bytes)
        {
            self.work_in(lane, state.bytes);
        }
    }

    /// Has the work done in a lane for `bytes` bytes.
    fn work_in(self: &Arc<Self>, lane: &Lane, bytes: usize) {
        let (mailbox, lane) = (Arc::clone(self), lane.clone());
        let work = move || mailbox.work(Pool::most(bytes));
        tasks::spawn(async move {
            lane.run(async {}, work).await;
        });
    }

    /// Does the waiting jobs, unless another thread is doing them. The scan of an outdated text comes
    /// after the jobs before the next request; one of more than `most` bytes is left to a thread.
    fn work(self: &Arc<Self>, most: usize) {
        let mut state = self.lock();
        if state.working {
            return;
        }
        loop {
            while matches!(state.waiting.front(), Some(Waiting::Request(asked)) if asked.is_closed())
            {
                state.waiting.pop_front();
            }
            let is_job = matches!(state.waiting.front(), Some(Waiting::Job(_)));
            let scanner = state.newest_scanner();
            if !is_job
                && (state.newer.is_some() || state.open.document.is_outdated())
                && self.demand.exists()
            {
                let bytes = state.open.document.text().len_bytes();
                if bytes > most {
                    (state.bytes, state.working) = (bytes, false);
                    return self.work_in(self.scans.lane(bytes), bytes);
                }
                let demand = self.demand();
                let may_give_up = state.given_up < MOST_GIVEN_UP;
                let go_on = move |_| demand.exists() && !(may_give_up && demand.is_superseded());
                self.demand.0.superseded.store(false, Ordering::Release);
                let newest = Arc::clone(&scanner);
                let update = move |open: &mut Open| open.document.rescan_while(scanner, go_on);
                let done;
                (state, done) = self.run(state, update);
                let has_ended = Arc::ptr_eq(state.open.document.scanner(), &newest);
                state.given_up = if has_ended { 0 } else { state.given_up.saturating_add(1) };
                if done {
                    continue;
                }
            }
            match state.waiting.pop_front() {
                Some(Waiting::Job(job)) => state = self.run(state, job).0,
                Some(Waiting::Request(sender)) => drop(sender.send(state.open.clone())),
                None => {
                    (state.bytes, state.busy, state.working) = (0, false, false);
                    return;
                }
            }
        }
    }

    /// Runs a job while readers see the document before it. Returns whether it did not panic.
    fn run<'m>(
        &'m self,
        mut state: MutexGuard<'m, State>,
        job: impl FnOnce(&mut Open),
    ) -> (MutexGuard<'m, State>, bool) {
        state.working = true;
        // On a cheap clone: a job that panics leaves the document unchanged.
        let mut open = state.open.clone();
        drop(state);
        let done = std::panic::catch_unwind(AssertUnwindSafe(|| job(&mut open))).is_ok();
        let mut state = self.lock();
        if done {
            state.open = open;
        }
        (state, done)
    }

    /// The document after all work posted so far, for a request: the scan continues while the
    /// request waits, even if the document is closed.
    pub(super) fn snapshot(self: &Arc<Self>) -> Awaited {
        self.awaited(Some(Question::of(&self.demand)))
    }

    /// Like [`snapshot`](Self::snapshot), for an answer not needed once the document is closed: then it
    /// may never get ready.
    pub(super) fn snapshot_in_passing(self: &Arc<Self>) -> Awaited {
        self.awaited(None)
    }

    /// Like [`snapshot`](Self::snapshot), but without waiting for a long text: its last finished
    /// state.
    pub(super) fn snapshot_or_last(self: &Arc<Self>) -> Awaited {
        let state = self.lock();
        if is_long(state.bytes) {
            return Awaited::Ready(Box::new(state.open.clone()));
        }
        drop(state);
        self.snapshot()
    }

    fn awaited(self: &Arc<Self>, question: Option<Question>) -> Awaited {
        let mut state = self.lock();
        if !state.busy {
            return Awaited::Ready(Box::new(state.open.clone()));
        }
        let (sender, answer) = oneshot::channel();
        state.waiting.push_back(Waiting::Request(sender));
        Awaited::Later(answer, question)
    }
}

/// A document, ready now or after its scan.
#[derive(Debug)]
pub(super) enum Awaited {
    Ready(Box<Open>),
    Later(oneshot::Receiver<Open>, Option<Question>),
}

impl Awaited {
    /// The document, if it is ready.
    pub(super) fn now(&self) -> Option<&Open> {
        match self {
            Self::Ready(open) => Some(open),
            Self::Later(..) => None,
        }
    }

    /// The document, once it is ready. `None` if the process ends or, in passing, the document is closed
    /// first.
    pub(super) async fn get(self) -> Option<Open> {
        match self {
            Self::Ready(open) => Some(*open),
            Self::Later(answer, _question) => answer.await.ok(),
        }
    }
}

/// A request that is waiting for a document; dropped when canceled.
#[derive(Debug)]
pub(super) struct Question(Demand);

impl Question {
    fn of(demand: &Demand) -> Self {
        demand.0.questions.fetch_add(1, Ordering::AcqRel);
        Self(demand.clone())
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        self.0.0.questions.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Mailboxes of empty documents.
#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::catalog::Catalog;
    use crate::scan::Scanner;
    use crate::server::pools::Pools;

    pub(in crate::server) fn mailbox() -> Arc<Mailbox> {
        mailbox_of(&Pools::new().scans)
    }

    pub(super) fn mailbox_of(scans: &Pool) -> Arc<Mailbox> {
        let scanner = Arc::new(Scanner::new(Arc::new(Catalog::builtin())));
        let open = Open { document: Document::new("", scanner), version: 0 };
        Mailbox::new(open, scans.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::testing::{mailbox, mailbox_of};
    use super::*;
    use crate::catalog::Catalog;
    use crate::scan::Scanner;
    use crate::server::pools::Pools;

    const LONG: usize = 64 * 1024;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    /// Posts work that needs no later call.
    fn post(mailbox: &Arc<Mailbox>, bytes: usize, job: impl FnOnce(&mut Open) + Send + 'static) {
        assert!(!mailbox.post(bytes, job));
    }

    /// Occupies the mailbox with a job that ends when the sender is used or dropped.
    fn occupy(mailbox: &Arc<Mailbox>, version: i32) -> mpsc::Sender<()> {
        let (release, released) = mpsc::channel();
        post(mailbox, LONG, move |open| {
            let _ = released.recv();
            open.version = version;
        });
        release
    }

    #[test]
    fn tiny_work_is_done_at_once() {
        let mailbox = mailbox();
        post(&mailbox, 0, |open| open.version = 1);
        assert_eq!(mailbox.snapshot().now().map(|open| open.version), Some(1));
    }

    #[test]
    fn short_work_waits_until_it_is_read_and_tiny_work_after_it_too() {
        block_on(async {
            let mailbox = mailbox();
            assert!(mailbox.post(BETWEEN, |open| open.version = 1));
            post(&mailbox, 0, |open| open.version += 1);
            let snapshot = mailbox.snapshot();
            // A request does not put it on a thread.
            mailbox.hurry();
            assert!(mailbox.is_unread() && snapshot.now().is_none());
            mailbox.read();
            assert!(!mailbox.is_unread() && !mailbox.is_busy());
            assert_eq!(snapshot.get().await.map(|open| open.version), Some(2));
        });
    }

    #[test]
    fn short_work_that_has_become_long_is_read_on_a_thread() {
        block_on(async {
            let mailbox = mailbox();
            assert!(mailbox.post(BETWEEN, |open| open.version = 1));
            let this = std::thread::current().id();
            post(&mailbox, LONG, move |_| assert_ne!(std::thread::current().id(), this));
            mailbox.read();
            assert_eq!(mailbox.snapshot().get().await.map(|open| open.version), Some(1));
        });
    }

    #[test]
    fn work_is_done_in_order_and_a_snapshot_is_of_its_moment() {
        block_on(async {
            let mailbox = mailbox();
            let release = occupy(&mailbox, 1);
            let first = mailbox.snapshot();
            assert!(first.now().is_none());
            post(&mailbox, 0, |open| open.version += 1);
            let second = mailbox.snapshot();
            drop(release);
            assert_eq!(first.get().await.map(|open| open.version), Some(1));
            assert_eq!(second.get().await.map(|open| open.version), Some(2));
        });
    }

    #[test]
    fn an_edit_that_changes_the_kind_of_a_long_file_is_followed_by_its_scan_on_a_thread() {
        block_on(async {
            let mailbox = mailbox();
            let log = "#Fields: sc-status\n404\n503\n".to_owned() + &" \n".repeat(LONG);
            let set = log.clone();
            post(&mailbox, LONG, move |open| open.document.replace(0..0, &set));
            let before = mailbox.snapshot().get().await.unwrap().document;
            let rename = |open: &mut Open| open.document.replace(9..18, "time-taken");
            post(&mailbox, 0, rename);
            assert!(mailbox.is_busy());
            // Edits of the same message, or after it, wait for one scan.
            post(&mailbox, 0, |open| open.document.replace(0..0, "#\n"));
            let after = mailbox.snapshot().get().await.unwrap().document;
            let fresh = |text: &str| {
                let scanner = Scanner::new(Arc::new(Catalog::builtin()));
                Document::new(text, Arc::new(scanner)).len()
            };
            assert_eq!((before.len(), after.len()), (2, fresh(&after.to_string())));
            assert!(after.to_string().starts_with("#\n#Fields: time-taken\n"));
            // The scan changes to the lane of its size.
            let in_small_lane = Pool::most(BETWEEN + 1);
            assert!(after.text().len_bytes() > in_small_lane);
            post(&mailbox, BETWEEN + 1, |open| open.document.replace(11..21, "sc-status"));
            let request = mailbox.snapshot();
            drop(mailbox.snapshot());
            let after = request.get().await.unwrap().document;
            assert_eq!(after.len(), fresh(&after.to_string()));
        });
    }

    #[test]
    fn of_many_catalogs_only_the_newest_is_used() {
        block_on(async {
            let mailbox = mailbox();
            let release = occupy(&mailbox, 1);
            tokio::task::yield_now().await;
            let first = Arc::clone(mailbox.lock().open.document.scanner());
            let scanners: Vec<_> =
                (0..3).map(|_| Arc::new(Scanner::new(Arc::clone(first.catalog())))).collect();
            let superseded = mailbox.demand();
            for scanner in &scanners {
                assert!(!mailbox.renew(LONG, Arc::clone(scanner)));
                assert!(superseded.is_superseded());
            }
            drop(release);
            let after = mailbox.snapshot().get().await.unwrap().document;
            assert!(Arc::ptr_eq(after.scanner(), &scanners[2]));
            assert!(!superseded.is_superseded());
        });
    }

    #[test]
    fn a_document_that_a_request_is_about_overtakes_the_others() {
        block_on(async {
            let scans = Pools::new().scans;
            let (other, asked) = (mailbox_of(&scans), mailbox_of(&scans));
            let release = occupy(&other, 1);
            tokio::task::yield_now().await;
            post(&asked, LONG, |open| open.version += 1);
            let snapshot = asked.snapshot();
            asked.hurry();
            assert_eq!(snapshot.get().await.map(|open| open.version), Some(1));
            drop(release);
            assert_eq!(other.snapshot().get().await.map(|open| open.version), Some(1));
            // The turn that was not needed does nothing.
            post(&asked, LONG, |open| open.version += 1);
            assert_eq!(asked.snapshot().get().await.map(|open| open.version), Some(2));
        });
    }

    #[test]
    fn a_job_that_panics_leaves_the_document_as_it_was_and_the_next_is_done() {
        block_on(async {
            let mailbox = mailbox();
            post(&mailbox, LONG, |open| {
                open.version = 1;
                panic!("on purpose");
            });
            let after = mailbox.snapshot();
            post(&mailbox, LONG, |open| open.version += 5);
            assert_eq!(after.get().await.map(|open| open.version), Some(0));
            assert_eq!(mailbox.snapshot().get().await.map(|open| open.version), Some(5));
        });
    }

    #[test]
    fn a_request_about_all_documents_takes_the_last_state_of_a_long_text() {
        block_on(async {
            let mailbox = mailbox();
            let (release, released) = mpsc::channel::<()>();
            post(&mailbox, 64 << 20, move |open| {
                let _ = released.recv();
                open.version = 1;
            });
            let last = mailbox.snapshot_or_last();
            assert_eq!(last.now().map(|open| open.version), Some(0));
            drop(release);
            assert_eq!(mailbox.snapshot().get().await.map(|open| open.version), Some(1));
        });
    }

    #[test]
    fn the_work_of_an_abandoned_text_does_not_wait_for_its_turn() {
        block_on(async {
            let scans = Pools::new().scans;
            let (other, closed) = (mailbox_of(&scans), mailbox_of(&scans));
            let release = occupy(&other, 1);
            tokio::task::yield_now().await;
            let text = Arc::new(());
            let held = Arc::clone(&text);
            post(&closed, LONG, move |_| drop(held));
            assert_eq!(Arc::strong_count(&text), 2);
            closed.abandon();
            assert_eq!(Arc::strong_count(&text), 1);
            drop(release);
        });
    }

    #[test]
    fn an_abandoned_text_is_wanted_while_a_request_waits_for_it() {
        block_on(async {
            let mailbox = mailbox();
            let demand = mailbox.demand();
            let release = occupy(&mailbox, 1);
            let (question, passing) = (mailbox.snapshot(), mailbox.snapshot_in_passing());
            mailbox.abandon();
            assert!(demand.exists());
            drop(question);
            assert!(!demand.exists());
            drop(release);
            assert!(passing.get().await.is_some());
        });
    }
}
