//! Finds the codes in a text and where they are.
//!
//! An occurrence belongs to one *token*, a run of ASCII letters, digits and underscores. Whether
//! a token is a code depends only on `SIGHT` bytes on either side of it and on the file's name. So
//! the work grows linearly with the text, a single line of 50 MB costs no more than many short
//! ones, and after an edit only the tokens within sight of it need to be judged again.

mod beside;
mod columns;
mod domain;
mod double;
mod dull;
mod evidence;
mod family;
mod far;
mod guard;
mod lead;
mod led;
mod letters;
mod level;
mod memo;
mod name;
mod number;
mod shapes;
mod why;
mod words;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::catalog::FamilyId;
use crate::catalog::{Catalog, NameId};
use crate::code::Code;
use columns::Column;
use domain::Domains;
use evidence::Evidence;
use family::{Families, Verdict};
use letters::Letters;
use memo::Memo;
use name::Names;

pub(crate) use crate::catalog::pattern::REACH;
pub(crate) use lead::is_of_any_number;
pub use why::{Considered, Refusal, Speaks, Why};

/// A longer run of letters and digits is not a code but a hash, Base64 or a generated name.
pub(crate) const MAX_TOKEN: usize = crate::catalog::LONGEST_NAME;

/// How many bytes before and after the start of a token can affect its judgment: as far as the
/// previous token, of which it may be a double, can see.
pub(crate) const SIGHT: usize = REACH + 2 * MAX_TOKEN;

/// The number of digits in the largest 32-bit code.
const MAX_DECIMAL: usize = 10;

/// A place where a code is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The first byte, as an offset in the text.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// Which code it is.
    pub meaning: Meaning,
}

impl Occurrence {
    /// The byte range.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The meaning of an occurrence, as far as the text around it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Meaning {
    /// The key for looking up entries, the same for every notation of a code.
    pub key: Key,
    /// The family whose notation matched, or that the surrounding text suggests.
    pub family: Option<FamilyId>,
    /// How much the occurrence counts, given the surrounding text.
    pub weight: Weight,
    /// Whether it repeats the code right before it: `0x80070643 (-2147023293)`.
    pub repeats: bool,
}

impl Meaning {
    /// The meaning of a code that is certain.
    #[must_use]
    pub fn new(key: Key, family: Option<FamilyId>) -> Self {
        Self { key, family, weight: Weight::Full, repeats: false }
    }

    /// Whether it is reported: there is evidence for it, and it is not a double.
    #[must_use]
    pub fn is_reported(self) -> bool {
        self.weight > Weight::Possible && !self.repeats
    }
}

/// How much an occurrence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// No evidence for a reading: explained on request, never reported.
    Possible,
    /// Its line has the level information or lower: reported as information at most.
    Quiet,
    /// Reported with the severity of its entry.
    Full,
}

/// Identifies a code, whatever its notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A 32-bit value.
    Code(Code),
    /// A family's number that no formula turns into a 32-bit value.
    Number(FamilyId, i32),
    /// A symbolic name that several entries share; the id is that of the first.
    Name(NameId),
}

/// Finds the occurrences of a catalog's codes.
#[derive(Debug)]
pub struct Scanner {
    catalog: Arc<Catalog>,
    /// Built for the first text: a server that is starting has none.
    ways: OnceLock<Ways>,
}

/// The ways in which a catalog's codes can be written.
#[derive(Debug)]
struct Ways {
    families: Families,
    domains: Domains,
    names: Names,
    evidence: Evidence,
}

/// What a file's name, language and header say about its codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileKind {
    /// The families whose signs the file's name contains.
    families: Vec<FamilyId>,
    /// Whether it is source code, in which only strong notations count.
    is_source: bool,
    /// The columns named at the head of the text.
    columns: Vec<Column>,
}

/// How many bytes at the head of a text are searched for column names.
pub(crate) const HEAD: usize = 4096;

impl Ways {
    fn of(catalog: &Catalog) -> Self {
        let families = Families::of(catalog);
        let names = Names::of(catalog, families.joined_words());
        Self { families, domains: Domains::of(catalog), names, evidence: Evidence::of(catalog) }
    }
}

