//! Reads the catalog files that the settings name, and notices when they change.
//!
//! Files are reread when the client's watcher reports a change, when one is saved, and when the
//! settings change. Modification times are also checked: every second for a client that can't
//! watch files; for others when a message arrives, at most once per second, as they may not watch
//! network drives or files outside the workspace. This needs no thread of its own and costs a few
//! system calls.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::client::Client;
use super::settings::Settings;
use super::uri::Uri;
use crate::catalog::{Catalog, Layer};
use crate::catalog_files::{self, CatalogFiles};

/// What a user is told who names catalogs where there are no files.
const NO_FILES: &str = "hexplain.catalogs: the WebAssembly module can't read files; catalogs of your own need the hexplain program";

/// How often files are checked for changes.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);

/// Where a session's catalogs are, besides the settings' paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    /// Absolute paths from the command line; the settings' catalogs are layered on top of them.
    pub(super) own: Vec<PathBuf>,
    /// The workspace folders, against which the settings' relative paths are resolved.
    pub(super) roots: Vec<PathBuf>,
}

/// What a catalog was made of; equal contents make equal catalogs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    catalogs: Vec<String>,
    families: BTreeMap<String, bool>,
    layers: BTreeMap<PathBuf, Layer>,
}

impl Contents {
    /// Whether these settings would give the same contents.
    pub(super) fn is_of(&self, settings: &Settings) -> bool {
        (&self.catalogs, &self.families) == (&settings.catalogs, &settings.families)
    }
}

/// A catalog read from its files.
pub(super) struct Loaded {
    pub(super) catalog: Catalog,
    pub(super) contents: Contents,
    /// Problems in the files and in the settings that name them.
    pub(super) problems: Vec<String>,
}

/// Modification time and length of each file; `None` for a file that does not exist.
type Stamps = Vec<(PathBuf, Option<(SystemTime, u64)>)>;

/// Reads catalog files and remembers what it has read.
#[derive(Debug, Default)]
pub(super) struct Loader {
    files: CatalogFiles,
    stamps: Stamps,
}

impl Loader {
    /// The built-in catalog with the settings' files on top, without the families that are
    /// turned off.
    pub(super) fn load(&mut self, settings: &Settings, origins: &Origins) -> Loaded {
        // Before the files are read, so that a change during the read is noticed later.
        self.stamps = stamps(&places(settings, origins));
        let mut problems = Vec::new();
        let mut paths = origins.own.clone();
        let mut named = &settings.catalogs[..];
        if cfg!(target_family = "wasm") && !named.is_empty() {
            problems.push(NO_FILES.to_owned());
            named = &[];
        }
        for path in named {
            match catalog_files::resolve(path, &origins.roots) {
                Ok(path) => paths.push(path),
                Err(problem) => problems.push(format!("{problem} (hexplain.catalogs)")),
            }
        }
        let (catalog, found) = self.files.load(&paths);
        problems.extend(found.into_iter().map(|problem| {
            let is_in = |path: &PathBuf| {
                let rest = problem.strip_prefix(&*path.to_string_lossy());
                rest.is_some_and(|rest| rest.starts_with([':', '/', '\\']))
            };
            let is_own = origins.own.iter().any(is_in);
            format!("{problem} ({})", if is_own { "--catalog" } else { "hexplain.catalogs" })
        }));
        let known: Vec<&str> = catalog.families().map(|family| family.id()).collect();
        for id in settings.families.keys().filter(|id| !known.contains(&id.as_str())) {
            let known = known.join(", ");
            problems.push(format!("hexplain.families: unknown family {id}; known: {known}"));
        }
        let on = |id: &str| settings.families.get(id).copied().unwrap_or(true);
        let contents = Contents {
            catalogs: settings.catalogs.clone(),
            families: settings.families.clone(),
            layers: self.files.layers().clone(),
        };
        Loaded { catalog: catalog.with_families(on), contents, problems }
    }

