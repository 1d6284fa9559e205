//! Positions in a document, in the client's encoding.

use tower_lsp::lsp_types::{Position, Range};

use super::client::Client;
use crate::document::Document;
use crate::position::{self, Place};

impl Client {
    /// The byte offset of a position.
    pub(super) fn byte(&self, document: &Document, at: Position) -> usize {
        let place = Place { line: at.line, column: at.character };
        position::to_byte(document.text(), place, self.encoding)
    }

    /// The byte range of a range in a document; a reversed range is turned around.
    pub(super) fn bytes(&self, document: &Document, range: Range) -> std::ops::Range<usize> {
        let (a, b) = (self.byte(document, range.start), self.byte(document, range.end));
        a.min(b)..a.max(b)
    }

    /// The range of bytes in a document.
    pub(super) fn range(&self, document: &Document, bytes: std::ops::Range<usize>) -> Range {
        let (start, end) = position::to_places(document.text(), bytes, self.encoding);
        let position = |place: Place| Position { line: place.line, character: place.column };
        Range { start: position(start), end: position(end) }
    }

    /// The position of a byte in a document.
    pub(super) fn position(&self, document: &Document, byte: usize) -> Position {
        let place = document.place(byte, self.encoding);
        Position { line: place.line, character: place.column }
    }
}
