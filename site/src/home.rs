//! The page of each language that comes first, the search page, the page at the root, and the
//! files that pages load.

use std::path::Path;

use hexplain::Locale;
use serde::Serialize;

use crate::book::Book;
use crate::output::Output;
use crate::sources::Sources;
use crate::templates::{Page, Templates};
use crate::{Error, LOCALES, guide, search};

const ASSETS: [(&str, &str); 2] = [
    ("assets/style.css", include_str!("../assets/style.css")),
    ("assets/search.js", include_str!("../assets/search.js")),
];

/// The pictures, which the extension's page also shows.
const PICTURES: [&str; 5] = [
    "icon.svg",
    "images/hover.png",
    "images/actions.png",
    "images/problems.png",
    "images/french.png",
];

#[derive(Serialize)]
struct Search {
    examples: [&'static str; 5],
    folder: &'static str,
}

/// Writes all of these.
pub(crate) fn write(
    book: &Book<'_>,
    templates: &Templates,
    output: &Output,
    source: &Path,
) -> Result<(), Error> {
    let sources = Sources::new(source);
    for (path, content) in ASSETS {
        output.write(path, content)?;
    }
    for picture in PICTURES {
        let name = picture.trim_start_matches("images/");
        let content = sources.bytes(&format!("editors/vscode/{picture}"))?;
        output.write(&format!("assets/{name}"), content)?;
    }
    for locale in LOCALES {
        guide::write_page("index", locale, book, templates, output, &sources)?;
        write_search(templates, output, locale)?;
    }
    templates.write_root(output)
}

fn write_search(templates: &Templates, output: &Output, locale: Locale) -> Result<(), Error> {
    let words = locale.pick("access denied", "accès refusé");
    let examples = ["0x87D1FDE8", "-2016281112", "SyncML(404)", "E_ACCESSDENIED", words];
    let search = Search { examples, folder: search::FOLDER };
    let page = Page {
        path: "search.html",
        title: templates.words.get(locale, "search_title").to_owned(),
        description: templates.words.get(locale, "search_intro").to_owned(),
        locale,
    };
    templates.write(output, "search.html", &page, &search)
}
