//! An editable text, with its occurrences kept up to date.
//!
//! The invariant, held by a property test: *a document edited step by step has the same occurrences
//! as the same text opened fresh*. An edit re-evaluates only the tokens within reach of it; the
//! occurrences after it move by a change of one number per chunk.

mod occurrences;
mod parallel;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::thread;

use ropey::{Rope, RopeBuilder};

use crate::position::{self, Encoding, Place};
use crate::scan::{FileKind, HEAD, Key, Occurrence, SIGHT, Scanner};
use occurrences::{Found, Occurrences, Shift};
use parallel::{TURN, in_parts};

/// A text and its occurrences. A clone is a snapshot and costs microseconds.
#[derive(Clone, Debug)]
pub struct Document {
    text: Rope,
    occurrences: Occurrences,
    scanner: Arc<Scanner>,
    file: File,
    kind: Arc<FileKind>,
    /// Whether an edit has changed the kind of file, so that the whole text has to be scanned again.
    is_outdated: bool,
}

/// A document's file: its name and language say something about its codes.
#[derive(Clone, Debug, Default)]
pub struct File {
    name: Arc<str>,
    language: Option<Arc<str>>,
}

impl File {
    /// A file with this name (with or without folders) and the language ID reported by an editor.
    #[must_use]
    pub fn new(name: &str, language: Option<&str>) -> Self {
        Self { name: name.into(), language: language.map(Into::into) }
    }

    fn kind(&self, scanner: &Scanner, text: &str) -> Arc<FileKind> {
        Arc::new(scanner.file_kind(&self.name, self.language.as_deref(), text))
    }
}

impl Document {
    /// A document with this text, which is scanned while still contiguous and then stored as a
    /// rope.
    #[must_use]
    pub fn new(text: &str, scanner: Arc<Scanner>) -> Self {
        Self::of_file(File::default(), text, scanner)
    }

    /// Like [`Document::new`], for the text of a file.
    #[must_use]
    pub fn of_file(file: File, text: &str, scanner: Arc<Scanner>) -> Self {
        let kind = file.kind(&scanner, text);
        let found = found_in(text, &scanner, &kind, 0..text.len());
        let occurrences = Occurrences::new(&found);
        Self { text: Rope::from_str(text), occurrences, scanner, file, kind, is_outdated: false }
    }

    /// A document without text; nothing is looked up.
    #[must_use]
    pub fn empty(file: File, scanner: Arc<Scanner>) -> Self {
        let (text, occurrences) = (Rope::new(), Occurrences::new(&[]));
        Self { text, occurrences, scanner, file, kind: Arc::default(), is_outdated: false }
    }

    /// Its file.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Like [`Document::of_file`], for a long text, in parts and on several threads. `go_on` gets
    /// the number of bytes started so far and returns whether to continue. `None` if it returned
    /// false.
    #[must_use]
    pub fn new_while(
        file: File,
        text: &str,
        scanner: Arc<Scanner>,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Option<Self> {
        let kind = file.kind(&scanner, text);
        let scan = |part| found_in(text, &scanner, &kind, part);
        let (text, occurrences) = in_parts(text.len(), go_on, scan, || rope(text));
        Some(Self { text, occurrences: occurrences?, scanner, file, kind, is_outdated: false })
    }

    /// The text; outside the crate, [`ToString`] returns it as a string.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn text(&self) -> &Rope {
        &self.text
    }

    /// Scans the whole text again for another catalog, in parts as [`Document::new_while`] does.
    /// If `go_on` returns false, the document remains unchanged.
    pub fn rescan_while(&mut self, scanner: Arc<Scanner>, go_on: impl Fn(usize) -> bool + Sync) {
        let kind = self.file.kind(&scanner, &self.head(HEAD));
        let old = std::mem::replace(&mut self.scanner, scanner);
        let old_kind = std::mem::replace(&mut self.kind, kind);
        let scan = |part| self.judge(part);
        let ((), occurrences) = in_parts(self.text.len_bytes(), go_on, scan, || ());
        if let Some(occurrences) = occurrences {
            self.occurrences = occurrences;
            self.is_outdated = false;
        } else {
            (self.scanner, self.kind) = (old, old_kind);
        }
    }

    /// Replaces the bytes of `range`, which must start and end at character boundaries. If that
    /// changes what the head says about the file, such as the columns of a log, the whole text is
    /// scanned again.
    pub fn edit(&mut self, range: Range<usize>, new: &str) {
        self.replace(range, new);
        if self.is_outdated {
            self.rescan_while(Arc::clone(&self.scanner), |_| true);
        }
    }

    /// Whether the whole text has to be scanned again after [`replace`](Self::replace).
    #[cfg(feature = "server")]
    pub(crate) fn is_outdated(&self) -> bool {
        self.is_outdated
    }

