//! `textDocument/documentSymbol`: the codes of a document, grouped; and `workspace/symbol`: the
//! catalog, searched by words.

use std::collections::HashMap;

use tower_lsp::lsp_types::{
    DocumentSymbol, DocumentSymbolResponse, Location, Range, SymbolInformation, SymbolKind, Url,
};

use super::navigation;
use super::workspace::View;
use crate::catalog::{Catalog, Entry};
use crate::explain;
use crate::locale::Locale;
use crate::scan::{Key, Occurrence};

/// How many places of a code are listed under it.
const MOST_PLACES: usize = 1000;

/// How many entries a search answers with.
const MOST_FOUND: usize = 100;

/// The distinct codes of a document in the order of their first, each with its places.
pub(super) fn document_symbols(view: &View<'_>, uri: &Url) -> DocumentSymbolResponse {
    let mut groups: Vec<Vec<Occurrence>> = Vec::new();
    let mut group_of: HashMap<Key, usize> = HashMap::new();
    for found in view.document.occurrences() {
        let group = *group_of.entry(found.meaning.key).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(found);
    }
    let symbols: Vec<DocumentSymbol> =
        groups.iter().filter_map(|places| group(view, places)).collect();
    if view.client.hierarchical_symbols {
        return DocumentSymbolResponse::Nested(symbols);
    }
    let flat = symbols.into_iter().map(|symbol| {
        information(symbol.name, Location { uri: uri.clone(), range: symbol.selection_range }, None)
    });
    DocumentSymbolResponse::Flat(flat.collect())
}

fn group(view: &View<'_>, places: &[Occurrence]) -> Option<DocumentSymbol> {
    let (first, last) = (places.first()?, places.last()?);
    let answer = explain::answers(view.catalog, first.meaning, view.locale()).swap_remove(0);
    let range = |found: &Occurrence| view.client.range(view.document, found.range());
    let (first, last) = (range(first), range(last));
    let name = format!("{} {}", answer.heading().swap_remove(0), answer.message);
    let line = view.locale().pick("line", "ligne");
    let child =
        |range: Range| symbol(format!("{line} {}", range.start.line + 1), None, range, range);
    let mut group = symbol(
        name,
        Some(format!("× {}", places.len())),
        Range { start: first.start, end: last.end },
        first,
    );
    group.children =
        (places.len() > 1).then(|| places.iter().take(MOST_PLACES).map(range).map(child).collect());
    Some(group)
}

#[allow(deprecated)] // the field `deprecated` must be filled
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

#[allow(deprecated)] // the field `deprecated` must be filled
fn information(
    name: String,
    location: Location,
    container_name: Option<String>,
) -> SymbolInformation {
    SymbolInformation {
        name,
        kind: SymbolKind::EVENT,
        tags: None,
        deprecated: None,
        location,
        container_name,
    }
}

/// The entries in which all words stand. `place` says where an entry's code stands in an open
/// document, if it does; else the entry's own file is its place, or a URI that names it.
pub(super) fn search(
    catalog: &Catalog,
    words: &str,
    locale: Locale,
    place: impl Fn(Key) -> Option<Location>,
) -> Vec<SymbolInformation> {
    let found = catalog.search(words, locale).into_iter().take(MOST_FOUND);
    found
        .filter_map(|entry| {
            let family = catalog.family(entry.family());
            let key = explain::own_key(catalog, &entry);
            let location = place(key).or_else(|| own_place(&entry, family.id()))?;
            let heading = explain::answer(catalog, &entry, key, locale).heading().swap_remove(0);
            let name = format!("{heading} {}", entry.message().get(locale));
            Some(information(name, location, Some(family.title().get(locale).to_owned())))
        })
        .collect()
}

fn own_place(entry: &Entry<'_>, family: &str) -> Option<Location> {
    let (path, line) = entry.source();
    if entry.is_users() {
        return navigation::file_location(path, line);
    }
    let what = entry.numbers().unwrap_or_else(|| entry.name().to_owned());
    let uri = Url::parse(&format!("hexplain:{family}/{what}")).ok()?;
    Some(Location { uri, range: Range::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::settings::Settings;
    use crate::server::workspace::testing::with_text;

    #[test]
    fn codes_are_grouped_with_their_places() {
        with_text("0x87D1FDE8\n-2016281112 SyncML(404)\n", &Settings::default(), |view| {
            let uri = Url::parse("file:///a.log").unwrap();
            let DocumentSymbolResponse::Nested(symbols) = document_symbols(view, &uri) else {
                panic!()
            };
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

    #[test]
    fn the_catalog_is_searched_by_words() {
        let catalog = Catalog::builtin();
        let found = search(&catalog, "passcode short", Locale::En, |_| None);
        assert!(found.iter().any(|symbol| symbol.name.contains("0x87D13A98")), "{found:?}");
        assert!(search(&catalog, "", Locale::En, |_| None).is_empty());
    }
}
