//! Each feature of the language server, as editors use it.

mod support;

use std::fs;

use serde_json::{Value, json};
use support::{
    Client, at, attentive, document, everywhere, file_uri, modern_capabilities, place, places,
    strings,
};

const A: &str = "file:///a.log";
const B: &str = "file:///b.log";

/// A user's catalog file. Its only entry starts in line 4, counted from 0.
const ACME: &str = "[family]\nid = \"acme\"\ntitle = \"Acme\"\n\n[[entry]]\ncode = 0xE0010001\n\
    severity = \"error\"\nmessage = \"The anvil broke\"\nremedy = \"Order another anvil\"\n";

/// A client after these settings have taken effect.
fn with_settings(settings: Value) -> Client {
    let mut client = Client::start(attentive(), settings);
    client.received("workspace/inlayHint/refresh");
    client
}

fn with_text(text: &str) -> Client {
    let mut client = Client::modern();
    client.open(A, text);
    client
}

fn assert_plain(markup: &Value) {
    let text = markup["value"].as_str().unwrap();
    assert_eq!(markup["kind"], "plaintext");
    let marks = ["**", "](", "`", "\\*", "\\_", "  \n", "\n---"];
    assert!(!marks.iter().any(|mark| text.contains(mark)), "{text}");
}

// Hover.