    /// Its scanner.
    #[cfg(feature = "server")]
    pub(crate) fn scanner(&self) -> &Arc<Scanner> {
        &self.scanner
    }

    /// Like [`edit`](Self::edit), but leaves the scan of the whole text to the caller. Until then,
    /// the occurrences are at their places, but may be those of the former kind of file.
    pub(crate) fn replace(&mut self, range: Range<usize>, new: &str) {
        let chars = self.text.byte_to_char(range.start)..self.text.byte_to_char(range.end);
        self.text.remove(chars.clone());
        self.text.insert(chars.start, new);
        if range.start < HEAD {
            let kind = self.file.kind(&self.scanner, &self.head(HEAD));
            self.is_outdated |= kind != self.kind;
            self.kind = kind;
        }

        // Every token that the edit may affect starts in this part of the old text.
        let old_part = range.start.saturating_sub(SIGHT)..range.end.saturating_add(SIGHT);
        let new_end = range.start + new.len();
        let new_part = old_part.start..(new_end + SIGHT).min(self.text.len_bytes());
        let found = self.judge(new_part);
        let shift = Shift { removed: range.len(), added: new.len() };
        self.occurrences.splice(old_part, found, shift);
    }

    /// The occurrences whose tokens start in `part`.
    fn judge(&self, part: Range<usize>) -> Vec<Found> {
        let around =
            part.start.saturating_sub(SIGHT)..(part.end + SIGHT).min(self.text.len_bytes());
        let first = self.text.byte_to_char(around.start);
        let last = (self.text.byte_to_char(around.end) + 1).min(self.text.len_chars());
        let base = self.text.char_to_byte(first);
        let window = self.text.slice(first..last).to_string();
        let mut found =
            found_in(&window, &self.scanner, &self.kind, part.start - base..part.end - base);
        for found in &mut found {
            found.token += base;
        }
        found
    }

    /// The first bytes of the text.
    pub(crate) fn head(&self, bytes: usize) -> String {
        let end = self.text.byte_to_char(bytes.min(self.text.len_bytes()));
        self.text.slice(..end).to_string()
    }

    /// The number of occurrences.
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
        // An occurrence can start this far before its token and end this far after it.
        let from = range.start.saturating_sub(2 * SIGHT);
        self.occurrences
            .from(from)
            .skip_while(move |occurrence| occurrence.end < range.start)
            .take_while(move |occurrence| occurrence.start <= range.end)
    }

    /// The occurrence that contains a byte or, failing that, ends right before it, as editors ask
    /// for what the cursor touches.
    #[must_use]
    pub fn occurrence_at(&self, byte: usize) -> Option<Occurrence> {
        let mut touching: Vec<_> = self.occurrences_in(byte..byte).collect();
        let inside = touching.iter().position(|occurrence| occurrence.range().contains(&byte));
        if touching.is_empty() { None } else { Some(touching.swap_remove(inside.unwrap_or(0))) }
    }

    /// The number of occurrences of a code, in any notation.
    #[must_use]
    pub fn count(&self, key: Key) -> usize {
        self.occurrences.count(key)
    }

    /// The distinct meanings in the order of first appearance: the first occurrence of each, and
    /// the number of its occurrences. The cost grows with the number of distinct meanings, not of
    /// occurrences.
    #[must_use]
    pub fn tallies(&self) -> Vec<(Occurrence, usize)> {
        self.occurrences.tallies()
    }

    /// The place of a byte; see [`Place`].
    #[must_use]
    pub fn place(&self, byte: usize, encoding: Encoding) -> Place {
        position::to_place(&self.text, byte, encoding)
    }

    /// The byte offset of a place, limited to the end of its line and of the text.
    #[must_use]
    pub fn byte(&self, place: Place, encoding: Encoding) -> usize {
        position::to_byte(&self.text, place, encoding)
    }

    /// The text of an occurrence.
    #[must_use]
    pub fn written(&self, occurrence: &Occurrence) -> String {
        self.text.byte_slice(occurrence.range()).to_string()
    }
}

impl fmt::Display for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text, formatter)
    }
}

/// The rope of a long text.
fn rope(text: &str) -> Rope {
    let (mut rope, mut rest) = (RopeBuilder::new(), text);
    while !rest.is_empty() {
        let (turn, after) = rest.split_at(rest.floor_char_boundary(TURN));
        rope.append(turn);
        thread::yield_now();
        rest = after;
    }
    rope.finish()
}

