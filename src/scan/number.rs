//! Codes recognized by the form of their number: hex with and without prefix, signed and
//! unsigned decimals. A small number is a code only if there is evidence for one of its readings.

use super::evidence::{Ground, Reading};
use super::guard::{self, Sign};
use super::lead::Lead;
use super::{Key, Meaning, Occurrence, Scanner, Token, Weight, beside, family};
use crate::catalog::role::Roles;
use crate::catalog::{Catalog, Entry, FamilyId, Severity};
use crate::code::Code;

/// From this magnitude on, a negative decimal looks like an HRESULT rather than a count:
/// -800,000,000 is 0xD0510800, and failures are below it.
const NEGATIVE_CODES: i64 = -800_000_000;

/// Negative numbers from here on occur in all kinds of data.
const ORDINARY: i64 = -1_000_000;

/// From here on, codes are negative numbers with a magnitude of at most 65,536.
const SMALL_NEGATIVES: u32 = 0xFFFF_0000;

/// A number up to this is small: many families share it.
pub(super) const SMALL: u32 = 0xFFFF;

/// The top bit, which failures have.
const FAILURE_BIT: u32 = 0x8000_0000;

/// From here on, sixteen digits may be an address of a Linux kernel's modules:
/// `0xffffffffc0000022`.
const MODULES: u32 = 0xC000_0000;

/// From here on, an NTSTATUS is informational: `0x40000000`.
const INFORMATIONAL: u32 = 0x4000_0000;

/// From here on, a decimal may be a failure that has lost its minus.
const LOST_MINUS: u32 = 0x2000_0000;

impl Scanner {
    /// `0x87D1FDE8`, `0xFFFFFFFF80070005`; `0x5` with evidence.
    pub(super) fn prefixed_hex(&self, token: &Token<'_>) -> Option<Occurrence> {
        let catalog = &*self.catalog;
        let digits = &token.str()[2..];
        let code = match digits.len() {
            // Seven or nine digits are a typo, and the missing digit can't be known.
            7 if !digits.starts_with("000") => return None,
            1..=8 | 16 => Code::from_hex(digits)?,
            _ => return None,
        };
        let is_barred = || {
            guard::is_in_url(token) || guard::is_in_path(token) || guard::is_machine_value(token)
        };
        let lead = Lead::of(token.before());
        if code.0 <= SMALL {
            let found = || self.small_hex(token, code.0 as i32, lead, digits.len() == 8);
            return if is_barred() { None } else { found() };
        }
        let is_after_result = is_after_result(token);
        let accepted = match lead {
            // A single bit is a flag.
            _ if (INFORMATIONAL..FAILURE_BIT).contains(&code.0) && code.0.is_power_of_two() => {
                false
            }
            lead if lead.is_of_error() => looks_like_failure(code) || self.knows(code),
            Lead::Role(_) | Lead::StatusLike => {
                looks_like_failure(code) || digits.len() != 16 && self.knows(code)
            }
            // `no instance (0x80080005)`: a known failure in brackets of its own is a code, and one
            // at the end of a sentence about a failure: `Failed to open handle: 0x80070006`.
            Lead::Other => {
                let is_apart = is_bracketed(token) || opens_a_pair(token) || is_parameter(token);
                (is_apart || ends_a_failure(token))
                    && is_common_facility(code)
                    && catalog.knows_code(code)
            }
            // The addresses of a kernel's modules have the same form.
            Lead::Unknown if digits.len() == 16 && code.0 >= MODULES => is_argument(token),
            Lead::Unknown => {
                digits.len() >= 8
                    && (looks_like_failure(code) && !is_limit(code) || is_mild(catalog, code))
            }
        } || is_after_result && catalog.knows_code(code);
        if !accepted || digits.len() == 16 && !code.is_failure() || is_barred() {
            return None;
        }
        if lead == Lead::Unknown && is_in_dump(token) {
            return None;
        }
        let evidence = &self.ways().evidence;
        let following = is_after_result.then(|| evidence.following(catalog, code)).flatten();
        let family = following.or_else(|| self.family_near(token, code));
        Some(token.occurrence(Key::Code(code), family))
    }

