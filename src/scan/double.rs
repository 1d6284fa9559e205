//! A code written twice, side by side: `0x80070643 (-2147023293)`,
//! `[HRESULT = 0x800f080d - CBS_E_MANIFEST_INVALID_ITEM]`, `1067 (0x42b)`.

use super::number::SMALL;
use super::{Key, Occurrence, Scanner, Token, Weight, beside, guard, number};
use crate::catalog::{Catalog, Entry, EntryId};
use crate::code::Code;

/// The number of words before a name or a number in brackets in which its other form is looked for.
const NAME_WORDS: usize = 16;

impl Scanner {
    /// The result for a token, given its result `alone` and the code before it.
    pub(super) fn double_of(
        &self,
        token: &Token<'_>,
        alone: Option<Occurrence>,
    ) -> Option<Occurrence> {
        match alone {
            Some(mut found) if found.meaning.weight == Weight::Full => {
                found.meaning.repeats =
                    self.repeats(token, &found) || self.is_said_before(token, &found);
                let is_value = !found.meaning.repeats && self.shows_value_of_no_code(token);
                (!is_value).then_some(found)
            }
            other => self.echo(token).or(other),
        }
    }

    /// Whether the code right before an occurrence is the same one.
    fn repeats(&self, token: &Token<'_>, found: &Occurrence) -> bool {
        for before in beside::tokens_before(token) {
            let before = before.without_escape();
            // The same text again is another error.
            if before.bytes() == token.bytes() {
                return false;
            }
            let key = match number::value(&before) {
                Some(value) => Key::Code(Code(value)),
                None => match self.ways().names.find(&self.catalog, &before) {
                    Some(named) => named.meaning.key,
                    // `HRESULT = ` between two codes names the second; any other word separates
                    // them.
                    None if beside::is_key(&before) => continue,
                    None => return false,
                },
            };
            // Only the nearest number or name can be its double, and only in another form: the same
            // text again is another error.
            return !before.bytes().eq_ignore_ascii_case(token.bytes())
                && self.are_one(found.meaning.key, key)
                && self.is_full(&before);
        }
        false
    }

    /// Whether a symbolic name, or a number in brackets, is a code that its line has in another form
    /// before: `Code=34007 "…" UserInfo={Description=CLOUD_CONFIG_INVALID_DEVICE_ERROR}`,
    /// `Error 0x80070005: Access is denied. (-2147024891)`.
    fn is_said_before(&self, token: &Token<'_>, found: &Occurrence) -> bool {
        let start = guard::number_start(token);
        let own = &token.text[start..token.end];
        let is_bracketed = token.text[..start].ends_with(b"(") && token.after().starts_with(b")");
        if number::value(token).is_some() && !is_bracketed {
            return false;
        }
        let of_found = Values::of(&self.catalog, found.meaning.key);
        let is_same = |before: &Token<'_>| {
            let value = number::value(before).filter(|_| before.bytes() != own);
            value.is_some_and(|value| of_found.are_of(&self.catalog, Key::Code(Code(value))))
        };
        // Only the nearest one is judged, so that the work has a limit.
        let nearest = beside::tokens_on_line(token).take(NAME_WORDS).find(is_same);
        nearest.is_some_and(|before| self.is_full(&before))
    }

    fn are_one(&self, one: Key, other: Key) -> bool {
        one == other || Values::of(&self.catalog, one).are_of(&self.catalog, other)
    }

    /// Whether a decimal only repeats the value of the preceding hex number, which is not a code:
    /// debuggers print registers this way.
    fn shows_value_of_no_code(&self, token: &Token<'_>) -> bool {
        let shown = || {
            let value = number::value(token).filter(|&value| value > SMALL)?;
            let before = beside::tokens_before(token).next().filter(Token::is_prefixed_hex)?;
            (number::value(&before) == Some(value)).then_some(before)
        };
        !token.is_prefixed_hex() && shown().is_some_and(|before| !self.is_full(&before))
    }

    /// A number in brackets or after an equals sign that is not a code by itself but has the value
    /// of the preceding code.
    fn echo(&self, token: &Token<'_>) -> Option<Occurrence> {
        if !matches!(token.before().last(), Some(b'(' | b'[' | b'/' | b'=')) {
            return None;
        }
        let value = number::value(token)?;
        let before = beside::tokens_before(token).next()?;
        if token.start - before.end > 8 || number::value(&before) != Some(value) {
            return None;
        }
        let mut of = self.judge_alone(&before).filter(|of| of.meaning.weight == Weight::Full)?;
        of.meaning.repeats = true;
        Some(Occurrence { start: guard::number_start(token), end: token.end, ..of })
    }

    fn is_full(&self, token: &Token<'_>) -> bool {
        self.judge_alone(token).is_some_and(|found| found.meaning.weight == Weight::Full)
    }

    /// The entry for a number whose name is written directly before or after it.
    pub(super) fn named_beside(&self, token: &Token<'_>, number: i32) -> Option<EntryId> {
        let ways = self.ways();
        let before =
            beside::tokens_before(token).next().filter(|before| token.start - before.end <= 6);
        [beside::token_after(token), before].into_iter().flatten().find_map(|word| {
            let named = ways.names.find(&self.catalog, &word)?;
            self.catalog.by_written_name(word.str()).into_iter().find_map(|entry| {
                let is_own = entry.number() == Some(number)
                    || self.catalog.code_of(&entry) == Some(Code(number as u32));
                (is_own && named.meaning.weight == Weight::Full).then(|| entry.id())
            })
        })
    }
}

/// The numbers that a code may be written as.
struct Values {
    code: Option<u32>,
    numbers: Vec<i32>,
}

impl Values {
    fn of(catalog: &Catalog, key: Key) -> Self {
        match key {
            Key::Code(code) => {
                let numbers = catalog.by_code(code).iter().filter_map(Entry::number).collect();
                Self { code: Some(code.0), numbers }
            }
            Key::Number(_, number) => Self { code: None, numbers: vec![number] },
            Key::Name(id) => {
                let entry = catalog.entry_by_id(id.entry());
                let code = entry.and_then(|entry| catalog.code_of(&entry)).map(|code| code.0);
                let numbers = entry.and_then(|entry| entry.number()).into_iter().collect();
                Self { code, numbers }
            }
        }
    }

    /// Whether they are those of another key; a small number has only its value.
    fn are_of(&self, catalog: &Catalog, key: Key) -> bool {
        match key {
            Key::Code(code) if code.0 <= SMALL => self.have(code.0),
            key => self.meet(&Self::of(catalog, key)),
        }
    }

    fn have(&self, value: u32) -> bool {
        self.code == Some(value) || self.numbers.contains(&(value as i32))
    }

    fn meet(&self, other: &Self) -> bool {
        self.code.is_some_and(|code| other.have(code))
            || self.numbers.iter().any(|&number| other.have(number as u32))
    }
}
