//! What is written right beside a number: its standard phrase, its symbolic name, or the same code
//! again.

use super::Token;

/// How many bytes away a phrase on the same line may be.
const PHRASE_REACH: usize = 160;

/// How many bytes of a line may follow a number that the next line explains.
const LINE_END: usize = 12;

/// The standard phrase of a number.
#[derive(Debug)]
pub(super) struct Phrase {
    text: Box<str>,
    /// The set of its letters, as bits.
    letters: u32,
}

impl Phrase {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.into(), letters: letters(text.as_bytes()) }
    }

    fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

/// The set of letters in a text, as bits.
fn letters(text: &[u8]) -> u32 {
    text.iter().fold(0, |all, &byte| all | super::letter_bit(byte))
}

/// A token's line, and the next one, within the reach of a phrase.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    before: &'t [u8],
    after: &'t [u8],
    /// The text of the next line, if the token ends its own line.
    next: &'t [u8],
    /// The set of letters on the line, as bits.
    letters: u32,
}

impl<'t> Line<'t> {
    pub(super) fn of(token: &Token<'t>) -> Self {
        let (before, after) = (line_before(token), line_after(token));
        // The meaning of a number is often printed on the next line.
        let ends_line = after.trim_ascii().len() <= LINE_END;
        let next = if ends_line { token.after()[after.len()..].trim_ascii_start() } else { &[] };
        Self { before, after, next, letters: letters(before) | letters(after) }
    }

    /// Whether a phrase is on the line, or at the start of the next one if the token ends its line.
    pub(super) fn holds(&self, phrase: &Phrase) -> bool {
        let may_be_there = phrase.letters & !self.letters == 0;
        starts_with(self.next, phrase.bytes()) || may_be_there && self.is_within(phrase.bytes())
    }

    fn is_within(&self, phrase: &[u8]) -> bool {
        let reach = PHRASE_REACH + phrase.len();
        holds(&self.before[self.before.len().saturating_sub(reach)..], phrase)
            || holds(&self.after[..self.after.len().min(reach)], phrase)
    }
}

/// What is directly before and after a token, ignoring punctuation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neighbours<'t> {
    before: &'t [u8],
    after: &'t [u8],
}

impl<'t> Neighbours<'t> {
    pub(super) fn of(token: &Token<'t>) -> Self {
        let (before, after) = (token.before(), token.after());
        let rest = skip(after.iter(), b")]:,.\"'` \t-([");
        let mut kept = skip(before.iter().rev(), b"([:.\"'`= -");
        // `Network is unreachable (code=101)`
        if let Some(rest) = before[..kept].strip_suffix(b"(code") {
            kept = skip(rest.iter().rev(), b" ");
        }
        let after = if is_last_of_many(before, after) { &[] } else { &after[after.len() - rest..] };
        Self { before: &before[..kept], after }
    }

    /// The letter that ends what is before, and the one that begins what is after, as bits; all bits
    /// for another character.
    pub(super) fn letters(&self) -> (u32, u32) {
        let bit = |byte: Option<&u8>| match byte.map(|&byte| super::letter_bit(byte)) {
            None => 0,
            Some(0) => u32::MAX,
            Some(bit) => bit,
        };
        (bit(self.before.last()), bit(self.after.first()))
    }

    /// Whether a phrase is directly before or after the token.
    pub(super) fn have(&self, phrase: &Phrase) -> bool {
        starts_with(self.after, phrase.bytes()) || ends_with(self.before, phrase.bytes())
    }
}

/// Whether what closes after a number was not opened for it alone: `setpriority(1, 996, 3): …`.
fn is_last_of_many(before: &[u8], after: &[u8]) -> bool {
    let opened = before.strip_suffix(b"-").unwrap_or(before);
    let opened = opened.strip_suffix(b" ").unwrap_or(opened).last();
    matches!(after.first(), Some(b')' | b'\'' | b'"'))
        && !opened.is_none_or(|byte| b"([:='\"".contains(byte))
}

/// How many bytes are left after skipping up to six that are in `set`.
fn skip<'b>(bytes: impl ExactSizeIterator<Item = &'b u8>, set: &[u8]) -> usize {
    let len = bytes.len();
    len - bytes.take(6).take_while(|byte| set.contains(byte)).count()
}

fn starts_with(text: &[u8], phrase: &[u8]) -> bool {
    text.first().map(u8::to_ascii_lowercase) == phrase.first().map(u8::to_ascii_lowercase)
        && text.len() >= phrase.len()
        && text[..phrase.len()].eq_ignore_ascii_case(phrase)
}

fn ends_with(text: &[u8], phrase: &[u8]) -> bool {
    text.last().map(u8::to_ascii_lowercase) == phrase.last().map(u8::to_ascii_lowercase)
        && super::letters::ends_with_ignoring_case(text, phrase)
}

/// Whether a text contains a phrase, ignoring case.
pub(super) fn holds(text: &[u8], phrase: &[u8]) -> bool {
    let Some(first) = phrase.first() else { return false };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, text).any(|at| {
        starts_with(&text[at..], phrase)
            && !at.checked_sub(1).is_some_and(|before| text[before].is_ascii_alphanumeric())
    })
}

/// The part of the token's line before it, within reach.
pub(super) fn line_before<'t>(token: &Token<'t>) -> &'t [u8] {
    let start = token.memo.line_start(token.text, token.start).max(token.before_start());
    &token.text[start..token.start]
}

/// The part of the token's line after it, within reach.
pub(super) fn line_after<'t>(token: &Token<'t>) -> &'t [u8] {
    let after = token.after();
    memchr::memchr(b'\n', after).map_or(after, |newline| &after[..newline])
}

/// The most bytes between a code and its double.
const GAP: usize = 32;

/// The most words between a code and its double.
const GAP_WORDS: usize = 2;

/// The tokens before this one on its line that may be its double, nearest first: the text in
/// between is short.
pub(super) fn tokens_before<'t>(token: &Token<'t>) -> impl Iterator<Item = Token<'t>> + use<'t> {
    let start = token.start;
    tokens_on_line(token).take_while(move |before| start - before.end <= GAP).take(GAP_WORDS + 1)
}

/// All tokens before this one on its line, within reach. The nearest first.
pub(super) fn tokens_on_line<'t>(token: &Token<'t>) -> impl Iterator<Item = Token<'t>> + use<'t> {
    let token = *token;
    let line_start = token.start - line_before(&token).len();
    let mut rest = line_start..token.start;
    std::iter::from_fn(move || {
        let is_word = |at: &usize| super::is_word(token.text[*at]);
        let end = rest.clone().rev().find(is_word)? + 1;
        let start = (line_start..end).rev().take_while(is_word).last()?;
        rest = line_start..start;
        Some(token.part(start, end))
    })
}

/// Whether a word is the key of the value after it: `gle=`, `HRESULT = `.
pub(super) fn is_key(word: &Token<'_>) -> bool {
    matches!(word.after().trim_ascii_start(), [b'=' | b':', ..])
}

/// The next token on the line, if it is close.
pub(super) fn token_after<'t>(token: &Token<'t>) -> Option<Token<'t>> {
    let line = line_after(token);
    let gap = line.iter().take(6).take_while(|&&byte| !super::is_word(byte)).count();
    let len = line[gap..].iter().take_while(|&&byte| super::is_word(byte)).count();
    (len > 0).then(|| token.part(token.end + gap, token.end + gap + len))
}
