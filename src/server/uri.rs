//! Document URIs: byte for byte as the client writes them, and the files they identify.
//!
//! A URI type that normalizes (`é` to `%C3%A9`, `/../` removed) would publish diagnostics under a
//! URI that the client does not know, and editors would drop them.

use std::borrow::Borrow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer, Serialize};
use tower_lsp::lsp_types::Url;

/// A URI as the client writes it, used as the key of a document and in messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Uri(Arc<str>);

impl Uri {
    /// Keeps a URI exactly as written; `None` if it has no scheme (RFC 3986, 3.1).
    pub(super) fn parse(written: &str) -> Option<Self> {
        let (scheme, _) = written.split_once(':')?;
        let mut letters = scheme.bytes();
        let begins = letters.next().is_some_and(|byte| byte.is_ascii_alphabetic());
        let goes_on = letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        (begins && goes_on).then(|| Self(written.into()))
    }

    /// The URI of a file; `None` for a relative path.
    pub(super) fn of_file(path: &Path) -> Option<Self> {
        files::url(path).map(|url| Self(url.as_str().into()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The file that the URI identifies.
    pub(super) fn to_file_path(&self) -> Option<PathBuf> {
        files::path(&Url::parse(&self.0).ok()?)
    }

    /// The last segment of the path, for a title.
    pub(super) fn file_name(&self) -> String {
        let file = self.to_file_path();
        let name = file.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
        let last = || self.0.rsplit(['/', ':']).next().unwrap_or_default();
        name.map_or_else(
            || percent_decode_str(last()).decode_utf8_lossy().into_owned(),
            std::borrow::Cow::into_owned,
        )
    }
}

/// URLs of files.
#[cfg(not(target_family = "wasm"))]
mod files {
    use super::{Path, PathBuf, Url};

    pub(super) fn url(path: &Path) -> Option<Url> {
        Url::from_file_path(path).ok()
    }

    pub(super) fn path(url: &Url) -> Option<PathBuf> {
        url.to_file_path().ok()
    }
}

/// The same without a file system, in which paths are only names.
#[cfg(target_family = "wasm")]
mod files {
    use super::{Path, PathBuf, Url, percent_decode_str};

    pub(super) fn url(path: &Path) -> Option<Url> {
        Url::parse("file:///").ok()?.join(path.to_str()?).ok()
    }

    pub(super) fn path(url: &Url) -> Option<PathBuf> {
        let path = percent_decode_str(url.path()).decode_utf8().ok()?;
        (url.scheme() == "file").then(|| PathBuf::from(&*path))
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for Uri {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for Uri {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        // Without the text itself, as the message may end up in a log.
        Self::parse(&written).ok_or_else(|| serde::de::Error::custom("not a URI"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_kept_as_it_is_written() {
        for written in [
            "file:///home/é/a b.log",
            "file:///c:/logs/`x`.log",
            "file:///a/../b.log",
            "file://localhost/a.log",
            "untitled:Untitled-1",
            "vscode-notebook-cell:/x.ipynb#W0sZmlsZQ%3D%3D",
        ] {
            let uri: Uri = serde_json::from_value(written.into()).unwrap();
            assert_eq!(serde_json::to_value(&uri).unwrap(), written);
        }
    }

    #[test]
    fn what_has_no_scheme_is_not_a_uri() {
        for written in ["", "not a uri", "/a.log", ":x", "1a:b", "é:x"] {
            assert_eq!(Uri::parse(written), None, "{written}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_found_however_its_uri_is_written() {
        for (written, file) in [
            ("file:///home/é/a b.log", "/home/é/a b.log"),
            ("file:///home/%C3%A9/a%20b.log", "/home/é/a b.log"),
            ("file://localhost/a.log", "/a.log"),
        ] {
            let path = Uri::parse(written).unwrap().to_file_path();
            assert_eq!(path.as_deref(), Some(Path::new(file)), "{written}");
        }
        assert_eq!(Uri::parse("untitled:a").unwrap().to_file_path(), None);
    }

    #[cfg(windows)]
    #[test]
    fn a_file_is_found_by_its_drive_or_server() {
        for (written, file) in [
            ("file:///c%3A/Logs/a%20b.log", r"c:\Logs\a b.log"),
            ("file:///C:/Logs/é.log", r"C:\Logs\é.log"),
            ("file://server/share/a.log", r"\\server\share\a.log"),
            ("file://127.0.0.1/c%24/a.log", r"\\127.0.0.1\c$\a.log"),
            ("file://wsl%24/Ubuntu/a.log", r"\\wsl$\Ubuntu\a.log"),
            ("file://wsl.localhost/Ubuntu/a.log", r"\\wsl.localhost\Ubuntu\a.log"),
        ] {
            let path = Uri::parse(written).unwrap().to_file_path();
            assert_eq!(path.as_deref(), Some(Path::new(file)), "{written}");
        }
    }

    #[test]
    fn a_title_has_the_last_part_of_the_path() {
        for (written, name) in
            [("file:///logs/a%20b.log", "a b.log"), ("untitled:Untitled-1", "Untitled-1")]
        {
            assert_eq!(Uri::parse(written).unwrap().file_name(), name);
        }
    }
}
