//! Catalog files on disk: finds them, reads them within limits, and keeps the last valid version of
//! one that an edit has broken. The server and the command line load catalogs here.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Layer};
#[cfg(feature = "server")]
use crate::environment;

/// The largest catalog file that is read, in bytes: ten times the size of all built-in families.
const LARGEST: u64 = 64 << 20;

/// The catalog files that have been read, so that they can be read again.
#[derive(Debug, Default)]
pub(crate) struct CatalogFiles {
    /// The last valid version of each file.
    good: BTreeMap<PathBuf, Layer>,
}

impl CatalogFiles {
    /// The built-in catalog with the files at `paths` on top, in order, and the problems found in
    /// them. A path may be a folder: its TOML files are read in the order of their names.
    ///
    /// A file that has become invalid keeps its last valid version. A deleted file no longer
    /// counts, whether it or its folder is named in `paths`.
    pub(crate) fn load(&mut self, paths: &[PathBuf]) -> (Catalog, Vec<String>) {
        let mut problems = Vec::new();
        let (mut files, mut layers) = (Vec::new(), Vec::new());
        for path in paths {
            let found = files_at(path)
                .map_err(|error| problems.push(format!("{}: {error}", path.display())));
            for file in found.unwrap_or_default() {
                if let Some(layer) = self.read(&file, &mut problems) {
                    files.push(file);
                    layers.push(layer);
                }
            }
        }
        let catalog = self.together(&mut files, &mut layers, &mut problems);
        self.good = files.into_iter().zip(layers).collect();
        (catalog, problems)
    }

    /// The catalog of all layers. A file that doesn't fit the others is replaced by its last valid
    /// version, or removed.
    fn together(
        &self,
        files: &mut Vec<PathBuf>,
        layers: &mut Vec<Layer>,
        problems: &mut Vec<String>,
    ) -> Catalog {
        loop {
            let (catalog, found) = Catalog::builtin().with_layers(layers);
            let Some(path) = found.first().map(|problem| problem.path.clone()) else {
                return catalog;
            };
            problems.extend(found.iter().filter(|of| of.path == path).map(ToString::to_string));
            let Some(place) = files.iter().position(|file| file.to_string_lossy() == path) else {
                return catalog;
            };
            let last = self.good.get(&files[place]).filter(|last| **last != layers[place]);
            if let Some(last) = last {
                layers[place] = last.clone();
                problems.push(still_in_use(&files[place]));
            } else {
                files.remove(place);
                layers.remove(place);
            }
        }
    }

    /// The last valid version of each loaded file.
    #[cfg(feature = "server")]
    pub(crate) fn layers(&self) -> &BTreeMap<PathBuf, Layer> {
        &self.good
    }

    /// The layer of a file: its current content if valid, otherwise its last valid one.
    fn read(&self, file: &Path, problems: &mut Vec<String>) -> Option<Layer> {
        let wrong = match read_layer(file) {
            Ok(layer) => return Some(layer),
            Err(wrong) => wrong,
        };
        problems.extend(wrong);
        // A deleted file is not broken: it no longer counts.
        let exists = file.try_exists().unwrap_or(true);
        let last = self.good.get(file).filter(|_| exists).cloned();
        if last.is_some() {
            problems.push(still_in_use(file));
        }
        last
    }
}

fn still_in_use(file: &Path) -> String {
    format!("{}: its last valid version is still in use", file.display())
}

/// Reads a catalog file.
///
/// # Errors
/// All problems in it, one line per problem, each with the file's name.
pub(crate) fn read_layer(file: &Path) -> Result<Layer, Vec<String>> {
    let name = file.to_string_lossy();
    let text = read_text(file).map_err(|error| vec![format!("{name}: {error}")])?;
    Layer::parse(&name, &text)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// The file at a path, or the TOML files in the folder there, sorted by name.
///
/// # Errors
/// The folder can't be read, or contains no TOML file.
pub(crate) fn files_at(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    // Editors keep locks and copies in hidden files.
    let is_hidden = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    };
    let is_toml = |path: &PathBuf| {
        let is_named_so = |extension: &OsStr| extension.eq_ignore_ascii_case("toml");
        path.extension().is_some_and(is_named_so) && !is_hidden(path)
    };
    files.retain(is_toml);
    if files.is_empty() {
        return Err(io::Error::other("the folder contains no .toml file"));
    }
    files.sort();
    Ok(files)
}

/// The text of a file. Anything that is not a regular file, such as a pipe, might never end.
fn read_text(file: &Path) -> io::Result<String> {
    let metadata = std::fs::metadata(file)?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a file"));
    }
    if metadata.len() > LARGEST {
        return Err(io::Error::other(format!("the file exceeds {} MiB", LARGEST >> 20)));
    }
    String::from_utf8(std::fs::read(file)?).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count();
        io::Error::other(format!("line {line} is not UTF-8; save the file in this encoding"))
    })
}

/// A path in the settings with the values of its variables, if all of them are set.
#[cfg(feature = "server")]
pub(crate) fn expanded(path: &str) -> String {
    environment::expand(path).unwrap_or_else(|| path.to_owned())
}

