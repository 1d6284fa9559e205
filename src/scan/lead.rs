//! The word that leads to a number: `exit code` before `1603`, `thread` before `2812`.
//!
//! Which words make a small number a code, and which say that a number is something else, are
//! the lists at the end of this file.

use std::sync::LazyLock;

use super::is_word;

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
    /// The lead of what follows `before`, looking at its last bytes within one line.
    pub(super) fn of(before: &[u8]) -> Self {
        // `ReturnHr(3) tid(2600) 80070003`: the brackets hold a counter, the code comes later.
        if before.ends_with(b"Hr(") {
            return Self::Other;
        }
        // `Error       0x0      478`: the columns of a table, whose head is elsewhere.
        if before.ends_with(b"   ") && skip_blanks(before).last().is_some_and(|&b| is_word(b)) {
            return Self::Unknown;
        }
        let mut rest = before;
        // Words such as "is" and "of" come between the key word and its number.
        for _ in 0..3 {
            rest = skip_glue(rest);
            let Some(word) = last_word(rest) else { return Self::Unknown };
            rest = &rest[..rest.len() - word.len()];
            let last = last_part(word);
            let kind = kind_of(last);
            if kind & FILLER == 0 {
                return Self::of_word(word, last, kind, rest);
            }
        }
        Self::Unknown
    }

    fn of_word(word: &[u8], last: &[u8], kind: u8, before: &[u8]) -> Self {
        let bare_level = word.iter().all(u8::is_ascii_uppercase) && word.len() > 2;
        if kind & ERROR != 0 && !bare_level {
            return Self::Error;
        }
        if kind & CODE != 0 {
            let whose = match word.len() - last.len() {
                0 => last_word(skip_blanks(before)).map(last_part),
                own => Some(last_part(trim_underscores(&word[..own]))),
            };
            return match whose.map_or(0, kind_of) {
                kind if kind & OWNS_CODES != 0 => Self::Error,
                kind if kind & OTHER != 0 => Self::Other,
                _ => Self::Status,
            };
        }
        if kind & STATUS != 0 || bare_level && kind & ERROR != 0 {
            return Self::Status;
        }
        if kind & OTHER != 0 { Self::Other } else { Self::Unknown }
    }
}

fn trim_underscores(word: &[u8]) -> &[u8] {
    let len = word.iter().rposition(|&byte| byte != b'_').map_or(0, |last| last + 1);
    &word[..len]
}

/// The letters nearest before a number, whatever else is between them and it, within
/// 24 bytes: by this run a family's notation is found.
pub(super) fn nearest_letters(before: &[u8]) -> &[u8] {
    let near = &before[before.len().saturating_sub(24)..];
    let Some(last) = near.iter().rposition(u8::is_ascii_alphabetic) else { return &[] };
    let end = before.len() - near.len() + last + 1;
    let letters = before[..end].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    &before[end - letters..end]
}

