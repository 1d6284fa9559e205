//! Codes and names in the order in which they are offered, made one by one: the first two
//! hundred cost the same in a catalog of any size.

use std::cmp::Reverse;
use std::iter::Peekable;
use std::ops::RangeInclusive;

use super::{Catalog, Entry};
use crate::code::Code;

impl Catalog {
    /// The codes within `codes` that entries are written with, from the lowest, each once.
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

    /// The same from the highest.
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

    /// The first entry, in the order of [`Catalog::entries`], that is written with `code`.
    pub(crate) fn first_written_as(&self, code: Code) -> Option<Entry<'_>> {
        self.layers.iter().enumerate().find_map(|(layer, of_layer)| {
            let mut entries = of_layer.table.by_code(code);
            let index = entries.find(|&index| self.is_written_as(layer, index, code))?;
            self.entry(layer, index)
        })
    }

    /// The names and aliases that begin with `prefix`, case aside, each once, in the order of what
    /// is written; each with its first entry, the last layer's.
    pub(crate) fn names_in_order<'c>(
        &'c self,
        prefix: &str,
    ) -> impl Iterator<Item = (&'c str, Entry<'c>)> {
        let layers = self.layers.iter().enumerate().rev().map(|(layer, of_layer)| {
            let names = of_layer.table.names_in_order(prefix);
            names.filter_map(move |(name, index)| Some((name, self.entry(layer, index)?)))
        });
        each_key_once(merged(layers.collect()))
    }
}

/// The items of sorted iterators in order; of equal ones, the first iterator's first.
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
