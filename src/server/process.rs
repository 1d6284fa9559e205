//! The processes around this one: the client at the other end of the pipes, and the parent process
//! named in `initialize`.

use std::time::Duration;

use super::shared::Shared;
use super::tasks;

/// Completes when the process that the client named in `initialize` has ended.
#[cfg(not(target_family = "wasm"))]
pub(super) async fn parent_gone(shared: &Shared) {
    loop {
        tasks::sleep(Duration::from_secs(2)).await;
        let parent = shared.workspace().client.process_id;
        if parent.is_some_and(|pid| !is_alive(pid)) {
            return;
        }
    }
}

/// Completes when the client has closed stdin, even if unread input remains. Needed while the
/// client does not read its answers: the reader is then waiting as well, and can't see the end.
pub(super) async fn stdin_hung_up() {
    loop {
        tasks::sleep(Duration::from_millis(500)).await;
        if is_hung_up() {
            return;
        }
    }
}

#[cfg(unix)]
fn is_hung_up() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = rustix::stdio::stdin();
    let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut asked, Some(&at_once)).is_ok() && asked[0].revents().contains(PollFlags::HUP)
}

/// On other systems, a client that exits closes its pipe, and writing to it fails.
#[cfg(not(unix))]
fn is_hung_up() -> bool {
    false
}

#[cfg(unix)]
fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_none_or(|pid| {
        // A process that we may not signal still exists.
        rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
    })
}

/// On other systems, the closed pipe shows that the parent has ended.
#[cfg(not(any(unix, target_family = "wasm")))]
fn is_alive(_: u32) -> bool {
    true
}
