//! A document's occurrences in chunks, so that an edit changes only one or two chunks.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::scan::{Key, Meaning, Occurrence};

/// An occurrence as the scanner finds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// The byte where its token starts.
    pub(super) token: usize,
    /// Its start and end, relative to the start of the token.
    start: i16,
    end: u16,
    meaning: Meaning,
}

impl Found {
    pub(super) fn new(token: usize, found: &Occurrence) -> Self {
        Self {
            token,
            start: (found.start as isize - token as isize) as i16,
            end: (found.end - token) as u16,
            meaning: found.meaning,
        }
    }
}

/// The same within a chunk, in half the space: a log full of codes has millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Item {
    /// Relative to the chunk's base.
    token: u32,
    start: i16,
    end: u16,
    /// The index of its meaning in the chunk's tallies.
    tally: u16,
}

/// How an edit moves the text after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    pub(super) removed: usize,
    pub(super) added: usize,
}

impl Shift {
    fn apply(self, byte: usize) -> usize {
        byte - self.removed + self.added
    }
}

/// Occurrences in order, in chunks: an edit changes one or two chunks and the bases of later
/// ones, and a snapshot shares all of them.
#[derive(Clone, Debug)]
pub(super) struct Occurrences {
    /// Non-empty, with ascending bases. An edit merges small neighbors, so that there are few.
    chunks: Vec<Chunk>,
}

#[derive(Clone, Debug)]
struct Chunk {
    /// Where the first item's token starts.
    base: usize,
    items: Arc<[Item]>,
    /// The distinct meanings of the items, in order of first occurrence.
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

    fn all(&self) -> impl Iterator<Item = Found> + '_ {
        self.items.iter().map(|item| self.found(item))
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

/// The number of occurrences of a meaning in a chunk.
#[derive(Clone, Copy, Debug)]
struct Tally {
    meaning: Meaning,
    /// The index of the first item with this meaning.
    first: usize,
    count: usize,
}

/// The most occurrences in a chunk; a tally's index must fit into 16 bits. 140,000 occurrences are
/// 273 chunks, and changing their bases takes less than a microsecond.
const CHUNK: usize = 512;

impl Occurrences {
    pub(super) fn new(found: &[Found]) -> Self {
        // Chunks of equal size, so that none has only a few occurrences.
        let size = found.len().div_ceil(found.len().div_ceil(CHUNK).max(1)).max(1);
        Self { chunks: found.chunks(size).map(Chunk::new).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.items.len()).sum()
    }

    /// The occurrences of a text from those of its numbered parts.
    pub(super) fn of_parts(mut parts: Vec<(usize, Self)>) -> Self {
        parts.sort_unstable_by_key(|&(number, _)| number);
        Self { chunks: parts.into_iter().flat_map(|(_, part)| part.chunks).collect() }
    }

    /// The occurrences whose token starts at or after `byte`.
    pub(super) fn from(&self, byte: usize) -> impl Iterator<Item = Occurrence> + '_ {
        let first = self.chunks.partition_point(|chunk| chunk.base <= byte).saturating_sub(1);
        self.chunks[first..]
            .iter()
            .flat_map(|chunk| chunk.items.iter().map(move |item| (chunk, item)))
            .skip_while(move |(chunk, item)| chunk.base + (item.token as usize) < byte)
            .map(|(chunk, item)| chunk.occurrence(item))
    }

    /// The number of occurrences of a code, in any notation.
    pub(super) fn count(&self, key: Key) -> usize {
        let tallies = self.chunks.iter().flat_map(|chunk| chunk.tallies.iter());
        tallies.filter(|tally| tally.meaning.key == key).map(|tally| tally.count).sum()
    }