impl Scanner {
    /// A scanner for a catalog's codes. Regexes are compiled when their key word first occurs.
    #[must_use]
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Self { catalog, ways: OnceLock::new() }
    }

    fn ways(&self) -> &Ways {
        self.ways.get_or_init(|| Ways::of(&self.catalog))
    }

    /// The catalog that the scanner was created for.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// What a file's name (with or without folders), the language reported by an editor and the
    /// head of the text say about the codes in the file.
    #[must_use]
    pub fn file_kind(&self, name: &str, language: Option<&str>, text: &str) -> FileKind {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        // `Makefile` is known by its whole name.
        let extension = name.rsplit_once('.').map_or(name, |(_, extension)| extension);
        let head = &text[..text.floor_char_boundary(HEAD)];
        let is_in = |list: &[&str], word: Option<&str>| {
            word.is_some_and(|word| list.iter().any(|known| known.eq_ignore_ascii_case(word)))
        };
        FileKind {
            families: self.ways().evidence.in_text(name),
            is_source: is_in(words::SOURCE_EXTENSIONS, Some(extension))
                || is_in(words::SOURCE_LANGUAGES, language)
                || words::SOURCE_FIRST_LINES.iter().any(|known| head.starts_with(known))
                || words::SOURCE_HEADS.iter().any(|known| head.contains(known)),
            columns: columns::columns(&self.catalog, head),
        }
    }

    /// The families whose signs occur in a text, the most frequent first. They rank the readings of
    /// a number without evidence near it.
    #[must_use]
    pub fn leanings(&self, text: &str) -> Vec<FamilyId> {
        self.ways().evidence.in_text(text)
    }

    /// All occurrences in the text of a file without a name, in order.
    #[must_use]
    pub fn scan(&self, text: &str) -> Vec<Occurrence> {
        self.scan_file(text, &self.file_kind("", None, text))
    }

    /// All occurrences in a file's text, in order.
    #[must_use]
    pub fn scan_file(&self, text: &str, file: &FileKind) -> Vec<Occurrence> {
        let mut found = Vec::new();
        let whole = 0..text.len();
        self.scan_part(text.as_bytes(), whole, file, |_, occurrence| found.push(occurrence));
        found
    }

    /// Calls `found` for each token that starts in `part` and is a code, in order, with the start
    /// of the token and the occurrence.
    ///
    /// The result is the same as for the whole document if `text` has [`SIGHT`] more bytes of it on
    /// either side of `part`, or as many as there are.
    pub(crate) fn scan_part(
        &self,
        text: &[u8],
        part: Range<usize>,
        file: &FileKind,
        found: impl FnMut(usize, Occurrence),
    ) {
        self.scan_tokens(text, part, file, |token| self.may_be_code(token), found);
    }

    fn scan_tokens(
        &self,
        text: &[u8],
        part: Range<usize>,
        file: &FileKind,
        may_be_code: impl Fn(&Token<'_>) -> bool,
        mut found: impl FnMut(usize, Occurrence),
    ) {
        for_each_token(text, part, file, |token| {
            if may_be_code(token)
                && let Some(occurrence) = self.judge(token)
            {
                found(token.start, occurrence);
            }
        });
    }

    fn judge(&self, token: &Token<'_>) -> Option<Occurrence> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let has_more = token.classes & UNDERSCORE != 0 || token.may_be_escaped();
        let token = &if has_more { token.without_escape() } else { *token };
        let mut found = self.double_of(token, self.judge_alone(token))?;
        if found.meaning.is_reported() {
            if self.is_other_constant(token, found.meaning.key) {
                found.meaning.weight = Weight::Possible;
            } else if level::is_quiet(token) {
                found.meaning.weight = Weight::Quiet;
            }
        }
        Some(found)
    }

    /// Whether source code assigns the value to a constant other than the code's name:
    /// `#define SHF_PARISC_HUGE 0x40000000`.
    fn is_other_constant(&self, token: &Token<'_>, key: Key) -> bool {
        let Key::Code(code) = key else { return false };
        if !token.memo.is_source || !guard::is_defined(token) {
            return false;
        }
        let line = beside::line_before(token);
        let is_there = |name: &str| memchr::memmem::find(line, name.as_bytes()).is_some();
        !self
            .catalog
            .by_code(code)
            .iter()
            .any(|entry| !entry.name().is_empty() && is_there(entry.name()))
    }

    /// The result for a token, regardless of the code before it.
    fn judge_alone(&self, token: &Token<'_>) -> Option<Occurrence> {
        let (catalog, ways) = (&*self.catalog, self.ways());
        if token.classes != DIGIT
            && let Some(verdict) = ways.families.in_bare_hex(catalog, ways, token)
        {
            return verdict.code();
        }
        if token.is_prefixed_hex() {
            return match self.written(token) {
                Some(verdict) => verdict.code(),
                None => self.prefixed_hex(token),
            };
        }
        if token.classes == DIGIT {
            if token.len() > MAX_DECIMAL {
                return None;
            }
            if guard::is_piece_of_number(token) {
                let as_piece = || {
                    let is_piece = ways.families.may_be_piece(token);
                    is_piece.then(|| ways.families.of_a_piece(catalog, ways, token)).flatten()
                };
                return ways.families.named(catalog, ways, token).or_else(as_piece);
            }
            if self.follows_dull_word(token) {
                return self.after_dull_word(token);
            }
            if let Some(found) = ways.families.named(catalog, ways, token) {
                return Some(found);
            }
            return match self.of_a_family(token) {
                Some(verdict) => verdict.code(),
                None => self.decimal(token),
            };
        }
        if token.len() == 8 && token.classes & !(DIGIT | HEX) == 0 && token.classes & DIGIT != 0 {
            return if ways.families.is_trap(catalog, ways, token) {
                None
            } else {
                self.bare_hex(token)
            };
        }
        if let Some(found) = ways.families.named(catalog, ways, token) {
            return Some(found);
        }
        let mut name = ways.names.find(catalog, token);
        // Source code names errors without reporting them.
        if let Some(found) = name.as_mut().filter(|_| token.memo.is_source) {
            found.meaning.weight = Weight::Possible;
        }
        name.or_else(|| ways.families.joined(catalog, ways, token))
    }

    /// The verdict of a notation about a number.
    fn written(&self, token: &Token<'_>) -> Option<Verdict> {
        let letters = Letters::before(token.before());
        let ways = self.ways();
        ways.families.written(&self.catalog, ways, token, &letters)
    }

    /// The verdict of a column, a notation, an error domain or a table about a family's number.
    fn of_a_family(&self, token: &Token<'_>) -> Option<Verdict> {
        let (catalog, ways) = (&*self.catalog, self.ways());
        if let Some(family) = columns::family_of(token) {
            let found = family::in_column(catalog, token, family);
            return Some(found.map_or(Verdict::NotACode, Verdict::Code));
        }
        let letters = Letters::before(token.before());
        match ways.families.written(catalog, ways, token, &letters) {
            Some(Verdict::Code(found)) => Some(Verdict::Code(self.by_its_phrase(token, found))),
            Some(Verdict::NotACode) => Some(Verdict::NotACode),
            None => {
                let of_domain = ways.domains.find(catalog, token, &letters);
                of_domain.or_else(|| ways.families.listed(catalog, token)).map(Verdict::Code)
            }
        }
    }

    /// An occurrence whose notation belongs to several families, assigned to the family whose
    /// phrase is beside it: `[Errno 35] Resource temporarily unavailable`.
    fn by_its_phrase(&self, token: &Token<'_>, mut found: Occurrence) -> Occurrence {
        if let Key::Number(family, number) = found.meaning.key
            && found.range() == (token.start..token.end)
            && let Some(reading) =
                self.ways().evidence.by_phrase(&self.catalog, token, number, false)
            && reading.family != family
            && self.catalog.by_number(reading.family, number).is_some()
        {
            let meaning = family::meaning(&self.catalog, reading.family, number);
            found.meaning = Meaning { weight: found.meaning.weight, ..meaning };
        }
        found
    }

    /// Whether a token may be a code, judging by the token alone: most are plain words, times,
    /// versions and parts of GUIDs. [`Scanner::judge`] rejects everything that this rejects.
    fn may_be_code(&self, token: &Token<'_>) -> bool {
        let (len, classes) = (token.len(), token.classes);
        if classes == DIGIT {
            return len <= MAX_DECIMAL
                && (!guard::is_piece_of_number(token)
                    || self.ways().families.may_be_piece(token)
                    || self.ways().families.may_be_named(token))
                || token.may_be_escaped();
        }
        if len > MAX_TOKEN {
            return false;
        }
        if len > 3 && self.ways().names.may_begin_so(token.bytes()) {
            return true;
        }
        if classes & !(DIGIT | HEX) == 0 && len <= 8 && self.ways().families.may_be_bare_hex(token)
        {
            return true;
        }
        if self.ways().families.may_be_named(token) {
            return true;
        }
        if classes & (DIGIT | UNDERSCORE) == 0 {
            return false;
        }
        token.is_prefixed_hex()
            || self.ways().families.may_be_joined(token)
            || len == 8 && classes & !(DIGIT | HEX) == 0 && !guard::is_piece_of_name(token)
            || classes & UNDERSCORE != 0 && classes & LOWER == 0
            || token.may_be_escaped()
    }
}

