//! Decodes and encodes messages: JSON-RPC 2.0, as LSP 3.17's base protocol uses it.
//!
//! Notifications that carry documents are decoded directly into their types, and the text of an
//! opened document is unescaped within the message's buffer, without a copy.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id};

use super::log::log;
use super::uri::Uri;
use super::wire::{DidChange, Whole};

/// The longest answer. Features stop earlier and say so; this is the final limit.
pub(super) const LONGEST_ANSWER: usize = 16 << 20;

const DID_OPEN: &str = "textDocument/didOpen";

/// A message of this length is almost certainly a `didOpen`.
const LONG: usize = 1 << 16;

/// A decoded message.
#[derive(Debug)]
pub(super) enum Message {
    /// A notification about a document's text: applied at once, in order.
    Edit(Edit),
    /// Any other notification.
    Notification { method: String, params: Option<Value> },
    /// A request.
    Request { id: Id, method: String, params: Option<Value>, bytes: usize },
    /// The client's answer to a request from the server.
    Reply { id: Id, result: Result<Value, Error> },
}

/// A change to a document: opened, changed or closed.
#[derive(Debug)]
pub(super) enum Edit {
    Open { uri: Uri, language: String, version: i32, text: String },
    Change(DidChange),
    Close(Whole),
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default, deserialize_with = "present")]
    id: Option<Id>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<Error>,
}

impl<'a> Envelope<'a> {
    /// Reads a body. Serde would accept an array for a struct's fields, so a batch is detected
    /// first.
    ///
    /// # Errors
    /// The error answer and the id it belongs to, if the body has one.
    fn read(text: &'a str) -> Result<Self, (Id, Error)> {
        #[derive(Deserialize)]
        struct Only {
            id: Id,
        }
        let is_object = text.trim_ascii_start().starts_with('{');
        let read = if is_object {
            serde_json::from_str(text)
        } else {
            serde_json::from_str::<IgnoredAny>(text)
                .and_then(|_| Err(serde::de::Error::custom("a message must be an object")))
        };
        read.map_err(|error| {
            let id = if is_object { serde_json::from_str::<Only>(text).ok() } else { None };
            let is_json = error.is_data() || id.is_some();
            let code = if is_json { ErrorCode::InvalidRequest } else { ErrorCode::ParseError };
            let message = format!("not a message: {error}").into();
            (id.map_or(Id::Null, |only| only.id), Error { code, message, data: None })
        })
    }
}

/// An id that is present, even `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Id>, D::Error> {
    Id::deserialize(deserializer).map(Some)
}

/// What a frame contains.
pub(super) enum Incoming {
    Message(Message),
    Malformed(Id, Error),
}

impl Incoming {
    /// Decodes a frame's body; `None` if it calls for nothing.
    pub(super) fn of(body: Vec<u8>) -> Option<Self> {
        match decode(body) {
            Ok(message) => message.map(Self::Message),
            Err((id, error)) => Some(Self::Malformed(id, error)),
        }
    }
}

/// Decodes a body. `None` for a notification that can't be understood: it has no answer, so this
/// is only logged.
///
/// # Errors
/// The error answer and the id it belongs to.
fn decode(body: Vec<u8>) -> Result<Option<Message>, (Id, Error)> {
    let text = match String::from_utf8(body) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    if text.len() >= LONG
        && let Some(document) = Opened::in_one_pass(&text)
    {
        return Ok(Some(document.unescaped(text)));
    }
    let envelope = Envelope::read(&text)?;
    let (id, params) = (envelope.id, envelope.params);
    let Some(method) = envelope.method else {
        return reply(id, envelope.result, envelope.error).map(Some);
    };
    let method = method.into_owned();
    let message = match (&*method, id.clone(), params) {
        (DID_OPEN, None, Some(params)) => match Opened::read(&text, params) {
            Ok(document) => Ok(document.unescaped(text)),
            Err(error) => Err(error),
        },
        ("textDocument/didChange", None, Some(params)) => {
            params_of(params).map(|params| Message::Edit(Edit::Change(params)))
        }
        ("textDocument/didClose", None, Some(params)) => {
            params_of(params).map(|params| Message::Edit(Edit::Close(params)))
        }
        (_, id, params) => params.map(params_of::<Value>).transpose().map(|params| match id {
            Some(id) => Message::Request { id, method: method.clone(), params, bytes: text.len() },
            None => Message::Notification { method: method.clone(), params },
        }),
    };
    match (message, id) {
        (Ok(message), _) => Ok(Some(message)),
        (Err(error), Some(id)) => {
            let message = format!("invalid params for {method}: {error}").into();
            Err((id, Error { code: ErrorCode::InvalidParams, message, data: None }))
        }
        (Err(error), None) => {
            // Without the error's own message, which may quote the document.
            let (line, column) = (error.line(), error.column());
            log(&format!(
                "invalid params for {method}, at line {line}, column {column} of the message"
            ));
            Ok(None)
        }
    }
}