    /// Every meaning in the order of first appearance: its first occurrence, and their number.
    pub(super) fn tallies(&self) -> Vec<(Occurrence, usize)> {
        let mut places: HashMap<Meaning, usize> = HashMap::new();
        let mut tallies: Vec<(Occurrence, usize)> = Vec::new();
        for chunk in &self.chunks {
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

    /// Replaces the occurrences whose tokens start in `part` of the old text with `found`, and
    /// moves those after it.
    pub(super) fn splice(&mut self, part: Range<usize>, found: Vec<Found>, shift: Shift) {
        let first = self.chunks.partition_point(|chunk| chunk.base < part.start).saturating_sub(1);
        let after = self.chunks.partition_point(|chunk| chunk.base < part.end).max(first);
        for chunk in &mut self.chunks[after..] {
            chunk.base = shift.apply(chunk.base);
        }
        let mut new = Vec::new();
        let mut kept_after = Vec::new();
        for old in self.chunks[first..after].iter().flat_map(Chunk::all) {
            if old.token < part.start {
                new.push(old);
            } else if old.token >= part.end {
                kept_after.push(Found { token: shift.apply(old.token), ..old });
            }
        }
        new.extend(found);
        new.extend(kept_after);
        let replaced = self.with_small_neighbors(first..after, &mut new);
        self.chunks.splice(replaced, Self::new(&new).chunks);
    }

    /// Moves into `new`, which replaces the chunks of `range`, each neighboring chunk that fits
    /// into one chunk with it, so that there are few chunks; returns the range to replace.
    fn with_small_neighbors(&self, range: Range<usize>, new: &mut Vec<Found>) -> Range<usize> {
        let Range { mut start, mut end } = range;
        let fits = |chunk: &&Chunk, new: &[Found]| chunk.items.len() + new.len() <= CHUNK;
        let before = start.checked_sub(1).map(|before| &self.chunks[before]);
        if let Some(chunk) = before.filter(|chunk| fits(chunk, new)) {
            new.splice(0..0, chunk.all());
            start -= 1;
        }
        if let Some(chunk) = self.chunks.get(end).filter(|chunk| fits(chunk, new)) {
            new.extend(chunk.all());
            end += 1;
        }
        start..end
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{CHUNK, Chunk};
    use crate::catalog::Catalog;
    use crate::document::Document;
    use crate::scan::Scanner;

    fn document(text: &str) -> Document {
        Document::new(text, Arc::new(Scanner::new(Arc::new(Catalog::builtin()))))
    }

    /// Checks that there are no more chunks than needed, whatever the order of the edits.
    #[track_caller]
    fn check_chunks(document: &Document) {
        let sizes: Vec<usize> =
            document.occurrences.chunks.iter().map(|chunk: &Chunk| chunk.items.len()).collect();
        let most = 2 * document.len() / CHUNK + 1;
        assert!(sizes.len() <= most, "{} chunks, at most {most}: {sizes:?}", sizes.len());
        assert!(sizes.iter().all(|size| (1..=CHUNK).contains(size)), "{sizes:?}");
    }

    #[test]
    fn insertions_at_the_head_leave_few_chunks() {
        let mut document = document("");
        let line = format!("{}error 0x87D1FDE8\n", " ".repeat(400));
        for _ in 0..3 * CHUNK {
            document.edit(0..0, &line);
        }
        assert_eq!(document.len(), 3 * CHUNK);
        check_chunks(&document);
    }

    #[test]
    fn deletions_everywhere_leave_few_chunks() {
        let line = format!("{}error 0x87D1FDE8\n", " ".repeat(400));
        let mut document = document(&line.repeat(4 * CHUNK));
        for step in 0..3 * CHUNK {
            let at = (step * 7919) % document.len() * line.len();
            document.edit(at..at + line.len(), "");
            check_chunks(&document);
        }
        assert_eq!(document.len(), CHUNK);
    }

    #[test]
    fn chunks_that_deletions_leave_small_are_joined() {
        let line = format!("{}error 0x87D1FDE8\n", " ".repeat(400));
        let mut document = document(&line.repeat(4 * CHUNK));
        // Only the first and last few occurrences of each chunk remain.
        for chunk in (0..4).rev() {
            let [start, end] =
                [chunk * CHUNK + 15, (chunk + 1) * CHUNK - 15].map(|n| n * line.len());
            document.edit(start..end, "");
        }
        assert_eq!(document.len(), 4 * 30);
        check_chunks(&document);
    }

    #[test]
    fn a_large_insertion_is_split() {
        let mut document = document(&"0x87D1FDE8 ".repeat(10));
        document.edit(11..11, &"-2016281112 ".repeat(5 * CHUNK + 1));
        assert_eq!(document.len(), 5 * CHUNK + 11);
        check_chunks(&document);
    }

    #[test]
    fn occurrences_are_given_from_the_first_token_at_or_after_a_byte() {
        let line = "0x87D1FDE8 ";
        let document = document(&line.repeat(4 * CHUNK));
        for first in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 4 * CHUNK - 1] {
            let at = first * line.len();
            for (byte, expected) in [(at, at), (at + 1, at + line.len())] {
                let starts = document.occurrences.from(byte).map(|occurrence| occurrence.start);
                let expected = (expected..4 * CHUNK * line.len()).step_by(line.len());
                assert!(starts.eq(expected), "from {byte}");
            }
        }
    }

    #[test]
    fn an_edit_leaves_most_chunks_as_they_are() {
        let line = "0x87D1FDE8 ";
        let unedited = document(&line.repeat(8 * CHUNK));
        let chunks = |document: &Document| -> Vec<_> {
            document.occurrences.chunks.iter().map(|chunk| Arc::clone(&chunk.items)).collect()
        };
        for at in [0, CHUNK, 4 * CHUNK + CHUNK / 2, 8 * CHUNK - 1] {
            let mut edited = unedited.clone();
            edited.edit(at * line.len()..at * line.len(), "more ");
            let (old, new) = (chunks(&unedited), chunks(&edited));
            let is_new = |chunk: &&Arc<_>| !old.iter().any(|old| Arc::ptr_eq(old, chunk));
            let changed = new.iter().filter(is_new).count();
            assert!(changed <= 2, "{changed} of {} chunks are new", new.len());
        }
    }
}
