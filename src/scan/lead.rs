//! The word that leads to a number: `exit code` before `1603`, `thread` before `2812`.
//!
//! The word lists in `catalog/words.toml` say which words give a number a role and which ones show
//! that it is something else.

use std::sync::LazyLock;

use super::is_word;
use super::words::{ENDINGS, LEADS, LOUD_LEVELS};
use crate::catalog::role::Roles;

/// What the words right before a token say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// The number is called by a word for codes.
    Role(Roles),
    /// A value is a code if it looks like one: after `exception` or a log level.
    StatusLike,
    /// The number counts or identifies something else: `thread`, `size`, `hash`.
    Other,
    /// No known word.
    Unknown,
}

impl Lead {
    /// The lead of what follows `before`, from the end of its last line.
    pub(super) fn of(before: &[u8]) -> Self {
        // `ReturnHr(3) tid(2600) 80070003`: the brackets hold a counter; the code comes later.
        if before.ends_with(b"Hr(") {
            return Self::Other;
        }
        // `Error       0x0      478`: columns of a table whose header is elsewhere.
        let column = before.strip_suffix(b"[").or(before.strip_suffix(b"(")).unwrap_or(before);
        if column.ends_with(b"   ") && column.trim_ascii_end().last().is_some_and(|&b| is_letter(b))
        {
            return Self::Unknown;
        }
        match Self::of_last_word(without_cast(before)) {
            Self::Unknown => before_object(before).map_or(Self::Unknown, Self::of_last_word),
            lead => lead,
        }
    }

    fn of_last_word(before: &[u8]) -> Self {
        let mut rest = before;
        // Words such as "is" and "of" may be between the key word and its number.
        for _ in 0..3 {
            rest = skip_glue(rest);
            let Some(word) = last_word(rest) else { return Self::Unknown };
            let (word, kind) = known_part(word);
            rest = &rest[..rest.len() - word.len()];
            if is_option(rest, kind != 0) {
                return Self::Other;
            }
            if kind & FILLER == 0 {
                let lead = Self::of_word(word, last_part(word), kind, rest);
                return if lead.is_count(word, before) { Self::Unknown } else { lead };
            }
        }
        Self::Unknown
    }

    /// Whether a number of any size may follow.
    pub(super) fn is_of_error(self) -> bool {
        matches!(self, Self::Role(roles) if roles.meets(Roles::OF_ERRORS))
    }

    /// Whether the number is a count or a flag, as in `succeeded = 0, failed = 1` and
    /// `boot_completed=1`.
    fn is_count(self, word: &[u8], before: &[u8]) -> bool {
        let equals = before.trim_ascii_end().ends_with(b"=");
        let is_flag = self.roles() == Roles::EXIT && last_part(word).ends_with(b"ed");
        equals && (self.roles() == Roles::FAILURE || is_flag)
    }

    pub(super) fn roles(self) -> Roles {
        match self {
            Self::Role(roles) => roles,
            _ => Roles::default(),
        }
    }

    fn of_word(word: &[u8], last: &[u8], kind: u16, before: &[u8]) -> Self {
        if kind & CODE != 0 {
            let whose = match word.len() - last.len() {
                0 => owner(before),
                own => Some(trim_underscores(&word[..own])),
            };
            let of = whose.map_or(0, |word| known_part(word).1);
            return match (Roles(of & ROLES), Roles(kind & ROLES)) {
                (roles, _) if !roles.is_empty() => Self::Role(roles),
                (_, own) if !own.is_empty() => Self::Role(own),
                _ if of & OTHER != 0 => Self::Other,
                _ => Self::StatusLike,
            };
        }
        if kind & OWNER_ONLY != 0 {
            return Self::Unknown;
        }
        let roles = Roles(kind & ROLES);
        let is_level = || {
            let names_level =
                LOUD_LEVELS.iter().any(|level| level.as_bytes().eq_ignore_ascii_case(word));
            word.len() > 2 && word.iter().all(u8::is_ascii_uppercase) && names_level
        };
        match () {
            () if roles.meets(Roles::ERROR) && is_level() => Self::StatusLike,
            () if !roles.is_empty() => Self::Role(roles),
            () if kind & STATUS_LIKE != 0 => Self::StatusLike,
            () if kind & OTHER != 0 => Self::Other,
            () => Self::Unknown,
        }
    }
}

