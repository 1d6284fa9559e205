//! Adds the published names of Windows errors to the catalog, from sources read on each run.
//!
//! See `README.md` beside `Cargo.toml`. Which name belongs to which family is defined in
//! `families.toml`. Existing content is never changed: entries and aliases are only added, and a
//! name that is in any catalog file is not added again.

mod crates;
mod headers;
mod merge;
mod rules;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use serde::Deserialize;

use headers::Headers;
use merge::{Alias, Entry, Existing, New};
use rules::Rules;

/// Any error to print.
type Failure = Box<dyn std::error::Error>;

/// Where a constant comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The crates `windows-sys` and `windows`.
    #[default]
    Crates,
    /// A list in `published/`.
    Published,
    /// The mingw-w64 headers.
    Headers,
}

/// A constant from a source.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its symbolic name.
    pub name: String,
    /// Its 32-bit value.
    pub value: u32,
    /// Where it comes from.
    pub source: Source,
    /// The module, list or header.
    pub place: String,
    /// Its type, if the source has one.
    pub kind: String,
}

const HELP: &str = "\
Usage: import [--check] [--catalog FOLDER] [--fixture FILE] [--headers FOLDER]

  --check            write nothing; exit status 1 when something would change
  --catalog FOLDER   the catalog, instead of the one that this program lies in
  --fixture FILE     the list of the headers' names, instead of tests/fixtures/mingw-errors.tsv
  --headers FOLDER   unpacked mingw-w64 headers, instead of Debian's package
";

struct Options {
    check: bool,
    catalog: PathBuf,
    fixture: PathBuf,
    headers: Option<PathBuf>,
}

fn options() -> Result<Options, String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let catalog = own.parent().ok_or(HELP)?.to_owned();
    let fixture = catalog.join("../tests/fixtures/mingw-errors.tsv");
    let mut options = Options { check: false, catalog, fixture, headers: None };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut path = || arguments.next().map(PathBuf::from).ok_or(HELP);
        match argument.as_str() {
            "--check" => options.check = true,
            "--catalog" => options.catalog = path()?,
            "--fixture" => options.fixture = path()?,
            "--headers" => options.headers = Some(path()?),
            _ => return Err(HELP.to_owned()),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    match options().map_err(Failure::from).and_then(|options| run(&options)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything is in order; with `--check`, whether there is nothing to do.
fn run(options: &Options) -> Result<bool, Failure> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules: Rules = toml::from_str(&fs::read_to_string(own.join("families.toml"))?)?;
    let (mut facts, versions) = crates::read(&own.join("Cargo.toml"))?;
    facts.extend(published(&own.join("published"))?);
    let headers = match &options.headers {
        Some(folder) => Headers::read(folder)?,
        None => Headers::download()?,
    };
    println!("Sources: {}, {}", versions.join(", "), headers.version);
    let headers = headers.facts();
    facts.extend(headers.iter().cloned());

    let mut catalog = Catalog::read(&options.catalog)?;
    let mut plan = Plan::new(&rules, &facts, &catalog)?;
    plan.print(&rules);
    let others: HashSet<&str> = facts
        .iter()
        .filter(|fact| fact.source != Source::Headers)
        .map(|fact| fact.name.as_str())
        .collect();
    let fixture = fixture(&rules, &headers, &plan.claimed, &catalog, &others);
    let same = fs::read_to_string(&options.fixture).is_ok_and(|now| now == fixture);
    println!(
        "{}: {} names, {}",
        options.fixture.display(),
        fixture.lines().count(),
        if same { "as it was" } else { "new" }
    );
    if options.check {
        return Ok(same && plan.is_empty());
    }
    // Aliases of entries added in the first round come in the second.
    while !plan.is_empty() {
        plan.write(&options.catalog)?;
        catalog = Catalog::read(&options.catalog)?;
        plan = Plan::new(&rules, &facts, &catalog)?;
    }
    if !same {
        fs::write(&options.fixture, fixture)?;
    }
    Ok(true)
}

/// Reads lists of `NAME<TAB>0x80131500`; lines with `#` give the source of a list.
fn published(folder: &Path) -> Result<Vec<Fact>, Failure> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    let mut facts = Vec::new();
    for path in paths {
        let place = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for (at, line) in fs::read_to_string(&path)?.lines().enumerate() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let fact = line.split_once("\t0x").and_then(|(name, hex)| {
                Some(Fact {
                    name: name.to_owned(),
                    value: u32::from_str_radix(hex, 16).ok()?,
                    source: Source::Published,
                    place: place.clone(),
                    kind: String::new(),
                })
            });
            facts.push(fact.ok_or_else(|| {
                format!("{}:{}: not of the form NAME, tab, 0x…", path.display(), at + 1)
            })?);
        }
    }
    Ok(facts)
}

