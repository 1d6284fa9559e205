//! Places in a text: lines, and columns in the units of LSP's position encodings.
//!
//! Lines end only at `\n`, `\r\n` and `\r` (LSP 3.17, Text Documents).

use ropey::Rope;
use str_indices::{chars, lines_crlf, utf16};

/// The unit of columns (LSP 3.17, `PositionEncodingKind`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, which every client supports.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

/// A place between two characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, starting at 0.
    pub line: u32,
    /// The column, starting at 0, in units of the encoding.
    pub column: u32,
}

/// The byte offset of a place. A line past the end means the end of the text; a column past the
/// end of its line means that end (LSP 3.17, Position); one inside a character means its start.
#[must_use]
pub(crate) fn to_byte(text: &Rope, place: Place, encoding: Encoding) -> usize {
    let line = place.line as usize;
    if line >= text.len_lines() {
        return text.len_bytes();
    }
    let start = text.line_to_char(line);
    let end = line_end(text, line);
    let column = place.column as usize;
    let char = match encoding {
        Encoding::Utf32 => start.saturating_add(column),
        Encoding::Utf16 => {
            let unit = text.char_to_utf16_cu(start).saturating_add(column);
            if unit >= text.len_utf16_cu() { end } else { text.utf16_cu_to_char(unit) }
        }
        Encoding::Utf8 => {
            let byte = text.char_to_byte(start).saturating_add(column);
            if byte >= text.len_bytes() { end } else { text.byte_to_char(byte) }
        }
    };
    text.char_to_byte(char.min(end))
}

/// The place of a byte offset. An offset past the end means the end of the text; one inside a
/// character means its start.
#[must_use]
pub(crate) fn to_place(text: &Rope, byte: usize, encoding: Encoding) -> Place {
    let (chunk, chunk_byte, _, chunk_line) = text.chunk_at_byte(byte.min(text.len_bytes()));
    let end = chunk.floor_char_boundary(byte - chunk_byte);
    let line = lines_crlf::from_byte_idx(chunk, end);
    let column = if line > 0 {
        // The line usually starts in the same chunk: no other part of the tree is visited.
        units(&chunk[lines_crlf::to_byte_idx(chunk, line)..end], encoding)
    } else {
        let line_byte = text.line_to_byte(chunk_line);
        units_before(text, chunk_byte + end, encoding) - units_before(text, line_byte, encoding)
    };
    Place { line: (chunk_line + line) as u32, column: column as u32 }
}

/// The places of both ends of a range. If they are on one line in one chunk, as usual, the second
/// costs next to nothing.
#[must_use]
#[cfg(any(feature = "server", test))]
pub(crate) fn to_places(
    text: &Rope,
    bytes: std::ops::Range<usize>,
    encoding: Encoding,
) -> (Place, Place) {
    let start = to_place(text, bytes.start, encoding);
    let (chunk, chunk_byte, _, _) = text.chunk_at_byte(bytes.start.min(text.len_bytes()));
    let within = chunk.get(bytes.start - chunk_byte..bytes.end.saturating_sub(chunk_byte));
    match within {
        Some(within) if !within.contains(['\r', '\n']) => {
            let column = start.column + units(within, encoding) as u32;
            (start, Place { column, ..start })
        }
        _ => (start, to_place(text, bytes.end, encoding)),
    }
}

/// The length of a text in units of the encoding.
fn units(text: &str, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => text.len(),
        Encoding::Utf16 => utf16::count(text),
        Encoding::Utf32 => chars::count(text),
    }
}

/// The number of units of the encoding before a byte.
fn units_before(text: &Rope, byte: usize, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => byte,
        Encoding::Utf16 => text.char_to_utf16_cu(text.byte_to_char(byte)),
        Encoding::Utf32 => text.byte_to_char(byte),
    }
}

