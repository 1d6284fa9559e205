//! Scans a long text in parts, on several threads if the platform has them.

use std::num::NonZero;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use super::occurrences::{Found, Occurrences};

/// How many bytes are scanned between calls of `go_on`: about a millisecond of work.
pub(super) const PART: usize = 1 << 20;

/// How many bytes are processed before yielding to other threads: a third of a millisecond. Linux
/// would wait three milliseconds, and a hover over another document passes through four threads.
pub(super) const TURN: usize = 1 << 17;

/// The most threads that scan a text, to leave cores for other programs.
const MOST_THREADS: usize = 4;

/// The occurrences of a text of `len` bytes, whose parts several threads scan in turn, and the
/// result of `beside`, which runs meanwhile. `None` instead of occurrences if `go_on` returned
/// false.
///
/// `beside` has a thread of its own; when it is done, another thread takes its place and scans. So
/// two threads share two processors, and the thread that builds the rope is not the last to end.
/// That matters because glibc lets a new thread continue in the arena of the last one that ended: a
/// rope with other blocks between or after its pieces could not be returned to the system when its
/// document is closed.
pub(super) fn in_parts<T: Send>(
    len: usize,
    go_on: impl Fn(usize) -> bool + Sync,
    scan: impl Fn(Range<usize>) -> Vec<Found> + Sync,
    beside: impl FnOnce() -> T + Send,
) -> (T, Option<Occurrences>) {
    let parts = len.div_ceil(PART);
    let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut found = Vec::new();
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= parts || stopped.load(Ordering::Relaxed) {
                return found;
            }
            let start = part * PART;
            if !go_on(start) {
                stopped.store(true, Ordering::Relaxed);
                return found;
            }
            let end = len.min(start + PART);
            let items = (start..end).step_by(TURN).flat_map(|start| {
                thread::yield_now();
                scan(start..end.min(start + TURN))
            });
            found.push((part, Occurrences::new(&items.collect::<Vec<_>>())));
        }
    };
    let (made, found) = if cfg!(target_family = "wasm") {
        // The platform has no threads.
        (beside(), work())
    } else {
        on_threads(parts, work, beside)
    };
    let found = (!stopped.load(Ordering::Relaxed)).then(|| Occurrences::of_parts(found));
    (made, found)
}

/// Runs `work` on several threads and `beside` on its own; returns both results.
fn on_threads<F: Send, T: Send>(
    parts: usize,
    work: impl Fn() -> Vec<F> + Sync,
    beside: impl FnOnce() -> T + Send,
) -> (T, Vec<F>) {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let helpers = threads.min(MOST_THREADS).min(parts).saturating_sub(2);
    thread::scope(|scope| {
        let beside = scope.spawn(beside);
        let relief = scope.spawn(|| (join(beside), work()));
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(&work)).collect();
        let mut found = work();
        found.extend(helpers.into_iter().flat_map(join));
        let (made, rest) = join(relief);
        found.extend(rest);
        (made, found)
    })
}

/// The result of a thread; if it panicked, so does this thread.
fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