#[test]
fn a_hover_has_every_fact_about_a_code() {
    let mut client = with_text("😀 SyncML(404) and 0x87D10194");
    let hover = client.request("textDocument/hover", at(A, 0, 5));
    assert_eq!(place(&hover["range"]), "0:3-14");
    assert_eq!(hover["contents"]["kind"], "markdown");
    let text = hover["contents"]["value"].as_str().unwrap();
    for part in [
        "**0x87D10194**",
        "-2016345708",
        "2278621588",
        "SyncML",
        "404",
        "Occurs 2 times",
        "**What to do:**",
        "](https://",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(client.hover(A, 0, 16), None);
    client.shutdown();
}

#[test]
fn a_hover_is_plain_text_for_a_client_that_asks_for_it() {
    for capabilities in [
        json!({ "textDocument": { "hover": { "contentFormat": ["plaintext"] } } }),
        json!({ "textDocument": { "hover": {} } }),
        json!({}),
    ] {
        let mut client = Client::start(capabilities, Value::Null);
        client.open(A, "SyncML(404) 0x87D13AA4 HTTP 503 0x87D1FDE8");
        for column in [1, 14, 28, 33] {
            assert_plain(&client.request("textDocument/hover", at(A, 0, column))["contents"]);
        }
    }
}

#[test]
fn an_unknown_code_has_a_hover_with_its_fields_and_no_diagnostic() {
    let mut client = with_text("hr=0x8123ABCD");
    assert!(client.hover(A, 0, 5).unwrap().contains("facility 291, code 43981"));
    assert_eq!(client.diagnostics(A, None), [Value::Null; 0]);
}

// Diagnostics.

#[test]
fn diagnostics_are_pushed_with_their_version() {
    let mut client = with_text("0x87D1FDE8 HTTP 503 SyncML(200) hr=0");
    let found = client.diagnostics(A, Some(1));
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((&found[0]["code"], &found[1]["code"]), (&json!("0x87D1FDE8"), &json!("503")));
    assert_eq!((&found[0]["severity"], &found[1]["severity"]), (&json!(1), &json!(2)));
    for diagnostic in &found {
        assert_eq!(diagnostic["source"], "hexplain");
        assert!(!diagnostic["message"].as_str().unwrap().contains('\n'));
    }
    assert!(found[1]["codeDescription"]["href"].as_str().unwrap().starts_with("https://"));
    let hover = client.hover(A, 0, 3).unwrap();
    assert_ne!(hover.lines().next(), found[0]["message"].as_str());
    client.change(A, 2, json!([{ "text": "nothing" }]));
    assert_eq!(client.diagnostics(A, Some(2)), [Value::Null; 0]);
    client.shutdown();
}

#[test]
fn closing_a_document_clears_its_diagnostics() {
    let mut client = with_text("0x87D1FDE8");
    assert_eq!(client.diagnostics(A, None).len(), 1);
    client.notify("textDocument/didClose", document(A));
    assert_eq!(client.diagnostics(A, None), [Value::Null; 0]);
    assert_eq!(client.hover(A, 0, 3), None);
}

#[test]
fn a_document_that_is_not_open_is_empty() {
    let mut client = Client::modern();
    let report = client.request("textDocument/diagnostic", document(A));
    assert_eq!(report, json!({ "kind": "full", "items": [] }));
    assert_eq!(client.request("textDocument/hover", at(A, 5, 3)), Value::Null);
    assert_eq!(client.request("textDocument/inlayHint", everywhere(A)), json!([]));
    assert_eq!(client.request("textDocument/codeAction", everywhere(A)), json!([]));
}

#[test]
fn a_client_that_pulls_diagnostics_is_not_pushed_any() {
    let mut capabilities = modern_capabilities();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    let mut client = Client::start(capabilities, Value::Null);
    client.open(A, "0x87D1FDE8");
    client.change(A, 2, json!([{ "text": "0x87D1FDE8 SyncML(404)" }]));
    let pulled = client.request("textDocument/diagnostic", document(A));
    assert_eq!((&pulled["kind"], places(&pulled["items"]).len()), (&json!("full"), 2));
    client.configuration = json!({ "ignore": ["0x87D1FDE8"] });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.received("workspace/diagnostic/refresh");
    assert_eq!(
        places(&client.request("textDocument/diagnostic", document(A))["items"]),
        ["0:11-22"]
    );
    client.notify("textDocument/didClose", document(A));
    let sent = client.meanwhile();
    assert!(sent.iter().all(|m| m["method"] != "textDocument/publishDiagnostics"), "{sent:?}");
}

#[test]
fn beyond_the_maximum_each_code_keeps_its_first_diagnostic_and_the_rest_are_counted() {
    let text = format!("{}0x87D1FDE9 SyncML(404)", "0x87D1FDE8\n".repeat(1_500));
    let mut client = with_text(&text);
    let found = client.diagnostics(A, None);
    assert_eq!(found.len(), 1_000);
    assert!(found[999]["message"].as_str().unwrap().contains("503 more"), "{}", found[999]);
    let tail: Vec<String> = found[996..999].iter().map(|found| place(&found["range"])).collect();
    assert_eq!(tail, ["996:0-10", "1500:0-10", "1500:11-22"]);
    let mut client = with_settings(json!({ "diagnostics": { "maxPerFile": 3 } }));
    client.open(A, &text);
    let found = client.diagnostics(A, None);
    assert_eq!(found.len(), 3);
    assert!(found[2]["message"].as_str().unwrap().contains("1500 more"), "{}", found[2]);
}

// Hints and completion.

#[test]
fn hints_come_after_codes_in_the_requested_range_and_are_resolved() {
    let mut client = with_text("a 0x87D1FDE8\r\nSyncML(404) x\r\n0x87D1FDE8");
    let found = client.request("textDocument/inlayHint", everywhere(A));
    let ends: Vec<(u64, u64)> = client.hints(A).iter().map(|hint| (hint.0, hint.1)).collect();
    assert_eq!(ends, [(0, 12), (1, 11), (2, 10)]);
    let resolved = client.request("inlayHint/resolve", found[1].clone());
    assert_eq!(resolved["label"], found[1]["label"]);
    assert!(
        resolved["tooltip"]["value"].as_str().unwrap().contains("**0x87D10194**"),
        "{resolved}"
    );
    let mut second = everywhere(A);
    second["range"] =
        json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 13 } });
    let in_range = client.request("textDocument/inlayHint", second);
    assert_eq!(in_range, json!([found[1]]));
    client.shutdown();
}

