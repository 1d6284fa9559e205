//! The words that every match of a notation contains: if none of them is near a number, its regex
//! is neither compiled nor run.

use regex_syntax::hir::{Hir, HirKind};

use super::keys::Key;

/// A notation with more alternatives than this is always tried.
const MOST_WORDS: usize = 16;

/// Lower-case words of which every match of `hir` contains at least one, ignoring case; empty if
/// there is no such set. Of several sets, the first: most notations begin with the name of the
/// product, which few texts contain. `keys` are present in any case and don't count.
pub(super) fn needed_words(hir: &Hir, keys: &[Key]) -> Vec<String> {
    match hir.kind() {
        HirKind::Literal(literal) => longest_word(&literal.0)
            .filter(|word| !keys.iter().any(|key| key.word == *word))
            .into_iter()
            .collect(),
        HirKind::Capture(capture) => needed_words(&capture.sub, keys),
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            needed_words(&repetition.sub, keys)
        }
        HirKind::Concat(parts) => {
            let mut sets = parts.iter().map(|part| needed_words(part, keys));
            sets.find(|words| !words.is_empty()).unwrap_or_default()
        }
        HirKind::Alternation(branches) => {
            let sets: Vec<Vec<String>> =
                branches.iter().map(|branch| needed_words(branch, keys)).collect();
            let is_complete = sets.iter().all(|set| !set.is_empty());
            let words = sets.concat();
            if is_complete && words.len() <= MOST_WORDS { words } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// The longest run of ASCII letters and digits in a literal, in lower case; otherwise the literal
/// itself if it is ASCII punctuation such as `] `.
fn longest_word(literal: &[u8]) -> Option<String> {
    let words = literal.split(|byte| !byte.is_ascii_alphanumeric());
    let longest = words.max_by_key(|word| word.len()).filter(|word| !word.is_empty());
    let punctuation = || Some(literal).filter(|literal| literal.len() > 1 && literal.is_ascii());
    let word = longest.or_else(punctuation)?;
    Some(String::from_utf8_lossy(word).to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(regex: &str, keys: &[&str], expected: &[&str]) {
        let hir = regex_syntax::parse(regex).unwrap();
        let key = |&word: &&str| Key { word: word.to_owned(), is_whole: false };
        let keys: Vec<Key> = keys.iter().map(key).collect();
        assert_eq!(needed_words(&hir, &keys), expected, "{regex}");
    }

    #[test]
    fn a_notation_needs_its_first_words() {
        check(r"\brobocopy(?:\.exe)?\b[^\n]{0,100}?\bcode\W", &["code"], &["robocopy"]);
        check(
            r"(?:MSI|Windows Installer)\b.*(?:exit|error) code ",
            &["code"],
            &["msi", "installer"],
        );
        check(r"(?:kernel: |\[[0-9]{9}\] )[^\n]*error ", &["error"], &["kernel", "] "]);
        check(r"(?:device|driver)s? [^\n]*\. \(Code ", &["code"], &["device", "driver"]);
    }

    #[test]
    fn what_may_be_absent_is_not_needed() {
        check(r"(?:exit)? status ", &["status"], &[]);
        check(r"(?:exit|[0-9]) status ", &["status"], &[]);
        check(r"\berror ", &["error"], &[]);
    }
}
