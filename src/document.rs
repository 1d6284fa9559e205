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
use std::thread::{self, ScopedJoinHandle};

use ropey::{Rope, RopeBuilder};

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
        let found = found_in(text, &scanner, 0..text.len());
        Self { text: Rope::from_str(text), occurrences: Occurrences::new(&found), scanner }
    }

    /// The same for a long text, in parts and on several threads: `go_on` is told how many bytes
    /// are under way, and says whether to go on. `None` where it said no.
    #[must_use]
    pub fn new_while(
        text: &str,
        scanner: Arc<Scanner>,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Option<Self> {
        let scan = |part| found_in(text, &scanner, part);
        let (rope, occurrences) = in_parts(text.len(), go_on, scan, || rope(text));
        Some(Self { text: rope, occurrences: occurrences?, scanner })
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
        let ((), occurrences) = in_parts(self.text.len_bytes(), go_on, scan, || ());
        match occurrences {
            Some(occurrences) => self.occurrences = occurrences,
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

    /// What is found of the tokens that begin in `part`.
    fn judge(&self, part: Range<usize>) -> Vec<Found> {
        let around = part.start.saturating_sub(REACH + MAX_TOKEN)
            ..(part.end + REACH + MAX_TOKEN).min(self.text.len_bytes());
        let first = self.text.byte_to_char(around.start);
        let last = (self.text.byte_to_char(around.end) + 1).min(self.text.len_chars());
        let base = self.text.char_to_byte(first);
        let window = self.text.slice(first..last).to_string();
        let mut found = found_in(&window, &self.scanner, part.start - base..part.end - base);
        for found in &mut found {
            found.token += base;
        }
        found
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
                    tallies.push((chunk.occurrence(&chunk.items[tally.first]), 0));
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

/// A long text's rope.
fn rope(text: &str) -> Rope {
    let (mut rope, mut rest) = (RopeBuilder::new(), text);
    while !rest.is_empty() {
        let (turn, behind) = rest.split_at(rest.floor_char_boundary(TURN));
        rope.append(turn);
        thread::yield_now();
        rest = behind;
    }
    rope.finish()
}

/// What is found of the tokens that begin in `part` of a text.
fn found_in(text: &str, scanner: &Scanner, part: Range<usize>) -> Vec<Found> {
    let mut found = Vec::new();
    scanner.scan_part(text.as_bytes(), part, |token, occurrence| {
        found.push(Found::new(token, &occurrence));
    });
    found
}

/// How many bytes are scanned before somebody is asked whether to go on: a millisecond's work.
const PART: usize = 1 << 20;

/// How many bytes are worked on before another thread has its turn, if it has something to do: a
/// third of a millisecond. Linux would wait three milliseconds, and a hover over another document
/// goes through four threads.
const TURN: usize = 1 << 17;

/// More threads than this scan no text: others want to live, too.
const MOST_THREADS: usize = 4;

/// The occurrences of a text of `len` bytes, whose parts several threads scan by turns, and what
/// `beside` makes meanwhile. No occurrences where `go_on` said no.
///
/// `beside` has a thread of its own, and when that is done, another takes its place and scans. So
/// two threads share two processors, and the one with the rope is not the last to end: glibc lets
/// the next thread that begins go on where the last that ended has put its blocks, and a rope with
/// something else between or behind its pieces could not be given back to the system when its
/// document is closed.
fn in_parts<T: Send>(
    len: usize,
    go_on: impl Fn(usize) -> bool + Sync,
    scan: impl Fn(Range<usize>) -> Vec<Found> + Sync,
    beside: impl FnOnce() -> T + Send,
) -> (T, Option<Occurrences>) {
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
            let end = len.min(start + PART);
            let items = (start..end).step_by(TURN).flat_map(|start| {
                thread::yield_now();
                scan(start..end.min(start + TURN))
            });
            found.push((part, Occurrences::new(&items.collect::<Vec<_>>())));
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let helpers = threads.min(MOST_THREADS).min(parts).saturating_sub(2);
    let (made, mut found) = thread::scope(|scope| {
        let beside = scope.spawn(beside);
        let relief = scope.spawn(|| (join(beside), work()));
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        let mut found = work();
        found.extend(helpers.into_iter().flat_map(join));
        let (made, rest) = join(relief);
        found.extend(rest);
        (made, found)
    });
    if stopped.load(Ordering::Relaxed) {
        return (made, None);
    }
    found.sort_unstable_by_key(|&(part, _)| part);
    let chunks = found.into_iter().flat_map(|(_, occurrences)| occurrences.chunks).collect();
    (made, Some(Occurrences { chunks }))
}

/// What a thread has made; its panic is this thread's, too.
fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// An occurrence as the scanner finds it.
#[derive(Clone, Copy, Debug)]
struct Found {
    /// The byte where its token begins.
    token: usize,
    /// Where it begins and ends, from its token's beginning.
    start: i16,
    end: u16,
    meaning: Meaning,
}

impl Found {
    fn new(token: usize, found: &Occurrence) -> Self {
        Self {
            token,
            start: (found.start as isize - token as isize) as i16,
            end: (found.end - token) as u16,
            meaning: found.meaning,
        }
    }
}

/// The same within its chunk, in half the bytes: a log that is all codes has millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Item {
    /// From the chunk's base.
    token: u32,
    start: i16,
    end: u16,
    /// The index of its meaning among the chunk's tallies.
    tally: u16,
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
    /// A chunk of at least one occurrence.
    fn new(found: &[Found]) -> Self {
        let base = found[0].token;
        let mut places: HashMap<Meaning, usize> = HashMap::new();
        let mut tallies: Vec<Tally> = Vec::new();
        let mut item = |(first, found): (usize, &Found)| {
            let place = *places.entry(found.meaning).or_insert(tallies.len());
            if place == tallies.len() {
                tallies.push(Tally { meaning: found.meaning, first, count: 0 });
            }
            tallies[place].count += 1;
            let Found { token, start, end, .. } = *found;
            Item { token: (token - base) as u32, start, end, tally: place as u16 }
        };
        let items = found.iter().enumerate().map(&mut item).collect();
        Self { base, items, tallies: tallies.into() }
    }

    fn found(&self, item: &Item) -> Found {
        let Item { token, start, end, tally } = *item;
        let meaning = self.tallies[tally as usize].meaning;
        Found { token: self.base + token as usize, start, end, meaning }
    }

    fn occurrence(&self, item: &Item) -> Occurrence {
        let Found { token, start, end, meaning } = self.found(item);
        Occurrence {
            start: token.saturating_add_signed(start.into()),
            end: token + usize::from(end),
            meaning,
        }
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

/// A chunk's size when it is made; a tally's index fits into 16 bits. At 140,000 occurrences there are 273 chunks, and changing
/// their bases costs less than a microsecond.
const CHUNK: usize = 512;

impl Occurrences {
    fn new(found: &[Found]) -> Self {
        Self { chunks: found.chunks(CHUNK).map(Chunk::new).collect() }
    }

    fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.items.len()).sum()
    }

    /// The occurrences whose token begins at or behind `byte`.
    fn from(&self, byte: usize) -> impl Iterator<Item = Occurrence> + '_ {
        let first = self.chunks.partition_point(|chunk| chunk.base <= byte).saturating_sub(1);
        self.chunks[first..]
            .iter()
            .flat_map(|chunk| chunk.items.iter().map(move |item| (chunk, item)))
            .skip_while(move |(chunk, item)| chunk.base + (item.token as usize) < byte)
            .map(|(chunk, item)| chunk.occurrence(item))
    }

    /// Puts `found` in the place of the occurrences whose tokens begin in `part` of the old text,
    /// and moves those behind it.
    fn splice(&mut self, part: Range<usize>, found: Vec<Found>, shift: Shift) {
        let first = self.chunks.partition_point(|chunk| chunk.base < part.start).saturating_sub(1);
        let behind = self.chunks.partition_point(|chunk| chunk.base < part.end).max(first);
        let mut all = Vec::new();
        let mut kept_behind = Vec::new();
        for chunk in &self.chunks[first..behind] {
            for old in chunk.items.iter().map(|item| chunk.found(item)) {
                if old.token < part.start {
                    all.push(old);
                } else if old.token >= part.end {
                    kept_behind.push(Found { token: shift.apply(old.token), ..old });
                }
            }
        }
        all.extend(found);
        all.extend(kept_behind);
        for chunk in &mut self.chunks[behind..] {
            chunk.base = shift.apply(chunk.base);
        }
        self.chunks.splice(first..behind, Self::new(&all).chunks);
        self.merge_small(first);
    }

    /// Joins a chunk that edits have emptied with its neighbour, so that chunks stay few.
    fn merge_small(&mut self, index: usize) {
        let Some([a, b]) = self.chunks.get(index..index + 2) else { return };
        if a.items.len() + b.items.len() > CHUNK / 2 {
            return;
        }
        let all = [a, b].into_iter().flat_map(|chunk| chunk.items.iter().map(|i| chunk.found(i)));
        let all: Vec<Found> = all.collect();
        self.chunks.splice(index..index + 2, Self::new(&all).chunks);
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

    #[test]
    fn a_long_texts_rope_is_the_text() {
        let text = "é\r\n".repeat(TURN / 2);
        let rope = rope(&text);
        assert_eq!(rope, text);
        assert_eq!(rope.len_lines(), TURN / 2 + 1);
    }
}
