//! What the parts of a session share: its state, its threads and its connection to the client.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::catalogs::Loader;
use super::options::Options;
use super::outbox::Outbox;
use super::pools::Pools;
use super::workspace::Workspace;
use crate::locale::Locale;

/// A session's parts. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    pub(super) outbox: Outbox,
    pub(super) pools: Pools,
    /// The language of the command line.
    pub(super) locale: Option<Locale>,
    /// Used in the lane of files only: reading a file may take long.
    pub(super) loader: Arc<Mutex<Loader>>,
    /// The places of catalogs that the client watches. Held while it is asked to.
    pub(super) watched: Arc<tokio::sync::Mutex<Vec<PathBuf>>>,
    /// Notified when there may be diagnostics to publish.
    pub(super) to_publish: Arc<Notify>,
    workspace: Arc<Mutex<Workspace>>,
}

impl Shared {
    pub(super) fn new(outbox: Outbox, options: Options) -> Self {
        let pools = Pools::new();
        let mut workspace = Workspace::new(outbox.clone(), pools.clone());
        let absolute = |path| std::path::absolute(&path).unwrap_or(path);
        workspace.origins.own = options.catalogs.into_iter().map(absolute).collect();
        Self {
            outbox,
            pools,
            locale: options.locale,
            loader: Arc::default(),
            watched: Arc::default(),
            to_publish: Arc::default(),
            workspace: Arc::new(Mutex::new(workspace)),
        }
    }

    /// The state. No lock is held across an `await`: the guard is not `Send`.
    pub(super) fn workspace(&self) -> MutexGuard<'_, Workspace> {
        self.workspace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` beside the messages that follow: it may ask the client, whose answer comes
    /// through the same pipe.
    pub(super) fn beside<F>(&self, work: impl FnOnce(Self) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(work(self.clone()));
    }
}
