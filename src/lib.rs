//! hexplain finds the error codes in a text and explains them from a catalog.
//!
//! ```
//! use std::sync::Arc;
//!
//! use hexplain::{Catalog, Locale, Scanner, explain};
//!
//! let catalog = Arc::new(Catalog::builtin());
//! let scanner = Scanner::new(Arc::clone(&catalog));
//! let text = "The installation failed with 0x80070005.";
//!
//! let found = scanner.scan(text);
//! assert_eq!(found.len(), 1);
//! assert_eq!(&text[found[0].range()], "0x80070005");
//!
//! let answers = explain::answers(&catalog, found[0].meaning, Locale::En);
//! assert_eq!(answers[0].hex.as_deref(), Some("0x80070005"));
//! assert_eq!(answers[0].name.as_deref(), Some("E_ACCESSDENIED"));
//! ```
//!
//! Data flows one way: [`Catalog`] (known codes) and [`Code`] (a 32-bit value) are at the bottom;
//! [`Scanner`] builds on them (text in, occurrences out), [`Document`] on the scanner (an editable
//! text, with its occurrences kept up to date); the language server and the command line are on
//! top. ARCHITECTURE.md describes the files.
//!
//! # Features
//!
//! | Feature  | Default | What it adds                                      |
//! |----------|---------|---------------------------------------------------|
//! | `server` | yes     | the language server, as `server::serve_stdio`     |
//! | `cli`    | yes     | the command line, as `cli::main`, and the program |
//!
//! Without features, the crate consists of the catalog, the scanner, the document and the
//! explanations.

pub mod catalog;
#[cfg(any(feature = "server", feature = "cli"))]
mod catalog_files;
#[cfg(feature = "cli")]
pub mod cli;
mod code;
mod document;
#[cfg(any(feature = "server", feature = "cli"))]
mod environment;
pub mod explain;
mod locale;
mod position;
pub mod scan;
#[cfg(feature = "server")]
pub mod server;
#[cfg(test)]
mod work;

pub use catalog::Catalog;
pub use code::{Anatomy, Code, Shape};
pub use document::{Document, File};
pub use locale::{Locale, Text};
pub use position::{Encoding, Place};
pub use scan::{FileKind, Occurrence, Scanner};
