//! Everything sent to the client: answers, notifications and the server's own requests. The amount
//! waiting for a client that does not read is limited.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};
use tower_lsp::jsonrpc::{Error, Id, Response};

#[cfg(not(target_family = "wasm"))]
use super::frames::write_frame;
use super::message::{body_of, notification};
use super::tasks;

/// How many bytes may be waiting for a client that does not read. Beyond that, no message is
/// handled, and no answers or diagnostics are computed.
const ROOM: usize = 32 << 20;

/// Diagnostics are published only while fewer bytes than this are waiting, so that those of a small
/// document can overtake the others.
const LITTLE: usize = 256 << 10;

/// How many requests, and how many bytes of them, may be unanswered; beyond that, no message is
/// handled.
const MOST_IN_FLIGHT: usize = 4096;
const MOST_BYTES_IN_FLIGHT: usize = 64 << 20;

/// How many of the server's own requests may be unanswered; beyond that, none is sent.
const MOST_ASKED: usize = 1024;

/// How long the client may take to answer a request from the server.
const PATIENCE: Duration = Duration::from_secs(30);

/// The channel to the client. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Outbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bodies: Mutex<Option<mpsc::UnboundedSender<Vec<u8>>>>,
    waiting: Arc<Waiting>,
    /// The server's own requests that are not yet answered.
    asked: Mutex<HashMap<i64, oneshot::Sender<Result<Value, Error>>>>,
    next_id: AtomicI64,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: AtomicUsize,
    in_flight: AtomicUsize,
    bytes_in_flight: AtomicUsize,
    /// The client no longer reads: everything sent is dropped.
    refused: AtomicBool,
    less: Notify,
}

impl Waiting {
    fn has_room(&self) -> bool {
        self.refused.load(Ordering::Acquire) || self.bytes.load(Ordering::Acquire) < ROOM
    }

    fn is_little(&self) -> bool {
        self.refused.load(Ordering::Acquire) || self.bytes.load(Ordering::Acquire) < LITTLE
    }

    fn is_manageable(&self) -> bool {
        self.in_flight.load(Ordering::Acquire) < MOST_IN_FLIGHT
            && self.bytes_in_flight.load(Ordering::Acquire) < MOST_BYTES_IN_FLIGHT
    }

    async fn until(&self, enough: impl Fn(&Self) -> bool) {
        loop {
            let less = self.less.notified();
            if enough(self) {
                return;
            }
            less.await;
        }
    }
}

/// A request that counts as unanswered until this is dropped.
#[derive(Debug)]
pub(super) struct InFlight {
    waiting: Arc<Waiting>,
    bytes: usize,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.waiting.in_flight.fetch_sub(1, Ordering::AcqRel);
        self.waiting.bytes_in_flight.fetch_sub(self.bytes, Ordering::AcqRel);
        self.waiting.less.notify_waiters();
    }
}

/// The end of the outbox that writes to the client.
#[derive(Debug)]
pub(super) struct Writer {
    bodies: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting: Arc<Waiting>,
}

impl Writer {
    /// Writes until the outbox is closed and empty, or the client has closed its pipe.
    #[cfg(not(target_family = "wasm"))]
    pub(super) fn write(mut self, output: impl std::io::Write) {
        let mut output = std::io::BufWriter::with_capacity(64 * 1024, output);
        while let Some(body) = self.bodies.blocking_recv() {
            let written = write_frame(&mut output, &body);
            self.waiting.bytes.fetch_sub(body.len(), Ordering::AcqRel);
            if written.is_err() {
                // The session ends when stdin closes.
                self.waiting.refused.store(true, Ordering::Release);
            }
            self.waiting.less.notify_waiters();
            if written.is_err() {
                return;
            }
        }
    }

    /// Everything that is waiting.
    #[cfg(target_family = "wasm")]
    pub(super) fn take(&mut self) -> Vec<Vec<u8>> {
        let bodies: Vec<_> = std::iter::from_fn(|| self.bodies.try_recv().ok()).collect();
        self.waiting.bytes.store(0, Ordering::Release);
        self.waiting.less.notify_waiters();
        bodies
    }
}

impl Outbox {
    pub(super) fn new() -> (Self, Writer) {
        let (sender, bodies) = mpsc::unbounded_channel();
        let waiting = Arc::new(Waiting::default());
        let inner = Inner {
            bodies: Mutex::new(Some(sender)),
            waiting: Arc::clone(&waiting),
            asked: Mutex::new(HashMap::new()),
            next_id: AtomicI64::new(0),
        };
        (Self(Arc::new(inner)), Writer { bodies, waiting })
    }

    /// Counts a request of `bytes` bytes that is not answered at once.
    pub(super) fn in_flight(&self, bytes: usize) -> InFlight {
        let waiting = &self.0.waiting;
        waiting.in_flight.fetch_add(1, Ordering::AcqRel);
        waiting.bytes_in_flight.fetch_add(bytes, Ordering::AcqRel);
        InFlight { waiting: Arc::clone(waiting), bytes }
    }

    /// Whether less than [`ROOM`] is waiting for the client.
    pub(super) fn has_room(&self) -> bool {
        self.0.waiting.has_room()
    }

    /// Waits until less than [`ROOM`] is waiting for the client.
    pub(super) async fn room(&self) {
        self.0.waiting.until(Waiting::has_room).await;
    }

    /// Whether less than [`LITTLE`] is waiting for the client.
    pub(super) fn has_little(&self) -> bool {
        self.0.waiting.is_little()
    }

    /// Waits until less than [`LITTLE`] is waiting for the client.
    pub(super) async fn little(&self) {
        self.0.waiting.until(Waiting::is_little).await;
    }

