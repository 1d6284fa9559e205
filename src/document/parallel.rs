//! A long text is scanned in parts, by several threads on platforms that have them.

use std::num::NonZero;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use super::occurrences::{Found, Occurrences};

/// How many bytes are scanned before `go_on` is asked whether to go on: a millisecond's work.
pub(super) const PART: usize = 1 << 20;

/// How many bytes are worked on before another thread has its turn, if it has something to do: a
/// third of a millisecond. Linux would wait three milliseconds, and a hover over another document
/// goes through four threads.
pub(super) const TURN: usize = 1 << 17;

/// No text is scanned on more threads than this, so that cores are left for other programs.
const MOST_THREADS: usize = 4;

/// The occurrences of a text of `len` bytes, whose parts several threads scan by turns, and what
/// `beside` makes meanwhile. No occurrences if `go_on` returned false.
///
/// `beside` has a thread of its own, and when that is done, another takes its place and scans. So
/// two threads share two processors, and the one with the rope is not the last to end: glibc lets
/// the next thread that begins go on where the last that ended has put its blocks, and a rope with
/// something else between or after its pieces could not be given back to the system when its
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
        // There are no threads.
        (beside(), work())
    } else {
        on_threads(parts, work, beside)
    };
    let found = (!stopped.load(Ordering::Relaxed)).then(|| Occurrences::of_parts(found));
    (made, found)
}

/// Runs `work` on several threads, and `beside` on one of its own; what they made together.
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

/// What a thread has made; its panic is this thread's, too.
fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
