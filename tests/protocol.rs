//! The session itself: initialization, malformed messages, order, and the end.

mod support;

use serde_json::{Value, json};
use support::{
    Client, LONG, at, document, everywhere, frame, inserting, long_text, notification, opening,
    request,
};

const LOG: &str = "file:///a.log";
const NOWHERE: &str = "file:///no/such";

/// A client without capabilities, so that the server sends nothing but answers.
fn plain() -> Client {
    Client::start(json!({}), Value::Null)
}

/// The codes of all errors in a session in which a good request follows `bytes`.
fn errors_for(bytes: &[u8]) -> Vec<i64> {
    let mut client = plain();
    let good = request("good", "textDocument/hover", at(NOWHERE, 0, 0));
    client.send_bytes(&[bytes, good.as_bytes()].concat());
    let answer = client.wait_for("the good answer", |message| message["id"] == "good");
    assert_eq!(answer.get("result"), Some(&Value::Null));
    let code = |message: &Value| {
        assert_eq!(message.get("id"), Some(&Value::Null), "{message}");
        message["error"]["code"].as_i64().unwrap()
    };
    client.finish().iter().map(code).collect()
}

fn error_of(client: &mut Client, method: &str, params: Value) -> i64 {
    let answer = client.response(method, params);
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method}: {answer}"))
}

// The end.

