//! The ways in which a code is written: hex, decimals, and what each family adds of its own.

use std::collections::HashMap;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::guard::{self, Sign};
use super::lead::{self, Lead};
use super::{Key, Meaning, Occurrence, REACH, Token};
use crate::catalog::Catalog;
use crate::catalog::FamilyId;
use crate::catalog::regexes;
use crate::code::Code;

/// From this magnitude on, a negative decimal looks like an HRESULT's and not like a count:
/// -800,000,000 is 0xD0510800, and failures lie below it.
const NEGATIVE_CODES: i64 = -800_000_000;

/// From here on, codes are small negative numbers: of 65,536 at most.
const SMALL_NEGATIVES: u32 = 0xFFFF_0000;

/// Above it lie only pages of Windows' own small codes: hex that is a code by its looks alone.
const FAILURE_BIT: u32 = 0x8000_0000;

/// `0x87D1FDE8`, `0xFFFFFFFF80070005`; `0x5` where a key word leads to it.
pub(super) fn prefixed_hex(catalog: &Catalog, token: &Token<'_>) -> Option<Occurrence> {
    let digits = &token.str()[2..];
    let code = match digits.len() {
        // Seven or nine digits are a misprint: nobody knows which one is missing.
        1..=6 | 8 | 16 => Code::from_hex(digits)?,
        _ => return None,
    };
    if guard::is_in_url(token) || guard::is_in_path(token) {
        return None;
    }
    let accepted = match Lead::of(token.before()) {
        Lead::Error => true,
        Lead::Status => digits.len() != 16 || looks_like_failure(code),
        Lead::Other => false,
        Lead::Unknown if digits.len() >= 8 => {
            looks_like_failure(code) || (code.0 > 0xFFFF && catalog.knows_code(code))
        }
        Lead::Unknown => is_behind_result(token) && code.0 > 0xFFFF && catalog.knows_code(code),
    };
    (accepted && (digits.len() != 16 || code.is_failure()))
        .then(|| token.occurrence(Key::Code(code), None))
}

/// Whether a hyphen joins the token to a result before it: `0xC1900101 - 0x20017`.
fn is_behind_result(token: &Token<'_>) -> bool {
    let before = token.before().trim_ascii_end();
    let Some(before) = before.strip_suffix(b"-") else { return false };
    let before = before.trim_ascii_end();
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    digits == 8 && token.before().len() - before.len() <= 4
}

/// A failure bit and one of the layouts behind it; all ones are a mask or "none".
fn looks_like_failure(code: Code) -> bool {
    code.0 != u32::MAX && matches!(code.0 >> 28, 0x8 | 0xA | 0xC | 0xD | 0xE)
}

/// Eight hex digits without prefix: only in brackets of their own or behind a key word.
pub(super) fn bare_hex(token: &Token<'_>) -> Option<Occurrence> {
    let code = Code::from_hex(token.str())?;
    if guard::is_piece_of_name(token) || guard::is_in_url(token) {
        return None;
    }
    let accepted = match Lead::of(token.before()) {
        Lead::Error => true,
        Lead::Status => looks_like_failure(code),
        Lead::Other => is_behind_thread_of_log_hr(token),
        Lead::Unknown => {
            looks_like_failure(code)
                && (is_bracketed(token) && is_common_facility(code)
                    || is_behind_thread_of_log_hr(token))
        }
    };
    accepted.then(|| token.occurrence(Key::Code(code), None))
}

fn is_bracketed(token: &Token<'_>) -> bool {
    matches!(
        (token.before().last(), token.behind().first()),
        (Some(b'['), Some(b']')) | (Some(b'('), Some(b')'))
    )
}

/// `[deadbeef]` is a commit, `[80248007]` an error: of bare hex in brackets, only the ranges
/// count in which real components keep their failures.
fn is_common_facility(code: Code) -> bool {
    matches!(code.0 >> 24, 0x80 | 0x87 | 0x88 | 0xC0 | 0xC1 | 0xC7 | 0xCA)
}

