//! The templates of pages, and what all pages have in common.

use std::collections::BTreeMap;

use hexplain::Locale;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

use crate::output::Output;
use crate::prose::escape;
use crate::words::Words;
use crate::{Error, LOCALES, guide, tag};

const TEMPLATES: [(&str, &str); 7] = [
    ("base.html", include_str!("../templates/base.html")),
    ("choose.html", include_str!("../templates/choose.html")),
    ("code.html", include_str!("../templates/code.html")),
    ("families.html", include_str!("../templates/families.html")),
    ("family.html", include_str!("../templates/family.html")),
    ("guide.html", include_str!("../templates/guide.html")),
    ("search.html", include_str!("../templates/search.html")),
];

/// The templates and the words in them.
pub(crate) struct Templates {
    environment: Environment<'static>,
    pub(crate) words: Words,
    /// In English and French, made once instead of for each page.
    shared: [Shared; 2],
}

/// What the templates of all pages in a language show.
struct Shared {
    words: Value,
    /// The pages of the guide, each with its title in the navigation.
    guide: Value,
}

impl Shared {
    fn new(words: &Words, locale: Locale) -> Self {
        let title = |name| (name, words.get(locale, &format!("guide_{name}")));
        Self {
            words: Value::from_serialize(words.all(locale)),
            guide: Value::from_serialize(guide::NAMES.map(title)),
        }
    }
}

/// A page: its path within the folder of its language, and its head.
pub(crate) struct Page<'a> {
    pub(crate) path: &'a str,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) locale: Locale,
}

/// What a template sees.
#[derive(Serialize)]
struct Context<'a, C> {
    lang: &'static str,
    other: &'static str,
    t: &'a Value,
    path: &'a str,
    /// The way from the page to the folder of its language, and to that of the site.
    home: &'static str,
    root: String,
    title: &'a str,
    description: &'a str,
    canonical: Option<String>,
    alternates: Vec<Alternate>,
    guide: &'a Value,
    this: &'a C,
}

/// The page in a language, or for readers of any other language.
#[derive(Serialize)]
struct Alternate {
    lang: &'static str,
    href: String,
}

impl Templates {
    pub(crate) fn new() -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_formatter(|out, _, value| {
            let text = value.to_string();
            let text = if value.is_safe() { text } else { escape(&text) };
            out.write_str(&text).map_err(minijinja::Error::from)
        });
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        let words = Words::new()?;
        let shared = LOCALES.map(|locale| Shared::new(&words, locale));
        Ok(Self { environment, words, shared })
    }

    /// Renders and writes a page.
    pub(crate) fn write<C: Serialize>(
        &self,
        output: &Output,
        template: &str,
        page: &Page<'_>,
        this: &C,
    ) -> Result<(), Error> {
        let lang = tag(page.locale);
        let [en, fr] = &self.shared;
        let shared = page.locale.pick(en, fr);
        let home = if page.path.contains('/') { "../" } else { "" };
        let root = format!("{home}../");
        let file = format!("{lang}/{}", page.path);
        let context = Context {
            lang,
            other: page.locale.pick("fr", "en"),
            t: &shared.words,
            path: page.path,
            home,
            title: &page.title,
            description: &page.description,
            canonical: output.address(&file),
            alternates: alternates(output, &root, page.path),
            guide: &shared.guide,
            root,
            this,
        };
        output.write(&file, self.environment.get_template(template)?.render(context)?)
    }

    /// Renders and writes the page at the root, where readers choose a language.
    pub(crate) fn write_root(&self, output: &Output) -> Result<(), Error> {
        let t: BTreeMap<&str, _> =
            LOCALES.iter().map(|&locale| (tag(locale), self.words.all(locale))).collect();
        let context = minijinja::context! {
            t, canonical => output.address("index.html"),
        };
        output.write("index.html", self.environment.get_template("choose.html")?.render(context)?)
    }
}

/// The page in each language; English for readers of any other.
fn alternates(output: &Output, root: &str, path: &str) -> Vec<Alternate> {
    let alternate = |lang, folder: &str| {
        let file = format!("{folder}/{path}");
        let href = output.address(&file).unwrap_or_else(|| format!("{root}{file}"));
        Alternate { lang, href }
    };
    vec![alternate("en", "en"), alternate("fr", "fr"), alternate("x-default", "en")]
}
