//! Files, folders and stdin as inputs of a scan, and why any of them is left out.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use super::decode::decode;
use crate::locale::Locale;

/// The name of stdin on the command line and in answers.
pub(super) const STDIN: &str = "-";

/// A file of at least this many bytes is scanned in parts, on all cores.
const LARGE: u64 = 4 << 20;

/// The most bytes that are read of an input.
const LONGEST: u64 = 4 << 30;

const NOT_A_FILE: &str = "not a regular file";

/// A file, or stdin.
#[derive(Clone, Debug)]
pub(super) struct Input {
    path: PathBuf,
    /// Whether it was named on the command line rather than found in a folder.
    named: bool,
}

/// A file that was not scanned.
#[derive(Debug)]
pub(super) struct LeftOut {
    /// Its name; `None` if the reason contains it.
    pub(super) name: Option<String>,
    pub(super) reason: String,
    /// Whether the run fails: the file can't be read, or it was named on the command line.
    pub(super) is_error: bool,
}

impl LeftOut {
    /// The name and the reason.
    pub(super) fn message(&self, locale: Locale) -> String {
        let left_out = locale.pick("left out: ", "non analysé\u{a0}: ");
        match &self.name {
            Some(name) => format!("{name}: {left_out}{}", self.reason),
            None => self.reason.clone(),
        }
    }
}

impl Input {
    /// Its name as given or found.
    pub(super) fn name(&self) -> Cow<'_, str> {
        self.path.to_string_lossy()
    }

    fn is_stdin(&self) -> bool {
        self.path == Path::new(STDIN)
    }

    /// Whether it is large enough to scan in parts.
    pub(super) fn is_large(&self) -> bool {
        self.is_stdin() || self.length() >= LARGE
    }

    /// Its length in bytes.
    pub(super) fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |data| data.len())
    }

    /// Its text.
    ///
    /// # Errors
    /// The reason for leaving it out.
    pub(super) fn read(&self, locale: Locale) -> Result<String, LeftOut> {
        let bytes = self.bytes().map_err(|error| self.left_out(error.to_string(), true))?;
        decode(bytes).ok_or_else(|| {
            let reason = locale.pick(
                "binary file; export it as text first (an .evtx with `wevtutil qe FILE /lf /f:text`)",
                "fichier binaire\u{a0}; exportez-le d’abord en texte (un .evtx avec `wevtutil qe FICHIER /lf /f:text`)",
            );
            self.left_out(reason.to_owned(), self.named)
        })
    }

    /// Its content. A file that is being written is read up to its length at the time it was
    /// opened, as it may grow faster than it is read.
    fn bytes(&self) -> io::Result<Vec<u8>> {
        if self.is_stdin() {
            return bytes_of(io::stdin().lock());
        }
        let file = File::open(&self.path)?;
        let metadata = file.metadata()?;
        match metadata.len() {
            // Pipes, which process substitution makes, and the files in `/proc` have no length.
            0 if is_endless(&metadata) => Err(io::Error::other(NOT_A_FILE)),
            0 => bytes_of(file),
            len if len > LONGEST => Err(too_long()),
            len => bytes_of(file.take(len)),
        }
    }

    fn left_out(&self, reason: String, is_error: bool) -> LeftOut {
        LeftOut { name: Some(self.name().into_owned()), reason, is_error }
    }
}

/// All bytes of an input, up to [`LONGEST`].
fn bytes_of(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST { Err(too_long()) } else { Ok(bytes) }
}

fn too_long() -> io::Error {
    io::Error::other(format!("longer than {} GiB; split it", LONGEST >> 30))
}

/// Whether a file is a device, which may never end.
fn is_endless(metadata: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        metadata.file_type().is_char_device() || metadata.file_type().is_block_device()
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}

/// A folder or a file in it that can't be read.
fn unreadable(mut error: ignore::Error) -> LeftOut {
    let mut name = None;
    loop {
        error = match error {
            ignore::Error::WithDepth { err, .. } => *err,
            ignore::Error::WithPath { path, err } => {
                name = Some(path.to_string_lossy().into_owned());
                *err
            }
            error => {
                let reason = error.to_string();
                return LeftOut { name, reason, is_error: true };
            }
        }
    }
}

/// The files to scan, in order, and what can't be read.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub(super) files: Vec<Input>,
    pub(super) left_out: Vec<LeftOut>,
}

impl Inputs {
    /// Adds the files that the arguments name, including all files in folders. Without arguments,
    /// these are stdin, or the current folder if stdin is a terminal.
    pub(super) fn add_arguments(&mut self, paths: &[PathBuf]) {
        let default = [PathBuf::from(if io::stdin().is_terminal() { "." } else { STDIN })];
        for path in if paths.is_empty() { &default } else { paths } {
            if cfg!(windows) && path != Path::new(STDIN) {
                self.add_windows_argument(path);
            } else {
                self.add(path, true);
            }
        }
    }

