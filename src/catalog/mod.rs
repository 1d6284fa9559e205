//! The catalog: data in, answers out. It does not know documents or LSP, and does no I/O.
//!
//! A catalog is a stack of layers, each a packed table: the built-in families, then the user's
//! files, then the workspace's. An entry in a later layer replaces the entry with the same
//! identity (`format::Identity`); a layer that gives a family a title redefines it and discards
//! what earlier layers define for it.

mod builtin;
mod format;
mod layers;
mod lookup;
#[cfg(any(feature = "server", test))]
mod ordered;
mod search;
mod views;

#[cfg(test)]
mod model_tests;

pub(crate) use format::{LONGEST_NAME, NumberRange, last, pattern, regexes, role, sign};
pub use format::{Problem, Severity};
pub use layers::{Catalog, Layer};
pub(crate) use views::NotationText;
pub use views::{Entry, EntryId, Family, FamilyId, NameId};
