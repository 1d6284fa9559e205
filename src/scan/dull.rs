//! Words before a number that lead nowhere: most numbers in a log follow one, and need no check of
//! notations, domains and roles.

use super::letters::Letters;
use super::{Occurrence, Scanner, Token, lead};

/// A longer number is not a small one, and is judged by its own form.
const MOST_DIGITS: usize = 5;

impl Scanner {
    /// Whether a decimal is small and nothing before it leads to a code: no role, no notation and
    /// no domain, in a text without columns.
    pub(super) fn follows_dull_word(&self, token: &Token<'_>) -> bool {
        let before = token.before();
        if token.len() > MOST_DIGITS
            || !token.memo.columns.is_empty()
            || before.ends_with(b": ")
            || before.ends_with(b"-")
        {
            return false;
        }
        let letters = Letters::before(before);
        let (rest, gap) = before.split_at(before.len() - letters.gap);
        if letters.run().is_empty() {
            return gap.is_ascii();
        }
        let word_before = || rest[..rest.len() - letters.run().len()].last();
        let (Some(word), Some(&last)) = (letters.packed(), before.last()) else { return false };
        gap.iter().all(|&byte| lead::is_glue(byte))
            && !word_before().is_some_and(|&byte| byte >= 0x80 || super::is_word(byte))
            && token.memo.is_dull((word, last), || self.is_dull(&letters, last))
    }

    fn is_dull(&self, letters: &Letters<'_>, last: u8) -> bool {
        let ways = self.ways();
        lead::leads_nowhere(letters.run())
            && !ways.families.are_led_by(letters, last)
            && !ways.domains.may_be_led(letters)
    }

    /// What a number is after a dull word.
    pub(super) fn after_dull_word(&self, token: &Token<'_>) -> Option<Occurrence> {
        if let Some(found) = self.ways().families.listed(&self.catalog, token) {
            return Some(found);
        }
        if token.bytes()[0] == b'0' {
            return None;
        }
        self.small(token, token.decimal() as i32, lead::Lead::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::Catalog;
    use crate::scan::{DIGIT, FileKind, for_each_token};

    #[test]
    fn a_dull_word_loses_nothing() {
        let scanner = Scanner::new(Arc::new(Catalog::builtin()));
        let pieces = [
            "thread",
            "type=\"",
            "error ",
            "exit code ",
            " of ",
            "cpp:",
            "(",
            "[",
            ": ",
            "é",
            "x_",
            "0x",
            "status=",
            "errno ",
            "Step ",
            "\n",
            " is ",
            "HTTP ",
            "code",
            "domain",
            " ",
            "12",
            "SyncML(",
            "|",
            "'",
        ];
        let numbers = ["5", "404", "1603", "137", "0", "12345", "22"];
        let ends =
            ["", ": Access is denied.", ")", " | ", " Not Found", " (EIO)", ": The server is gone"];
        let mut dull = 0;
        for a in pieces {
            for b in pieces {
                for number in numbers {
                    for end in ends {
                        let text = format!("{a}{b}{number}{end}");
                        for_each_token(
                            text.as_bytes(),
                            0..text.len(),
                            &FileKind::default(),
                            |token| {
                                if token.classes == DIGIT && scanner.follows_dull_word(token) {
                                    dull += 1;
                                    let plain = match scanner.of_a_family(token) {
                                        Some(verdict) => verdict.code(),
                                        None => scanner.decimal(token),
                                    };
                                    assert_eq!(scanner.after_dull_word(token), plain, "{text}");
                                }
                            },
                        );
                    }
                }
            }
        }
        assert!(dull > 1000, "{dull}");
    }
}