/// The document that a `didOpen` carries.
struct Opened {
    uri: Uri,
    language: String,
    version: i32,
    /// The range of the quoted text in the message.
    quoted: Range<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenParams<'a> {
    #[serde(borrow)]
    text_document: TextDocumentItem<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TextDocumentItem<'a> {
    uri: Uri,
    #[serde(default)]
    language_id: String,
    version: i32,
    #[serde(borrow)]
    text: &'a RawValue,
}

impl Opened {
    /// The document of a message that is a well-formed `didOpen`, read in a single pass; an
    /// [`Envelope`] skips the params first and reads them afterwards.
    fn in_one_pass(message: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct DidOpen<'a> {
            #[serde(default, deserialize_with = "present")]
            id: Option<Id>,
            #[serde(borrow)]
            method: Cow<'a, str>,
            #[serde(borrow)]
            params: OpenParams<'a>,
        }
        let DidOpen { id, method, params } = serde_json::from_str(message).ok()?;
        if id.is_some() || method != DID_OPEN {
            return None;
        }
        Self::of(message, params).ok()
    }

    /// Reads the document from the params of `message`.
    fn read(message: &str, params: &RawValue) -> serde_json::Result<Self> {
        Self::of(message, serde_json::from_str(params.get())?)
    }

    fn of(message: &str, params: OpenParams<'_>) -> serde_json::Result<Self> {
        let TextDocumentItem { uri, language_id: language, version, text } = params.text_document;
        let text = text.get();
        if !text.starts_with('"') {
            return Err(serde::de::Error::custom("a document's text must be a string"));
        }
        let at = text.as_ptr() as usize - message.as_ptr() as usize;
        Ok(Self { uri, language, version, quoted: at..at + text.len() })
    }

    fn unescaped(self, message: String) -> Message {
        let Self { uri, language, version, quoted } = self;
        let text = unescape(message.into_bytes(), quoted);
        Message::Edit(Edit::Open { uri, language, version, text })
    }
}

/// Unescapes the well-formed JSON string (RFC 8259, section 7) at `quoted`, quotes included, in
/// the buffer of `json`: a text of 50 MB needs no second 50 MB.
///
/// A lone surrogate becomes U+FFFD; see [`params_of`].
fn unescape(mut json: Vec<u8>, quoted: Range<usize>) -> String {
    let (mut from, end, mut to) = (quoted.start + 1, quoted.end - 1, 0);
    while let Some(plain) = memchr::memchr(b'\\', &json[from..end]) {
        json.copy_within(from..from + plain, to);
        to += plain;
        from += plain;
        let (character, length) = escaped(&json[from..end]);
        to += character.encode_utf8(&mut json[to..]).len();
        from += length;
    }
    json.copy_within(from..end, to);
    json.truncate(to + end - from);
    String::from_utf8(json).unwrap_or_else(|error| {
        // Unescaping keeps valid characters intact.
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    })
}