/// Whether an option's name follows, whose value is what is asked for: `--status 404`,
/// `--max-errors 5`, ` /error 5`.
fn is_option(before: &[u8], is_known: bool) -> bool {
    let is_of_name = |byte: &&u8| byte.is_ascii_lowercase() || **byte == b'-';
    let len = before.iter().rev().take(LONGEST_WORD).take_while(is_of_name).count();
    let (rest, name) = before.split_at(before.len() - len);
    match name {
        [b'-', b'-', ..] => {
            name.ends_with(b"-") && !rest.last().is_some_and(|&byte| is_letter(byte))
        }
        _ => is_known && matches!(before, [.., b' ', b'/' | b'-']),
    }
}

/// How many bytes may be between a key word and its number for the object it refers to.
const OBJECT: usize = 80;

/// `before` without the end of a type in capitals: `ERROR_CODE: (NTSTATUS) `.
fn without_cast(before: &[u8]) -> &[u8] {
    let Some(cast) = before.strip_suffix(b") ").or(before.strip_suffix(b")")) else {
        return before;
    };
    let len = cast.iter().rev().take_while(|byte| byte.is_ascii_uppercase()).count();
    if len > 0 && cast[..cast.len() - len].ends_with(b"(") { cast } else { before }
}

/// The text before the object in `exit code of ccmsetup.exe on PC-77: `.
fn before_object(before: &[u8]) -> Option<&[u8]> {
    let clause = before.strip_suffix(b": ")?;
    let near = &clause[clause.len().saturating_sub(OBJECT)..];
    let start = memchr::memrchr2(b'\n', b';', near).map_or(0, |at| at + 1);
    let near = &near[start..];
    let of = [&b" of "[..], b" for "].into_iter();
    let at = of.filter_map(|word| memchr::memmem::find(near, word)).min()?;
    Some(&clause[..clause.len() - near.len() + at])
}

fn trim_underscores(word: &[u8]) -> &[u8] {
    let len = word.iter().rposition(|&byte| byte != b'_').map_or(0, |last| last + 1);
    &word[..len]
}

/// Whether a byte may be between a key and its value.
pub(super) fn is_glue(byte: u8) -> bool {
    GLUE[byte as usize]
}

/// Whether a whole word of ASCII letters gives no role to the number after it.
pub(super) fn leads_nowhere(word: &[u8]) -> bool {
    kind_of(last_part(word)) & !OTHER == 0
}

/// Whether a word only calls a number an error, a status and the like, or stands between them.
pub(crate) fn is_of_any_number(word: &str) -> bool {
    let kind = kind_of(word.as_bytes());
    kind & (ROLES | FILLER | CODE | STATUS_LIKE) != 0
}

/// `before` without the spaces and punctuation between a key and its value.
fn skip_glue(before: &[u8]) -> &[u8] {
    let mut rest = before;
    for _ in 0..40 {
        let len = match rest {
            // Arrows: `exit code -> 5`.
            [.., b'-', b'>'] => 2,
            [.., 0xE2, 0x86, 0x92] => 3,
            [.., byte] if GLUE[*byte as usize] => 1,
            // No-break space and an opening guillemet.
            [.., 0xC2, 0xA0 | 0xAB] => 2,
            // Opening curly quotes, `“`, `‘` and `„`; full-width colon, comma and bracket.
            [.., 0xE2, 0x80, 0x9C | 0x98 | 0x9E] | [.., 0xEF, 0xBC, 0x9A | 0x8C | 0x88] => 3,
            _ => return rest,
        };
        rest = &rest[..rest.len() - len];
    }
    &[]
}