    /// `0x5`, `0x00000005`: in brackets after a sentence, it is the error of that sentence.
    fn small_hex(
        &self,
        token: &Token<'_>,
        number: i32,
        lead: Lead,
        is_padded: bool,
    ) -> Option<Occurrence> {
        let (catalog, evidence) = (&*self.catalog, &self.ways().evidence);
        let Some(sentence) = sentence_role(token) else {
            if is_after_result(token)
                && let Some(family) = evidence.following(catalog, Code(number as u32))
            {
                return Some(token.occurrence(Key::Code(Code(number as u32)), Some(family)));
            }
            if lead == Lead::Unknown && is_padded {
                let reading = self.reading(token, number, Roles::FAILURE)?;
                return is_right_beside(token, reading)
                    .then(|| token.occurrence_of(self.meaning_of(reading, number)));
            }
            return self.small(token, number, lead);
        };
        let found = self.small(token, number, lead.and(sentence));
        if found.is_some_and(|found| found.meaning.weight == Weight::Full) || !is_padded {
            return found;
        }
        let padded = evidence.padded(catalog, token, number)?;
        Some(token.occurrence_of(self.meaning_of(padded, number)))
    }

    /// Eight hex digits without a prefix: in brackets of their own, after a key word, or after the
    /// end of a clause.
    pub(super) fn bare_hex(&self, token: &Token<'_>) -> Option<Occurrence> {
        let code = Code::from_hex(token.str())?;
        if guard::is_piece_of_name(token) {
            return None;
        }
        if code.0 <= SMALL {
            return self.small_bare_hex(token, code.0 as i32);
        }
        let is_known = || self.catalog.knows_code(code);
        let accepted = match Lead::of(token.before()) {
            lead if lead.is_of_error() => looks_like_failure(code) || is_known(),
            Lead::Role(_) | Lead::StatusLike => looks_like_failure(code),
            Lead::Other => is_after_thread_of_log_hr(token),
            Lead::Unknown => {
                looks_like_failure(code)
                    && (is_common_facility(code) || tells_failure(token) && is_known())
                    && (is_bracketed(token)
                        || (ends_a_clause(token) || has_dsid(token.after())) && is_known())
                    || is_after_thread_of_log_hr(token) && looks_like_failure(code)
            }
        };
        (accepted && !guard::is_in_url(token))
            .then(|| token.occurrence(Key::Code(code), self.family_near(token, code)))
    }

    /// `error:14094410:SSL routines:…`: OpenSSL writes hex without a prefix, which need not contain
    /// a letter.
    fn is_hex_between_colons(&self, token: &Token<'_>) -> bool {
        token.len() == 8
            && token.before().ends_with(b":")
            && token.after().starts_with(b":")
            && Lead::of(token.before()).is_of_error()
            && Code::from_hex(token.str()).is_some_and(|code| self.catalog.knows_code(code))
    }

    /// `00002098: SecErr: DSID-…`: a small code in eight digits before the name of what failed.
    fn small_bare_hex(&self, token: &Token<'_>, number: i32) -> Option<Occurrence> {
        let names = names_what_failed(token);
        // `00000057: LdapErr: DSID-0C090A9A`: the directory gives its own result elsewhere.
        if names && has_dsid(token.after()) {
            let evidence = &self.ways().evidence;
            let reading = evidence.padded(&self.catalog, token, number)?;
            return Some(token.occurrence_of(self.meaning_of(reading, number)));
        }
        let lead = Lead::of(token.before());
        let roles = if names { Roles::ERROR } else { lead.roles() };
        self.small(token, number, Lead::Role(roles)).filter(|_| names || lead.is_of_error())
    }

    /// `-2016281112`, `2278686184`; small numbers with evidence.
    pub(super) fn decimal(&self, token: &Token<'_>) -> Option<Occurrence> {
        let catalog = &*self.catalog;
        let sign = guard::sign(token);
        let digits = token.bytes();
        if sign == Sign::Hyphen {
            return None;
        }
        if sign == Sign::None && (Code::is_bare_hex(digits) || self.is_hex_between_colons(token)) {
            return self.bare_hex(token);
        }
        if digits.len() > 1 && digits[0] == b'0' {
            return None;
        }
        let Sign::Minus(width) = sign else {
            return self.unsigned(token, Code(u32::try_from(token.decimal()).ok()?));
        };
        let value = -(token.decimal() as i64);
        if value == 0 {
            return None;
        }
        let code = Code(i32::try_from(value).ok()? as u32);
        let lead = Lead::of(&token.before()[..token.before().len() - width]);
        if code.0 >= SMALL_NEGATIVES {
            return self.small(token, code.signed(), lead);
        }
        // `-67062` alone is an ordinary number.
        let is_told = || {
            value < ORDINARY
                || token.before().ends_with(b" (-") && token.after().starts_with(b")")
                || is_bracketed_or_last(token) && (tells_failure(token) || ends_a_sentence(token))
        };
        let accepted = lead != Lead::Other
            && (value <= NEGATIVE_CODES
                || catalog.knows_code(code) && (lead != Lead::Unknown || is_told()))
            && !(lead == Lead::Unknown && (is_limit(code) || is_in_dump(token)))
            && !guard::is_in_url(token);
        let start = token.start - width;
        accepted.then(|| {
            let family = self.family_near(token, code);
            Occurrence { start, ..token.occurrence(Key::Code(code), family) }
        })
    }

