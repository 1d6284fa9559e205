//! A document is known by the URI that the client gave it, character by character, however else the
//! URI could be written.

mod support;

use serde_json::{Value, json};
use support::{Client, at, document, everywhere, inserting};

/// URIs as editors write them, including some that a URL library would write differently.
const URIS: [&str; 27] = [
    "file:///logs/a.log",
    "file:///logs/é.log",
    "file:///logs/😀.log",
    "file:///logs/a b.log",
    "file:///logs/a`b.log",
    "file:///logs/a+b.log",
    "file:///logs/a[1].log",
    "file:///logs/a{1}^|'.log",
    "file:///logs/%C3%A9.log",
    "file:///logs/%c3%a9.log",
    "file:///logs/a%20b.log",
    "file:///logs/a%2Bb.log",
    "file:///logs/a%5b1%5D.log",
    "file:///logs/100%25.log",
    "file:///logs/b/../a.log",
    "file:///logs/./a.log",
    "file:///logs//a.log",
    "file://localhost/logs/a.log",
    "file://SERVER/share/a.log",
    "file:///C%3A/logs/a.log",
    "file:///c%3A/logs/a.log",
    "file:///C%3a/logs/a.log",
    "file:///C:/logs/a.log",
    "untitled:Untitled-1",
    "vscode-notebook-cell:/c%3A/logs/a.ipynb#W0sZmlsZQ%3D%3D",
    "vscode-notebook-cell:///logs/a%20b.ipynb#W0",
    "vscode-vfs://GitHub/Owner/Repository/a.log",
];

/// The next diagnostics, whatever their URI.
fn published(client: &mut Client) -> (String, usize) {
    let params = client.received("textDocument/publishDiagnostics");
    let count = params["diagnostics"].as_array().unwrap().len();
    (params["uri"].as_str().unwrap().to_owned(), count)
}

#[test]
fn diagnostics_are_published_under_the_clients_own_uri() {
    let mut client = Client::start(json!({}), Value::Null);
    let mut wrong = Vec::new();
    for uri in URIS {
        client.open(uri, "0x87D1FDE8");
        let opened = published(&mut client);
        client.change(uri, 2, json!([inserting(0, 0, "SyncML(404) ")]));
        let changed = published(&mut client);
        client.notify("textDocument/didClose", document(uri));
        let closed = published(&mut client);
        let expected = [1, 2, 0].map(|count| (uri.to_owned(), count));
        if [&opened, &changed, &closed] != expected.each_ref() {
            wrong.push(format!("{uri}: {opened:?}, {changed:?}, {closed:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    client.shutdown();
}

#[test]
fn requests_find_a_document_under_the_clients_own_uri_until_it_is_closed() {
    let mut client = Client::start(json!({}), Value::Null);
    for uri in URIS {
        client.open(uri, "0x87D1FDE8");
        assert!(client.hover(uri, 0, 3).is_some(), "{uri}");
        assert_eq!(client.hints(uri).len(), 1, "{uri}");
        client.notify("textDocument/didClose", document(uri));
        assert_eq!(client.hover(uri, 0, 3), None, "{uri}");
        let symbols = client.request("textDocument/documentSymbol", document(uri));
        assert_eq!(symbols, json!([]), "{uri}");
    }
    client.shutdown();
}

#[test]
fn answers_use_the_clients_uri() {
    let literals = json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } });
    let mut client =
        Client::start(json!({ "textDocument": { "codeAction": literals } }), Value::Null);
    let mut wrong = Vec::new();
    for uri in URIS {
        client.open(uri, "0x87D1FDE8");
        let symbols = client.request("textDocument/documentSymbol", document(uri));
        let mut params = at(uri, 0, 3);
        params["context"] = json!({ "includeDeclaration": true });
        let references = client.request("textDocument/references", params);
        let found = client.request("workspace/symbol", json!({ "query": "remediation failed" }));
        let actions = client.request("textDocument/codeAction", everywhere(uri));
        let rewrites = actions.as_array().unwrap().iter().map(|action| &action["edit"]["changes"]);
        let rewrite =
            rewrites.filter_map(Value::as_object).flat_map(|changes| changes.keys()).next();
        let named = [
            symbols[0]["location"]["uri"].as_str(),
            references[0]["uri"].as_str(),
            found[0]["location"]["uri"].as_str(),
            rewrite.map(String::as_str),
        ];
        if named != [Some(uri); 4] {
            wrong.push(format!("{uri}: {named:?}"));
        }
        client.notify("textDocument/didClose", document(uri));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    client.shutdown();
}
