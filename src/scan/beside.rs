//! What is written right beside a number: its standard phrase, its symbolic name, or the same code
//! once more.

use super::Token;

/// How far away on its line a phrase may be.
const PHRASE_REACH: usize = 160;

/// How much of a line may follow a number that the next line explains.
const LINE_END: usize = 12;

/// Whether a phrase is right before or after the token, with punctuation between them; or, with
/// `anywhere`, elsewhere near on its line.
pub(super) fn has_phrase(token: &Token<'_>, phrase: &[u8], anywhere: bool) -> bool {
    let (before, after) = (line_before(token), line_after(token));
    // What a number means is often printed on the next line.
    if anywhere && after.trim_ascii().len() <= LINE_END {
        let next = token.after()[after.len()..].trim_ascii_start();
        if starts_with(next, phrase) {
            return true;
        }
    }
    let before = &before[before.len().saturating_sub(PHRASE_REACH + phrase.len())..];
    let after = &after[..after.len().min(PHRASE_REACH + phrase.len())];
    if anywhere {
        return holds(before, phrase) || holds(after, phrase);
    }
    let follows = {
        let rest = skip(after.iter(), b")]:,.\"'` -(");
        starts_with(&after[after.len() - rest..], phrase)
    };
    let leads = || {
        let kept = skip(before.iter().rev(), b"([:.\"'`= -");
        let before = &before[..kept];
        // In the brackets that the phrase is before, or directly before the number.
        before.len() >= phrase.len()
            && before[before.len() - phrase.len()..].eq_ignore_ascii_case(phrase)
    };
    follows || leads()
}

/// How many bytes are left behind up to six that are in `set`.
fn skip<'b>(bytes: impl ExactSizeIterator<Item = &'b u8>, set: &[u8]) -> usize {
    let len = bytes.len();
    len - bytes.take(6).take_while(|byte| set.contains(byte)).count()
}

fn starts_with(text: &[u8], phrase: &[u8]) -> bool {
    text.len() >= phrase.len() && text[..phrase.len()].eq_ignore_ascii_case(phrase)
}

/// Whether a phrase is in a text, case aside.
fn holds(text: &[u8], phrase: &[u8]) -> bool {
    let Some(first) = phrase.first() else { return false };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, text).any(|at| {
        starts_with(&text[at..], phrase)
            && !at.checked_sub(1).is_some_and(|before| text[before].is_ascii_alphanumeric())
    })
}

/// The token's line up to it, within reach.
pub(super) fn line_before<'t>(token: &Token<'t>) -> &'t [u8] {
    let before = token.before();
    memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline + 1..])
}

/// The token's line after it, within reach.
pub(super) fn line_after<'t>(token: &Token<'t>) -> &'t [u8] {
    let after = token.after();
    memchr::memchr(b'\n', after).map_or(after, |newline| &after[..newline])
}

/// How many bytes may be between a code and its double.
const GAP: usize = 32;

/// The words between a code and its double, at most.
const GAP_WORDS: usize = 2;

/// The token before this one on its line, if both may write one code: what is between them is
/// short. The nearest first.
pub(super) fn tokens_before<'t>(token: &Token<'t>) -> impl Iterator<Item = Token<'t>> + use<'t> {
    let line = line_before(token);
    let line_start = token.start - line.len();
    let mut current = *token;
    let first = *token;
    std::iter::from_fn(move || {
        let end =
            (line_start..current.start).rev().find(|&at| super::is_word(token_byte(&first, at)))?
                + 1;
        if first.start - end > GAP {
            return None;
        }
        let start = (line_start..end)
            .rev()
            .take_while(|&at| super::is_word(token_byte(&first, at)))
            .last()?;
        current = first.part(start, end);
        Some(current)
    })
    .take(GAP_WORDS + 1)
}

/// Whether a word is the key of the value after it: `gle=`, `HRESULT = `.
pub(super) fn is_key(word: &Token<'_>) -> bool {
    matches!(word.after().trim_ascii_start(), [b'=' | b':', ..])
}

/// The token after this one on its line, close to it.
pub(super) fn token_after<'t>(token: &Token<'t>) -> Option<Token<'t>> {
    let line = line_after(token);
    let gap = line.iter().take(6).take_while(|&&byte| !super::is_word(byte)).count();
    let len = line[gap..].iter().take_while(|&&byte| super::is_word(byte)).count();
    (len > 0).then(|| token.part(token.end + gap, token.end + gap + len))
}

fn token_byte(token: &Token<'_>, at: usize) -> u8 {
    token.text[at]
}
