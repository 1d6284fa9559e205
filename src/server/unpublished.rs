//! The documents whose diagnostics need to be published: the shortest first, so that those of a
//! small document don't wait for those of a thousand logs.

use std::collections::{BTreeSet, HashMap};

use super::uri::Uri;

/// The documents to publish, and those being published: these have to wait.
#[derive(Debug, Default)]
pub(super) struct Unpublished {
    waiting: BTreeSet<(usize, Uri)>,
    /// The number of bytes with which each is in `waiting`.
    bytes: HashMap<Uri, usize>,
    /// Those being published; with their new number of bytes if they have changed since.
    publishing: HashMap<Uri, Option<usize>>,
}

impl Unpublished {
    /// Adds a document of `bytes` bytes, or gives it its new place.
    pub(super) fn add(&mut self, uri: Uri, bytes: usize) {
        if let Some(again) = self.publishing.get_mut(&uri) {
            *again = Some(bytes);
            return;
        }
        self.remove(&uri);
        self.bytes.insert(uri.clone(), bytes);
        self.waiting.insert((bytes, uri));
    }

    /// Whether a document can be published now.
    pub(super) fn has_next(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes the shortest document; until [`done`](Self::done), it isn't taken again.
    pub(super) fn next(&mut self) -> Option<Uri> {
        let (_, uri) = self.waiting.pop_first()?;
        self.bytes.remove(&uri);
        self.publishing.insert(uri.clone(), None);
        Some(uri)
    }

    /// Ends what [`next`](Self::next) started.
    pub(super) fn done(&mut self, uri: &Uri) {
        if let Some(Some(bytes)) = self.publishing.remove(uri) {
            self.add(uri.clone(), bytes);
        }
    }

    /// Removes a document that is not to be published yet.
    pub(super) fn remove(&mut self, uri: &Uri) {
        if let Some(again) = self.publishing.get_mut(uri) {
            *again = None;
        }
        if let Some(bytes) = self.bytes.remove(uri) {
            self.waiting.remove(&(bytes, uri.clone()));
        }
    }

    /// Removes a document that is closed or replaced, whether it is being published or not.
    pub(super) fn forget(&mut self, uri: &Uri) {
        self.remove(uri);
        self.publishing.remove(uri);
    }

    /// Removes all that wait.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.bytes.clear();
        self.publishing.values_mut().for_each(|again| *again = None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(name: &str) -> Uri {
        Uri::parse(name).unwrap()
    }

    #[test]
    fn the_shortest_is_published_first_and_each_once() {
        let mut unpublished = Unpublished::default();
        for (name, bytes) in [("a:long", 300), ("a:short", 5), ("a:grown", 1), ("a:grown", 9)] {
            unpublished.add(uri(name), bytes);
        }
        let order: Vec<_> = std::iter::from_fn(|| unpublished.next()).collect();
        assert_eq!(order, [uri("a:short"), uri("a:grown"), uri("a:long")]);
    }

    #[test]
    fn what_changes_while_it_is_published_is_published_again_afterward() {
        let mut unpublished = Unpublished::default();
        unpublished.add(uri("a:a"), 1);
        assert_eq!(unpublished.next(), Some(uri("a:a")));
        unpublished.add(uri("a:a"), 2);
        assert!(!unpublished.has_next());
        unpublished.done(&uri("a:a"));
        assert_eq!(unpublished.next(), Some(uri("a:a")));
        unpublished.done(&uri("a:a"));
        assert!(!unpublished.has_next());
    }

    #[test]
    fn a_closed_document_is_not_published() {
        let mut unpublished = Unpublished::default();
        unpublished.add(uri("a:a"), 1);
        unpublished.next();
        unpublished.add(uri("a:a"), 1);
        unpublished.forget(&uri("a:a"));
        unpublished.done(&uri("a:a"));
        assert!(!unpublished.has_next());
    }
}
