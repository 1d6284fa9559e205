//! The log level of a line: `INFO`, `[debug]`, `"level":"warn"`, MSI's `Note:`.

use super::Token;
use super::beside::{line_after, line_before};
use super::words::{LOUD_LEVELS, QUIET_LEVELS};

/// How many bytes at the start of a line may hold its level: a time, a thread and a component may
/// come first.
const HEAD: usize = 96;

/// Whether the token's line has the level information or lower.
pub(super) fn is_quiet(token: &Token<'_>) -> bool {
    let before = line_before(token);
    // If the start of the line is out of reach, its level is not known.
    if before.len() < token.before().len() || token.before_start() == 0 {
        let head = &before[..before.len().min(HEAD)];
        if let Some(quiet) = brief_level(head).or_else(|| level_in(head)) {
            return quiet;
        }
    }
    keyed_level(before).or_else(|| keyed_level(line_after(token))).unwrap_or(false)
}

/// Whether the first level at the start of a line is a quiet one; `None` without a level.
fn level_in(head: &[u8]) -> Option<bool> {
    let mut at = 0;
    while at < head.len() {
        if !head[at].is_ascii_alphabetic() {
            at += 1;
            continue;
        }
        let len = head[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let word = &head[at..at + len];
        if let Some(quiet) = thread_level(&head[..at], word, &head[at + len..]) {
            return Some(quiet);
        }
        if is_column(&head[..at], word, &head[at + len..])
            && let Some(quiet) = quiet(word)
        {
            return Some(quiet);
        }
        at += len;
    }
    None
}

/// Whether a word is a column of its own, in brackets, or followed by a colon. `Failure
/// Information:` is a heading.
fn is_column(before: &[u8], word: &[u8], after: &[u8]) -> bool {
    if after.starts_with(b":")
        && word.len() > 8
        && matches!(before, [.., letter, b' '] if letter.is_ascii_alphabetic())
    {
        return false;
    }
    let opens = matches!(
        before.last(),
        None | Some(b'[' | b'<' | b'(' | b'|' | b'\t' | b' ' | b']' | b':')
    );
    let closes = match after {
        [b']' | b'>' | b')' | b'|' | b'\t' | b':', ..] | [b' ', b' ' | b'[' | b'|' | b'-', ..] => {
            true
        }
        [b' ', ..] => word.iter().all(u8::is_ascii_uppercase),
        _ => false,
    };
    opens && closes
}

/// The keys whose value is a level, each with the index of its rarest letter.
const KEYS: [(&str, usize); 4] = [("level", 2), ("severity", 2), ("lvl", 1), ("\"@l\"", 1)];

/// The level in `level=info`, `"severity":"INFO"` and `"@l":"Debug"`.
fn keyed_level(part: &[u8]) -> Option<bool> {
    memchr::memchr2_iter(b'v', b'@', part).find_map(|rarest| {
        let key = |&(key, place): &(&str, usize)| {
            let at = rarest.checked_sub(place)?;
            part[at..].starts_with(key.as_bytes()).then_some(at + key.len())
        };
        let value = &part[KEYS.iter().find_map(key)?..];
        let skipped = value.iter().take(4).take_while(|byte| b"\"'=: ".contains(byte)).count();
        let value = &value[skipped..];
        let len = value.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if skipped == 0 { None } else { quiet(&value[..len]) }
    })
}

/// The level in Android's format with threads: `1702  1702 V Tag: …`.
fn thread_level(before: &[u8], word: &[u8], after: &[u8]) -> Option<bool> {
    let is_apart = matches!(before, [.., digit, b' '] if digit.is_ascii_digit())
        && matches!(after, [b' ', letter, ..] if letter.is_ascii_alphabetic());
    match word {
        b"V" | b"D" | b"I" if is_apart => Some(true),
        b"W" | b"E" | b"F" if is_apart => Some(false),
        _ => None,
    }
}

/// The level in Android's brief format, that of glog, that of the kernel, and that of logrus:
/// `D/Tag( 812): …`, `I0114 10:21:03.201 …`, `<6>…`, `INFO[0012] …`.
fn brief_level(head: &[u8]) -> Option<bool> {
    let are_digits = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    match head {
        [b'V' | b'D' | b'I', b'/', letter, ..] if letter.is_ascii_alphabetic() => Some(true),
        [level @ (b'V' | b'D' | b'I' | b'W' | b'E' | b'F'), date @ ..]
            if date.len() > 6 && are_digits(&date[..4]) =>
        {
            let is_time = date[4] == b' ' && date[5].is_ascii_digit();
            let is_year = date.len() > 9 && are_digits(&date[4..8]) && date[8] == b' ';
            (is_time || is_year).then_some(matches!(level, b'V' | b'D' | b'I'))
        }
        [b'<', b'5'..=b'7', b'>', ..]
        | [b'I', b'N', b'F', b'O', b'[', b'0'..=b'9', ..]
        | [b'D', b'E', b'B', b'U', b'[', b'0'..=b'9', ..] => Some(true),
        _ => None,
    }
}

fn quiet(word: &[u8]) -> Option<bool> {
    let is_in =
        |list: &[&str]| list.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word));
    if is_in(QUIET_LEVELS) {
        return Some(true);
    }
    is_in(LOUD_LEVELS).then_some(false)
}
