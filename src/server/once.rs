//! Work on the newest state: only one run at a time, and any number of requests during a run lead
//! to exactly one more run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const IDLE: u8 = 0;
const RUNNING: u8 = 1;
const RUNNING_AND_ASKED_FOR: u8 = 2;

/// One kind of work. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Once(Arc<AtomicU8>);

impl Once {
    /// Runs `work`. If it is already running, schedules one more run and returns at once.
    pub(super) async fn run<F: Future<Output = ()>>(&self, work: impl Fn() -> F) {
        let next = |state| if state == IDLE { RUNNING } else { RUNNING_AND_ASKED_FOR };
        let set = |state| Some(next(state));
        if self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, set) != Ok(IDLE) {
            return;
        }
        // Even if the work panics or is dropped, it can be requested again.
        let _idle = Idle(&self.0);
        loop {
            work().await;
            let done = self.0.compare_exchange(RUNNING, IDLE, Ordering::AcqRel, Ordering::Acquire);
            if done.is_ok() {
                return;
            }
            self.0.store(RUNNING, Ordering::Release);
        }
    }
}

struct Idle<'a>(&'a AtomicU8);

impl Drop for Idle<'_> {
    fn drop(&mut self) {
        self.0.store(IDLE, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio::sync::Semaphore;

    use super::*;

    #[test]
    fn a_hundred_requests_during_a_run_lead_to_one_more_run() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (once, runs, turn) = (Once::default(), Cell::new(0), Semaphore::new(0));
            let work = || async {
                runs.set(runs.get() + 1);
                turn.acquire().await.unwrap().forget();
            };
            let many = async {
                for _ in 0..100 {
                    once.run(work).await;
                }
                turn.add_permits(5);
            };
            tokio::join!(once.run(work), many);
            assert_eq!(runs.get(), 2);
            once.run(work).await;
            assert_eq!(runs.get(), 3);
        });
    }
}
