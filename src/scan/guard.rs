//! What is never a code: parts of GUIDs and SIDs, versions, dates, addresses, URLs.
//!
//! Each guard looks only at a token's neighbors. Words that show that a number is something else
//! (`thread`, `hash`) are in [`super::lead`].

use super::beside::{line_before, token_after, tokens_on_line};
use super::words::{COUNTED, UNITS};
use super::{DIGIT, Token, is_word};

/// What a minus before a decimal means, and where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    None,
    /// The number is negative; the minus starts this many bytes before it.
    Minus(usize),
    /// A hyphen joins the number to the text before it: a date, a GUID, `error-code-193`.
    Hyphen,
}

/// Distinguishes a minus from a hyphen.
pub(super) fn sign(token: &Token<'_>) -> Sign {
    let before = token.before();
    let width = match before {
        [.., b'-'] => 1,
        // U+2212 MINUS SIGN and U+2013 EN DASH, which word processors use as a minus.
        [.., 0xE2, 0x88, 0x92] | [.., 0xE2, 0x80, 0x93] => 3,
        _ => return Sign::None,
    };
    match before[..before.len() - width].last() {
        Some(&byte) if is_word(byte) || matches!(byte, b'-' | b')' | b']' | b'}' | b'.') => {
            Sign::Hyphen
        }
        _ => Sign::Minus(width),
    }
}

/// Where a number starts, including its minus.
pub(super) fn number_start(token: &Token<'_>) -> usize {
    match sign(token) {
        Sign::Minus(width) => token.start - width,
        Sign::None | Sign::Hyphen => token.start,
    }
}

/// Whether a decimal is a piece of something longer: `10.0.19045`, `12:34:56`, `5/10`, `50%`,
/// `2026-11-03`, `1,234`.
pub(super) fn is_piece_of_number(token: &Token<'_>) -> bool {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let word = |byte: Option<&u8>| byte.is_some_and(|&byte| is_word(byte));
    let (before, after) = (token.before(), token.after());
    // `[1:54]`: an error domain and a code.
    if let ([.., b'[', b'1'..=b'9', b':'], Some(b']')) = (before, after.first()) {
        return false;
    }
    // A group of thousands has three digits; a larger number after a comma is a table's next cell.
    let is_group = token.len() <= 6;
    let joined_before = match before {
        [.., b','] if !is_group => false,
        [rest @ .., b'.' | b',' | b':' | b'/'] => digit(rest.last()),
        [.., b'$' | b'@'] => true,
        _ => false,
    };
    let joined_after = match after {
        [b',', ..] if !is_group => false,
        [b':', b'-', rest @ ..] | [b'.' | b',' | b':' | b'/', rest @ ..] => digit(rest.first()),
        // `550-5.7.26`: a reply of a mail server.
        [b'-', first, b'.', ..] if token.len() == 3 && token.bytes().first() == Some(first) => {
            false
        }
        [b'-', rest @ ..] => word(rest.first()),
        [b'%' | b'@', ..] => true,
        _ => false,
    };
    joined_before || joined_after
}

/// Whether a number is a line or a port after a name with an extension: `init.rc:58`,
/// `mx1.contoso.test:25`.
pub(super) fn is_after_file_name(token: &Token<'_>) -> bool {
    let Some(name) = token.before().strip_suffix(b":") else { return false };
    let extension = name.iter().rev().take(6).take_while(|byte| byte.is_ascii_lowercase()).count();
    let stem = &name[..name.len() - extension];
    (1..=5).contains(&extension)
        && matches!(stem, [.., letter, b'.'] if letter.is_ascii_alphanumeric() || *letter == b'_')
}

/// Whether a number is the section of a manual page: `ldap_result(3)`.
pub(super) fn is_manual_section(token: &Token<'_>) -> bool {
    let Some(name) = token.before().strip_suffix(b"(") else { return false };
    let len = name.iter().rev().take_while(|&&byte| is_word(byte)).count();
    let name = &name[name.len() - len..];
    matches!(token.bytes(), [b'1'..=b'8'])
        && token.after().first() == Some(&b')')
        && token.after().get(1) != Some(&b':')
        && (name == b"errno" || name.contains(&b'_'))
        && !name.iter().any(u8::is_ascii_uppercase)
}

