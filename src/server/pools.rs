//! The threads for long work. Scans and answers have separate lanes, and so do small, medium and
//! large texts, so that small work never waits for large work.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// A scan of up to this many bytes is done at once, between two messages: a tenth of a millisecond
/// for a log, ten for the most expensive text. Scanned elsewhere, thousands of such documents would
/// take more memory while their texts wait.
pub(super) const AT_ONCE: usize = 16 * 1024;

/// Work on up to this many bytes of text is done in the small lane.
pub(super) const SMALL: usize = 32 * 1024;

/// Work on up to this many bytes of text is done in the medium lane: ten milliseconds.
const MEDIUM: usize = 4 << 20;

/// How many large texts are processed at once. Each scan uses several threads.
const LARGE_AT_ONCE: usize = 2;

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
    small: Lane,
    medium: Lane,
    large: Lane,
    urgent: Lane,
}

impl Pool {
    fn new() -> Self {
        let [small, medium, urgent] = [1; 3].map(Lane::of);
        Self { small, medium, large: Lane::of(LARGE_AT_ONCE), urgent }
    }

    /// The lane for work on `bytes` bytes of text.
    pub(super) fn lane(&self, bytes: usize) -> &Lane {
        if bytes <= SMALL {
            &self.small
        } else if bytes <= MEDIUM {
            &self.medium
        } else {
            &self.large
        }
    }

    /// The lane for work that a request waits for; `None` for a large text.
    pub(super) fn urgent(&self, bytes: usize) -> Option<&Lane> {
        (bytes <= MEDIUM).then_some(&self.urgent)
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
    pub(super) const THREADS: usize = 2 * (3 + LARGE_AT_ONCE) + 1;

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
    fn medium_work_does_not_wait_for_large_work() {
        block_on(async {
            let pool = Pool::new();
            let (release, released) = mpsc::channel::<()>();
            let released = Arc::new(std::sync::Mutex::new(released));
            let large: Vec<_> = (0..5)
                .map(|_| {
                    let (lane, released) = (pool.lane(usize::MAX).clone(), Arc::clone(&released));
                    tokio::spawn(async move {
                        lane.run(async {}, move || released.lock().unwrap().recv().is_ok()).await
                    })
                })
                .collect();
            tokio::task::yield_now().await;
            assert_eq!(pool.lane(0).run(async {}, || 7).await, Some(7));
            (0..5).for_each(|_| release.send(()).unwrap());
            for work in large {
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
