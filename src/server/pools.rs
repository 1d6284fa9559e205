//! The threads for long work. Scans and answers have separate lanes, and so do texts of different
//! sizes, so that work on a small text never waits for work on a large one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// A scan of up to this many bytes is always done at once, between two messages: a millisecond for
/// the most expensive text.
const TINY: usize = 1024;

/// A scan of up to this many bytes is done at once while there is time for it. Scanned elsewhere,
/// thousands of such documents would take more memory while their texts wait.
const AT_ONCE: usize = 16 * 1024;

/// How much time scans between two messages may owe to the messages.
const MOST_OWED: Duration = Duration::from_millis(20);

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
        let work = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        work.await.ok()
    }
}

/// The lanes of one kind of work.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    lanes: [Lane; LANES],
    urgent: Lane,
    budget: Arc<Mutex<Budget>>,
}

impl Pool {
    /// The number of threads that its lanes need.
    const THREADS: usize = LANES - 1 + LARGEST_AT_ONCE + 1;

    fn new() -> Self {
        let at_once = |lane| if lane == LANES - 1 { LARGEST_AT_ONCE } else { 1 };
        Self {
            lanes: std::array::from_fn(|lane| Lane::of(at_once(lane))),
            urgent: Lane::of(1),
            budget: Arc::default(),
        }
    }

    /// The lane for work on `bytes` bytes of text.
    pub(super) fn lane(&self, bytes: usize) -> &Lane {
        let place = (0..LANES - 1).find(|&place| bytes <= SMALL * STEP.pow(place as u32));
        &self.lanes[place.unwrap_or(LANES - 1)]
    }

    /// The lane for work that a request waits for; `None` for a long text.
    pub(super) fn urgent(&self, bytes: usize) -> Option<&Lane> {
        (!is_long(bytes)).then_some(&self.urgent)
    }

    /// Does the work at once if its text is small and there is time. Returns whether it did.
    pub(super) fn at_once(&self, bytes: usize, work: impl FnOnce()) -> bool {
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        if bytes > TINY && (bytes > AT_ONCE || !budget.has_time()) {
            return false;
        }
        budget.spend(work);
        true
    }
}

/// Whether work on this many bytes of text takes long.
pub(super) fn is_long(bytes: usize) -> bool {
    bytes > LONG
}

/// The time that scans between two messages may take: about half of it, however many texts arrive.
#[derive(Debug)]
struct Budget {
    /// What the scans have taken too much, at the time of `last`.
    owed: Duration,
    last: Instant,
}

impl Default for Budget {
    fn default() -> Self {
        Self { owed: Duration::ZERO, last: Instant::now() }
    }
}

impl Budget {
    fn has_time(&mut self) -> bool {
        let now = Instant::now();
        self.owed = self.owed.saturating_sub(now - self.last);
        self.last = now;
        self.owed <= MOST_OWED
    }

    fn spend(&mut self, work: impl FnOnce()) {
        let start = Instant::now();
        work();
        self.owed += 2 * start.elapsed();
    }
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
    fn scans_at_once_have_a_budget_that_tiny_texts_do_not_need() {
        let pool = Pool::new();
        let slow = || std::thread::sleep(MOST_OWED);
        assert!(pool.at_once(AT_ONCE, slow));
        assert!(!pool.at_once(AT_ONCE, slow));
        assert!(pool.at_once(TINY, || ()));
        std::thread::sleep(2 * MOST_OWED);
        assert!(pool.at_once(AT_ONCE, || ()));
        assert!(!pool.at_once(AT_ONCE + 1, || ()));
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