#[test]
fn completion_offers_codes_and_names_from_any_prefix() {
    for (text, column, label, range) in [
        ("error 0x87D1FD", 14, "0x87D1FDE8", "0:6-14"),
        ("error 0x87D1FDE9", 14, "0x87D1FDE8", "0:6-16"),
        ("error 0x87d1fd0000", 14, "0x87D1FDE8", "0:6-18"),
        ("(-201628)", 8, "-2016281112", "0:1-8"),
        ("227868", 6, "2278686184", "0:0-6"),
        ("😀 APP_CI_ENF", 13, "APP_CI_ENFORCEMENT_ERROR_INSTALLING", "0:3-13"),
        ("APP_CI_ENFORCEMENT_X y", 10, "APP_CI_ENFORCEMENT_ERROR", "0:0-20"),
    ] {
        let mut client = with_text(text);
        let list = client.request("textDocument/completion", at(A, 0, column));
        let item = list["items"].as_array().unwrap().iter().find(|item| item["label"] == label);
        let item = item.unwrap_or_else(|| panic!("{label} for {text}")).clone();
        assert_eq!(
            (&item["textEdit"]["newText"], place(&item["textEdit"]["range"])),
            (&json!(label), range.to_owned())
        );
        assert!(item.get("documentation").is_none());
        let resolved = client.request("completionItem/resolve", item);
        let documentation = &resolved["documentation"];
        assert_eq!(documentation["kind"], "markdown");
        assert!(
            documentation["value"].as_str().unwrap().contains("**What to do:**"),
            "{documentation}"
        );
    }
}

#[test]
fn plain_words_have_no_completion_and_documentation_can_be_plain_text() {
    let mut client = Client::start(attentive(), Value::Null);
    client.open(A, "the end 0x87D1FDE");
    let list = client.request("textDocument/completion", at(A, 0, 3));
    assert_eq!(list["items"].as_array().map_or(0, Vec::len), 0, "{list}");
    let list = client.request("textDocument/completion", at(A, 0, 17));
    let resolved = client.request("completionItem/resolve", list["items"][0].clone());
    assert_plain(&resolved["documentation"]);
}

// Code actions and their commands.

#[test]
fn code_actions_copy_rewrite_and_open() {
    let mut client = with_text("x 0x87D1FDE8 HTTP 503");
    let at_first = |only: Value| {
        let mut params = everywhere(A);
        params["range"]["end"] = json!({ "line": 0, "character": 5 });
        params["context"]["only"] = only;
        params
    };
    let actions = client.request("textDocument/codeAction", at_first(Value::Null));
    let mut texts = Vec::new();
    for action in actions.as_array().unwrap() {
        let (command, edit) = (&action["command"], &action["edit"]["changes"][A]);
        let text = if edit.is_null() { &command["arguments"][0] } else { &edit[0]["newText"] };
        let kind = action["kind"].as_str().unwrap();
        let title = action["title"].as_str().unwrap();
        texts.push((title, kind, text.as_str().unwrap()));
        match kind {
            "quickfix" => assert_eq!(command["command"], "hexplain.copy", "{title}"),
            "refactor.rewrite" => {
                assert_eq!(places(edit), ["0:2-12"], "{title}");
            }
            _ => assert_eq!(command["command"], "hexplain.open", "{title}"),
        }
    }
    let titles: Vec<&str> = texts.iter().map(|text| text.0).collect();
    assert_eq!(
        titles[..7],
        [
            "Copy the remedy",
            "Copy the explanation as Markdown",
            "Copy 0x87D1FDE8",
            "Copy 2278686184",
            "Copy -2016281112",
            "Rewrite as -2016281112",
            "Rewrite as 2278686184",
        ]
    );
    // In plain text the remedy has no code marks; in Markdown it does.
    let markdown = texts[1].2;
    assert!(markdown.contains("**0x87D1FDE8**") && markdown.contains('`'), "{texts:?}");
    assert!(
        markdown.replace('`', "").contains(texts[0].2) && !texts[0].2.contains('`'),
        "{texts:?}"
    );
    for (title, _, text) in &texts[2..] {
        assert_eq!(title.rsplit(' ').next(), Some(*text));
    }
    assert!(titles[7..].iter().all(|title| title.starts_with("Open https://")), "{titles:?}");
    let rewrites = client.request("textDocument/codeAction", at_first(json!(["refactor"])));
    assert_eq!(strings(&rewrites, "title"), titles[5..7]);
    // Within its own range, the second code comes first.
    let mut params = everywhere(A);
    params["range"]["start"] = json!({ "line": 0, "character": 15 });
    let actions = client.request("textDocument/codeAction", params);
    let titles = strings(&actions, "title");
    assert!(titles.iter().any(|title| title.starts_with("Open https://")), "{titles:?}");
    client.shutdown();
}