    /// Adds a file, or all files in a folder, that is not named on the command line.
    pub(super) fn add_unnamed(&mut self, path: &Path) {
        self.add(path, false);
    }

    /// Adds what an argument names on Windows, whose shells leave `*` and `?` to the program, and
    /// pass `"C:\Logs\"` on with its last quote.
    fn add_windows_argument(&mut self, path: &Path) {
        let name = path.to_string_lossy();
        let name = name.strip_suffix('"').unwrap_or(&name);
        if !without_verbatim(name).contains(['*', '?']) {
            return self.add(Path::new(name), true);
        }
        let found = matching(name);
        if found.is_empty() {
            let reason = "no file has such a name".to_owned();
            self.left_out.push(LeftOut { name: Some(name.to_owned()), reason, is_error: true });
        }
        found.iter().for_each(|path| self.add(path, true));
    }

    /// Adds a file, or all files in a folder. Hidden and git-ignored files are included, as logs are
    /// often both, and so are the targets of symbolic links.
    fn add(&mut self, path: &Path, named: bool) {
        if path == Path::new(STDIN) || !path.is_dir() {
            return self.files.push(Input { path: path.to_owned(), named });
        }
        let mut walk = ignore::WalkBuilder::new(path);
        walk.standard_filters(false).follow_links(true).sort_by_file_path(Path::cmp);
        for entry in walk.build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    self.files.push(Input { path: entry.into_path(), named: false });
                }
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {}
                Ok(entry) => self.left_out.push(LeftOut {
                    name: Some(entry.path().to_string_lossy().into_owned()),
                    reason: NOT_A_FILE.to_owned(),
                    is_error: false,
                }),
                Err(error) => self.left_out.push(unreadable(error)),
            }
        }
    }
}

/// The files and folders that a path with `*` and `?` names, in the order of their names.
pub(super) fn matching(path: &str) -> Vec<PathBuf> {
    // A bracket is a letter like any other.
    let pattern = without_verbatim(path).replace('[', "[[]");
    let options = glob::MatchOptions { case_sensitive: false, ..glob::MatchOptions::new() };
    glob::glob_with(&pattern, options)
        .map_or_else(|_| Vec::new(), |found| found.flatten().collect())
}

/// A Windows path without the `\\?\` that allows long names, and whose question mark is no
/// wildcard.
pub(super) fn without_verbatim(path: &str) -> Cow<'_, str> {
    match path.strip_prefix(r"\\?\") {
        Some(rest) if rest.get(..4).is_some_and(|unc| unc.eq_ignore_ascii_case(r"UNC\")) => {
            Cow::Owned(format!(r"\\{}", &rest[4..]))
        }
        Some(rest) => Cow::Borrowed(rest),
        None => Cow::Borrowed(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_read_is_named_once() {
        let err = ignore::Error::Io(io::Error::other("permission denied"));
        let err = ignore::Error::WithPath { path: "logs/secret".into(), err: Box::new(err) };
        let found = unreadable(ignore::Error::WithDepth { depth: 1, err: Box::new(err) });
        assert_eq!(found.message(Locale::En), "logs/secret: left out: permission denied");
    }

    #[test]
    fn wildcards_name_files_whatever_their_case() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a[1]");
        fs::create_dir(&below).unwrap();
        for name in ["b.LOG", "a.log", "a.txt", ".hidden.log"] {
            fs::write(below.join(name), "").unwrap();
        }
        let names = |pattern: &str| -> Vec<String> {
            let found = matching(below.join(pattern).to_str().unwrap());
            let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
            found.iter().map(name).collect()
        };
        assert_eq!(names("?.log"), ["a.log", "b.LOG"]);
        assert_eq!(names("a.*"), ["a.log", "a.txt"]);
        assert_eq!(names("a.log"), ["a.log"]);
        assert_eq!(names("c*"), [""; 0]);
    }

    #[test]
    fn a_verbatim_path_is_a_common_one() {
        for (path, expected) in [
            (r"\\?\C:\Logs\*.log", r"C:\Logs\*.log"),
            (r"\\?\UNC\server\share\a?.log", r"\\server\share\a?.log"),
            (r"\\server\share\a.log", r"\\server\share\a.log"),
            (r"\\?\é", "é"),
            ("/var/log/a.log", "/var/log/a.log"),
        ] {
            assert_eq!(without_verbatim(path), expected);
        }
    }
}