    /// Waits until another message can be handled: the client is reading, and not too many requests
    /// are unanswered.
    pub(super) async fn ready(&self) {
        self.0.waiting.until(|waiting| waiting.has_room() && waiting.is_manageable()).await;
    }

    /// Ends the writer once it has written everything that is waiting.
    pub(super) fn close(&self) {
        self.0.bodies.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn send(&self, message: &impl Serialize) {
        self.send_body(body_of(message));
    }

    /// Sends a message that is already serialized.
    pub(super) fn send_body(&self, body: Vec<u8>) {
        if self.0.waiting.refused.load(Ordering::Acquire) {
            return;
        }
        if let Some(bodies) = &*self.0.bodies.lock().unwrap_or_else(PoisonError::into_inner) {
            self.0.waiting.bytes.fetch_add(body.len(), Ordering::AcqRel);
            let _ = bodies.send(body);
        }
    }

    pub(super) fn respond(&self, response: &Response) {
        self.send(response);
    }

    /// Answers a request with an error. Notifications (no id) get no answer.
    pub(super) fn respond_to(&self, id: Option<Id>, error: Error) {
        if let Some(id) = id {
            self.respond(&Response::from_error(id, error));
        }
    }

    pub(super) fn notify(&self, method: &str, params: &impl Serialize) {
        self.send_body(notification(method, params));
    }

    /// Sends a request to the client. `None` if it refuses, does not answer in time or already has
    /// too many requests to answer.
    pub(super) async fn ask(&self, method: &str, params: Value) -> Option<Value> {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        {
            let mut asked = self.asked();
            if asked.len() >= MOST_ASKED {
                return None;
            }
            asked.insert(id, sender);
        }
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        // JSON-RPC 2.0, section 4: params are an object or a list, or omitted.
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        let answer = tasks::within(PATIENCE, answer).await;
        self.asked().remove(&id);
        answer?.ok()?.ok()
    }

    /// Receives the client's answer; an unexpected one is ignored.
    pub(super) fn reply(&self, id: &Id, result: Result<Value, Error>) {
        let Id::Number(id) = id else { return };
        if let Some(asked) = self.asked().remove(id) {
            let _ = asked.send(result);
        }
    }

    fn asked(&self) -> MutexGuard<'_, HashMap<i64, oneshot::Sender<Result<Value, Error>>>> {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn is_ready(future: impl Future<Output = ()>) -> bool {
        let mut future = std::pin::pin!(future);
        future.as_mut().poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }

    #[test]
    fn what_is_sent_is_written_in_order_and_makes_room() {
        let (outbox, writer) = Outbox::new();
        outbox.send_body(vec![b'x'; ROOM]);
        assert!(!outbox.has_room() && !is_ready(outbox.room()) && !is_ready(outbox.ready()));
        outbox.send_body(b"{}".to_vec());
        outbox.close();
        let mut output = Vec::new();
        writer.write(&mut output);
        assert!(output.ends_with(b"xContent-Length: 2\r\n\r\n{}"));
        assert!(outbox.has_room() && is_ready(outbox.room()));
    }

    #[test]
    fn a_closed_pipe_refuses_nothing_later() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (outbox, writer) = Outbox::new();
        (0..3).for_each(|_| outbox.send_body(vec![b'x'; ROOM]));
        writer.write(Closed);
        assert!(outbox.has_room() && is_ready(outbox.ready()));
    }

    #[test]
    fn requests_under_way_are_bounded_in_number_and_size() {
        let (outbox, _writer) = Outbox::new();
        let mut many: Vec<_> = (0..MOST_IN_FLIGHT).map(|_| outbox.in_flight(1)).collect();
        assert!(!is_ready(outbox.ready()));
        many.pop();
        assert!(is_ready(outbox.ready()));
        many.clear();
        let large = outbox.in_flight(MOST_BYTES_IN_FLIGHT);
        assert!(!is_ready(outbox.ready()) && outbox.has_room());
        drop(large);
        assert!(is_ready(outbox.ready()));
    }

    #[test]
    fn requests_to_a_client_that_never_answers_are_limited() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (outbox, mut writer) = Outbox::new();
            let ask = || {
                let outbox = outbox.clone();
                tokio::spawn(async move { outbox.ask("m", Value::Null).await })
            };
            let all: Vec<_> = (0..MOST_ASKED).map(|_| ask()).collect();
            assert_eq!(ask().await.unwrap(), None);
            let mut sent = 0;
            while writer.bodies.try_recv().is_ok() {
                sent += 1;
            }
            assert_eq!(sent, MOST_ASKED);
            // An answer makes room.
            outbox.reply(&Id::Number(0), Ok(json!(5)));
            assert_eq!(all.into_iter().next().unwrap().await.unwrap(), Some(json!(5)));
            drop(ask());
            tokio::task::yield_now().await;
            assert!(writer.bodies.try_recv().is_ok());
        });
    }

    #[test]
    fn a_reply_finds_its_request_and_a_late_one_none() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (outbox, _writer) = Outbox::new();
            let asking = outbox.clone();
            let answer = tokio::spawn(async move { asking.ask("m", Value::Null).await });
            tokio::task::yield_now().await;
            outbox.reply(&Id::String("0".into()), Ok(json!("another's")));
            outbox.reply(&Id::Number(7), Ok(json!("another's")));
            outbox.reply(&Id::Number(0), Ok(json!(5)));
            assert_eq!(answer.await.unwrap(), Some(json!(5)));
            outbox.reply(&Id::Number(0), Ok(json!(6)));
        });
    }
}
