//! What the command line says about a session.

use std::path::PathBuf;

use crate::locale::Locale;

/// The options of `hexplain lsp`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Catalog files, or folders of them, below those of the settings.
    pub catalogs: Vec<PathBuf>,
    /// The language where the settings name none; `None` for the client's.
    pub locale: Option<Locale>,
}