/// The character of the escape sequence at the start of `json`, and the length of the sequence.
fn escaped(json: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let character = match json.get(1) {
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => {
            let units = [unit(0).unwrap_or(0xFFFD), unit(6).unwrap_or(0)];
            let character = char::decode_utf16(units).next().and_then(Result::ok);
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            return (character, if character.len_utf16() == 2 { 12 } else { 6 });
        }
        Some(&other) => char::from(other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (character, 2.min(json.len()))
}

fn reply(
    id: Option<Id>,
    result: Option<&RawValue>,
    error: Option<Error>,
) -> Result<Message, (Id, Error)> {
    let Some(id) = id else {
        return Err((Id::Null, Error::invalid_request()));
    };
    let result = match error {
        Some(error) => Err(error),
        None => Ok(result.and_then(|raw| params_of(raw).ok()).unwrap_or(Value::Null)),
    };
    Ok(Message::Reply { id, result })
}

/// Decodes params. JavaScript clients can send lone surrogates, which a Rust string can't hold:
/// they become U+FFFD, which is also one UTF-16 unit, so that later positions remain correct.
fn params_of<T: DeserializeOwned>(raw: &RawValue) -> serde_json::Result<T> {
    serde_json::from_str(raw.get()).or_else(|error| match replace_lone_surrogates(raw.get()) {
        Some(replaced) => serde_json::from_str(&replaced),
        None => Err(error),
    })
}

/// JSON with each lone surrogate (RFC 8259, section 7) replaced by U+FFFD; `None` if there is none.
fn replace_lone_surrogates(json: &str) -> Option<String> {
    let mut replaced = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &json.as_bytes()[at..]) {
        let start = at + found;
        let Some(unit) = unit_at(json, start) else {
            at = start + 2;
            continue;
        };
        let pair = matches!(unit, 0xD800..=0xDBFF)
            && unit_at(json, start + 6).is_some_and(|low| matches!(low, 0xDC00..=0xDFFF));
        if !pair && matches!(unit, 0xD800..=0xDFFF) {
            replaced.push_str(&json[copied..start]);
            replaced.push_str("\\ufffd");
            copied = start + 6;
        }
        at = start + if pair { 12 } else { 6 };
    }
    if copied == 0 {
        return None;
    }
    replaced.push_str(&json[copied..]);
    Some(replaced)
}

/// The UTF-16 unit of the `\u` escape at `start`.
fn unit_at(json: &str, start: usize) -> Option<u16> {
    let digits = json.get(start..start + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}

/// The body of a notification (JSON-RPC 2.0, section 4.1).
pub(super) fn notification(method: &str, params: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Notification<'a, P> {
        jsonrpc: &'a str,
        method: &'a str,
        params: &'a P,
    }
    body_of(&Notification { jsonrpc: "2.0", method, params })
}

/// The body of an answer (JSON-RPC 2.0, section 5).
///
/// # Errors
/// An answer that exceeds [`LONGEST_ANSWER`].
pub(super) fn answer(id: &Id, result: &impl Serialize) -> Result<Vec<u8>, Error> {
    #[derive(Serialize)]
    struct Answer<'a, T> {
        jsonrpc: &'a str,
        id: &'a Id,
        result: &'a T,
    }
    let mut body = Bounded(Vec::new());
    let written = serde_json::to_writer(&mut body, &Answer { jsonrpc: "2.0", id, result });
    written.map(|()| body.0).map_err(|_| Error {
        code: ErrorCode::ServerError(REQUEST_FAILED),
        message: format!("the answer exceeds {} MiB", LONGEST_ANSWER >> 20).into(),
        data: None,
    })
}

/// LSP 3.17's `RequestFailed`: the request is valid but failed.
const REQUEST_FAILED: i64 = -32803;

/// A buffer that refuses to grow past the limit of an answer.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST_ANSWER {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The length of a text in JSON, in bytes, so that a feature can stop before its answer is too
/// long.
pub(super) fn json_length(text: &str) -> usize {
    let length = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(length).sum()
}

