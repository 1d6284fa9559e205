//! The key words of a notation: the letters that the text before a number may end with. From the
//! letters nearest before a number, the scanner knows which notations are worth trying.

use std::fmt;

use regex_syntax::hir::{Class, ClassBytesRange, ClassUnicodeRange, Hir, HirKind, Look};

use super::last::has;

/// A lower-case word that the letters nearest before a number end with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) word: String,
    /// Whether it must be the entire run of letters.
    pub(crate) is_whole: bool,
}

/// Marks a whole word in a packed table.
const WHOLE: char = '^';

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_whole {
            write!(f, "{WHOLE}")?;
        }
        f.write_str(&self.word)
    }
}

impl Key {
    /// The word of a key as written by `Display`, and whether it is whole.
    pub(crate) fn read(text: &str) -> (&str, bool) {
        text.strip_prefix(WHOLE).map_or((text, false), |word| (word, true))
    }
}

/// The keys of a regex that ends right before a number; `None` if it may match without any letters,
/// or with letters that can't be listed.
pub(super) fn keys(before: &Hir) -> Option<Vec<Key>> {
    let found = Ending::of(before).filter(|ending| ending.gap.is_none())?;
    let key = |word: Word| Key {
        word: word.letters.to_ascii_lowercase(),
        is_whole: word.left == Left::Closed,
    };
    let mut keys: Vec<Key> = found.words.into_iter().map(key).collect();
    keys.sort_unstable();
    // A word that may follow other letters also covers the whole word.
    keys.dedup_by(|later, first| later.word == first.word);
    Some(keys)
}

/// The letters that a regex's match can end with, ignoring other characters.
#[derive(Debug, Default)]
struct Ending {
    words: Vec<Word>,
    /// What it matches if it matches no letters; `None` if it always matches some.
    gap: Option<Gap>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    letters: String,
    left: Left,
    right: Right,
}

/// What precedes a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    /// The start of the match: the text before it decides.
    Open,
    /// A character other than a letter.
    Closed,
    /// Possibly unknown letters.
    Unknown,
}

/// What is between a word and the end of the match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    Nothing,
    Others,
    Perhaps,
}

/// What a regex matches if it matches no letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// The empty string.
    Nothing,
    /// The empty string at a word boundary.
    Boundary,
    /// One or more other characters.
    Others,
    /// Other characters, or the empty string.
    Perhaps,
}

impl Gap {
    fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Perhaps }
    }

    /// What precedes a word with an open start if this precedes it.
    fn left(self) -> Left {
        match self {
            Self::Nothing => Left::Open,
            Self::Boundary | Self::Others => Left::Closed,
            Self::Perhaps => Left::Unknown,
        }
    }

    /// What follows a word that is followed by `right` if this comes next.
    fn right(self, right: Right) -> Right {
        match (right, self) {
            (Right::Others, _) | (_, Self::Others) => Right::Others,
            (Right::Perhaps, _) | (_, Self::Perhaps) => Right::Perhaps,
            (Right::Nothing, Self::Nothing | Self::Boundary) => Right::Nothing,
        }
    }

    fn then(self, other: Self) -> Self {
        match (self, other) {
            (Self::Others, _) | (_, Self::Others) => Self::Others,
            (Self::Perhaps, _) | (_, Self::Perhaps) => Self::Perhaps,
            (Self::Boundary, _) | (_, Self::Boundary) => Self::Boundary,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
        }
    }
}

/// The letters of a class are listed if there are at most this many.
const MOST_LISTED: usize = 8;

/// If joining words would give more than this many, the existing ones are kept as endings, because
/// a notation's alternatives multiply.
const MOST_JOINED: usize = 256;

impl Ending {
    fn gap(gap: Gap) -> Self {
        Self { words: Vec::new(), gap: Some(gap) }
    }