#[test]
fn without_a_clipboard_texts_are_shown_and_links_opened() {
    for shows_documents in [true, false] {
        let mut capabilities = modern_capabilities();
        capabilities["window"]["showDocument"]["support"] = json!(shows_documents);
        let mut client = Client::start(capabilities, Value::Null);
        client.open(A, "HTTP 503");
        let actions = client.request("textDocument/codeAction", everywhere(A));
        assert!(!actions.to_string().contains("hexplain.copy"), "{actions}");
        let actions = actions.as_array().unwrap();
        let with = |command: &str| {
            let mut commands = actions.iter().map(|action| &action["command"]);
            commands.find(|of| of["command"] == command).unwrap()
        };
        let (show, open) = (with("hexplain.show"), with("hexplain.open"));
        client.request("workspace/executeCommand", show.clone());
        let message = client.received("window/showMessage");
        assert_eq!(message, json!({ "type": 3, "message": show["arguments"][0] }));
        client.request("workspace/executeCommand", open.clone());
        let link = &open["arguments"][0];
        if shows_documents {
            let shown = client.received("window/showDocument");
            assert_eq!(shown, json!({ "uri": link, "external": true }));
        } else {
            assert_eq!(&client.received("window/showMessage")["message"], link);
        }
    }
}

#[test]
fn an_unknown_command_is_refused() {
    let mut client = Client::modern();
    let params = json!({ "command": "hexplain.rm", "arguments": ["x"] });
    assert_eq!(client.response("workspace/executeCommand", params)["error"]["code"], -32602);
}

#[test]
fn a_client_without_code_action_literals_gets_commands() {
    let mut client = Client::start(attentive(), Value::Null);
    client.open(A, "0x87D1FDE8");
    let commands = client.request("textDocument/codeAction", everywhere(A));
    assert!(strings(&commands, "command").contains(&"hexplain.show"), "{commands}");
}

// Navigation.

