//! Generates hexplain's website from the repository: the guide, a page for each code with a
//! written text, a page for each family, a search that works offline, and the sitemap.
//!
//! Every page exists in every language under the same path, `en/PATH` and `fr/PATH`. The pages
//! refer to each other by relative links, so the site works in any folder of a web server and from
//! a disk; only the sitemap and the canonical links need its address.

pub mod address;
mod book;
pub mod check;
mod code;
mod error;
mod family;
mod guide;
mod home;
mod markdown;
mod output;
mod prose;
mod search;
mod settings;
mod sitemap;
mod sources;
mod templates;
mod words;

use std::path::Path;

use hexplain::{Catalog, Locale};

use book::Book;
pub use error::Error;
use output::Output;
use templates::Templates;

/// The languages of the site.
const LOCALES: [Locale; 2] = [Locale::En, Locale::Fr];

/// The folder of a language, and its tag in HTML.
fn tag(locale: Locale) -> &'static str {
    locale.pick("en", "fr")
}

/// Generates the site in the folder `output` from the repository in the folder `source`. `base` is
/// the address at which the site will be published. Returns the number of pages of codes.
///
/// # Errors
///
/// If a file can't be read or written, or a page of the guide has a mistake.
pub fn build(source: &Path, output: &Path, base: Option<&str>) -> Result<usize, Error> {
    let catalog = Catalog::builtin();
    let book = Book::new(&catalog);
    let output = Output::new(output, base);
    let templates = Templates::new()?;
    let mut paths =
        vec!["index.html".to_owned(), "families.html".to_owned(), "search.html".to_owned()];
    paths.extend(guide::NAMES.iter().map(|name| format!("{name}.html")));
    paths.extend(book.families.iter().map(|part| address::of_family(part.family.id())));
    paths.extend(book.written().map(|entry| address::of_entry(&catalog, entry)));

    home::write(&book, &templates, &output, source)?;
    guide::write(&book, &templates, &output, source)?;
    family::write(&book, &templates, &output)?;
    code::write(&book, &templates, &output)?;
    search::write(&book, &output)?;
    sitemap::write(&paths, &output)?;
    Ok(LOCALES.len() * book.written().count())
}