#[test]
fn exit_after_shutdown_ends_with_0_and_without_it_with_1() {
    Client::modern().shutdown();
    let mut client = Client::modern();
    client.notify("exit", json!(null));
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn exit_before_initialize_ends_with_1() {
    let mut client = Client::spawn();
    client.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn exit_does_not_wait_for_a_scan() {
    let mut client = plain();
    client.open(LOG, &long_text(LONG));
    // When this is answered, the text has been read and its scan has begun.
    assert_eq!(client.hover(NOWHERE, 0, 0), None);
    // Another server starts to read and scan half of it.
    let mut other = plain();
    other.open(LOG, &long_text(LONG / 2));
    client.shutdown();
    assert!(other.arrived().is_empty(), "the other server was sooner");
    assert!(!other.diagnostics(LOG, None).is_empty());
}

#[test]
fn shutdown_takes_null_or_no_params() {
    let mut client = plain();
    client.send(&json!({ "jsonrpc": "2.0", "id": 1_000, "method": "shutdown" }));
    assert_eq!(client.answer_to(1_000).get("result"), Some(&Value::Null));
    let mut client = plain();
    client.send_body(r#"{"jsonrpc":"2.0","id":1000,"method":"shutdown","params":null}"#);
    assert_eq!(client.answer_to(1_000).get("result"), Some(&Value::Null));
}

#[test]
fn a_closed_stdin_ends_the_server() {
    let mut client = Client::modern();
    client.close_stdin();
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn a_stdin_closed_within_a_message_ends_the_server() {
    for bytes in ["Content-Le", "Content-Length: 100\r\n\r\n{\"jsonrpc\"", "Content-Length: 5\r\n"]
    {
        let mut client = plain();
        client.send_bytes(bytes.as_bytes());
        client.close_stdin();
        assert_eq!(client.ended().code(), Some(1), "{bytes}");
    }
}

#[test]
fn a_client_that_closes_both_pipes_ends_the_server() {
    let mut client = Client::spawn_deaf(|_| {});
    client.hang_up();
    client.ask("initialize", json!({ "capabilities": {} }));
    client.open(LOG, &long_text(1 << 20));
    client.ask("textDocument/documentSymbol", document(LOG));
    client.close_stdin();
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn the_end_of_the_parent_process_ends_the_server() {
    let editor = Client::spawn();
    let mut client = Client::start_as(json!({ "processId": editor.pid(), "capabilities": {} }));
    assert_eq!(client.hover(NOWHERE, 0, 0), None);
    drop(editor);
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn a_process_id_of_null_means_no_parent_to_watch() {
    let mut client = Client::start_as(json!({ "processId": null, "capabilities": {} }));
    // A server that started later has looked for its parent and ended.
    let editor = Client::spawn();
    let gone = editor.pid();
    drop(editor);
    let mut other = Client::start_as(json!({ "processId": gone, "capabilities": {} }));
    assert_eq!(other.ended().code(), Some(1));
    assert_eq!(client.hover(NOWHERE, 0, 0), None);
    client.shutdown();
}

// Malformed messages: each gets one error, and the next frame is read.

#[test]
fn a_malformed_body_gets_one_error_and_the_next_message_is_answered() {
    let cases: [(&[u8], i64); 11] = [
        (b"{", -32700),
        (b"", -32700),
        (b"\x00", -32700),
        (b"{'id':1}", -32700),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"shutdown\"} x", -32700),
        (b"\xff\xfe\xfd", -32700),
        (b"[]", -32600),
        (b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"shutdown\"}]", -32600),
        (b"null", -32600),
        (b"17", -32600),
        (b"{\"jsonrpc\":\"2.0\"}", -32600),
    ];
    for (body, code) in cases {
        let header = format!("Content-Length: {}\r\n\r\n", body.len());
        let errors = errors_for(&[header.as_bytes(), body].concat());
        assert_eq!(errors, [code], "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_batch_is_refused_whatever_its_elements() {
    // Five elements are not the five fields of a message.
    assert_eq!(errors_for(frame(r#"[7,"shutdown",null,null,null]"#).as_bytes()), [-32600]);
}

#[test]
fn a_malformed_header_gets_one_error_and_the_next_message_is_answered() {
    for header in [
        "Content-Length: ten\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 1.5\r\n\r\n",
        "Content-Length:\r\n\r\n",
        "Content-Length: 10000000000000\r\n\r\n",
        "Content-Length: 99999999999999999999999999\r\n\r\n",
        "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
    ] {
        assert_eq!(errors_for(header.as_bytes()), [-32700], "{header:?}");
    }
}

#[test]
fn an_unusual_but_valid_header_is_accepted() {
    let body = r#"{"jsonrpc":"2.0","method":"$/noise"}"#;
    let length = body.len();
    for bytes in [
        "\r\n".to_owned(),
        "\r\n\r\n\n".to_owned(),
        format!("content-length: {length}\r\n\r\n{body}"),
        format!("CONTENT-LENGTH:{length}\r\n\r\n{body}"),
        format!("Content-Length: {length}\n\n{body}"),
        format!(
            "Content-Type: application/vscode-jsonrpc\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
        format!("Content-Length: {length}\r\nContent-Type: utf8\r\nX-More: yes\r\n\r\n{body}"),
    ] {
        assert_eq!(errors_for(bytes.as_bytes()), [0_i64; 0], "{bytes:?}");
    }
}

#[test]
fn after_a_length_that_is_too_short_the_next_message_is_answered() {
    let body = r#"{"jsonrpc":"2.0","method":"$/noise"}"#;
    let short = format!("Content-Length: {}\r\n\r\n{body}", body.len() - 9);
    assert_eq!(errors_for(short.as_bytes()), [-32700]);
}

#[test]
fn after_a_length_that_is_too_long_the_message_after_next_is_answered() {
    let body = r#"{"jsonrpc":"2.0","method":"$/noise"}"#;
    for excess in [1, 10, 23, 40] {
        let long = format!("Content-Length: {}\r\n\r\n{body}", body.len() + excess);
        let errors = errors_for(&[long.as_bytes(), frame(body).as_bytes()].concat());
        assert!(!errors.is_empty() && errors.len() <= 2, "{excess}: {errors:?}");
    }
}

#[test]
fn a_header_of_64_mb_is_skipped_with_one_error() {
    let line = [b"x".repeat(64 << 20), b"\r\n\r\n".to_vec()].concat();
    assert_eq!(errors_for(&line), [-32700]);
    let lines =
        [&b"X-More: yes, and again and again and again\r\n".repeat(1_500_000), &b"\r\n"[..]];
    assert_eq!(errors_for(&lines.concat()), [-32700]);
}

#[test]
fn a_malformed_request_with_an_id_gets_an_error_with_that_id() {
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    for rest in [
        r#""method":5"#.to_owned(),
        r#""method":"\ud83d""#.to_owned(),
        r#""method":"textDocument/hover","params":"x""#.to_owned(),
        format!(r#""method":"textDocument/hover","params":{deep}"#),
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":77,{rest}}}"#);
        let mut client = plain();
        client.send_body(&body);
        client.ask("textDocument/hover", at(NOWHERE, 0, 0));
        let first = client.wait_for("any answer", |_| true);
        assert_eq!(first["id"], 77, "{body:.90}: {first}");
        assert!(first["error"]["code"].is_i64(), "{body:.90}: {first}");
    }
}

#[test]
fn invalid_utf8_and_half_a_surrogate_pair_are_replaced_and_the_request_is_answered() {
    for bad in [&b"\xff"[..], b"\\ud83d", b"\\ude00"] {
        let mut client = plain();
        let body = [
            br#"{"jsonrpc":"2.0","id":77,"method":"workspace/symbol","params":{"query":"passcode "#,
            bad,
            br#""}}"#,
        ]
        .concat();
        client.send_bytes(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        client.send_bytes(&body);
        assert!(client.answer_to(77)["result"].is_array());
        client.shutdown();
    }
}

// Unsupported requests and notifications.

#[test]
fn a_request_before_initialize_is_refused() {
    let mut client = Client::spawn();
    for method in ["textDocument/hover", "shutdown", "workspace/symbol"] {
        assert_eq!(error_of(&mut client, method, at(NOWHERE, 0, 0)), -32002, "{method}");
    }
    client.request("initialize", json!({ "capabilities": {} }));
    client.shutdown();
}

#[test]
fn a_notification_before_initialize_is_dropped() {
    let mut client = Client::spawn();
    client.open(LOG, "0x87D1FDE8");
    client.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(client.hover(LOG, 0, 0), None);
    assert_eq!(client.meanwhile(), [Value::Null; 0]);
}

#[test]
fn a_request_after_shutdown_is_refused() {
    let mut client = plain();
    client.request("shutdown", Value::Null);
    for method in ["textDocument/hover", "shutdown", "workspace/symbol", "initialize"] {
        assert_eq!(error_of(&mut client, method, at(NOWHERE, 0, 0)), -32600, "{method}");
    }
    client.notify("exit", Value::Null);
    assert_eq!(client.ended().code(), Some(0));
}

#[test]
fn a_second_initialize_is_refused_and_changes_nothing() {
    let mut client = plain();
    client.open(LOG, "😀 0x87D1FDE8");
    let other = json!({
        "capabilities": {
            "general": { "positionEncodings": ["utf-8"] },
            "textDocument": { "diagnostic": {}, "hover": { "contentFormat": ["markdown"] } },
        },
    });
    assert_eq!(error_of(&mut client, "initialize", other), -32600);
    let hover = client.request("textDocument/hover", at(LOG, 0, 3));
    assert_eq!(hover["range"]["end"], json!({ "line": 0, "character": 13 }));
    assert_eq!(hover["contents"]["kind"], "plaintext");
}

#[test]
fn initialize_can_be_repeated_after_wrong_params() {
    let mut client = Client::spawn();
    assert_eq!(error_of(&mut client, "initialize", json!({ "capabilities": 5 })), -32602);
    assert_eq!(error_of(&mut client, "initialize", Value::Null), -32602);
    client.request("initialize", json!({ "capabilities": {} }));
    client.shutdown();
}

#[test]
fn capabilities_of_a_later_lsp_version_are_ignored() {
    let mut client = Client::spawn();
    let capabilities = json!({
        "textDocument": { "hover": { "contentFormat": ["html", "markdown"] }, "future": { "x": [1] } },
        "workspace": { "workspaceEdit": { "failureHandling": "prayer" } },
    });
    client.request("initialize", json!({ "capabilities": capabilities, "trace": "compact" }));
    client.shutdown();
}

#[test]
fn an_unknown_request_is_refused() {
    let mut client = plain();
    for method in ["no/such", "textDocument/formatting", "$/unknown"] {
        let params = json!({ "textDocument": { "uri": LOG }, "options": { "tabSize": 4, "insertSpaces": true } });
        assert_eq!(error_of(&mut client, method, params), -32601, "{method}");
    }
    assert_eq!(client.meanwhile(), [Value::Null; 0]);
    client.shutdown();
}

#[test]
fn an_unknown_notification_is_ignored() {
    let mut client = plain();
    for method in ["no/such", "$/unknown", "$/setTrace", "textDocument/didSave"] {
        client.notify(method, json!({ "value": "off" }));
    }
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    client.send_body(&format!(r#"{{"jsonrpc":"2.0","method":"$/unknown","params":{deep}}}"#));
    assert_eq!(client.meanwhile(), [Value::Null; 0]);
    client.shutdown();
}

#[test]
fn wrong_params_are_refused() {
    let mut client = plain();
    for params in [
        Value::Null,
        json!({}),
        json!([]),
        json!(7),
        json!({ "textDocument": { "uri": 5 }, "position": { "line": 0, "character": 0 } }),
        json!({ "textDocument": { "uri": "not a uri" }, "position": { "line": 0, "character": 0 } }),
        json!({ "textDocument": { "uri": LOG }, "position": { "line": -1, "character": 0 } }),
        json!({ "textDocument": { "uri": LOG }, "position": { "line": 0, "character": "0" } }),
    ] {
        assert_eq!(error_of(&mut client, "textDocument/hover", params.clone()), -32602, "{params}");
        client.notify("textDocument/didChange", params.clone());
        client.notify("textDocument/didOpen", params);
    }
    assert_eq!(client.meanwhile(), [Value::Null; 0]);
    client.shutdown();
}

#[test]
fn an_answer_has_the_id_of_its_request_unchanged() {
    let mut client = plain();
    for id in [json!("x"), json!("1"), json!(""), json!(0), json!(-5), json!(i64::from(i32::MAX))] {
        client.send_bytes(request(id.clone(), "textDocument/hover", at(NOWHERE, 0, 0)).as_bytes());
        let answer = client.wait_for("the answer", |_| true);
        assert_eq!(answer["id"], id);
    }
}

#[test]
fn replies_that_are_late_or_unknown_are_ignored() {
    let mut client = Client::modern();
    let asked = client.wait_for("the settings", |m| m["method"] == "workspace/configuration");
    for reply in [
        json!({ "jsonrpc": "2.0", "id": asked["id"], "result": [{ "locale": "fr" }] }),
        json!({ "jsonrpc": "2.0", "id": asked["id"], "error": { "code": -32800, "message": "x" } }),
        json!({ "jsonrpc": "2.0", "id": 999_999, "result": null }),
        json!({ "jsonrpc": "2.0", "id": "unknown", "result": [1] }),
        json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32700, "message": "x" } }),
    ] {
        client.send(&reply);
    }
    let sent = client.meanwhile();
    assert!(sent.iter().all(|message| message.get("error").is_none()), "{sent:?}");
    client.open(LOG, "0x87D1FDE8");
    assert!(client.hover(LOG, 0, 3).unwrap().contains("What to do"), "the second reply is late");
    client.shutdown();
}

// Order.

#[test]
fn messages_sent_together_with_initialize_are_handled_in_order() {
    let mut client = Client::spawn();
    let change = json!({ "textDocument": { "uri": LOG, "version": 2 },
                         "contentChanges": [inserting(0, 0, "ye")] });
    let messages = [
        request(1, "initialize", json!({ "capabilities": {} })),
        notification("initialized", json!({})),
        opening(LOG, "s 0x87D1FDE8"),
        request(2, "textDocument/hover", at(LOG, 0, 2)),
        notification("textDocument/didChange", change),
        request(3, "textDocument/hover", at(LOG, 0, 2)),
        request(4, "textDocument/hover", at(LOG, 0, 14)),
        request(5, "shutdown", Value::Null),
        notification("exit", Value::Null),
    ];
    client.send_bytes(messages.concat().as_bytes());
    assert!(client.answer_to(1)["result"]["capabilities"].is_object());
    let start = |answer: Value| answer["result"]["range"]["start"]["character"].clone();
    assert_eq!(start(client.answer_to(2)), 2);
    assert_eq!(start(client.answer_to(3)), Value::Null);
    assert_eq!(start(client.answer_to(4)), 4);
    assert_eq!(client.answer_to(5).get("result"), Some(&Value::Null));
    assert_eq!(client.ended().code(), Some(0));
}

/// Requests about a document, of every kind that needs its scan.
fn requests_about(uri: &str) -> Vec<(&'static str, Value)> {
    let mut references = at(uri, 0, 26);
    references["context"] = json!({ "includeDeclaration": true });
    vec![
        ("textDocument/hover", at(uri, 0, 26)),
        ("textDocument/completion", at(uri, 0, 30)),
        ("textDocument/definition", at(uri, 0, 26)),
        ("textDocument/documentHighlight", at(uri, 0, 26)),
        ("textDocument/references", references),
        ("textDocument/documentSymbol", document(uri)),
        ("textDocument/diagnostic", document(uri)),
        ("textDocument/inlayHint", everywhere(uri)),
        ("textDocument/codeAction", everywhere(uri)),
        ("workspace/symbol", json!({ "query": "passcode" })),
    ]
}

#[test]
fn a_canceled_request_is_answered_once_with_request_cancelled_and_before_its_work_is_done() {
    let mut client = plain();
    let requests = requests_about(LOG);
    let mut messages = vec![opening(LOG, &long_text(LONG))];
    for (id, (method, params)) in (100..).zip(&requests) {
        messages.push(request(id, method, params.clone()));
    }
    messages.push(request("last", "textDocument/hover", at(LOG, 0, 26)));
    for id in (100..100 + requests.len()).flat_map(|id| [id, id]) {
        messages.push(notification("$/cancelRequest", json!({ "id": id })));
    }
    messages.push(notification("$/cancelRequest", json!({ "id": "unknown" })));
    client.send_bytes(messages.concat().as_bytes());
    for answer in client.next_answers(requests.len()) {
        // LSP 3.17, "Cancellation Support": RequestCancelled.
        let id = answer["id"].as_u64().expect("the uncancelled request is answered last");
        let method = requests[id as usize - 100].0;
        assert_eq!(answer["error"]["code"], -32800, "{method}: {answer}");
    }
    let last = &client.next_answers(1)[0];
    assert!(last["id"] == "last" && last["result"]["contents"].is_object(), "{last}");
    client.shutdown();
}

#[test]
fn replies_to_the_server_do_not_wait_for_slow_requests() {
    let mut client = Client::modern();
    client.open(LOG, &long_text(LONG));
    let slow: Vec<i64> =
        (0..8).map(|_| client.ask("textDocument/documentSymbol", document(LOG))).collect();
    client.configuration = json!({ "locale": 5 });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    let first = client.wait_for("the message about the settings, or an answer", |message| {
        message["method"] == "window/showMessage"
            || slow.iter().any(|id| message["id"] == *id && message.get("method").is_none())
    });
    let text = first["params"]["message"].as_str().expect("the message comes first");
    assert!(text.contains("hexplain.locale"), "{text}");
    for id in slow {
        assert!(client.answer_to(id)["result"].is_array());
    }
    client.shutdown();
}

#[test]
fn a_client_that_reads_late_gets_every_answer() {
    let mut client = Client::spawn_deaf(|_| {});
    client.ask("initialize", json!({ "capabilities": {} }));
    client.open(LOG, "0x87D1FDE8");
    let ids: Vec<i64> =
        (0..2_000).map(|_| client.ask("textDocument/hover", at(LOG, 0, 4))).collect();
    client.listen();
    for id in ids {
        assert!(client.answer_to(id)["result"]["contents"].is_object(), "{id}");
    }
    client.shutdown();
}

#[test]
fn a_client_that_reads_late_gets_every_answer_beyond_the_queues_bound() {
    let mut client = Client::spawn_deaf(|_| {});
    client.ask("initialize", json!({ "capabilities": {} }));
    let params = json!({ "query": "x".repeat(1 << 20) });
    let ids: Vec<i64> = (0..50).map(|_| client.ask("hexplain/explain", params.clone())).collect();
    client.listen();
    for id in ids {
        assert_eq!(client.answer_to(id)["result"]["query"], params["query"], "{id}");
    }
    client.shutdown();
}