/// The current content of the catalog.
struct Catalog {
    /// By path below the catalog's folder.
    files: BTreeMap<String, Existing>,
    /// Each name with its family.
    names: HashMap<String, String>,
}

impl Catalog {
    fn read(folder: &Path) -> Result<Self, Failure> {
        let mut files = BTreeMap::new();
        for vendor in fs::read_dir(folder)? {
            let vendor = vendor?;
            if !vendor.file_type()?.is_dir() || vendor.path().join("Cargo.toml").exists() {
                continue;
            }
            for file in fs::read_dir(vendor.path())? {
                let path = file?.path();
                if path.extension().is_some_and(|extension| extension == "toml") {
                    let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
                    let existing = Existing::parse(&fs::read_to_string(&path)?)
                        .map_err(|error| format!("{name}: {error}"))?;
                    files.insert(name, existing);
                }
            }
        }
        let mut names = HashMap::new();
        for existing in files.values() {
            let all =
                existing.entries.iter().flat_map(|entry| entry.name.iter().chain(&entry.aliases));
            for name in all {
                names.entry(name.clone()).or_insert_with(|| existing.family.clone());
            }
        }
        Ok(Self { files, names })
    }

    /// The file and the entry for the Win32 number that an HRESULT wraps.
    fn wrapped_in(&self, code: u32) -> Option<(&str, &Entry)> {
        let mut files = self.files.iter();
        files.find_map(|(name, file)| Some((name.as_str(), file.wrapped_in(code)?)))
    }
}

/// What to do, and what was found.
#[derive(Default)]
struct Plan {
    /// By file.
    add: BTreeMap<String, Vec<New>>,
    /// Aliases for existing entries, by file.
    aliases: BTreeMap<String, Vec<Alias>>,
    /// All names that a rule takes.
    claimed: HashSet<String>,
    families: BTreeMap<String, Counts>,
    /// Names that a rule leaves out, by reason.
    skipped: BTreeMap<String, BTreeSet<String>>,
    /// Names with different values in two sources; the first is used.
    differ: Vec<String>,
}

#[derive(Default)]
struct Counts {
    there: usize,
    elsewhere: BTreeMap<String, usize>,
    aliases: Vec<String>,
    added: Vec<String>,
}

impl Plan {
    fn new(rules: &Rules, facts: &[Fact], catalog: &Catalog) -> Result<Self, Failure> {
        let mut plan = Self::default();
        let mut values: HashMap<&str, (u32, &Fact)> = HashMap::new();
        let mut taken: HashMap<(&str, i64), &str> = HashMap::new();
        let numbers = numbers(rules, facts);
        for fact in facts {
            let family = match rules.family(fact) {
                Ok(Some(family)) => family,
                Ok(None) => continue,
                Err(reason) => {
                    plan.skipped.entry(reason.to_owned()).or_default().insert(fact.name.clone());
                    continue;
                }
            };
            if let Some((value, first)) = values.get(fact.name.as_str()) {
                if *value != fact.value && !wraps(*value, fact.value) {
                    plan.differ.push(format!(
                        "{}: 0x{value:08X} in {}, 0x{:08X} in {}",
                        fact.name, first.place, fact.value, fact.place
                    ));
                }
                continue;
            }
            values.insert(&fact.name, (fact.value, fact));
            plan.claimed.insert(fact.name.clone());
            let file = catalog.files.get(&family.file).ok_or_else(|| {
                format!("{} is not there: begin it with its [family]", family.file)
            })?;
            if file.family != family.id {
                return Err(format!("{} is the family {}", family.file, file.family).into());
            }
            let counts = plan.families.entry(family.id.clone()).or_default();
            if let Some(home) = catalog.names.get(&fact.name) {
                if *home == family.id {
                    counts.there += 1;
                } else {
                    *counts.elsewhere.entry(home.clone()).or_default() += 1;
                }
                continue;
            }
            let key = if family.numbers {
                i64::from(fact.value.cast_signed())
            } else {
                i64::from(fact.value)
            };
            let there = file.at(key).map(|entry| (family.file.as_str(), entry));
            let there =
                there.or_else(|| catalog.wrapped_in(fact.value).filter(|_| !family.numbers));
            if let Some((file, entry)) = there {
                let Some(other) = &entry.name else { continue };
                counts.aliases.push(format!("{} = {other}", fact.name));
                let key = entry.key.unwrap_or_default();
                let alias = Alias { name: fact.name.clone(), key };
                plan.aliases.entry(file.to_owned()).or_default().push(alias);
                continue;
            }
            let number =
                (!family.numbers && fact.value >> 16 == 0x8007).then_some(fact.value & 0xFFFF);
            let wraps = number.is_some_and(|number| numbers.contains(&i64::from(number)));
            if wraps || taken.contains_key(&(family.id.as_str(), key)) {
                continue;
            }
            taken.insert((&family.id, key), &fact.name);
            counts.added.push(format!("{} 0x{:08X} ({})", fact.name, fact.value, fact.place));
            plan.add.entry(family.file.clone()).or_default().push(New {
                name: fact.name.clone(),
                key,
                number: family.numbers,
                severity: family.severity(fact),
            });
        }
        Ok(plan)
    }

