//! The threads for long work. Scans and answers have separate lanes, and so do texts of different
//! sizes, so that work on a text does not wait for work on a much larger one. Scans of up to
//! [`BETWEEN`] bytes take no lane.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::tasks;
use crate::scan::SIGHT;

/// A scan of up to this many bytes is done with its message, as most edits are: a millisecond for
/// the most expensive text.
pub(super) const AT_ONCE: usize = 2 * SIGHT + 256;

/// A scan of up to this many bytes is done on the session's thread once no message waits; see
/// [`super::unread`]. A message may wait for one of them: half a millisecond for a log, ten for the
/// most expensive text.
pub(super) const BETWEEN: usize = 16 * 1024;

/// Work on up to this many bytes of text is done in the first lane.
pub(super) const SMALL: usize = 32 * 1024;

/// Each lane takes texts that are this many times as large as the one before.
const STEP: usize = 8;

/// How many lanes there are for texts of different sizes; the last one takes all larger texts.
const LANES: usize = 5;

/// How many of the largest texts are processed at once. Each scan uses several threads.
const LARGEST_AT_ONCE: usize = 2;

/// Work on more bytes than this is long: nothing hurries it, and a request about all documents does
/// not wait for it.
const LONG: usize = 4 << 20;

/// A queue for one kind of work: starts in order of arrival, with a limit on how much runs at once.
#[derive(Clone, Debug)]
pub(super) struct Lane(Arc<Semaphore>);

impl Lane {
    fn of(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// Runs `work` on a thread when its turn comes and `ready` completes. `None` if it panicked.
    /// Work that has started continues even if this is dropped, and keeps its turn until it is
    /// done.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        ready: impl Future<Output = ()>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let turn = Arc::clone(&self.0).acquire_owned().await.ok()?;
        ready.await;
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        tasks::on_thread(work).await
    }
}

/// The lanes of one kind of work.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    lanes: [Lane; LANES],
    urgent: [Lane; LANES - 1],
}

impl Pool {
    /// The number of threads that its lanes need.
    const THREADS: usize = LANES - 1 + LARGEST_AT_ONCE + LANES - 1;

    fn new() -> Self {
        let at_once = |lane| if lane == LANES - 1 { LARGEST_AT_ONCE } else { 1 };
        Self {
            lanes: std::array::from_fn(|lane| Lane::of(at_once(lane))),
            urgent: std::array::from_fn(|_| Lane::of(1)),
        }
    }

    /// The lane for work on `bytes` bytes of text.
    pub(super) fn lane(&self, bytes: usize) -> &Lane {
        &self.lanes[place(bytes)]
    }

    /// The most bytes that the lane for work on `bytes` bytes takes.
    pub(super) fn most(bytes: usize) -> usize {
        most_of(place(bytes))
    }

    /// The lane of its size for work that a request waits for; `None` for a long text.
    pub(super) fn urgent(&self, bytes: usize) -> Option<&Lane> {
        if is_long(bytes) { None } else { self.urgent.get(place(bytes)) }
    }
}

/// The place of the lane for work on `bytes` bytes of text.
fn place(bytes: usize) -> usize {
    (0..LANES - 1).find(|&place| bytes <= most_of(place)).unwrap_or(LANES - 1)
}

/// The most bytes that the lane at this place takes.
fn most_of(place: usize) -> usize {
    if place == LANES - 1 { usize::MAX } else { SMALL * STEP.pow(place as u32) }
}

/// Whether work on this many bytes of text takes long.
pub(super) fn is_long(bytes: usize) -> bool {
    bytes > LONG
}

/// The lanes of all kinds of work.
#[derive(Clone, Debug)]
pub(super) struct Pools {
    pub(super) scans: Pool,
    pub(super) answers: Pool,
    /// Reads catalog files, one at a time: the newest state of a file is read last.
    pub(super) files: Lane,
}

impl Pools {
    /// The number of threads that all lanes need.
    pub(super) const THREADS: usize = 2 * Pool::THREADS + 1;

    pub(super) fn new() -> Self {
        Self { scans: Pool::new(), answers: Pool::new(), files: Lane::of(1) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn block_on<F: Future>(future: F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(Pools::THREADS)
            .build()
            .unwrap();
        runtime.block_on(future)
    }

    #[test]
    fn work_does_not_wait_for_work_on_much_larger_texts() {
        block_on(async {
            let pool = Pool::new();
            let (release, released) = mpsc::channel::<()>();
            let released = Arc::new(std::sync::Mutex::new(released));
            let sizes = [300 << 10, 3 << 20, 30 << 20, usize::MAX, usize::MAX];
            let larger: Vec<_> = sizes
                .map(|size| {
                    let (lane, released) = (pool.lane(size).clone(), Arc::clone(&released));
                    tokio::spawn(async move {
                        lane.run(async {}, move || released.lock().unwrap().recv().is_ok()).await
                    })
                })
                .into();
            tokio::task::yield_now().await;
            for small in [0, SMALL, 40 << 10] {
                assert_eq!(pool.lane(small).run(async {}, || 7).await, Some(7));
            }
            sizes.iter().for_each(|_| release.send(()).unwrap());
            for work in larger {
                assert_eq!(work.await.unwrap(), Some(true));
            }
        });
    }

    #[test]
    fn a_panic_fails_only_its_own_work() {
        block_on(async {
            let pool = Pool::new();
            assert_eq!(pool.lane(0).run(async {}, || panic!("on purpose")).await, None::<()>);
            assert_eq!(pool.lane(0).run(async {}, || 7).await, Some(7));
        });
    }
}
