//! Lists of codes that administrators encounter, in `fixtures/frequent`: each code has a text in
//! the catalog, and each text has a line there.
//!
//! `cargo test --test frequent -- --nocapture` prints how many lines have a URL.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use hexplain::catalog::Entry;
use hexplain::{Catalog, Code, Locale};

/// Families whose texts come from the table of the first catalog; the codes of
/// `fixtures/intune-numbers.csv` in two other families do, too.
const FIRST: [&str; 4] = ["intune-app-state", "company-portal-ios", "syncml", "dcmo"];

/// A line of a list.
struct Line {
    /// The file's name and the line number.
    place: String,
    family: String,
    /// The family's number or range, or a code such as `0x80070005`.
    key: String,
    /// Empty for none.
    name: String,
    /// Where the code occurs; empty if it is listed from experience or for completeness.
    evidence: Vec<String>,
}

fn lines() -> Vec<Line> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/frequent");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "tsv"));
    paths.sort();
    let mut lines = Vec::new();
    for path in paths {
        let list = path.file_name().unwrap().to_string_lossy().into_owned();
        for (at, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let place = format!("{list}:{}", at + 1);
            let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let [family, key, name, evidence] = fields.try_into().expect(&place);
            let evidence = evidence.split(' ').filter(|word| *word != "-").map(str::to_owned);
            let name = if name == "-" { String::new() } else { name };
            lines.push(Line { place, family, key, name, evidence: evidence.collect() });
        }
    }
    lines
}

/// The key for an entry in a list: its number, else its code; `None` if it has neither.
fn key(catalog: &Catalog, entry: &Entry<'_>) -> Option<String> {
    entry.numbers().or_else(|| catalog.code_of(entry).map(|code| code.to_string()))
}

/// The entries with a text of their own, by family and key.
fn written(catalog: &Catalog) -> BTreeMap<(String, String), Entry<'_>> {
    let written = catalog.entries().filter(|entry| !entry.is_words_only());
    let keyed = written.filter_map(|entry| Some((key(catalog, &entry)?, entry)));
    let family = |entry: &Entry<'_>| catalog.family(entry.family()).id().to_owned();
    keyed.map(|(key, entry)| ((family(&entry), key), entry)).collect()
}

/// The codes in the table of the first catalog.
fn first_codes() -> HashSet<Code> {
    let rows = include_str!("fixtures/intune-numbers.csv").lines().skip(1);
    rows.map(|row| Code::parse(row.split(',').next().unwrap()).unwrap()).collect()
}

fn is_of_the_first_catalog(catalog: &Catalog, entry: &Entry<'_>, first: &HashSet<Code>) -> bool {
    let family = catalog.family(entry.family()).id();
    let of_the_table = || catalog.code_of(entry).is_some_and(|code| first.contains(&code));
    FIRST.contains(&family) || ["intune", "ios-mdm"].contains(&family) && of_the_table()
}

#[test]
fn every_listed_code_has_a_text() {
    let catalog = Catalog::builtin();
    let written = written(&catalog);
    let (mut seen, mut faults) = (BTreeSet::new(), String::new());
    let mut beyond: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let lines = lines();
    let first = first_codes();
    for line in &lines {
        let mut fault = |what: &str| {
            writeln!(faults, "{}: {} {}: {what}", line.place, line.family, line.key).unwrap();
        };
        if !seen.insert((&line.family, &line.key)) {
            fault("is listed twice");
        }
        if line.evidence.iter().any(|place| !place.contains(['#', '/']) || place.contains("http:"))
        {
            fault("names no page or thread");
        }
        let Some(entry) = written.get(&(line.family.clone(), line.key.clone())) else {
            fault("has no text");
            continue;
        };
        if entry.name() != line.name {
            fault(&format!("is named `{}`, not `{}`", entry.name(), line.name));
        }
        for text in [Locale::En, Locale::Fr].map(|locale| entry.remedy().get(locale)) {
            if text.is_empty() {
                fault("has no remedy");
            }
        }
        if !is_of_the_first_catalog(&catalog, entry, &first) {
            let (listed, shown) = beyond.entry(&line.family).or_default();
            *listed += 1;
            *shown += usize::from(!line.evidence.is_empty());
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
    let mut sum = (0, 0);
    println!("{:<22} {:>6} {:>12}", "family", "listed", "with address");
    for (family, (listed, shown)) in beyond {
        println!("{family:<22} {listed:>6} {shown:>12}");
        sum = (sum.0 + listed, sum.1 + shown);
    }
    let (listed, shown) = sum;
    println!(
        "{listed} codes beyond the first catalog, {shown} with an address ({}%)",
        shown * 100 / listed
    );
    assert!(listed >= 600, "only {listed} codes");
}

#[test]
fn every_code_with_a_text_is_listed() {
    let catalog = Catalog::builtin();
    let first = first_codes();
    let listed: HashSet<(String, String)> =
        lines().into_iter().map(|line| (line.family, line.key)).collect();
    let mut missing = String::new();
    for ((family, key), entry) in written(&catalog) {
        let place = (family, key);
        if !listed.contains(&place) && !is_of_the_first_catalog(&catalog, &entry, &first) {
            let name = if entry.name().is_empty() { "-" } else { entry.name() };
            writeln!(missing, "{}\t{}\t{name}\t-", place.0, place.1).unwrap();
        }
    }
    assert!(missing.is_empty(), "put these into a list, with where they turn up:\n{missing}");
}
