//! The word that leads to a number: `exit code` before `1603`, `thread` before `2812`.
//!
//! Which words make a small number a code, and which say that a number is something else, are
//! the two lists at the end of this file.

/// What the words right before a token say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// An error's number follows, however small: `exit code`, `hr`, `rc`.
    Error,
    /// A code follows if it looks like one: `status`, `result`.
    Status,
    /// Something else is counted or named: `thread`, `size`, `hash`.
    Other,
    /// Nothing that is known.
    Unknown,
}

impl Lead {
    /// The lead of what stands behind `before`, looking at its last bytes within one line.
    pub(super) fn of(before: &[u8]) -> Self {
        // `ReturnHr(3) tid(2600) 80070003`: the brackets hold a counter, the code comes later.
        if before.ends_with(b"Hr(") {
            return Self::Other;
        }
        let mut rest = before;
        // Words such as "is" and "of" stand between the key word and its number.
        for _ in 0..3 {
            rest = skip_glue(rest);
            let Some(word) = last_word(rest) else { return Self::Unknown };
            rest = &rest[..rest.len() - word.len()];
            let last = last_part(word);
            if is_one_of(last, FILLERS) {
                continue;
            }
            return Self::of_word(word, last, rest);
        }
        Self::Unknown
    }

    fn of_word(word: &[u8], last: &[u8], before: &[u8]) -> Self {
        let bare_level = word.iter().all(u8::is_ascii_uppercase) && word.len() > 2;
        if is_one_of(last, ERROR_WORDS) && !bare_level {
            return Self::Error;
        }
        if last.eq_ignore_ascii_case(b"code") || last.eq_ignore_ascii_case(b"codes") {
            let whose = match word.len() - last.len() {
                0 => last_word(skip_blanks(before)).map(last_part),
                own => Some(last_part(word[..own].trim_ascii_end_matches_underscore())),
            };
            return match whose {
                Some(whose) if is_one_of(whose, CODES_OF_ERRORS) => Self::Error,
                Some(whose) if is_one_of(whose, OTHER_WORDS) => Self::Other,
                _ => Self::Status,
            };
        }
        if is_one_of(last, STATUS_WORDS) || bare_level && is_one_of(last, ERROR_WORDS) {
            return Self::Status;
        }
        if is_one_of(last, OTHER_WORDS) {
            return Self::Other;
        }
        Self::Unknown
    }
}

trait TrimUnderscore {
    fn trim_ascii_end_matches_underscore(&self) -> &[u8];
}

impl TrimUnderscore for [u8] {
    fn trim_ascii_end_matches_underscore(&self) -> &[u8] {
        let len = self.iter().rposition(|&byte| byte != b'_').map_or(0, |last| last + 1);
        &self[..len]
    }
}

/// The letters nearest before a number, whatever else stands between them and it, within
/// 24 bytes: by this run a family's notation is found.
pub(super) fn nearest_letters(before: &[u8]) -> &[u8] {
    let near = &before[before.len().saturating_sub(24)..];
    let Some(last) = near.iter().rposition(u8::is_ascii_alphabetic) else { return &[] };
    let end = before.len() - near.len() + last + 1;
    let letters = before[..end].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    &before[end - letters..end]
}

/// `before` without the blanks and punctuation that stand between a key and its value.
fn skip_glue(before: &[u8]) -> &[u8] {
    let mut rest = before;
    for _ in 0..24 {
        let len = match rest {
            [.., byte] if GLUE.contains(byte) => 1,
            // No-break space and an opening guillemet.
            [.., 0xC2, 0xA0 | 0xAB] => 2,
            _ => return rest,
        };
        rest = &rest[..rest.len() - len];
    }
    &[]
}

fn skip_blanks(before: &[u8]) -> &[u8] {
    let blanks =
        before.iter().rev().take(4).take_while(|b| matches!(b, b' ' | b'\t' | b'_' | b'-'));
    &before[..before.len() - blanks.count()]
}

fn last_word(text: &[u8]) -> Option<&[u8]> {
    let len = text.iter().rev().take_while(|&&byte| super::is_word(byte)).count();
    let word = &text[text.len() - len..];
    word.iter().any(u8::is_ascii_alphabetic).then_some(word)
}

/// The last word of `lastHResult` and of `exit_code`: `HResult`, `code`.
fn last_part(word: &[u8]) -> &[u8] {
    let mut start = word.len();
    while start > 0 {
        let byte = word[start - 1];
        if byte == b'_' {
            break;
        }
        start -= 1;
        let before = start.checked_sub(1).map(|i| word[i]);
        if byte.is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_lowercase()) {
            break;
        }
    }
    &word[start..]
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}

