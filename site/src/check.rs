//! Checks all pages of a generated site: their markup, their links and anchors, their alternates,
//! and that they request nothing from elsewhere.

mod markup;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::output::for_each;
use crate::{Error, LOCALES, tag};
use markup::{Element, elements};

/// The result of a check.
#[derive(Debug)]
pub struct Found {
    /// The number of pages.
    pub pages: usize,
    /// The number of links within the site.
    pub links: usize,
    /// What is wrong, and where.
    pub problems: Vec<String>,
}

/// What other pages need to know of a page, and what it needs of them.
#[derive(Default)]
struct Page {
    ids: HashSet<String>,
    /// Files of the site and anchors in them.
    links: Vec<(String, String)>,
    /// The files of its alternates, by language.
    alternates: BTreeMap<String, String>,
    problems: Vec<String>,
}

/// Checks the site in a folder, which was generated for the address `base`.
///
/// # Errors
///
/// If a file can't be read.
pub fn folder(folder: &Path, base: Option<&str>) -> Result<Found, Error> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files)?;
    let (pages, others): (Vec<String>, Vec<String>) =
        files.into_iter().partition(|file| Path::new(file).extension() == Some("html".as_ref()));
    let read = Mutex::new(HashMap::with_capacity(pages.len()));
    let base = base.map(|base| format!("{}/", base.trim_end_matches('/')));
    for_each(&pages, |file| {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).map_err(|error| Error::io(&path, &error))?;
        let page = page(file, &text, base.as_deref());
        read.lock().expect("no thread panics").insert(file.clone(), page);
        Ok(())
    })?;
    let pages = read.into_inner().expect("no thread panics");
    let mut problems: Vec<String> = pages.values().flat_map(|page| page.problems.clone()).collect();
    let others: HashSet<String> = others.into_iter().collect();
    for (file, page) in &pages {
        problems.extend(broken_links(file, page, &pages, &others));
        problems.extend(broken_alternates(file, page, &pages));
    }
    problems.sort();
    let links = pages.values().map(|page| page.links.len()).sum();
    Ok(Found { pages: pages.len(), links, problems })
}

/// The files in a folder, as paths with slashes from its root.
fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<(), Error> {
    let failed = |error| Error::io(folder, &error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path: PathBuf = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let own = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = own.iter().map(|part| part.to_string_lossy()).collect();
            files.push(parts.join("/"));
        }
    }
    Ok(())
}

fn page(file: &str, text: &str, base: Option<&str>) -> Page {
    let mut page = Page::default();
    match elements(text) {
        Ok(elements) => {
            elements.iter().for_each(|element| page.add(file, element, base));
            page.require(file, &elements);
        }
        Err(problem) => page.problems.push(format!("{file}: {problem}")),
    }
    page
}

impl Page {
    fn problem(&mut self, file: &str, problem: &str) {
        self.problems.push(format!("{file}: {problem}"));
    }

    fn add(&mut self, file: &str, element: &Element<'_>, base: Option<&str>) {
        if let Some(id) = element.get("id")
            && !self.ids.insert(id.clone())
        {
            self.problem(file, &format!("two elements have the ID {id}"));
        }
        if element.get("style").is_some() || element.attributes.keys().any(|k| k.starts_with("on"))
        {
            self.problem(file, "a style or a script in an attribute");
        }
        for name in ["href", "src", "action"] {
            let Some(target) = element.get(name) else { continue };
            let is_link = element.name == "a"
                || matches!(element.get("rel").as_deref(), Some("alternate" | "canonical"));
            let own = base.and_then(|base| target.strip_prefix(base)).map(|own| format!("/{own}"));
            match own {
                Some(own) => self.link(file, element, &own),
                None if is_web(&target) && is_link => {}
                None if target.contains(':') => {
                    self.problem(file, &format!("<{} {name}=\"{target}\">", element.name));
                }
                None => self.link(file, element, &target),
            }
        }
    }

    /// Notes a link within the site; a path that starts with `/` begins at its root.
    fn link(&mut self, file: &str, element: &Element<'_>, target: &str) {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = path.split('?').next().unwrap_or_default();
        let Some(path) = resolved(file, path) else {
            return self.problem(file, &format!("{target} is outside of the site"));
        };
        if let (Some("alternate"), Some(lang)) =
            (element.get("rel").as_deref(), element.get("hreflang"))
        {
            self.alternates.insert(lang, path.clone());
        }
        self.links.push((path, anchor.to_owned()));
    }