    fn is_empty(&self) -> bool {
        self.add.is_empty() && self.aliases.is_empty()
    }

    fn write(&self, folder: &Path) -> Result<(), Failure> {
        let files: BTreeSet<&String> = self.add.keys().chain(self.aliases.keys()).collect();
        for file in files {
            let new = self.add.get(file).map_or(&[][..], Vec::as_slice);
            let aliases = self.aliases.get(file).map_or(&[][..], Vec::as_slice);
            write(&folder.join(file), new, aliases)?;
        }
        Ok(())
    }

    fn print(&self, rules: &Rules) {
        println!(
            "\n{:<22} {:>6} {:>9} {:>8} {:>6}",
            "family", "there", "elsewhere", "aliases", "added"
        );
        let mut sum = [0; 4];
        let mut reported = HashSet::new();
        for family in rules.family.iter().filter(|family| reported.insert(&family.id)) {
            let Some(counts) = self.families.get(&family.id) else {
                println!("{:<22} no rule of it takes anything", family.id);
                continue;
            };
            let elsewhere = counts.elsewhere.values().sum::<usize>();
            let row = [counts.there, elsewhere, counts.aliases.len(), counts.added.len()];
            println!("{:<22} {:>6} {:>9} {:>8} {:>6}", family.id, row[0], row[1], row[2], row[3]);
            sum.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
        }
        println!("{:<22} {:>6} {:>9} {:>8} {:>6}", "", sum[0], sum[1], sum[2], sum[3]);
        for (reason, names) in &self.skipped {
            println!("{:>6} left out: {reason}", names.len());
        }
        for (family, counts) in &self.families {
            for (home, count) in &counts.elsewhere {
                println!("{family}: {count} are in {home}");
            }
            counts.added.iter().for_each(|name| println!("+ {family}: {name}"));
            counts.aliases.iter().for_each(|name| println!("= {family}: {name}"));
        }
        self.differ.iter().for_each(|name| println!("! {name}"));
    }
}

/// The Win32 numbers that the catalog gets, which HRESULTs may wrap.
fn numbers(rules: &Rules, facts: &[Fact]) -> HashSet<i64> {
    let numbered: Vec<_> = rules.family.iter().filter(|family| family.numbers).collect();
    let new = facts.iter().filter(|fact| numbered.iter().any(|family| family.takes(fact)));
    new.map(|fact| i64::from(fact.value)).collect()
}

/// Whether one is the other's `HRESULT_FROM_WIN32`.
fn wraps(a: u32, b: u32) -> bool {
    let wraps = |hresult: u32, number: u32| number <= 0xFFFF && hresult == 0x8007_0000 | number;
    wraps(a, b) || wraps(b, a)
}

/// The headers' names and values: those that are or could be in the catalog, and all errors from
/// headers that define little else. `only` marks those that no other source has, so that no value
/// counts as checked against itself.
fn fixture(
    rules: &Rules,
    facts: &[Fact],
    claimed: &HashSet<String>,
    catalog: &Catalog,
    others: &HashSet<&str>,
) -> String {
    let rank = |place: &str| {
        let errors = &rules.headers.errors;
        errors.iter().position(|error| error == place).unwrap_or(errors.len())
    };
    let ours = |name: &str| {
        catalog
            .names
            .get(name)
            .is_some_and(|home| rules.family.iter().any(|family| family.id == *home))
    };
    let mut names: BTreeMap<&str, (usize, u32)> = BTreeMap::new();
    for fact in facts {
        let rank = rank(&fact.place);
        let error = rank < rules.headers.errors.len()
            && !rules.headers.except.iter().any(|glob| glob.matches(&fact.name));
        if error || claimed.contains(&fact.name) || ours(&fact.name) {
            let best = names.entry(&fact.name).or_insert((rank, fact.value));
            if rank < best.0 {
                *best = (rank, fact.value);
            }
        }
    }
    let line = |(name, (_, value)): (&&str, &(usize, u32))| {
        let only = if others.contains(name) { "" } else { "\tonly" };
        format!("{name}\t{value:08X}{only}\n")
    };
    names.iter().map(line).collect()
}

