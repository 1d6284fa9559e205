//! The language server.
//!
//! The path of a message: `stdio` (the threads), `frames` (bytes to bodies), `message` (bodies to
//! messages and back), `reader` (the thread that does both), `session` (one message at a time); in
//! WebAssembly, `in_process` takes the place of the first and the third. Edits go to the
//! `workspace`, where each document has a `mailbox`. A request goes through `answering`, as its row
//! in the table of `requests` says: a feature turns a `snapshot` into an answer. Diagnostics go
//! through the `publisher`. Everything sent passes through the `outbox`. Long work runs in `pools`.
//!
//! # What tower-lsp does, and what is done here
//! tower-lsp's `LspService` answers `initialize` and `shutdown`, refuses unknown methods and
//! requests outside that lifetime, and passes notifications about settings and files to
//! `lifecycle`. Its JSON-RPC types and the types of lsp-types are used throughout.
//!
//! Its `Server` loop is not used: it ends on malformed input but not on `exit`, reorders edits, and
//! lets four slow handlers block everything, including cancellation. So frames, order, cancellation
//! and the end of the session are handled here. Its `Client` is not used: requests to the client
//! need a limit, and late replies must be ignored. Documents and requests about them bypass the
//! service: a text of 50 MB is unescaped in place, a snapshot is taken at the moment a request
//! arrives, and a document keeps the client's URI, which lsp-types would normalize.

mod answering;
mod capabilities;
mod catalogs;
mod client;
mod code_actions;
mod completion;
mod configuration;
mod diagnostics;
mod entry_uri;
#[cfg(not(target_family = "wasm"))]
mod frames;
mod hover;
#[cfg(target_family = "wasm")]
mod in_process;
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
#[cfg(not(target_family = "wasm"))]
mod reader;
mod requests;
mod session;
mod settings;
mod shared;
mod snapshot;
#[cfg(not(target_family = "wasm"))]
mod stdio;
mod symbols;
mod tasks;
mod unpublished;
mod unread;
mod uri;
mod wire;
mod workspace;

#[cfg(target_family = "wasm")]
pub use in_process::InProcess;
pub use options::Options;
#[cfg(fuzzing)]
pub use reader::count_messages;
#[cfg(not(target_family = "wasm"))]
pub use stdio::serve_stdio;
