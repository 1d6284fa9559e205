//! Compiles `catalog/**/*.toml` into the packed table that `catalog::builtin` includes,
//! `catalog/words.toml` into the scanner's word lists, and `catalog/logs.toml` into the command
//! line's list of well-known logs, so that a mistake in a file is a build error with its line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use format::{Problem, Source, Unknown, role};
use serde::Deserialize;

// The reader, the checks and the packer are the program's own, so that built-in files and users'
// files obey the same rules. Only a part of them is used here.
#[allow(dead_code, unreachable_pub, unused_imports, clippy::pedantic)]
#[path = "src/code.rs"]
mod code;
#[allow(dead_code, unreachable_pub, unused_imports, clippy::pedantic)]
#[path = "src/catalog/format/mod.rs"]
mod format;

fn main() {
    println!("cargo::rerun-if-changed=catalog");
    println!("cargo::rerun-if-changed=src/catalog/format");
    println!("cargo::rerun-if-changed=src/code.rs");
    match read_all() {
        Ok(sources) => {
            let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
            let sources: Vec<&Source> = sources.iter().collect();
            fs::write(out.join("catalog.bin"), format::pack::pack(&sources, &Unknown))
                .expect("OUT_DIR is writable");
            fs::write(out.join("words.rs"), words()).expect("OUT_DIR is writable");
            fs::write(out.join("logs.rs"), logs()).expect("OUT_DIR is writable");
        }
        Err(problems) => {
            problems.iter().for_each(|problem| println!("cargo::error={problem}"));
            process::exit(1);
        }
    }
}

/// The scanner's word lists.
const WORDS: &str = "catalog/words.toml";

/// The lists of `catalog/words.toml` by table and key.
type Lists = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// The word lists as Rust constants: each word of a lead with its bits (`scan/lead.rs` defines
/// those that are not roles), the other words as they are.
fn words() -> String {
    let text = fs::read_to_string(WORDS).unwrap_or_else(|error| panic!("{WORDS}: {error}"));
    let lists: Lists = toml::from_str(&text).unwrap_or_else(|error| panic!("{WORDS}: {error}"));
    let bit = |key: &str| match role::Roles::named(key) {
        Some(role) => format!("{}", role.0),
        None => key.to_uppercase().replace('-', "_"),
    };
    let pairs = |tables: &[&str]| {
        let lists = tables.iter().flat_map(|table| &lists[*table]);
        let words = lists.flat_map(|(key, words)| words.iter().map(move |word| (word, key)));
        let pairs: Vec<String> =
            words.map(|(word, key)| format!("({word:?}, {})", bit(key))).collect();
        pairs.join(", ")
    };
    let list = |table: &str, key: &str| format!("{:?}", lists[table][key]);
    let constants = [
        ("LEADS", "(&str, u16)", format!("[{}]", pairs(&["roles", "lead"]))),
        ("ENDINGS", "(&str, u16)", format!("[{}]", pairs(&["endings"]))),
        ("UNITS", "&str", list("counted", "units")),
        ("COUNTED", "&str", list("counted", "nouns")),
        ("QUIET_LEVELS", "&str", list("levels", "quiet")),
        ("LOUD_LEVELS", "&str", list("levels", "loud")),
        ("SOURCE_EXTENSIONS", "&str", list("source", "extensions")),
        ("SOURCE_HEADS", "&str", list("source", "heads")),
        ("SOURCE_FIRST_LINES", "&str", list("source", "first-lines")),
        ("SOURCE_LANGUAGES", "&str", list("source", "languages")),
    ];
    let constant = |(name, of, list)| format!("pub(super) const {name}: &[{of}] = &{list};\n");
    constants.map(constant).concat()
}

/// The well-known logs.
const LOGS: &str = "catalog/logs.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllLogs {
    logs: Vec<Logs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Logs {
    id: String,
    title: Title,
    system: System,
    paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    en: String,
    fr: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum System {
    Windows,
    Macos,
    Linux,
}

/// The well-known logs as a Rust constant.
fn logs() -> String {
    let text = fs::read_to_string(LOGS).unwrap_or_else(|error| panic!("{LOGS}: {error}"));
    let all: AllLogs = toml::from_str(&text).unwrap_or_else(|error| panic!("{LOGS}: {error}"));
    let mut ids = BTreeSet::new();
    let one = |Logs { id, title: Title { en, fr }, system, paths }| {
        assert!(ids.insert(String::clone(&id)), "{LOGS}: duplicate id {id}");
        format!(
            "Logs {{ id: {id:?}, title: Text {{ en: {en:?}, fr: {fr:?} }}, \
             system: System::{system:?}, paths: &{paths:?} }}"
        )
    };
    let all: Vec<String> = all.logs.into_iter().map(one).collect();
    format!("pub(super) const LOGS: &[Logs] = &[{}];\n", all.join(",\n"))
}

/// Reads every catalog file, in order.
///
/// # Errors
/// All problems in the files.
fn read_all() -> Result<Vec<Source>, Vec<Problem>> {
    let mut paths = Vec::new();
    toml_files(Path::new("catalog"), &mut paths);
    paths.sort();
    let (mut sources, mut problems) = (Vec::new(), Vec::new());
    for path in &paths {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        match Source::parse(&name, &text) {
            Ok(source) => sources.push(source),
            Err(of_file) => problems.extend(of_file),
        }
    }
    if problems.is_empty() {
        problems = format::problems_among(&sources.iter().collect::<Vec<_>>(), &Unknown);
    }
    if problems.is_empty() { Ok(sources) } else { Err(problems) }
}

fn toml_files(folder: &Path, into: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder's entry can be read").path();
        // catalog/import is a separate program, not a vendor.
        if path.join("Cargo.toml").exists() {
            continue;
        }
        if path.is_dir() {
            toml_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "toml")
            && ![WORDS, LOGS].map(Path::new).contains(&path.as_path())
        {
            into.push(path);
        }
    }
}
