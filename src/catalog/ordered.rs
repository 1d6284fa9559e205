//! Codes and names in the order in which they are offered, produced one at a time: the first two
//! hundred cost the same in a catalog of any size.

use std::cmp::Reverse;
use std::iter::Peekable;
use std::ops::RangeInclusive;

use super::{Catalog, Entry};
use crate::code::Code;

impl Catalog {
    /// The distinct codes in `codes` that entries are written with, in ascending order.
    pub(crate) fn rising_codes(
        &self,
        codes: RangeInclusive<u32>,
    ) -> impl Iterator<Item = Code> + '_ {
        let layers = self.layers.iter().enumerate().map(|(layer, of_layer)| {
            let codes = of_layer.table.codes(codes.clone());
            codes.filter(move |(code, index)| self.is_written_as(layer, *index, *code))
        });
        each_key_once(merged(layers.collect())).map(|(code, _)| code)
    }

    /// The same in descending order.
    pub(crate) fn falling_codes(
        &self,
        codes: RangeInclusive<u32>,
    ) -> impl Iterator<Item = Code> + '_ {
        let layers = self.layers.iter().enumerate().map(|(layer, of_layer)| {
            let codes = of_layer.table.codes(codes.clone()).rev();
            codes
                .filter(move |(code, index)| self.is_written_as(layer, *index, *code))
                .map(|(code, index)| (Reverse(code), index))
        });
        each_key_once(merged(layers.collect())).map(|(Reverse(code), _)| code)
    }

    fn is_written_as(&self, layer: usize, index: u32, code: Code) -> bool {
        let of_layer = &self.layers[layer];
        let family = of_layer.family(of_layer.table.family_of(index));
        self.code_at(family, of_layer.table.place_of(index)) == Some(code)
            && self.counts(layer, index)
    }

    /// The first entry, in the order of [`Catalog::entries`], whose code is `code`.
    pub(crate) fn first_written_as(&self, code: Code) -> Option<Entry<'_>> {
        self.layers.iter().enumerate().find_map(|(layer, of_layer)| {
            let mut entries = of_layer.table.by_code(code);
            let index = entries.find(|&index| self.is_written_as(layer, index, code))?;
            self.entry(layer, index)
        })
    }

    /// The distinct names and aliases that begin with `prefix`, ignoring case, in the order as
    /// written; each with its first entry, which is the last layer's. Without the names that a
    /// family shares with other programs.
    pub(crate) fn names_in_order<'c>(
        &'c self,
        prefix: &str,
    ) -> impl Iterator<Item = (&'c str, Entry<'c>)> {
        let layers = self.layers.iter().enumerate().rev().map(|(layer, of_layer)| {
            let names = of_layer.table.names_in_order(prefix);
            let entries =
                names.filter_map(move |(name, index)| Some((name, self.entry(layer, index)?)));
            entries.filter(|(name, entry)| !self.family(entry.family()).is_common(name))
        });
        each_key_once(merged(layers.collect()))
    }
}

/// Merges sorted iterators; equal items come in the order of their iterators.
fn merged<K: Ord, V>(iterators: Vec<impl Iterator<Item = (K, V)>>) -> impl Iterator<Item = (K, V)> {
    let mut iterators: Vec<Peekable<_>> = iterators.into_iter().map(Iterator::peekable).collect();
    std::iter::from_fn(move || {
        let mut least: Option<(usize, &K)> = None;
        for (i, iterator) in iterators.iter_mut().enumerate() {
            if let Some((key, _)) = iterator.peek()
                && least.is_none_or(|(_, other)| key < other)
            {
                least = Some((i, key));
            }
        }
        let (first, _) = least?;
        iterators[first].next()
    })
}

/// The first of each run of items with the same key.
fn each_key_once<K: PartialEq + Copy, V>(
    items: impl Iterator<Item = (K, V)>,
) -> impl Iterator<Item = (K, V)> {
    let mut last = None;
    items.filter(move |(key, _)| last.replace(*key) != Some(*key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Layer;

    const BELOW: &str = r#"
        [family]
        id = "team"
        title = "Team"
        base = 100
        wrapped = [{ base = 0xE0000000 }]

        [[entry]]
        number = 5
        name = "TEAM_A"
        severity = "error"
        message = "five"

        [[entry]]
        number = 7
        name = "team_c"
        severity = "error"
        message = "seven"
    "#;

    /// Replaces an entry and adds one between the others.
    const ABOVE: &str = r#"
        [family]
        id = "team"

        [[entry]]
        number = 7
        name = "team_c"
        severity = "error"
        message = "another seven"

        [[entry]]
        number = 6
        name = "TEAM_A"
        severity = "error"
        message = "six"
    "#;

    fn catalog() -> Catalog {
        let layers = [BELOW, ABOVE].map(|text| Layer::parse("team.toml", text).unwrap());
        layers.iter().fold(Catalog::default(), Catalog::with_layer)
    }

    fn values(codes: impl Iterator<Item = Code>) -> Vec<u32> {
        codes.map(|code| code.0).collect()
    }

    #[test]
    fn codes_are_offered_in_order_each_once_whatever_their_layer() {
        let catalog = catalog();
        assert_eq!(values(catalog.rising_codes(0..=u32::MAX)), [105, 106, 107]);
        assert_eq!(values(catalog.falling_codes(0..=u32::MAX)), [107, 106, 105]);
        assert_eq!(values(catalog.rising_codes(105..=106)), [105, 106]);
        assert_eq!(values(catalog.falling_codes(106..=107)), [107, 106]);
    }

    #[test]
    fn a_wrapped_code_is_known_but_not_offered() {
        let catalog = catalog();
        let wrapped = Code(0xE000_0005);
        assert!(catalog.knows_code(wrapped));
        assert_eq!(values(catalog.rising_codes(wrapped.0..=u32::MAX)), [0; 0]);
        assert!(catalog.first_written_as(wrapped).is_none());
    }

    #[test]
    fn a_code_is_offered_with_the_entry_that_counts() {
        let catalog = catalog();
        let message = |code| catalog.first_written_as(Code(code)).map(|entry| entry.message().en);
        assert_eq!(message(105), Some("five"));
        assert_eq!(message(107), Some("another seven"));
        assert_eq!(message(108), None);
    }

    #[test]
    fn a_name_is_offered_once_with_the_entry_of_the_last_layer() {
        let catalog = catalog();
        let names = |prefix| -> Vec<_> {
            let names = catalog.names_in_order(prefix);
            names.map(|(name, entry)| (name, entry.message().en)).collect()
        };
        assert_eq!(names("Team_"), [("TEAM_A", "six"), ("team_c", "another seven")]);
        assert_eq!(names("team_c"), [("team_c", "another seven")]);
        assert_eq!(names("teams"), []);
    }

    #[test]
    fn of_equal_keys_the_first_iterator_comes_first() {
        let iterators = [vec![(1, 'a'), (3, 'b')], vec![(1, 'c'), (2, 'd')]];
        let items: Vec<_> = merged(iterators.map(Vec::into_iter).into()).collect();
        assert_eq!(items, [(1, 'a'), (1, 'c'), (2, 'd'), (3, 'b')]);
        let once: Vec<_> = each_key_once(items.into_iter()).collect();
        assert_eq!(once, [(1, 'a'), (2, 'd'), (3, 'b')]);
    }
}
