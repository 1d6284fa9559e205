//! The catalog file format: the TOML source, its checks, and the packed table.
//!
//! The module does no I/O and depends only on `crate::code`, so that `build.rs` can include it
//! unchanged: the build, `hexplain catalog check` and the server accept and reject the same files.

mod check;
mod freedom;
mod identity;
pub(crate) mod keys;
pub(crate) mod last;
mod model;
mod needed;
mod number;
pub(crate) mod pack;
pub(crate) mod pattern;
pub(crate) mod regexes;
pub(crate) mod role;
mod severity;
pub(crate) mod sign;
mod words;

pub use check::Problem;
pub(crate) use check::{LONGEST_NAME, MOST_ALIKE, problems_among};
#[allow(unused_imports)] // only the build starts without layers
pub(crate) use identity::Unknown;
pub(crate) use identity::{Identity, Known, Place};
pub(crate) use model::Source;
pub(crate) use number::{Formula, Formulas, NumberRange, reading};
pub use severity::Severity;
