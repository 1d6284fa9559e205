//! Texts and links as Markdown that displays them unchanged (`CommonMark` 0.31, and the tables and
//! strikethrough of editors).

use std::fmt::Write as _;
use std::ops::Range;

use crate::explain::prose::{Prose, code_spans};

/// Escapes a text so that no character of it is markup. It may start a line or follow other text;
/// its lines are joined with hard breaks, so that it remains a single paragraph.
pub(super) fn escape(text: &str) -> String {
    lines(text, |line| escape_line(line, &[]))
}

/// The same for a text with code spans, which are preserved.
pub(super) fn prose(prose: &Prose) -> String {
    lines(prose.source(), |line| escape_line(line, &code_spans(line).collect::<Vec<_>>()))
}

/// The non-blank lines of a text, each escaped, as one paragraph.
fn lines(text: &str, escape_line: impl Fn(&str) -> String) -> String {
    let lines = text.split(['\n', '\r', '\u{85}']).map(|line| {
        let visible = line.replace('\t', " ").replace(char::is_control, "");
        escape_line(visible.trim())
    });
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("  \n")
}

/// The same on one line, for a table cell.
#[cfg(feature = "cli")]
pub(super) fn cell(text: &str) -> String {
    escape(text).replace("  \n", " ")
}

/// A line without markup other than its code spans, whose ranges exclude the backticks.
fn escape_line(line: &str, code: &[Range<usize>]) -> String {
    let is_code = |at: usize| {
        let span = code.partition_point(|span| span.end < at);
        code.get(span).is_some_and(|span| (span.start - 1..=span.end).contains(&at))
    };
    let mut escaped = String::with_capacity(line.len());
    let at = begins_block(line);
    for (i, c) in line.char_indices() {
        let (before, after) = (&line[..i], &line[i + c.len_utf8()..]);
        let special = match c {
            _ if is_code(i) => false,
            // At the end, our own markup may follow.
            '\\' => after.is_empty() || after.starts_with(|next: char| next.is_ascii_punctuation()),
            '*' | '`' | '[' | ']' | '<' | '&' | '|' | '~' | '^' | '$' | '@' => true,
            // Inside a word, GitHub and editors treat an underscore as literal.
            '_' => {
                !before.ends_with(char::is_alphanumeric)
                    || !after.starts_with(char::is_alphanumeric)
            }
            _ => Some(i) == at,
        };
        if special {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The index of the character that would make a line a heading, a list, a quotation, a table or a
/// thematic break, or turn the line before it into one.
fn begins_block(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (mark, rest) = line.as_bytes().get(digits..)?.split_first()?;
    let begins = match mark {
        b'#' | b'>' | b'=' | b':' => digits == 0,
        b'-' | b'+' => digits == 0 && matches!(rest, [] | [b' ' | b'-' | b'+' | b':', ..]),
        b'.' | b')' => digits > 0 && matches!(rest, [] | [b' ', ..]),
        _ => false,
    };
    begins.then_some(digits)
}

/// A link labeled with its host; plain text if it is not a web link.
pub(super) fn link(link: &str) -> String {
    if is_link(link) {
        format!("[{}]({})", escape(host(link)), destination(link))
    } else {
        escape(link)
    }
}

/// Whether a link is a web link, which an editor may open when clicked.
pub(super) fn is_link(link: &str) -> bool {
    let scheme = link.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https")) && !escape(host(link)).is_empty()
}

/// The host of a link, which tells the reader whose page it is.
fn host(link: &str) -> &str {
    let authority = authority(link);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// The host of a link and what precedes it: `user:password@`.
fn authority(link: &str) -> &str {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    rest.split(['/', '?', '#', '\n', '\r', '\u{85}']).next().unwrap_or(rest)
}

/// The destination of a link, with every character percent-encoded that RFC 3986 does not allow, or
/// that would end the destination.
fn destination(link: &str) -> String {
    let mut encoded = String::with_capacity(link.len());
    let host = host(link);
    let host_start = host.as_ptr() as usize - link.as_ptr() as usize;
    let is_address = host.starts_with('[') && host[1..].contains(']');
    for (at, byte) in link.bytes().enumerate() {
        let in_host = (host_start..host_start + host.len()).contains(&at);
        match byte {
            // An IPv6 address.
            b'[' | b']' if is_address && in_host => encoded.push(byte.into()),
            // `&lt;` would be a character reference.
            b'&' if link.contains(';') => encoded.push_str("&amp;"),
            b'&' | b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'#' | b'@' | b'!' | b'$'
            | b'\'' | b'*' | b'+' | b',' | b';' | b'=' | b'%' => encoded.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => encoded.push(byte.into()),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_up_is_escaped() {
        for (text, expected) in [
            (r"C:\Logs <a> *b* snake_case _x", r"C:\Logs \<a> \*b\* snake_case \_x"),
            ("a\n# b", "a  \n\\# b"),
            ("a\r\n\r\n1. b", "a  \n1\\. b"),
            ("2) b", r"2\) b"),
            ("1.5 GB, 2)x", "1.5 GB, 2)x"),
            (". b\n) b", ". b  \n) b"),
            ("- b", r"\- b"),
            ("-5 is not a list", "-5 is not a list"),
            ("+ b", r"\+ b"),
            ("> b", r"\> b"),
            ("a\n===", "a  \n\\==="),
            ("a\n---", "a  \n\\---"),
            ("***", r"\*\*\*"),
            ("~~~ x", r"\~\~\~ x"),
            ("```x", r"\`\`\`x"),
            ("a | b\n:-|-:", "a \\| b  \n\\:-\\|-:"),
            ("![a](https://e.vil/)", r"!\[a\](https://e.vil/)"),
            ("[a]: b", r"\[a\]: b"),
            ("a@b.example", r"a\@b.example"),
            ("<img src=x>", r"\<img src=x>"),
            ("&lt;", r"\&lt;"),
            (r"C:\", r"C:\\"),
            ("    code\n\tcode", "code  \ncode"),
            ("a\u{1b}[31mb\u{0}", r"a\[31mb"),
            (" \n ", ""),
        ] {
            assert_eq!(escape(text), expected, "{text:?}");
        }
    }

    #[test]
    fn links_lead_to_the_web_only() {
        for (given, expected) in [
            ("https://a.example/b?c=d&e=f#g", "[a.example](https://a.example/b?c=d&e=f#g)"),
            ("https://a.example/?b&lt;c", "[a.example](https://a.example/?b&amp;lt;c)"),
            ("https://a.example/b (c)", "[a.example](https://a.example/b%20%28c%29)"),
            (
                "https://a.example/)\n\n# b ![c](d",
                "[a.example](https://a.example/%29%0A%0A#%20b%20!%5Bc%5D%28d)",
            ),
            ("https://a.example/<b>\\\"é", "[a.example](https://a.example/%3Cb%3E%5C%22%C3%A9)"),
            ("HTTP://a.example", "[a.example](HTTP://a.example)"),
            ("javascript:alert(1)", "javascript:alert(1)"),
            ("command:workbench.x", "command:workbench.x"),
            ("file:///etc/passwd", "file:///etc/passwd"),
            ("https://", "https://"),
            ("https://[::1]/[a]", r"[\[::1\]](https://[::1]/%5Ba%5D)"),
            ("https://user:pw@a.example/@b", "[a.example](https://user:pw@a.example/@b)"),
            (r"https://a.example\@b.example/", "[b.example](https://a.example%5C@b.example/)"),
            ("x\n# https://a.example", "x  \n\\# https://a.example"),
        ] {
            assert_eq!(link(given), expected, "{given:?}");
        }
    }
}
