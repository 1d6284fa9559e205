//! The sitemap, in files that search engines accept, and robots.txt, which leads to it. Without an
//! address, there is none.

use std::fmt::Write as _;

use crate::output::Output;
use crate::prose::escape;
use crate::{Error, LOCALES, tag};

/// The most addresses in a file; the protocol's limit is 50,000, and 50 MB.
const MOST: usize = 40_000;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Writes the sitemap of pages, given by their paths within the folder of a language.
pub(crate) fn write(paths: &[String], output: &Output) -> Result<(), Error> {
    if output.address("").is_none() {
        return Ok(());
    }
    let mut index =
        format!("{HEAD}<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (number, paths) in paths.chunks(MOST / LOCALES.len()).enumerate() {
        let file = format!("sitemap-{}.xml", number + 1);
        output.write(&file, sitemap(paths, output))?;
        let _ = writeln!(index, "<sitemap><loc>{}</loc></sitemap>", address(output, &file));
    }
    output.write("sitemap.xml", index + "</sitemapindex>\n")?;
    let robots = format!("User-agent: *\nAllow: /\nSitemap: {}\n", address(output, "sitemap.xml"));
    output.write("robots.txt", robots)
}

/// Some pages, each in all languages, with its alternates.
fn sitemap(paths: &[String], output: &Output) -> String {
    let mut sitemap = format!(
        "{HEAD}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n"
    );
    for path in paths {
        let addresses = LOCALES
            .map(|locale| (tag(locale), address(output, &format!("{}/{path}", tag(locale)))));
        let alternates = addresses.iter().fold(String::new(), |mut all, (lang, href)| {
            let _ =
                write!(all, "<xhtml:link rel=\"alternate\" hreflang=\"{lang}\" href=\"{href}\"/>");
            all
        });
        for (_, href) in &addresses {
            let _ = writeln!(sitemap, "<url><loc>{href}</loc>{alternates}</url>");
        }
    }
    sitemap + "</urlset>\n"
}

fn address(output: &Output, path: &str) -> String {
    escape(&output.address(path).unwrap_or_default())
}