/// What stands between a key and its value.
const GLUE: &[u8] = b" \t=:([<>\"'`*#\\";

/// Words that may stand between the key word and its number.
const FILLERS: &[&str] = &[
    "is", "was", "of", "with", "value", "the", "a", "equals", "0x", "de", "est", "win32", "system",
];

/// Behind these, a number is an error's, however small.
const ERROR_WORDS: &[&str] = &[
    "error",
    "err",
    "errno",
    "hr",
    "hresult",
    "rc",
    "returned",
    "returning",
    "returns",
    "exited",
    "exitcode",
    "errorcode",
    "errcode",
    "returncode",
    "retcode",
    "resultcode",
    "lasterror",
    "erreur",
    "sortie",
    "retour",
    "fehler",
    "fehlercode",
];

/// `exit code` and `error code` are an error's number, `zip code` is not.
const CODES_OF_ERRORS: &[&str] = &[
    "exit", "error", "err", "return", "returned", "result", "failure", "abort", "hresult", "win32",
    "last", "erreur", "retour", "sortie", "de", "d", "ret",
];

/// Behind these, a value is a code if it looks like one.
const STATUS_WORDS: &[&str] = &[
    "status",
    "result",
    "resultat",
    "ntstatus",
    "failed",
    "failure",
    "fail",
    "reason",
    "exception",
    "code",
    "p1",
    "p2",
    "p3",
    "p4",
    "p5",
    "p6",
    "p7",
    "p8",
    "p9",
    "p10",
    "state",
    "hrs",
];

/// Behind these, a value is no code whatever it looks like.
const OTHER_WORDS: &[&str] = &[
    "hash",
    "crc",
    "crc32",
    "checksum",
    "sha1",
    "sha256",
    "md5",
    "thread",
    "tid",
    "threadid",
    "pid",
    "processid",
    "process",
    "id",
    "eventid",
    "size",
    "length",
    "len",
    "bytes",
    "offset",
    "address",
    "addr",
    "at",
    "ptr",
    "pointer",
    "base",
    "handle",
    "hwnd",
    "flags",
    "flag",
    "mask",
    "vis",
    "visibility",
    "style",
    "attributes",
    "attribute",
    "options",
    "access",
    "port",
    "line",
    "count",
    "ticks",
    "time",
    "timestamp",
    "seq",
    "sequence",
    "session",
    "cookie",
    "key",
    "keywords",
    "keyword",
    "build",
    "version",
    "serial",
    "seed",
    "token",
    "duration",
    "elapsed",
    "memory",
    "event",
    "kb",
    "zip",
    "postal",
    "area",
    "country",
    "color",
    "colour",
    "capabilities",
    "caps",
    "rid",
    "sid",
    "luid",
    "index",
    "instance",
    "total",
    "free",
    "available",
    "limit",
    "timeout",
    "interval",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, lead: Lead) {
        assert_eq!(Lead::of(before.as_bytes()), lead, "{before}");
    }

    #[test]
    fn an_errors_number_is_led_by_many_words() {
        for before in [
            "exit code ",
            "Exit Code: ",
            "exitCode=",
            "\"ExitCode\":",
            "exit_code = ",
            "return code (",
            "error ",
            "Error: ",
            "failed with error ",
            "hr=",
            "lastHResult <",
            "rc = ",
            "returned ",
            "is returning ",
            "exit code is ",
            "returned exit code of ",
            "<ErrorCode>",
            "LastError=",
            "<Data Name=\"ErrorCode\">",
            "code de sortie ",
            "code d’erreur ",
            "erreur ",
            "hr = 0x(",
        ] {
            check(before, Lead::Error);
        }
    }

    #[test]
    fn other_things_are_counted_too() {
        for before in [
            "thread=\"",
            "Hash=",
            "size: ",
            "EventID: ",
            "vis=",
            "zip code ",
            "ThreadId=",
            "port ",
            "dwFlags=",
            "event ",
        ] {
            check(before, Lead::Other);
        }
    }

    #[test]
    fn a_log_level_before_a_process_id_is_no_key() {
        check("2026-11-03 09:12:44 ERROR ", Lead::Status);
    }

    #[test]
    fn a_word_that_only_ends_alike_is_no_key() {
        check("terror ", Lead::Unknown);
        check("invalid ", Lead::Unknown);
        check("errors ", Lead::Unknown);
        check("[ERROR] ", Lead::Unknown);
    }

    #[test]
    fn the_nearest_letters_are_behind_digits_and_punctuation() {
        assert_eq!(nearest_letters(b"SyncML("), b"SyncML");
        assert_eq!(nearest_letters(b"\"GET / HTTP/1.1\" "), b"HTTP");
        assert_eq!(nearest_letters(b"x                              "), b"");
    }
}
