//! The letters nearest before a number, in a form in which they are compared at once.

use super::letter_bit;

/// A run of ASCII letters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters<'t> {
    run: &'t [u8],
    /// The last sixteen in lower case, the last one lowest.
    packed: u128,
    /// How many bytes are between them and the end of the text they are looked for in.
    pub(super) gap: usize,
}

/// How many letters are compared at once.
const PACKED: usize = 16;

/// How far back the nearest letter may be.
const NEAR: usize = 40;

impl<'t> Letters<'t> {
    /// The letters nearest to the end of `before`, whatever else is between.
    pub(super) fn before(before: &'t [u8]) -> Self {
        let Some(end) = end_of_letters(before) else {
            return Self { run: &[], packed: 0, gap: before.len().min(NEAR) };
        };
        let mut start = end - 1;
        while start > 0 && before[start - 1].is_ascii_alphabetic() {
            start -= 1;
        }
        let packed = pack(before, start, end);
        Self { run: &before[start..end], packed, gap: before.len() - end }
    }

    pub(super) fn run(&self) -> &'t [u8] {
        self.run
    }

    /// All of them in lower case as a number, if there are at most sixteen.
    pub(super) fn packed(&self) -> Option<u128> {
        (self.run.len() <= PACKED).then_some(self.packed)
    }

    /// The last two, as a place among `PAIRS`.
    pub(super) fn last_two(&self) -> usize {
        pair([(self.packed >> 8) as u8, self.packed as u8])
    }
}

/// The end of the letters nearest to the end of `before`.
fn end_of_letters(before: &[u8]) -> Option<usize> {
    let far = before.len().saturating_sub(NEAR);
    Some(far + before[far..].iter().rposition(u8::is_ascii_alphabetic)? + 1)
}

/// The last sixteen of the letters at `start..end` in lower case, the last one lowest.
fn pack(text: &[u8], start: usize, end: usize) -> u128 {
    const LOWER: u128 = u128::from_ne_bytes([0x20; PACKED]);
    let len = (end - start).min(PACKED);
    let unused = 8 * (PACKED - len) as u32;
    match end.checked_sub(PACKED).and_then(|from| text[from..].first_chunk()) {
        Some(chunk) => (u128::from_be_bytes(*chunk) | LOWER) << unused >> unused,
        None => text[end - len..end]
            .iter()
            .fold(0, |packed, &letter| packed << 8 | u128::from(letter | 0x20)),
    }
}

/// How many pairs of letters there are, with none in the place of either.
pub(super) const PAIRS: usize = 27 * 27;

/// The place of two letters in lower case; anything else counts as none.
pub(super) fn pair(letters: [u8; 2]) -> usize {
    let [first, second] = letters.map(|letter| match letter {
        b'a'..=b'z' => usize::from(letter - b'a'),
        _ => 26,
    });
    first * 27 + second
}

/// A word with which letters may end.
#[derive(Debug)]
pub(super) struct Ending {
    word: Box<[u8]>,
    packed: u128,
    mask: u128,
}

impl Ending {
    /// The ending that is this word of ASCII letters.
    pub(super) fn new(word: &[u8]) -> Self {
        let letters = Letters::before(word);
        let unused = 8 * PACKED.saturating_sub(word.len());
        let mask = u128::MAX.checked_shr(unused as u32).unwrap_or(0);
        Self { word: word.to_ascii_lowercase().into(), packed: letters.packed, mask }
    }

    /// In lower case.
    pub(super) fn word(&self) -> &[u8] {
        &self.word
    }

    pub(super) fn ends(&self, letters: &Letters<'_>) -> bool {
        letters.packed & self.mask == self.packed
            && (self.word.len() <= PACKED || ends_with_ignoring_case(letters.run, &self.word))
    }

    pub(super) fn is_all_of(&self, letters: &Letters<'_>) -> bool {
        letters.run.len() == self.word.len() && self.ends(letters)
    }
}

/// Words of which letters may end with one.
#[derive(Debug, Default)]
pub(super) struct Endings {
    /// By the last letter, each with whether it must be all of the letters.
    by_last: [Vec<(Ending, bool)>; 26],
    /// For each letter, as bits, the letters that may directly precede it at the end of a word.
    pairs: [u32; 26],
}

