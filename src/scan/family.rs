//! Families' numbers: found by the nearest word before a number, then by the family's notations.

use std::collections::HashSet;
use std::ops::Range;

use super::columns;
use super::far::FarWords;
use super::guard;
use super::led::{KeyWord, Notation};
use super::letters::{Endings, Letters, PAIRS, pair};
use super::shapes::Shapes;
use super::{
    DIGIT, HEX, Key, LOWER, MAX_TOKEN, Meaning, Occurrence, Token, Ways, Weight, name, number,
};
use crate::catalog::last::{Bytes, may_be};
use crate::catalog::{Catalog, FamilyId, Severity};
use crate::code::Code;

/// The families' own notations, indexed by the letters nearest before a number.
#[derive(Debug)]
pub(super) struct Families {
    notations: Vec<Notation>,
    /// The key words and their notations, indexed by the last two letters.
    keys: Vec<Vec<KeyWord>>,
    /// The words that far-reaching notations need.
    far: FarWords,
    listed: Vec<FamilyId>,
    /// Lower-case words that may be directly followed by a number.
    joined: Vec<Box<[u8]>>,
    /// The key words that lead to hex without a prefix.
    bare_hex: Leads,
    /// The key words that lead to a family's names, and the shapes of those names.
    of_names: Leads,
    names: Shapes,
    /// The key words that lead to a piece of something longer.
    pieces: Endings,
}

/// Key words that lead to one kind of token.
#[derive(Debug, Default)]
struct Leads {
    words: Endings,
    /// The ASCII bytes that may directly precede the token.
    last: Bytes,
}

impl Leads {
    fn add(&mut self, word: &[u8], is_whole: bool, last: Bytes) {
        self.words.add(word, is_whole);
        self.last |= last;
    }

    /// Whether the byte before a token may be one of those.
    fn may_end_before(&self, token: &Token<'_>) -> bool {
        token.text[..token.start].last().is_some_and(|&last| may_be(self.last, last))
    }

    /// Whether the letters nearest before a token end with one of the words.
    fn lead_to(&self, token: &Token<'_>) -> bool {
        self.words.end_letters_before(token.before())
    }
}

/// What the text around a number says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Code(Occurrence),
    NotACode,
}

impl Verdict {
    pub(super) fn code(self) -> Option<Occurrence> {
        match self {
            Self::Code(found) => Some(found),
            Self::NotACode => None,
        }
    }
}

