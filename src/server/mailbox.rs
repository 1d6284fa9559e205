//! One document's work, in order: short work is done at once, long work on a thread of its own,
//! and what comes for the same document meanwhile waits its turn. Other documents never wait.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
    demand: Demand,
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

/// Who still wants to know about the text.
#[derive(Clone, Debug, Default)]
pub(super) struct Demand(Arc<Wanted>);

#[derive(Debug, Default)]
struct Wanted {
    questions: AtomicUsize,
    abandoned: AtomicBool,
}

impl Demand {
    /// Whether a scan is worth going on with: the document is open, or somebody waits for an
    /// answer about the text as it was.
    pub(super) fn exists(&self) -> bool {
        !self.0.abandoned.load(Ordering::Acquire) || self.0.questions.load(Ordering::Acquire) > 0
    }
}

impl Mailbox {
    pub(super) fn new(open: Open) -> Arc<Self> {
        let state = State { open, waiting: VecDeque::new(), busy: false };
        Arc::new(Self { state: Mutex::new(state), demand: Demand::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether long work is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.lock().busy
    }

    pub(super) fn demand(&self) -> Demand {
        self.demand.clone()
    }

    /// Says that the document is closed, or that a newer text has taken its place.
    pub(super) fn abandon(&self) {
        self.demand.0.abandoned.store(true, Ordering::Release);
    }

    /// Does the job after all that were given before it.
    pub(super) fn post(
        self: &Arc<Self>,
        weight: Weight,
        job: impl FnOnce(&mut Open) + Send + 'static,
    ) {
        let mut state = self.lock();
        if !state.busy && weight == Weight::Light {
            // On a clone, which is cheap: a job that panics leaves the document as it was.
            let mut open = state.open.clone();
            job(&mut open);
            state.open = open;
            return;
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
        let _waiting = Question::of(&self.demand);
        self.ask_in_passing(weight, question).await
    }

    /// The same for an answer that nobody misses once the document is closed.
    pub(super) async fn ask_in_passing<T: Send + 'static>(
        self: &Arc<Self>,
        weight: Weight,
        question: impl FnOnce(&Open) -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, answer) = oneshot::channel();
        self.pose(move |open| match weight {
            Weight::Light => drop(sender.send(question(open))),
            // On a snapshot, so that edits go on meanwhile.
            Weight::Heavy => {
                let snapshot = open.clone();
                tokio::task::spawn_blocking(move || drop(sender.send(question(&snapshot))));
            }
        });
        answer.await.ok()
    }

    /// Answers at once, or after the work that is under way.
    fn pose(self: &Arc<Self>, question: impl FnOnce(&Open) + Send + 'static) {
        let mut state = self.lock();
        if state.busy {
            state.waiting.push_back(Box::new(move |open| question(open)));
        } else {
            question(&state.open);
        }
    }
}

/// A question that waits for its answer; a request that is cancelled drops it.
struct Question<'a>(&'a Demand);

impl<'a> Question<'a> {
    fn of(demand: &'a Demand) -> Self {
        demand.0.questions.fetch_add(1, Ordering::AcqRel);
        Self(demand)
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.0.0.questions.fetch_sub(1, Ordering::AcqRel);
    }
}