/// The occurrences whose tokens start in `part` of a text.
fn found_in(text: &str, scanner: &Scanner, kind: &FileKind, part: Range<usize>) -> Vec<Found> {
    let mut found = Vec::new();
    scanner.scan_part(text.as_bytes(), part, kind, |token, occurrence| {
        found.push(Found::new(token, &occurrence));
    });
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parallel::PART;
    use super::*;
    use crate::catalog::{Catalog, Layer};
    use crate::scan::REACH;

    fn scanner() -> Arc<Scanner> {
        thread_local!(static SCANNER: Arc<Scanner> = Arc::new(Scanner::new(Arc::new(Catalog::builtin()))));
        SCANNER.with(Arc::clone)
    }

    fn found(document: &Document) -> Vec<Occurrence> {
        document.occurrences().collect()
    }

    /// What users type, paste and delete in logs: codes, pieces of codes, near misses, line
    /// endings.
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
                // Mostly short edits, as from typing.
                let range = a.min(b)..a.max(b).min(text.floor_char_boundary(a.min(b) + 40));
                text.replace_range(range.clone(), &new);
                document.edit(range, &new);
                prop_assert_eq!(document.text().to_string(), text.clone());
                let fresh = Document::new(&text, scanner());
                prop_assert_eq!(found(&document), found(&fresh));
                prop_assert_eq!(document.tallies(), fresh.tallies());
                for occurrence in fresh.occurrences() {
                    let key = occurrence.meaning.key;
                    prop_assert_eq!(document.count(key), fresh.count(key));
                }
                let part = text.len() / 3..text.len() / 2;
                prop_assert!(document.occurrences_in(part.clone()).eq(fresh.occurrences_in(part)));
            }
        }
    }

    #[test]
    fn a_scan_in_parts_is_a_scan() {
        let text = "x 0x87D1FDE8 é SyncML(404)\n".repeat(3 * PART / 20);
        let mut document =
            Document::new_while(File::default(), &text, scanner(), |_| true).unwrap();
        assert!(found(&document) == scanner().scan(&text));
        document.rescan_while(scanner(), |_| true);
        assert!(found(&document) == scanner().scan(&text));
    }

    #[test]
    fn a_document_without_a_name_is_scanned_as_its_text_is() {
        let source = "#autoload\nHTTP status: 403\n";
        for text in [source, "HTTP status: 403\n", "#Fields: sc-status\n404\n"] {
            assert_eq!(found(&Document::new(text, scanner())), scanner().scan(text), "{text}");
        }
    }

    #[test]
    fn a_scan_ends_when_it_is_no_longer_wanted() {
        let text = "x 0x87D1FDE8\n".repeat(3 * PART / 13);
        assert!(
            Document::new_while(File::default(), &text, scanner(), |bytes| bytes < PART).is_none()
        );
        let mut document = Document::new(&text, scanner());
        document.rescan_while(scanner(), |bytes| bytes < PART);
        assert!(found(&document) == scanner().scan(&text));
    }

    #[test]
    fn many_chunks_stay_consistent() {
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

    /// A number that is a code only between two words, both as far away as a notation can reach.
    #[test]
    fn an_edit_affects_tokens_exactly_within_a_notations_reach() {
        let family = r"
            [family]
            id = 'far'
            title = 'Far'
            base = 0xE0000000
            written = ['begin {0,300}code {n} {0,300}end']
        ";
        let catalog = Catalog::default().with_layer(&Layer::parse("far.toml", family).unwrap());
        let margin = " ".repeat(2 * REACH);
        let to_begin = " ".repeat(REACH - "begin".len() - "code ".len());
        let to_end = " ".repeat(REACH - "end".len());
        let text = format!("{margin}begin{to_begin}code 7{to_end}end{margin}");
        let mut document = Document::new(&text, Arc::new(Scanner::new(Arc::new(catalog))));
        let unedited = found(&document);
        let written = margin.len()..text.len() - margin.len();
        let [only] = unedited[..] else { panic!("{unedited:?}") };
        assert_eq!(only.range(), written);
        for at in 0..text.len() {
            document.edit(at..at + 1, "x\ny");
            assert_eq!(document.is_empty(), written.contains(&at), "{at}");
            document.edit(at..at + 3, &text[at..=at]);
            assert_eq!(found(&document), unedited, "{at}");
        }
    }

    #[test]
    fn the_occurrences_of_a_part_are_those_that_touch_it() {
        let text = "0x87D1FDE8 é 0x80070005,-2016281112";
        let document = Document::new(text, scanner());
        let all = scanner().scan(text);
        assert_eq!(found(&document), all);
        for start in 0..=text.len() {
            for end in start..=text.len() {
                let touches = |found: &&Occurrence| found.end >= start && found.start <= end;
                let touching = all.iter().filter(touches).copied();
                assert!(document.occurrences_in(start..end).eq(touching), "{start}..{end}");
            }
        }
    }

    #[test]
    fn tallies_have_each_code_once_with_its_first_place_and_count() {
        let text = "0x87D1FDE8 0x80070005 -2016281112";
        let document = Document::new(text, scanner());
        let tallies: Vec<_> =
            document.tallies().iter().map(|(first, count)| (first.range(), *count)).collect();
        assert_eq!(tallies, [(0..10, 2), (11..21, 1)]);
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