/// `ReturnHr(3) tid(2600) 80070003` and `Exception(1) tid(1a2c) 8A15000F`, as Windows' own
/// tracing writes it.
fn is_behind_thread_of_log_hr(token: &Token<'_>) -> bool {
    let before = token.before().trim_ascii_end();
    let near = &before[before.len().saturating_sub(48)..];
    near.ends_with(b")") && memchr::memmem::find(near, b") tid(").is_some()
}

/// `-2016281112`, `2278686184`; small numbers where a key word leads to them.
pub(super) fn decimal(catalog: &Catalog, token: &Token<'_>) -> Option<Occurrence> {
    let sign = guard::sign(token);
    let digits = token.bytes();
    if sign == Sign::Hyphen {
        return None;
    }
    let value = token.decimal() as i64;
    match sign {
        Sign::Minus(width) => {
            let code = Code(i32::try_from(-value).ok()? as u32);
            let accepted = match Lead::of(&token.before()[..token.before().len() - width]) {
                Lead::Error => true,
                Lead::Other => false,
                Lead::Status | Lead::Unknown => {
                    -value <= NEGATIVE_CODES || code.0 < SMALL_NEGATIVES && catalog.knows_code(code)
                }
            };
            let start = token.start - width;
            (accepted && !digits.starts_with(b"0") && !guard::is_in_url(token))
                .then(|| Occurrence { start, ..token.occurrence(Key::Code(code), None) })
        }
        _ if matches!(digits, [b'0' | b'8', ..] if digits.len() == 8) => bare_hex(token),
        _ => unsigned(catalog, token, Code(u32::try_from(value).ok()?)),
    }
}

fn unsigned(catalog: &Catalog, token: &Token<'_>, code: Code) -> Option<Occurrence> {
    if token.len() > 1 && token.bytes()[0] == b'0' {
        return None;
    }
    let large = code.0 >= FAILURE_BIT;
    let accepted = match Lead::of(token.before()) {
        Lead::Error => true,
        Lead::Status => large && code.0 != u32::MAX && !guard::is_measured(token),
        Lead::Other => false,
        Lead::Unknown => {
            large
                && (catalog.knows_code(code)
                    || code.0 < SMALL_NEGATIVES && catalog.is_numbered(code))
                && !guard::is_measured(token)
        }
    };
    (accepted && !guard::is_in_url(token)).then(|| token.occurrence(Key::Code(code), None))
}

/// The families' own notations, found by the letters nearest before a number.
#[derive(Debug)]
pub(super) struct Notations {
    patterns: Vec<Pattern>,
    /// The key words with the patterns that each leads to, by their last two letters.
    keys: Vec<Vec<KeyWord>>,
    domains: HashMap<Box<[u8]>, FamilyId>,
    listed: Vec<FamilyId>,
    /// How names begin that are not written in capitals, by the place of their first letters.
    names: HashMap<usize, Vec<Box<[u8]>>>,
    /// Lower-case words that a number may follow at once.
    joined: Vec<Box<[u8]>>,
    /// The places of the first letters of both.
    beginnings: Box<[bool; BEGINNINGS]>,
}

/// A word before a number, and the patterns that it may belong to.
#[derive(Clone, Debug)]
struct KeyWord {
    word: Box<[u8]>,
    patterns: Vec<usize>,
}

/// A hundred words leave nearly all of so many places free.
const BEGINNINGS: usize = 1 << 13;

#[derive(Debug)]
struct Pattern {
    family: FamilyId,
    before: String,
    /// At how many bytes before the number `before` looks: most regexes see a few words only, and
    /// behind `error` or `code` thirty of them are tried.
    reach: usize,
    behind: String,
    whole: bool,
    /// Whether its numbers are also written in hex.
    hex: bool,
    compiled: OnceLock<Option<Compiled>>,
}

#[derive(Debug)]
struct Compiled {
    before: Regex,
    behind: Option<Regex>,
}

