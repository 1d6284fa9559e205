//! Files, folders and stdin as texts, whatever their encoding.

use std::borrow::Cow;
use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How stdin is named on the command line and in answers.
pub(super) const STDIN: &str = "-";

/// One thing to scan.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    /// Whether it was named itself, and not found in a folder.
    named: bool,
}

impl Input {
    /// Its name, as it was given or found.
    pub(super) fn name(&self) -> Cow<'_, str> {
        self.path.to_string_lossy()
    }

    /// Its text; `None` for a binary file that a folder holds.
    ///
    /// # Errors
    /// What is wrong with the file, naming it.
    pub(super) fn read(&self) -> Result<Option<String>, String> {
        let bytes = if self.path == Path::new(STDIN) {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        } else {
            fs::read(&self.path)
        };
        let bytes = bytes.map_err(|error| format!("{}: {error}", self.name()))?;
        match decode(bytes) {
            Some(text) => Ok(Some(text)),
            None if self.named => Err(format!(
                "{}: a binary file; export it as text first (an .evtx with `wevtutil qe FILE /lf /f:text`)",
                self.name()
            )),
            None => Ok(None),
        }
    }
}

/// The files that the arguments name, folders walked, in order; and what can't be walked.
///
/// Hidden and git-ignored files count: logs are often both.
pub(super) fn inputs(paths: &[PathBuf]) -> (Vec<Input>, Vec<String>) {
    let default = [PathBuf::from(if io::stdin().is_terminal() { "." } else { STDIN })];
    let paths = if paths.is_empty() { &default } else { paths };
    let (mut inputs, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        if path == Path::new(STDIN) || path.is_file() {
            inputs.push(Input { path: path.clone(), named: true });
            continue;
        }
        let mut walk = ignore::WalkBuilder::new(path);
        walk.standard_filters(false).sort_by_file_path(Path::cmp);
        for entry in walk.build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    inputs.push(Input { path: entry.into_path(), named: false });
                }
                Ok(_) => {}
                Err(error) => problems.push(error.to_string()),
            }
        }
    }
    (inputs, problems)
}

/// The text in a file's bytes: by its byte order mark, else UTF-8, else UTF-16 by its zeros, else
/// Windows-1252. `None` for what is no text.
fn decode(bytes: Vec<u8>) -> Option<String> {
    let encoding = match Encoding::for_bom(&bytes) {
        Some((encoding, _)) => encoding,
        None => guess(&bytes)?,
    };
    if encoding == UTF_8 {
        let bytes = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
            Some(rest) => rest.to_vec(),
            None => bytes,
        };
        return Some(
            String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        );
    }
    Some(encoding.decode(&bytes).0.into_owned())
}

fn guess(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(8 * 1024)];
    let zeros = |at: usize| sample.iter().skip(at).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Latin text in UTF-16 has a zero in every second byte.
    if odd > sample.len() / 4 && even < odd / 8 {
        return Some(UTF_16LE);
    }
    if even > sample.len() / 4 && odd < even / 8 {
        return Some(UTF_16BE);
    }
    if even + odd > 0 {
        return None;
    }
    Some(if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bom: bool) -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        if bom { [0xFF, 0xFE].into_iter().chain(units).collect() } else { units.collect() }
    }

    #[test]
    fn texts_are_read_in_the_encodings_of_windows() {
        let text = "Échec 0x87D1FDE8";
        let latin = b"\xC9chec 0x87D1FDE8".to_vec();
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            utf16(text, true),
            utf16(text, false),
            latin,
        ] {
            assert_eq!(decode(bytes).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_binary_file_is_no_text() {
        assert_eq!(decode(b"ElfFile\x00\x00\x01\x02\x00\x00\x00\x00".to_vec()), None);
        assert_eq!(decode(Vec::new()).as_deref(), Some(""));
    }
}
