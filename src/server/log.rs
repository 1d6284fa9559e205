//! Problems that no answer can report: lines on stderr, which editors keep in their logs.
//!
//! An unread log never blocks: lines that do not fit are dropped. No line contains document text.

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;
use std::{panic, thread};

/// How many lines can be waiting to be written.
const ROOM: usize = 256;

/// An item for the writer thread.
enum Entry {
    Line(String),
    /// Dropped when everything before it has been written.
    Mark(SyncSender<()>),
}

static ENTRIES: OnceLock<SyncSender<Entry>> = OnceLock::new();

/// Writes a line, or drops it if the buffer is full or the platform has no stderr.
pub(super) fn log(line: &str) {
    if cfg!(target_family = "wasm") {
        return; // neither threads nor stderr
    }
    let entries = ENTRIES.get_or_init(|| {
        let (sender, entries) = sync_channel(ROOM);
        thread::spawn(move || {
            for entry in entries {
                match entry {
                    Entry::Line(line) => drop(writeln!(std::io::stderr(), "hexplain: {line}")),
                    Entry::Mark(mark) => drop(mark),
                }
            }
        });
        sender
    });
    let _ = entries.try_send(Entry::Line(line.to_owned()));
}

/// Waits until all lines are written, but no longer than `patience`.
pub(super) fn finish(patience: Duration) {
    let Some(entries) = ENTRIES.get() else { return };
    let (mark, written) = sync_channel(0);
    if entries.try_send(Entry::Mark(mark)).is_ok() {
        // The disconnect is the signal; no value is sent.
        let _ = written.recv_timeout(patience);
    }
}

/// Logs the location of a panic, but not its message, which may quote a document.
pub(super) fn log_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        log(&format!("internal error (panic) at {place}"));
    }));
}
