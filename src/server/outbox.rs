//! What goes to the client: answers, notifications and the server's own requests.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};
use tower_lsp::jsonrpc::{Error, Id, Response};

/// How many bytes may wait for a client that does not read; past that no message is handled.
const ROOM: usize = 32 << 20;

/// How many requests may be under way; past that no message is handled.
const MOST_IN_FLIGHT: usize = 4096;

/// How long a client may take to answer a request of the server's.
const PATIENCE: Duration = Duration::from_secs(30);

/// The way to the client. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Outbox(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    frames: Mutex<Option<mpsc::UnboundedSender<Vec<u8>>>>,
    waiting: Arc<Waiting>,
    /// The server's own requests that are not yet answered.
    asked: Mutex<HashMap<i64, oneshot::Sender<Result<Value, Error>>>>,
    next_id: AtomicI64,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: AtomicUsize,
    in_flight: AtomicUsize,
    /// Nobody reads any more: what is sent is dropped.
    refused: AtomicBool,
    less: Notify,
}

/// A request that is under way, until this is dropped.
pub(super) struct InFlight(Arc<Waiting>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
        self.0.less.notify_waiters();
    }
}

/// The writer's end.
#[derive(Debug)]
pub(super) struct Frames {
    frames: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting: Arc<Waiting>,
}

impl Frames {
    /// The next body to write; `None` once the outbox is closed and empty.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        self.frames.blocking_recv()
    }

    /// Says that so many bytes have gone.
    pub(super) fn written(&self, bytes: usize) {
        self.waiting.bytes.fetch_sub(bytes, Ordering::AcqRel);
        self.waiting.less.notify_waiters();
    }

    /// Says that nothing can be written any more.
    pub(super) fn refuse(&self) {
        self.waiting.refused.store(true, Ordering::Release);
        self.waiting.less.notify_waiters();
    }
}

impl Outbox {
    pub(super) fn new() -> (Self, Frames) {
        let (sender, frames) = mpsc::unbounded_channel();
        let waiting = Arc::new(Waiting::default());
        let shared = Shared {
            frames: Mutex::new(Some(sender)),
            waiting: Arc::clone(&waiting),
            asked: Mutex::new(HashMap::new()),
            next_id: AtomicI64::new(0),
        };
        (Self(Arc::new(shared)), Frames { frames, waiting })
    }

    /// Counts a request that is not answered at once.
    pub(super) fn in_flight(&self) -> InFlight {
        self.0.waiting.in_flight.fetch_add(1, Ordering::AcqRel);
        InFlight(Arc::clone(&self.0.waiting))
    }

    /// Waits until few enough requests are under way.
    pub(super) async fn is_manageable(&self) {
        loop {
            let less = self.0.waiting.less.notified();
            if self.0.waiting.in_flight.load(Ordering::Acquire) < MOST_IN_FLIGHT {
                return;
            }
            less.await;
        }
    }

    /// Waits until the client has read enough of what was sent.
    pub(super) async fn has_room(&self) {
        loop {
            let less = self.0.waiting.less.notified();
            let waiting = &self.0.waiting;
            let refused = waiting.refused.load(Ordering::Acquire);
            if refused || waiting.bytes.load(Ordering::Acquire) < ROOM {
                return;
            }
            less.await;
        }
    }

    /// Ends the writer once it has written what waits.
    pub(super) fn close(&self) {
        self.0.frames.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn send(&self, message: &impl Serialize) {
        self.send_body(body_of(message));
    }

    /// Sends a message that is written already.
    pub(super) fn send_body(&self, body: Vec<u8>) {
        if self.0.waiting.refused.load(Ordering::Acquire) {
            return;
        }
        self.0.waiting.bytes.fetch_add(body.len(), Ordering::AcqRel);
        if let Some(frames) = &*self.0.frames.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = frames.send(body);
        }
    }

    pub(super) fn respond(&self, response: &Response) {
        self.send(response);
    }

    /// Answers a request with an error; a notification's failure has nobody to tell.
    pub(super) fn respond_to(&self, id: Option<Id>, error: Error) {
        if let Some(id) = id {
            self.respond(&Response::from_error(id, error));
        }
    }

    pub(super) fn notify(&self, method: &str, params: &impl Serialize) {
        self.send_body(notification(method, params));
    }

    /// Asks the client. `None` where it refuses or does not answer in time.
    pub(super) async fn ask(&self, method: &str, params: Value) -> Option<Value> {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        self.asked().insert(id, sender);
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        // JSON-RPC 2.0, section 4: params are an object or a list, or are left out.
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        let answer = tokio::time::timeout(PATIENCE, answer).await;
        self.asked().remove(&id);
        answer.ok()?.ok()?.ok()
    }

    /// Takes the client's answer; one that nobody waits for is left alone.
    pub(super) fn reply(&self, id: &Id, result: Result<Value, Error>) {
        let Id::Number(id) = id else { return };
        if let Some(asked) = self.asked().remove(id) {
            let _ = asked.send(result);
        }
    }

    fn asked(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<i64, oneshot::Sender<Result<Value, Error>>>> {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of a notification (JSON-RPC 2.0, section 4.1).
pub(super) fn notification(method: &str, params: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Notification<'a, P> {
        jsonrpc: &'a str,
        method: &'a str,
        params: &'a P,
    }
    body_of(&Notification { jsonrpc: "2.0", method, params })
}

/// The body of an answer (JSON-RPC 2.0, section 5).
pub(super) fn response(id: &Id, result: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Response<'a, T> {
        jsonrpc: &'a str,
        id: &'a Id,
        result: &'a T,
    }
    body_of(&Response { jsonrpc: "2.0", id, result })
}

fn body_of(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("a message of ours has a JSON form: its keys are strings")
}