    /// [`load`](Self::load), if any file has changed since the last read.
    pub(super) fn load_changed(
        &mut self,
        settings: &Settings,
        origins: &Origins,
    ) -> Option<Loaded> {
        (stamps(&places(settings, origins)) != self.stamps).then(|| self.load(settings, origins))
    }
}

/// Where the catalogs are expected, whether they exist or not.
pub(super) fn places(settings: &Settings, origins: &Origins) -> Vec<PathBuf> {
    let place = |path: &String| -> Vec<PathBuf> {
        if path.trim().is_empty() {
            return Vec::new();
        }
        let path = &catalog_files::expanded(path);
        if Path::new(path).is_absolute() {
            return vec![without_dots(Path::new(path))];
        }
        origins.roots.iter().map(|root| without_dots(&root.join(path))).collect()
    };
    let own = origins.own.iter().map(|path| without_dots(path));
    own.chain(settings.catalogs.iter().flat_map(place)).collect()
}

/// A path without `.` and `..`, as clients name files.
fn without_dots(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, component| {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(path.pop()),
            other => path.push(other),
        }
        path
    })
}

fn stamps(places: &[PathBuf]) -> Stamps {
    let stamp = |path: PathBuf| {
        let metadata = std::fs::metadata(&path).ok();
        let stamp = metadata.and_then(|metadata| Some((metadata.modified().ok()?, metadata.len())));
        (path, stamp)
    };
    let files = places.iter().flat_map(|place| catalog_files::files_at(place).unwrap_or_default());
    files.map(stamp).collect()
}

/// Whether a file is at one of `places` or in a folder there.
pub(super) fn is_at(places: &[PathBuf], file: &Path) -> bool {
    places.iter().any(|place| {
        is_same(file, place) || file.parent().is_some_and(|folder| is_same(folder, place))
    })
}

/// Whether two paths are the same: on Windows, whatever their case.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || cfg!(windows) && one.as_os_str().eq_ignore_ascii_case(other)
}

/// The `FileSystemWatcher`s for what is at `places` (LSP 3.17, `workspace/didChangeWatchedFiles`).
pub(super) fn watchers(places: &[PathBuf], client: &Client) -> Vec<Value> {
    let watchers = places.iter().filter_map(|place| {
        let is_file = place.extension().is_some_and(|extension| extension == "toml");
        let (folder, pattern) = match place.file_name() {
            Some(name) if is_file => (place.parent()?, literally(&name.to_string_lossy())),
            _ => (place.as_path(), "*.toml".to_owned()),
        };
        let pattern = if client.relative_patterns {
            json!({ "baseUri": Uri::of_file(folder)?, "pattern": pattern })
        } else {
            let folder = folder.to_string_lossy().replace('\\', "/");
            json!(format!("{}/{pattern}", literally(folder.trim_end_matches('/'))))
        };
        Some(json!({ "globPattern": pattern }))
    });
    watchers.collect()
}