/// Whether a number is in a row of its like, not all of which look like codes: a dump of memory.
/// Decimals with commas between them are a row of a table.
pub(super) fn is_in_dump(token: &Token<'_>, is_code: impl Fn(&Token<'_>) -> bool) -> bool {
    let len = token.len();
    if len < 7 {
        return false;
    }
    let is_hex = token.is_prefixed_hex();
    let is_like = |word: &Token<'_>| {
        word.is_prefixed_hex() == is_hex
            && if is_hex { word.len() == len } else { word.len() >= 4 && word.classes == DIGIT }
    };
    let is_between = |byte: &u8| matches!(byte, b' ' | b'\t' | b'-') || is_hex && *byte == b',';
    let is_blank = |gap: &[u8]| gap.iter().all(is_between);
    let mut end = token.start;
    let before = tokens_on_line(token).take_while(|word| {
        let is_next = is_blank(&token.text[word.end..end]) && is_like(word);
        end = word.start;
        is_next
    });
    let mut row: Vec<Token<'_>> = before.take(2).collect();
    let mut last = *token;
    while let Some(next) = token_after(&last)
        && row.len() < 4
        && is_blank(&token.text[last.end..next.start])
        && is_like(&next)
    {
        row.push(next);
        last = next;
    }
    row.len() >= 2 && row.iter().any(|word| !is_code(word))
}

/// Whether a number belongs to an error domain: `(AcmeKit.FeedError error 404.)`,
/// `Domain=com.acme.api Code=503`.
pub(super) fn is_of_a_domain(token: &Token<'_>) -> bool {
    let before = token.before();
    let before = before.strip_suffix(b"-").unwrap_or(before);
    let is_named = |&&byte: &&u8| is_word(byte) || byte == b'.';
    let split = |text: &[u8]| text.len() - text.iter().rev().take_while(is_named).count();
    if let Some(rest) = before.strip_suffix(b" error ") {
        let name = &rest[split(rest)..];
        let ends = name.ends_with(b"Error") || name.ends_with(b"Domain");
        return name.contains(&b'.') && (ends || name.starts_with(b"com."));
    }
    let domain = before.strip_suffix(b" Code=").map(|rest| &rest[..split(rest)]);
    domain.is_some_and(|rest| rest.ends_with(b"Domain="))
}

/// Whether a number is compared with something, as in source code: `ret < 0`, `n > 1000`.
pub(super) fn is_compared(token: &Token<'_>) -> bool {
    let line = line_before(token);
    let (operand, is_apart) = match line.strip_suffix(b" ") {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let left = match operand {
        [.., b'-' | b'=', b'>'] => return false,
        [left @ .., b'=' | b'<' | b'>' | b'!', b'='] => left,
        [left @ .., b'<' | b'>'] if is_apart => left,
        _ => return false,
    };
    left.trim_ascii_end().last().is_some_and(|&byte| is_word(byte) || matches!(byte, b')' | b']'))
}

/// Whether a line of source code assigns this value to a constant: `#define X 0x5`,
/// `pub const X: u32 = 5`.
pub(super) fn is_defined(token: &Token<'_>) -> bool {
    let line = line_before(token).trim_ascii_start();
    let has = |word: &[u8]| memchr::memmem::find(line, word).is_some();
    line.strip_prefix(b"#").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"define"))
        || (has(b"const ") || has(b"constexpr ") || has(b"final ") || has(b"readonly "))
            && line.trim_ascii_end().last() == Some(&b'=')
}

/// The one or two digits after a number's point, and their length with the point: `500.19`.
pub(super) fn sub_number(token: &Token<'_>) -> Option<(i32, usize)> {
    let [b'.', rest @ ..] = token.after() else { return None };
    let digits = rest.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let next = rest.get(digits).copied();
    let goes_on = next.is_some_and(is_word)
        || next == Some(b'.') && rest.get(digits + 1).is_some_and(u8::is_ascii_digit);
    let value = rest[..digits].iter().fold(0, |value, digit| value * 10 + i32::from(digit & 15));
    (matches!(digits, 1 | 2) && !goes_on).then_some((value, digits + 1))
}

/// Whether eight hex digits are a block of a GUID or of another hyphenated name, or part of a path.
pub(super) fn is_piece_of_name(token: &Token<'_>) -> bool {
    let joins = |byte: Option<&u8>| {
        matches!(byte, Some(b'-' | b'.' | b'/' | b'\\' | b'@' | b'#' | b'$' | b'%'))
    };
    let after = token.after();
    let dot_ends_sentence = matches!(
        after,
        [b'.'] | [b'.', b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'<' | b']' | b')', ..]
    );
    joins(token.before().last()) || (joins(after.first()) && !dot_ends_sentence)
}

