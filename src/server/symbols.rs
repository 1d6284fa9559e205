//! `textDocument/documentSymbol`: the codes of a document, grouped; and `workspace/symbol`: a word
//! search in the catalog.

use std::collections::HashMap;

use serde::Serialize;
use tower_lsp::lsp_types::{DocumentSymbol, Range, SymbolKind};

use super::diagnostics::more_codes;
use super::entry_uri;
use super::message::json_length;
use super::navigation;
use super::snapshot::Snapshot;
use super::uri::Uri;
use super::wire::{Location, Symbol};
use crate::catalog::{Catalog, Entry};
use crate::explain;
use crate::locale::Locale;
use crate::scan::{Key, Occurrence};

/// The most bytes of JSON in an answer for the codes and for their places; four megabytes in all,
/// with the closing symbols.
const CODES_BYTES: usize = 5 << 19;
const PLACES_BYTES: usize = 5 << 18;

/// The most bytes of a symbol in JSON, not counting its name.
const SYMBOL_BYTES: usize = 300;

/// The most places listed under a code.
const MOST_PLACES: usize = 1000;

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// The most entries in the answer to a search.
const MOST_FOUND: usize = 100;

/// The answer to `textDocument/documentSymbol`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Symbols {
    Nested(Vec<DocumentSymbol>),
    Flat(Vec<Symbol>),
}

/// The distinct codes of a document in order of first occurrence, each with its places. If there
/// are more than an answer can hold, the last symbol gives their number.
pub(super) fn document_symbols(view: &Snapshot, uri: &Uri) -> Symbols {
    let groups = groups(view);
    let extra = if view.client.hierarchical_symbols { 0 } else { json_length(uri.as_str()) };
    let mut bytes = 0;
    let mut symbols: Vec<DocumentSymbol> = Vec::new();
    for places in &groups {
        let symbol = heading(view, places);
        bytes += SYMBOL_BYTES + json_length(&symbol.name) + extra;
        if bytes > CODES_BYTES {
            break;
        }
        symbols.push(symbol);
    }
    let (shown, rest) = groups.split_at(symbols.len());
    if view.client.hierarchical_symbols {
        let most = places_each(shown);
        for (symbol, places) in symbols.iter_mut().zip(shown) {
            symbol.children = children(view, places, most);
        }
    }
    if let Some(next) = rest.first() {
        let name = more_codes(view.locale(), rest.len());
        let range = view.client.range(&view.document, next[0].range());
        symbols.push(symbol(name, None, range, range));
    }
    if !view.client.hierarchical_symbols {
        let flat = symbols.into_iter().map(|symbol| {
            let location = Location { uri: uri.clone(), range: symbol.selection_range };
            information(symbol.name, location, None)
        });
        return Symbols::Flat(flat.collect());
    }
    Symbols::Nested(symbols)
}

/// The occurrences of each distinct code, in order of first occurrence.
fn groups(view: &Snapshot) -> Vec<Vec<Occurrence>> {
    let mut groups: Vec<Vec<Occurrence>> = Vec::new();
    let mut group_of: HashMap<Key, usize> = HashMap::new();
    for found in view.document.occurrences() {
        let group = *group_of.entry(found.meaning.key).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(found);
    }
    groups
}

/// How many places of each code fit into an answer.
fn places_each(groups: &[Vec<Occurrence>]) -> usize {
    let fits = |most: &usize| {
        let places = groups.iter().filter(|places| places.len() > 1);
        let all: usize = places.map(|places| places.len().min(*most) + 1).sum();
        all * SYMBOL_BYTES <= PLACES_BYTES
    };
    std::iter::successors(Some(MOST_PLACES), |most| Some(most / 2))
        .take_while(|&most| most > 0)
        .find(fits)
        .unwrap_or(0)
}

