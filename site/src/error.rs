//! What can go wrong: a file, a template, or a mistake in a page of the guide.

use std::fmt;
use std::io;
use std::path::Path;

/// Why the site could not be generated or checked: what, and in which file.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    /// A mistake in a source of the site.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A file that can't be read or written.
    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        Self(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<minijinja::Error> for Error {
    fn from(error: minijinja::Error) -> Self {
        Self(format!("{error:#}"))
    }
}
