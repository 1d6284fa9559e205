//! What goes wrong with nobody to tell: lines on stderr, which an editor keeps in its log.
//!
//! A log that nobody reads stops nothing: lines that find no room are dropped. No line holds any
//! text of a document.

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::{panic, thread};

/// How many lines wait for whoever reads them.
const ROOM: usize = 256;

/// Writes a line, now or never.
pub(super) fn log(line: &str) {
    static LINES: OnceLock<SyncSender<String>> = OnceLock::new();
    let lines = LINES.get_or_init(|| {
        let (sender, lines) = sync_channel::<String>(ROOM);
        thread::spawn(move || {
            for line in lines {
                let _ = writeln!(std::io::stderr(), "hexplain: {line}");
            }
        });
        sender
    });
    let _ = lines.try_send(line.to_owned());
}

/// Logs where a panic was, and not its message, which may quote a text.
pub(super) fn log_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        log(&format!("a fault of the program itself, at {place}"));
    }));
}