#[test]
fn the_same_code_is_found_in_any_notation_and_document() {
    let mut client = with_text("0x87D1FDE8 -2016281112 SyncML(404)");
    client.open(B, "é 2278686184\nSyncML(404)");
    let highlights = client.request("textDocument/documentHighlight", at(A, 0, 3));
    assert_eq!(places(&highlights), ["0:0-10", "0:11-22"]);
    let mut params = at(B, 0, 4);
    params["context"] = json!({ "includeDeclaration": true });
    let references = client.request("textDocument/references", params);
    let mut found: Vec<String> = references
        .as_array()
        .unwrap()
        .iter()
        .map(|r| format!("{} {}", r["uri"], place(&r["range"])))
        .collect();
    found.sort();
    assert_eq!(
        found,
        ["\"file:///a.log\" 0:0-10", "\"file:///a.log\" 0:11-22", "\"file:///b.log\" 0:2-12"]
    );
    assert_eq!(
        client.request("textDocument/documentHighlight", at(A, 0, 99)).as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(client.request("textDocument/documentHighlight", at(B, 0, 0)), Value::Null);
}

#[test]
fn symbols_are_the_codes_grouped_or_flat() {
    let text = "0x87D1FDE8\nSyncML(404)\n-2016281112";
    let mut client = with_text(text);
    let symbols = client.request("textDocument/documentSymbol", document(A));
    assert_eq!(symbols.as_array().unwrap().len(), 2);
    assert!(strings(&symbols, "name")[0].starts_with("0x87D1FDE8 "));
    assert_eq!(places(&symbols[0]["children"]), ["0:0-10", "2:0-11"]);
    let mut client = Client::start(attentive(), Value::Null);
    client.open(A, text);
    let symbols = client.request("textDocument/documentSymbol", document(A));
    assert_eq!(strings(&symbols, "name").len(), 2);
    assert_eq!(place(&symbols[1]["location"]["range"]), "1:0-11");
}

#[test]
fn workspace_symbol_searches_the_catalog_by_words() {
    let mut client = with_text("x\n0x87D13A98");
    let found = client.request("workspace/symbol", json!({ "query": "passcode short" }));
    let in_text = found.as_array().unwrap().iter().find(|s| s["location"]["uri"] == A);
    assert_eq!(place(&in_text.unwrap()["location"]["range"]), "1:0-10");
    assert_eq!(client.request("workspace/symbol", json!({ "query": "nosuchword" })), json!([]));
}

#[test]
fn a_typed_query_is_explained_and_searched() {
    let mut client = Client::modern();
    let explained = client.request("hexplain/explain", json!({ "query": "-2016281112" }));
    assert_eq!(explained["answers"][0]["hex"], "0x87D1FDE8");
    assert_eq!(client.request("hexplain/explain", json!({ "query": "?" }))["answers"], json!([]));
    let found = client
        .request("hexplain/search", json!({ "words": "appareil", "limit": 2, "locale": "fr" }));
    assert_eq!(found["answers"].as_array().unwrap().len(), 2);
}

#[test]
fn the_definition_of_a_code_is_its_entry_in_a_users_catalog() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("acme.toml");
    fs::write(&file, ACME).unwrap();
    let root = file_uri(folder.path());
    for (path, root) in [(file.to_str().unwrap(), Value::Null), ("acme.toml", json!(root))] {
        let options = json!({ "catalogs": [path] });
        let mut client = Client::start_as(
            json!({ "rootUri": root, "capabilities": attentive(), "initializationOptions": options }),
        );
        client.received("workspace/inlayHint/refresh");
        client.open(A, "0xE0010001 0x87D1FDE8");
        assert!(client.hover(A, 0, 3).unwrap().contains("The anvil broke"));
        let found = client.request("textDocument/definition", at(A, 0, 3));
        assert_eq!(found[0]["uri"], file_uri(&file));
        assert_eq!(place(&found[0]["range"]), "4:0-0");
        assert_eq!(client.request("textDocument/definition", at(A, 0, 13)), Value::Null);
    }
}

// Settings.

#[test]
fn settings_of_initialize_take_effect() {
    let mut client = with_settings(json!({
        "locale": "fr", "ignore": ["-2016281112"], "families": { "http": false },
        "diagnostics": { "minimumSeverity": "error", "severity": "hint" }, "inlayHints.enable": false,
    }));
    client.open(A, "0x87D1FDE8 SyncML(404) HTTP 503 SyncML(101)");
    let found = client.diagnostics(A, None);
    assert_eq!((found.len(), &found[0]["severity"]), (1, &json!(4)));
    assert_eq!(place(&found[0]["range"]), "0:11-22");
    assert_eq!(client.hints(A), []);
    assert!(client.hover(A, 0, 13).unwrap().contains("Que faire"));
    assert_eq!(client.hover(A, 0, 29), None);
    client.shutdown();
}

#[test]
fn an_ignored_code_can_be_written_in_any_notation() {
    for (ignored, text) in [
        ("0x80070005", "hr=0x80070005 hr=-2147024891 E_ACCESSDENIED"),
        ("E_ACCESSDENIED", "hr=0x80070005 E_ACCESSDENIED"),
        ("e_accessdenied", "hr=0x80070005"),
        ("SyncML(404)", "SyncML(404) 0x87D10194"),
        ("HTTP 503", "HTTP 503"),
        ("MCMDMErrorDomain 12008", "MCMDMErrorDomain 12008"),
    ] {
        let count = |client: &mut Client| {
            client.open(A, &format!("{text} 0x87D1FDE8"));
            (client.diagnostics(A, None).len(), client.hints(A).len())
        };
        let (all, hints) = count(&mut Client::start(json!({}), Value::Null));
        assert!(all > 1 && hints > 1, "{text}");
        let mut client = with_settings(json!({ "ignore": [ignored] }));
        assert_eq!(count(&mut client), (1, 1), "{ignored}: {text}");
        client.shutdown();
    }
}

