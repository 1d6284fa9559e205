//! The text in a file's bytes, whatever their encoding, and whether they are text at all.
//!
//! Logs are cut, appended to and left half written: a file's bulk decides, never its first bytes,
//! and what does not fit is decoded where it is.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How many bytes of a sample are looked at together, and how many samples there are.
const SAMPLE: usize = 4 * 1024;
const SAMPLES: usize = 64;

/// The fewest UTF-16 units in a row that make a piece of UTF-16 in an 8-bit text.
const FEWEST_UNITS: usize = 4;

/// More ASCII characters in a row, without a zero between them, are not UTF-16.
const LONGEST_ASCII: usize = 32;

/// The text in `bytes`, without a byte order mark at its beginning; `None` for a binary file.
pub(super) fn decode(mut bytes: Vec<u8>) -> Option<String> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') && is_text(text.as_bytes()) => return Some(text),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    if let Some(encoding) = wide(&bytes) {
        return Some(encoding.decode(&bytes).0.into_owned());
    }
    is_text(&bytes).then(|| pieces(&bytes))
}

/// Parts of `bytes` from all over it, its beginning and its end included; each starts at an even
/// offset.
fn samples(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let size = (bytes.len() / SAMPLES).next_multiple_of(2).clamp(64, SAMPLE);
    let last = bytes.len().saturating_sub(size) & !1;
    let step = (last / (SAMPLES - 1)).next_multiple_of(2).max(size);
    let starts = (0..last).step_by(step).chain([last]);
    starts.map(move |start| &bytes[start..bytes.len().min(start + size)])
}

