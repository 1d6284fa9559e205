//! The page of a code with a written text.

use hexplain::Locale;
use hexplain::catalog::Entry;
use hexplain::explain::severity_name;
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
struct Code<'l> {
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
    nearby: Vec<&'l Item>,
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

/// An entry among those of its family with a written text, which are in a list for each language.
struct Place<'c, 'l> {
    entry: &'l Entry<'c>,
    at: usize,
    items: &'l [Vec<Item>; 2],
}

/// Writes all pages of codes.
pub(crate) fn write(book: &Book<'_>, templates: &Templates, output: &Output) -> Result<(), Error> {
    let items = |part: &Part<'_>| {
        LOCALES.map(|locale| part.written.iter().map(|entry| book.item(entry, locale)).collect())
    };
    let items: Vec<[Vec<Item>; 2]> = book.families.iter().map(items).collect();
    let mut places = Vec::new();
    for (part, items) in book.families.iter().zip(&items) {
        places.extend(part.written.iter().enumerate().map(|(at, entry)| Place {
            entry,
            at,
            items,
        }));
    }
    for_each(&places, |place| {
        let path = address::of_entry(book.catalog, place.entry);
        for locale in LOCALES {
            let code = code(book, place, locale);
            let page = Page {
                path: &path,
                title: title(&code),
                description: description(&code, place.entry, locale),
                locale,
            };
            templates.write(output, "code.html", &page, &code)?;
        }
        Ok(())
    })
}

fn code<'l>(book: &Book<'_>, place: &Place<'_, 'l>, locale: Locale) -> Code<'l> {
    let entry = place.entry;
    let answer = book.answer(entry, locale);
    Code {
        label: label(entry, &answer),
        number: answer.shown_number(),
        numbers: range(entry),
        hex: answer.hex,
        signed: answer.signed,
        unsigned: answer.unsigned,
        name: answer.name,
        aliases: entry.aliases().map(str::to_owned).collect(),
        severity: severity_name(entry.severity(), locale),
        class: severity_name(entry.severity(), Locale::En),
        message: answer.message,
        remedy: answer.remedy.as_ref().map(html),
        notes: answer.notes.iter().map(html).collect(),
        links: answer.links.iter().map(|link| Link::new(link)).collect(),
        family: answer.title,
        alike: alike(book, entry, locale),
        nearby: nearby(place, locale),
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
fn nearby<'l>(place: &Place<'_, 'l>, locale: Locale) -> Vec<&'l Item> {
    let [en, fr] = place.items;
    let items = locale.pick(en, fr);
    let around = place.at.saturating_sub(NEARBY)..items.len().min(place.at + NEARBY + 1);
    around.filter(|&other| other != place.at).map(|other| &items[other]).collect()
}

/// The title in search results and tabs: the code, the family's number or the name, the message.
fn title(code: &Code<'_>) -> String {
    let own = match (&code.number, &code.name) {
        (_, Some(name)) if *name != code.label => Some(name.clone()),
        (Some(number), None) if *number != code.label => Some(format!("{} {number}", code.family)),
        _ => None,
    };
    let own = own.unwrap_or_else(|| code.family.clone());
    format!("{} ({own}) – {}", code.label, code.message)
}

/// What happened and the beginning of what to do, as search results show it.
fn description(code: &Code<'_>, entry: &Entry<'_>, locale: Locale) -> String {
    let remedy = entry.remedy().get(locale).replace('`', "");
    beginning(&format!("{}: {}. {remedy}", code.label, code.message), 200).replacen(
        ": ",
        locale.pick(": ", "\u{a0}: "),
        1,
    )
}
