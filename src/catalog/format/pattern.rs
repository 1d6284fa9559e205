//! A family's own notation: a regex around a number, and the key words that lead to it.
//!
//! Regexes are slow compared with checking the word before a number. So each notation must have a
//! literal word before its number; the scanner runs the regex only after that word.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

use super::freedom::freedom;
use super::keys::{Key, is_of_letters, keys};
use super::last::{Bytes, last_bytes};
use super::needed::needed_words;

/// How many bytes before and after a token can affect its judgment.
pub(crate) const REACH: usize = 256;

/// How freely a single notation may match.
const MOST_FREEDOM: usize = 600;

/// The place of the number in a `written` regex.
const NUMBER: &str = "{n}";

/// A notation, split at the number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// The regex that must match right before the number.
    pub(crate) before: String,
    /// The most bytes that the regex can match before the number; `None` if unlimited.
    pub(crate) reach: Option<usize>,
    /// The regex that must match right after it; empty for none.
    pub(crate) after: String,
    /// The letters nearest before the number end with one of these.
    pub(crate) keys: Vec<Key>,
    /// Lower-case words, one of which is in every match besides the key; empty for none.
    pub(crate) needs: Vec<String>,
    /// The ASCII bytes that may directly precede the number.
    pub(crate) last: Bytes,
    /// Whether the number directly follows its key word, within one token: `AADSTS50126`.
    pub(crate) joined: bool,
    /// How freely it matches, see [`super::freedom`].
    pub(crate) freedom: usize,
}

impl Pattern {
    /// Reads a regex that contains `{n}`, such as `syncml\s*\(\s*{n}\s*\)`.
    ///
    /// # Errors
    /// A description of what is wrong with it.
    pub(crate) fn written(regex: &str) -> Result<Self, String> {
        let regex = checked(regex)?;
        let Some((before, after)) = regex.split_once(NUMBER) else {
            return Err(format!("`{regex}` must contain {NUMBER}, the placeholder for the number"));
        };
        if after.contains(NUMBER) {
            return Err(format!("`{regex}` must contain {NUMBER} only once"));
        }
        parse(after).map_err(|error| format!("after {NUMBER}: {error}"))?;
        // The text after the number is matched alone. A number is a whole word, so a boundary
        // always follows.
        Self::around(before, after.strip_prefix(r"\b").unwrap_or(after))
    }

    /// Reads a regex for the text right before a number, such as `exit code\W+`.
    ///
    /// # Errors
    /// A description of what is wrong with it.
    pub(crate) fn after(regex: &str) -> Result<Self, String> {
        let regex = checked(regex)?;
        if regex.contains(NUMBER) {
            return Err(format!(
                "`{regex}` ends where the number begins, so it must not contain {NUMBER}"
            ));
        }
        Self::around(regex, "")
    }

    /// Reads a regex for the text right before a number, or around it if it contains `{n}`.
    ///
    /// # Errors
    /// A description of what is wrong with it.
    pub(crate) fn any(regex: &str) -> Result<Self, String> {
        if regex.contains(NUMBER) { Self::written(regex) } else { Self::after(regex) }
    }