/// The character index of a line's end, before its line break.
fn line_end(text: &Rope, line: usize) -> usize {
    let start = text.line_to_char(line);
    let mut end =
        if line + 1 < text.len_lines() { text.line_to_char(line + 1) } else { text.len_chars() };
    if end > start && text.char(end - 1) == '\n' {
        end -= 1;
    }
    if end > start && line + 1 < text.len_lines() && text.char(end - 1) == '\r' {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    fn at(line: u32, column: u32) -> Place {
        Place { line, column }
    }

    #[test]
    fn columns_count_in_each_encoding() {
        let text = Rope::from_str("é😀x");
        let x = "é😀".len();
        assert_eq!(to_place(&text, x, Encoding::Utf8), at(0, 6));
        assert_eq!(to_place(&text, x, Encoding::Utf16), at(0, 3));
        assert_eq!(to_place(&text, x, Encoding::Utf32), at(0, 2));
    }

    #[test]
    fn every_boundary_round_trips() {
        let source = "a😀\r\né\rb\n\u{2028}c\u{b}d";
        let text = Rope::from_str(source);
        for (byte, _) in source.char_indices().chain([(source.len(), ' ')]) {
            if source[..byte].ends_with('\r') && source[byte..].starts_with('\n') {
                continue; // inside a line break, which has no place of its own
            }
            for encoding in ALL {
                assert_eq!(to_byte(&text, to_place(&text, byte, encoding), encoding), byte);
            }
        }
    }

    /// [`to_place`], by counting from the start of the text.
    fn counted(text: &str, byte: usize, encoding: Encoding) -> Place {
        let before = &text[..text.floor_char_boundary(byte)];
        let inside_break = before.ends_with('\r') && text[before.len()..].starts_with('\n');
        let broken = before.strip_suffix('\r').filter(|_| inside_break).unwrap_or(before);
        let lines = broken.replace("\r\n", "\n").replace('\r', "\n");
        let start = broken.rfind(['\r', '\n']).map_or(0, |at| at + 1);
        at(lines.matches('\n').count() as u32, units(&before[start..], encoding) as u32)
    }

    proptest! {
        #[test]
        fn a_place_is_what_counting_says(
            lines in prop::collection::vec("[a-zé😀\u{2028}]{0,9}(\r\n|\n|\r|)", 0..400),
            bytes in prop::collection::vec(any::<prop::sample::Index>(), 20),
        ) {
            let text = lines.concat();
            let rope = Rope::from_str(&text);
            for byte in bytes.iter().map(|byte| byte.index(text.len() + 1)) {
                for encoding in ALL {
                    let place = to_place(&rope, byte, encoding);
                    prop_assert_eq!(place, counted(&text, byte, encoding));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_places_of_a_range_are_those_of_its_ends(
            lines in prop::collection::vec("[a-zé😀\u{2028}]{0,9}(\r\n|\n|\r|)", 0..400),
            ranges in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30), 20),
        ) {
            let rope = Rope::from_str(&lines.concat());
            for (start, length) in ranges {
                let start = start.index(rope.len_bytes() + 1);
                for encoding in ALL {
                    let places = to_places(&rope, start..start + length, encoding);
                    let ends = [start, start + length].map(|byte| to_place(&rope, byte, encoding));
                    prop_assert_eq!([places.0, places.1], ends);
                }
            }
        }
    }

    #[test]
    fn only_three_line_ends_count() {
        let text = Rope::from_str("a\u{b}b\u{c}c\u{85}d\u{2028}e\u{2029}f\rg\nh\r\ni");
        assert_eq!(text.len_lines(), 4);
    }

    #[test]
    fn past_a_line_is_its_end_and_past_the_text_is_the_texts_end() {
        let text = Rope::from_str("ab\r\ncd");
        for encoding in ALL {
            assert_eq!(to_byte(&text, at(0, 99), encoding), 2);
            assert_eq!(to_byte(&text, at(1, u32::MAX), encoding), 6);
            assert_eq!(to_byte(&text, at(9, 0), encoding), 6);
        }
    }

    #[test]
    fn inside_a_character_is_its_beginning() {
        let text = Rope::from_str("😀x");
        assert_eq!(to_byte(&text, at(0, 1), Encoding::Utf16), 0);
        assert_eq!(to_byte(&text, at(0, 3), Encoding::Utf8), 0);
    }
}