/// Whether a stop code goes on like the name of a bucket: `_0_GenuineIntel`, `_c0000005_nt`.
fn is_part_of_bucket(rest: &[u8]) -> bool {
    let part = rest[1..].split(|&byte| byte == b'_').next().unwrap_or_default();
    !part.first().is_some_and(u8::is_ascii_lowercase) || part.iter().all(u8::is_ascii_hexdigit)
}

/// Calls `each` for the tokens that start in `part`.
fn for_each_token(
    text: &[u8],
    part: Range<usize>,
    file: &FileKind,
    mut each: impl FnMut(&Token<'_>),
) {
    let memo = Memo::of(file);
    let mut at = part.start;
    if at > 0 && is_word(text[at - 1]) {
        at += text[at..].iter().take_while(|&&byte| is_word(byte)).count();
    }
    while at < part.end {
        let class = CLASS[text[at] as usize];
        if class == 0 {
            at += 1;
            continue;
        }
        let start = at;
        let mut classes = class;
        at += 1;
        while at < text.len() && CLASS[text[at] as usize] != 0 {
            classes |= CLASS[text[at] as usize];
            at += 1;
        }
        each(&Token { text, start, end: at, classes, memo: &memo });
    }
}

/// A run of letters, digits and underscores in a text.
#[derive(Clone, Copy, Debug)]
struct Token<'t> {
    text: &'t [u8],
    start: usize,
    end: usize,
    /// The classes of its bytes.
    classes: u8,
    memo: &'t Memo,
}

