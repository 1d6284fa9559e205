//! The reader thread: turns frames into messages, in order.

use std::io::BufRead;

use tokio::sync::mpsc;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id};

use super::frames::read_frame;
use super::message::Incoming;

/// Reads and decodes frames until the input ends.
pub(super) fn read_messages(mut input: impl BufRead, inbox: &mpsc::Sender<Incoming>) {
    loop {
        let incoming = match read_frame(&mut input) {
            Ok(Some(Ok(body))) => match Incoming::of(body) {
                Some(incoming) => incoming,
                None => continue,
            },
            Ok(Some(Err(reason))) => {
                let error =
                    Error { code: ErrorCode::ParseError, message: reason.into(), data: None };
                Incoming::Malformed(Id::Null, error)
            }
            Ok(None) | Err(_) => return,
        };
        if inbox.blocking_send(incoming).is_err() {
            return;
        }
    }
}

/// The number of messages and of malformed frames in `input`, for the fuzz target.
#[cfg(fuzzing)]
#[must_use]
pub fn count_messages(mut input: &[u8]) -> (usize, usize) {
    let (mut messages, mut faults) = (0, 0);
    while let Ok(Some(frame)) = read_frame(&mut input) {
        match frame.map(Incoming::of) {
            Ok(Some(Incoming::Malformed(..))) | Err(_) => faults += 1,
            Ok(_) => messages += 1,
        }
    }
    (messages, faults)
}
