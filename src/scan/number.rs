//! Codes recognized by the form of their number: hex with and without prefix, signed and
//! unsigned decimals.

use super::guard::{self, Sign};
use super::lead::Lead;
use super::{Key, Occurrence, Token};
use crate::catalog::Catalog;
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
        // Seven or nine digits are a misprint: which digit is missing can't be known.
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
        Lead::Unknown => is_after_result(token) && code.0 > 0xFFFF && catalog.knows_code(code),
    };
    (accepted && (digits.len() != 16 || code.is_failure()))
        .then(|| token.occurrence(Key::Code(code), None))
}

/// Whether a hyphen joins the token to a result before it: `0xC1900101 - 0x20017`.
fn is_after_result(token: &Token<'_>) -> bool {
    let before = token.before().trim_ascii_end();
    let Some(before) = before.strip_suffix(b"-") else { return false };
    let before = before.trim_ascii_end();
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    digits == 8 && token.before().len() - before.len() <= 4
}

/// A failure bit and one of the layouts that have it; all ones are a mask or "none".
fn looks_like_failure(code: Code) -> bool {
    code.0 != u32::MAX && matches!(code.0 >> 28, 0x8 | 0xA | 0xC | 0xD | 0xE)
}

/// Eight hex digits without prefix: only in brackets of their own or after a key word.
pub(super) fn bare_hex(token: &Token<'_>) -> Option<Occurrence> {
    let code = Code::from_hex(token.str())?;
    if guard::is_piece_of_name(token) || guard::is_in_url(token) {
        return None;
    }
    let accepted = match Lead::of(token.before()) {
        Lead::Error => true,
        Lead::Status => looks_like_failure(code),
        Lead::Other => is_after_thread_of_log_hr(token),
        Lead::Unknown => {
            looks_like_failure(code)
                && (is_bracketed(token) && is_common_facility(code)
                    || is_after_thread_of_log_hr(token))
        }
    };
    accepted.then(|| token.occurrence(Key::Code(code), None))
}

fn is_bracketed(token: &Token<'_>) -> bool {
    matches!(
        (token.before().last(), token.after().first()),
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
fn is_after_thread_of_log_hr(token: &Token<'_>) -> bool {
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
        _ if Code::is_bare_hex(digits) => bare_hex(token),
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

/// The decimal with its minus, and where it begins; `None` after a hyphen.
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
