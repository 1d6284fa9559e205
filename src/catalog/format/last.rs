//! The bytes that a notation may end with before its number: after any other byte, its regex need
//! not be tried.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A set of ASCII bytes, one bit for each.
pub(crate) type Bytes = u128;

/// The ASCII bytes that a match of `hir` may end with, in either case. It may also end with any
/// non-ASCII byte.
pub(super) fn last_bytes(hir: &Hir) -> Bytes {
    let (bytes, may_be_empty) = ending(hir);
    if may_be_empty { Bytes::MAX } else { bytes }
}

/// Whether a set contains a byte, or the byte is not ASCII.
pub(crate) fn may_be(bytes: Bytes, byte: u8) -> bool {
    !byte.is_ascii() || bytes & bit(byte) != 0
}

fn bit(byte: u8) -> Bytes {
    if byte.is_ascii() { 1 << byte } else { 0 }
}

fn either_case(byte: u8) -> Bytes {
    bit(byte.to_ascii_lowercase()) | bit(byte.to_ascii_uppercase())
}

/// Whether a class contains an ASCII byte.
pub(super) fn has(class: &Class, byte: u8) -> bool {
    match class {
        Class::Unicode(class) => {
            class.iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte)))
        }
        Class::Bytes(class) => {
            class.iter().any(|range| (range.start()..=range.end()).contains(&byte))
        }
    }
}

/// The bytes that a non-empty match may end with, and whether the match may be empty.
fn ending(hir: &Hir) -> (Bytes, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, true),
        HirKind::Literal(literal) => {
            (literal.0.last().map_or(0, |&last| either_case(last)), literal.0.is_empty())
        }
        HirKind::Class(class) => {
            let bytes = (0..128).filter(|&byte| has(class, byte));
            (bytes.fold(0, |all, byte| all | either_case(byte)), false)
        }
        HirKind::Repetition(repetition) => {
            let (bytes, may_be_empty) = ending(&repetition.sub);
            (bytes, may_be_empty || repetition.min == 0)
        }
        HirKind::Capture(capture) => ending(&capture.sub),
        HirKind::Concat(parts) => {
            let mut all = 0;
            for part in parts.iter().rev() {
                let (bytes, may_be_empty) = ending(part);
                all |= bytes;
                if !may_be_empty {
                    return (all, false);
                }
            }
            (all, true)
        }
        HirKind::Alternation(branches) => {
            let branches = branches.iter().map(ending);
            branches.fold((0, false), |(all, empty), (bytes, may_be_empty)| {
                (all | bytes, empty || may_be_empty)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notation_ends_with_one_of_its_last_bytes() {
        for (regex, expected) in [
            (r"code \(", "("),
            ("code", "Ee"),
            ("code ?", " Ee"),
            ("code[=:]?\\b", ":=Ee"),
            ("code(?:: |=)", " ="),
            ("code[Xé]", "Xx"),
            ("code(?-u:[y\\xFF])", "Yy"),
            ("é", ""),
            ("(?:a|b{2,3}|c*d)", "ABDabd"),
        ] {
            let bytes = last_bytes(&parsed(regex));
            let found: String = (0..128).filter(|&b| may_be(bytes, b)).map(char::from).collect();
            assert_eq!(found, expected, "{regex}");
        }
        for regex in ["(?:code)?", "", r"\b"] {
            assert_eq!(last_bytes(&parsed(regex)), Bytes::MAX, "{regex}");
        }
        assert!(may_be(0, 0xC3));
    }

    fn parsed(regex: &str) -> Hir {
        regex_syntax::ParserBuilder::new().utf8(false).build().parse(regex).unwrap()
    }
}
