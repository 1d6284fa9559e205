//! The output folder, and the address at which it will be published.

use std::fs;
use std::path::PathBuf;
use std::thread;

use crate::Error;

/// Where files are written.
pub(crate) struct Output {
    folder: PathBuf,
    base: Option<String>,
}

impl Output {
    pub(crate) fn new(folder: impl Into<PathBuf>, base: Option<&str>) -> Self {
        let base = base.map(|base| format!("{}/", base.trim_end_matches('/')));
        Self { folder: folder.into(), base }
    }

    /// The address of a file of the site, if the site has one. A folder stands for its index.
    pub(crate) fn address(&self, path: &str) -> Option<String> {
        let path = match path.strip_suffix("index.html") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
            _ => path,
        };
        self.base.as_ref().map(|base| format!("{base}{path}"))
    }

    /// Writes a file, and makes its folder.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> Result<(), Error> {
        let path = self.folder.join(path);
        let failed = |error| Error::io(&path, &error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, content).map_err(failed)
    }
}

/// Calls `work` for each item, on all processors.
pub(crate) fn for_each<T: Sync>(
    items: &[T],
    work: impl Fn(&T) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let size = items.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let run = |part: &'_ [T]| part.iter().try_for_each(&work);
        let handles: Vec<_> =
            items.chunks(size).map(|part| scope.spawn(move || run(part))).collect();
        handles.into_iter().try_for_each(|handle| handle.join().expect("no thread panics"))
    })
}
