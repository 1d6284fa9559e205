//! A text that is edited, with its occurrences kept in step.
//!
//! The invariant, held by a property test: *a document edited step by step knows the same
//! occurrences as the same text opened fresh*. An edit judges again only the tokens within reach
//! of it; the occurrences behind it move by changing one number a chunk.

use std::collections::HashMap;
use std::num::NonZero;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use ropey::Rope;

use crate::position::{self, Encoding, Place};
use crate::scan::{Key, MAX_TOKEN, Meaning, Occurrence, REACH, Scanner};

/// A text and its occurrences. A clone is a snapshot and costs microseconds.
#[derive(Clone, Debug)]
pub struct Document {
    text: Rope,
    occurrences: Occurrences,
    scanner: Arc<Scanner>,
}

impl Document {
    /// Takes a text in: scans it while it is still in one piece, and makes a rope of it.
    #[must_use]
    pub fn new(text: &str, scanner: Arc<Scanner>) -> Self {
        let items = items_of(text, &scanner, 0..text.len());
        Self { text: Rope::from_str(text), occurrences: Occurrences::new(&items), scanner }
    }

    /// The same for a long text, in parts and on several threads: `go_on` is told how many bytes
    /// are under way, and says whether to go on. `None` where it said no.
    #[must_use]
    pub fn new_while(
        text: &str,
        scanner: Arc<Scanner>,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Option<Self> {
        let scan = |part| items_of(text, &scanner, part);
        let (rope, items) = in_parts(text.len(), go_on, scan, || Rope::from_str(text));
        Some(Self { text: rope, occurrences: Occurrences::new(&items?), scanner })
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &Rope {
        &self.text
    }

    /// Scans the whole text anew, for another catalog, in parts as [`Document::new_while`] does.
    /// Where `go_on` says no, the document stays as it was.
    pub fn rescan_while(&mut self, scanner: Arc<Scanner>, go_on: impl Fn(usize) -> bool + Sync) {
        let old = std::mem::replace(&mut self.scanner, scanner);
        let scan = |part| self.judge(part);
        let ((), items) = in_parts(self.text.len_bytes(), go_on, scan, || ());
        match items {
            Some(items) => self.occurrences = Occurrences::new(&items),
            None => self.scanner = old,
        }
    }

    /// Replaces the bytes of `range`, which begins and ends between characters.
    pub fn edit(&mut self, range: Range<usize>, new: &str) {
        let chars = self.text.byte_to_char(range.start)..self.text.byte_to_char(range.end);
        self.text.remove(chars.clone());
        self.text.insert(chars.start, new);

        // Every token that the edit may have changed begins in this part of the old text.
        let old_part =
            range.start.saturating_sub(REACH + MAX_TOKEN)..range.end.saturating_add(REACH + 1);
        let new_end = range.start + new.len();
        let new_part = old_part.start..(new_end + REACH + 1).min(self.text.len_bytes());
        let found = self.judge(new_part);
        let shift = Shift { removed: range.len(), added: new.len() };
        self.occurrences.splice(old_part, found, shift);
    }

    /// The items of the tokens that begin in `part`.
    fn judge(&self, part: Range<usize>) -> Vec<Item> {
        let around = part.start.saturating_sub(REACH + MAX_TOKEN)
            ..(part.end + REACH + MAX_TOKEN).min(self.text.len_bytes());
        let first = self.text.byte_to_char(around.start);
        let last = (self.text.byte_to_char(around.end) + 1).min(self.text.len_chars());
        let base = self.text.char_to_byte(first);
        let window = self.text.slice(first..last).to_string();
        let mut items = Vec::new();
        let part = part.start - base..part.end - base;
        self.scanner.scan_part(window.as_bytes(), part, |token, found| {
            items.push(Item::new(token, &found, base));
        });
        items
    }

    /// How many occurrences there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.occurrences.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All occurrences, in order.
    pub fn occurrences(&self) -> impl Iterator<Item = Occurrence> + '_ {
        self.occurrences.from(0)
    }

    /// The occurrences that touch the bytes of `range`, in order.
    pub fn occurrences_in(&self, range: Range<usize>) -> impl Iterator<Item = Occurrence> + '_ {
        // An occurrence can begin that much before its token, and end that much behind it.
        let from = range.start.saturating_sub(2 * (REACH + MAX_TOKEN));
        self.occurrences
            .from(from)
            .skip_while(move |occurrence| occurrence.end < range.start)
            .take_while(move |occurrence| occurrence.start <= range.end)
    }

