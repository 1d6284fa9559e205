//! What runs beside the session: on tokio's runtime; in WebAssembly, which has neither threads nor
//! a clock, on an executor of its own, and long work in place.

use std::time::Duration;

use futures_util::future::{AbortHandle, abortable};

pub(super) use platform::{on_thread, sleep};
#[cfg(target_family = "wasm")]
pub(super) use platform::{run_until_stalled, spawn as spawn_here};

/// Runs `task` concurrently with the session. The handle ends it early.
pub(super) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
    let (task, handle) = abortable(task);
    platform::spawn(async move {
        let _ = task.await;
    });
    handle
}

/// The result of a future, unless it takes longer than `time`.
pub(super) async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        result = future => Some(result),
        () = sleep(time) => None,
    }
}

#[cfg(not(target_family = "wasm"))]
mod platform {
    use std::time::Duration;

    pub(super) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(task);
    }

    /// Runs `work` on a thread. `None` if it panicked.
    pub(in crate::server) async fn on_thread<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        tokio::task::spawn_blocking(work).await.ok()
    }

    pub(in crate::server) async fn sleep(time: Duration) {
        tokio::time::sleep(time).await;
    }
}

#[cfg(target_family = "wasm")]
mod platform {
    use std::cell::RefCell;
    use std::time::Duration;

    use futures_executor::LocalPool;
    use futures_util::task::LocalSpawnExt as _;

    thread_local! {
        static POOL: RefCell<LocalPool> = RefCell::default();
        static SPAWNER: futures_executor::LocalSpawner = POOL.with_borrow(LocalPool::spawner);
    }

    pub(in crate::server) fn spawn(task: impl Future<Output = ()> + 'static) {
        SPAWNER.with(|spawner| spawner.spawn_local(task)).expect("the pool lives as long as this");
    }

    /// Runs `work` in place.
    pub(in crate::server) async fn on_thread<T>(work: impl FnOnce() -> T) -> Option<T> {
        Some(work())
    }

    /// Waits forever.
    pub(in crate::server) async fn sleep(_: Duration) {
        std::future::pending().await
    }

    /// Runs all tasks until each of them waits for a message.
    pub(in crate::server) fn run_until_stalled() {
        POOL.with_borrow_mut(LocalPool::run_until_stalled);
    }
}