impl Pattern {
    /// The regexes, compiled when their key word is first met: a text without it never pays.
    /// `None` where one can't be compiled: such a file is refused.
    fn compiled(&self) -> Option<&Compiled> {
        self.compiled
            .get_or_init(|| {
                let before = regexes::before(&self.before).ok()?;
                let behind = match self.behind.as_str() {
                    "" => None,
                    behind => Some(regexes::after(behind).ok()?),
                };
                Some(Compiled { before, behind })
            })
            .as_ref()
    }

    /// Where the notation begins and ends around a number, in bytes of the text.
    fn around(&self, token: &Token<'_>, number_start: usize) -> Option<(usize, usize)> {
        let compiled = self.compiled()?;
        let from = token.start.saturating_sub(REACH).max(number_start.saturating_sub(self.reach));
        let before = compiled.before.find(&token.text[from..number_start])?;
        let behind = match &compiled.behind {
            Some(behind) => behind.find(token.behind())?.end(),
            None => 0,
        };
        let (mut start, mut end) = (from + before.start(), token.end + behind);
        // A regex sees bytes, an occurrence has whole characters.
        let within = |at: usize| token.text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
        while within(start) {
            start -= 1;
        }
        while within(end) {
            end += 1;
        }
        Some((start, end))
    }
}