    fn around(before: &str, after: &str) -> Result<Self, String> {
        let hir = parse(before)?;
        if hir.properties().minimum_len().is_some_and(|len| len > REACH) {
            return Err(format!("`{before}` can't match: a notation covers at most {REACH} bytes"));
        }
        let Some(keys) = keys(&hir) else {
            return Err(format!(
                "`{before}` must contain a word before the number, such as `exit code\\W+`, \
                 so that it can be found quickly"
            ));
        };
        let freedom = freedom(&hir).saturating_add(freedom(&parse(after)?));
        if freedom > MOST_FREEDOM {
            return Err(format!(
                "`{before}` would take too long: its repetitions have {freedom} places, at most \
                 {MOST_FREEDOM} are allowed"
            ));
        }
        let last = last_bytes(&hir);
        if last & !DIGITS_AND_UNDERSCORE == 0 {
            return Err(format!(
                "`{before}` can't match: the number would continue the word before it"
            ));
        }
        Ok(Self {
            needs: needed_words(&hir, &keys),
            keys,
            // A look-around at the start of the match sees one more character.
            reach: hir.properties().maximum_len().map(|len| len + 4),
            last,
            joined: ends_with_letter(&hir),
            freedom,
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }
}

/// Bytes that belong to a word and are no letters.
const DIGITS_AND_UNDERSCORE: Bytes = 0x3FF << b'0' | 1 << b'_';

/// The longest regex, in bytes: more than any notation needs.
const LONGEST: usize = 2000;

/// Checks that a regex has a sensible length and does not set the case flag, which all have.
fn checked(regex: &str) -> Result<&str, String> {
    if regex.len() > LONGEST {
        return Err(format!(
            "a notation can have at most {LONGEST} characters, not {}",
            regex.len()
        ));
    }
    Ok(regex.strip_prefix("(?i)").unwrap_or(regex))
}

/// Whether every match of a regex ends with a letter.
fn ends_with_letter(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.last().is_some_and(u8::is_ascii_alphabetic),
        HirKind::Class(class) => is_of_letters(class),
        HirKind::Capture(capture) => ends_with_letter(&capture.sub),
        HirKind::Concat(parts) => parts.last().is_some_and(ends_with_letter),
        HirKind::Alternation(branches) => branches.iter().all(ends_with_letter),
        _ => false,
    }
}

fn parse(regex: &str) -> Result<Hir, String> {
    ParserBuilder::new().build().parse(regex).map_err(|error| {
        // On one line: the regex itself and a mark below it would take three.
        let reason = match error {
            regex_syntax::Error::Parse(error) => error.kind().to_string(),
            regex_syntax::Error::Translate(error) => error.kind().to_string(),
            error => error.to_string(),
        };
        format!("`{regex}` is not a regular expression: {reason}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(regex: &str) -> Vec<String> {
        Pattern::after(regex).unwrap().keys.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_key_is_the_last_word_before_the_number() {
        let keys = Pattern::written(r"syncml\s*\(\s*{n}\s*\)").unwrap().keys;
        assert_eq!(keys.iter().map(ToString::to_string).collect::<Vec<_>>(), ["syncml"]);
        assert_eq!(keys_of(r"exit code\W+"), ["^code"]);
        assert_eq!(keys_of(r#"HTTP/[0-9.]+"?\s"#), ["http"]);
        assert_eq!(keys_of(r"EnforcementState\W{1,6}"), ["enforcementstate"]);
    }

    #[test]
    fn a_notation_without_a_word_is_refused() {
        for regex in [r"\(", r"\w+ ", r"(code)? ", r"[a-z]+:"] {
            assert!(Pattern::after(regex).unwrap_err().contains("must contain a word"), "{regex}");
        }
    }

    #[test]
    fn the_reach_holds_the_longest_match_and_a_character_more() {
        let reach = |regex| Pattern::after(regex).unwrap().reach;
        assert_eq!(reach("code {1,3}"), Some("code".len() + 3 + 4));
        assert_eq!(reach(r"code\s*"), None);
    }

    #[test]
    fn a_number_may_be_joined_to_its_word() {
        let joined = |regex| Pattern::written(regex).unwrap().joined;
        assert!(joined(r"\bAADSTS{n}") && joined("(WU|MSI){n}"));
        assert!(!joined(r"syncml\({n}") && !joined("code {n}") && !joined("code ?{n}"));
    }

    #[test]
    fn a_boundary_after_the_number_is_not_needed() {
        assert_eq!(Pattern::written(r"code {n}\b").unwrap().after, "");
        assert_eq!(Pattern::written(r"code {n}\b, \w").unwrap().after, r", \w");
    }

    #[test]
    fn a_broken_regex_says_so() {
        assert!(Pattern::written("syncml({n})").unwrap_err().contains("not a regular expression"));
        assert!(Pattern::written("syncml").unwrap_err().contains("{n}"));
        assert!(Pattern::written("a{n}b{n}").unwrap_err().contains("once"));
    }

    #[test]
    fn a_notation_has_a_length_that_can_match_and_be_read() {
        let of_length = |len: usize| "x".repeat(len - "code ".len()) + "code ";
        assert!(Pattern::after(&of_length(REACH)).is_ok());
        assert!(Pattern::after(&of_length(REACH + 1)).unwrap_err().contains("can't match"));
        let of_characters = |len: usize| r"\x20?".repeat((len - 5) / 5) + "code ";
        assert!(Pattern::after(&of_characters(LONGEST)).is_ok());
        let longer = " ".to_owned() + &of_characters(LONGEST);
        assert!(Pattern::after(&longer).unwrap_err().contains("not 2001"));
    }

    #[test]
    fn a_number_is_joined_to_letters_only() {
        let joined = |regex| Pattern::written(regex).unwrap().joined;
        assert!(joined("(?:code|(status)){n}") && joined("code(s){n}"));
        assert!(!joined("code(?:s|--){n}"));
        assert!(joined("code ?[AB]{n}") && joined("code(?:s|x){n}") && !joined("code[s ]{n}"));
    }

    #[test]
    fn a_number_does_not_continue_a_word() {
        for regex in ["code[0-9]{n}", "code_{n}"] {
            assert!(Pattern::written(regex).unwrap_err().contains("continue the word"), "{regex}");
        }
    }

    #[test]
    fn a_class_of_many_letters_is_a_word_that_cannot_be_listed() {
        for class in ["[A-I]", "[r-z]", "[0-z]", r"\w", "[^0-9]", "(?-u:[A-I])", "(?-u:[r-z])"] {
            let error = Pattern::after(&format!("code {class}")).unwrap_err();
            assert!(error.contains("must contain a word"), "{class}");
        }
        for class in ["[0-9]", r"\W", r"[\[\]^_`-]", "[é]", "[ -@]", r"[{-~]", "(?-u:[0-9])"] {
            assert_eq!(keys_of(&format!("code{class}:")), ["code"], "{class}");
        }
    }

    #[test]
    fn keys_are_in_lower_case_each_once() {
        assert_eq!(keys_of("(CODE|code|Error) "), ["code", "error"]);
        assert_eq!(keys_of("(?i)EXIT-CODE: "), ["^code"]);
    }
}