/// The word that the code belongs to: `exited` in `exited with code`.
fn owner(before: &[u8]) -> Option<&[u8]> {
    let mut rest = before;
    for _ in 0..2 {
        rest = skip_owner_glue(rest);
        let word = last_word(rest)?;
        if known_part(word).1 & FILLER == 0 {
            return Some(word);
        }
        rest = &rest[..rest.len() - word.len()];
    }
    None
}

/// `before` without what separates `code` from the word that it belongs to: `error (code`,
/// `"error":{"code"`.
fn skip_owner_glue(before: &[u8]) -> &[u8] {
    let glue = before.iter().rev().take(16).take_while(|byte| b" \t_-({\":;.'\r\n".contains(byte));
    &before[..before.len() - glue.count()]
}

/// Letters of any script, digits and underscores.
fn is_letter(byte: u8) -> bool {
    is_word(byte) || byte >= 0x80
}

/// The longest key word, in bytes, including text joined to it without a space.
const LONGEST_WORD: usize = 64;

fn last_word(text: &[u8]) -> Option<&[u8]> {
    let letters = text.iter().rev().take(LONGEST_WORD).take_while(|&&byte| is_letter(byte));
    let word = &text[text.len() - letters.count()..];
    // General, CJK and full-width punctuation marks are not letters.
    let is_mark = |bytes: &[u8]| {
        matches!(bytes, [0xE2, 0x80, _] | [0xE3, 0x80, 0x80..=0x82] | [0xEF, 0xBC, 0x80..=0x8F])
    };
    let start = word.windows(3).rposition(is_mark).map_or(0, |mark| mark + 3);
    let word = &word[start..];
    word.iter().any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80).then_some(word)
}

/// The part of a word that is in the lists, and its kinds: the whole word, its last part, or its
/// end in scripts without spaces.
fn known_part(word: &[u8]) -> (&[u8], u16) {
    let last = last_part(word);
    // `newVal` is in a list as a whole.
    let whole = if last.len() < word.len() { kind_of(word) } else { 0 };
    let kind = if whole != 0 { whole } else { kind_of(last) };
    if kind != 0 || word.is_ascii() {
        return (word, kind);
    }
    let ascii = word.iter().rposition(|byte| !byte.is_ascii()).map_or(0, |at| at + 1);
    let last = kind_of(last_part(&word[ascii..]));
    if ascii < word.len() && last != 0 {
        return (&word[ascii..], last);
    }
    let ending = ENDINGS.iter().find(|(ending, _)| word.ends_with(ending.as_bytes()));
    ending.map_or((word, 0), |(ending, kind)| (&word[word.len() - ending.len()..], *kind))
}

/// The last word in `lastHResult` and `exit_code`: `HResult`, `code`.
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

/// The lists that contain a word, as bits.
fn kind_of(word: &[u8]) -> u16 {
    static KINDS: LazyLock<Kinds> = LazyLock::new(Kinds::new);
    KINDS.of(word)
}

// The bits of a word: its roles, followed by these, which `build.rs` uses when it writes the lists.
const ROLES: u16 = FILLER - 1;
pub(super) const FILLER: u16 = 1 << 10;
pub(super) const OTHER: u16 = 1 << 11;
pub(super) const CODE: u16 = 1 << 12;
pub(super) const STATUS_LIKE: u16 = 1 << 13;
pub(super) const OWNER_ONLY: u16 = 1 << 14;

/// The lists as a hash table. Every third word of a log is a number; comparing the word before it
/// with 300 others took half of the scanner's time.
struct Kinds {
    slots: Box<[(u128, u16)]>,
}

/// Three times the number of words.
const SLOTS: usize = 1024;

impl Kinds {
    fn new() -> Self {
        let mut kinds = Self { slots: vec![(0, 0); SLOTS].into() };
        for (word, kind) in LEADS {
            let key = Self::key(word.as_bytes());
            let slot = kinds.slot(key);
            kinds.slots[slot] = (key, kinds.slots[slot].1 | kind);
        }
        kinds
    }