impl Notations {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut notations = Self {
            patterns: Vec::new(),
            keys: vec![Vec::new(); 27 * 27],
            domains: HashMap::new(),
            listed: Vec::new(),
            names: HashMap::new(),
            joined: Vec::new(),
            beginnings: Box::new([false; BEGINNINGS]),
        };
        for family in catalog.families() {
            let id = family.catalog_id();
            for text in family.notations() {
                notations.add(id, &text);
            }
            notations.domains.extend(family.domains().map(|domain| (domain.as_bytes().into(), id)));
            if family.listed() {
                notations.listed.push(id);
            }
            for names in family.name_beginnings() {
                if let Some(place) = longest_beginning(names.as_bytes()) {
                    notations.beginnings[place] = true;
                    notations.names.entry(place).or_default().push(names.as_bytes().into());
                }
            }
        }
        for word in &notations.joined {
            for word in [word.to_ascii_lowercase(), word.to_ascii_uppercase()] {
                if let Some(place) = longest_beginning(&word) {
                    notations.beginnings[place] = true;
                }
            }
        }
        notations
    }

    /// Whether a word may be a mixed-case name or one that is joined to its number.
    pub(super) fn may_begin_so(&self, word: &[u8]) -> bool {
        beginnings(word).into_iter().flatten().any(|place| self.beginnings[place])
    }

    fn add(&mut self, family: FamilyId, text: &crate::catalog::NotationText<'_>) {
        let index = self.patterns.len();
        for key in &text.keys {
            if text.joined {
                self.joined.push(key.as_bytes().into());
            }
            let ends = match key.as_bytes() {
                // A key of one letter may stand behind any other.
                [letter] => (0..27).map(|before| before * 27 + letter_index(*letter)).collect(),
                word => vec![last_two(word)],
            };
            for end in ends {
                let keys = &mut self.keys[end];
                match keys.iter_mut().find(|known| *known.word == *key.as_bytes()) {
                    Some(known) => known.patterns.push(index),
                    None => {
                        keys.push(KeyWord { word: key.as_bytes().into(), patterns: vec![index] })
                    }
                }
            }
        }
        self.patterns.push(Pattern {
            family,
            before: text.before.to_owned(),
            reach: text.reach.min(REACH),
            behind: text.after.to_owned(),
            whole: text.whole,
            hex: text.hex,
            compiled: OnceLock::new(),
        });
    }

    /// The occurrence of a family's own number, where one of the families' notations fits.
    pub(super) fn of_a_family(&self, catalog: &Catalog, token: &Token<'_>) -> Option<Occurrence> {
        if token.len() > 9 {
            return None;
        }
        let letters = lead::nearest_letters(token.before());
        let matched = self.written(catalog, token, letters);
        matched
            .or_else(|| self.of_a_domain(catalog, token, letters))
            .or_else(|| self.listed(catalog, token))
    }

    fn written(&self, catalog: &Catalog, token: &Token<'_>, letters: &[u8]) -> Option<Occurrence> {
        let keys = &self.keys[last_two(letters)];
        let mut led =
            keys.iter().filter(|key| ends_with_ignoring_case(letters, &key.word)).peekable();
        led.peek()?;
        let (number, number_start) = number(token)?;
        let in_hex = token.is_prefixed_hex();
        led.flat_map(|key| &key.patterns).find_map(|index| {
            let pattern = &self.patterns[*index];
            if in_hex && !pattern.hex {
                return None;
            }
            let (start, end) = pattern.around(token, number_start)?;
            let meaning = meaning(catalog, pattern.family, number);
            // `HTTP 12345` is no status: without a code, the number must be known.
            if matches!(meaning.key, Key::Number(family, _) if catalog.by_number(family, number).is_none()) {
                return None;
            }
            if guard::is_in_url(token) {
                return None;
            }
            let number = Occurrence { start: number_start, end: token.end, meaning };
            // A notation that reaches over another code leaves it alone.
            let (head, tail) = (&token.text[start..number_start], &token.text[token.end..end]);
            let whole = pattern.whole
                && !self.may_hold_code(catalog, head)
                && !self.may_hold_code(catalog, tail);
            Some(if whole { Occurrence { start, end, ..number } } else { number })
        })
    }

    /// Whether another code may stand in a part of a notation.
    fn may_hold_code(&self, catalog: &Catalog, part: &[u8]) -> bool {
        let is_known = |word: &[u8]| {
            self.is_name(word)
                && std::str::from_utf8(word)
                    .is_ok_and(|name| !catalog.by_written_name(name).is_empty())
        };
        part.iter().any(u8::is_ascii_digit)
            || part
                .split(|&byte| !super::is_word(byte))
                .any(|word| !word.is_empty() && is_known(word))
    }

    /// `Bug Check 0x9F`: a family's number in hex, where the family writes it so.
    pub(super) fn in_hex(&self, catalog: &Catalog, token: &Token<'_>) -> Option<Occurrence> {
        self.written(catalog, token, lead::nearest_letters(token.before()))
    }

    /// `AADSTS50126`: a number that follows its key word at once.
    pub(super) fn joined(&self, catalog: &Catalog, token: &Token<'_>) -> Option<Occurrence> {
        let digits = token.bytes().iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let word = &token.bytes()[..token.len() - digits];
        if digits == 0
            || digits > 9
            || !self.joined.iter().any(|key| key.eq_ignore_ascii_case(word))
        {
            return None;
        }
        let number = Token { start: token.end - digits, ..*token };
        if guard::is_piece_of_number(&number) {
            return None;
        }
        self.written(catalog, &number, word)
    }

    /// `Domain=X Code=1`, `<X:1>`, `X 1`, and a plist's or JSON's keys in either order.
    fn of_a_domain(
        &self,
        catalog: &Catalog,
        token: &Token<'_>,
        letters: &[u8],
    ) -> Option<Occurrence> {
        if self.domains.is_empty() || !leads_to_domain(letters) {
            return None;
        }
        let (number, start) = number(token)?;
        let before = &token.text[token.start.saturating_sub(REACH)..start];
        let keyed = is_keyed_code(before);
        let family = self
            .domain_before(before, keyed)
            .or_else(|| if keyed { self.domain_behind(token.behind()) } else { None })?;
        Some(Occurrence { start, end: token.end, meaning: meaning(catalog, family, number) })
    }

    /// The nearest domain before a number: its neighbour, with at most `Code` between them; or,
    /// where the number is a dictionary's `ErrorCode`, the dictionary's `ErrorDomain`.
    fn domain_before(&self, before: &[u8], keyed: bool) -> Option<FamilyId> {
        let mut end = before.len();
        let mut neighbour = true;
        while let Some(word) = last_name(&before[..end]) {
            let gap = &before[word.end..end];
            if gap.iter().any(|byte| matches!(byte, b'{' | b'}' | b';'))
                || &before[word.clone()] == b"dict"
            {
                return None;
            }
            if let Some(&family) = self.domains.get(&before[word.clone()]) {
                let named = || {
                    last_name(&before[..word.start]).is_some_and(|key| {
                        let key = &before[key];
                        ends_with_ignoring_case(key, b"domain") || key == b"string"
                    })
                };
                return (neighbour || keyed && named()).then_some(family);
            }
            neighbour &= is_one_of(&before[word.clone()], &["code", "error", "errorcode"]);
            if !neighbour && !keyed {
                return None;
            }
            end = word.start;
        }
        None
    }

    /// The domain that a key behind a number names, in the same dictionary.
    fn domain_behind(&self, behind: &[u8]) -> Option<FamilyId> {
        let ends = behind.iter().position(|byte| matches!(byte, b'{' | b'}'));
        let mut rest = &behind[..ends.unwrap_or(behind.len())];
        let mut named = false;
        while let Some(start) = rest.iter().position(|&byte| is_name(byte)) {
            let len = rest[start..].iter().take_while(|&&byte| is_name(byte)).count();
            let word = &rest[start..start + len];
            if word == b"dict" {
                return None;
            }
            if let (true, Some(&family)) = (named, self.domains.get(word)) {
                return Some(family);
            }
            named |= ends_with_ignoring_case(word, b"domain");
            rest = &rest[start + len..];
        }
        None
    }

    /// `36001 : …` at the head of a line or of a table's cell, for numbers that are known.
    fn listed(&self, catalog: &Catalog, token: &Token<'_>) -> Option<Occurrence> {
        let behind = token.behind();
        let mut blank = [&b" "[..], "\u{a0}".as_bytes()].into_iter();
        let colon = blank.find_map(|blank| behind.strip_prefix(blank)).unwrap_or(behind);
        if self.listed.is_empty()
            || !matches!(colon, [b':', b' ' | b'|' | b'\r' | b'\n' | 0xC2, ..] | [b':'])
        {
            return None;
        }
        let head = token.before().trim_ascii_end_of(b" \t*_`");
        if !matches!(head.last(), None | Some(b'\n' | b'\r' | b'|' | b'>' | b'"')) {
            return None;
        }
        let number = i32::try_from(token.decimal()).ok()?;
        let family =
            *self.listed.iter().find(|&&family| catalog.by_number(family, number).is_some())?;
        Some(Occurrence {
            start: token.start,
            end: token.end,
            meaning: meaning(catalog, family, number),
        })
    }

    /// A symbolic name of the catalog as a whole word.
    pub(super) fn name(&self, catalog: &Catalog, token: &Token<'_>) -> Option<Occurrence> {
        if !self.is_name(token.bytes()) || guard::is_in_url(token) {
            return None;
        }
        let entries = catalog.by_written_name(token.str());
        let first = entries.first()?;
        let family = Some(first.family());
        let only =
            entries.iter().all(|entry| entry.family() == first.family()) && entries.len() == 1;
        let key = match (only, catalog.code_of(first), first.number()) {
            (true, Some(code), _) => Key::Code(code),
            (true, None, Some(number)) => Key::Number(first.family(), number),
            _ => Key::Name(first.id()),
        };
        Some(token.occurrence(key, family))
    }
}

