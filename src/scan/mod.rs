//! Text in, occurrences out: where in a text a code is written, and which.
//!
//! An occurrence belongs to one *token*, a run of ASCII letters, digits and underscores. Whether
//! a token is a code is judged from `REACH` bytes on either side of it and nothing else. So
//! the work grows linearly with the text, one line of 50 MB costs what many short ones cost, and
//! after an edit only the tokens within reach of it must be judged again.

mod domain;
mod family;
mod far;
mod guard;
mod lead;
mod led;
mod memo;
mod name;
mod number;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::catalog::FamilyId;
use crate::catalog::{Catalog, EntryId};
use crate::code::Code;
use domain::Domains;
use family::Families;
use memo::Memo;
use name::Names;

pub(crate) use crate::catalog::pattern::REACH;

/// A longer run of letters and digits is not a code: hashes, Base64, generated names.
pub(crate) const MAX_TOKEN: usize = 72;

/// The digits of the largest 32-bit code.
const MAX_DECIMAL: usize = 10;

/// One place where a code is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// Which code it is.
    pub meaning: Meaning,
}

impl Occurrence {
    /// Its bytes.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// What an occurrence means, as far as its own place shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Meaning {
    /// What it is looked up by, the same for every notation of a code.
    pub key: Key,
    /// The family whose way of writing matched.
    pub family: Option<FamilyId>,
}

/// What identifies a code among all occurrences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A 32-bit value.
    Code(Code),
    /// A family's number that no formula makes a 32-bit value of.
    Number(FamilyId, i32),
    /// A symbolic name that several entries share; the first of them.
    Name(EntryId),
}

/// Finds the occurrences of one catalog's codes.
#[derive(Debug)]
pub struct Scanner {
    catalog: Arc<Catalog>,
    /// Made for the first text: a server that starts has none.
    ways: OnceLock<Ways>,
}

/// The ways in which a catalog's codes are written.
#[derive(Debug)]
struct Ways {
    families: Families,
    domains: Domains,
    names: Names,
}

impl Ways {
    fn of(catalog: &Catalog) -> Self {
        let families = Families::of(catalog);
        let names = Names::of(catalog, families.joined_words());
        Self { families, domains: Domains::of(catalog), names }
    }
}

impl Scanner {
    /// A scanner for this catalog's families. Regexes are compiled when their key word is first met.
    #[must_use]
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Self { catalog, ways: OnceLock::new() }
    }

    fn ways(&self) -> &Ways {
        self.ways.get_or_init(|| Ways::of(&self.catalog))
    }

    /// The catalog that it was made for.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// All occurrences in `text`, in order.
    #[must_use]
    pub fn scan(&self, text: &str) -> Vec<Occurrence> {
        let mut found = Vec::new();
        self.scan_part(text.as_bytes(), 0..text.len(), |_, occurrence| found.push(occurrence));
        found
    }

    /// Gives `found` the tokens that begin in `part` and are codes, in order: where the token
    /// begins, and the occurrence.
    ///
    /// The answer is that of the whole document if `text` has [`REACH`] and [`MAX_TOKEN`] more
    /// bytes of it on either side of `part`, or all there are.
    pub(crate) fn scan_part(
        &self,
        text: &[u8],
        part: Range<usize>,
        found: impl FnMut(usize, Occurrence),
    ) {
        self.scan_tokens(text, part, |token| self.may_be_code(token), found);
    }

    fn scan_tokens(
        &self,
        text: &[u8],
        part: Range<usize>,
        may_be_code: impl Fn(&Token<'_>) -> bool,
        mut found: impl FnMut(usize, Occurrence),
    ) {
        let memo = Memo::default();
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
            let token = Token { text, start, end: at, classes, memo: &memo };
            if may_be_code(&token)
                && let Some(occurrence) = self.judge(&token)
            {
                found(start, occurrence);
            }
        }
    }

    fn judge(&self, token: &Token<'_>) -> Option<Occurrence> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let token = &token.without_escape();
        let (catalog, ways) = (&*self.catalog, self.ways());
        if token.is_prefixed_hex() {
            let in_hex = ways.families.in_hex(catalog, &ways.names, token);
            return in_hex.or_else(|| number::prefixed_hex(catalog, token));
        }
        if token.classes == DIGIT {
            if token.len() > MAX_DECIMAL || guard::is_piece_of_number(token) {
                return None;
            }
            return self.of_a_family(token).or_else(|| number::decimal(catalog, token));
        }
        if token.len() == 8 && token.classes & !(DIGIT | HEX) == 0 && token.classes & DIGIT != 0 {
            return number::bare_hex(token);
        }
        let name = ways.names.find(catalog, token);
        name.or_else(|| ways.families.joined(catalog, &ways.names, token))
    }

    /// A number of a family's own, as its notations, an error domain or a table write it.
    fn of_a_family(&self, token: &Token<'_>) -> Option<Occurrence> {
        if token.len() > 9 {
            return None;
        }
        let (catalog, ways) = (&*self.catalog, self.ways());
        let letters = lead::nearest_letters(token.before());
        let written = ways.families.written(catalog, &ways.names, token, letters);
        written
            .or_else(|| ways.domains.find(catalog, token, letters))
            .or_else(|| ways.families.listed(catalog, token))
    }

    /// Whether a token is worth judging, from the token itself: most are plain words, times,
    /// versions and parts of GUIDs. What it refuses, [`Scanner::judge`] refuses, too.
    fn may_be_code(&self, token: &Token<'_>) -> bool {
        let (len, classes) = (token.len(), token.classes);
        if classes == DIGIT {
            return len <= MAX_DECIMAL && !guard::is_piece_of_number(token)
                || token.may_be_escaped();
        }
        if len > MAX_TOKEN {
            return false;
        }
        if len > 3 && self.ways().names.may_begin_so(token.bytes()) {
            return true;
        }
        if classes & (DIGIT | UNDERSCORE) == 0 {
            return false;
        }
        token.is_prefixed_hex()
            || len == 8 && classes & !(DIGIT | HEX) == 0
            || classes & UNDERSCORE != 0 && classes & LOWER == 0
            || token.may_be_escaped()
    }
}

