//! How the server respects the client's preferences and the other servers in an editor.

mod support;

use serde_json::{Value, json};
use support::{Client, at, everywhere};

const A: &str = "file:///a.log";

/// What a client's list of formats, most preferred first, leads to (LSP 3.17, `MarkupKind`).
const FORMATS: [(&[&str], &str); 6] = [
    (&["markdown", "plaintext"], "markdown"),
    (&["plaintext", "markdown"], "plaintext"),
    (&["html", "plaintext", "markdown"], "plaintext"),
    (&["html", "markdown"], "markdown"),
    (&["plaintext"], "plaintext"),
    (&[], "plaintext"),
];

#[test]
fn a_hover_has_the_format_that_the_client_prefers() {
    for (formats, preferred) in FORMATS {
        let capabilities = json!({ "textDocument": { "hover": { "contentFormat": formats } } });
        let mut client = Client::start(capabilities, Value::Null);
        client.open(A, "0x87D1FDE8");
        let hover = client.request("textDocument/hover", at(A, 0, 3));
        assert_eq!(hover["contents"]["kind"], preferred, "{formats:?}");
        let is_markdown = hover["contents"]["value"].as_str().unwrap().contains("**");
        assert_eq!(is_markdown, preferred == "markdown", "{formats:?}: {hover}");
        client.shutdown();
    }
}

#[test]
fn a_completions_documentation_has_the_format_that_the_client_prefers() {
    for (formats, preferred) in FORMATS {
        let item = json!({ "documentationFormat": formats });
        let capabilities = json!({ "textDocument": { "completion": { "completionItem": item } } });
        let mut client = Client::start(capabilities, Value::Null);
        client.open(A, "0x87D1FDE8");
        let list = client.request("textDocument/completion", at(A, 0, 10));
        let resolved = client.request("completionItem/resolve", list["items"][0].clone());
        assert_eq!(resolved["documentation"]["kind"], preferred, "{formats:?}");
        client.shutdown();
    }
}

/// The `diagnostics` of each quick fix for the first code in `0x87D1FDE8 HTTP 503`, where `choose`
/// selects the request's diagnostics from our own and a linter's.
fn attached(choose: impl Fn([Value; 2], Value) -> Vec<Value>) -> Vec<Value> {
    let mut client = Client::modern();
    client.open(A, "0x87D1FDE8 HTTP 503");
    let own: [Value; 2] = client.diagnostics(A, None).try_into().unwrap();
    let foreign = json!({ "range": own[0]["range"], "source": "eslint", "code": "0x87D1FDE8",
                          "message": "no magic numbers", "severity": 2 });
    let mut params = everywhere(A);
    params["range"] = own[0]["range"].clone();
    params["context"]["diagnostics"] = json!(choose(own, foreign));
    let actions = client.request("textDocument/codeAction", params);
    let actions = actions.as_array().unwrap().iter();
    let fixes: Vec<Value> = actions
        .filter(|action| action["kind"] == "quickfix")
        .map(|action| action["diagnostics"].clone())
        .collect();
    assert!(!fixes.is_empty());
    client.shutdown();
    fixes
}

#[test]
fn a_quick_fix_is_for_our_own_diagnostic_of_its_code_only() {
    let fixes = attached(|[first, second], foreign| vec![foreign, second, first]);
    for diagnostics in fixes {
        let found = diagnostics.as_array().unwrap();
        assert_eq!(found.len(), 1, "{diagnostics}");
        let own = (&found[0]["source"], &found[0]["code"]);
        assert_eq!(own, (&json!("hexplain"), &json!("0x87D1FDE8")));
    }
}

#[test]
fn a_quick_fix_is_not_for_the_diagnostics_of_other_servers() {
    for diagnostics in attached(|_, foreign| vec![foreign]) {
        assert!(diagnostics.as_array().is_none_or(Vec::is_empty), "{diagnostics}");
    }
    // A server may leave out the source of its diagnostics.
    let unnamed = |_, mut foreign: Value| {
        foreign.as_object_mut().unwrap().remove("source");
        vec![foreign]
    };
    for diagnostics in attached(unnamed) {
        assert!(diagnostics.as_array().is_none_or(Vec::is_empty), "{diagnostics}");
    }
}