#[test]
fn settings_are_requested_at_the_start_and_after_each_change() {
    let mut client = with_text("0x87D1FDE8 SyncML(404)");
    let registered = client.received("client/registerCapability");
    assert_eq!(
        strings(&registered["registrations"], "method"),
        ["workspace/didChangeConfiguration"]
    );
    assert_eq!(client.diagnostics(A, None).len(), 2);
    for (settings, count) in [
        (json!({ "diagnostics": { "enable": false } }), 0),
        (json!({ "ignore": [-2_016_281_112] }), 1),
        (json!({}), 2),
    ] {
        client.unclaimed();
        client.configuration = settings;
        client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
        client.received("workspace/inlayHint/refresh");
        assert_eq!(client.diagnostics(A, None).len(), count);
    }
    client.shutdown();
}

#[test]
fn settings_are_taken_from_a_client_that_sends_them() {
    let mut client = Client::start(attentive(), Value::Null);
    client.open(A, "0x87D1FDE8");
    for (locale, word) in [("fr", "Que faire"), ("en", "What to do")] {
        let settings = json!({ "hexplain": { "locale": locale } });
        client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
        assert!(client.hover(A, 0, 3).unwrap().contains(word), "{locale}");
    }
    client.shutdown();
}

#[test]
fn the_clients_language_is_used_unless_a_setting_names_another() {
    for (settings, word) in [(Value::Null, "Que faire"), (json!({ "locale": "en" }), "What to do")]
    {
        let mut client = Client::start_as(
            json!({ "locale": "fr-CA", "capabilities": {}, "initializationOptions": settings }),
        );
        client.open(A, "0x87D1FDE8");
        assert!(client.hover(A, 0, 3).unwrap().contains(word));
    }
}

#[test]
fn bad_values_and_unknown_keys_are_reported_and_the_other_settings_take_effect() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.toml");
    fs::write(&file, ACME.replace("severity = \"error\"", "severity = \"awful\"")).unwrap();
    let mut client = Client::start(
        attentive(),
        json!({
            "locale": "de", "ingore": [], "ignore": ["0x87D1FDE8", "x"], "families": { "nosuch": true },
            "catalogs": [file, "/no/such.toml"], "diagnostics": { "maxPerFile": 0 },
        }),
    );
    let message = client.received("window/showMessage");
    let text = message["message"].as_str().unwrap();
    let parts = "hexplain.locale hexplain.ingore \"x\" nosuch bad.toml:7: no/such.toml maxPerFile";
    for part in parts.split(' ') {
        assert!(text.contains(part), "{part} in {text}");
    }
    client.open(A, "0x87D1FDE8 SyncML(404)");
    assert_eq!(client.diagnostics(A, None).len(), 1);
}

#[test]
fn a_client_without_settings_keeps_those_of_initialize() {
    let mut capabilities = attentive();
    capabilities["workspace"]["configuration"] = json!(true);
    let mut client = Client::spawn();
    client.configuration = Value::Null;
    client.request(
        "initialize",
        json!({ "capabilities": capabilities, "initializationOptions": { "locale": "fr" } }),
    );
    client.notify("initialized", json!({}));
    client.received("workspace/configuration");
    client.open(A, "0x87D1FDE8");
    assert!(client.hover(A, 0, 3).unwrap().contains("Que faire"));
}

#[cfg(target_os = "linux")]
#[test]
fn new_settings_win_over_older_ones_still_loading() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("big.toml");
    let entry = |code: u32| {
        let rest = "severity = \"error\"\nmessage = \"The anvil broke\"";
        format!("[[entry]]\ncode = {code}\n{rest}\n")
    };
    let others: String = (0xE001_0002..0xE001_4000).map(entry).collect();
    fs::write(&file, ACME.to_owned() + &others).unwrap();
    let mut client = Client::start(attentive(), json!({ "catalogs": [file] }));
    let settings = json!({ "hexplain": { "catalogs": ["/no/such.toml"] } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    client.received("window/showMessage");
    // By then the older settings have been loaded, too.
    client.wait_until_idle();
    client.open(A, "0xE0010001");
    assert!(!client.hover(A, 0, 3).unwrap().contains("anvil"));
    client.shutdown();
}