/// The body of any message sent by the server.
pub(super) fn body_of(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("a message of ours has a JSON form: its keys are strings")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_never_longer_than_its_bound() {
        let answer_of = |bytes: usize| answer(&Id::Number(1), &"x".repeat(bytes));
        assert!(answer_of(LONGEST_ANSWER - 100).is_ok());
        assert_eq!(answer_of(LONGEST_ANSWER).unwrap_err().message, "the answer exceeds 16 MiB");
    }

    #[test]
    fn a_texts_length_in_json_is_never_underestimated() {
        for text in ["", "é😀", "\"\\/", "a\tb\u{1}\u{7f}\n"] {
            assert!(
                json_length(text) + 2 >= serde_json::to_string(text).unwrap().len(),
                "{text:?}"
            );
        }
    }

    fn decoded(body: &str) -> Message {
        decode(body.as_bytes().to_vec()).unwrap().unwrap()
    }

    #[test]
    fn requests_notifications_and_replies_are_distinguished() {
        assert!(matches!(decoded(r#"{"id":1,"method":"a"}"#), Message::Request { .. }));
        assert!(matches!(
            decoded(r#"{"id":"x","method":"a","params":null}"#),
            Message::Request { .. }
        ));
        assert!(matches!(decoded(r#"{"method":"exit"}"#), Message::Notification { .. }));
        assert!(matches!(
            decoded(r#"{"id":1,"result":null}"#),
            Message::Reply { result: Ok(_), .. }
        ));
    }

    #[test]
    fn half_a_surrogate_pair_keeps_its_length() {
        let body = r#"{"id":1,"method":"m","params":{"a":"x\ud83dy","b":"\ud83d\ude00","c":"\\ud83d","d":"\ude00"}}"#;
        let Message::Request { params: Some(params), .. } = decoded(body) else { panic!() };
        assert_eq!(params["a"], "x\u{fffd}y");
        assert_eq!(params["b"], "😀");
        assert_eq!(params["c"], "\\ud83d");
        assert_eq!(params["d"], "\u{fffd}");
    }

    fn opened_text(json: &str) -> String {
        let body = format!(
            r#"{{"method":"textDocument/didOpen","params":{{"textDocument":{{"uri":"file:///a","text":{json},"languageId":"log","version":3}}}}}}"#
        );
        match decode(body.into_bytes()) {
            Ok(Some(Message::Edit(Edit::Open { version: 3, text, .. }))) => text,
            other => panic!("{json}: {other:?}"),
        }
    }

    #[test]
    fn an_opened_text_is_unescaped() {
        assert_eq!(opened_text(r#""""#), "");
        assert_eq!(
            opened_text(r#""é\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00😀\u0000x""#),
            "é\"\\/\u{8}\u{c}\n\r\té€😀😀\0x"
        );
        assert_eq!(
            opened_text(r#""\ud83d|\ud83d\u0041|\ude00\ud83d""#),
            "\u{fffd}|\u{fffd}A|\u{fffd}\u{fffd}"
        );
    }

    proptest::proptest! {
        #[test]
        fn unescaping_in_place_is_what_serde_does(text: String) {
            let json = serde_json::to_string(&text).unwrap();
            proptest::prop_assert_eq!(opened_text(&json), text);
        }
    }

    #[test]
    fn a_long_message_is_read_as_a_short_one_is() {
        let document = r#""uri":"file:///a","version":3,"text":"é\n""#;
        for message in [
            format!(r#"{{"method":"textDocument/didOpen","params":{{"textDocument":{{{document},PAD}}}}}}"#),
            format!(r#"{{"params":{{"textDocument":{{PAD,{document}}}}},"method":"textDocument/didOpen"}}"#),
            format!(r#"{{"id":null,"method":"textDocument/didOpen","params":{{"textDocument":{{{document}}},PAD}}}}"#),
            format!(r#"{{"id":7,"method":"textDocument/didOpen","params":{{"textDocument":{{{document}}},PAD}}}}"#),
            format!(r#"{{"method":"hexplain/other","params":{{"textDocument":{{{document}}},PAD}}}}"#),
            r#"{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a","version":3,"text":7,PAD}}}"#.to_owned(),
            r#"{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a","text":"x",PAD}}}"#.to_owned(),
            format!(r#"{{"method":"textDocument/didOpen","params":{{"textDocument":{{{document},PAD}}}}"#),
        ] {
            let read = |padding: &str| {
                let pad = format!(r#""languageId":"{padding}""#);
                let read = format!("{:?}", decode(message.replace("PAD", &pad).into_bytes()));
                // The position of an error and the message length differ.
                let end = read.find(" at line").or_else(|| read.find(", bytes: "));
                let read = read[..end.unwrap_or(read.len())].to_owned();
                if padding.is_empty() { read } else { read.replace(padding, "") }
            };
            assert_eq!(read(&"x".repeat(LONG)), read(""), "{message}");
        }
    }

    #[test]
    fn a_text_that_is_not_a_string_is_not_opened() {
        let body = r#"{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a","version":1,"text":["x"]}}}"#;
        assert!(matches!(decode(body.as_bytes().to_vec()), Ok(None)));
    }

    #[test]
    fn what_is_not_a_message_gets_one_error() {
        for (body, code) in [
            ("{", ErrorCode::ParseError),
            ("", ErrorCode::ParseError),
            ("[]", ErrorCode::InvalidRequest),
            ("null", ErrorCode::InvalidRequest),
            (r#"{"id":{},"method":"a"}"#, ErrorCode::InvalidRequest),
            (r#"{"jsonrpc":"2.0"}"#, ErrorCode::InvalidRequest),
        ] {
            assert_eq!(decode(body.as_bytes().to_vec()).unwrap_err().1.code, code, "{body}");
        }
    }

    #[test]
    fn invalid_utf8_is_read_with_replacement() {
        let body = b"{\"id\":1,\"method\":\"m\",\"params\":{\"a\":\"\xff\"}}".to_vec();
        let Ok(Some(Message::Request { params: Some(params), .. })) = decode(body) else {
            panic!()
        };
        assert_eq!(params["a"], "\u{fffd}");
    }
}