    /// `None` if the letters can't be listed.
    fn of(hir: &Hir) -> Option<Self> {
        match hir.kind() {
            HirKind::Empty => Some(Self::gap(Gap::Nothing)),
            HirKind::Look(look) => Some(Self::gap(match look {
                Look::WordAscii | Look::WordUnicode => Gap::Boundary,
                _ => Gap::Nothing,
            })),
            HirKind::Literal(literal) => Some(Self::of_literal(&literal.0)),
            HirKind::Class(class) => Self::of_class(class),
            HirKind::Repetition(repetition) => {
                let once = Self::of(&repetition.sub)?;
                let many = repetition.max != Some(1);
                Some(once.repeated(repetition.min == 0, many))
            }
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(parts) => Self::of_all(parts),
            HirKind::Alternation(branches) => {
                let mut all = Self::default();
                for branch in branches {
                    let one = Self::of(branch)?;
                    all.words.extend(one.words);
                    all.gap = match (all.gap, one.gap) {
                        (Some(gap), Some(other)) => Some(gap.or(other)),
                        (gap, other) => gap.or(other),
                    };
                }
                Some(all)
            }
        }
    }

    /// `None` for a class of many letters.
    fn of_class(class: &Class) -> Option<Self> {
        let letters = (b'A'..=b'Z').chain(b'a'..=b'z').filter(|&letter| has(class, letter));
        let mut words: Vec<Word> = letters
            .map(|letter| Word {
                letters: char::from(letter.to_ascii_lowercase()).into(),
                left: Left::Open,
                right: Right::Nothing,
            })
            .collect();
        let has_others = size(class) > words.len();
        words.sort_unstable();
        words.dedup();
        let gap = has_others.then_some(Gap::Others);
        (words.len() <= MOST_LISTED).then_some(Self { words, gap })
    }

    fn of_literal(literal: &[u8]) -> Self {
        let Some(last) = literal.iter().rposition(u8::is_ascii_alphabetic) else {
            return Self::gap(if literal.is_empty() { Gap::Nothing } else { Gap::Others });
        };
        let letters = literal[..=last].iter().rev().take_while(|byte| byte.is_ascii_alphabetic());
        let first = last + 1 - letters.count();
        let word = Word {
            letters: String::from_utf8_lossy(&literal[first..=last]).into_owned(),
            left: if first == 0 { Left::Open } else { Left::Closed },
            right: if last + 1 == literal.len() { Right::Nothing } else { Right::Others },
        };
        Self { words: vec![word], gap: None }
    }

    /// The same if it may be missing or repeated.
    fn repeated(mut self, is_optional: bool, many: bool) -> Self {
        if many {
            // The end of one repetition may be joined to the next.
            let open = self.words.iter_mut().filter(|word| word.left == Left::Open);
            open.for_each(|word| word.left = Left::Unknown);
        }
        if is_optional {
            self.gap = Some(self.gap.map_or(Gap::Nothing, |gap| gap.or(Gap::Nothing)));
        }
        self
    }

    fn of_all(parts: &[Hir]) -> Option<Self> {
        let mut all = Self::gap(Gap::Nothing);
        for part in parts.iter().rev() {
            if all.gap.is_none() && all.words.iter().all(|word| word.left != Left::Open) {
                break;
            }
            match Self::of(part) {
                Some(before) => all = all.after(before),
                None if all.gap.is_some() => return None,
                None => {
                    let open = all.words.iter_mut().filter(|word| word.left == Left::Open);
                    open.for_each(|word| word.left = Left::Unknown);
                }
            }
        }
        Some(all)
    }

    /// What the match can end with if `before` precedes this.
    fn after(self, before: Self) -> Self {
        let open = self.words.iter().filter(|word| word.left == Left::Open).count();
        let are_joined = open * (before.words.len() + 1) <= MOST_JOINED;
        let mut words = Vec::new();
        for word in self.words {
            if word.left != Left::Open {
                words.push(word);
                continue;
            }
            if !are_joined {
                words.push(Word { left: Left::Unknown, ..word });
                continue;
            }
            words.extend(before.gap.map(|gap| Word { left: gap.left(), ..word.clone() }));
            words.extend(before.words.iter().map(|first| match first.right {
                Right::Nothing => Word {
                    letters: first.letters.clone() + &word.letters,
                    left: first.left,
                    right: word.right,
                },
                Right::Others => Word { left: Left::Closed, ..word.clone() },
                Right::Perhaps => Word { left: Left::Unknown, ..word.clone() },
            }));
        }
        if let Some(gap) = self.gap {
            let reach = |word: Word| Word { right: gap.right(word.right), ..word };
            words.extend(before.words.into_iter().map(reach));
        }
        words.sort_unstable();
        words.dedup();
        let gap = self.gap.and_then(|gap| Some(gap.then(before.gap?)));
        Self { words, gap }
    }
}