/// A run of letters, digits and underscores, in its text.
#[derive(Clone, Copy, Debug)]
struct Token<'t> {
    text: &'t [u8],
    start: usize,
    end: usize,
    /// Which classes its bytes have.
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

    /// The value of a token of digits; one that is too long is larger than any code.
    fn decimal(&self) -> u64 {
        let digit = |value: u64, byte: &u8| value.saturating_mul(10) + u64::from(byte & 15);
        self.bytes().iter().fold(0, digit)
    }

    fn str(&self) -> &'t str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The text before it, within reach.
    fn before(&self) -> &'t [u8] {
        &self.text[self.before_start()..self.start]
    }

    fn before_start(&self) -> usize {
        self.start.saturating_sub(REACH)
    }

    /// The text after it, within reach.
    fn after(&self) -> &'t [u8] {
        &self.text[self.end..self.text.len().min(self.end + REACH)]
    }

    fn is_prefixed_hex(&self) -> bool {
        matches!(self.bytes(), [b'0', b'x' | b'X', _, ..])
    }

    /// Whether [`Token::without_escape`] may take something away.
    fn may_be_escaped(&self) -> bool {
        self.text[self.start] == b'_'
            || self.start > 0 && matches!(self.text[self.start - 1], b'\\' | b'[' | b';')
    }

    /// The token without what an escape before it took in: the `n` of `\n`, the `u0027` of
    /// `\u0027`, Markdown's `\_`, the `20` of `%20`; and without leading underscores.
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
            // The end of a terminal's colour: ESC [ 3 1 m.
            _ if self.before().ends_with(b"\x1b[") || self.before().ends_with(b";") => {
                let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
                if digits > 0 && bytes.get(digits) == Some(&b'm') { digits + 1 } else { 0 }
            }
            _ => 0,
        };
        let underscores = bytes[skip..].iter().take_while(|&&byte| byte == b'_').count();
        self.start += skip + underscores;
        if skip + underscores > 0 {
            self.classes = self.bytes().iter().fold(0, |all, &byte| all | CLASS[byte as usize]);
        }
        self
    }

    fn occurrence(&self, key: Key, family: Option<FamilyId>) -> Occurrence {
        Occurrence { start: self.start, end: self.end, meaning: Meaning { key, family } }
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

/// Each byte's class; 0 for what is in no token.
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
        // What is made once, when a text has many words that only look like names.
        let _ = scanner.scan(&repeated("A_§ ", 20_000));
        scanner
    });

    /// Pieces of logs, many of them nearly codes.
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

    /// What costs most: key words with many notations, names, numbers that are looked up. `§` is
    /// a word that is new each time, `¤` a number.
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

    /// Units of work for each byte of a text, at most: a key word of two letters with its number,
    /// and a line before it that some notation's gap reaches over.
    const MOST_WORK: usize = 80;

    /// So many bytes of a piece, each time with another word and number.
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
        fn the_cheap_look_loses_nothing(pieces in prop::collection::vec(piece(), 0..60)) {
            let text = pieces.concat();
            let (cheap, plain) = SCANNER.with(|scanner| {
                let mut plain = Vec::new();
                let all = 0..text.len();
                scanner.scan_tokens(text.as_bytes(), all, |_| true, |_, found| plain.push(found));
                (scanner.scan(&text), plain)
            });
            prop_assert_eq!(cheap, plain);
        }
    }
}
