//! Numbers in an error domain: `Domain=X Code=1`, and dictionary keys in plists and JSON.

use std::collections::HashMap;

use super::family::meaning;
use super::letters::{Endings, Letters, ends_with_ignoring_case};
use super::{Occurrence, REACH, Token, number};
use crate::catalog::Catalog;
use crate::catalog::FamilyId;

/// The error domains of all families.
#[derive(Debug)]
pub(super) struct Domains {
    families: HashMap<Box<[u8]>, FamilyId>,
    /// The letters with which domains and the keys of their numbers end.
    ends: Endings,
}

impl Domains {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let domains = catalog.families().flat_map(|family| {
            let id = family.catalog_id();
            family.domains().map(move |domain| (domain.as_bytes().into(), id))
        });
        let families: HashMap<Box<[u8]>, FamilyId> = domains.collect();
        let mut ends = Endings::default();
        ["domain", "code", "integer", "error"]
            .iter()
            .for_each(|end| ends.add(end.as_bytes(), false));
        for letters in families.keys().map(|domain| Letters::before(domain)) {
            if !ends.have_end_of(&letters) {
                ends.add(letters.run(), false);
            }
        }
        Self { families, ends }
    }

    /// Whether the letters nearest before a number may be those of a domain or of a key.
    pub(super) fn may_be_led(&self, letters: &Letters<'_>) -> bool {
        self.ends.have_end_of(letters)
    }

    /// `Domain=X Code=1`, `<X:1>`, `X 1`, and the keys of a plist or JSON in either order.
    pub(super) fn find(
        &self,
        catalog: &Catalog,
        token: &Token<'_>,
        letters: &Letters<'_>,
    ) -> Option<Occurrence> {
        if self.families.is_empty() || !self.may_be_led(letters) {
            return None;
        }
        let (number, start) = number::signed(token)?;
        let before = &token.text[token.start.saturating_sub(REACH)..start];
        let keyed = is_keyed_code(before);
        let family = self
            .domain_before(before, keyed)
            .or_else(|| if keyed { self.domain_after(token.after()) } else { None })?;
        Some(Occurrence { start, end: token.end, meaning: meaning(catalog, family, number) })
    }

    /// The nearest domain before a number: right before it, with at most `Code` in between, or, if
    /// the number is a dictionary's `ErrorCode`, the dictionary's `ErrorDomain`.
    fn domain_before(&self, before: &[u8], keyed: bool) -> Option<FamilyId> {
        let mut end = before.len();
        let mut neighbour = true;
        while let Some(word) = last_name(&before[..end]) {
            let gap = &before[word.end..end];
            if gap.iter().any(|byte| matches!(byte, b'{' | b'}' | b';'))
                || &before[word.clone()] == b"dict"
            {
                return None;
            }
            if let Some(&family) = self.families.get(&before[word.clone()]) {
                let named = || {
                    last_name(&before[..word.start]).is_some_and(|key| {
                        let key = &before[key];
                        ends_with_ignoring_case(key, b"domain") || key == b"string"
                    })
                };
                return (neighbour || keyed && named()).then_some(family);
            }
            neighbour &= is_one_of(&before[word.clone()], &["code", "error", "errorcode"]);
            if !neighbour && !keyed {
                return None;
            }
            end = word.start;
            if !neighbour && !mentions_domain(&before[..end]) {
                return None;
            }
        }
        None
    }

    /// The domain given by a key after a number in the same dictionary.
    fn domain_after(&self, after: &[u8]) -> Option<FamilyId> {
        if !mentions_domain(after) {
            return None;
        }
        let ends = after.iter().position(|byte| matches!(byte, b'{' | b'}'));
        let mut rest = &after[..ends.unwrap_or(after.len())];
        let mut named = false;
        while let Some(start) = rest.iter().position(|&byte| is_name(byte)) {
            let len = rest[start..].iter().take_while(|&&byte| is_name(byte)).count();
            let word = &rest[start..start + len];
            if word == b"dict" {
                return None;
            }
            if let (true, Some(&family)) = (named, self.families.get(word)) {
                return Some(family);
            }
            named |= ends_with_ignoring_case(word, b"domain");
            rest = &rest[start + len..];
        }
        None
    }
}

/// Whether a text may contain a key such as `ErrorDomain`: one search instead of a check of every
/// word.
fn mentions_domain(text: &[u8]) -> bool {
    ["omain", "OMAIN"].iter().any(|part| memchr::memmem::find(text, part.as_bytes()).is_some())
}

/// Whether the number is the value of a key such as `ErrorCode` in a plist's or JSON's dictionary.
fn is_keyed_code(before: &[u8]) -> bool {
    let Some(mut key) = last_name(before) else { return false };
    // <key>ErrorCode</key><integer>
    let mut is_in_plist = false;
    for tag in ["integer", "key"] {
        if &before[key.clone()] == tag.as_bytes() {
            let Some(outer) = last_name(&before[..key.start]) else { return false };
            key = outer;
            is_in_plist = true;
        }
    }
    let key = &before[key];
    ends_with_ignoring_case(key, b"errorcode") || is_in_plist && key == b"Code"
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}

fn is_name(byte: u8) -> bool {
    super::is_word(byte) || byte == b'.'
}

fn last_name(text: &[u8]) -> Option<std::ops::Range<usize>> {
    let end = text.iter().rposition(|&byte| is_name(byte))? + 1;
    let len = text[..end].iter().rev().take_while(|&&byte| is_name(byte)).count();
    Some(end - len..end)
}
