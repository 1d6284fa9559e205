//! The page of a code with a written text.

use hexplain::Locale;
use hexplain::catalog::Entry;
use hexplain::explain::{Answer, severity_name};
use serde::Serialize;

use crate::book::{Book, Item, Part, label, range};
use crate::output::{Output, for_each};
use crate::prose::{beginning, html};
use crate::templates::{Page, Templates};
use crate::{Error, LOCALES, address};

/// The most nearby codes on each side.
const NEARBY: usize = 4;

/// What the template shows.
#[derive(Serialize)]
struct Code {
    label: String,
    hex: Option<String>,
    signed: Option<i32>,
    unsigned: Option<u32>,
    number: Option<String>,
    numbers: Option<String>,
    name: Option<String>,
    aliases: Vec<String>,
    severity: &'static str,
    class: &'static str,
    message: String,
    remedy: Option<String>,
    notes: Vec<String>,
    links: Vec<Link>,
    family: String,
    alike: Vec<Item>,
    nearby: Vec<Item>,
}

/// A link to another site, labeled with its host, as on hover.
#[derive(Serialize)]
pub(crate) struct Link {
    href: String,
    host: String,
}

impl Link {
    pub(crate) fn new(href: &str) -> Self {
        let rest = href.split_once("://").map_or(href, |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or(rest);
        Self { href: href.to_owned(), host: host.to_owned() }
    }
}

/// Writes all pages of codes.
pub(crate) fn write(book: &Book<'_>, templates: &Templates, output: &Output) -> Result<(), Error> {
    let places: Vec<(&Part<'_>, usize)> = book
        .families
        .iter()
        .flat_map(|part| (0..part.written.len()).map(move |at| (part, at)))
        .collect();
    for_each(&places, |(part, at)| {
        let path = address::of_entry(book.catalog, &part.written[*at]);
        for locale in LOCALES {
            let code = code(book, part, *at, locale);
            let page = Page {
                path: &path,
                title: title(&code),
                description: description(&code, &part.written[*at], locale),
                locale,
            };
            templates.write(output, "code.html", &page, &code)?;
        }
        Ok(())
    })
}

fn code(book: &Book<'_>, part: &Part<'_>, at: usize, locale: Locale) -> Code {
    let entry = &part.written[at];
    let answer = book.answer(entry, locale);
    let severity = entry.severity();
    Code {
        label: label(entry, &answer),
        number: answer.shown_number(),
        numbers: range(entry),
        aliases: entry.aliases().map(str::to_owned).collect(),
        severity: severity_name(severity, locale),
        class: severity_name(severity, Locale::En),
        alike: alike(book, entry, locale),
        nearby: nearby(book, part, at, locale),
        notes: answer.notes.iter().map(html).collect(),
        links: answer.links.iter().map(|link| Link::new(link)).collect(),
        remedy: answer.remedy.as_ref().map(html),
        ..Code::from(answer)
    }
}

impl From<Answer> for Code {
    /// What an answer has as the template shows it; the rest is empty.
    fn from(answer: Answer) -> Self {
        Self {
            label: String::new(),
            hex: answer.hex,
            signed: answer.signed,
            unsigned: answer.unsigned,
            number: None,
            numbers: None,
            name: answer.name,
            aliases: Vec::new(),
            severity: "",
            class: "",
            message: answer.message,
            remedy: None,
            notes: Vec::new(),
            links: Vec::new(),
            family: answer.title,
            alike: Vec::new(),
            nearby: Vec::new(),
        }
    }
}

/// The entries with a written text that other families have for the code.
fn alike(book: &Book<'_>, entry: &Entry<'_>, locale: Locale) -> Vec<Item> {
    let Some(code) = book.catalog.code_of(entry) else { return Vec::new() };
    let others = book.catalog.by_code(code).into_iter().filter(|other| {
        other.id() != entry.id() && !other.is_words_only() && !other.is_misprinted_as(code)
    });
    others.map(|other| book.item(&other, locale)).collect()
}

/// The entries around an entry in its family.
fn nearby(book: &Book<'_>, part: &Part<'_>, at: usize, locale: Locale) -> Vec<Item> {
    let places = at.saturating_sub(NEARBY)..part.written.len().min(at + NEARBY + 1);
    let others = places.filter(|&other| other != at);
    others.map(|other| book.item(&part.written[other], locale)).collect()
}

/// The title in search results and tabs: the code, the family's number or the name, the message.
fn title(code: &Code) -> String {
    let own = match (&code.number, &code.name) {
        (_, Some(name)) if *name != code.label => Some(name.clone()),
        (Some(number), None) if *number != code.label => Some(format!("{} {number}", code.family)),
        _ => None,
    };
    let own = own.unwrap_or_else(|| code.family.clone());
    format!("{} ({own}) – {}", code.label, code.message)
}

/// What happened and the beginning of what to do, as search results show it.
fn description(code: &Code, entry: &Entry<'_>, locale: Locale) -> String {
    let remedy = entry.remedy().get(locale).replace('`', "");
    beginning(&format!("{}: {}. {remedy}", code.label, code.message), 200).replacen(
        ": ",
        locale.pick(": ", "\u{a0}: "),
        1,
    )
}