/// Whether the token is part of a URL or a link anchor.
pub(super) fn is_in_url(token: &Token<'_>) -> bool {
    // `Error #-2147217911` is not an anchor.
    let before = token.before();
    let numbered = before.strip_suffix(b"-").unwrap_or(before).strip_suffix(b"#");
    let follows_word = || {
        numbered.is_some_and(|before| {
            let word = before.trim_ascii_end();
            word.len() < before.len() && word.last().is_some_and(u8::is_ascii_alphabetic)
        })
    };
    token.memo.is_in_url(token.text, token.start) && !follows_word()
}

/// Whether prefixed hex is part of a path or file name: `Sources\0xC1900208\install.esd`,
/// `0x80070005.txt`.
pub(super) fn is_in_path(token: &Token<'_>) -> bool {
    let is_file = match token.after() {
        [b'.', rest @ ..] => {
            let extension = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
            (2..=4).contains(&extension) && !rest.get(extension).is_some_and(|&byte| is_word(byte))
        }
        _ => false,
    };
    is_file || token.before().last() == Some(&b'\\')
}

/// Whether a unit after a number shows that it is a measurement: `2147958016 bytes`.
pub(super) fn is_measured(token: &Token<'_>) -> bool {
    let after = token.after();
    let after = after.strip_prefix(b" ").unwrap_or(after);
    let word = word_at(after);
    // `4 hr=0x80070643` starts another value.
    !matches!(after.get(word.len()), Some(b'=' | b':' | b'('))
        && UNITS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}

/// Whether a noun after a number shows that it is a count: `3 tests failed`, `3 out of 4`,
/// `4 of 7`.
pub(super) fn is_counted(token: &Token<'_>) -> bool {
    let Some(after) = token.after().strip_prefix(b" ") else { return is_measured(token) };
    let word = word_at(after);
    let counts =
        |list: &[&str]| list.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word));
    is_measured(token)
        || counts(COUNTED)
        || word == b"of" && after.get(3).is_some_and(u8::is_ascii_digit)
}

fn word_at(text: &[u8]) -> &[u8] {
    &text[..text.iter().take_while(|&&byte| is_word(byte)).count()]
}

/// Whether prefixed hex is an operand of machine code, part of an address range, or a value before
/// its label: `$0xffffff9c`, `0xe0000000-0xe7ffffff`, `: 0x80070043 | FW_VERSION`.
pub(super) fn is_machine_value(token: &Token<'_>) -> bool {
    let (before, after) = (token.before(), token.after());
    if matches!(before.last(), Some(b'$' | b'@')) || after.first() == Some(&b'@') {
        return true;
    }
    let len = token.len();
    let first_of_range = || {
        let rest = after.trim_ascii_start();
        let rest = match rest.strip_prefix(b"-") {
            Some(rest) => rest.strip_prefix(b">").unwrap_or(rest).trim_ascii_start(),
            None => rest.strip_prefix(b"to ").filter(|to| to.get(..3) == token.bytes().get(..3))?,
        };
        let other = word_at(rest);
        is_hex_of(other, len)
            .then(|| token.bytes().to_ascii_lowercase() < other.to_ascii_lowercase())
    };
    let last_of_range = || {
        let rest = before.trim_ascii_end();
        let dashed = rest.strip_suffix(b">").unwrap_or(rest).strip_suffix(b"-");
        let rest = dashed.or_else(|| rest.strip_suffix(b" to"))?.trim_ascii_end();
        let other = &rest[rest.len().saturating_sub(len)..];
        let is_alike = dashed.is_some() || other.get(..3) == token.bytes().get(..3);
        (is_alike && is_hex_of(other, len))
            .then(|| other.to_ascii_lowercase() < token.bytes().to_ascii_lowercase())
    };
    let before_label = || {
        let line = line_before(token).trim_ascii_end();
        after.starts_with(b" | ") && line.ends_with(b":") && !line.contains(&b'|')
    };
    // An address and its size, as in linker maps.
    let in_columns = || {
        let rest = after.trim_ascii_start();
        after.len() - rest.len() > 2 && after.starts_with(b"  ") && rest.starts_with(b"0x")
    };
    // `MSR 0x486 = 0x80000021`, `0x3894: 0x803b0006`
    let of_register = || {
        let rest = before.trim_ascii_end();
        let [rest @ .., b'=' | b':'] = rest else { return false };
        let rest = rest.trim_ascii_end();
        let rest = rest.strip_suffix(b")").unwrap_or(rest);
        let len = rest.iter().rev().take_while(|&&byte| is_word(byte)).count();
        is_hex_of(&rest[rest.len() - len..], len)
    };
    let is_address = before.trim_ascii_end().ends_with(b"@");
    in_columns()
        || is_address
        || of_register()
        || first_of_range() == Some(true)
        || last_of_range() == Some(true)
        || before_label()
}