/// The UTF-16 that all of a file is in: by its byte order mark, or by the zeros of its Latin
/// letters. `None` where a part of it is 8-bit text.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let (mut even, mut odd, mut all) = (0, 0, 0);
    for sample in samples(bytes) {
        let zeros = |at: usize| sample.iter().skip(at).step_by(2).filter(|&&b| b == 0).count();
        let mut runs = sample.split(|&byte| byte == 0 || !byte.is_ascii());
        if runs.any(|run| run.len() >= LONGEST_ASCII) {
            return None;
        }
        even += zeros(0);
        odd += zeros(1);
        all += sample.len();
    }
    match bytes {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        _ if odd > all / 4 && even < odd / 8 => Some(UTF_16LE),
        _ if even > all / 4 && odd < even / 8 => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether the bulk of 8-bit data is text: it has few control characters, and its zeros are in
/// blocks, as a crash leaves them, or in pieces of UTF-16.
fn is_text(bytes: &[u8]) -> bool {
    let (mut controls, mut blocks, mut others) = (0, 0, 0);
    for sample in samples(bytes) {
        for (i, &byte) in sample.iter().enumerate() {
            let at = |i: Option<usize>| i.and_then(|i| sample.get(i)).copied();
            let (before, after) = (at(i.checked_sub(1)), at(Some(i + 1)));
            let is_unit = before != Some(0)
                && after != Some(0)
                && (at(i.checked_sub(2)) == Some(0) || at(Some(i + 2)) == Some(0));
            match byte {
                0 => blocks += usize::from(before.is_some_and(|byte| byte != 0) && !is_unit),
                7..=13 | 27 | 32.. => others += 1,
                _ => controls += 1,
            }
        }
    }
    controls * 20 <= others && (blocks <= 1 || blocks * 8 <= others)
}

/// Decodes 8-bit text with pieces of UTF-16 in it, in one pass.
fn pieces(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let (mut done, mut at) = (0, 0);
    while let Some(zero) = memchr::memchr(0, &bytes[at..]).map(|i| at + i) {
        let Some((start, end, encoding)) = wide_piece(bytes, done, zero) else {
            at = zero + bytes[zero..].iter().take_while(|&&byte| byte == 0).count();
            continue;
        };
        narrow(&bytes[done..start], &mut text);
        text.push_str(&encoding.decode_without_bom_handling(&bytes[start..end]).0);
        (done, at) = (end, end);
    }
    narrow(&bytes[done..], &mut text);
    text
}

/// The piece of UTF-16 whose first zero is at `zero`, if there is one.
fn wide_piece(bytes: &[u8], done: usize, zero: usize) -> Option<(usize, usize, &'static Encoding)> {
    let marked = |start: usize, mark: [u8; 2]| start >= done + 2 && bytes[start - 2..start] == mark;
    let units = |start: usize, high: usize| {
        let units = bytes[start..].chunks_exact(2);
        2 * units.take_while(|unit| unit[high] == 0 && unit[1 - high] != 0).count()
    };
    let little = if zero > done { units(zero - 1, 1) } else { 0 };
    let big = units(zero, 0);
    // Both orders fit; without a mark, a piece begins on a line of its own.
    let is_big = zero == done
        || marked(zero, [0xFE, 0xFF])
        || big > little
        || (bytes[zero - 1] == b'\n' && big == little);
    let (mut start, len, mark, encoding) = if is_big {
        (zero, big, [0xFE, 0xFF], UTF_16BE)
    } else {
        (zero - 1, little, [0xFF, 0xFE], UTF_16LE)
    };
    let end = start + len;
    if marked(start, mark) {
        start -= 2;
    }
    (len >= 2 * FEWEST_UNITS).then_some((start, end, encoding))
}

/// Appends 8-bit text: UTF-8, and Windows-1252 for the bytes that are not valid UTF-8.
fn narrow(bytes: &[u8], text: &mut String) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn texts_are_read_in_the_encodings_of_windows() {
        let text = "Échec 0x87D1FDE8";
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            utf16(&format!("\u{feff}{text}")),
            utf16(text),
            [b"\xFE\xFF", &big[..]].concat(),
            big,
            b"\xC9chec 0x87D1FDE8".to_vec(),
        ] {
            assert_eq!(decode(bytes).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_binary_file_is_not_text() {
        assert_eq!(decode(b"ElfFile\x00\x00\x01\x02\x00\x00\x00\x00".to_vec()), None);
        let noise: Vec<u8> =
            (0..100_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(decode(noise), None);
        assert_eq!(decode(Vec::new()).as_deref(), Some(""));
    }

    #[test]
    fn only_bytes_that_are_not_utf8_are_windows_1252() {
        let bytes = b"caf\xE9\n\xE2\x88\x925 \x80\n".to_vec();
        assert_eq!(decode(bytes).as_deref(), Some("café\n−5 €\n"));
    }

    #[test]
    fn zeros_in_a_text_stay() {
        let text = format!("before{}after", "\0".repeat(5000));
        assert_eq!(decode(text.clone().into_bytes()), Some(text));
    }

    #[test]
    fn pieces_of_utf16_are_decoded_in_place() {
        let (head, tail) = ("0x80070005 head\n".repeat(9), "tail\n".repeat(30));
        for mark in ["", "\u{feff}"] {
            let middle = format!("{mark}middle é 0x87D1FDE8\r\n");
            let big: Vec<u8> = middle.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for piece in [utf16(&middle), big] {
                let bytes = [head.as_bytes(), &piece, tail.as_bytes()].concat();
                assert_eq!(decode(bytes), Some(format!("{head}{middle}{tail}")));
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_to_a_text_of_bounded_length(
            bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(b'a'), Just(b'\n'), any::<u8>()], 0..2000)
        ) {
            let len = bytes.len();
            prop_assert!(pieces(&bytes).len() <= 3 * len);
            if let Some(text) = decode(bytes) {
                prop_assert!(text.len() <= 3 * len + 3);
            }
        }

        #[test]
        fn text_in_utf8_stays_as_it_is(text in "[ -~é−😀\n]{0,300}") {
            prop_assert_eq!(decode(text.clone().into_bytes()), Some(text));
        }
    }
}