impl Notations {
    /// Whether a word looks like a symbolic name: `ERROR_ACCESS_DENIED`, or `errSecItemNotFound`
    /// where a family's names begin so.
    fn is_name(&self, word: &[u8]) -> bool {
        let in_capitals = word.len() >= 4
            && word.contains(&b'_')
            && !word.iter().any(u8::is_ascii_lowercase)
            && word[0].is_ascii_uppercase();
        let begins = |names: &[u8]| word.len() > names.len() && word.starts_with(names);
        let mut places = beginnings(word).into_iter().flatten();
        in_capitals
            || places.any(|place| {
                self.beginnings[place]
                    && self.names.get(&place).is_some_and(|names| names.iter().any(|of| begins(of)))
            })
    }
}

trait TrimEndOf {
    fn trim_ascii_end_of(&self, set: &[u8]) -> &[u8];
}

impl TrimEndOf for [u8] {
    fn trim_ascii_end_of(&self, set: &[u8]) -> &[u8] {
        let kept = self.iter().rposition(|byte| !set.contains(byte)).map_or(0, |last| last + 1);
        &self[..kept]
    }
}

/// 0 for A to 25 for Z; 26 for what is no letter.
fn letter_index(byte: u8) -> usize {
    let lower = byte | 0x20;
    if lower.is_ascii_lowercase() { (lower - b'a') as usize } else { 26 }
}

