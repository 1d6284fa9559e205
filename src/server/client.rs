//! What the client can do, read from the raw JSON of `initialize`.
//!
//! lsp-types 0.94 misnames some capabilities.

use serde_json::Value;
use tower_lsp::lsp_types::{MarkupContent, MarkupKind};

use crate::locale::Locale;
use crate::position::Encoding;

/// The command by which a client copies text (LSP has no clipboard).
pub(super) const COPY: &str = "hexplain.copy";

/// The client capabilities that affect answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    /// Whether the client listed the position encodings it supports.
    pub(super) negotiates_encoding: bool,
    pub(super) locale: Locale,
    #[cfg_attr(target_family = "wasm", allow(dead_code))]
    pub(super) process_id: Option<u32>,
    pub(super) has_copy: bool,
    pub(super) hover_markdown: bool,
    pub(super) completion_markdown: bool,
    pub(super) code_action_literals: bool,
    pub(super) hierarchical_symbols: bool,
    pub(super) show_document: bool,
    pub(super) work_done_progress: bool,
    pub(super) pulls_diagnostics: bool,
    pub(super) refreshes_hints: bool,
    pub(super) diagnostic_versions: bool,
    pub(super) diagnostic_links: bool,
    /// Whether diagnostics may link to other locations.
    pub(super) related_information: bool,
    pub(super) configuration: bool,
    pub(super) registers_configuration: bool,
    pub(super) registers_watchers: bool,
    pub(super) relative_patterns: bool,
}

impl Client {
    /// Reads the params of `initialize`.
    pub(super) fn read(params: &Value) -> Self {
        let capabilities = &params["capabilities"];
        let at = |pointer: &str| capabilities.pointer(pointer).unwrap_or(&Value::Null);
        let has = |pointer: &str| at(pointer).as_bool().unwrap_or(false);
        let lists = |list: &Value, item: &str| {
            list.as_array().is_some_and(|list| list.iter().any(|value| value == item))
        };
        // Formats are listed in the client's order of preference.
        let markdown = |pointer: &str| {
            let known = |format: &&Value| *format == "markdown" || *format == "plaintext";
            let formats = at(pointer).as_array();
            formats.and_then(|formats| formats.iter().find(known)).is_some_and(|f| f == "markdown")
        };
        let encodings = at("/general/positionEncodings");
        let locale = params["locale"].as_str().and_then(Locale::parse);
        Self {
            encoding: if lists(encodings, "utf-8") {
                Encoding::Utf8
            } else if lists(encodings, "utf-32") && !lists(encodings, "utf-16") {
                Encoding::Utf32
            } else {
                Encoding::Utf16
            },
            negotiates_encoding: encodings.is_array(),
            locale: locale.unwrap_or_else(Locale::from_environment),
            process_id: params["processId"].as_u64().and_then(|id| u32::try_from(id).ok()),
            has_copy: lists(&params["initializationOptions"]["clientCommands"], COPY),
            hover_markdown: markdown("/textDocument/hover/contentFormat"),
            completion_markdown: markdown(
                "/textDocument/completion/completionItem/documentationFormat",
            ),
            code_action_literals: at("/textDocument/codeAction/codeActionLiteralSupport")
                .is_object(),
            hierarchical_symbols: has(
                "/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport",
            ),
            show_document: has("/window/showDocument/support"),
            work_done_progress: has("/window/workDoneProgress"),
            // A client that can't be asked to pull again would keep results of outdated settings.
            pulls_diagnostics: at("/textDocument/diagnostic").is_object()
                && (has("/workspace/diagnostics/refreshSupport")
                    || has("/workspace/diagnostic/refreshSupport")),
            refreshes_hints: has("/workspace/inlayHint/refreshSupport"),
            diagnostic_versions: has("/textDocument/publishDiagnostics/versionSupport"),
            diagnostic_links: has("/textDocument/publishDiagnostics/codeDescriptionSupport")
                || has("/textDocument/diagnostic/codeDescriptionSupport"),
            related_information: has("/textDocument/publishDiagnostics/relatedInformation")
                || has("/textDocument/diagnostic/relatedInformation"),
            configuration: has("/workspace/configuration"),
            registers_configuration: has("/workspace/didChangeConfiguration/dynamicRegistration"),
            registers_watchers: has("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            relative_patterns: has("/workspace/didChangeWatchedFiles/relativePatternSupport"),
        }
    }
}

/// A text as the client renders it.
pub(super) fn markup(markdown: bool, value: String) -> MarkupContent {
    MarkupContent {
        kind: if markdown { MarkupKind::Markdown } else { MarkupKind::PlainText },
        value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_known_format_is_the_preferred_one() {
        for (formats, markdown) in [
            (json!(["markdown", "plaintext"]), true),
            (json!(["plaintext", "markdown"]), false),
            (json!(["html", "markdown"]), true),
            (json!(["plaintext"]), false),
            (json!([]), false),
            (json!(null), false),
        ] {
            let capabilities = json!({ "textDocument": {
                "hover": { "contentFormat": formats },
                "completion": { "completionItem": { "documentationFormat": formats } },
            } });
            let client = Client::read(&json!({ "capabilities": capabilities }));
            assert_eq!(
                (client.hover_markdown, client.completion_markdown),
                (markdown, markdown),
                "{formats}"
            );
        }
    }
}