/// The symbol of a code, without its places.
fn heading(view: &Snapshot, places: &[Occurrence]) -> DocumentSymbol {
    let (first, last) = (&places[0], &places[places.len() - 1]);
    let answer = explain::answers(&view.catalog, first.meaning, view.locale()).swap_remove(0);
    let mut name = format!("{} {}", answer.heading().swap_remove(0), answer.message);
    if let Some((end, _)) = name.char_indices().nth(LONGEST_NAME) {
        name.truncate(end);
        name.push('…');
    }
    let range = |found: &Occurrence| view.client.range(&view.document, found.range());
    let (first, last) = (range(first), range(last));
    let detail = Some(format!("× {}", places.len()));
    symbol(name, detail, Range { start: first.start, end: last.end }, first)
}

/// The places of a code that occurs more than once.
fn children(view: &Snapshot, places: &[Occurrence], most: usize) -> Option<Vec<DocumentSymbol>> {
    if places.len() < 2 || most == 0 {
        return None;
    }
    let line = view.locale().pick("line", "ligne");
    let range = |found: &Occurrence| view.client.range(&view.document, found.range());
    let child =
        |range: Range| symbol(format!("{line} {}", range.start.line + 1), None, range, range);
    let mut children: Vec<DocumentSymbol> =
        places.iter().take(most).map(range).map(child).collect();
    if let Some(next) = places.get(most) {
        let range = range(next);
        children.push(symbol(more_places(view.locale(), places.len() - most), None, range, range));
    }
    Some(children)
}

/// The name of the last symbol under a code that has more places than are listed.
fn more_places(locale: Locale, count: usize) -> String {
    if count == 1 {
        let one = locale.pick("1 more place not shown", "1 autre occurrence non affichée");
        return one.to_owned();
    }
    locale.pick(
        format!("{count} more occurrences not shown"),
        format!("{count} autres occurrences non affichées"),
    )
}

#[allow(deprecated)] // the struct requires the field `deprecated`
fn symbol(
    name: String,
    detail: Option<String>,
    range: Range,
    selection_range: Range,
) -> DocumentSymbol {
    DocumentSymbol {
        name,
        detail,
        kind: SymbolKind::EVENT,
        tags: None,
        deprecated: None,
        range,
        selection_range,
        children: None,
    }
}

fn information(name: String, location: Location, container_name: Option<String>) -> Symbol {
    Symbol { name, kind: SymbolKind::EVENT, location, container_name }
}

/// The entries that match all words. Each is located at the first occurrence of its code in the
/// open documents, else in its catalog file, else at a URI that `hexplain/document` reads.
pub(super) fn search(view: &Snapshot, words: &str) -> Vec<Symbol> {
    let (catalog, locale) = (&*view.catalog, view.locale());
    let found: Vec<Entry<'_>> =
        catalog.search(words, locale).into_iter().take(MOST_FOUND).collect();
    let keys: Vec<Key> = found.iter().map(|entry| explain::own_key(catalog, entry)).collect();
    let firsts = firsts(view, &keys);
    let symbol = |(entry, key): (&Entry<'_>, Key)| {
        let first = firsts.get(&key).cloned();
        let location = first.or_else(|| own_place(catalog, entry))?;
        let heading = explain::answer(catalog, entry, key, locale).heading().swap_remove(0);
        let name = format!("{heading} {}", entry.message().get(locale));
        let title = catalog.family(entry.family()).title().get(locale);
        Some(information(name, location, Some(title.to_owned())))
    };
    found.iter().zip(keys).filter_map(symbol).collect()
}

/// The first occurrence of each code in the open documents.
fn firsts(view: &Snapshot, keys: &[Key]) -> HashMap<Key, Location> {
    let mut places = HashMap::new();
    for (uri, document) in view.documents.iter().take_while(|_| view.wanted.is_wanted()) {
        for (first, _) in document.tallies() {
            let key = first.meaning.key;
            if keys.contains(&key) {
                places.entry(key).or_insert_with(|| {
                    let range = view.client.range(document, first.range());
                    Location { uri: uri.clone(), range }
                });
            }
        }
    }
    places
}

