//! Answering requests: each gets its snapshot when it arrives, is answered at once or on a thread
//! of the pool, and gets exactly one answer, even if canceled.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::AbortHandle;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Result};

use super::code_actions::Sent;
use super::mailbox::Awaited;
use super::requests::{self, Answered, Call, Cost, Needs, Row};
use super::shared::Shared;
use super::snapshot::Snapshot;
use super::tasks;
use super::uri::Uri;
use crate::document::Document;

/// A longer text is not small: its answers take a lane.
const SHORT: usize = 256 * 1024;

/// A text with more codes than this is not small, however short it is.
const FEW_CODES: usize = 1000;

/// Whether an answer about the whole document takes about a millisecond at most.
pub(super) fn is_small(document: &Document) -> bool {
    document.text().len_bytes() <= SHORT && document.len() <= FEW_CODES
}

pub(super) struct Answering {
    shared: Shared,
    table: HashMap<&'static str, Row>,
    running: Running,
}

/// The requests that are not answered yet.
#[derive(Clone, Default)]
struct Running(Arc<Mutex<HashMap<Id, AbortHandle>>>);

impl Running {
    fn lock(&self) -> MutexGuard<'_, HashMap<Id, AbortHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes a request from the list. Only the caller that succeeds answers it.
    fn take(&self, id: &Id) -> Option<AbortHandle> {
        self.lock().remove(id)
    }
}

/// What a snapshot is made of; parts of it may not be ready yet.
struct Gathered {
    snapshot: Snapshot,
    document: Option<Awaited>,
    documents: Vec<(Uri, Awaited)>,
}

impl Gathered {
    /// Whether all parts are ready.
    fn is_complete(&self) -> bool {
        let documents = self.documents.iter().map(|(_, awaited)| awaited);
        self.document.iter().chain(documents).all(|awaited| awaited.now().is_some())
    }

    /// The snapshot, once all parts are ready. `None` if the process ends first.
    async fn snapshot(self) -> Option<Snapshot> {
        let Self { mut snapshot, document, documents } = self;
        if let Some(document) = document {
            snapshot.document = document.get().await?.document;
        }
        for (uri, awaited) in documents {
            snapshot.documents.push((uri, awaited.get().await?.document));
        }
        Some(snapshot)
    }
}

/// The number of bytes of text in a snapshot.
fn len_bytes(view: &Snapshot) -> usize {
    let others = view.documents.iter().map(|(_, document)| document.text().len_bytes());
    view.document.text().len_bytes() + others.sum::<usize>()
}

/// Whether an answer takes about a millisecond at most.
fn is_short(cost: Cost, view: &Snapshot) -> bool {
    match cost {
        Cost::Short => true,
        Cost::Text => is_small(&view.document) && len_bytes(view) <= SHORT,
        Cost::Catalog => false,
    }
}

impl Answering {
    pub(super) fn new(shared: Shared) -> Self {
        let table = requests::table().into_iter().map(|row| (row.method, row)).collect();
        Self { shared, table, running: Running::default() }
    }

    /// Whether the table has a row for this method.
    pub(super) fn takes(&self, method: &str) -> bool {
        self.table.contains_key(method)
    }

    /// Answers a request, now or later, from the documents and settings of this moment.
    pub(super) fn start(&self, id: Id, method: &str, params: Option<Value>, bytes: usize) {
        if let Err(error) = self.try_start(&id, method, params, bytes) {
            self.shared.outbox.respond_to(Some(id), error);
        }
    }

    fn try_start(&self, id: &Id, method: &str, params: Option<Value>, bytes: usize) -> Result<()> {
        let row = self.table.get(method).ok_or_else(Error::method_not_found)?;
        if self.running.lock().contains_key(id) {
            return Err(Error::invalid_request());
        }
        let call = (row.read)(params.unwrap_or_default())?;
        let gathered = self.gather(row.needs, call.uri.as_ref());
        if gathered.is_complete() {
            // All parts are ready, so this does not wait.
            let snapshot = futures_util::FutureExt::now_or_never(gathered.snapshot()).flatten();
            let snapshot = snapshot.ok_or_else(Error::internal_error)?;
            if is_short(row.cost, &snapshot) {
                let answered = answer(id, &snapshot, call)?;
                send(&self.shared, answered);
                return Ok(());
            }
            self.spawn(id, call, row.cost, bytes, async { Some(snapshot) });
        } else {
            self.spawn(id, call, row.cost, bytes, gathered.snapshot());
        }
        Ok(())
    }

