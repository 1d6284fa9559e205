//! The processes around this one: the client at the other end of the pipes, and the parent process
//! named in `initialize`.

use std::time::Duration;

use super::shared::Shared;
use super::tasks;

/// Completes when the process that the client named in `initialize` has ended.
#[cfg(not(target_family = "wasm"))]
pub(super) async fn parent_gone(shared: &Shared) {
    let mut parent: Option<Parent> = None;
    loop {
        tasks::sleep(Duration::from_secs(2)).await;
        if let Some(pid) = shared.workspace().client.process_id
            && !parent.get_or_insert_with(|| Parent::new(pid)).is_alive()
        {
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

/// No safe function tells this on other systems. There, a client that exits closes both pipes, so
/// that writing fails.
#[cfg(not(unix))]
fn is_hung_up() -> bool {
    false
}

/// The process that the client named.
#[cfg(not(target_family = "wasm"))]
struct Parent {
    pid: u32,
    /// Keeps Windows from reusing the process's id.
    #[cfg(windows)]
    held: Option<winsafe::guard::CloseHandleGuard<winsafe::HPROCESS>>,
}

#[cfg(unix)]
impl Parent {
    fn new(pid: u32) -> Self {
        Self { pid }
    }

    fn is_alive(&mut self) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw);
        pid.is_none_or(|pid| {
            // A process that we may not signal still exists.
            rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
        })
    }
}

#[cfg(windows)]
impl Parent {
    fn new(pid: u32) -> Self {
        Self { pid, held: None }
    }

    fn is_alive(&mut self) -> bool {
        use winsafe::{HPROCESS, co};
        if self.held.is_none() {
            match HPROCESS::OpenProcess(co::PROCESS::SYNCHRONIZE, false, self.pid) {
                Ok(process) => self.held = Some(process),
                // A process that we may not open still exists. The idle process has the id 0.
                Err(error) => return self.pid == 0 || error != co::ERROR::INVALID_PARAMETER,
            }
        }
        let ended = self.held.as_ref().map(|process| process.WaitForSingleObject(Some(0)));
        ended != Some(Ok(co::WAIT::OBJECT_0))
    }
}

/// On other systems, the closed pipe shows that the parent has ended.
#[cfg(not(any(unix, windows, target_family = "wasm")))]
impl Parent {
    fn new(pid: u32) -> Self {
        Self { pid }
    }

    fn is_alive(&mut self) -> bool {
        let _ = self.pid;
        true
    }
}
