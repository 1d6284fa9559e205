//! Decodes a file's bytes, whatever their encodings, and decides whether they are text at all.
//!
//! Logs get truncated, concatenated, appended to and left incomplete. So the bulk of a file, not
//! its first bytes, decides whether it is text, and each stretch is decoded in its own encoding.

mod stretches;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use stretches::{Encoding, Stretch, stretches};

/// The size of a sample in bytes, and the number of samples.
const SAMPLE: usize = 1024;
const SAMPLES: usize = 64;

/// Any text may have this many changes of encoding within lines.
const MOST_CHANGES: usize = 4;

/// The text in `bytes`, without a byte order mark at the start; `None` for a binary file.
pub(super) fn decode(mut bytes: Vec<u8>) -> Option<String> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => return is_text(text.as_bytes()).then_some(text),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    is_text(&bytes).then(|| text_of(&bytes))
}

/// Whether the bulk of the bytes is text: it has few control characters and few changes of encoding
/// within lines, and any zeros are in blocks, as a crash leaves them.
fn is_text(bytes: &[u8]) -> bool {
    let mut bulk = Bulk::default();
    samples(bytes).for_each(|sample| bulk.add(sample));
    let strange = bulk.controls + bulk.changes.saturating_sub(MOST_CHANGES);
    strange * 20 <= bulk.others && (bulk.blocks <= 1 || bulk.blocks * 8 <= bulk.others)
}

/// Samples from all over `bytes`, including its start and end; all of it for a small file.
fn samples(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let size = if bytes.len() <= SAMPLE * SAMPLES { bytes.len() } else { SAMPLE };
    let last = bytes.len() - size;
    let step = (last / (SAMPLES - 1)).max(SAMPLE);
    let starts = (0..last).step_by(step).chain([last]);
    starts.map(move |start| &bytes[start..start + size])
}

/// Counts of the kinds of characters in some samples.
#[derive(Default)]
struct Bulk {
    controls: usize,
    /// Changes of encoding within a line.
    changes: usize,
    /// Blocks of zeros.
    blocks: usize,
    others: usize,
}

impl Bulk {
    fn add(&mut self, sample: &[u8]) {
        for Stretch { range, encoding } in stretches(sample) {
            let is_sudden = range.start > 0 && !begins_line(&sample[..range.start]);
            self.changes += usize::from(is_sudden);
            let mut before = 0;
            for unit in encoding.units(&sample[range]) {
                match unit {
                    0 => self.blocks += usize::from(before != 0),
                    // Separates the fields of FIX messages.
                    1 if before > 32 => {}
                    _ if encoding.is_strange(unit) => self.controls += 1,
                    _ => self.others += 1,
                }
                before = unit;
            }
        }
    }
}

/// Whether a line has ended here, in any encoding.
fn begins_line(done: &[u8]) -> bool {
    matches!(done, [.., b'\n'] | [.., b'\n', 0])
}

/// Decodes each stretch in its own encoding.
fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for Stretch { range, encoding } in stretches(bytes) {
        let stretch = &bytes[range];
        match encoding {
            Encoding::Narrow => narrow(stretch, &mut text),
            Encoding::Little => text.push_str(&UTF_16LE.decode_without_bom_handling(stretch).0),
            Encoding::Big => text.push_str(&UTF_16BE.decode_without_bom_handling(stretch).0),
        }
    }
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}