impl<'t> Token<'t> {
    fn len(&self) -> usize {
        self.end - self.start
    }

    fn bytes(&self) -> &'t [u8] {
        &self.text[self.start..self.end]
    }

    /// The value of a token of digits; if it is too long, a value larger than any code.
    fn decimal(&self) -> u64 {
        let digit = |value: u64, byte: &u8| value.saturating_mul(10) + u64::from(byte & 15);
        self.bytes().iter().fold(0, digit)
    }

    fn str(&self) -> &'t str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The text before the token, within reach.
    fn before(&self) -> &'t [u8] {
        &self.text[self.before_start()..self.start]
    }

    fn before_start(&self) -> usize {
        self.start.saturating_sub(REACH)
    }

    /// The text after the token, within reach.
    fn after(&self) -> &'t [u8] {
        &self.text[self.end..self.text.len().min(self.end + REACH)]
    }

    fn is_prefixed_hex(&self) -> bool {
        matches!(self.bytes(), [b'0', b'x' | b'X', _, ..])
    }

    /// Whether [`Token::without_escape`] may remove anything.
    fn may_be_escaped(&self) -> bool {
        self.text[self.start] == b'_'
            || self.len() > 9 && self.bytes()[..9].iter().all(u8::is_ascii_digit)
            || self.start > 0 && matches!(self.text[self.start - 1], b'\\' | b'[' | b';')
    }

    /// The token without the part that belongs to an escape before it: the `n` of `\n`, the `u0027`
    /// of `\u0027`, Markdown's `\_`, the `20` of `%20`; and without leading underscores.
    fn without_escape(mut self) -> Self {
        let bytes = self.bytes();
        let skip = match self.before().last() {
            Some(b'\\') => match bytes {
                [b'u', hex @ ..] if hex.len() > 4 && hex[..4].iter().all(u8::is_ascii_hexdigit) => {
                    5
                }
                [b'n' | b'r' | b't' | b'b' | b'f', rest, ..] if rest.is_ascii_digit() => 1,
                _ => 0,
            },
            // The end of a terminal color sequence: ESC [ 3 1 m.
            _ if self.before().ends_with(b"\x1b[") || self.before().ends_with(b";") => {
                let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
                if digits > 0 && bytes.get(digits) == Some(&b'm') { digits + 1 } else { 0 }
            }
            _ => 0,
        };
        let underscores = bytes[skip..].iter().take_while(|&&byte| byte == b'_').count();
        self.start += skip + underscores;
        let whole = self.len();
        self.end -= self.glued();
        if skip + underscores > 0 || self.len() < whole {
            self.classes = self.bytes().iter().fold(0, |all, &byte| all | CLASS[byte as usize]);
        }
        self
    }

    /// Another token of the same text.
    fn part(&self, start: usize, end: usize) -> Self {
        let classes = self.text[start..end].iter().fold(0, |all, &byte| all | CLASS[byte as usize]);
        Self { start, end, classes, ..*self }
    }

    /// How many bytes at the end are joined to a number: the word in `-2147467259Error`, the bucket
    /// in `0x9f_3_IMAGE_pci.sys`.
    fn glued(&self) -> usize {
        let bytes = self.bytes();
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if let (9 | 10, [first, second, ..]) = (digits, &bytes[digits..])
            && first.is_ascii_uppercase()
            && second.is_ascii_lowercase()
        {
            return bytes.len() - digits;
        }
        let hex = bytes.iter().position(|&byte| byte == b'_').unwrap_or(bytes.len());
        let is_bucket = self.is_prefixed_hex()
            && (3..bytes.len()).contains(&hex)
            && is_part_of_bucket(&bytes[hex..]);
        if is_bucket { bytes.len() - hex } else { 0 }
    }

    fn occurrence_of(&self, meaning: Meaning) -> Occurrence {
        Occurrence { start: self.start, end: self.end, meaning }
    }

    fn occurrence(&self, key: Key, family: Option<FamilyId>) -> Occurrence {
        self.occurrence_of(Meaning::new(key, family))
    }
}

