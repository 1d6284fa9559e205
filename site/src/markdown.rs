//! Markdown of the guide as HTML: headings with anchors, tables that scroll, links within the site.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::prose::escape;
use crate::{Error, guide};

/// The pages outside of the guide to which it links.
const PAGES: [&str; 2] = ["families.html", "search.html"];

/// A part of a page: its own Markdown, or what it includes from the repository.
pub(crate) struct Part {
    pub(crate) text: String,
    pub(crate) is_own: bool,
}

/// A heading of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) level: HeadingLevel,
    pub(crate) id: String,
    pub(crate) text: String,
}

/// Renders the parts as one page, without its title. `table` is what screen readers call a table.
pub(crate) fn html(parts: &[Part], table: &str) -> Result<String, Error> {
    let headings = headings(parts);
    let mut page =
        Page { headings: &headings, next: 0, is_in_title: false, link_ends: Vec::new(), table };
    let mut written = String::new();
    for part in parts {
        let mut events = Vec::new();
        for event in parse(&part.text) {
            page.event(event, part.is_own, &mut events)?;
        }
        html::push_html(&mut written, events.into_iter());
    }
    Ok(written)
}

fn parse(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// All headings, each with an anchor of its own.
pub(crate) fn headings(parts: &[Part]) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let mut open: Option<Heading> = None;
    for event in parts.iter().flat_map(|part| parse(&part.text)) {
        match (event, &mut open) {
            (Event::Start(Tag::Heading { level, .. }), _) => {
                open = Some(Heading { level, id: String::new(), text: String::new() });
            }
            (Event::Text(text) | Event::Code(text), Some(heading)) => heading.text += &text,
            (Event::End(TagEnd::Heading(_)), _) => {
                let Some(mut heading) = open.take() else { continue };
                let slug = slug(&heading.text);
                let count = headings.iter().filter(|other| other.id.starts_with(&slug)).count();
                heading.id = if count == 0 { slug } else { format!("{slug}-{count}") };
                headings.push(heading);
            }
            _ => {}
        }
    }
    headings
}

/// The text of the first paragraph.
pub(crate) fn first_paragraph(parts: &[Part]) -> String {
    let events = parts.iter().flat_map(|part| parse(&part.text));
    let paragraph = events.skip_while(|event| *event != Event::Start(Tag::Paragraph));
    let texts = paragraph.take_while(|event| *event != Event::End(TagEnd::Paragraph));
    texts.fold(String::new(), |all, event| match event {
        Event::Text(text) | Event::Code(text) => all + &text,
        Event::SoftBreak | Event::HardBreak => all + " ",
        _ => all,
    })
}

/// A heading's text as an anchor, as GitHub makes it.
fn slug(text: &str) -> String {
    let kept = text.to_lowercase().replace(char::is_whitespace, "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// What is known while the events of a page are read in order.
struct Page<'h> {
    headings: &'h [Heading],
    /// The number of headings before.
    next: usize,
    is_in_title: bool,
    /// The ends of the links that are open.
    link_ends: Vec<&'static str>,
    table: &'h str,
}

impl Page<'_> {
    /// Adds the events that take the place of one of the parser's.
    fn event<'e>(
        &mut self,
        event: Event<'e>,
        is_own: bool,
        events: &mut Vec<Event<'e>>,
    ) -> Result<(), Error> {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let id = &self.headings[self.next].id;
                self.next += 1;
                self.is_in_title = level == HeadingLevel::H1;
                if !self.is_in_title {
                    events.push(markup(format!("<{level} id=\"{id}\">")));
                }
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => self.is_in_title = false,
            _ if self.is_in_title => {}
            Event::Start(Tag::Link { dest_url, .. }) => events.push(self.link(&dest_url, is_own)?),
            Event::End(TagEnd::Link) => {
                events.push(markup(self.link_ends.pop().unwrap_or_default()));
            }
            Event::Start(Tag::Table(_)) => {
                let label = escape(self.table);
                events.push(markup(format!(
                    "<div class=\"wide\" role=\"group\" aria-label=\"{label}\" tabindex=\"0\">"
                )));
                events.push(event);
            }
            Event::End(TagEnd::Table) => events.extend([event, markup("</div>\n")]),
            Event::Start(Tag::CodeBlock(_)) => events.push(markup("<pre tabindex=\"0\"><code>")),
            Event::End(TagEnd::CodeBlock) => events.push(markup("</code></pre>\n")),
            other => events.push(other),
        }
        Ok(())
    }

    /// The start of a link. What the guide includes may link to files that are not in the site:
    /// only the text of such links is shown.
    fn link(&mut self, url: &str, is_own: bool) -> Result<Event<'static>, Error> {
        let destination = self.destination(url);
        if destination.is_none() && is_own {
            return Err(Error::new(format!("the guide has no page {url}")));
        }
        let (start, end) = match destination {
            Some(url) => (format!("<a href=\"{}\">", escape(&url)), "</a>"),
            None => ("<span>".to_owned(), "</span>"),
        };
        self.link_ends.push(end);
        Ok(markup(start))
    }

    /// Where a link leads: to the web, a page of the site, or a heading of this page.
    fn destination(&self, url: &str) -> Option<String> {
        if url.starts_with("https://") || PAGES.contains(&url) {
            return Some(url.to_owned());
        }
        if let Some(anchor) = url.strip_prefix('#') {
            return self.headings.iter().any(|h| h.id == anchor).then(|| url.to_owned());
        }
        let (file, anchor) = url.split_once('#').unwrap_or((url, ""));
        let name = file.strip_suffix(".md").filter(|name| guide::NAMES.contains(name))?;
        let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
        Some(format!("{name}.html{anchor}"))
    }
}

fn markup(html: impl Into<CowStr<'static>>) -> Event<'static> {
    Event::Html(html.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str, is_own: bool) -> Result<String, Error> {
        html(&[Part { text: text.to_owned(), is_own }], "Table")
    }

    #[test]
    fn the_title_is_left_out_and_headings_have_anchors() {
        let html = page("# Title\n\n## What `a` is\n\n## What a is\n", true).unwrap();
        let expected = "<h2 id=\"what-a-is\">What <code>a</code> is</h2>\n<h2 id=\"what-a-is-1\">What a is</h2>\n";
        assert_eq!(html.replace("\n\n", "\n"), expected);
    }

    #[test]
    fn links_lead_to_pages_of_the_site() {
        for (link, expected) in [
            ("settings.md#a", "<a href=\"settings.html#a\">x</a>"),
            ("https://a.example/?b&c", "<a href=\"https://a.example/?b&amp;c\">x</a>"),
            ("families.html", "<a href=\"families.html\">x</a>"),
            ("../words.toml", "<span>x</span>"),
            ("#nowhere", "<span>x</span>"),
        ] {
            let included = page(&format!("[x]({link})"), false).unwrap();
            assert_eq!(included.trim(), format!("<p>{expected}</p>"), "{link}");
        }
        assert!(page("[x](nowhere.md)", true).is_err());
    }

    #[test]
    fn the_first_paragraph_is_plain() {
        let part = Part { text: "# A\n\nB `c`\n*d*.\n\nE".to_owned(), is_own: true };
        assert_eq!(first_paragraph(&[part]), "B c d.");
    }
}