/// The last two letters of a word, as a place among the keys.
fn last_two(word: &[u8]) -> usize {
    match word {
        [.., a, b] => letter_index(*a) * 27 + letter_index(*b),
        [b] => 26 * 27 + letter_index(*b),
        [] => 26 * 27 + 26,
    }
}

/// The places of a word's first three and first four letters.
fn beginnings(word: &[u8]) -> [Option<usize>; 2] {
    let hash = |letters: &[u8]| {
        let fold = |hash: usize, letter: &u8| hash * 61 + usize::from(*letter);
        letters.iter().fold(letters.len(), fold) % BEGINNINGS
    };
    [word.get(..3).map(hash), word.get(..4).map(hash)]
}

/// The place of its first four letters, or of three where it has no more.
fn longest_beginning(word: &[u8]) -> Option<usize> {
    beginnings(word).into_iter().flatten().next_back()
}

fn ends_with_ignoring_case(text: &[u8], end: &[u8]) -> bool {
    text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

/// The decimal with its minus, and where it begins; `None` behind a hyphen.
fn number(token: &Token<'_>) -> Option<(i32, usize)> {
    if token.is_prefixed_hex() {
        return Some((Code::from_hex(&token.str()[2..])?.signed(), token.start));
    }
    let value = i32::try_from(token.decimal()).ok()?;
    match guard::sign(token) {
        Sign::None => Some((value, token.start)),
        Sign::Minus(width) => Some((-value, token.start - width)),
        Sign::Hyphen => None,
    }
}

/// What a family's number stands for: its code, where the family has a formula.
fn meaning(catalog: &Catalog, family: FamilyId, number: i32) -> Meaning {
    let code = catalog.family(family).code_of(number);
    let key = code.map_or(Key::Number(family, number), Key::Code);
    Meaning { key, family: Some(family) }
}

fn leads_to_domain(letters: &[u8]) -> bool {
    matches!(letters.last(), Some(b'n' | b'N' | b'e' | b'E' | b'r' | b'R'))
        && ["domain", "code", "integer", "error"]
            .iter()
            .any(|end| ends_with_ignoring_case(letters, end.as_bytes()))
}

/// Whether the number is the value of a key such as `ErrorCode` in a plist's or JSON's dictionary.
fn is_keyed_code(before: &[u8]) -> bool {
    let Some(mut key) = last_name(before) else { return false };
    // <key>ErrorCode</key><integer>
    for tag in ["integer", "key"] {
        if &before[key.clone()] == tag.as_bytes() {
            let Some(outer) = last_name(&before[..key.start]) else { return false };
            key = outer;
        }
    }
    ends_with_ignoring_case(&before[key], b"errorcode")
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}

fn is_name(byte: u8) -> bool {
    super::is_word(byte) || byte == b'.'
}

fn last_name(text: &[u8]) -> Option<std::ops::Range<usize>> {
    let end = text.iter().rposition(|&byte| is_name(byte))? + 1;
    let len = text[..end].iter().rev().take_while(|&&byte| is_name(byte)).count();
    Some(end - len..end)
}
