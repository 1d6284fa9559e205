//! A strict reader of HTML: stricter than browsers, which repair what is wrong.

use std::collections::HashMap;

/// An element's start.
#[derive(Debug)]
pub(super) struct Element<'t> {
    pub(super) name: &'t str,
    /// The values as written.
    pub(super) attributes: HashMap<&'t str, &'t str>,
}

impl Element<'_> {
    /// The value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.attributes.get(name).map(|value| unescaped(value))
    }
}

/// The elements without an end.
const VOID: [&str; 7] = ["meta", "link", "img", "input", "br", "hr", "wbr"];

/// The elements that can't be within a paragraph; a browser would end it.
const BLOCKS: [&str; 15] = [
    "p", "div", "ul", "ol", "dl", "table", "pre", "section", "article", "nav", "form", "h1", "h2",
    "h3", "header",
];

/// All elements of a page, in order.
pub(super) fn elements(text: &str) -> Result<Vec<Element<'_>>, String> {
    let mut rest = text.strip_prefix("<!doctype html>").ok_or("no doctype")?;
    let mut elements = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    loop {
        let (content, tag) = rest.split_once('<').unwrap_or((rest, ""));
        check_text(content, &open)?;
        if tag.is_empty() {
            break;
        }
        let (tag, after) =
            split_tag(tag).ok_or_else(|| format!("a tag has no end: <{}", shown(tag)))?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop().unwrap_or("nothing");
            if last != name {
                return Err(format!("</{name}> where {last} is open"));
            }
            continue;
        }
        let element = element(tag)?;
        let is_in_paragraph = open.iter().any(|name| matches!(*name, "p" | "h1" | "h2" | "h3"));
        if is_in_paragraph && BLOCKS.contains(&element.name) {
            return Err(format!("<{}> in a paragraph or heading", element.name));
        }
        if element.name == "a" && open.contains(&"a") {
            return Err("a link in a link".to_owned());
        }
        if !VOID.contains(&element.name) {
            open.push(element.name);
        }
        elements.push(element);
    }
    if open.is_empty() { Ok(elements) } else { Err(format!("not closed: {open:?}")) }
}

/// The content of a tag and what follows it; a `>` in an attribute's value doesn't end it.
fn split_tag(tag: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let end = tag.find(|c| {
        is_quoted ^= c == '"';
        c == '>' && !is_quoted
    })?;
    Some((&tag[..end], &tag[end + 1..]))
}

/// The element of a start tag, whose attributes are all quoted or without a value.
fn element(tag: &str) -> Result<Element<'_>, String> {
    let tag = tag.trim_end_matches('/').trim_end();
    let (name, mut rest) = tag.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((tag, ""));
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return Err(format!("<{}> is no element", shown(tag)));
    }
    let mut attributes = HashMap::new();
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let value = match after.strip_prefix("=\"") {
            Some(value) => value.split_once('"').ok_or_else(|| format!("{key}: no quote"))?,
            None if after.starts_with('=') => return Err(format!("{key} is not quoted")),
            None => ("", after),
        };
        check_references(value.0)?;
        if attributes.insert(key, value.0).is_some() {
            return Err(format!("<{name}> has two attributes {key}"));
        }
        rest = value.1;
    }
    Ok(Element { name, attributes })
}

fn check_text(text: &str, open: &[&str]) -> Result<(), String> {
    if text.contains('>') {
        return Err(format!("a bare > in {}", shown(text)));
    }
    let is_list =
        matches!(open.last(), Some(&("ul" | "ol" | "dl" | "table" | "tr" | "tbody" | "thead")));
    if is_list && !text.trim().is_empty() {
        return Err(format!("text in a list or table: {}", shown(text)));
    }
    check_references(text)
}

/// Each `&` begins one of the references that we write.
fn check_references(text: &str) -> Result<(), String> {
    for (at, _) in text.match_indices('&') {
        let known = ["amp;", "lt;", "gt;", "quot;", "nbsp;"];
        if !known.iter().any(|name| text[at + 1..].starts_with(name)) {
            return Err(format!("a bare & in {}", shown(text)));
        }
    }
    if text.contains(|c: char| c.is_control() && c != '\n') {
        return Err(format!("a control character in {text:?}"));
    }
    Ok(())
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_would_repair_is_a_mistake() {
        for (body, problem) in [
            ("<p>x</p><br><img src=\"a\" alt=\"\">", None),
            ("<p title=\"a > b\" hidden>x &amp; y</p>", None),
            ("<p>x", Some("not closed: [\"p\"]")),
            ("<p>x</div>", Some("</div> where p is open")),
            ("<p><ul></ul></p>", Some("<ul> in a paragraph or heading")),
            ("<p id=a>x</p>", Some("id is not quoted")),
            ("<p>a & b</p>", Some("a bare & in a & b")),
            ("<p>a > b</p>", Some("a bare > in a > b")),
            ("<p>a < b</p>", Some("a tag has no end: < b</p>")),
            ("<ul>x</ul>", Some("text in a list or table: x")),
            ("<a href=\"x\"><a href=\"y\">z</a></a>", Some("a link in a link")),
        ] {
            let result = elements(&format!("<!doctype html>{body}")).map(|_| ());
            let problem = problem.map(|problem: &str| problem.to_owned());
            if body == "<p>a < b</p>" {
                assert!(result.is_err());
            } else {
                assert_eq!(result.err(), problem, "{body}");
            }
        }
    }
}
