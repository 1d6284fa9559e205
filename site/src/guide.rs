//! The pages of the guide: Markdown in `guide/LANGUAGE`, with lines that include parts of the
//! repository.
//!
//! | Line | Includes |
//! |---|---|
//! | `{{ settings }}` | the table of settings |
//! | `{{ commands }}` | the table of VS Code's commands |
//! | `{{ section PATH HEADING }}` | a section of a Markdown file |
//! | `{{ fence N PATH HEADING }}` | the Nth code block of a section |
//! | `{{ file LANGUAGE PATH }}` | a file as a code block |
//!
//! In a line, `{all}`, `{written}` and `{families}` are the numbers of entries, of written texts and
//! of families.

use std::path::Path;

use hexplain::Locale;
use pulldown_cmark::HeadingLevel;
use serde::Serialize;

use crate::book::Book;
use crate::markdown::{self, Heading, Part};
use crate::output::Output;
use crate::prose::beginning;
use crate::settings::Manifest;
use crate::sources::Sources;
use crate::templates::{Page, Templates};
use crate::words::count;
use crate::{Error, LOCALES, tag};

/// The pages, in the order of the navigation.
pub(crate) const NAMES: [&str; 7] =
    ["install", "settings", "command-line", "readings", "catalog-format", "performance", "privacy"];

/// What the template shows.
#[derive(Serialize)]
pub(crate) struct Guide {
    name: String,
    html: String,
    contents: Vec<(String, String)>,
}

/// Writes all pages of the guide.
pub(crate) fn write(
    book: &Book<'_>,
    templates: &Templates,
    output: &Output,
    source: &Path,
) -> Result<(), Error> {
    let sources = Sources::new(source);
    for locale in LOCALES {
        for name in NAMES {
            write_page(name, locale, book, templates, output, &sources)?;
        }
    }
    Ok(())
}

/// Writes one page from the Markdown file of its name.
pub(crate) fn write_page(
    name: &str,
    locale: Locale,
    book: &Book<'_>,
    templates: &Templates,
    output: &Output,
    sources: &Sources,
) -> Result<(), Error> {
    let file = format!("site/guide/{}/{name}.md", tag(locale));
    let in_file = |error: Error| Error::new(format!("{file}: {error}"));
    let mut text = sources.text(&file)?;
    for (key, number) in book.numbers() {
        text = text.replace(&format!("{{{key}}}"), &count(number, locale));
    }
    let parts = parts(&text, sources, templates, locale).map_err(in_file)?;
    let headings = markdown::headings(&parts);
    let table = templates.words.get(locale, "table");
    let guide = Guide {
        name: name.to_owned(),
        html: markdown::html(&parts, table).map_err(in_file)?,
        contents: contents(&headings),
    };
    let page = Page {
        path: &format!("{name}.html"),
        title: headings.first().map(|heading| heading.text.clone()).unwrap_or_default(),
        description: beginning(&markdown::first_paragraph(&parts), 200),
        locale,
    };
    templates.write(output, "guide.html", &page, &guide)
}

/// The page's own text and what its lines include.
fn parts(
    text: &str,
    sources: &Sources,
    templates: &Templates,
    locale: Locale,
) -> Result<Vec<Part>, Error> {
    let mut parts = vec![Part { text: String::new(), is_own: true }];
    for line in text.lines() {
        let directive = line.strip_prefix("{{ ").and_then(|line| line.strip_suffix(" }}"));
        if let Some(directive) = directive {
            let text = included(directive, sources, templates, locale)?;
            parts.push(Part { text, is_own: false });
            parts.push(Part { text: String::new(), is_own: true });
        } else if let Some(part) = parts.last_mut() {
            part.text.extend([line, "\n"]);
        }
    }
    Ok(parts)
}

fn included(
    directive: &str,
    sources: &Sources,
    templates: &Templates,
    locale: Locale,
) -> Result<String, Error> {
    let unknown = || Error::new(format!("unknown: {{{{ {directive} }}}}"));
    let (kind, rest) = directive.split_once(' ').unwrap_or((directive, ""));
    match kind {
        "settings" => Manifest::read(sources, &templates.words, locale)?.settings(),
        "commands" => Manifest::read(sources, &templates.words, locale)?.commands(),
        "section" => {
            let (path, heading) = rest.split_once(' ').ok_or_else(unknown)?;
            sources.section(path, heading)
        }
        "fence" => {
            let [number, path, heading] =
                rest.splitn(3, ' ').collect::<Vec<_>>().try_into().map_err(|_| unknown())?;
            sources.fence(path, heading, number.parse().map_err(|_| unknown())?)
        }
        "file" => {
            let (language, path) = rest.split_once(' ').ok_or_else(unknown)?;
            sources.file(path, language)
        }
        _ => Err(unknown()),
    }
}

/// The headings of the second level, if there are several.
fn contents(headings: &[Heading]) -> Vec<(String, String)> {
    let second = headings.iter().filter(|heading| heading.level == HeadingLevel::H2);
    let contents: Vec<_> = second.map(|h| (h.id.clone(), h.text.clone())).collect();
    if contents.len() < 3 { Vec::new() } else { contents }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells of a page's tables that begin with some markup.
    fn cells(begin: &str, name: &str, locale: Locale) -> Vec<String> {
        let sources = Sources::new(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")));
        let text = sources.text(&format!("site/guide/{}/{name}.md", tag(locale))).unwrap();
        let templates = Templates::new().unwrap();
        let html =
            markdown::html(&parts(&text, &sources, &templates, locale).unwrap(), "").unwrap();
        let cells = html.split(begin).skip(1).filter_map(|rest| rest.split_once("</td>"));
        cells.map(|(cell, _)| cell.to_owned()).collect()
    }

    #[test]
    fn both_languages_describe_the_same_keys_and_commands() {
        for name in ["settings", "command-line", "catalog-format"] {
            let keys = |locale| {
                let is_key = |cell: &String| cell.starts_with("<code>");
                let first = cells("<tr><td>", name, locale).into_iter();
                first.filter(is_key).collect::<Vec<_>>()
            };
            assert!(!keys(Locale::En).is_empty(), "{name}");
            assert_eq!(keys(Locale::En), keys(Locale::Fr), "{name}");
        }
    }

    #[test]
    fn the_figures_are_those_of_the_benchmarks() {
        let is_figure = |cell: &String| cell.starts_with(|c: char| c.is_ascii_digit());
        let figures = |locale| cells("<td>", "performance", locale).into_iter().filter(is_figure);
        let english: Vec<String> = figures(Locale::En).collect();
        let french = figures(Locale::Fr).map(|cell| cell.replace(',', ".").replace("Mo", "MB"));
        assert_eq!(english, french.collect::<Vec<_>>());
        let benchmarks = include_str!("../../benches/README.md");
        for figure in english {
            let number = figure.split(' ').next().unwrap_or_default();
            assert!(benchmarks.contains(number), "{figure}");
        }
    }
}
