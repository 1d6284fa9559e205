//! Results that a scan remembers, so that no text makes it repeat the same work.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::columns::Column;
use super::evidence::Found;
use super::far::Searched;
use super::{FileKind, Meaning, REACH};
use crate::catalog::Catalog;
use crate::catalog::FamilyId;
use crate::code::Code;

/// What a scan remembers about its text.
#[derive(Debug, Default)]
pub(super) struct Memo {
    run: Cell<Run>,
    /// The stretch searched for the words of far-reaching notations.
    pub(super) far: RefCell<Searched>,
    /// The signs found around the last tokens.
    pub(super) signs: RefCell<NearSigns>,
    /// The families suggested by the file's name.
    pub(super) file_families: Vec<FamilyId>,
    /// Whether the file is source code.
    pub(super) is_source: bool,
    /// The columns named in the file's header.
    pub(super) columns: Vec<Column>,
    names: RefCell<Vec<Option<Name>>>,
    numbers: Numbers,
    readings: Numbers,
    codes: RefCell<Vec<Option<Shared>>>,
    dull: RefCell<Vec<((u128, u8), bool)>>,
    line: Cell<Line>,
}

/// The signs in the searched stretch of the text.
#[derive(Debug, Default)]
pub(super) struct NearSigns {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) found: Vec<Found>,
}

/// A word that looks like a name, and its meaning if it is one.
type Name = (Box<[u8]>, Option<Meaning>);

/// A code, and its families if it has several.
type Shared = (Code, Rc<[FamilyId]>);

/// The last run of bytes without white space or quotes.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    start: usize,
    /// How far it has been examined.
    end: usize,
    /// The last place in it that makes what follows a URL or an anchor: `://`, `(#`, `/#`, `[#`.
    mark: Option<usize>,
}

/// The last line examined.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    /// Its start, or the place where a search that found no start began.
    start: usize,
    /// The end of the part known to contain no newline.
    end: usize,
    /// Whether `start` follows a newline.
    is_start: bool,
}

/// How many names, and how many numbers, are remembered; a power of two.
const SLOTS: usize = 256;

impl Memo {
    pub(super) fn of(file: &FileKind) -> Self {
        let FileKind { families, is_source, columns } = file;
        let (file_families, columns) = (families.clone(), columns.clone());
        Self { file_families, is_source: *is_source, columns, ..Self::default() }
    }

    /// Whether a place is inside a URL or an anchor, looking back at most [`REACH`] bytes.
    pub(super) fn is_in_url(&self, text: &[u8], at: usize) -> bool {
        let window = at.saturating_sub(REACH);
        let mut run = self.run.get();
        // Looking back within the same run, at the token before the last one.
        if (run.start..run.end).contains(&at) && run.mark.is_none() {
            let within = &text[run.start.max(window)..at];
            return within.starts_with(b"www.") || within.starts_with(b"#");
        }
        if run.end < window || run.end > at {
            run = Run { start: window, end: window, mark: None };
        }
        // Back to the start of the run, or to where the last look ended.
        let mut start = at;
        let mut mark = None;
        while start > run.end && !is_url_end(text[start - 1]) {
            start -= 1;
            let is_mark = match text[start] {
                b'#' => {
                    text[..start].ends_with(b"(")
                        || text[..start].ends_with(b"/")
                        || text[..start].ends_with(b"[")
                }
                b'/' => text[..start].ends_with(b":/"),
                _ => false,
            };
            if is_mark && mark.is_none() {
                mark = Some(start);
            }
        }
        #[cfg(test)]
        crate::work::done(at - start);
        if start > run.end || start == run.end && start > 0 && is_url_end(text[start - 1]) {
            run = Run { start, end: start, mark: None };
        }
        // A mark has one or two bytes before it in the same run.
        let first = |end: usize| if text[end] == b'#' { end - 1 } else { end - 2 };
        run.mark = mark.map(first).filter(|&mark| mark >= run.start).or(run.mark);
        run.end = at;
        self.run.set(run);
        let start = run.start.max(window);
        let within = &text[start..at];
        run.mark.is_some_and(|mark| mark >= start)
            || within.starts_with(b"www.")
            || within.starts_with(b"#")
    }

    /// Where the line of a place starts; if that is more than [`REACH`] bytes back, any place that
    /// far back.
    pub(super) fn line_start(&self, text: &[u8], at: usize) -> usize {
        let mut line = self.line.get();
        let window = at.saturating_sub(REACH);
        if (line.start..=line.end).contains(&at) && (line.is_start || line.start <= window) {
            return line.start;
        }
        if line.end < window || at < line.end {
            line = Line { start: window, end: window, is_start: false };
        }
        if let Some(newline) = memchr::memrchr(b'\n', &text[line.end..at]) {
            line.start = line.end + newline + 1;
            line.is_start = true;
        }
        line.end = at;
        self.line.set(line);
        line.start
    }

