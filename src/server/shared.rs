//! What the parts of a session share: its state, its threads and its connection to the client.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::catalogs::Loader;
use super::once::Once;
use super::options::Options;
use super::outbox::Outbox;
use super::pools::Pools;
use super::tasks;
use super::workspace::Workspace;
use crate::locale::Locale;

/// A session's parts. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    pub(super) outbox: Outbox,
    pub(super) pools: Pools,
    /// The language from the command line.
    pub(super) locale: Option<Locale>,
    /// Used only in the `files` lane, as reading a file may take long.
    pub(super) loader: Arc<Mutex<Loader>>,
    /// The catalog places that the client watches.
    pub(super) watched: Arc<Mutex<Vec<PathBuf>>>,
    /// Registering watchers, pulling settings and requesting a refresh: one of each at a time.
    pub(super) watching: Once,
    pub(super) pulling: Once,
    pub(super) refreshing: Once,
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
            watching: Once::default(),
            pulling: Once::default(),
            refreshing: Once::default(),
            to_publish: Arc::default(),
            workspace: Arc::new(Mutex::new(workspace)),
        }
    }

    /// The state. No lock is held across an `await`: the guard is not `Send`.
    pub(super) fn workspace(&self) -> MutexGuard<'_, Workspace> {
        self.workspace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` concurrently with later messages: it may ask the client, whose answer arrives
    /// through the same pipe. While too much such work is running, no message is handled.
    pub(super) fn beside<F>(&self, work: impl FnOnce(Self) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.beside_with(0, work);
    }

    /// The same for work that holds `bytes` bytes.
    pub(super) fn beside_with<F>(&self, bytes: usize, work: impl FnOnce(Self) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (in_flight, work) = (self.outbox.in_flight(bytes), work(self.clone()));
        tasks::spawn(async move {
            work.await;
            drop(in_flight);
        });
    }
}