/// Whether a class contains nothing but a few ASCII letters.
pub(super) fn is_of_letters(class: &Class) -> bool {
    Ending::of_class(class).is_some_and(|ending| ending.gap.is_none())
}

/// How many characters or bytes a class contains.
fn size(class: &Class) -> usize {
    match class {
        Class::Unicode(class) => class.iter().map(ClassUnicodeRange::len).sum(),
        Class::Bytes(class) => class.iter().map(ClassBytesRange::len).sum(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::string::string_regex;

    use super::*;

    fn keys_of(regex: &str) -> Option<Vec<String>> {
        let hir = regex_syntax::parse(regex).unwrap();
        keys(&hir).map(|keys| keys.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_letters_before_a_number_end_with_a_key() {
        for (regex, expected) in [
            ("code ", &["code"][..]),
            (r"\bcode ", &["^code"]),
            ("exit code ", &["^code"]),
            (r"HTTP/[0-9.]+", &["http"]),
            (r"errors?\W+", &["error", "errors"]),
            (r"\berrors?\W+", &["^error", "^errors"]),
            (r"\W*s ", &["s"]),
            (r"error\W*s ", &["s"]),
            (r"renvoyée ", &["^e"]),
            (r"\b(?:exit|return)(?:[ _-]?code)? ", &["^exit", "^return", "code", "^exitcode"]),
            (r"(?:ab)+ ", &["ab"]),
            (r"\w*error ", &["error"]),
            (r"(exit|return) (code|status)( is)? ", &["^code", "^is", "^status"]),
            (r"\b(?:de|fr)>?: ", &["^de", "^fr"]),
            ("(CODE|code) ", &["code"]),
            ("code [yz]", &["^y", "^z"]),
            ("code[: a-c]", &["code", "codea", "codeb", "codec"]),
        ] {
            let mut expected: Vec<String> = expected.iter().map(|&key| key.to_owned()).collect();
            let mut found = keys_of(regex).unwrap();
            // A suffix covers the longer words that end with it.
            let redundant = |key: &String| key == "^exitcode" || key == "^returncode";
            found.retain(|key| !redundant(key));
            expected.retain(|key| !redundant(key));
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{regex}");
        }
    }

    #[test]
    fn letters_that_cannot_be_listed_have_no_key() {
        for regex in [r"\(", r"\w+ ", "(code)? ", "[a-z]+:", "code [a-z]", ""] {
            assert_eq!(keys_of(regex), None, "{regex}");
        }
    }

    #[test]
    fn alternatives_do_not_multiply_without_end() {
        for regex in [
            "(?:ab|cd)".repeat(100),
            "(?:ab)?".repeat(100) + "cd",
            "(?:ab|cde?)?".repeat(100) + "fg",
        ] {
            assert!(keys_of(&regex).unwrap().len() <= MOST_JOINED, "{regex}");
        }
    }

    fn regex() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "error",
            "code",
            "s",
            "é",
            " ",
            ": ",
            "[0-9]",
            "_",
            "(?:ab|c)",
            "(?:d|e ){1,2}",
            "x?",
            "(?: f)?",
            "(?:g-){0,2}",
            "\u{e9}h",
            "(?:|i)",
            " ?",
            "j{1,2}",
            "[kl]",
            "[m7]",
            "[no]{1,2}",
        ]);
        prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_match_is_missed((regex, text) in regex().prop_flat_map(|regex| {
            let text = string_regex(&regex).unwrap();
            (Just(regex), text)
        })) {
            let Some(keys) = keys(&regex_syntax::parse(&regex).unwrap()) else { return Ok(()) };
            let end = text.rfind(|c: char| c.is_ascii_alphabetic()).map_or(0, |last| last + 1);
            let letters = text[..end].rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap();
            // The text before the match is unknown: letters may be joined to it.
            let is_cut = letters.len() == end;
            let fits = keys.iter().any(|Key { word, is_whole }| {
                if *is_whole && !is_cut { letters == word } else { letters.ends_with(word) }
            });
            prop_assert!(fits, "{regex}: {text:?} has none of {keys:?}");
        }
    }
}