/// The file or folder that a path in the settings names. A relative path is looked for in the
/// workspace folders; the first one that contains it is used.
///
/// # Errors
/// A message that says where it was looked for.
#[cfg(feature = "server")]
pub(crate) fn resolve(path: &str, roots: &[PathBuf]) -> Result<PathBuf, String> {
    if path.trim().is_empty() {
        return Err("a catalog path is empty".to_owned());
    }
    let path = expanded(path);
    if Path::new(&path).is_absolute() {
        return Ok(PathBuf::from(path));
    }
    let candidates: Vec<PathBuf> = roots.iter().map(|root| root.join(&path)).collect();
    if let Some(found) = candidates.iter().find(|candidate| candidate.exists()) {
        return Ok(found.clone());
    }
    if candidates.is_empty() {
        return Err(format!("{path}: a relative path needs an open workspace folder"));
    }
    let tried: Vec<String> = candidates.iter().map(|path| path.display().to_string()).collect();
    Err(format!("{path}: not found; tried {}", tried.join(", ")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const GOOD: &str = "[family]\nid = \"team\"\ntitle = \"Team\"\n\n[[entry]]\ncode = 0xE0001007\n\
        name = \"TEAM_FULL\"\nseverity = \"error\"\n";

    fn names(catalog: &Catalog) -> Vec<&str> {
        catalog.by_name("TEAM_FULL").iter().map(crate::catalog::Entry::name).collect()
    }

    #[test]
    fn a_folder_is_its_toml_files() {
        let folder = tempfile::tempdir().unwrap();
        let error = files_at(folder.path()).unwrap_err();
        assert_eq!(error.to_string(), "the folder contains no .toml file");
        for name in ["b.toml", "A.TOML", "notes.txt", ".#b.toml"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let files = files_at(folder.path()).unwrap();
        assert_eq!(files, ["A.TOML", "b.toml"].map(|name| folder.path().join(name)));
    }

    #[test]
    fn a_broken_file_keeps_its_last_good_version_and_a_deleted_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("team.toml");
        let mut files = CatalogFiles::default();
        fs::write(&file, GOOD).unwrap();
        let (catalog, problems) = files.load(std::slice::from_ref(&file));
        assert_eq!((names(&catalog), problems), (vec!["TEAM_FULL"], vec![]));

        fs::write(&file, "[family\n").unwrap();
        for _ in 0..2 {
            let (catalog, problems) = files.load(std::slice::from_ref(&file));
            assert_eq!(names(&catalog), ["TEAM_FULL"]);
            assert_eq!(problems.len(), 2, "{problems:?}");
            assert!(problems[0].starts_with(&format!("{}:1:", file.display())), "{problems:?}");
            assert!(
                problems[1].ends_with("its last valid version is still in use"),
                "{problems:?}"
            );
        }

        fs::remove_file(&file).unwrap();
        let (catalog, problems) = files.load(std::slice::from_ref(&file));
        assert_eq!((names(&catalog), problems.len()), (vec![], 1), "{problems:?}");
        assert!(problems[0].starts_with(&*file.to_string_lossy()), "{problems:?}");

        // The same in its folder.
        fs::write(&file, GOOD).unwrap();
        let (catalog, _) = files.load(&[folder.path().to_owned()]);
        assert_eq!(names(&catalog), ["TEAM_FULL"]);
        fs::remove_file(&file).unwrap();
        let (catalog, problems) = files.load(&[folder.path().to_owned()]);
        let empty = format!("{}: the folder contains no .toml file", folder.path().display());
        assert_eq!((names(&catalog), problems), (vec![], vec![empty]));
    }

    #[test]
    fn a_file_that_no_longer_fits_the_others_keeps_its_last_valid_version() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("team.toml");
        let mut files = CatalogFiles::default();
        fs::write(&file, GOOD).unwrap();
        files.load(std::slice::from_ref(&file));
        for broken in [
            GOOD.replace("title = \"Team\"", "title = \"Team\"\nsame-numbers-as = \"nope\""),
            GOOD.replace("title = \"Team\"\n", ""),
            "[family\n".to_owned(),
        ] {
            fs::write(&file, broken).unwrap();
            let (catalog, problems) = files.load(std::slice::from_ref(&file));
            assert_eq!(names(&catalog), ["TEAM_FULL"], "{problems:?}");
            let last = problems.last().map(String::as_str).unwrap_or_default();
            assert!(last.ends_with("its last valid version is still in use"), "{problems:?}");
        }
    }

    #[test]
    fn a_file_in_another_encoding_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("team.toml");
        fs::write(&file, b"# Team\n# \xC9quipe\n").unwrap();
        let problem = read_layer(&file).unwrap_err().concat();
        assert!(
            problem.ends_with("line 2 is not UTF-8; save the file in this encoding"),
            "{problem}"
        );
    }

    #[test]
    fn a_folder_is_its_toml_files_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.toml", "a.toml", "notes.md"] {
            fs::write(folder.path().join(name), GOOD).unwrap();
        }
        let files = files_at(folder.path()).unwrap();
        let names: Vec<_> = files.iter().filter_map(|file| file.file_name()).collect();
        assert_eq!(names, ["a.toml", "b.toml"]);
    }

    #[cfg(feature = "server")]
    #[test]
    fn a_relative_path_is_looked_for_in_the_workspace_folders_only() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(b.path().join("team.toml"), GOOD).unwrap();
        let roots = [a.path().to_owned(), b.path().to_owned()];
        assert_eq!(resolve("team.toml", &roots), Ok(b.path().join("team.toml")));
        let tried = format!(
            "Cargo.toml: not found; tried {}, {}",
            a.path().join("Cargo.toml").display(),
            b.path().join("Cargo.toml").display()
        );
        assert_eq!(resolve("Cargo.toml", &roots), Err(tried));
        assert!(resolve("Cargo.toml", &[]).unwrap_err().contains("workspace folder"));
    }
}