/// A pattern that matches a literal name: LSP patterns have no escapes, but `?` is any character.
fn literally(name: &str) -> String {
    name.replace(['*', '?', '[', ']', '{', '}'], "?")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const GOOD: &str = "[family]\nid = \"team\"\ntitle = \"Team\"\n\n[[entry]]\ncode = 0xE0001007\n\
        name = \"TEAM_FULL\"\nseverity = \"error\"\n";

    fn settings(catalogs: &[&Path]) -> Settings {
        let catalogs = catalogs.iter().map(|path| path.display().to_string()).collect();
        Settings { catalogs, ..Settings::default() }
    }

    #[test]
    fn equal_files_have_equal_contents_and_changed_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("team.toml");
        fs::write(&file, GOOD).unwrap();
        let settings = settings(&[&file]);
        let mut loader = Loader::default();
        let first = loader.load(&settings, &Origins::default());
        assert!(first.contents != Contents::default());
        fs::write(&file, GOOD).unwrap();
        assert!(loader.load(&settings, &Origins::default()).contents == first.contents);
        fs::write(&file, GOOD.replace("FULL", "EMPTY")).unwrap();
        assert!(loader.load(&settings, &Origins::default()).contents != first.contents);
        // A broken file keeps its last valid version.
        let good = loader.load(&settings, &Origins::default()).contents;
        fs::write(&file, "[family\n").unwrap();
        let broken = loader.load(&settings, &Origins::default());
        assert!(broken.contents == good && !broken.problems.is_empty(), "{:?}", broken.problems);
    }

    #[test]
    fn files_are_read_again_only_if_they_have_changed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("team.toml");
        fs::write(&file, GOOD).unwrap();
        let settings = settings(&[folder.path()]);
        let mut loader = Loader::default();
        loader.load(&settings, &Origins::default());
        assert!(loader.load_changed(&settings, &Origins::default()).is_none());
        fs::write(&file, GOOD.replace("FULL", "EMPTY")).unwrap();
        assert!(loader.load_changed(&settings, &Origins::default()).is_some());
        assert!(loader.load_changed(&settings, &Origins::default()).is_none());
        fs::write(folder.path().join("other.toml"), GOOD).unwrap();
        assert!(loader.load_changed(&settings, &Origins::default()).is_some());
        fs::remove_file(&file).unwrap();
        assert!(loader.load_changed(&settings, &Origins::default()).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_relative_catalog_is_watched_in_every_folder_of_the_workspace() {
        let settings = Settings {
            catalogs: vec!["/etc/./hexplain".into(), "x/../a[1].toml".into()],
            ..Settings::default()
        };
        let places =
            places(&settings, &Origins { own: vec![], roots: vec!["/one".into(), "/t wo".into()] });
        assert_eq!(
            places,
            ["/etc/hexplain", "/one/a[1].toml", "/t wo/a[1].toml"].map(PathBuf::from)
        );
        assert!(is_at(&places, Path::new("/one/a[1].toml")));
        assert!(is_at(&places, Path::new("/etc/hexplain/x.toml")));
        assert!(!is_at(&places, Path::new("/one/b.toml")));

        let mut client = Client { relative_patterns: true, ..Client::default() };
        assert_eq!(
            watchers(&places, &client),
            [
                json!({ "globPattern": { "baseUri": "file:///etc/hexplain", "pattern": "*.toml" } }),
                json!({ "globPattern": { "baseUri": "file:///one", "pattern": "a?1?.toml" } }),
                json!({ "globPattern": { "baseUri": "file:///t%20wo", "pattern": "a?1?.toml" } }),
            ]
        );
        client.relative_patterns = false;
        assert_eq!(
            watchers(&places, &client)[..2],
            [
                json!({ "globPattern": "/etc/hexplain/*.toml" }),
                json!({ "globPattern": "/one/a?1?.toml" }),
            ]
        );
    }

    #[cfg(windows)]
    #[test]
    fn catalogs_on_drives_and_servers_are_watched() {
        let catalogs = [r"C:/etc\.\hexplain", r"\\server\share\x\..\a[1].toml"];
        let settings =
            Settings { catalogs: catalogs.map(str::to_owned).to_vec(), ..Settings::default() };
        let places = places(&settings, &Origins::default());
        assert_eq!(places, [r"C:\etc\hexplain", r"\\server\share\a[1].toml"].map(PathBuf::from));
        assert!(is_at(&places, Path::new(r"c:\ETC\hexplain\x.toml")));
        assert!(is_at(&places, Path::new(r"\\SERVER\share\A[1].toml")));
        assert!(!is_at(&places, Path::new(r"D:\etc\hexplain\x.toml")));

        let mut client = Client { relative_patterns: true, ..Client::default() };
        let watched = |client: &Client| -> Vec<Value> {
            watchers(&places, client).into_iter().map(|mut of| of["globPattern"].take()).collect()
        };
        assert_eq!(
            watched(&client),
            [
                json!({ "baseUri": "file:///C:/etc/hexplain", "pattern": "*.toml" }),
                json!({ "baseUri": "file://server/share", "pattern": "a?1?.toml" }),
            ]
        );
        client.relative_patterns = false;
        assert_eq!(watched(&client), ["C:/etc/hexplain/*.toml", "//server/share/a?1?.toml"]);
    }
}
