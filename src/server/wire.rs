//! Params and results that name documents, with the client's own URIs: the lsp-types versions
//! normalize them (see [`Uri`]).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_lsp::lsp_types::{
    CodeActionKind, Command, Diagnostic, Position, Range, SymbolKind,
    TextDocumentContentChangeEvent,
};

use super::uri::Uri;

/// The documents that a request's params name.
pub(super) trait Params {
    /// The document in question; `None` for a request about the catalog.
    fn uri(&self) -> Option<&Uri> {
        None
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Identifier {
    pub(super) uri: Uri,
}

/// The params of a request about a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Whole {
    pub(super) text_document: Identifier,
}

/// The params of a request about a position in a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct At {
    pub(super) text_document: Identifier,
    pub(super) position: Position,
}

/// The params of a request about a range in a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Within {
    pub(super) text_document: Identifier,
    pub(super) range: Range,
}

/// The params of `textDocument/codeAction`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionsAt {
    pub(super) text_document: Identifier,
    pub(super) range: Range,
    pub(super) context: ActionContext,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ActionContext {
    /// As received: diagnostics of other servers may have any form.
    #[serde(default)]
    pub(super) diagnostics: Vec<Value>,
    #[serde(default)]
    pub(super) only: Option<Vec<CodeActionKind>>,
}

impl Params for Whole {
    fn uri(&self) -> Option<&Uri> {
        Some(&self.text_document.uri)
    }
}

impl Params for At {
    fn uri(&self) -> Option<&Uri> {
        Some(&self.text_document.uri)
    }
}

impl Params for Within {
    fn uri(&self) -> Option<&Uri> {
        Some(&self.text_document.uri)
    }
}

impl Params for ActionsAt {
    fn uri(&self) -> Option<&Uri> {
        Some(&self.text_document.uri)
    }
}

/// The params of `textDocument/didChange`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DidChange {
    pub(super) text_document: Versioned,
    pub(super) content_changes: Vec<TextDocumentContentChangeEvent>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Versioned {
    pub(super) uri: Uri,
    pub(super) version: i32,
}

/// The params of `textDocument/publishDiagnostics`.
#[derive(Debug, Serialize)]
pub(super) struct Publication<'a> {
    pub(super) uri: &'a Uri,
    pub(super) diagnostics: Vec<Diagnostic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Location {
    pub(super) uri: Uri,
    pub(super) range: Range,
}

/// A `SymbolInformation`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Symbol {
    pub(super) name: String,
    pub(super) kind: SymbolKind,
    pub(super) location: Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) container_name: Option<String>,
}

/// A `CodeAction`, or its `Command` alone for an old client.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum ActionOrCommand {
    Action(Action),
    Command(Command),
}

#[derive(Debug, Serialize)]
pub(super) struct Action {
    pub(super) title: String,
    pub(super) kind: CodeActionKind,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) diagnostics: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) edit: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) command: Option<Command>,
}
