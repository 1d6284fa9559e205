//! Counts work in tests, so that they can check its growth without a clock.

use std::cell::Cell;

thread_local!(static DONE: Cell<usize> = const { Cell::new(0) });

/// Counts this many units of work: bytes examined, or words read from the catalog's tables.
pub(crate) fn done(units: usize) {
    DONE.set(DONE.get() + units);
}

/// The number of units of work that `work` does.
pub(crate) fn of<T>(work: impl FnOnce() -> T) -> usize {
    let before = DONE.get();
    work();
    DONE.get() - before
}