    /// The occurrence that holds a byte, or else ends right before it, as editors ask for what
    /// the cursor touches.
    #[must_use]
    pub fn occurrence_at(&self, byte: usize) -> Option<Occurrence> {
        let mut touching: Vec<_> = self.occurrences_in(byte..byte).collect();
        let inside = touching.iter().position(|occurrence| occurrence.range().contains(&byte));
        if touching.is_empty() { None } else { Some(touching.swap_remove(inside.unwrap_or(0))) }
    }

    /// How often a code occurs, in any notation.
    #[must_use]
    pub fn count(&self, key: Key) -> usize {
        let tallies = self.occurrences.chunks.iter().flat_map(|chunk| chunk.tallies.iter());
        tallies.filter(|tally| tally.meaning.key == key).map(|tally| tally.count).sum()
    }

    /// What is meant in the document, in the order of first appearance: the first occurrence
    /// and the number of all. Costs what there are different codes, not occurrences.
    #[must_use]
    pub fn tallies(&self) -> Vec<(Occurrence, usize)> {
        let mut places: HashMap<Meaning, usize> = HashMap::new();
        let mut tallies: Vec<(Occurrence, usize)> = Vec::new();
        for chunk in &self.occurrences.chunks {
            for tally in chunk.tallies.iter() {
                let place = *places.entry(tally.meaning).or_insert(tallies.len());
                if place == tallies.len() {
                    tallies.push((chunk.items[tally.first].occurrence(chunk.base), 0));
                }
                tallies[place].1 += tally.count;
            }
        }
        tallies
    }

    /// The place of a byte.
    #[must_use]
    pub fn place(&self, byte: usize, encoding: Encoding) -> Place {
        position::to_place(&self.text, byte, encoding)
    }

    /// The occurrence as it is written.
    #[must_use]
    pub fn written(&self, occurrence: &Occurrence) -> String {
        self.text.byte_slice(occurrence.range()).to_string()
    }
}

/// The items of the tokens that begin in `part` of a text.
fn items_of(text: &str, scanner: &Scanner, part: Range<usize>) -> Vec<Item> {
    let mut items = Vec::new();
    scanner
        .scan_part(text.as_bytes(), part, |token, found| items.push(Item::new(token, &found, 0)));
    items
}

/// How many bytes are scanned before somebody is asked whether to go on: a millisecond's work.
const PART: usize = 1 << 20;

/// More threads than this scan no text: others want to live, too.
const MOST_THREADS: usize = 4;

/// The items of a text of `len` bytes, whose parts several threads scan by turns, and what
/// `beside` makes on this thread before it joins them. No items where `go_on` said no.
fn in_parts<T>(
    len: usize,
    go_on: impl Fn(usize) -> bool + Sync,
    scan: impl Fn(Range<usize>) -> Vec<Item> + Sync,
    beside: impl FnOnce() -> T,
) -> (T, Option<Vec<Item>>) {
    let parts = len.div_ceil(PART);
    let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut found = Vec::new();
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= parts || stopped.load(Ordering::Relaxed) {
                return found;
            }
            let start = part * PART;
            if !go_on(start) {
                stopped.store(true, Ordering::Relaxed);
                return found;
            }
            found.push((part, scan(start..len.min(start + PART))));
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let helpers = threads.min(MOST_THREADS).min(parts).saturating_sub(1);
    let (made, mut found) = thread::scope(|scope| {
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        let made = beside();
        let mut found = work();
        for helper in helpers {
            found.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        (made, found)
    });
    if stopped.load(Ordering::Relaxed) {
        return (made, None);
    }
    found.sort_unstable_by_key(|&(part, _)| part);
    (made, Some(found.into_iter().flat_map(|(_, items)| items).collect()))
}

/// An occurrence, relative to its chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Item {
    /// Where its token begins, from the chunk's base.
    token: u32,
    /// Where it begins and ends, from its token's beginning.
    start: i16,
    end: u16,
    meaning: Meaning,
}

impl Item {
    /// An item relative to byte 0 of the document, for an occurrence in a window at `base`.
    fn new(token: usize, found: &Occurrence, base: usize) -> Self {
        Self {
            token: (token + base) as u32,
            start: (found.start as isize - token as isize) as i16,
            end: (found.end - token) as u16,
            meaning: found.meaning,
        }
    }

    fn occurrence(&self, base: usize) -> Occurrence {
        let token = base + self.token as usize;
        Occurrence {
            start: token.saturating_add_signed(self.start as isize),
            end: token + self.end as usize,
            meaning: self.meaning,
        }
    }
}

