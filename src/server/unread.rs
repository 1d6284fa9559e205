//! Short texts that wait to be scanned until no message waits. They are scanned on the session's
//! thread: on others, thousands of such texts would take more memory, while they wait and after.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::mailbox::Mailbox;
use super::uri::Uri;

/// The documents whose work waits, in the order of their turns.
#[derive(Debug, Default)]
pub(super) struct Unread {
    waiting: BTreeMap<Turn, (Uri, Arc<Mailbox>)>,
    /// How many turns have been given.
    given: u64,
    /// The bytes that the waiting work scans.
    bytes: usize,
}

/// When more bytes wait than this, some are scanned between messages, so that few texts are held
/// twice.
const MUCH: usize = 4 << 20;

/// When more bytes wait than this, further texts are scanned on threads.
const MOST_BYTES: usize = 64 << 20;

/// When a document's turn comes: first those that a request is about, then the shorter ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    is_unasked: bool,
    bytes: usize,
    number: u64,
}

impl Unread {
    /// Gives a turn to a document whose work scans `bytes` bytes.
    pub(super) fn add(&mut self, uri: Uri, mailbox: Arc<Mailbox>, bytes: usize) {
        self.given += 1;
        let turn = Turn { is_unasked: true, bytes, number: self.given };
        self.bytes += bytes;
        self.waiting.insert(turn, (uri, mailbox));
    }

    /// Whether more waits than should for long.
    pub(super) fn is_much(&self) -> bool {
        self.bytes > MUCH
    }

    /// Whether no more should wait.
    pub(super) fn is_full(&self) -> bool {
        self.bytes > MOST_BYTES
    }

    /// Moves a document forward, as a request is about it.
    pub(super) fn ask(&mut self, mailbox: &Arc<Mailbox>) {
        let mut turns = self.waiting.iter();
        let found = turns.find(|(_, (_, waiting))| Arc::ptr_eq(waiting, mailbox));
        let Some(turn) = found.map(|(&turn, _)| turn) else { return };
        if let Some(document) = self.waiting.remove(&turn) {
            self.waiting.insert(Turn { is_unasked: false, ..turn }, document);
        }
    }

    /// Takes the document whose turn it is.
    pub(super) fn next(&mut self) -> Option<(Uri, Arc<Mailbox>)> {
        let (turn, document) = self.waiting.pop_first()?;
        self.bytes -= turn.bytes;
        Some(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::mailbox::testing::mailbox;

    #[test]
    fn what_waits_is_counted() {
        let mut unread = Unread::default();
        let uri: Uri = serde_json::from_str("\"file:///a\"").unwrap();
        for _ in 0..2 {
            unread.add(uri.clone(), mailbox(), MOST_BYTES / 2);
        }
        assert!(unread.is_much() && !unread.is_full());
        unread.add(uri, mailbox(), 1);
        assert!(unread.is_full());
        unread.next();
        assert!(!unread.is_full());
    }

    #[test]
    fn the_shortest_text_is_next_but_those_that_a_request_is_about_come_first() {
        let mut unread = Unread::default();
        let mailboxes = [mailbox(), mailbox(), mailbox(), mailbox()];
        for (number, bytes) in [300, 20, 100, 20].into_iter().enumerate() {
            let uri: Uri = serde_json::from_str(&format!("\"file:///{number}\"")).unwrap();
            unread.add(uri, Arc::clone(&mailboxes[number]), bytes);
        }
        unread.ask(&mailboxes[0]);
        unread.ask(&mailbox());
        let order: Vec<_> = std::iter::from_fn(|| unread.next()).collect();
        let uris: Vec<_> = order.iter().map(|(uri, _)| uri.to_string()).collect();
        assert_eq!(uris, ["file:///0", "file:///1", "file:///3", "file:///2"]);
    }
}
