//! `textDocument/documentHighlight`, `references` and `definition`: the same code elsewhere, and
//! its entry in a catalog file.

use std::path::Path;

use tower_lsp::lsp_types::{DocumentHighlight, DocumentHighlightKind, Position, Range};

use super::client::Client;
use super::message::json_length;
use super::snapshot::Snapshot;
use super::uri::Uri;
use super::wire::Location;
use crate::document::Document;
use crate::explain;
use crate::scan::Key;

/// The most places of one code in a document in an answer: more than anyone looks at.
const MOST: usize = 10_000;

/// The most bytes of JSON for the places in all documents, and the size of one place without its
/// document's URI.
const MOST_BYTES: usize = 8 << 20;
const PLACE_BYTES: usize = 120;

/// The code at a position.
fn key_at(view: &Snapshot, at: Position) -> Option<Key> {
    let found = view.document.occurrence_at(view.client.byte(&view.document, at))?;
    Some(found.meaning.key)
}

/// The places of a code in a document, in any notation.
fn places<'d>(
    document: &'d Document,
    client: &'d Client,
    key: Key,
) -> impl Iterator<Item = Range> + 'd {
    let same = document.occurrences().filter(move |found| found.meaning.key == key);
    same.map(|found| client.range(document, found.range()))
}

/// The places of the code at a position, in its document.
pub(super) fn highlights(view: &Snapshot, at: Position) -> Option<Vec<DocumentHighlight>> {
    let key = key_at(view, at)?;
    let highlight = |range| DocumentHighlight { range, kind: Some(DocumentHighlightKind::TEXT) };
    Some(places(&view.document, &view.client, key).take(MOST).map(highlight).collect())
}

/// The places of the code at a position, in all open documents.
pub(super) fn references(view: &Snapshot, at: Position) -> Option<Vec<Location>> {
    let key = key_at(view, at)?;
    let (mut locations, mut bytes) = (Vec::new(), 0);
    for (uri, document) in view.documents.iter().take_while(|_| view.wanted.is_wanted()) {
        let place_bytes = PLACE_BYTES + json_length(uri.as_str());
        let room = (MOST_BYTES - bytes) / place_bytes;
        let places = places(document, &view.client, key).take(MOST.min(room));
        let before = locations.len();
        locations.extend(places.map(|range| Location { uri: uri.clone(), range }));
        bytes += (locations.len() - before) * place_bytes;
    }
    Some(locations)
}

/// The entries for the code at a position in the user's own files.
pub(super) fn definition(view: &Snapshot, at: Position) -> Option<Vec<Location>> {
    let found = view.document.occurrence_at(view.client.byte(&view.document, at))?;
    let entries = explain::entries(&view.catalog, found.meaning);
    let users = entries.iter().filter(|entry| entry.is_users());
    let locations: Vec<Location> =
        users.filter_map(|entry| file_location(entry.source().0, entry.source().1)).collect();
    (!locations.is_empty()).then_some(locations)
}

/// A line of a file, counted from 1.
pub(super) fn file_location(path: &str, line: u32) -> Option<Location> {
    let uri = Uri::of_file(Path::new(path))?;
    let start = Position { line: line.saturating_sub(1), character: 0 };
    Some(Location { uri, range: Range { start, end: start } })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::server::snapshot::testing::with_cursor;

    #[test]
    fn every_notation_of_a_code_is_highlighted() {
        let columns =
            with_cursor("0x87D1¦FDE8 x -2016281112 SyncML(404) 2278686184", |view, at| {
                let highlights = highlights(view, at).unwrap();
                highlights
                    .iter()
                    .map(|highlight| highlight.range.start.character)
                    .collect::<Vec<_>>()
            });
        assert_eq!(columns, [0, 13, 37]);
    }

    #[test]
    fn references_in_many_documents_are_bounded() {
        let bytes = with_cursor("0x87D1¦FDE8", |view, at| {
            let text = "0x87D1FDE8\n".repeat(MOST + 1);
            let document = Document::new(&text, Arc::clone(&view.scanner));
            let mut view = view.clone();
            let uri =
                |number| Uri::parse(&format!("file:///{}/{number}", "é".repeat(200))).unwrap();
            view.documents = (0..20).map(|number| (uri(number), document.clone())).collect();
            let found = references(&view, at).unwrap();
            let of_first = found.iter().filter(|location| location.uri == uri(0)).count();
            assert_eq!(of_first, MOST);
            serde_json::to_string(&found).unwrap().len()
        });
        assert!((MOST_BYTES / 2..=MOST_BYTES).contains(&bytes), "{bytes}");
    }

    #[test]
    fn a_built_in_entry_has_no_file_to_go_to() {
        assert_eq!(with_cursor("0x87D1¦FDE8", definition), None);
    }
}
