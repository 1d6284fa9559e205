//! `textDocument/completion`: codes and symbolic names of the catalog, completed from any prefix.

use std::ops::RangeInclusive;

use serde_json::json;
use tower_lsp::lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Documentation,
    Position, TextEdit,
};

use super::client::markup;
use super::snapshot::Snapshot;
use crate::catalog::{Catalog, Entry, EntryId};
use crate::code::Code;
use crate::explain;
use crate::locale::Locale;
use crate::scan::MAX_TOKEN;

/// The most items in an answer; a longer prefix finds the rest.
const MOST: usize = 200;

/// The notation of the prefix.
#[derive(Clone, Copy)]
enum Notation {
    Hex,
    Signed,
    Unsigned,
    Name,
}

impl Notation {
    /// The notation of a prefix; `None` if it is too short to be meaningful.
    fn of(prefix: &str) -> Option<Self> {
        let lower = prefix.to_ascii_lowercase();
        if lower.starts_with("0x") {
            return Some(Self::Hex);
        }
        if let Some(digits) = prefix.strip_prefix('-') {
            return (!digits.is_empty()).then_some(Self::Signed);
        }
        if prefix.len() >= 2 && prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::Unsigned);
        }
        (prefix.len() >= 3 && prefix.as_bytes()[0].is_ascii_alphabetic()).then_some(Self::Name)
    }

    fn write(self, code: Code) -> String {
        match self {
            Self::Hex => code.to_string(),
            Self::Signed => code.signed().to_string(),
            Self::Unsigned | Self::Name => code.unsigned().to_string(),
        }
    }
}

/// The catalog's codes and names that begin with the text before the cursor.
pub(super) fn completion(view: &Snapshot, at: Position) -> Option<CompletionList> {
    let document = &view.document;
    let cursor = view.client.byte(document, at);
    let token = token_around(document.text(), cursor);
    let prefix = document.text().byte_slice(token.start..cursor).to_string();
    let notation = Notation::of(&prefix)?;
    let edit_range = view.client.range(document, token);
    let candidates = candidates(&view.catalog, notation, &prefix);
    let is_incomplete = candidates.len() > MOST;
    let items = candidates.into_iter().take(MOST).map(|(text, entry)| CompletionItem {
        label: text.clone(),
        kind: Some(CompletionItemKind::CONSTANT),
        detail: Some(entry.message().get(view.locale()).to_owned()),
        filter_text: Some(text.clone()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range: edit_range, new_text: text })),
        data: Some(json!(entry.id().to_bits())),
        ..CompletionItem::default()
    });
    Some(CompletionList { is_incomplete, items: items.collect() })
}

/// The texts to offer with their entries, sorted and without duplicates: up to one more than an
/// answer holds.
fn candidates<'c>(
    catalog: &'c Catalog,
    notation: Notation,
    prefix: &str,
) -> Vec<(String, Entry<'c>)> {
    if let Notation::Name = notation {
        let names = catalog.names_in_order(prefix).take(MOST + 1);
        return names.map(|(name, entry)| (name.to_owned(), entry)).collect();
    }
    let mut found: Vec<(String, Code)> = codes(catalog, notation, prefix)
        .into_iter()
        .map(|code| (notation.write(code), code))
        .collect();
    found.sort_unstable();
    found.truncate(MOST + 1);
    let with_entry = |(text, code)| Some((text, catalog.first_written_as(code)?));
    found.into_iter().filter_map(with_entry).collect()
}

/// The catalog's codes that begin with `prefix` in a notation. Decimals of equal length are
/// sorted, so the first ones of each length are enough.
fn codes(catalog: &Catalog, notation: Notation, prefix: &str) -> Vec<Code> {
    match notation {
        Notation::Hex => {
            let codes = hex_codes(&prefix[2..]).into_iter();
            codes.flat_map(|codes| catalog.rising_codes(codes).take(MOST + 1)).collect()
        }
        Notation::Unsigned => {
            let codes = decimals(prefix, u64::from(u32::MAX));
            let of_length = |codes: RangeInclusive<u64>| {
                let codes = *codes.start() as u32..=*codes.end() as u32;
                catalog.rising_codes(codes).take(MOST + 1)
            };
            codes.flat_map(of_length).collect()
        }
        Notation::Signed => {
            let magnitudes = decimals(&prefix[1..], 1 << 31);
            let of_length = |magnitudes: RangeInclusive<u64>| {
                let code = |magnitude: u64| (1_u64 << 32).wrapping_sub(magnitude) as u32;
                let codes = code(*magnitudes.end())..=code(*magnitudes.start());
                catalog.falling_codes(codes).take(MOST + 1)
            };
            magnitudes.flat_map(of_length).collect()
        }
        Notation::Name => Vec::new(),
    }
}

