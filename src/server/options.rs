//! The command-line options of a session.

use std::path::PathBuf;

use crate::locale::Locale;

/// The options of `hexplain lsp`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Catalog files, or folders of them, layered below those of the settings.
    pub catalogs: Vec<PathBuf>,
    /// The language if the settings name none; `None` for the client's.
    pub locale: Option<Locale>,
}