    /// The parts of a snapshot as of now. A document that is not open is empty.
    fn gather(&self, needs: Needs, uri: Option<&Uri>) -> Gathered {
        let mut workspace = self.shared.workspace();
        let document = match needs {
            Needs::Document | Needs::DocumentAmongAll => {
                let mailbox = uri.and_then(|uri| workspace.document(uri));
                mailbox.map(|mailbox| {
                    workspace.hurry(&mailbox);
                    mailbox.snapshot()
                })
            }
            Needs::Nothing | Needs::All => None,
        };
        let documents = match needs {
            Needs::All | Needs::DocumentAmongAll => {
                let all = workspace.documents();
                all.map(|(uri, mailbox)| (uri.clone(), mailbox.snapshot_or_last())).collect()
            }
            Needs::Nothing | Needs::Document => Vec::new(),
        };
        Gathered { snapshot: workspace.snapshot(), document, documents }
    }

    /// Answers later; what is not short, on a thread of the pool.
    fn spawn(
        &self,
        id: &Id,
        call: Call,
        cost: Cost,
        bytes: usize,
        snapshot: impl Future<Output = Option<Snapshot>> + Send + 'static,
    ) {
        let (shared, running) = (self.shared.clone(), self.running.clone());
        let in_flight = shared.outbox.in_flight(bytes);
        let own = id.clone();
        let mut listed = self.running.lock();
        let task = tasks::spawn(async move {
            let id = own.clone();
            let answered = later(&shared, own, call, cost, snapshot).await;
            if running.take(&id).is_some() {
                match answered {
                    Ok(answered) => send(&shared, answered),
                    Err(error) => shared.outbox.respond_to(Some(id), error),
                }
            }
            drop(in_flight);
        });
        listed.insert(id.clone(), task);
    }

    /// Cancels the request that a `$/cancelRequest` names, unless it has been answered.
    pub(super) fn cancel(&self, params: Option<&Value>) {
        let id = params.map(|params| params["id"].clone());
        let Some(Ok(id)) = id.map(serde_json::from_value::<Id>) else { return };
        self.give_up(id);
    }

    /// Cancels all requests at the end of the session.
    #[cfg(not(target_family = "wasm"))]
    pub(super) fn cancel_all(&self) {
        let ids: Vec<Id> = self.running.lock().keys().cloned().collect();
        ids.into_iter().for_each(|id| self.give_up(id));
    }

    fn give_up(&self, id: Id) {
        if let Some(task) = self.running.take(&id) {
            task.abort();
            let code = ErrorCode::RequestCancelled;
            let error = Error { message: code.description().into(), code, data: None };
            self.shared.outbox.respond_to(Some(id), error);
        }
    }
}

/// An answer, computed once its snapshot is ready, its turn has come and the client has room.
async fn later(
    shared: &Shared,
    id: Id,
    call: Call,
    cost: Cost,
    snapshot: impl Future<Output = Option<Snapshot>>,
) -> Result<Answered> {
    let snapshot = snapshot.await.ok_or_else(Error::internal_error)?;
    let _given_up = snapshot.wanted.guard();
    if is_short(cost, &snapshot) {
        shared.outbox.room().await;
        return answer(&id, &snapshot, call);
    }
    let lane = shared.pools.answers.lane(len_bytes(&snapshot));
    let answered = lane.run(shared.outbox.room(), move || answer(&id, &snapshot, call)).await;
    answered.unwrap_or_else(|| Err(Error::internal_error()))
}

/// An answer. A panic fails only this request.
fn answer(id: &Id, snapshot: &Snapshot, call: Call) -> Result<Answered> {
    let answered = catch_unwind(AssertUnwindSafe(|| (call.answer)(id, snapshot)));
    answered.unwrap_or_else(|_| Err(Error::internal_error()))
}

fn send(shared: &Shared, answered: Answered) {
    match answered.sent {
        Some(Sent::Notification(method, params)) => shared.outbox.notify(method, &params),
        Some(Sent::Request(method, params)) => shared.beside(move |shared| async move {
            shared.outbox.ask(method, params).await;
        }),
        None => {}
    }
    shared.outbox.send_body(answered.body);
}
