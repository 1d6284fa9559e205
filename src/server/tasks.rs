//! What runs beside the session: on tokio's runtime; in WebAssembly, which has neither threads nor
//! a clock, on an executor of its own, and long work in place.

use std::time::Duration;

use futures_util::future::{AbortHandle, abortable};

/// Runs `task` concurrently with the session. The handle ends it early.
pub(super) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
    let (task, handle) = abortable(task);
    platform::spawn(async move {
        let _ = task.await;
    });
    handle
}

/// Runs `work` on a thread. `None` if it panicked.
pub(super) async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    platform::on_thread(work).await
}

/// Waits for some time; where there is no clock, forever.
pub(super) async fn sleep(time: Duration) {
    platform::sleep(time).await;
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

    pub(super) async fn on_thread<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        tokio::task::spawn_blocking(work).await.ok()
    }

    pub(super) async fn sleep(time: Duration) {
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

    pub(super) fn spawn(task: impl Future<Output = ()> + 'static) {
        SPAWNER.with(|spawner| spawner.spawn_local(task)).expect("the pool lives as long as this");
    }

    pub(super) async fn on_thread<T>(work: impl FnOnce() -> T) -> Option<T> {
        Some(work())
    }

    pub(super) async fn sleep(_: Duration) {
        std::future::pending().await
    }

    pub(super) fn run_until_stalled() {
        POOL.with_borrow_mut(LocalPool::run_until_stalled);
    }
}

/// Runs `task` concurrently with the others.
#[cfg(target_family = "wasm")]
pub(super) fn spawn_here(task: impl Future<Output = ()> + 'static) {
    platform::spawn(task);
}

/// Runs all tasks until each of them waits for a message.
#[cfg(target_family = "wasm")]
pub(super) fn run_until_stalled() {
    platform::run_until_stalled();
}
