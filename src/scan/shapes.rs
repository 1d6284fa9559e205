//! The shapes of some names: their lengths, first bytes and last bytes. Most words have none of
//! them, which costs less to see than the letters before a word.

/// A set of shapes.
#[derive(Debug)]
pub(super) struct Shapes {
    /// For each byte, as bits, the lengths of the names that begin with it, and of those that end
    /// with it.
    first: [u32; 256],
    last: [u32; 256],
}

impl Default for Shapes {
    fn default() -> Self {
        Self { first: [0; 256], last: [0; 256] }
    }
}

impl Shapes {
    pub(super) fn add(&mut self, name: &[u8]) {
        if let (Some(&first), Some(&last)) = (name.first(), name.last()) {
            self.first[usize::from(first)] |= length(name);
            self.last[usize::from(last)] |= length(name);
        }
    }

    /// Returns false only if the word is certainly not one of the names.
    pub(super) fn may_be(&self, word: &[u8]) -> bool {
        let (Some(&first), Some(&last)) = (word.first(), word.last()) else { return false };
        self.first[usize::from(first)] & self.last[usize::from(last)] & length(word) != 0
    }
}

/// A length as a bit; 32 and more bytes share bits with fewer.
fn length(word: &[u8]) -> u32 {
    1 << (word.len() % 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_its_shape_and_most_words_have_another() {
        let mut shapes = Shapes::default();
        let names = ["42P01", "SEGV", "DEADLINE_EXCEEDED", &"x".repeat(40)];
        names.iter().for_each(|name| shapes.add(name.as_bytes()));
        assert!(names.iter().all(|name| shapes.may_be(name.as_bytes())));
        assert!(
            ["Step", "SEG", "app", "42", ""].iter().all(|word| !shapes.may_be(word.as_bytes()))
        );
    }
}
