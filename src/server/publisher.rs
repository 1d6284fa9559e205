//! Publishes diagnostics for clients that do not pull them: once no message is waiting, so that a
//! burst of edits is published once, and only while the client keeps up.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::answering::is_small;
use super::diagnostics;
use super::mailbox::{Awaited, Mailbox, Open};
use super::message::notification;
use super::shared::Shared;
use super::snapshot::Snapshot;
use super::tasks;
use super::uri::Uri;
use super::wire::Publication;

const METHOD: &str = "textDocument/publishDiagnostics";

/// Publishes the diagnostics of the changed documents while `may_go_on`.
pub(super) fn publish_changed(shared: &Shared, may_go_on: impl Fn() -> bool) {
    if shared.workspace().client.pulls_diagnostics {
        return shared.workspace().forget_changed();
    }
    while may_go_on() {
        let (uri, mailbox, snapshot) = {
            let mut workspace = shared.workspace();
            let Some((uri, mailbox)) = workspace.next_to_publish() else { return };
            (uri, mailbox, workspace.snapshot())
        };
        match mailbox.snapshot_in_passing() {
            Awaited::Ready(open) if is_small(&open.document) => {
                send(shared, &uri, &mailbox, publication(snapshot, &uri, *open));
            }
            awaited => drop(tasks::spawn(later(shared.clone(), uri, mailbox, awaited, snapshot))),
        }
    }
}

/// Clears the diagnostics of a closed document.
pub(super) fn publish_closed(shared: &Shared, uri: &Uri) {
    if !shared.workspace().client.pulls_diagnostics {
        let none = Publication { uri, diagnostics: Vec::new(), version: None };
        shared.outbox.notify(METHOD, &none);
    }
}

/// Publishes a large document's diagnostics after its scan.
async fn later(
    shared: Shared,
    uri: Uri,
    mailbox: Arc<Mailbox>,
    awaited: Awaited,
    snapshot: Snapshot,
) {
    let body = match awaited.get().await {
        Some(open) => {
            let lane = shared.pools.answers.lane(open.document.text().len_bytes());
            let of = uri.clone();
            let made = lane.run(shared.outbox.room(), move || publication(snapshot, &of, open));
            made.await.flatten()
        }
        None => None,
    };
    send(&shared, &uri, &mailbox, body);
    // The document may have changed meanwhile.
    shared.to_publish.notify_one();
}

/// Sends a publication, unless the document has been closed or reopened since: then it is about
/// a different text.
fn send(shared: &Shared, uri: &Uri, mailbox: &Arc<Mailbox>, body: Option<Vec<u8>>) {
    let is_open = shared.workspace().published(uri, mailbox);
    if let (true, Some(body)) = (is_open, body) {
        shared.outbox.send_body(body);
    }
}

/// The body of the notification; `None` if making it panicked.
fn publication(mut snapshot: Snapshot, uri: &Uri, open: Open) -> Option<Vec<u8>> {
    snapshot.document = open.document;
    let version = Some(open.version).filter(|_| snapshot.client.diagnostic_versions);
    let made = catch_unwind(AssertUnwindSafe(|| {
        let diagnostics = diagnostics::diagnostics(&snapshot, uri);
        notification(METHOD, &Publication { uri, diagnostics, version })
    }));
    made.ok()
}
