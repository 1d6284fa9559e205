//! Makes text from files, names and catalogs safe to show on a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

/// `text` on one line: control characters and characters that reorder text are escaped.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    escape(text, is_unsafe)
}

/// The same for several lines: line feeds and tabs are kept.
pub(super) fn visible_lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| is_unsafe(c) && c != '\n' && c != '\t')
}

/// A log line with its number of characters unchanged, so that marks below it line up.
pub(super) fn blanked(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_control() => ' ',
            c if is_unsafe(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

/// A value as JSON in which all characters that are unsafe on a terminal are escaped.
pub(super) fn json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(value).map(safe_json)
}

/// JSON with all characters escaped that are unsafe on a terminal: `serde_json` escapes only those
/// below U+0020, and all others can only be inside strings.
pub(super) fn safe_json(json: Vec<u8>) -> Vec<u8> {
    // DEL, and the first bytes of C1 controls and of the characters that change direction.
    if memchr::memchr3(0x7F, 0xC2, 0xE2, &json).is_none() {
        return json;
    }
    let text = String::from_utf8_lossy(&json);
    let mut safe = String::with_capacity(json.len() + 16);
    for c in text.chars() {
        // Line feeds are those of the layout.
        if is_unsafe(c) && c != '\n' {
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    safe.into_bytes()
}

fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_escaped(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// C0, DEL and C1 controls, and the characters that change the direction of what follows.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_direction_marks_are_written_as_escapes() {
        assert_eq!(
            visible("a\u{1b}[31m\n\u{9b}\u{202e}\u{2066}é"),
            "a\\u{1b}[31m\\u{a}\\u{9b}\\u{202e}\\u{2066}é"
        );
        assert_eq!(visible_lines("a\u{1b}\n\tb"), "a\\u{1b}\n\tb");
        let text = "\u{1b}[31m\u{7f}\u{9b}\u{202e}é";
        let escaped = r#""\u001b[31m\u007f\u009b\u202eé""#;
        assert_eq!(String::from_utf8(json(&text).unwrap()).unwrap(), escaped);
        assert_eq!(blanked("a\tb\u{202e}"), "a b\u{fffd}");
    }
}
