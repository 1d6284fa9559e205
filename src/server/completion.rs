//! `textDocument/completion`: codes and symbolic names from the catalog, from any prefix.

use std::fmt::Write as _;

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

/// How many items one answer holds; a longer prefix brings the others.
const MOST: usize = 200;

/// A notation in which the prefix is written.
#[derive(Clone, Copy)]
enum Notation {
    Hex,
    Signed,
    Unsigned,
    Name,
}

impl Notation {
    /// The notation of a prefix that is long enough to mean something.
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

    /// Puts the code in this notation in the place of what `text` holds.
    fn write(self, code: Code, text: &mut String) {
        text.clear();
        let written = match self {
            Self::Hex => write!(text, "{code}"),
            Self::Signed => write!(text, "{}", code.signed()),
            Self::Unsigned | Self::Name => write!(text, "{}", code.unsigned()),
        };
        written.expect("a string takes all");
    }
}

/// The catalog's codes and names that begin with what stands before the cursor.
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

/// The texts to offer and their entries, each text once, in order.
fn candidates<'c>(
    catalog: &'c Catalog,
    notation: Notation,
    prefix: &str,
) -> Vec<(String, Entry<'c>)> {
    let mut found: Vec<(String, Entry<'c>)> = if let Notation::Name = notation {
        let names = catalog.by_name_prefix(prefix).into_iter();
        names.map(|(name, entry)| (name.to_owned(), entry)).collect()
    } else {
        let begins = |text: &str| {
            text.len() >= prefix.len()
                && text.as_bytes()[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
        };
        // One buffer for all: nearly none of the catalog's codes begin so.
        let mut text = String::new();
        let written = |entry: Entry<'c>| {
            notation.write(catalog.code_of(&entry)?, &mut text);
            begins(&text).then(|| (text.clone(), entry))
        };
        catalog.entries().filter_map(written).collect()
    };
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.dedup_by(|(a, _), (b, _)| a == b);
    found
}

/// The bytes of the token that the cursor touches, with a minus before it.
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

    #[test]
    fn words_and_short_numbers_bring_nothing() {
        for marked in ["¦", "th¦", "-¦", "1¦", "hello¦"] {
            assert_eq!(offered(marked), Vec::<String>::new(), "{marked}");
        }
    }

    #[test]
    fn the_edit_replaces_the_whole_token() {
        for (marked, start, end) in
            [("x 0x87D1¦FDE9 y", 2, 12), ("(-2016281¦112)", 1, 12), ("a-2016281¦112", 2, 12)]
        {
            with_cursor(marked, |view, at| {
                let Some(item) = completion(view, at).and_then(|mut list| list.items.pop()) else {
                    return;
                };
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