/// `before` without the blanks and punctuation between a key and its value.
fn skip_glue(before: &[u8]) -> &[u8] {
    let mut rest = before;
    for _ in 0..24 {
        let len = match rest {
            [.., byte] if GLUE[*byte as usize] => 1,
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
        before.iter().rev().take(16).take_while(|b| matches!(b, b' ' | b'\t' | b'_' | b'-'));
    &before[..before.len() - blanks.count()]
}

fn last_word(text: &[u8]) -> Option<&[u8]> {
    let len = text.iter().rev().take_while(|&&byte| is_word(byte)).count();
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

/// Which of the lists below a word is in, as bits.
fn kind_of(word: &[u8]) -> u8 {
    static KINDS: LazyLock<Kinds> = LazyLock::new(Kinds::new);
    KINDS.of(word)
}

const FILLER: u8 = 1;
const ERROR: u8 = 2;
const STATUS: u8 = 4;
const OTHER: u8 = 8;
const OWNS_CODES: u8 = 16;
const CODE: u8 = 32;

/// The lists as a hash table. A log has a number in every third word; comparing the word before
/// it with 170 others took half of the scanner's time.
struct Kinds {
    slots: Box<[(u128, u8); SLOTS]>,
}

/// Three times the number of words.
const SLOTS: usize = 512;

impl Kinds {
    fn new() -> Self {
        let mut kinds = Self { slots: Box::new([(0, 0); SLOTS]) };
        for (words, kind) in [
            (FILLERS, FILLER),
            (ERROR_WORDS, ERROR),
            (STATUS_WORDS, STATUS),
            (OTHER_WORDS, OTHER),
            (CODES_OF_ERRORS, OWNS_CODES),
            (CODE_WORDS, CODE),
        ] {
            for word in words {
                let key = Self::key(word.as_bytes()).expect("a word has at most 16 letters");
                let slot = kinds.slot(key);
                kinds.slots[slot] = (key, kinds.slots[slot].1 | kind);
            }
        }
        kinds
    }

    fn of(&self, word: &[u8]) -> u8 {
        Self::key(word).map_or(0, |key| self.slots[self.slot(key)].1)
    }

    /// The slot that holds `key`, or the empty one where it belongs.
    fn slot(&self, key: u128) -> usize {
        let folded = (key as u64) ^ (key >> 64) as u64;
        let mut slot = (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as usize;
        while self.slots[slot].0 != key && self.slots[slot].0 != 0 {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }

    /// A word of at most 16 bytes in lower case, as a number.
    fn key(word: &[u8]) -> Option<u128> {
        if word.len() > 16 {
            return None;
        }
        Some(word.iter().fold(0, |key, byte| key << 8 | u128::from(byte.to_ascii_lowercase())))
    }
}

/// What is between a key and its value.
const GLUE: [bool; 256] = {
    let mut glue = [false; 256];
    let mut bytes: &[u8] = b" \t=:([<>\"'`*#\\";
    while let [byte, rest @ ..] = bytes {
        glue[*byte as usize] = true;
        bytes = rest;
    }
    glue
};

/// Words that may come between the key word and its number.
const FILLERS: &[&str] = &[
    "is", "was", "of", "with", "value", "the", "a", "equals", "0x", "de", "est", "win32", "system",
];

/// After these, a number is an error's, however small.
const ERROR_WORDS: &[&str] = &[
    "error",
    "err",
    "errno",
    "gle",
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

/// Whose code it is, the word before says.
const CODE_WORDS: &[&str] = &["code", "codes"];

/// After these, a value is a code if it looks like one.
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

/// After these, a value is not a code, whatever it looks like.
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
    "tick",
    "ticks",
    "level",
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
    fn the_table_knows_the_lists_and_nothing_else() {
        let lists = [FILLERS, ERROR_WORDS, STATUS_WORDS, OTHER_WORDS, CODES_OF_ERRORS, CODE_WORDS];
        for (list, words) in lists.iter().enumerate() {
            let kinds = [FILLER, ERROR, STATUS, OTHER, OWNS_CODES, CODE];
            for word in *words {
                assert_ne!(kind_of(word.to_uppercase().as_bytes()) & kinds[list], 0, "{word}");
            }
        }
        for word in ["", "x", "terror", "errorr", "a_word_of_more_than_16_bytes"] {
            assert_eq!(kind_of(word.as_bytes()), 0, "{word}");
        }
    }

    #[test]
    fn columns_are_not_key_and_value() {
        check("2026-11-03 09:12:44 0x1f3 Error       ", Lead::Unknown);
        check("ErrorCode   : ", Lead::Error);
    }

    #[test]
    fn a_log_level_before_a_process_id_is_not_a_key_word() {
        check("2026-11-03 09:12:44 ERROR ", Lead::Status);
    }

    #[test]
    fn a_word_that_only_ends_alike_is_not_a_key_word() {
        check("terror ", Lead::Unknown);
        check("invalid ", Lead::Unknown);
        check("errors ", Lead::Unknown);
        check("[ERROR] ", Lead::Unknown);
    }

    #[test]
    fn the_nearest_letters_may_be_before_digits_and_punctuation() {
        assert_eq!(nearest_letters(b"SyncML("), b"SyncML");
        assert_eq!(nearest_letters(b"\"GET / HTTP/1.1\" "), b"HTTP");
        assert_eq!(nearest_letters(b"x                              "), b"");
    }
}