    /// Whether a code is known in a family whose codes need not follow another code.
    fn knows(&self, code: Code) -> bool {
        let evidence = &self.ways().evidence;
        self.catalog.knows_code(code)
            && self.catalog.by_code(code).iter().any(|entry| !evidence.follows_code(entry.family()))
    }

    /// The family of a 32-bit code with several: that of the code's name on the line, or that of the
    /// nearest sign.
    fn family_near(&self, token: &Token<'_>, code: Code) -> Option<FamilyId> {
        let families = token.memo.families_of(code, || {
            let mut families: Vec<FamilyId> =
                self.catalog.by_code(code).iter().map(Entry::family).collect();
            families.dedup();
            if families.len() < 2 { Vec::new() } else { families }
        });
        if families.is_empty() {
            return None;
        }
        self.family_by_name(token, code).or_else(|| self.ways().evidence.of_code(token, &families))
    }

    /// The family of a code whose name is on the line: `MAPI_E_LOGON_FAILED == 0x80040111`.
    fn family_by_name(&self, token: &Token<'_>, code: Code) -> Option<FamilyId> {
        let before = beside::tokens_on_line(token).take(NAME_WORDS);
        beside::token_after(token).into_iter().chain(before).find_map(|word| {
            let meaning = self.ways().names.find(&self.catalog, &word)?.meaning;
            if meaning.key == Key::Code(code) {
                return meaning.family;
            }
            let shared = matches!(meaning.key, Key::Name(_)).then_some(word.str())?;
            let entries = self.catalog.by_written_name(shared);
            let own = entries.iter().find(|entry| self.catalog.code_of(entry) == Some(code))?;
            Some(own.family())
        })
    }

    fn unsigned(&self, token: &Token<'_>, code: Code) -> Option<Occurrence> {
        let catalog = &*self.catalog;
        let lead = Lead::of(token.before());
        if code.0 <= SMALL {
            return self.small(token, code.0 as i32, lead);
        }
        if guard::is_measured(token) {
            return None;
        }
        if code.0 >= SMALL_NEGATIVES {
            return self.small(token, code.signed(), lead);
        }
        let large = code.0 >= FAILURE_BIT;
        let accepted = match lead {
            Lead::Other => false,
            lead if lead.is_of_error() => large || self.knows(code),
            Lead::Role(_) | Lead::StatusLike => large,
            Lead::Unknown => {
                large
                    && (catalog.knows_code(code) || catalog.is_numbered(code))
                    && !is_limit(code)
                    && !is_in_dump(token)
            }
        };
        if accepted && guard::is_in_url(token) {
            return None;
        }
        if accepted {
            return Some(token.occurrence(Key::Code(code), self.family_near(token, code)));
        }
        // `1073741715` for -1073741715.
        let negated = Code(code.0.wrapping_neg());
        let is_lost_minus = (LOST_MINUS..FAILURE_BIT).contains(&code.0)
            && matches!(lead, Lead::Role(_) | Lead::StatusLike)
            && !is_limit(negated)
            && catalog.knows_code(negated)
            && !guard::is_in_url(token);
        is_lost_minus.then(|| token.occurrence(Key::Code(negated), None))
    }

