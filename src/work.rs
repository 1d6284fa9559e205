//! Counts work in tests, so that its growth is tested without a clock.

use std::cell::Cell;

thread_local!(static DONE: Cell<usize> = const { Cell::new(0) });

/// Counts so many units of work: a byte looked at, or a word of the catalog's tables read.
pub(crate) fn done(units: usize) {
    DONE.set(DONE.get() + units);
}

/// How many units `work` does.
pub(crate) fn of<T>(work: impl FnOnce() -> T) -> usize {
    let before = DONE.get();
    work();
    DONE.get() - before
}
