//! Compiles `catalog/**/*.toml` into the packed table that `catalog::builtin` holds, so that a
//! mistake in a catalog file is a build error that names its line.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use format::{Problem, Source, Unknown};

// The reader, the checks and the packer are the program's own, so a built-in file and a user's
// obey the same rules. Here, only a part of them is used.
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
        }
        Err(problems) => {
            problems.iter().for_each(|problem| println!("cargo::error={problem}"));
            process::exit(1);
        }
    }
}

/// Every catalog file in order, or everything that is wrong with them.
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
        // catalog/import is a program of its own, not a vendor.
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
