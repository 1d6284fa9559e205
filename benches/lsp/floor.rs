//! The floor: the least that a server can do. It reads the pipe, decodes, searches for `0x` and
//! eight hex digits, and publishes at most 1,000 diagnostics. It contains no code from hexplain.

use std::io::{self, BufRead, BufWriter, Write};

use serde_json::{Value, json};

/// Serves stdin and stdout until the pipe closes.
pub(crate) fn serve() {
    let mut input = io::BufReader::with_capacity(1 << 20, io::stdin().lock());
    let mut output = BufWriter::new(io::stdout().lock());
    let (mut uri, mut text) = (String::new(), Vec::new());
    while let Some(body) = read(&mut input) {
        let message: Message<'_> = serde_json::from_slice(&body).expect("a message");
        let params = message.params.map_or("null", serde_json::value::RawValue::get);
        match message.method {
            "textDocument/didOpen" => {
                let open: Open = serde_json::from_str(params).expect("didOpen");
                (uri, text) = (open.text_document.uri, open.text_document.text.into_bytes());
                drop(body);
                publish(&mut output, &uri, &text, 1);
            }
            "textDocument/didChange" => {
                let change: Change = serde_json::from_str(params).expect("didChange");
                let edit = &change.content_changes[0];
                let at = byte(&text, edit.range.start);
                text.splice(at..byte(&text, edit.range.end), edit.text.bytes());
                publish(&mut output, &uri, &text, change.text_document.version);
            }
            _ => {
                if let Some(id) = message.id {
                    let result = if message.method == "initialize" {
                        json!({ "capabilities": {} })
                    } else {
                        json!({ "contents": "0x87D1FDE8" })
                    };
                    write(&mut output, &json!({ "jsonrpc": "2.0", "id": id, "result": result }));
                }
            }
        }
    }
}

#[derive(serde::Deserialize)]
struct Message<'a> {
    id: Option<i64>,
    #[serde(default)]
    method: &'a str,
    #[serde(borrow)]
    params: Option<&'a serde_json::value::RawValue>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Open {
    text_document: Document,
}

#[derive(serde::Deserialize)]
struct Document {
    uri: String,
    text: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    text_document: Version,
    content_changes: Vec<Edit>,
}

#[derive(serde::Deserialize)]
struct Version {
    version: i64,
}

#[derive(serde::Deserialize)]
struct Edit {
    range: Range,
    text: String,
}

#[derive(serde::Deserialize)]
struct Range {
    start: Place,
    end: Place,
}

#[derive(Clone, Copy, serde::Deserialize)]
struct Place {
    line: usize,
    character: usize,
}

/// The byte offset of a place in an ASCII text.
fn byte(text: &[u8], place: Place) -> usize {
    let line = match place.line {
        0 => 0,
        line => memchr::memchr_iter(b'\n', text).nth(line - 1).map_or(text.len(), |at| at + 1),
    };
    text.len().min(line + place.character)
}

fn publish(output: &mut impl Write, uri: &str, text: &[u8], version: i64) {
    let (mut diagnostics, mut line, mut counted) = (Vec::new(), 0, 0);
    for at in memchr::memmem::find_iter(text, b"0x") {
        let digits = text[at + 2..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if digits == 8 && diagnostics.len() < 1000 {
            line += memchr::memchr_iter(b'\n', &text[counted..at]).count();
            counted = at;
            let start = at - memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
            diagnostics.push(json!({
                "range": { "start": { "line": line, "character": start },
                           "end": { "line": line, "character": start + 10 } },
                "severity": 1, "source": "floor", "message": "a code",
            }));
        }
    }
    let params = json!({ "uri": uri, "version": version, "diagnostics": diagnostics });
    write(
        output,
        &json!({ "jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": params }),
    );
}

fn write(output: &mut impl Write, message: &Value) {
    let body = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the client reads");
    output.flush().expect("the client reads");
}

fn read(input: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().strip_prefix("Content-Length: ") {
            Some(digits) => length = digits.parse().ok()?,
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    Some(body)
}
