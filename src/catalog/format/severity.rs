//! How severe a code is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The severity of a code, from lowest to highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The operation succeeded.
    Success,
    /// A state or an intermediate step; nothing failed.
    Information,
    /// Something failed temporarily, or needs attention soon.
    Warning,
    /// Something failed.
    Error,
}

impl Severity {
    /// All severities, in order; a packed table stores the index.
    pub(crate) const ALL: [Self; 4] =
        [Self::Success, Self::Information, Self::Warning, Self::Error];

    /// The name used in catalog files and settings.
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
