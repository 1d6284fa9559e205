//! Places in a text: lines, and columns in the units of each of LSP's position encodings.
//!
//! Lines end at `\n`, `\r\n` and `\r` and nowhere else (LSP 3.17, Text Documents).

use ropey::Rope;

/// In what a column is counted (LSP 3.17, `PositionEncodingKind`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every client speaks.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

/// A place between two characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, from 0.
    pub line: u32,
    /// The column, from 0, in units of the encoding.
    pub column: u32,
}

/// The byte offset of a place. A line past the end is the end of the text; a column past the
/// end of its line is that end (LSP 3.17, Position); one inside a character is its beginning.
#[must_use]
pub fn to_byte(text: &Rope, place: Place, encoding: Encoding) -> usize {
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

/// The place of a byte offset; one past the end is the end of the text.
#[must_use]
pub fn to_place(text: &Rope, byte: usize, encoding: Encoding) -> Place {
    let byte = byte.min(text.len_bytes());
    let line = text.byte_to_line(byte);
    let line_byte = text.line_to_byte(line);
    let column = match encoding {
        Encoding::Utf8 => byte - line_byte,
        Encoding::Utf32 => text.byte_to_char(byte) - text.byte_to_char(line_byte),
        Encoding::Utf16 => {
            let unit = |byte| text.char_to_utf16_cu(text.byte_to_char(byte));
            unit(byte) - unit(line_byte)
        }
    };
    Place { line: line as u32, column: column as u32 }
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
    fn every_boundary_goes_there_and_back() {
        let source = "a😀\r\né\rb\n\u{2028}c\u{b}d";
        let text = Rope::from_str(source);
        for (byte, _) in source.char_indices().chain([(source.len(), ' ')]) {
            if source[..byte].ends_with('\r') && source[byte..].starts_with('\n') {
                continue; // inside a line break: no place of its own
            }
            for encoding in ALL {
                assert_eq!(to_byte(&text, to_place(&text, byte, encoding), encoding), byte);
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