    /// A number that many families share: the surrounding text decides among them.
    pub(super) fn small(&self, token: &Token<'_>, number: i32, lead: Lead) -> Option<Occurrence> {
        let roles = match lead {
            Lead::Unknown
                if number < 0
                    && is_bracketed_or_last(token)
                    && (tells_failure(token) || ends_a_sentence(token)) =>
            {
                Roles::FAILURE
            }
            lead => lead.roles(),
        };
        let evidence = &self.ways().evidence;
        let has_phrase = || evidence.by_phrase(&self.catalog, token, number, false).is_some();
        // Most numbers stop here: no word leads to them, and nothing is directly beside them.
        let is_spoken_for = || number != 0 && (is_set_apart(token) || has_phrase());
        if roles.is_empty() && !is_spoken_for()
            || guard::is_compared(token)
            || guard::is_measured(token)
            // `503 Service Unavailable` does not count services.
            || guard::is_counted(token) && !has_phrase()
            || guard::is_after_file_name(token)
            || guard::is_of_a_domain(token)
            || guard::is_manual_section(token)
            || guard::is_in_url(token)
        {
            return None;
        }
        if number == 0 {
            let is_result =
                lead.is_of_error() && !token.memo.is_source && guard::sign(token) == Sign::None;
            return is_result.then(|| token.occurrence(Key::Code(Code(0)), None));
        }
        let start = guard::number_start(token);
        let at = |meaning: Meaning| Occurrence { start, end: token.end, meaning };
        if let Some(reading) = self.reading(token, number, roles) {
            return Some(at(self.meaning_of(reading, number)));
        }
        if roles.is_empty() {
            return None;
        }
        let meaning = Meaning::new(Key::Code(Code(number as u32)), None);
        Some(at(Meaning { weight: Weight::Possible, ..meaning }))
    }

    /// The reading of a small number with the strongest evidence.
    pub(super) fn reading(&self, token: &Token<'_>, number: i32, roles: Roles) -> Option<Reading> {
        let (catalog, evidence) = (&*self.catalog, &self.ways().evidence);
        let beside = || {
            (!roles.is_empty() || is_set_apart(token))
                .then(|| self.named_beside(token, number))
                .flatten()
                .and_then(|id| catalog.entry_by_id(id))
                .map(|entry| Reading { family: entry.family(), ground: Ground::Name })
        };
        // -1 is what many functions return: its phrase must be beside it.
        let best = || {
            if roles.is_empty() || number == -1 {
                evidence.by_phrase(catalog, token, number, false)
            } else {
                evidence.best(catalog, token, roles, number)
            }
        };
        let found = beside().or_else(best)?;
        let is_strong = matches!(found.ground, Ground::Name | Ground::Phrase);
        // In source code, numbers are what something is compared with.
        let may_be_weak = !self.has_own_name(token);
        (!token.memo.is_source && (is_strong || may_be_weak)).then_some(found)
    }

    /// Whether a name that is not in the catalog follows a number in brackets: `17 (ACME_QUEUE)`.
    fn has_own_name(&self, token: &Token<'_>) -> bool {
        let Some(word) = beside::token_after(token) else { return false };
        let bytes = word.bytes();
        matches!(token.after(), [b'(', ..] | [b' ', b'(', ..] | [b',', b' ', ..])
            && word.start - token.end <= 2
            && bytes.contains(&b'_')
            && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
            && self.ways().names.find(&self.catalog, &word).is_none()
    }

    fn meaning_of(&self, reading: Reading, number: i32) -> Meaning {
        let meaning = self.meaning_in(reading, number);
        match reading.ground {
            Ground::Sign { is_quiet: true, .. } => Meaning { weight: Weight::Quiet, ..meaning },
            _ => meaning,
        }
    }

    fn meaning_in(&self, reading: Reading, number: i32) -> Meaning {
        let catalog = &*self.catalog;
        let own = [number, number.wrapping_neg()];
        let own = own.into_iter().find(|&own| catalog.by_number(reading.family, own).is_some());
        if let Some(number) = own {
            return family::meaning(catalog, reading.family, number);
        }
        let entries = catalog.by_code(Code(number as u32));
        let entry = entries.iter().find(|entry| entry.family() == reading.family);
        let code = entry.and_then(|entry| catalog.code_of(entry));
        let code = code.unwrap_or(Code(number as u32));
        Meaning::new(Key::Code(code), Some(reading.family))
    }
}

impl Lead {
    /// This lead, or another role if it has none.
    fn and(self, roles: Roles) -> Self {
        if matches!(self, Self::Role(_)) { self } else { Self::Role(roles) }
    }
}

/// The value of a number in any notation, as 32 bits; `None` if it is not a number.
pub(super) fn value(token: &Token<'_>) -> Option<u32> {
    if token.is_prefixed_hex() {
        return Some(Code::from_hex(&token.str()[2..])?.0);
    }
    let digits = token.bytes();
    if Code::is_bare_hex(digits) {
        return Some(Code::from_hex(token.str())?.0);
    }
    if digits.is_empty() || digits.len() > 10 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = u32::try_from(token.decimal()).ok()?;
    let is_negative = matches!(guard::sign(token), Sign::Minus(_));
    Some(if is_negative { value.wrapping_neg() } else { value })
}