fn is_hex_of(word: &[u8], len: usize) -> bool {
    word.len() == len && word.starts_with(b"0x") && word[2..].iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::CLASS;
    use crate::scan::memo::Memo;

    /// The token between the two bars of `text`.
    fn with_token<T>(text: &str, check: impl Fn(&Token<'_>) -> T) -> T {
        let (before, rest) = text.split_once('¦').unwrap();
        let (token, after) = rest.split_once('¦').unwrap();
        let whole = format!("{before}{token}{after}");
        let classes = token.bytes().fold(0, |all, byte| all | CLASS[byte as usize]);
        let start = before.len();
        let memo = Memo::default();
        check(&Token {
            text: whole.as_bytes(),
            start,
            end: start + token.len(),
            classes,
            memo: &memo,
        })
    }

    #[test]
    fn a_minus_is_not_a_hyphen() {
        for (text, expected) in [
            ("<-¦2016281112¦>", Sign::Minus(1)),
            ("-¦2016281112¦", Sign::Minus(1)),
            ("was −¦2016281112¦", Sign::Minus(3)),
            ("was –¦2016281112¦", Sign::Minus(3)),
            ("S-1-12-1-¦2213456789¦-5", Sign::Hyphen),
            ("error-code-¦193¦", Sign::Hyphen),
            ("0x87D00669(-¦2016410007¦)", Sign::Minus(1)),
            ("¦5¦", Sign::None),
        ] {
            assert_eq!(with_token(text, sign), expected, "{text}");
        }
    }

    #[test]
    fn pieces_of_numbers() {
        for text in [
            "10.0.¦19045¦.1",
            "¦12¦:34:56",
            "12:¦34¦:56",
            "¦5¦/10",
            "¦50¦%",
            "1,¦234¦",
            "¦2026¦-11-03",
            "¦3¦:-9813",
        ] {
            assert!(with_token(text, is_piece_of_number), "{text}");
        }
        for text in ["¦5¦.", "¦5¦, then", "¦5¦: text", "error:¦5¦", "(¦5¦)"] {
            assert!(!with_token(text, is_piece_of_number), "{text}");
        }
    }

    #[test]
    fn paths_and_files() {
        for text in [
            r"C:\$WINDOWS.~BT\Sources\¦0xC1900208¦\install.esd",
            "old-¦0x80070005¦.txt",
            "¦0x80070005¦.log",
        ] {
            assert!(with_token(text, is_in_path), "{text}");
        }
        for text in [
            "failed with ¦0x80070005¦. Then",
            "¦0x80070005¦.",
            "¦0x80070005¦\\r\\n",
            "(¦0x80070005¦)",
        ] {
            assert!(!with_token(text, is_in_path), "{text}");
        }
    }

    #[test]
    fn a_number_with_its_unit_is_measured() {
        for text in ["cache ¦2147958016¦ bytes", "¦2147958016¦ms", "¦2147958016¦ KB,"] {
            assert!(with_token(text, is_measured), "{text}");
        }
        for text in ["¦2147958016¦ bystanders", "¦2147958016¦", "¦2147958016¦: ms"] {
            assert!(!with_token(text, is_measured), "{text}");
        }
    }

    #[test]
    fn urls_and_anchors() {
        for text in [
            "see https://example.com/errors?code=¦0x80070005¦",
            "[x](#http-error-¦503¦)",
            "www.example.com/¦0x80070005¦",
            "#¦0x80070005¦",
        ] {
            assert!(with_token(text, is_in_url), "{text}");
        }
        for text in ["https://example.com ¦0x80070005¦", "(¦0x80070005¦)", "code=¦0x80070005¦"]
        {
            assert!(!with_token(text, is_in_url), "{text}");
        }
    }
}