fn write(path: &Path, new: &[New], aliases: &[Alias]) -> Result<(), Failure> {
    // Others may be writing as well: then their version is read again.
    for _ in 0..5 {
        let read = fs::read_to_string(path)?;
        let text = merge::alias(&merge::merge(&read, new)?, aliases)?;
        if merge::replace(path, &read, &text)? {
            println!("{}: {} added, {} second names", path.display(), new.len(), aliases.len());
            return Ok(());
        }
    }
    Err(format!("{}: another program keeps changing this file", path.display()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "headers = { errors = [\"winerror.h\"], except = [\"FACILITY_*\"] }\n\
        [[family]]\nid = \"win32\"\nfile = \"v/win32.toml\"\nnumbers = true\n\
        take = [{ types = [\"WIN32_ERROR\"], codes = [\"0..=65535\"] }]\n\
        [[family]]\nid = \"hresult\"\nfile = \"v/hresult.toml\"\ntake = [{ types = [\"HRESULT\"] }]\n";

    fn fact(name: &str, value: u32, kind: &str) -> Fact {
        Fact {
            name: name.to_owned(),
            value,
            source: Source::Crates,
            place: "Foundation".to_owned(),
            kind: kind.to_owned(),
        }
    }

    fn catalog(files: &[(&str, &str)]) -> (tempfile::TempDir, Catalog) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("v")).unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let catalog = Catalog::read(folder.path()).unwrap();
        (folder, catalog)
    }

    const WIN32: &str = "[family]\nid = \"win32\"\n\n[[entry]]\nnumber = 5\nname = \"ERROR_ACCESS_DENIED\"\nseverity = \"error\"\n";
    const HRESULT: &str = "[family]\nid = \"hresult\"\n";
    const INSTALLER: &str = "[family]\nid = \"msi\"\n\n[[entry]]\nnumber = 1603\nname = \"ERROR_INSTALL_FAILURE\"\nseverity = \"error\"\n";

    #[test]
    fn only_missing_entries_are_added() {
        let files =
            [("v/win32.toml", WIN32), ("v/hresult.toml", HRESULT), ("v/msi.toml", INSTALLER)];
        let (_folder, catalog) = catalog(&files);
        let facts = [
            fact("ERROR_ACCESS_DENIED", 5, "WIN32_ERROR"),
            fact("RPC_S_ACCESS_DENIED", 5, "WIN32_ERROR"),
            fact("ERROR_INSTALL_FAILURE", 1603, "WIN32_ERROR"),
            fact("ERROR_BUSY", 170, "WIN32_ERROR"),
            fact("ERROR_BUSY_TOO", 170, "WIN32_ERROR"),
            fact("E_FAIL", 0x8000_4005, "HRESULT"),
            fact("MAX_PATH", 260, "u32"),
        ];
        let plan = Plan::new(&toml::from_str(RULES).unwrap(), &facts, &catalog).unwrap();
        let names =
            |file: &str| plan.add[file].iter().map(|new| new.name.as_str()).collect::<Vec<_>>();
        assert_eq!(plan.add.keys().collect::<Vec<_>>(), ["v/hresult.toml", "v/win32.toml"]);
        assert_eq!(
            (names("v/win32.toml"), names("v/hresult.toml")),
            (vec!["ERROR_BUSY"], vec!["E_FAIL"])
        );
        let win32 = &plan.families["win32"];
        assert_eq!((win32.there, win32.elsewhere["msi"], win32.aliases.len()), (1, 1, 1));
        assert_eq!(plan.aliases["v/win32.toml"][0].name, "RPC_S_ACCESS_DENIED");
    }

    #[test]
    fn second_names_come_once_all_entries_are_there() {
        let wrapped = "id = \"win32\"\nwrapped = [{ numbers = \"1..=65535\", base = 0x80070000 }]";
        let win32 = WIN32.replace("id = \"win32\"", wrapped);
        let (folder, mut catalog) =
            catalog(&[("v/win32.toml", &win32), ("v/hresult.toml", HRESULT)]);
        let facts = [
            fact("ERROR_BUSY", 170, "WIN32_ERROR"),
            fact("ERROR_BUSY_TOO", 170, "WIN32_ERROR"),
            fact("X_E_BUSY", 0x8007_00AA, "HRESULT"),
            fact("X_E_DENIED", 0x8007_0005, "HRESULT"),
        ];
        let rules: Rules = toml::from_str(RULES).unwrap();
        for _ in 0..2 {
            let plan = Plan::new(&rules, &facts, &catalog).unwrap();
            assert!(!plan.is_empty());
            plan.write(folder.path()).unwrap();
            catalog = Catalog::read(folder.path()).unwrap();
        }
        assert!(Plan::new(&rules, &facts, &catalog).unwrap().is_empty());
        let text = fs::read_to_string(folder.path().join("v/win32.toml")).unwrap();
        assert!(text.contains("aliases = [\"X_E_DENIED\"]"), "{text}");
        assert!(text.contains("aliases = [\"ERROR_BUSY_TOO\", \"X_E_BUSY\"]"), "{text}");
        assert!(!fs::read_to_string(folder.path().join("v/hresult.toml")).unwrap().contains("X_E"));
    }

    #[test]
    fn what_was_added_is_there_in_the_next_run() {
        let (folder, before) = catalog(&[("v/win32.toml", WIN32), ("v/hresult.toml", HRESULT)]);
        let facts =
            [fact("ERROR_BUSY", 170, "WIN32_ERROR"), fact("E_FAIL", 0x8000_4005, "HRESULT")];
        let rules: Rules = toml::from_str(RULES).unwrap();
        for (file, new) in Plan::new(&rules, &facts, &before).unwrap().add {
            write(&folder.path().join(file), &new, &[]).unwrap();
        }
        let after = Catalog::read(folder.path()).unwrap();
        assert!(Plan::new(&rules, &facts, &after).unwrap().add.is_empty());
        let text = fs::read_to_string(folder.path().join("v/win32.toml")).unwrap();
        assert!(text.starts_with(WIN32), "{text}");
    }

    #[test]
    fn two_values_of_one_name_are_reported() {
        let (_folder, catalog) = catalog(&[("v/win32.toml", WIN32), ("v/hresult.toml", HRESULT)]);
        let facts = [fact("E_X", 0x8000_0001, "HRESULT"), fact("E_X", 0x8000_0002, "HRESULT")];
        let plan = Plan::new(&toml::from_str(RULES).unwrap(), &facts, &catalog).unwrap();
        assert_eq!(plan.differ.len(), 1);
        assert_eq!(plan.add["v/hresult.toml"][0].key, 0x8000_0001);
    }

    #[test]
    fn the_fixture_has_the_error_headers_and_what_the_catalog_has() {
        let (_folder, catalog) = catalog(&[("v/win32.toml", WIN32), ("v/hresult.toml", HRESULT)]);
        let header = |name: &str, value, place: &str| Fact {
            source: Source::Headers,
            place: place.to_owned(),
            ..fact(name, value, "")
        };
        let facts = [
            header("ERROR_ACCESS_DENIED", 5, "other.h"),
            header("ERROR_ACCESS_DENIED", 6, "winerror.h"),
            header("ERROR_NEW", 7, "winerror.h"),
            header("FACILITY_ITF", 4, "winerror.h"),
            header("MAX_PATH", 260, "other.h"),
        ];
        let rules = toml::from_str(RULES).unwrap();
        let others = HashSet::from(["ERROR_ACCESS_DENIED"]);
        let fixture = fixture(&rules, &facts, &HashSet::new(), &catalog, &others);
        assert_eq!(fixture, "ERROR_ACCESS_DENIED\t00000006\nERROR_NEW\t00000007\tonly\n");
    }

    #[test]
    fn the_rules_are_read_and_each_family_has_its_file() {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(own.join("families.toml")).unwrap();
        let rules: Rules = toml::from_str(&text).unwrap();
        // A family with both numbers and codes has rules for each.
        let ids: HashSet<_> =
            rules.family.iter().map(|family| (&family.id, family.numbers)).collect();
        assert_eq!(ids.len(), rules.family.len());
        assert!(!published(&own.join("published")).unwrap().is_empty());
    }
}