/// A number in brackets right after a sentence is the error of that sentence:
/// `… was not found. (0x2)`.
fn sentence_role(token: &Token<'_>) -> Option<Roles> {
    if !is_bracketed(token) {
        return None;
    }
    let before = token.before();
    let before = before[..before.len() - 1].trim_ascii_end();
    let ends = matches!(before.last(), Some(b'.' | b'!' | b')')) || before.ends_with(b"exit");
    ends.then_some(Roles::FAILURE)
}

/// The number of words before a code among which its name is looked for.
const NAME_WORDS: usize = 8;

/// The most bytes between a number without a leading word and the sign that is evidence for it.
const RIGHT_BESIDE: usize = 24;

/// Whether the evidence for a reading is directly beside the number.
fn is_right_beside(token: &Token<'_>, reading: Reading) -> bool {
    match reading.ground {
        Ground::Sign { start, end, .. } => {
            start.saturating_sub(token.end).max(token.start.saturating_sub(end)) <= RIGHT_BESIDE
        }
        Ground::Name | Ground::Phrase => true,
        Ground::Number | Ground::FileName => false,
    }
}

/// Whether a negative number is in brackets, after a colon, or after a comma at the end of its line.
fn is_bracketed_or_last(token: &Token<'_>) -> bool {
    let before = token.before().strip_suffix(b"-").unwrap_or(token.before());
    match before.strip_suffix(b" ").unwrap_or(before).last() {
        Some(b'(' | b'[' | b':') => true,
        Some(b',') => beside::line_after(token).trim_ascii().is_empty(),
        _ => false,
    }
}

/// Whether a sentence ends before a negative number in brackets: `… is not correct. (-25293)`.
fn ends_a_sentence(token: &Token<'_>) -> bool {
    token.before().ends_with(b". (-")
}

/// Whether the text before a number on its line mentions a failure.
fn tells_failure(token: &Token<'_>) -> bool {
    mentions(beside::line_before(token), &["fail", "error", "unable", "cannot"])
}

/// Whether a text contains one of these words, or one that begins so.
fn mentions(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| beside::holds(text, word.as_bytes()))
}

/// Whether a colon separates a token from a clause of several words that tells of a failure.
fn ends_a_failure(token: &Token<'_>) -> bool {
    const WORDS: &[&str] =
        &["fail", "error", "unable", "cannot", "could not", "couldn't", "not enough", "is not"];
    let Some(clause) = beside::line_before(token).strip_suffix(b": ") else { return false };
    let start = clause.iter().rposition(|byte| b":;,=|]".contains(byte)).map_or(0, |at| at + 1);
    let clause = &clause[start..];
    clause.trim_ascii().contains(&b' ') && mentions(clause, WORDS)
}

/// Whether a number has brackets, quotes or a colon of its own.
fn is_set_apart(token: &Token<'_>) -> bool {
    let before = &token.text[token.before_start()..guard::number_start(token)];
    let (before, after) =
        (before.strip_suffix(b" ").unwrap_or(before).last(), token.after().first());
    matches!(before, Some(b'(' | b'[' | b'<' | b'=' | b':'))
        || matches!(after, Some(b':' | b'(' | b')' | b']'))
        || token.is_prefixed_hex()
}

/// Whether a code that does not look like a failure is known as something milder. Informational
/// NTSTATUS codes also look like registers and masks.
fn is_mild(catalog: &Catalog, code: Code) -> bool {
    let is_mask = code.0 > SMALL && code.0.trailing_zeros() >= 16;
    !(INFORMATIONAL..FAILURE_BIT).contains(&code.0)
        && !is_mask
        && !is_limit(code)
        && catalog.by_code(code).first().is_some_and(|entry| entry.severity() != Severity::Error)
}

/// Whether a hyphen joins the token to a preceding result: `0xC1900101 - 0x20017`.
fn is_after_result(token: &Token<'_>) -> bool {
    let before = token.before().trim_ascii_end();
    let Some(before) = before.strip_suffix(b"-") else { return false };
    let before = before.trim_ascii_end();
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    digits == 8 && token.before().len() - before.len() <= 4
}

/// Whether a number is in a row of its like, not all of which look like failures.
fn is_in_dump(token: &Token<'_>) -> bool {
    guard::is_in_dump(token, |word| value(word).is_some_and(|it| looks_like_failure(Code(it))))
}

