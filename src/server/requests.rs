//! The table of requests: one row per method, from its params to the answer.
//!
//! A feature is a plain function from a [`Snapshot`] and the params to the answer, in a file of its
//! own. Everything else is the same for all requests; see [`answering`](super::answering).

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Id, Result};
use tower_lsp::lsp_types::{
    CompletionItem, ExecuteCommandParams, InlayHint, WorkspaceSymbolParams,
};

use super::code_actions::Sent;
use super::snapshot::Snapshot;
use super::uri::Uri;
use super::wire::{ActionsAt, At, Params, Whole, Within};
use super::{
    code_actions, completion, diagnostics, hover, inlay_hints, lookup, message, navigation, symbols,
};

/// What a request needs in its snapshot, besides the catalog and the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing else.
    Nothing,
    /// The document that the request names; if it is not open, the answer is `null`.
    Document,
    /// That document, and all open ones.
    DocumentAmongAll,
    /// All open documents.
    All,
}

/// How long an answer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// Microseconds: computed at once.
    Short,
    /// Grows with the text: computed at once if the text is small.
    Text,
    /// Milliseconds: reads the whole catalog.
    Catalog,
}

/// A request method.
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) needs: Needs,
    pub(super) cost: Cost,
    /// Reads the params.
    pub(super) read: Box<dyn Fn(Value) -> Result<Call> + Send + Sync>,
}

/// Computes the body of an answer.
type Answer = Box<dyn FnOnce(&Id, &Snapshot) -> Result<Answered> + Send>;

/// A request whose params have been read.
pub(super) struct Call {
    /// The document that the request names.
    pub(super) uri: Option<Uri>,
    pub(super) answer: Answer,
}

/// An answer, and anything else to send to the client.
pub(super) struct Answered {
    pub(super) body: Vec<u8>,
    pub(super) sent: Option<Sent>,
}

/// All requests about documents and the catalog.
pub(super) fn table() -> Vec<Row> {
    use Cost::{Catalog, Short, Text};
    use Needs::{All, Document, DocumentAmongAll, Nothing};
    let mut rows = vec![
        row("textDocument/hover", Document, Short, |view, at: At| hover::hover(view, at.position)),
        row("textDocument/completion", Document, Short, |view, at: At| {
            completion::completion(view, at.position)
        }),
        row("textDocument/definition", Document, Short, |view, at: At| {
            navigation::definition(view, at.position)
        }),
        row("textDocument/codeAction", Document, Short, |view, params: ActionsAt| {
            code_actions::code_actions(view, &params)
        }),
        row("textDocument/documentHighlight", Document, Text, |view, at: At| {
            navigation::highlights(view, at.position)
        }),
        row("textDocument/documentSymbol", Document, Text, |view, params: Whole| {
            symbols::document_symbols(view, &params.text_document.uri)
        }),
        row("textDocument/diagnostic", Document, Text, |view, at: Whole| {
            diagnostics::report(view, &at.text_document.uri)
        }),
        row("textDocument/inlayHint", Document, Text, |view, params: Within| {
            inlay_hints::inlay_hints(view, params.range)
        }),
        row("textDocument/references", DocumentAmongAll, Text, |view, at: At| {
            navigation::references(view, at.position)
        }),
        row("workspace/symbol", All, Catalog, |view, params: WorkspaceSymbolParams| {
            symbols::search(view, &params.query)
        }),
        row("inlayHint/resolve", Nothing, Short, |view, hint: InlayHint| {
            let markdown = view.client.hover_markdown;
            inlay_hints::resolve(hint, &view.catalog, markdown, view.locale())
        }),
        row("completionItem/resolve", Nothing, Short, |view, item: CompletionItem| {
            let markdown = view.client.completion_markdown;
            completion::resolve(item, &view.catalog, markdown, view.locale())
        }),
        command("workspace/executeCommand", |view, params: ExecuteCommandParams| {
            code_actions::execute(view, &params)
        }),
        row("hexplain/explain", Nothing, Catalog, lookup::explain),
        row("hexplain/search", Nothing, Catalog, |view, params: lookup::Search| {
            lookup::search(view, &params)
        }),
        row("hexplain/document", Nothing, Catalog, |view, params: lookup::EntryOf| {
            lookup::document(view, &params)
        }),
    ];
    if cfg!(debug_assertions) {
        // A deliberate panic, in test builds only: it must fail this request and no other.
        rows.push(row("hexplain/panic", Nothing, Short, |_, _: Value| -> () {
            panic!("asked for: SECRET")
        }));
    }
    rows
}