/// The codes whose eight hex digits begin with `digits`.
fn hex_codes(digits: &str) -> Option<RangeInclusive<u32>> {
    let is_hex = digits.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let first = is_hex.then(|| format!("{digits:0<8}"))?;
    let last = format!("{digits:F<8}");
    Some(u32::from_str_radix(&first, 16).ok()?..=u32::from_str_radix(&last, 16).ok()?)
}

/// The decimals from 1 to `most` that begin with `digits`, one range per length.
fn decimals(digits: &str, most: u64) -> impl Iterator<Item = RangeInclusive<u64>> {
    let number = digits.parse::<u64>().ok().filter(|_| !digits.starts_with('0'));
    number.into_iter().flat_map(move |number| {
        let powers = std::iter::successors(Some(1_u64), |power| power.checked_mul(10));
        let firsts = powers.map_while(move |power| Some((number.checked_mul(power)?, power - 1)));
        firsts
            .take_while(move |(first, _)| *first <= most)
            .map(move |(first, more)| first..=most.min(first + more))
    })
}

/// The byte range of the token at the cursor, including a leading minus.
fn token_around(text: &ropey::Rope, cursor: usize) -> std::ops::Range<usize> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let reach = |bytes: &mut dyn Iterator<Item = u8>| {
        bytes.take(MAX_TOKEN).take_while(|&byte| is_token(byte)).count()
    };
    let mut back = text.bytes_at(cursor);
    back.reverse();
    let mut start = cursor - reach(&mut back);
    let end = cursor + reach(&mut text.bytes_at(cursor));
    let byte_before = |at: usize| at.checked_sub(1).map(|at| text.byte(at));
    let digits = text.bytes_at(start).take(end - start).all(|byte| byte.is_ascii_digit());
    if digits && byte_before(start) == Some(b'-') && !byte_before(start - 1).is_some_and(is_token) {
        start -= 1;
    }
    start..end
}