    /// What each page must have.
    fn require(&mut self, file: &str, elements: &[Element<'_>]) {
        let has = |name: &str| elements.iter().filter(|element| element.name == name).count();
        for name in ["title", "h1", "main"] {
            if has(name) != 1 {
                self.problem(file, &format!("{} <{name}> instead of one", has(name)));
            }
        }
        let policy = elements
            .iter()
            .any(|e| e.get("http-equiv").as_deref() == Some("Content-Security-Policy"));
        if !policy {
            self.problem(file, "no Content-Security-Policy");
        }
        let lang = elements.iter().find(|e| e.name == "html").and_then(|e| e.get("lang"));
        if !lang.is_some_and(|lang| file == "index.html" || file.starts_with(&format!("{lang}/"))) {
            self.problem(file, "the language of <html> is not that of its folder");
        }
    }
}

fn is_web(target: &str) -> bool {
    target.starts_with("https://") || target.starts_with("http://")
}

/// The file that a link leads to, as a path from the root; a folder stands for its index.
fn resolved(file: &str, path: &str) -> Option<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder.split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    if path.is_empty() {
        return Some(file.to_owned());
    }
    if path.ends_with('/') {
        parts.push("index.html");
    }
    Some(parts.join("/"))
}

fn broken_links(
    file: &str,
    page: &Page,
    pages: &HashMap<String, Page>,
    others: &HashSet<String>,
) -> Vec<String> {
    let is_broken = |(path, anchor): &&(String, String)| match pages.get(path) {
        Some(target) => !anchor.is_empty() && !target.ids.contains(anchor),
        None => !others.contains(path),
    };
    let broken = page.links.iter().filter(is_broken);
    broken.map(|(path, anchor)| format!("{file}: broken link to {path}#{anchor}")).collect()
}

/// Each page in a language has the other's as its alternate, and is the other's alternate.
fn broken_alternates(file: &str, page: &Page, pages: &HashMap<String, Page>) -> Vec<String> {
    let Some((_, path)) = file.split_once('/') else { return Vec::new() };
    let expected = LOCALES.map(|locale| (tag(locale), format!("{}/{path}", tag(locale))));
    let is_missing = |(lang, own): &&(&str, String)| {
        page.alternates.get(*lang) != Some(own) || !pages.contains_key(own)
    };
    let missing = expected.iter().filter(is_missing);
    missing.map(|(lang, own)| format!("{file}: no alternate {own} in {lang}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta http-equiv=\"Content-Security-Policy\" \
        content=\"x\"><title>t</title></head><body><main><h1>h</h1>";

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let page = page(
            "en/a/b.html",
            &format!("{HEAD}{body}</main></body></html>"),
            Some("https://x.example/"),
        );
        assert_eq!(page.problems, expected, "{body}");
    }

    #[test]
    fn mistakes_are_found() {
        check("<p id=\"a\">x</p>", &[]);
        check("<p id=\"a\">x</p><p id=\"a\">y</p>", &["en/a/b.html: two elements have the ID a"]);
        check("<p style=\"x\">x</p>", &["en/a/b.html: a style or a script in an attribute"]);
        check("<a href=\"https://a.example/\">x</a>", &[]);
        check(
            "<img src=\"https://a.example/\">",
            &["en/a/b.html: <img src=\"https://a.example/\">"],
        );
        check("<a href=\"javascript:x\">x</a>", &["en/a/b.html: <a href=\"javascript:x\">"]);
        check("<a href=\"../../../x\">x</a>", &["en/a/b.html: ../../../x is outside of the site"]);
        check("<h1>x</h1>", &["en/a/b.html: 2 <h1> instead of one"]);
    }

    #[test]
    fn links_are_resolved() {
        for (path, expected) in [
            ("c.html", "en/a/c.html"),
            ("../c.html", "en/c.html"),
            ("", "en/a/b.html"),
            ("../../fr/a/", "fr/a/index.html"),
            ("/en/", "en/index.html"),
        ] {
            assert_eq!(resolved("en/a/b.html", path).as_deref(), Some(expected), "{path}");
        }
    }
}
