//! The language server.
//!
//! A message's path: `frames` (bytes to bodies), `message` (bodies to messages, and back), `reader`
//! (the thread that does both), `session` (one message after the other). An edit goes to the
//! `workspace`, whose documents have a `mailbox` each. A request goes through `answering`, by its
//! row in the table of `requests`: from a `snapshot` to a feature's answer. Diagnostics go through
//! the `publisher`. All that is sent passes through the `outbox`. Long work is done in `pools`.
//!
//! # What tower-lsp does, and what is done here
//! tower-lsp's `LspService` answers `initialize` and `shutdown`, refuses requests before and after
//! them and unknown methods, and hands notifications about settings and files to `lifecycle`. Its
//! JSON-RPC types, and those of lsp-types, are used throughout.
//!
//! Its `Server` loop is not used: it ends on malformed input and not on `exit`, reorders edits, and
//! lets four slow handlers block everything, cancellation included. So frames, order, cancellation
//! and the end of the session are done here. Its `Client` is not used: requests to the client need
//! a bound, and a late reply must be ignored. Documents and requests about them do not pass
//! through its service: a text of 50 MB is unescaped in place, a snapshot is taken at the moment
//! when a request arrives, and a document keeps the client's own name, which lsp-types normalizes.

mod answering;
mod capabilities;
mod catalogs;
mod client;
mod code_actions;
mod completion;
mod configuration;
mod diagnostics;
mod entry_uri;
mod frames;
mod hover;
mod inlay_hints;
mod lifecycle;
mod log;
mod lookup;
mod mailbox;
mod message;
mod navigation;
mod once;
mod options;
mod outbox;
mod pools;
mod positions;
mod process;
mod progress;
mod publisher;
mod reader;
mod requests;
mod session;
mod settings;
mod shared;
mod snapshot;
mod symbols;
mod uri;
mod wire;
mod workspace;

pub use options::Options;
#[cfg(fuzzing)]
pub use reader::count_messages;
pub use session::serve_stdio;