/// `completionItem/resolve`: the explanation as the item's documentation.
pub(super) fn resolve(
    mut item: CompletionItem,
    catalog: &Catalog,
    markdown: bool,
    locale: Locale,
) -> CompletionItem {
    let id = item.data.as_ref().and_then(serde_json::Value::as_u64).map(EntryId::from_bits);
    if let Some(entry) = id.and_then(|id| catalog.entry_by_id(id)) {
        let answer = explain::answer(catalog, &entry, explain::own_key(catalog, &entry), locale);
        let text =
            if markdown { answer.markdown(None, locale) } else { answer.plain(None, locale) };
        item.documentation = Some(Documentation::MarkupContent(markup(markdown, text)));
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::snapshot::testing::with_cursor;

    fn offered(marked: &str) -> Vec<String> {
        with_cursor(marked, |view, at| {
            completion(view, at)
                .map_or(Vec::new(), |list| list.items.into_iter().map(|item| item.label).collect())
        })
    }

    #[test]
    fn codes_are_offered_in_the_notation_of_the_prefix() {
        for (marked, expected) in [
            ("0x87D1FD¦", "0x87D1FDE8"),
            ("0x87d1fd¦", "0x87D1FDE8"),
            ("error -201628¦", "-2016281112"),
            ("227868¦", "2278686184"),
            ("APP_CI_ENF¦", "APP_CI_ENFORCEMENT_ERROR_INSTALLING"),
            ("app_ci_enf¦", "APP_CI_ENFORCEMENT_ERROR"),
        ] {
            assert!(
                offered(marked).contains(&expected.to_owned()),
                "{marked}: {:?}",
                offered(marked)
            );
        }
    }

    #[test]
    fn a_name_shared_by_several_states_is_offered_once() {
        let names = offered("APP_CI_ENFORCEMENT_E¦");
        assert_eq!(names.iter().filter(|name| *name == "APP_CI_ENFORCEMENT_ERROR").count(), 1);
    }

    /// Every text of a notation with its entry, from a walk over the whole catalog.
    fn all(catalog: &Catalog, notation: Notation) -> Vec<(String, EntryId)> {
        if let Notation::Name = notation {
            let names = catalog.by_name_prefix("").into_iter();
            return names.map(|(name, entry)| (name.to_owned(), entry.id())).collect();
        }
        let written =
            |entry: Entry<'_>| Some((notation.write(catalog.code_of(&entry)?), entry.id()));
        catalog.entries().filter_map(written).collect()
    }

    /// The expected candidates among all texts.
    fn naive(all: &[(String, EntryId)], prefix: &str) -> Vec<(String, EntryId)> {
        let begins = |text: &str| text.to_lowercase().starts_with(&prefix.to_lowercase());
        let mut found: Vec<_> = all.iter().filter(|(text, _)| begins(text)).cloned().collect();
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        found.dedup_by(|(a, _), (b, _)| a == b);
        found.truncate(MOST + 1);
        found
    }

    const USERS: &str = "[family]\nid = \"win32\"\n\
        [[entry]]\nnumber = 5\nname = \"ERROR_ACCESS_DENIED\"\naliases = [\"error_access_x\"]\n\
        severity = \"error\"\nmessage = \"No\"\n\
        [[entry]]\ncode = -20\nname = \"Error_New\"\nseverity = \"error\"\nmessage = \"New\"\n";

    #[test]
    fn the_candidates_are_those_of_a_walk_over_all_entries() {
        let layer = crate::catalog::Layer::parse("team.toml", USERS).unwrap();
        let users = Catalog::builtin().with_layer(&layer);
        let without = users.clone().with_families(|id| id != "hresult" && id != "errno");
        for catalog in [&Catalog::builtin(), &users, &without] {
            for (notation, prefixes) in [
                (Notation::Hex, "0x 0X8 0x80 0x800700 0x80070005 0x800700055 0xG 0xffffffec"),
                (Notation::Signed, "-1 -2 -20 -21474 -2147483648 -2147483649 -0"),
                (Notation::Unsigned, "10 22 214 42 4294967276 4294967295 42949672950 05 99"),
                (Notation::Name, "err ERR Error_ STATUS_A error_access kLS NSURLErr zzz E_F"),
            ] {
                let all = all(catalog, notation);
                for prefix in prefixes.split(' ') {
                    let found = candidates(catalog, notation, prefix).into_iter();
                    let found: Vec<_> = found.map(|(text, entry)| (text, entry.id())).collect();
                    assert_eq!(found, naive(&all, prefix), "{prefix}");
                }
            }
        }
    }

    #[test]
    fn words_and_short_numbers_bring_nothing() {
        for marked in ["¦", "th¦", "-¦", "1¦", "hello¦"] {
            assert_eq!(offered(marked), Vec::<String>::new(), "{marked}");
        }
    }

    #[test]
    fn the_edit_replaces_the_whole_token() {
        for (marked, offered, start, end) in [
            ("x 0x87D1FD¦E9 y", "0x87D1FDE8", 2, 12),
            ("(-2016281¦112)", "-2016281112", 1, 12),
            ("a-2278686¦184", "2278686184", 2, 12),
        ] {
            with_cursor(marked, |view, at| {
                let items = completion(view, at).map_or(Vec::new(), |list| list.items);
                let item = items.into_iter().find(|item| item.label == offered);
                let item = item.unwrap_or_else(|| panic!("{marked}: {offered} is not offered"));
                let Some(CompletionTextEdit::Edit(edit)) = item.text_edit else { panic!() };
                assert_eq!(
                    (edit.range.start.character, edit.range.end.character),
                    (start, end),
                    "{marked}"
                );
            });
        }
    }
}
