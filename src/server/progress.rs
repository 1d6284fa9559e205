//! How far long work is, for the client to show (LSP 3.17, "Work Done Progress").

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::outbox::Outbox;

/// Work that is done sooner is never told: a bar that only flashes helps nobody.
const PATIENCE: Duration = Duration::from_millis(250);

/// How often the client is told.
const INTERVAL: Duration = Duration::from_millis(200);

/// What the worker says in place of a percentage once it is through.
const DONE: u8 = u8::MAX;

/// The worker's end. Dropping it ends the progress, whatever became of the work.
pub(super) struct Progress(Option<Arc<AtomicU8>>);

impl Progress {
    /// Nobody is told.
    pub(super) fn untold() -> Self {
        Self(None)
    }

    /// The client is told, if the work takes long.
    pub(super) fn told(outbox: &Outbox, title: String) -> Self {
        let percentage = Arc::new(AtomicU8::new(0));
        tokio::spawn(tell(outbox.clone(), title, Arc::clone(&percentage)));
        Self(Some(percentage))
    }

    /// So much of all is done.
    pub(super) fn set(&self, done: usize, all: usize) {
        if let Some(percentage) = &self.0 {
            percentage.store((done * 100 / all.max(1)).min(100) as u8, Ordering::Relaxed);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(percentage) = &self.0 {
            percentage.store(DONE, Ordering::Relaxed);
        }
    }
}

async fn tell(outbox: Outbox, title: String, percentage: Arc<AtomicU8>) {
    static TOKENS: AtomicU64 = AtomicU64::new(0);
    let now = || percentage.load(Ordering::Relaxed);
    tokio::time::sleep(PATIENCE).await;
    if now() == DONE {
        return;
    }
    let token = format!("hexplain/{}", TOKENS.fetch_add(1, Ordering::Relaxed));
    let params = json!({ "token": token });
    if outbox.ask("window/workDoneProgress/create", params).await.is_none() {
        return;
    }
    let say = |value: Value| {
        outbox.notify("$/progress", &json!({ "token": token, "value": value }));
    };
    say(json!({ "kind": "begin", "title": title, "percentage": 0 }));
    while now() != DONE {
        say(json!({ "kind": "report", "percentage": now() }));
        tokio::time::sleep(INTERVAL).await;
    }
    say(json!({ "kind": "end" }));
}
