//! hexplain finds the error codes in a text and explains them from a catalog.
//!
//! Data flows one way: [`Catalog`] (what is known) and [`Code`] (one 32-bit value) at the bottom,
//! [`Scanner`] on them (text in, occurrences out), [`Document`] on the scanner (a text that is
//! edited, with its occurrences kept in step), and on top the language server and the command
//! line. ARCHITECTURE.md tells the way through the files.

pub mod catalog;
pub mod cli;
mod code;
mod document;
pub mod explain;
mod locale;
mod position;
pub mod scan;
pub mod server;
#[cfg(test)]
mod work;

pub use catalog::Catalog;
pub use code::{Anatomy, Code, Shape};
pub use document::Document;
pub use locale::{Locale, Text};
pub use position::{Encoding, Place};
pub use scan::{Occurrence, Scanner};