/// Whether a code is close to the least 32-bit integer: a limit, a register or a bit, unless a word
/// says that it is an error.
fn is_limit(code: Code) -> bool {
    code.0.wrapping_sub(FAILURE_BIT) <= 0xFF
}

/// Whether it has the failure bit and a known layout; all ones are a mask or "none".
fn looks_like_failure(code: Code) -> bool {
    code.0 != u32::MAX && matches!(code.0 >> 28, 0x8 | 0xA | 0xC | 0xD | 0xE)
}

fn is_bracketed(token: &Token<'_>) -> bool {
    matches!(
        (token.before().last(), token.after().first()),
        (Some(b'['), Some(b']')) | (Some(b'('), Some(b')'))
    )
}

/// Whether a token is a parameter of an event: `<Param3>0x80070705</Param3>`.
fn is_parameter(token: &Token<'_>) -> bool {
    let name = token
        .before()
        .strip_suffix(b">")
        .map_or(&[][..], |before| before.trim_ascii_end().strip_suffix(b"\"").unwrap_or(before));
    let digits = name.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0
        && name[..name.len() - digits].to_ascii_lowercase().ends_with(b"param")
        && token.after().starts_with(b"</")
}

/// Whether a token is in a list in brackets: `{ffffffffc0000005, …`, `(0x…, 0x…)`.
fn is_argument(token: &Token<'_>) -> bool {
    let before = token.before();
    matches!(before.last(), Some(b'(' | b'{' | b'[' | b',')) || before.ends_with(b", ")
}

/// Whether a token opens brackets with another number: `[0x80070032, 0x50013]`.
fn opens_a_pair(token: &Token<'_>) -> bool {
    token.before().ends_with(b"[") && token.after().starts_with(b", 0x")
}

/// Whether the text before a token has ended: with punctuation, as a table cell or markup, or with
/// a word that codes follow, such as `with`.
fn ends_a_clause(token: &Token<'_>) -> bool {
    let before = token.before();
    let marked = before.trim_ascii_end().len() == before.len()
        && matches!(before.last(), Some(b'*' | b'`' | b'=' | b'>' | b'"' | b'|'));
    let rest = before.trim_ascii_end();
    let is_sentence = |rest: &[u8]| {
        let word = rest.iter().rev().skip(1).take_while(|byte| byte.is_ascii_alphanumeric());
        let letters = word.clone().filter(|byte| byte.is_ascii_alphabetic());
        word.count() > 2 && letters.count() > 0
    };
    marked
        || match rest {
            [] | [.., b'\n' | b':'] => names_what_failed(token),
            [.., b'|' | b';'] => true,
            [before @ .., b',' | b'-'] => {
                let word = before.trim_ascii_end().last();
                names_what_failed(token)
                    || word.is_some_and(u8::is_ascii_alphabetic) && tells_failure(token)
            }
            [.., b'.'] => is_sentence(rest),
            _ => [&b" with"[..], b" mit", b" avec"].iter().any(|word| rest.ends_with(word)),
        }
}

/// Whether a name follows a number and a colon: `80090308: LdapErr`.
fn names_what_failed(token: &Token<'_>) -> bool {
    matches!(token.after(), [b':', b' ', letter, ..] if letter.is_ascii_uppercase())
}

/// Whether a directory server's place in its source follows: `LdapErr: DSID-`.
fn has_dsid(after: &[u8]) -> bool {
    memchr::memmem::find(&after[..after.len().min(48)], b"Err: DSID-").is_some()
}

/// `[deadbeef]` is a commit, `[80248007]` an error: bare hex in brackets counts only in the ranges
/// where real components have their failures.
fn is_common_facility(code: Code) -> bool {
    matches!(code.0 >> 24, 0x80 | 0x87 | 0x88 | 0xC0 | 0xC1 | 0xC7 | 0xCA)
}

/// `ReturnHr(3) tid(2600) 80070003` and `Exception(1) tid(1a2c) 8A15000F`, as in Windows' own
/// traces.
fn is_after_thread_of_log_hr(token: &Token<'_>) -> bool {
    let before = token.before().trim_ascii_end();
    let near = &before[before.len().saturating_sub(48)..];
    near.ends_with(b")") && memchr::memmem::find(near, b") tid(").is_some()
}

/// The decimal with its minus, and where it starts; `None` after a hyphen.
pub(super) fn signed(token: &Token<'_>) -> Option<(i32, usize)> {
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
