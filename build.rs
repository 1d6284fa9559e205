//! Compiles `catalog/**/*.toml` into the packed table that `catalog::builtin` holds, so that a
//! mistake in a catalog file is a build error that names its line.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

// The reader and the packer are the program's own, so a built-in file and a user's obey the
// same rules. Here, only part of each module is used.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[path = "src/code.rs"]
mod code;

mod catalog {
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    #[path = "../src/catalog/entry.rs"]
    pub(crate) mod entry;
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    #[path = "../src/catalog/pack.rs"]
    pub(crate) mod pack;
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    #[path = "../src/catalog/pattern.rs"]
    pub(crate) mod pattern;
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    #[path = "../src/catalog/source.rs"]
    pub(crate) mod source;
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    #[path = "../src/catalog/words.rs"]
    pub(crate) mod words;
}

fn main() {
    println!("cargo::rerun-if-changed=catalog");
    println!("cargo::rerun-if-changed=src/catalog");
    println!("cargo::rerun-if-changed=src/code.rs");
    let mut paths = Vec::new();
    toml_files(Path::new("catalog"), &mut paths);
    paths.sort();
    let mut sources = Vec::new();
    let mut failed = false;
    for path in &paths {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        match catalog::source::Source::parse(&name, &text) {
            Ok(source) => sources.push(source),
            Err(problems) => {
                failed = true;
                problems.iter().for_each(|problem| println!("cargo::error={problem}"));
            }
        }
    }
    if failed {
        process::exit(1);
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("catalog.bin"), catalog::pack::pack(&sources)).expect("OUT_DIR is writable");
}

fn toml_files(folder: &Path, into: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder's entry can be read").path();
        // catalog/import is a program of its own, no vendor.
        if path.join("Cargo.toml").exists() {
            continue;
        }
        if path.is_dir() {
            toml_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            into.push(path);
        }
    }
}