/// How an edit moves what lies behind it.
#[derive(Clone, Copy, Debug)]
struct Shift {
    removed: usize,
    added: usize,
}

impl Shift {
    fn apply(self, byte: usize) -> usize {
        byte - self.removed + self.added
    }
}

/// Occurrences in order, in chunks: an edit changes one or two chunks and the bases of those
/// behind them, and a snapshot shares all of them.
#[derive(Clone, Debug)]
struct Occurrences {
    /// None is empty; their bases rise.
    chunks: Vec<Chunk>,
}

#[derive(Clone, Debug)]
struct Chunk {
    /// Where the first item's token begins.
    base: usize,
    items: Arc<[Item]>,
    /// What the items mean, in the order of their first.
    tallies: Arc<[Tally]>,
}

impl Chunk {
    /// A chunk of items that are relative to byte 0; not empty.
    fn new(items: &[Item]) -> Self {
        let base = items[0].token as usize;
        let relative = |item: &Item| Item { token: item.token - base as u32, ..*item };
        let mut places: HashMap<Meaning, usize> = HashMap::new();
        let mut tallies: Vec<Tally> = Vec::new();
        for (first, item) in items.iter().enumerate() {
            let place = *places.entry(item.meaning).or_insert(tallies.len());
            if place == tallies.len() {
                tallies.push(Tally { meaning: item.meaning, first, count: 0 });
            }
            tallies[place].count += 1;
        }
        Self { base, items: items.iter().map(relative).collect(), tallies: tallies.into() }
    }
}

/// How often something is meant in a chunk.
#[derive(Clone, Copy, Debug)]
struct Tally {
    meaning: Meaning,
    /// The index of the first item that means it.
    first: usize,
    count: usize,
}

/// A chunk's size when it is made. At 140,000 occurrences there are 273 chunks, and changing
/// their bases costs less than a microsecond.
const CHUNK: usize = 512;

impl Occurrences {
    /// Chunks for items that are relative to byte 0.
    fn new(items: &[Item]) -> Self {
        Self { chunks: items.chunks(CHUNK).map(Chunk::new).collect() }
    }

    fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.items.len()).sum()
    }

    /// The occurrences whose token begins at or behind `byte`.
    fn from(&self, byte: usize) -> impl Iterator<Item = Occurrence> + '_ {
        let first = self.chunks.partition_point(|chunk| chunk.base <= byte).saturating_sub(1);
        self.chunks[first..]
            .iter()
            .flat_map(|chunk| chunk.items.iter().map(move |item| (chunk.base, item)))
            .skip_while(move |(base, item)| base + (item.token as usize) < byte)
            .map(|(base, item)| item.occurrence(base))
    }

    /// Puts `found` in the place of the items whose tokens begin in `part` of the old text, and
    /// moves those behind it.
    fn splice(&mut self, part: Range<usize>, found: Vec<Item>, shift: Shift) {
        let first = self.chunks.partition_point(|chunk| chunk.base < part.start).saturating_sub(1);
        let behind = self.chunks.partition_point(|chunk| chunk.base < part.end).max(first);
        let mut items = Vec::new();
        let mut kept_behind = Vec::new();
        for chunk in &self.chunks[first..behind] {
            for item in chunk.items.iter() {
                let token = chunk.base + item.token as usize;
                if token < part.start {
                    items.push(Item { token: token as u32, ..*item });
                } else if token >= part.end {
                    kept_behind.push(Item { token: shift.apply(token) as u32, ..*item });
                }
            }
        }
        items.extend(found);
        items.extend(kept_behind);
        for chunk in &mut self.chunks[behind..] {
            chunk.base = shift.apply(chunk.base);
        }
        self.chunks.splice(first..behind, Self::new(&items).chunks);
        self.merge_small(first);
    }

    /// Joins a chunk that edits have emptied with its neighbour, so that chunks stay few.
    fn merge_small(&mut self, index: usize) {
        let Some([a, b]) = self.chunks.get(index..index + 2) else { return };
        if a.items.len() + b.items.len() > CHUNK / 2 {
            return;
        }
        let absolute = |chunk: &Chunk| {
            let base = chunk.base as u32;
            chunk.items.iter().map(move |item| Item { token: item.token + base, ..*item }).collect()
        };
        let mut items: Vec<Item> = absolute(a);
        let second: Vec<Item> = absolute(b);
        items.extend(second);
        self.chunks.splice(index..index + 2, Self::new(&items).chunks);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Catalog;

    fn scanner() -> Arc<Scanner> {
        thread_local!(static SCANNER: Arc<Scanner> = Arc::new(Scanner::new(Arc::new(Catalog::builtin()))));
        SCANNER.with(Arc::clone)
    }

    fn found(document: &Document) -> Vec<Occurrence> {
        document.occurrences().collect()
    }

    /// What users type, paste and delete in logs: codes, pieces of codes, traps, line ends.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("0x87D1FDE8".to_owned()),
            Just("-2016281112 ".to_owned()),
            Just("2278686184\n".to_owned()),
            Just("SyncML(404)".to_owned()),
            Just("exit code ".to_owned()),
            Just("1603".to_owned()),
            Just("Domain : MCMDMErrorDomain\nCode : ".to_owned()),
            Just("<key>ErrorCode</key><integer>12008</integer>\n".to_owned()),
            Just("<key>ErrorDomain</key><string>MCMDMErrorDomain</string>".to_owned()),
            Just("APP_CI_ENFORCEMENT_ERROR_INSTALLING".to_owned()),
            Just("87d1fde8-1111-2222-3333-444444444444 ".to_owned()),
            Just("S-1-12-1-2213456789-1 ".to_owned()),
            Just("\r\n".to_owned()),
            Just("\r".to_owned()),
            Just("😀é".to_owned()),
            "[ -~]{0,12}",
            "[0-9a-fA-Fx_-]{0,90}",
            " {1,300}",
        ]
    }

    proptest! {
        #[test]
        fn edited_equals_fresh(
            start in prop::collection::vec(piece(), 0..30),
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), piece()), 1..20),
        ) {
            let mut text = start.concat();
            let mut document = Document::new(&text, scanner());
            for (a, b, new) in edits {
                let boundaries: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
                let (a, b) = (boundaries[a.index(boundaries.len())], boundaries[b.index(boundaries.len())]);
                // Mostly short edits, as people make them.
                let range = a.min(b)..a.max(b).min(text.floor_char_boundary(a.min(b) + 40));
                text.replace_range(range.clone(), &new);
                document.edit(range, &new);
                prop_assert_eq!(document.text().to_string(), text.clone());
                prop_assert_eq!(found(&document), scanner().scan(&text));
            }
        }
    }

    #[test]
    fn a_scan_in_parts_is_a_scan() {
        let text = "x 0x87D1FDE8 é SyncML(404)\n".repeat(3 * PART / 20);
        let mut document = Document::new_while(&text, scanner(), |_| true).unwrap();
        assert!(found(&document) == scanner().scan(&text));
        document.rescan_while(scanner(), |_| true);
        assert!(found(&document) == scanner().scan(&text));
    }

    #[test]
    fn a_scan_ends_when_nobody_wants_it() {
        let text = "x 0x87D1FDE8\n".repeat(3 * PART / 13);
        assert!(Document::new_while(&text, scanner(), |bytes| bytes < PART).is_none());
        let mut document = Document::new(&text, scanner());
        document.rescan_while(scanner(), |bytes| bytes < PART);
        assert!(found(&document) == scanner().scan(&text));
    }

    #[test]
    fn many_chunks_stay_in_step() {
        let line = "error 0x87D1FDE8 then -2016281112\n";
        let mut text = line.repeat(2000);
        let mut document = Document::new(&text, scanner());
        for step in 0..200 {
            let at = (step * 7919) % (text.len() - 100);
            let (range, new) =
                if step % 3 == 0 { (at..at + 90, "") } else { (at..at, "exit code 1603 ") };
            text.replace_range(range.clone(), new);
            document.edit(range, new);
        }
        assert_eq!(found(&document), scanner().scan(&text));
        text.clear();
        document.edit(0..document.text().len_bytes(), "");
        assert!(document.is_empty());
    }

    #[test]
    fn a_code_is_found_from_either_side_and_inside() {
        let document = Document::new("é 0x87D1FDE8,-2016281112", scanner());
        let at = |column| {
            let place = Place { line: 0, column };
            document.occurrence_at(position::to_byte(document.text(), place, Encoding::Utf16))
        };
        assert_eq!(at(1), None);
        assert_eq!(document.written(&at(2).unwrap()), "0x87D1FDE8");
        assert_eq!(document.written(&at(12).unwrap()), "0x87D1FDE8");
        assert_eq!(document.written(&at(13).unwrap()), "-2016281112");
        assert_eq!(document.count(at(2).unwrap().meaning.key), 2);
    }
}
