//! How severe a code is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How bad a code is, from the mildest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// What was asked for is done.
    Success,
    /// A state or a step on the way; nothing failed.
    Information,
    /// Failed for now, or someone must act soon.
    Warning,
    /// Something failed.
    Error,
}

impl Severity {
    /// All of them, in order; the index is how a packed table stores one.
    pub(crate) const ALL: [Self; 4] =
        [Self::Success, Self::Information, Self::Warning, Self::Error];

    /// The name as catalog files and settings write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Severity {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|severity| severity.name() == name).ok_or(())
    }
}
