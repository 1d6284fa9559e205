//! A catalog file that changes without notice from the editor is still read again, and the
//! explanations of built-in entries open at the URIs that a search returns.

mod support;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::Client;

const A: &str = "file:///a.log";

/// A catalog with one entry whose message is `message`.
fn catalog(message: &str) -> String {
    format!(
        "[family]\nid = \"acme\"\ntitle = \"Acme\"\n\n[[entry]]\ncode = 0xE0010001\n\
         severity = \"error\"\nmessage = \"{message}\"\n"
    )
}

/// Hovers, as a user would, until the hover says `message`.
#[track_caller]
fn hovers_until(client: &mut Client, message: &str) {
    let patience = Instant::now() + Duration::from_mins(1);
    while !client.hover(A, 0, 3).is_some_and(|hover| hover.contains(message)) {
        assert!(Instant::now() < patience, "no hover says {message:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_catalog_that_changes_without_notice_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("team.toml");
    fs::write(&file, catalog("The anvil broke")).unwrap();
    let mut client = Client::start(json!({}), json!({ "catalogs": [file] }));
    client.open(A, "0xE0010001");
    hovers_until(&mut client, "The anvil broke");
    fs::write(&file, catalog("The big hammer broke")).unwrap();
    hovers_until(&mut client, "The big hammer broke");
    client.shutdown();
}

#[test]
fn what_a_search_of_the_catalog_finds_can_be_opened() {
    let mut client = Client::start(json!({}), Value::Null);
    let found = client.request("workspace/symbol", json!({ "query": "access denied" }));
    let found = found.as_array().unwrap();
    assert!(!found.is_empty());
    for symbol in found {
        let uri = &symbol["location"]["uri"];
        let opened = client.request("hexplain/document", json!({ "uri": uri }));
        let name = symbol["name"].as_str().unwrap().split(' ').next().unwrap();
        assert!(opened["text"].as_str().is_some_and(|text| text.contains(name)), "{symbol}");
    }
    let uri = "hexplain:/syncml/404.md";
    let french = client.request("hexplain/document", json!({ "uri": uri, "locale": "fr" }));
    assert!(french["text"].as_str().unwrap().contains("Que faire"), "{french}");
    let nothing = client.request("hexplain/document", json!({ "uri": "hexplain:/syncml/x.md" }));
    assert_eq!(nothing, Value::Null);
    client.shutdown();
}

#[test]
fn a_client_that_cannot_watch_gets_a_change_without_asking() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("team.toml");
    fs::write(&file, catalog("The anvil broke")).unwrap();
    let mut client = Client::start(json!({}), json!({ "catalogs": [file] }));
    client.open(A, "0xE0010001");
    let published = |client: &mut Client, message: &str| {
        client.wait_for(&format!("a diagnostic that says {message:?}"), |published| {
            published["params"]["diagnostics"][0]["message"] == message
        });
    };
    published(&mut client, "The anvil broke");
    fs::write(&file, catalog("The big hammer broke")).unwrap();
    published(&mut client, "The big hammer broke");
    client.shutdown();
}