fn own_place(catalog: &Catalog, entry: &Entry<'_>) -> Option<Location> {
    let (path, line) = entry.source();
    if entry.is_users() {
        return navigation::file_location(path, line);
    }
    Some(Location { uri: entry_uri::uri_of(catalog, entry), range: Range::default() })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::document::Document;
    use crate::server::settings::Settings;
    use crate::server::snapshot::testing::with_text;

    fn uri() -> Uri {
        Uri::parse("file:///a.log").unwrap()
    }

    #[test]
    fn a_search_leads_to_the_code_in_a_text_else_to_its_entry() {
        with_text("", &Settings::default(), |view| {
            let mut view = view.clone();
            let place = |view: &Snapshot| {
                let found = search(view, "share full team").swap_remove(0);
                let Location { uri, range } = found.location;
                let uri = uri.as_str().replace("file:///C:/", "file:///");
                format!("{} -- {uri} {}:{}", found.name, range.start.line, range.start.character)
            };
            insta::assert_snapshot!(place(&view), @r#"
        0xE0001007 The share is full -- file:///catalogs/team.toml 4:0
        "#);
            let document = Document::new("x\n 0xE0001007", Arc::clone(&view.scanner));
            view.documents = vec![(uri(), document)];
            insta::assert_snapshot!(place(&view), @r#"
        0xE0001007 The share is full -- file:///a.log 1:1
        "#);
        });
    }

    #[test]
    fn codes_are_grouped_with_their_places() {
        with_text("0x87D1FDE8\n-2016281112 SyncML(404)\n", &Settings::default(), |view| {
            let Symbols::Nested(symbols) = document_symbols(view, &uri()) else { panic!() };
            assert_eq!(symbols.len(), 2);
            assert!(symbols[0].name.starts_with("0x87D1FDE8 "));
            let children = symbols[0].children.as_ref().unwrap();
            assert_eq!(
                children.iter().map(|child| &*child.name).collect::<Vec<_>>(),
                ["line 1", "line 2"]
            );
            assert!(symbols[1].children.is_none());
        });
    }

    fn nested(text: &str) -> (Vec<DocumentSymbol>, usize) {
        with_text(text, &Settings::default(), |view| {
            let symbols = document_symbols(view, &uri());
            let bytes = serde_json::to_string(&symbols).unwrap().len();
            let Symbols::Nested(symbols) = symbols else { panic!() };
            (symbols, bytes)
        })
    }

    /// Lines of distinct codes.
    fn distinct(count: u32) -> Vec<String> {
        (0..count).map(|n| format!("hr={:#X}\n", 0x8000_0000 + n)).collect()
    }

    #[test]
    fn more_codes_than_an_answer_holds_end_with_their_number() {
        let text = distinct(20_000).concat();
        let (symbols, bytes) = nested(&text);
        assert!(bytes <= 4 << 20, "{bytes}");
        let last = &symbols[symbols.len() - 1];
        assert_eq!(last.name, format!("{} more codes not shown", 20_000 - (symbols.len() - 1)));
        assert!(symbols.len() > 3_000);
    }

    #[test]
    fn more_places_than_an_answer_holds_end_with_their_number() {
        let (symbols, bytes) =
            nested(&"0x87D1FDE8 SyncML(404) HTTP 503 0x80070005\n".repeat(20_000));
        assert!(bytes <= 4 << 20, "{bytes}");
        for symbol in symbols {
            let children = symbol.children.unwrap();
            let last = &children[children.len() - 1].name;
            assert_eq!(*last, format!("{} more occurrences not shown", 20_001 - children.len()));
        }
        // Many codes with a few places each.
        let text = distinct(3_000).concat().repeat(3);
        let (symbols, bytes) = nested(&text);
        assert!(bytes <= 4 << 20, "{bytes}");
        assert_eq!(symbols.len(), 3_000);
    }

    #[test]
    fn the_catalog_is_searched_by_words() {
        with_text("", &Settings::default(), |view| {
            let found = search(view, "passcode short");
            let symbol = found.iter().find(|symbol| symbol.name.contains("0x87D13A98")).unwrap();
            assert!(symbol.location.uri.as_str().starts_with("hexplain:/"), "{symbol:?}");
            assert!(search(view, "").is_empty());
        });
    }
}