const DIGIT: u8 = 1;
/// A letter that is a hex digit.
const HEX: u8 = 2;
/// Any other upper-case letter.
const UPPER: u8 = 4;
/// Any other lower-case letter.
const LOWER: u8 = 8;
const UNDERSCORE: u8 = 16;

/// The class of each byte; 0 if no token contains it.
const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' | b'A'..=b'F' => HEX,
            b'g'..=b'z' => LOWER,
            b'G'..=b'Z' => UPPER,
            b'_' => UNDERSCORE,
            _ => 0,
        };
        byte += 1;
    }
    class
};

/// A bit for an ASCII letter, ignoring case; 0 for any other byte.
fn letter_bit(byte: u8) -> u32 {
    let lower = byte | 0x20;
    if lower.is_ascii_lowercase() { 1 << (lower - b'a') } else { 0 }
}

fn is_word(byte: u8) -> bool {
    CLASS[byte as usize] != 0
}

#[cfg(test)]
mod rules;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    thread_local!(static SCANNER: Scanner = {
        let scanner = Scanner::new(Arc::new(Catalog::builtin()));
        // One-time work: for the first small number, and after many words that only look like
        // names.
        let _ = scanner.scan(&repeated("error 5 A_§ ", 40_000));
        scanner
    });

    /// Pieces of logs, many of them similar to codes.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("error ".to_owned()),
            Just("exit code: ".to_owned()),
            Just("\\n".to_owned()),
            Just("\\u0027".to_owned()),
            Just("\x1b[31m".to_owned()),
            Just("AADSTS".to_owned()),
            Just("NSURLErrorTimedOut ".to_owned()),
            Just("ERROR_ACCESS_DENIED".to_owned()),
            Just("HTTP/1.1\" ".to_owned()),
            Just("0x".to_owned()),
            Just("-".to_owned()),
            Just("_".to_owned()),
            Just(" ".to_owned()),
            "[0-9a-f]{1,10}",
            "[0-9]{1,11}",
            "[.:,/%@#()<>\\[\\]\"= -]{1,3}",
            "[A-Za-z]{1,9}",
        ]
    }

    /// The most expensive texts: key words with many notations, names, numbers that are looked up.
    /// `§` becomes a new word each time, `¤` a new number.
    const EXPENSIVE: &[&str] = &[
        "ERROR_ ",
        "STATUS_ ",
        "ERROR_§ ",
        "A_§ ",
        "§_ ",
        "E_FAIL,",
        "NSFile§ ",
        "error ¤ ",
        "error:5,",
        "code=5,",
        "rc 5 ",
        "status 5 ",
        "failed ¤ ",
        "errorcode 1 ",
        "errorcode ¤ ",
        "kernel: ",
        "msiexec ",
        "robocopy ",
        "0x5,",
        "0x",
        "0x80070005(",
        "0x8007§ ",
        "-¤ ",
        "[80070005]",
        "\\n5",
        "\\u00275",
        "\u{1b}[31m",
        "AADSTS¤ ",
        "SyncML(¤)",
        "HTTP/1.1 ¤ ",
        "domain 1 ",
        "://",
        "#5",
        "_",
        "-",
        "(5)",
        "5",
        "\n",
        " ",
        ".",
        "5: ",
        "¤:\n",
        "devices (Code ",
        "SecTrust ",
        "<key>ErrorCode</key><integer>¤</integer>",
    ];

    /// The most units of work per byte of a text: a key word of two letters with its number, and a
    /// line before it that some notation's gap spans.
    const MOST_WORK: usize = 80;

    /// Repeats a piece up to `size` bytes, each time with another word and number.
    fn repeated(piece: &str, size: usize) -> String {
        let mut text = String::new();
        for i in 0_usize.. {
            let letter = |digit: usize| char::from(b'A' + (i / digit % 26) as u8);
            let word: String = [1, 26, 26 * 26].into_iter().map(letter).collect();
            let number = (i * 7919 % 100_000).to_string();
            text.push_str(&piece.replace('§', &word).replace('¤', &number));
            if text.len() > size {
                break;
            }
        }
        text
    }

    fn work_per_byte(pieces: &[&str]) -> usize {
        let text = repeated(&pieces.concat(), 8192);
        SCANNER.with(|scanner| crate::work::of(|| drop(scanner.scan(&text)))) / text.len()
    }

    #[test]
    fn a_name_is_looked_up_without_those_that_begin_with_it() {
        let catalog = Catalog::builtin();
        for name in ["ERROR_", "STATUS_", "E", "NS", ""] {
            let work = crate::work::of(|| drop(catalog.by_written_name(name)));
            assert!(work < 500, "{work} for {name:?}");
        }
    }

    #[test]
    fn every_expensive_word_alone_costs_little() {
        for piece in EXPENSIVE {
            let work = work_per_byte(&[piece]);
            assert!(work <= MOST_WORK, "{work} for each byte of {piece:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_costs_much_for_each_byte(
            pieces in prop::collection::vec(prop::sample::select(EXPENSIVE), 1..5),
        ) {
            let work = work_per_byte(&pieces);
            prop_assert!(work <= MOST_WORK, "{} for each byte", work);
        }

        #[test]
        fn the_quick_check_misses_nothing(pieces in prop::collection::vec(piece(), 0..60)) {
            let text = pieces.concat();
            let (cheap, plain) = SCANNER.with(|scanner| {
                let mut plain = Vec::new();
                let all = 0..text.len();
                scanner.scan_tokens(text.as_bytes(), all, &FileKind::default(), |_| true, |_, found| plain.push(found));
                (scanner.scan(&text), plain)
            });
            prop_assert_eq!(cheap, plain);
        }
    }
}