impl Params for WorkspaceSymbolParams {}
impl Params for InlayHint {}
impl Params for CompletionItem {}
impl Params for ExecuteCommandParams {}
impl Params for Value {}

fn row<P, A>(method: &'static str, needs: Needs, cost: Cost, feature: fn(&Snapshot, P) -> A) -> Row
where
    P: Params + DeserializeOwned + Send + 'static,
    A: Serialize + 'static,
{
    reading(method, needs, cost, move |id, view, params| {
        Ok(Answered { body: message::answer(id, &feature(view, params))?, sent: None })
    })
}

/// A request that is answered with `null` and sends something to the client.
fn command<P>(method: &'static str, feature: fn(&Snapshot, P) -> Result<Sent>) -> Row
where
    P: Params + DeserializeOwned + Send + 'static,
{
    reading(method, Needs::Nothing, Cost::Short, move |id, view, params| {
        let sent = Some(feature(view, params)?);
        Ok(Answered { body: message::answer(id, &Value::Null)?, sent })
    })
}

fn reading<P: Params + DeserializeOwned + Send + 'static>(
    method: &'static str,
    needs: Needs,
    cost: Cost,
    answer: impl Fn(&Id, &Snapshot, P) -> Result<Answered> + Copy + Send + Sync + 'static,
) -> Row {
    let read = move |params: Value| {
        let params: P = serde_json::from_value(params)
            .map_err(|error| Error::invalid_params(error.to_string()))?;
        let uri = params.uri().cloned();
        let answer = Box::new(move |id: &Id, view: &Snapshot| answer(id, view, params));
        Ok(Call { uri, answer })
    };
    Row { method, needs, cost, read: Box::new(read) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;
    use crate::server::settings::Settings;
    use crate::server::snapshot::testing::with_text;

    fn answer(method: &str, params: Value, text: &str) -> Result<Value> {
        let table = table();
        let row = table.iter().find(|row| row.method == method).unwrap();
        let call = (row.read)(params)?;
        let call = std::cell::Cell::new(Some(call));
        let body = with_text(text, &Settings::default(), |view| {
            (call.take().unwrap().answer)(&Id::Number(7), view).map(|answered| answered.body)
        })?;
        Ok(serde_json::from_slice(&body).unwrap())
    }

    #[test]
    fn no_method_has_two_rows() {
        let mut methods = HashSet::new();
        assert!(table().iter().all(|row| methods.insert(row.method)));
    }

    #[test]
    fn an_answer_has_the_id_of_its_request() {
        let at = json!({ "textDocument": { "uri": "file:///a" },
            "position": { "line": 0, "character": 3 } });
        let answer = answer("textDocument/hover", at, "0x87D1FDE8").unwrap();
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(7)));
        assert_eq!(answer["result"]["range"]["end"]["character"], 10);
    }

    #[test]
    fn what_needs_a_document_names_one_and_bad_params_are_refused() {
        let table = table();
        for row in &table {
            let names = |params: Value| (row.read)(params).ok().and_then(|call| call.uri);
            let range = json!({ "start": { "line": 0, "character": 0 },
                "end": { "line": 0, "character": 0 } });
            let params = json!({ "textDocument": { "uri": "file:///é" }, "range": range,
                "position": range["start"], "context": { "diagnostics": [] } });
            let is_about_one = matches!(row.needs, Needs::Document | Needs::DocumentAmongAll);
            assert_eq!(names(params).is_some(), is_about_one, "{}", row.method);
            if is_about_one {
                assert!((row.read)(json!({ "textDocument": { "uri": "x" } })).is_err());
            }
        }
    }
}
