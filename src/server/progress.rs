//! Progress of long work, for the client to show (LSP 3.17, "Work Done Progress").

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::outbox::Outbox;
use super::tasks;

/// Shorter work is not shown: a progress bar that only flashes is useless.
const PATIENCE: Duration = Duration::from_millis(250);

/// How often progress is reported.
const INTERVAL: Duration = Duration::from_millis(200);

/// Stored instead of a percentage once the work is done.
const DONE: u8 = u8::MAX;

/// The worker's side. Dropping it ends the progress, however the work ended.
pub(super) struct Progress(Option<Arc<AtomicU8>>);

impl Progress {
    /// Progress that is not shown.
    pub(super) fn hidden() -> Self {
        Self(None)
    }

    /// Progress that the client shows, if the work takes long.
    pub(super) fn shown(outbox: &Outbox, title: String) -> Self {
        let percentage = Arc::new(AtomicU8::new(0));
        tasks::spawn(report(outbox.clone(), title, Arc::clone(&percentage)));
        Self(Some(percentage))
    }

    /// Reports that `done` of `all` is complete.
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

async fn report(outbox: Outbox, title: String, percentage: Arc<AtomicU8>) {
    static TOKENS: AtomicU64 = AtomicU64::new(0);
    let now = || percentage.load(Ordering::Relaxed);
    tasks::sleep(PATIENCE).await;
    if now() == DONE {
        return;
    }
    let token = format!("hexplain/{}", TOKENS.fetch_add(1, Ordering::Relaxed));
    let params = json!({ "token": token });
    if outbox.ask("window/workDoneProgress/create", params).await.is_none() {
        return;
    }
    let send = |value: Value| {
        outbox.notify("$/progress", &json!({ "token": token, "value": value }));
    };
    send(json!({ "kind": "begin", "title": title, "percentage": 0 }));
    loop {
        // Read once: the worker may finish between two reads.
        let percentage = now();
        if percentage == DONE {
            break;
        }
        send(json!({ "kind": "report", "percentage": percentage }));
        tasks::sleep(INTERVAL).await;
    }
    send(json!({ "kind": "end" }));
}
