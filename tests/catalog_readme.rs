//! Compares the table of families in `catalog/README.md` with the built-in catalog. `UPDATE=1`
//! rewrites the table; its last column, the source of each family's facts, is maintained manually.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::{env, fs};

use hexplain::catalog::Layer;
use hexplain::{Catalog, Locale, Scanner, explain};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/catalog/README.md");
const BEGIN: &str = "<!-- families: UPDATE=1 cargo test --test catalog_readme -->\n";
const END: &str = "<!-- end of families -->\n";

/// The number of entries, and of entries with texts of their own, by file and family id.
fn families(catalog: &Catalog) -> BTreeMap<(&str, &str), (usize, usize)> {
    let mut families = BTreeMap::new();
    for entry in catalog.entries() {
        let (file, _) = entry.source();
        let place = (file, catalog.family(entry.family()).id());
        let (entries, written) = families.entry(place).or_insert((0, 0));
        *entries += 1;
        *written += usize::from(!entry.is_words_only());
    }
    families
}

/// The last column of a table, by family.
fn sources(table: &str) -> BTreeMap<&str, &str> {
    let source = |line| {
        let (id, cells) = str::strip_prefix(line, "| `")?.split_once('`')?;
        Some((id, cells.strip_suffix(" |")?.rsplit_once("| ")?.1))
    };
    table.lines().filter_map(source).collect()
}

#[test]
fn the_table_of_families_matches_the_catalog() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect(BEGIN);
    let (table, after) = rest.split_once(END).expect(END);
    let sources = sources(table);
    let catalog = Catalog::builtin();
    let mut new =
        "\n| family | file | entries | written texts | facts from |\n|---|---|--:|--:|---|\n"
            .to_owned();
    let (mut entries, mut written) = (0, 0);
    for ((file, id), of_family) in families(&catalog) {
        let file = file.strip_prefix("catalog/").unwrap_or(file);
        let source = sources.get(id).copied().unwrap_or_default();
        assert!(!source.is_empty() || env::var_os("UPDATE").is_some(), "{id}: facts from where?");
        writeln!(
            new,
            "| `{id}` | [{file}]({file}) | {} | {} | {source} |",
            of_family.0, of_family.1
        )
        .unwrap();
        (entries, written) = (entries + of_family.0, written + of_family.1);
    }
    writeln!(new, "| {} | | {entries} | {written} | |\n", catalog.families().count()).unwrap();
    if env::var_os("UPDATE").is_some() {
        fs::write(PAGE, [before, BEGIN, &new, END, after].concat()).unwrap();
    } else {
        assert!(
            table == new,
            "catalog/README.md is out of date: UPDATE=1 cargo test --test catalog_readme"
        );
    }
}

#[test]
fn the_example_of_the_page_works_as_described() {
    let page = fs::read_to_string(PAGE).unwrap();
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let layer = Layer::parse("team.toml", example.unwrap()).unwrap();
    let scanner = Scanner::new(Arc::new(Catalog::builtin().with_layer(&layer)));
    for text in ["team error: 7", "0xE0001007", "3758100487", "error -536866809", "TEAM_SHARE_FULL"]
    {
        let found = scanner.scan(text);
        let answers = explain::answers(scanner.catalog(), found[0].meaning, Locale::En);
        assert_eq!(answers[0].message, "The share is full", "{text}");
    }
}
