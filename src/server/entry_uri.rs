//! URIs of catalog entries, such as `hexplain:/syncml/404.md`: sent for a client to show, and
//! read when it requests the text with `hexplain/document`.
//!
//! The path consists of the family's id and the entry's number, range, code, name or first phrase;
//! with the ending, editors show Markdown.

use std::fmt::Write as _;

use super::uri::Uri;
use crate::catalog::{Catalog, Entry};

pub(super) fn uri_of(catalog: &Catalog, entry: &Entry<'_>) -> Uri {
    let family = catalog.family(entry.family()).id();
    let written =
        format!("hexplain:/{}/{}.md", encoded(family), encoded(&own_part(catalog, entry)));
    Uri::parse(&written).expect("it begins with a scheme")
}

/// The entry that a URI names.
pub(super) fn entry_at<'c>(catalog: &'c Catalog, uri: &Uri) -> Option<Entry<'c>> {
    // Clients rewrite URIs: `hexplain:///syncml/404.md`, `%2E` for a dot.
    let (_, path) = uri.as_str().split_once(':')?;
    let path = decoded(path.split(['?', '#']).next()?)?;
    let (family, entry) = path.trim_start_matches('/').split_once('/')?;
    let family = catalog.family_by_id(family)?.catalog_id();
    let wanted = entry.strip_suffix(".md")?;
    let of_family = catalog.entries().filter(|entry| entry.family() == family);
    of_family.into_iter().find(|entry| own_part(catalog, entry) == wanted)
}

/// The part of the path that identifies an entry within its family.
fn own_part(catalog: &Catalog, entry: &Entry<'_>) -> String {
    entry
        .numbers()
        .or_else(|| catalog.code_of(entry).map(|code| code.to_string()))
        .or_else(|| Some(entry.name().to_owned()).filter(|name| !name.is_empty()))
        .or_else(|| entry.phrases().next().map(str::to_owned))
        .unwrap_or_default()
}

/// A path segment with all but unreserved characters percent-encoded (RFC 3986, 2.3).
fn encoded(part: &str) -> String {
    part.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes all");
        }
        encoded
    })
}

fn decoded(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::catalog::Layer;
    use crate::code::Code;

    #[test]
    fn a_uri_is_readable() {
        let catalog = Catalog::builtin();
        let uri = |entry: &Entry<'_>| uri_of(&catalog, entry).to_string();
        let syncml = catalog.family_by_id("syncml").unwrap().catalog_id();
        assert_eq!(uri(&catalog.by_number(syncml, 404).unwrap()), "hexplain:/syncml/404.md");
        let denied = catalog.by_code(Code(0x8007_0005));
        assert!(
            denied.iter().any(
                |entry| uri(entry).ends_with("/0x80070005.md") || uri(entry).ends_with("/5.md")
            )
        );
    }

    #[test]
    fn what_was_written_is_read() {
        let file = "[family]\nid = \"team\"\ntitle = \"Team\"\n\
            [[entry]]\nnumber = -3\nseverity = \"error\"\nmessage = \"x\"\n\
            [[entry]]\nnumber = \"4..=9\"\nseverity = \"error\"\nmessage = \"x\"\n\
            [[entry]]\nphrases.en = [\"a b\"]\nseverity = \"error\"\nmessage = \"x\"\n\
            [[entry]]\nphrases.en = [\"c\"]\nseverity = \"error\"\nmessage = \"x\"\n\
            [[entry]]\nname = \"É /%?#\"\nseverity = \"error\"\nmessage = \"x\"\n";
        let layer = Layer::parse("team.toml", file).unwrap();
        let catalog = Catalog::builtin().with_layer(&layer);
        // `entry_at` searches all entries; a table of all URIs is faster here.
        let mut by_uri = HashMap::new();
        for entry in catalog.entries() {
            by_uri.entry(uri_of(&catalog, &entry)).or_insert_with(Vec::new).push(entry);
        }
        let shared: Vec<_> = by_uri.iter().filter(|(_, entries)| entries.len() > 1).collect();
        assert!(shared.is_empty(), "{} shared, as {:?}", shared.len(), shared[0].0);
        let few = by_uri.iter().step_by(by_uri.len() / 100);
        let teams = by_uri.iter().filter(|(uri, _)| uri.as_str().contains("/team/"));
        for (uri, entries) in few.chain(teams) {
            let read = entry_at(&catalog, uri).map(|entry| entry.id());
            assert_eq!(read, Some(entries[0].id()), "{uri}");
        }
    }

    #[test]
    fn a_uri_may_come_back_in_another_form() {
        let catalog = Catalog::builtin();
        for written in
            ["hexplain:/syncml/404.md", "hexplain:///syncml/404.md", "hexplain:/syncml%2F404%2Emd"]
        {
            let read = entry_at(&catalog, &Uri::parse(written).unwrap());
            assert_eq!(read.and_then(|entry| entry.number()), Some(404), "{written}");
        }
        for written in
            ["hexplain:", "hexplain:/syncml", "hexplain:/no/1.md", "hexplain:/a/%", "x:y"]
        {
            assert!(entry_at(&catalog, &Uri::parse(written).unwrap()).is_none(), "{written}");
        }
    }
}
