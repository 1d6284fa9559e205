//! The page of a family: all of its codes; and the page of all families, with counts.

use hexplain::Locale;
use hexplain::catalog::Entry;
use serde::Serialize;

use crate::book::{Book, Part, label};
use crate::code::Link;
use crate::output::{Output, for_each};
use crate::templates::{Page, Templates};
use crate::words::count;
use crate::{Error, LOCALES, address};

#[derive(Serialize)]
struct FamilyPage {
    title: String,
    id: String,
    counts: String,
    links: Vec<Link>,
    written: Vec<Row>,
    named: Vec<Row>,
}

/// An entry in its family's page.
#[derive(Serialize)]
struct Row {
    /// The file of its page without the ending, and the row's ID.
    own: String,
    label: String,
    number: String,
    name: String,
    message: String,
}

#[derive(Serialize)]
struct Families {
    intro: String,
    families: Vec<Counts>,
}

#[derive(Serialize)]
struct Counts {
    href: String,
    title: String,
    id: String,
    written: usize,
    all: usize,
}

/// Writes the page of each family, and that of all.
pub(crate) fn write(book: &Book<'_>, templates: &Templates, output: &Output) -> Result<(), Error> {
    for locale in LOCALES {
        let page = Page {
            path: "families.html",
            title: templates.words.get(locale, "families_title").to_owned(),
            description: intro(book, templates, locale),
            locale,
        };
        templates.write(output, "families.html", &page, &families(book, templates, locale))?;
        for_each(&book.families, |part| write_family(book, part, templates, output, locale))?;
    }
    Ok(())
}

fn write_family(
    book: &Book<'_>,
    part: &Part<'_>,
    templates: &Templates,
    output: &Output,
    locale: Locale,
) -> Result<(), Error> {
    let counts = [
        ("written", "family_counts", part.written.len()),
        ("named", "family_named", part.named.len()),
    ]
    .into_iter()
    .filter(|(.., number)| *number > 0)
    .map(|(name, key, number)| {
        let text = templates.words.get(locale, key);
        text.replace(&format!("{{{name}}}"), &count(number, locale))
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    let rows = |entries: &[Entry<'_>]| entries.iter().map(|e| row(book, e, locale)).collect();
    let family = FamilyPage {
        title: part.family.title().get(locale).to_owned(),
        id: part.family.id().to_owned(),
        counts,
        links: part.family.links().map(Link::new).collect(),
        written: rows(&part.written),
        named: rows(&part.named),
    };
    let page = Page {
        path: &address::of_family(&family.id),
        title: family.title.clone(),
        description: format!("{}\u{a0}: {}", family.title, family.counts)
            .replace("\u{a0}:", locale.pick(":", "\u{a0}:")),
        locale,
    };
    templates.write(output, "family.html", &page, &family)
}

fn row(book: &Book<'_>, entry: &Entry<'_>, locale: Locale) -> Row {
    let answer = book.answer(entry, locale);
    let label = label(entry, &answer);
    Row {
        own: address::own_part(book.catalog, entry),
        number: answer.shown_number().filter(|number| *number != label).unwrap_or_default(),
        name: answer.name.filter(|name| *name != label).unwrap_or_default(),
        message: answer.message,
        label,
    }
}

fn families(book: &Book<'_>, templates: &Templates, locale: Locale) -> Families {
    let counts = |part: &Part<'_>| Counts {
        href: address::of_family(part.family.id()),
        title: part.family.title().get(locale).to_owned(),
        id: part.family.id().to_owned(),
        written: part.written.len(),
        all: part.written.len() + part.named.len(),
    };
    let mut families: Vec<Counts> = book.families.iter().map(counts).collect();
    families.sort_by_key(|family| family.title.to_lowercase().replace(['É', 'é'], "e"));
    Families { intro: intro(book, templates, locale), families }
}

fn intro(book: &Book<'_>, templates: &Templates, locale: Locale) -> String {
    let text = templates.words.get(locale, "families_intro");
    book.numbers().into_iter().fold(text.to_owned(), |text, (name, number)| {
        text.replace(&format!("{{{name}}}"), &count(number, locale))
    })
}

impl Book<'_> {
    /// The numbers that texts mention.
    pub(crate) fn numbers(&self) -> [(&'static str, usize); 3] {
        let written = self.written().count();
        let named: usize = self.families.iter().map(|part| part.named.len()).sum();
        [("all", written + named), ("written", written), ("families", self.families.len())]
    }
}
