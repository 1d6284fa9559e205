//! A family's own numbers, and the formulas between them and 32-bit codes.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::code::Code;

/// A family's own number, or an inclusive range of them, written `"400..=499"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NumberRange {
    pub(crate) first: i32,
    pub(crate) last: i32,
}

impl NumberRange {
    pub(crate) const ALL: Self = Self { first: i32::MIN, last: i32::MAX };

    fn all() -> Self {
        Self::ALL
    }

    pub(crate) fn one(number: i32) -> Self {
        Self { first: number, last: number }
    }

    pub(crate) fn contains(self, number: i32) -> bool {
        (self.first..=self.last).contains(&number)
    }

    /// The number, if there is only one.
    pub(crate) fn single(self) -> Option<i32> {
        (self.first == self.last).then_some(self.first)
    }

    /// The number of its numbers, minus one.
    pub(crate) fn width(self) -> u32 {
        self.last.wrapping_sub(self.first) as u32
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.single() {
            Some(number) => write!(f, "{number}"),
            None => write!(f, "{}..={}", self.first, self.last),
        }
    }
}

impl<'de> Deserialize<'de> for NumberRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RangeVisitor;
        impl Visitor<'_> for RangeVisitor {
            type Value = NumberRange;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a number from -2147483648 to 2147483647, or a range such as \"400..=499\" \
                     (a 32-bit code is a `code`)",
                )
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<NumberRange, E> {
                i32::try_from(value)
                    .map(NumberRange::one)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<NumberRange, E> {
                let ends = value.split_once("..=").and_then(|(first, last)| {
                    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
                });
                match ends {
                    Some((first, last)) if first <= last => Ok(NumberRange { first, last }),
                    _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
                }
            }
        }
        deserializer.deserialize_any(RangeVisitor)
    }
}

/// `code = base + number`, for a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Formula {
    #[serde(default = "NumberRange::all")]
    pub(crate) numbers: NumberRange,
    pub(crate) base: u32,
}

impl Formula {
    /// The code of a number.
    pub(crate) fn code(self, number: i32) -> Option<Code> {
        let code = Code(self.base.wrapping_add(number as u32));
        self.numbers.contains(number).then_some(code)
    }

    /// The number of a code.
    pub(crate) fn number(self, code: Code) -> Option<i32> {
        let number = code.0.wrapping_sub(self.base) as i32;
        self.numbers.contains(number).then_some(number)
    }

    /// The codes of `numbers`, as runs from a first to a last code: two if they wrap around 2^32.
    pub(crate) fn codes(self, numbers: NumberRange) -> impl Iterator<Item = (u32, u32)> {
        let first = self.numbers.first.max(numbers.first);
        let last = self.numbers.last.min(numbers.last);
        let from = self.base.wrapping_add(first as u32);
        let to = self.base.wrapping_add(last as u32);
        let runs = match (first <= last, from <= to) {
            (false, _) => [None, None],
            (true, true) => [Some((from, to)), None],
            (true, false) => [Some((from, u32::MAX)), Some((0, to))],
        };
        runs.into_iter().flatten()
    }
}

/// How a family's numbers relate to codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Formulas {
    /// The first one that fits gives the code of a number.
    pub(crate) written: Vec<Formula>,
    /// Formulas for codes that wrap a number: read, never written.
    pub(crate) wrapped: Vec<Formula>,
}

impl Formulas {
    /// All formulas for reading a number from a code.
    pub(crate) fn read(&self) -> impl Iterator<Item = Formula> {
        self.written.iter().chain(&self.wrapped).copied()
    }

    /// The number of a code.
    pub(crate) fn number_of(&self, code: Code) -> Option<i32> {
        let (written, wrapped) = (self.written.iter().copied(), self.wrapped.iter().copied());
        reading(written, wrapped).find_map(|formula| formula.number(code))
    }
}

/// The formulas for reading a code as a number: none if the family only wraps codes, since its
/// codes then have no numbers.
pub(crate) fn reading(
    written: impl Iterator<Item = Formula>,
    wrapped: impl Iterator<Item = Formula>,
) -> impl Iterator<Item = Formula> {
    let mut written = written.peekable();
    let has_numbers = written.peek().is_some();
    written.chain(wrapped.take_while(move |_| has_numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_a_range_are_runs() {
        let formula = |first, last, base| Formula { numbers: NumberRange { first, last }, base };
        for (formula, numbers, runs) in [
            (formula(400, 499, 0x100), (450, 600), vec![(0x100 + 450, 0x100 + 499)]),
            (formula(400, 499, 0x100), (500, 600), vec![]),
            (formula(-2, 2, 0), (-9, 9), vec![(u32::MAX - 1, u32::MAX), (0, 2)]),
            (formula(i32::MIN, i32::MAX, 0), (-1, -1), vec![(u32::MAX, u32::MAX)]),
        ] {
            let numbers = NumberRange { first: numbers.0, last: numbers.1 };
            assert_eq!(formula.codes(numbers).collect::<Vec<_>>(), runs, "{formula:?}");
        }
    }

    #[test]
    fn codes_of_all_numbers_are_all_codes() {
        for base in [0, 1, 0x8000_0000, u32::MAX] {
            let codes = Formula { numbers: NumberRange::ALL, base }.codes(NumberRange::ALL);
            let count: u64 = codes.map(|(from, to)| u64::from(to - from) + 1).sum();
            assert_eq!(count, 1 << 32, "{base}");
        }
    }

    #[test]
    fn a_code_is_read_as_the_number_that_it_was_made_of() {
        let numbers = NumberRange { first: -5, last: 5 };
        let formula = Formula { numbers, base: 0x8000_0000 };
        for number in [-5, 0, 5] {
            let code = formula.code(number).unwrap();
            assert_eq!(formula.number(code), Some(number));
        }
        assert_eq!((formula.code(6), formula.number(Code(0x8000_0006))), (None, None));
    }

    #[test]
    fn a_wrapped_code_has_a_number_only_in_a_family_with_codes_of_its_own() {
        let numbers = NumberRange { first: 1, last: 9 };
        let [own, wrapping] = [100, 200].map(|base| Formula { numbers, base });
        let number_of = |written: &[Formula], code| {
            let formulas = Formulas { written: written.to_vec(), wrapped: vec![wrapping] };
            formulas.number_of(Code(code))
        };
        assert_eq!([number_of(&[own], 107), number_of(&[own], 207)], [Some(7), Some(7)]);
        assert_eq!([number_of(&[own], 110), number_of(&[], 207)], [None, None]);
    }
}
