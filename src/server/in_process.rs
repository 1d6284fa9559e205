//! A session without pipes or threads, for WebAssembly: a message in, messages out.

use tokio::sync::{mpsc, watch};

use super::message::Incoming;
use super::options::Options;
use super::outbox::{Outbox, Writer};
use super::session::{INBOX, Session};
use super::shared::Shared;
use super::tasks;

/// A client's session in the client's own thread.
#[derive(Debug)]
pub struct InProcess {
    inbox: mpsc::Sender<Incoming>,
    sent: Writer,
}

impl InProcess {
    /// A session before `initialize`.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let (outbox, sent) = Outbox::new();
        let (inbox, mut messages) = mpsc::channel(INBOX);
        tasks::spawn_here(async move {
            let mut session = Session::new(Shared::new(outbox.clone(), options));
            // The sender of this one lives as long as the session: its input never ends.
            let (_open, mut at_eof) = watch::channel(false);
            session.run(&mut messages, &mut at_eof).await;
            outbox.close();
        });
        Self { inbox, sent }
    }

    /// Handles one JSON-RPC message, and returns those that the client is to get, each serialized.
    /// After `exit`, there are none.
    pub fn handle(&mut self, body: Vec<u8>) -> Vec<Vec<u8>> {
        if let Some(incoming) = Incoming::of(body) {
            // There is room: the session has taken all earlier messages.
            let _ = self.inbox.try_send(incoming);
        }
        let mut sent = Vec::new();
        loop {
            tasks::run_until_stalled();
            let more = self.sent.take();
            if more.is_empty() {
                return sent;
            }
            sent.extend(more);
        }
    }
}