    fn of(&self, word: &[u8]) -> u16 {
        self.slots[self.slot(Self::key(word))].1
    }

    /// The slot that holds `key`, or the empty one that it would go into.
    fn slot(&self, key: u128) -> usize {
        let folded = (key as u64) ^ (key >> 64) as u64;
        let mut slot = (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize;
        while self.slots[slot].0 != key && self.slots[slot].0 != 0 {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }

    /// The last 16 bytes of a word in lower case, as a number.
    fn key(word: &[u8]) -> u128 {
        let last = &word[word.len().saturating_sub(16)..];
        last.iter().fold(0, |key, byte| key << 8 | u128::from(byte.to_ascii_lowercase()))
    }
}

/// The bytes that may be between a key and its value.
const GLUE: [bool; 256] = {
    let mut glue = [false; 256];
    let mut bytes: &[u8] = b" \t=:([<>\"'`*#\\";
    while let [byte, rest @ ..] = bytes {
        glue[*byte as usize] = true;
        bytes = rest;
    }
    glue
};

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> Lead {
        Lead::Role(Roles::named(name).unwrap())
    }

    #[track_caller]
    fn check(before: &str, lead: Lead) {
        assert_eq!(Lead::of(before.as_bytes()), lead, "{before}");
    }

    #[test]
    fn many_words_lead_to_an_errors_number() {
        for before in [
            "error ",
            "Error: ",
            "failed with error ",
            "LastError=",
            "<ErrorCode>",
            "<Data Name=\"ErrorCode\">",
            "error code is ",
            "error (code ",
            "\"error\":{\"code\":",
            "code d’erreur ",
            "erreur ",
            "Fehlercode: ",
            "código de error: ",
            "codice di errore: ",
            "Kod błędu: ",
            "Код ошибки: ",
            "エラー コード: ",
            "错误代码为 ",
            "FEHLER ",
        ] {
            check(before, role("error"));
        }
    }

    #[test]
    fn many_words_lead_to_a_programs_exit_status() {
        for before in [
            "exit code ",
            "Exit Code: ",
            "exitCode=",
            "\"ExitCode\":",
            "exit_code = ",
            "exited with code ",
            "exited with status ",
            "Exit status: ",
            "returned exit code of ",
            "exit code of setup.exe on PC-77: ",
            "code de sortie ",
        ] {
            check(before, role("exit"));
        }
    }

    #[test]
    fn other_roles_have_words_of_their_own() {
        check("return code (", role("return"));
        check("rc = ", role("return"));
        check("returned ", role("return"));
        check("hr=", role("hresult"));
        check("lastHResult <", role("hresult"));
        check("hr = 0x(", role("hresult"));
        check("HTTP status ", role("status"));
        check("result code: ", role("result"));
        check("FAILED ", role("failure"));
        check("Reason Code: ", role("reason"));
        check("errno ", role("errno"));
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
        for (word, kind) in LEADS {
            assert!(word.len() <= 16, "{word} is too long for the table");
            assert_eq!(kind_of(word.as_bytes()) & kind, *kind, "{word}");
        }
        for word in ["", "x", "terror", "errorr", "a_word_of_more_than_16_bytes"] {
            assert_eq!(kind_of(word.as_bytes()), 0, "{word}");
        }
    }

    #[test]
    fn columns_are_not_key_and_value() {
        check("2026-11-03 09:12:44 0x1f3 Error       ", Lead::Unknown);
        check("2026-11-03 09:12:44, Error                 [", Lead::Unknown);
        check("ErrorCode   : ", role("error"));
    }

    #[test]
    fn a_log_level_before_a_process_id_is_not_a_key_word() {
        check("2026-11-03 09:12:44 ERROR ", Lead::StatusLike);
    }

    #[test]
    fn a_word_that_only_ends_alike_is_not_a_key_word() {
        check("terror ", Lead::Unknown);
        check("invalid ", Lead::Unknown);
        check("errors ", Lead::Unknown);
        check("[ERROR] ", Lead::Unknown);
    }
}