/// Stands for any byte before a letter.
const ANY: u32 = u32::MAX;

/// Stands for a byte that is no letter.
const NO_LETTER: u32 = 1 << 26;

impl Endings {
    pub(super) fn add(&mut self, word: &[u8], is_whole: bool) {
        let Some((&last, rest)) = word.split_last() else { return };
        let Some(place) = letter_place(last) else { return };
        let ending = Ending::new(word);
        let endings = &mut self.by_last[place];
        if !endings.iter().any(|known| known.0.word == ending.word && known.1 == is_whole) {
            endings.push((ending, is_whole));
            let alone = if is_whole { NO_LETTER } else { ANY };
            self.pairs[place] |= rest.last().map_or(alone, |&letter| letter_bit(letter));
        }
    }

    /// Whether one of them is the letters' end.
    pub(super) fn have_end_of(&self, letters: &Letters<'_>) -> bool {
        let last = letters.packed as u8;
        self.may_end_with((letters.packed >> 8) as u8, last)
            && letter_place(last).is_some_and(|place| {
                self.by_last[place].iter().any(|(ending, is_whole)| {
                    if *is_whole { ending.is_all_of(letters) } else { ending.ends(letters) }
                })
            })
    }

    /// The same for the letters nearest to the end of `before`. Most are refused by their last two.
    pub(super) fn end_letters_before(&self, before: &[u8]) -> bool {
        let Some((&last, rest)) = end_of_letters(before).and_then(|end| before[..end].split_last())
        else {
            return false;
        };
        self.may_end_with(rest.last().copied().unwrap_or_default(), last)
            && self.have_end_of(&Letters::before(before))
    }

    fn may_end_with(&self, before_last: u8, last: u8) -> bool {
        let pairs = letter_place(last).map_or(0, |place| self.pairs[place]);
        let before = letter_bit(before_last);
        pairs & if before == 0 { NO_LETTER } else { before } != 0
    }
}

/// The place of an ASCII letter in the alphabet.
fn letter_place(letter: u8) -> Option<usize> {
    let place = usize::from((letter | 0x20).wrapping_sub(b'a'));
    (place < 26).then_some(place)
}

pub(super) fn ends_with_ignoring_case(text: &[u8], end: &[u8]) -> bool {
    text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_nearest_to_a_number() {
        for (before, letters, gap) in [
            ("exit code: ", "code", 2),
            ("type=\"", "type", 2),
            ("SyncML(", "SyncML", 1),
            ("\"GET / HTTP/1.1\" ", "HTTP", 6),
            ("0x", "x", 0),
            ("", "", 0),
            ("code                                          ", "", 40),
        ] {
            let found = Letters::before(before.as_bytes());
            assert_eq!((found.run(), found.gap), (letters.as_bytes(), gap), "{before}");
        }
    }

    proptest! {
        #[test]
        fn an_ending_is_found_as_by_its_bytes(
            text in "[a-cA-C]{0,20}",
            word in "[a-c]{1,18}",
            cut in 0..20_usize,
        ) {
            let letters = Letters::before(text.as_bytes());
            let own = &text[text.len() - cut.min(text.len())..];
            for word in [word.as_str(), own].into_iter().filter(|word| !word.is_empty()) {
                let ending = Ending::new(word.as_bytes());
                let ends = text.to_lowercase().ends_with(&word.to_lowercase());
                prop_assert_eq!(ending.ends(&letters), ends);
                prop_assert_eq!(ending.is_all_of(&letters), ends && word.len() == text.len());
                let mut endings = Endings::default();
                endings.add(word.as_bytes(), false);
                prop_assert_eq!(endings.end_letters_before(text.as_bytes()), ends);
                prop_assert_eq!(endings.end_letters_before(format!("{text}: ").as_bytes()), ends);
                let mut whole = Endings::default();
                whole.add(word.as_bytes(), true);
                let is_whole = ends && word.len() == text.len();
                prop_assert_eq!(whole.end_letters_before(format!("- {text}: ").as_bytes()), is_whole);
            }
        }
    }
}