    /// The meaning of a name, from the cache or from `look_up`.
    pub(super) fn meaning_of_name(
        &self,
        name: &[u8],
        look_up: impl FnOnce(&[u8]) -> Option<Meaning>,
    ) -> Option<Meaning> {
        let mut names = self.names.borrow_mut();
        names.resize(SLOTS, None);
        let slot = &mut names[hash(name) as usize % SLOTS];
        match slot {
            Some((known, meaning)) if **known == *name => *meaning,
            _ => {
                let meaning = look_up(name);
                *slot = Some((name.into(), meaning));
                meaning
            }
        }
    }

    /// Whether a word, packed as in [`super::letters`], leads nowhere with this last byte before the
    /// number, as `look_up` says unless it was among the last ones.
    pub(super) fn is_dull(&self, key: (u128, u8), look_up: impl FnOnce() -> bool) -> bool {
        let mut dull = self.dull.borrow_mut();
        dull.resize(SLOTS, ((0, 0), false));
        let folded = key.0 as u64 ^ (key.0 >> 64) as u64 ^ u64::from(key.1) << 56;
        let mixed = folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let slot = &mut dull[mixed as usize % SLOTS];
        if slot.0 != key {
            *slot = (key, look_up());
        }
        slot.1
    }

    /// The families of a code if it has several, from the cache or from `look_up`.
    pub(super) fn families_of(
        &self,
        code: Code,
        look_up: impl FnOnce() -> Vec<FamilyId>,
    ) -> Rc<[FamilyId]> {
        let mut codes = self.codes.borrow_mut();
        codes.resize(SLOTS, None);
        let slot = &mut codes[(code.0 ^ code.0 >> 16) as usize % SLOTS];
        match slot {
            Some((known, families)) if *known == code => Rc::clone(families),
            _ => Rc::clone(&slot.insert((code, look_up().into())).1),
        }
    }

    /// Whether the catalog has an entry for a family's number.
    pub(super) fn is_number(&self, catalog: &Catalog, family: FamilyId, number: i32) -> bool {
        remembered(&self.numbers, family, number, || catalog.by_number(family, number).is_some())
    }

    /// Whether a family may read a number, from the cache or from `look_up`.
    pub(super) fn may_read(
        &self,
        family: FamilyId,
        number: i32,
        look_up: impl FnOnce() -> bool,
    ) -> bool {
        remembered(&self.readings, family, number, look_up)
    }
}

/// Cached answers about families' numbers.
type Numbers = RefCell<Vec<Option<(FamilyId, i32, bool)>>>;

fn remembered(
    numbers: &Numbers,
    family: FamilyId,
    number: i32,
    look_up: impl FnOnce() -> bool,
) -> bool {
    let place = (number as usize).wrapping_add(usize::from(family.0) * 31) % SLOTS;
    if let Some(Some((known, same, is_so))) = numbers.borrow().get(place)
        && *known == family
        && *same == number
    {
        return *is_so;
    }
    let is_so = look_up();
    let mut numbers = numbers.borrow_mut();
    numbers.resize(SLOTS, None);
    numbers[place] = Some((family, number, is_so));
    is_so
}

fn is_url_end(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'|' | b'`' | b'{' | b'}')
}

/// FNV-1a with an extra mixing step, as names are short.
pub(super) fn hash(name: &[u8]) -> u64 {
    let fold = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    let hash = name.iter().fold(0xCBF2_9CE4_8422_2325, fold);
    (hash ^ hash >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same without a cache.
    fn looked_at_afresh(text: &[u8], at: usize) -> bool {
        let before = &text[at.saturating_sub(REACH)..at];
        let run = before.iter().rev().take_while(|byte| !is_url_end(**byte)).count();
        let run = &before[before.len() - run..];
        run.windows(3).any(|bytes| bytes == b"://")
            || run.starts_with(b"www.")
            || run.starts_with(b"#")
            || run.windows(2).any(|bytes| [&b"(#"[..], b"/#", b"[#"].contains(&bytes))
    }

    proptest! {
        #[test]
        fn a_memory_of_lines_changes_nothing(
            pieces in prop::collection::vec("(\n|x{1,200}|y)", 0..60),
            places in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
        ) {
            let text = pieces.concat().into_bytes();
            let memo = Memo::default();
            for at in places.iter().map(|place| place.index(text.len() + 1)) {
                let window = at.saturating_sub(REACH);
                let newline = text[window..at].iter().rposition(|&byte| byte == b'\n');
                let afresh = newline.map_or(window, |newline| window + newline + 1);
                prop_assert_eq!(memo.line_start(&text, at).max(window), afresh, "{}", at);
            }
        }

        #[test]
        fn a_memory_of_urls_changes_nothing(
            pieces in prop::collection::vec("(://|www\\.|#|\\(#|\\[#|/#|:/|/| |\"|x{1,90}|y)", 0..60),
            mut places in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
        ) {
            let text = pieces.concat().into_bytes();
            let memo = Memo::default();
            places.sort_by_key(|place| place.index(text.len() + 1));
            for at in places.iter().map(|place| place.index(text.len() + 1)) {
                prop_assert_eq!(memo.is_in_url(&text, at), looked_at_afresh(&text, at), "{}", at);
            }
        }
    }
}
