//! One message's bytes to what it says: JSON-RPC 2.0, as LSP 3.17's base protocol uses it.
//!
//! The notifications that carry documents are decoded straight into their types: a text of
//! 50 MB is unescaped once and not copied again.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id};
use tower_lsp::lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
};

/// A decoded message.
#[derive(Debug)]
pub(super) enum Message {
    /// A notification about a document's text: applied at once, in order.
    Edit(Edit),
    /// Any other notification.
    Notification { method: String, params: Option<Value> },
    /// A request.
    Request { id: Id, method: String, params: Option<Value> },
    /// The client's answer to a request of the server's.
    Reply { id: Id, result: Result<Value, Error> },
}

/// What happens to a document's text.
#[derive(Debug)]
pub(super) enum Edit {
    Open(DidOpenTextDocumentParams),
    Change(DidChangeTextDocumentParams),
    Close(DidCloseTextDocumentParams),
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
    /// Reads a body. Serde would take an array for a struct's fields, so a batch is told first.
    ///
    /// # Errors
    /// The id to answer, where the body has one, and the answer.
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
                .and_then(|_| Err(serde::de::Error::custom("a message is an object")))
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

/// A present `null` is an id, too.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Id>, D::Error> {
    Id::deserialize(deserializer).map(Some)
}

/// Decodes a body. `None` for a notification about a text that can't be understood: there is
/// nobody to tell, so it is logged.
///
/// # Errors
/// The id to answer, and the answer.
pub(super) fn decode(body: Vec<u8>) -> Result<Option<Message>, (Id, Error)> {
    let text = match String::from_utf8(body) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    let envelope = Envelope::read(&text)?;
    let (id, params) = (envelope.id, envelope.params);
    let Some(method) = envelope.method else {
        return reply(id, envelope.result, envelope.error).map(Some);
    };
    let edit = match (&*method, &id, params) {
        ("textDocument/didOpen", None, Some(params)) => Some(params_of(params).map(Edit::Open)),
        ("textDocument/didChange", None, Some(params)) => Some(params_of(params).map(Edit::Change)),
        ("textDocument/didClose", None, Some(params)) => Some(params_of(params).map(Edit::Close)),
        _ => None,
    };
    let method = method.into_owned();
    let message = match edit {
        Some(edit) => edit.map(Message::Edit),
        None => params.map(params_of::<Value>).transpose().map(|params| match id.clone() {
            Some(id) => Message::Request { id, method: method.clone(), params },
            None => Message::Notification { method: method.clone(), params },
        }),
    };
    match (message, id) {
        (Ok(message), _) => Ok(Some(message)),
        (Err(error), Some(id)) => {
            let message = format!("the params of {method} can't be understood: {error}").into();
            Err((id, Error { code: ErrorCode::InvalidParams, message, data: None }))
        }
        (Err(error), None) => {
            eprintln!("hexplain: {method} can't be understood: {error}");
            Ok(None)
        }
    }
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

/// Decodes params. JavaScript clients can send half a surrogate pair, which no Rust string
/// holds: it becomes U+FFFD, which is one UTF-16 unit long, too, so no later position is off.
fn params_of<T: DeserializeOwned>(raw: &RawValue) -> serde_json::Result<T> {
    serde_json::from_str(raw.get()).or_else(|error| match mend_surrogates(raw.get()) {
        Some(mended) => serde_json::from_str(&mended),
        None => Err(error),
    })
}

/// JSON with U+FFFD for each half of a surrogate pair that stands alone (RFC 8259, section 7);
/// `None` where there is none.
fn mend_surrogates(json: &str) -> Option<String> {
    let mut mended = String::new();
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
            mended.push_str(&json[copied..start]);
            mended.push_str("\\ufffd");
            copied = start + 6;
        }
        at = start + if pair { 12 } else { 6 };
    }
    if copied == 0 {
        return None;
    }
    mended.push_str(&json[copied..]);
    Some(mended)
}

/// The UTF-16 unit that a `\u` escape at `start` stands for.
fn unit_at(json: &str, start: usize) -> Option<u16> {
    let digits = json.get(start..start + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(body: &str) -> Message {
        decode(body.as_bytes().to_vec()).unwrap().unwrap()
    }

    #[test]
    fn requests_notifications_and_replies_are_told_apart() {
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

    #[test]
    fn what_is_no_message_gets_one_error() {
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