impl Families {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut families = Self {
            notations: Vec::new(),
            keys: (0..PAIRS).map(|_| Vec::new()).collect(),
            far: FarWords::default(),
            listed: Vec::new(),
            joined: Vec::new(),
            bare_hex: Leads::default(),
            of_names: Leads::default(),
            names: Shapes::default(),
            pieces: Endings::default(),
        };
        for family in catalog.families() {
            for text in family.notations() {
                families.add(family.catalog_id(), &text);
            }
            if family.listed() {
                families.listed.push(family.catalog_id());
            }
        }
        families.add_shapes(catalog);
        families
    }

    /// Adds the shapes of the names that notations lead to.
    fn add_shapes(&mut self, catalog: &Catalog) {
        let of_names = self.notations.iter().filter(|notation| notation.of_names);
        let families: HashSet<FamilyId> = of_names.map(|notation| notation.family).collect();
        for entry in catalog.entries_of(&families) {
            let names = std::iter::once(entry.name()).chain(entry.aliases());
            for name in names {
                let first = name.bytes().take_while(|&byte| super::is_word(byte)).count();
                self.names.add(&name.as_bytes()[..first]);
            }
        }
    }

    fn add(&mut self, family: FamilyId, text: &crate::catalog::NotationText<'_>) {
        let index = self.notations.len();
        let mut notation = Notation::new(family, text);
        notation.need(text, &mut self.far);
        let is_of_pieces = notation.is_of_pieces();
        for &(word, is_whole) in &text.keys {
            let word = word.as_bytes();
            if text.joined {
                self.joined.push(word.into());
            }
            if text.bare_hex {
                self.bare_hex.add(word, is_whole, text.last);
            }
            if text.of_names {
                self.of_names.add(word, is_whole, text.last);
            }
            if is_of_pieces {
                self.pieces.add(word, is_whole);
            }
            let ends = match word {
                // A one-letter key may follow any other letter.
                [letter] if !is_whole => {
                    let before = (b'a'..=b'z').chain([0]);
                    before.map(|before| pair([before, *letter])).collect()
                }
                word => vec![Letters::before(word).last_two()],
            };
            for end in ends {
                let keys = &mut self.keys[end];
                let known = keys.iter().position(|known| known.is(word, is_whole));
                let place = known.unwrap_or(keys.len());
                if place == keys.len() {
                    keys.push(KeyWord::new(word, is_whole));
                }
                keys[place].add(index, &notation);
            }
        }
        self.notations.push(notation);
    }

    /// Whether a number may belong to a notation if these letters are the nearest before it and
    /// `last` directly precedes it.
    pub(super) fn are_led_by(&self, letters: &Letters<'_>, last: u8) -> bool {
        let mut keys = self.keys[letters.last_two()].iter();
        keys.any(|key| key.may_end_with(last) && key.fits(letters))
    }

    /// Lower-case words that may be directly followed by a number.
    pub(super) fn joined_words(&self) -> &[Box<[u8]>] {
        &self.joined
    }

    /// The verdict of the first family notation that fits a number. `letters` are those nearest
    /// before it.
    pub(super) fn written(
        &self,
        catalog: &Catalog,
        ways: &Ways,
        token: &Token<'_>,
        letters: &Letters<'_>,
    ) -> Option<Verdict> {
        let hex = || Code::from_hex(token.str()).map(|code| (code.signed(), token.start));
        // `ORA-12154`: the hyphen belongs to the notation.
        let after_hyphen = || {
            let number = i32::try_from(token.decimal()).ok().filter(|_| !token.is_prefixed_hex());
            number.map(|number| (number, token.start))
        };
        self.led(catalog, ways, token, letters, |notation| match () {
            () if notation.sub_number => None,
            () if notation.bare_hex && !token.is_prefixed_hex() => hex(),
            () if notation.ends_in_hyphen() => after_hyphen(),
            () => number::signed(token),
        })
    }

    /// `BugCheck 9F`: a family's number in hex without a prefix, if the family writes it that way.
    pub(super) fn in_bare_hex(
        &self,
        catalog: &Catalog,
        ways: &Ways,
        token: &Token<'_>,
    ) -> Option<Verdict> {
        if token.len() > 8 || token.classes & !(DIGIT | HEX) != 0 || !self.may_be_bare_hex(token) {
            return None;
        }
        let letters = Letters::before(token.before());
        let hex = Code::from_hex(token.str())?.signed();
        let number = |notation: &Notation| notation.bare_hex.then_some((hex, token.start));
        self.led(catalog, ways, token, &letters, number)
    }

    /// Whether a notation marks eight hex digits as not a code.
    pub(super) fn is_trap(&self, catalog: &Catalog, ways: &Ways, token: &Token<'_>) -> bool {
        let letters = Letters::before(token.before());
        self.led(catalog, ways, token, &letters, |_| None) == Some(Verdict::NotACode)
    }

    /// `HTTP Error 500.19`, `30088-1007`: a number that is a piece of something longer.
    pub(super) fn of_a_piece(
        &self,
        catalog: &Catalog,
        ways: &Ways,
        token: &Token<'_>,
    ) -> Option<Occurrence> {
        let letters = Letters::before(token.before());
        let number = i32::try_from(token.decimal()).ok()?;
        let with_sub = guard::sub_number(token).and_then(|(sub, len)| {
            let token = Token { end: token.end + len, ..*token };
            let number = number.checked_mul(100)?.checked_add(sub)?;
            let read = (number, token.start);
            self.led(catalog, ways, &token, &letters, |notation| {
                notation.sub_number.then_some(read)
            })
        });
        let as_piece = || {
            let is_meant = |notation: &Notation| !notation.sub_number && notation.is_of_pieces();
            let read = |notation: &Notation| is_meant(notation).then_some((number, token.start));
            self.led(catalog, ways, token, &letters, read)
        };
        with_sub.or_else(as_piece)?.code()
    }

    /// Whether the word before a token leads to a piece of something longer.
    pub(super) fn may_be_piece(&self, token: &Token<'_>) -> bool {
        let goes_on = matches!(token.after(), [b'-', digit, ..] if digit.is_ascii_digit())
            || token.before().last() == Some(&b'/')
            || token.before().last() == Some(&b':') && token.after().starts_with(b": ")
            || guard::sub_number(token).is_some();
        goes_on && self.pieces.end_letters_before(token.before())
    }

    /// Whether the word before a token leads to hex without a prefix.
    pub(super) fn may_be_bare_hex(&self, token: &Token<'_>) -> bool {
        self.bare_hex.may_end_before(token) && self.bare_hex.lead_to(token)
    }

    /// Whether a word that a far-reaching notation needs is near.
    fn is_word_near(&self, token: &Token<'_>, notation: &Notation) -> bool {
        self.far.before(token.text, token.start, &token.memo.far).meet(&notation.needs)
    }

    /// The occurrence of a number by the first notation that fits. `read` returns the number as a
    /// notation reads it and where it starts, or `None` if that notation does not apply.
    fn led(
        &self,
        catalog: &Catalog,
        ways: &Ways,
        token: &Token<'_>,
        letters: &Letters<'_>,
        read: impl Fn(&Notation) -> Option<(i32, usize)>,
    ) -> Option<Verdict> {
        let keys = &self.keys[letters.last_two()];
        let mut led = keys.iter().filter(|key| key.fits(letters)).peekable();
        led.peek()?;
        let start = if token.is_prefixed_hex() { token.start } else { guard::number_start(token) };
        let before = &token.text[token.before_start()..start];
        let (mut first, mut other) = (None, None);
        for key in led {
            let is_word_near = |notation: &Notation| self.is_word_near(token, notation);
            for (notation, start) in key.matches(&self.notations, before, is_word_near) {
                let notation = &self.notations[notation];
                if notation.of_names {
                    continue;
                }
                if notation.not_code {
                    if notation.end_in(token.after()).is_some() {
                        return Some(Verdict::NotACode);
                    }
                    continue;
                }
                let Some((number, number_start)) = read(notation).filter(|_| first.is_none())
                else {
                    continue;
                };
                let around = token.before_start() + start..number_start;
                let Some(found) = fits(catalog, ways, token, notation, around, number) else {
                    continue;
                };
                // What follows the number is stronger evidence than what precedes it alone.
                if notation.whole {
                    first = Some(found);
                } else if other.is_none() {
                    other = Some(found);
                }
            }
        }
        first.or(other).map(Verdict::Code)
    }

    /// `SQLState: 42P01`, `code = Unavailable`, `550 5.7.606`: a name of the family whose notation
    /// precedes it.
    pub(super) fn named(
        &self,
        catalog: &Catalog,
        ways: &Ways,
        token: &Token<'_>,
    ) -> Option<Occurrence> {
        if !self.may_be_named(token) {
            return None;
        }
        let (before, letters) = (token.before(), Letters::before(token.before()));
        let is_word_near = |notation: &Notation| self.is_word_near(token, notation);
        let keys = self.keys[letters.last_two()].iter().filter(|key| key.fits(&letters));
        let mut notations = keys
            .flat_map(|key| key.matches(&self.notations, before, is_word_near))
            .map(|(notation, _)| &self.notations[notation])
            .filter(|notation| notation.of_names)
            .peekable();
        notations.peek()?;
        let notations: Vec<&Notation> = notations.collect();
        let is_with_sign = |notation: &Notation| {
            !notation.needs_sign || ways.evidence.has_sign(token, notation.family)
        };
        let is_in_url = guard::is_in_url(token);
        let (end, meaning) = ends_of_name(token).into_iter().rev().find_map(|end| {
            let name = std::str::from_utf8(&token.text[token.start..end]).ok()?;
            let entries = catalog.by_written_name(name);
            notations.iter().find_map(|notation| {
                let entry = entries.iter().find(|entry| entry.family() == notation.family)?;
                let mut ends = [end, token.end].into_iter();
                let fits = ends.any(|end| notation.end_in(&token.text[end..]).is_some())
                    && (notation.ends_in_slash() || !is_in_url)
                    && is_with_sign(notation);
                fits.then(|| (end, name::meaning(catalog, entry, name, true)))
            })
        })?;
        Some(Occurrence { start: token.start, end, meaning })
    }

    /// Whether the word before a token leads to a family's names. A word of letters alone counts only
    /// in capitals or after punctuation, and digits only if points and digits follow, so that most
    /// text costs nothing.
    pub(super) fn may_be_named(&self, token: &Token<'_>) -> bool {
        if !self.of_names.may_end_before(token) {
            return false;
        }
        let before = token.before();
        let near = &before[before.len().saturating_sub(2)..];
        let is_possible = if token.classes == DIGIT {
            matches!(token.after(), [b'.', digit, ..] if digit.is_ascii_digit())
                && !matches!(near, [digit, last] if digit.is_ascii_digit() && *last != b' ')
        } else {
            self.names.may_be(token.bytes())
                && (token.classes & DIGIT != 0
                    || token.classes & LOWER == 0
                    || token.bytes().contains(&b'_')
                    || !matches!(near, [word, b' ']
                        if super::is_word(*word) && !word.is_ascii_digit() || *word == b','))
        };
        is_possible && self.of_names.lead_to(token)
    }

    /// Whether one of the words in a part of the token's text is a name that a notation leads to.
    fn any_named_in(
        &self,
        catalog: &Catalog,
        ways: &Ways,
        token: &Token<'_>,
        part: Range<usize>,
    ) -> bool {
        let mut start = part.start;
        token.text[part].split(|&byte| !super::is_word(byte)).any(|word| {
            let end = start + word.len();
            let name = token.part(start, end);
            start = end + 1;
            !word.is_empty() && self.named(catalog, ways, &name).is_some()
        })
    }

    /// Whether a token is a number directly after a key word of one or two letters: `AH00558`. Longer
    /// ones are among the beginnings of [`super::name::Names`].
    pub(super) fn may_be_joined(&self, token: &Token<'_>) -> bool {
        self.joined.iter().filter(|word| word.len() < 3).any(|word| {
            let rest = token.bytes().get(word.len()..).unwrap_or_default();
            matches!(rest, [digit, ..] if digit.is_ascii_digit())
                && token.bytes()[..word.len()].eq_ignore_ascii_case(word)
        })
    }

    /// `AADSTS50126`: a number directly after its key word.
    pub(super) fn joined(
        &self,
        catalog: &Catalog,
        ways: &Ways,
        token: &Token<'_>,
    ) -> Option<Occurrence> {
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
        self.written(catalog, ways, &number, &Letters::before(word))?.code()
    }

    /// `36001 : …` at the start of a line or table cell, for known numbers.
    pub(super) fn listed(&self, catalog: &Catalog, token: &Token<'_>) -> Option<Occurrence> {
        let after = token.after();
        let mut blank = [&b" "[..], "\u{a0}".as_bytes()].into_iter();
        let colon = blank.find_map(|blank| after.strip_prefix(blank)).unwrap_or(after);
        if self.listed.is_empty()
            || !matches!(colon, [b':', b' ' | b'|' | b'\r' | b'\n' | 0xC2, ..] | [b':'])
        {
            return None;
        }
        if guard::is_compared(token) {
            return None;
        }
        let head = token.before().trim_ascii_end_of(b" \t*_`");
        if !matches!(head.last(), None | Some(b'\n' | b'\r' | b'|' | b'>' | b'"')) {
            return None;
        }
        let is_cell = matches!(head.last(), Some(b'|' | b'>' | b'"'));
        // `4000: E0 03 03` is a dump.
        let is_hex = matches!(&colon[1..], [b' ', a, b, b' ', ..]
            if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
        // `2001: A Space Odyssey`; tables of codes have a blank before the colon.
        let is_year = matches!(token.bytes(), [b'1', b'9', _, _] | [b'2', b'0', _, _])
            && colon.len() == after.len()
            && !is_cell;
        if token.bytes()[0] == b'0' || is_year || is_hex || !has_sentence(&colon[1..], is_cell) {
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
}

/// A number in a column that holds a family's numbers, or a code in it.
pub(super) fn in_column(
    catalog: &Catalog,
    token: &Token<'_>,
    family: FamilyId,
) -> Option<Occurrence> {
    let number = u32::try_from(token.decimal()).ok().filter(|&number| number != 0)?;
    let Some(entry) = catalog.by_number(family, number as i32) else {
        let code = Code(number);
        let is_code = number > i32::MAX as u32 && catalog.knows_code(code);
        return is_code.then(|| token.occurrence(Key::Code(code), None));
    };
    let mut meaning = meaning(catalog, family, number as i32);
    // What is normal is on every second line.
    if entry.severity() <= Severity::Information {
        meaning.weight = Weight::Possible;
    } else if columns::is_fine(catalog, token) {
        meaning.weight = Weight::Quiet;
    }
    Some(token.occurrence_of(meaning))
}

/// The occurrence of a number whose notation matches at `before.start..before.end`, if the text
/// after it fits, too.
fn fits(
    catalog: &Catalog,
    ways: &Ways,
    token: &Token<'_>,
    notation: &Notation,
    before: Range<usize>,
    number: i32,
) -> Option<Occurrence> {
    if token.is_prefixed_hex() && !notation.hex {
        return None;
    }
    let after = notation.end_in(token.after())?;
    if notation.needs_sign && !ways.evidence.has_sign(token, notation.family) {
        return None;
    }
    let meaning = meaning(catalog, notation.family, number);
    // `HTTP 12345` is not a status: a number without a code must be known.
    let is_known = || token.memo.is_number(catalog, notation.family, number);
    let must_be_known = notation.bare_hex
        || notation.is_of_pieces()
        || notation.needs_sign
        || matches!(meaning.key, Key::Number(..));
    if must_be_known && !is_known()
        || guard::is_in_url(token)
        || guard::is_compared(token)
        || guard::is_manual_section(token)
    {
        return None;
    }
    let mut only_number = Occurrence { start: before.end, end: token.end, meaning };
    // In source code, words before a number name a variable or describe one.
    if token.memo.is_source && !notation.whole {
        only_number.meaning.weight = Weight::Possible;
    }
    if !notation.whole {
        return Some(only_number);
    }
    // A regex matches bytes, but an occurrence consists of whole characters.
    let within = |at: usize| token.text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    let (mut start, mut end) = (before.start, token.end + after);
    while within(start) {
        start -= 1;
    }
    while within(end) {
        end += 1;
    }
    // A notation must not reach across another code.
    let holds_code = |part: Range<usize>| {
        let text = &token.text[part.clone()];
        text.iter().any(u8::is_ascii_digit)
            || ways.names.any_in(catalog, token, text)
            || ways.families.any_named_in(catalog, ways, token, part)
    };
    let whole = !holds_code(start..before.end) && !holds_code(token.end..end);
    Some(if whole { Occurrence { start, end, ..only_number } } else { only_number })
}

/// Whether the text after a listed number's colon is a sentence or the end of a cell; in a cell,
/// any words will do.
fn has_sentence(after: &[u8], is_cell: bool) -> bool {
    match after {
        [] | [b'|' | b'\r' | b'\n', ..] => true,
        [b' ', rest @ ..] | [0xC2, 0xA0, rest @ ..] => {
            let begins = |letter: &u8| {
                letter.is_ascii_uppercase()
                    || *letter >= 0x80
                    || is_cell && letter.is_ascii_alphabetic()
            };
            rest.first().is_some_and(begins) && (is_cell || has_words(rest))
        }
        _ => false,
    }
}

/// Whether a line continues with at least three words or with a complete sentence: in
/// `4001: Berlin Mitte`, the number is a postal code.
fn has_words(rest: &[u8]) -> bool {
    let line = rest.split(|&byte| byte == b'\n').next().unwrap_or(rest).trim_ascii_end();
    if matches!(line.last(), Some(b'.' | b'!' | b'?')) {
        return true;
    }
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.take(3).count() == 3
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

/// Where a name that begins with a token may end: at the token's end, or after further words joined
/// by points, hyphens and slashes: `5.7.606`, `auth/invalid-credential`.
fn ends_of_name(token: &Token<'_>) -> Vec<usize> {
    let mut end = token.end;
    // A number is one, though it may be a name: `42000`.
    let mut ends = if token.classes == DIGIT { Vec::new() } else { vec![end] };
    while let [b'.' | b'-' | b'/', next, ..] = token.text[end..]
        && super::is_word(next)
        && ends.len() < MOST_PARTS
    {
        let rest = token.text[end + 1..].iter().take(MAX_TOKEN);
        end += 1 + rest.take_while(|&&byte| super::is_word(byte)).count();
        if end - token.start > MAX_TOKEN {
            break;
        }
        ends.push(end);
    }
    ends
}

/// The most words of a name.
const MOST_PARTS: usize = 6;

/// What a family's number means: its code, where the family has a formula.
pub(super) fn meaning(catalog: &Catalog, family: FamilyId, number: i32) -> Meaning {
    let code = catalog.family(family).code_of(number);
    let key = code.map_or(Key::Number(family, number), Key::Code);
    Meaning::new(key, Some(family))
}
