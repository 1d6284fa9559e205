//! A catalog packed into a single byte string: written by `build.rs` for the built-in families and
//! at run time for the user's, and read in place. Nothing is parsed, so loading takes no time.
//!
//! The bytes are sections of little-endian `u32`. A text is an index into the string section
//! (0 is the empty text), a list is an index into the list section (0 is the empty list).

mod read;
mod write;

pub(crate) use read::{EntryRow, FamilyRow, Table};
pub(crate) use write::pack;

/// The sections, in the order in which the header lists their offsets.
#[derive(Clone, Copy)]
enum Section {
    /// Where each string ends, in bytes.
    StringEnds,
    /// Lists: a length followed by that many words.
    Lists,
    Families,
    Entries,
    /// Pairs (code, entry), sorted: every code that an entry is read from.
    Codes,
    /// Entries, sorted by family and identity.
    Identities,
    /// (family, first number, last number, entry): the range that a family's numbers belong to. The
    /// rows don't overlap; they are sorted by family and first number.
    Ranges,
    /// Pairs (name or alias, entry), sorted by the name in lower case.
    Names,
    /// Indexes in `Names`, sorted by the name as written.
    NamesAsWritten,
    /// Pairs (misprinted code, entry), sorted.
    Misprints,
    /// The strings' bytes.
    Strings,
}

const SECTIONS: usize = 11;
const FAMILY_WORDS: usize = 20;
const ENTRY_WORDS: usize = 17;
const RANGE_WORDS: usize = 4;

// An entry's first word: the family in the low half, then the severity, then these.
const SEVERITY_SHIFT: u32 = 16;
const HAS_NUMBER: u32 = 1 << 24;
const HAS_CODE: u32 = 1 << 25;
const HAS_WORDS_ONLY: u32 = 1 << 26;

// A notation's flags.
const IS_WHOLE: u32 = 1;
const IS_JOINED: u32 = 2;
const IS_HEX: u32 = 4;
const IS_BARE_HEX: u32 = 8;
const NEEDS_SIGN: u32 = 16;
const IS_NOT_CODE: u32 = 32;
const HAS_SUB_NUMBER: u32 = 64;
const IS_OF_NAMES: u32 = 128;

#[cfg(test)]
mod tests;
