//! One document's work, in order: short work is done at once, long work on a thread of its own,
//! and what comes for the same document meanwhile waits its turn. Other documents never wait.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::document::Document;

/// Whether work on a document is worth a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Microseconds.
    Light,
    /// Grows with the text.
    Heavy,
}

/// A document as the client knows it.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) document: Document,
    /// The client's number for this state of the text.
    pub(super) version: i32,
}

type Job = Box<dyn FnOnce(&mut Open) + Send>;

/// An open document and the work that waits for it.
#[derive(Debug)]
pub(super) struct Mailbox {
    state: Mutex<State>,
}

struct State {
    open: Open,
    waiting: VecDeque<Job>,
    /// A thread has the document and takes the waiting jobs one by one.
    busy: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

impl Mailbox {
    pub(super) fn new(open: Open) -> Arc<Self> {
        let state = State { open, waiting: VecDeque::new(), busy: false };
        Arc::new(Self { state: Mutex::new(state) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the job after all that were given before it.
    pub(super) fn post(
        self: &Arc<Self>,
        weight: Weight,
        job: impl FnOnce(&mut Open) + Send + 'static,
    ) {
        let mut state = self.lock();
        if !state.busy && weight == Weight::Light {
            return job(&mut state.open);
        }
        state.waiting.push_back(Box::new(job));
        if !state.busy {
            state.busy = true;
            let mailbox = Arc::clone(self);
            tokio::task::spawn_blocking(move || mailbox.work());
        }
    }

    fn work(&self) {
        loop {
            let mut state = self.lock();
            let Some(job) = state.waiting.pop_front() else {
                state.busy = false;
                return;
            };
            // A clone is cheap, and whoever looks meanwhile still sees a whole document.
            let mut open = state.open.clone();
            drop(state);
            if std::panic::catch_unwind(AssertUnwindSafe(|| job(&mut open))).is_ok() {
                self.lock().open = open;
            }
        }
    }

    /// The answer of `question`, after all the work that was given before it. `None` if it
    /// panicked: that costs this answer and no other.
    pub(super) async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        weight: Weight,
        question: impl FnOnce(&Open) -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, answer) = oneshot::channel();
        match weight {
            Weight::Light => {
                self.post(Weight::Light, move |open| drop(sender.send(question(open))))
            }
            // On a snapshot, so that edits go on meanwhile.
            Weight::Heavy => self.post(Weight::Light, move |open| {
                let snapshot = open.clone();
                tokio::task::spawn_blocking(move || drop(sender.send(question(&snapshot))));
            }),
        }
        answer.await.ok()
    }
}