/// Appends 8-bit text: UTF-8, or Windows-1252 for bytes that are not valid UTF-8.
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
    use Encoding::{Big, Little, Narrow};

    fn bytes_of(encoding: Encoding, text: &str) -> Vec<u8> {
        match encoding {
            Narrow => text.as_bytes().to_vec(),
            Little => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Big => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }

    /// Checks that concatenated parts in these encodings are each decoded correctly.
    #[track_caller]
    fn check(parts: &[(Encoding, &str)]) {
        let bytes: Vec<u8> =
            parts.iter().flat_map(|&(encoding, text)| bytes_of(encoding, text)).collect();
        let text: String = parts.iter().map(|&(_, text)| text).collect();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let decoded = decode(bytes).expect("a text");
        // Shows the first line that differs instead of megabytes.
        let differs = decoded.lines().zip(text.lines()).find(|(decoded, line)| decoded != line);
        assert_eq!(differs, None, "{:.200}", format!("{parts:?}"));
        assert_eq!(decoded.len(), text.len());
    }

    #[test]
    fn texts_are_read_in_the_encodings_of_windows() {
        for text in [
            "Échec 0x87D1FDE8",
            "−2016281112",
            "Ошибка 0x80070005: доступ запрещён\r\n",
            "操作无法完成，错误 0x80070005。\r\n拒绝访问。不可用\r\n",
            "エラー 0x80070005 が発生しました",
            "👍 0x80070005\r\n",
        ] {
            for mark in ["", "\u{feff}"] {
                for encoding in [Narrow, Little, Big] {
                    check(&[(encoding, mark), (encoding, text)]);
                }
            }
        }
        assert_eq!(decode(b"\xC9chec 0x87D1FDE8".to_vec()).as_deref(), Some("Échec 0x87D1FDE8"));
    }

    #[test]
    fn fields_of_fix_messages_are_text() {
        check(&[(Narrow, &"8=FIX.4.2\u{1}35=3\u{1}58=0x80070005\u{1}10=062\u{1}\n".repeat(9))]);
        assert_eq!(decode(b"\x01\x02\x01\x03\x01\x01\x04\x05".repeat(99)), None);
    }

    #[test]
    fn each_part_of_a_small_file_is_read_in_its_encoding() {
        let one = "09:12:44 failed with error 0x87D1FDE8\r\n";
        let other = "09:12:45 returned −2016281112, then 0x80070005\r\n";
        for (wide, marked) in [(Little, "\u{feff}"), (Little, ""), (Big, "\u{feff}"), (Big, "")] {
            check(&[(wide, marked), (wide, one), (Narrow, other)]);
            check(&[(Narrow, one), (wide, marked), (wide, other)]);
            check(&[(Narrow, one), (wide, marked), (wide, other), (Narrow, one)]);
            check(&[(wide, marked), (wide, one), (Narrow, one), (wide, other), (wide, one)]);
            check(&[(wide, marked), (wide, one.trim_end()), (Narrow, other)]);
            check(&[(Narrow, one.trim_end()), (wide, marked), (wide, other)]);
            check(&[(wide, marked), (wide, &one.repeat(50)), (Narrow, &other.repeat(50))]);
            check(&[(Narrow, &one.repeat(50)), (wide, marked), (wide, &other.repeat(50))]);
        }
        check(&[(Little, one), (Big, other), (Narrow, one), (Big, one), (Little, other)]);
    }

    #[test]
    fn a_short_line_is_read_in_its_encoding() {
        for wide in [Little, Big] {
            for end in ["\n", "\r\n"] {
                for code in ["0x80070005", "-2016281112", "error 5", "exit code 1603"] {
                    let line = &*format!("{code}{end}");
                    let text = &*format!("a line of text{end}");
                    check(&[(wide, text), (Narrow, line), (wide, text)]);
                    check(&[(wide, text), (Narrow, line)]);
                    check(&[(wide, text), (Narrow, code)]);
                    check(&[(Narrow, line), (wide, text)]);
                    check(&[(Narrow, text), (wide, line), (Narrow, text)]);
                    check(&[(Narrow, text), (wide, line)]);
                    check(&[(Narrow, text), (wide, code)]);
                    check(&[(wide, line), (Narrow, text)]);
                }
            }
        }
    }

    #[test]
    fn a_piece_of_utf16_within_a_line_is_read() {
        check(&[(Narrow, "name: "), (Little, "0x87D1FDE8"), (Narrow, ", then it was done\n")]);
        check(&[(Narrow, "00:00 "), (Big, "Échec 0x87D1FDE8"), (Narrow, " (restarting)\n")]);
    }

    #[test]
    fn utf16_without_latin_letters_is_read_beside_8_bit_text() {
        for line in ["отказано в доступе\r\n", "拒绝访问。\r\n", "アクセスが拒否されました。\r\n"]
        {
            for wide in [Little, Big] {
                check(&[(Narrow, "error 0x80070005\r\n"), (wide, line), (Narrow, "error 5\n")]);
                check(&[(wide, line), (Narrow, "error 0x80070005\r\n"), (wide, line)]);
            }
        }
    }

    #[test]
    fn a_file_of_many_windows_is_read() {
        let repeated = |line: &dyn Fn(u16) -> String| (0..2000).map(line).collect::<String>();
        let narrow: String = repeated(&|i| format!("line {i}: error 0x8007{i:04X}\n"));
        let wide: String = repeated(&|i| format!("строка {i}: 0x8007{i:04X}\r\n"));
        check(&[(Narrow, &narrow), (Little, &wide), (Narrow, &narrow)]);
        check(&[(Big, "\u{feff}"), (Big, &wide), (Narrow, &narrow), (Little, &wide)]);
        let lines: Vec<(Encoding, &str)> = narrow
            .split_inclusive('\n')
            .zip([Narrow, Little, Narrow, Big, Little].into_iter().cycle())
            .map(|(line, encoding)| (encoding, line))
            .collect();
        check(&lines);
    }

    #[test]
    fn half_a_unit_at_the_end_does_not_matter() {
        let mut bytes = bytes_of(Little, "0x87D1FDE8\r\nnext");
        bytes.pop();
        assert_eq!(decode(bytes).as_deref(), Some("0x87D1FDE8\r\nnext"));
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
        for zeros in [1, 2, 3, 5000] {
            let text = format!("before{}after", "\0".repeat(zeros));
            assert_eq!(decode(text.clone().into_bytes()), Some(text));
        }
    }

    fn lines() -> impl Strategy<Value = Vec<(usize, String)>> {
        prop::collection::vec((0_usize..3, "[a-zA-Z:é]{3,20} 0x[0-9A-F]{8}[ -~é−☂]{0,40}"), 1..20)
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_to_a_text_of_bounded_length(
            bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(b'a'), Just(b'\n'), any::<u8>()], 0..500)
        ) {
            let len = bytes.len();
            prop_assert!(text_of(&bytes).len() <= 3 * len);
            if let Some(text) = decode(bytes) {
                prop_assert!(text.len() <= 3 * len + 3);
            }
        }

        #[test]
        fn text_in_utf8_stays_as_it_is(text in "[ -~é−😀\n]{0,300}") {
            prop_assert_eq!(decode(text.clone().into_bytes()), Some(text));
        }

        #[test]
        fn lines_in_any_encodings_are_read(lines in lines()) {
            let encode = |(encoding, line): &(usize, String)| {
                bytes_of([Narrow, Little, Big][*encoding], &format!("{line}\r\n"))
            };
            let bytes: Vec<u8> = lines.iter().flat_map(encode).collect();
            let text: String = lines.iter().flat_map(|(_, line)| [line, "\r\n"]).collect();
            prop_assert_eq!(decode(bytes), Some(text));
        }
    }
}
