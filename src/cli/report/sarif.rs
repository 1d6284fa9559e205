//! The SARIF format, version 2.1.0.

use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::Finding;
use crate::catalog::Severity;
use crate::cli::input::{LeftOut, without_verbatim};
use crate::cli::terminal::safe_json;
use crate::explain::Answer;
use crate::locale::Locale;

/// Everything but the slash and RFC 3986's unreserved characters is escaped in a URI's path.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A file's URI: absolute for an absolute path, including Windows paths, otherwise a relative
/// reference. Colons are escaped, so that a folder's name never becomes a scheme.
fn uri(path: &str) -> String {
    let path = &*without_verbatim(path);
    let has_drive =
        matches!(path.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
    let is_of_windows = cfg!(windows) || has_drive || path.starts_with(r"\\");
    let path = if is_of_windows { &path.replace('\\', "/") } else { path };
    let encode = |path| utf8_percent_encode(path, ESCAPED);
    if has_drive {
        format!("file:///{}{}", &path[..2], encode(&path[2..]))
    } else if path.starts_with("//") {
        format!("file:{}", encode(path))
    } else if path.starts_with('/') {
        format!("file://{}", encode(path))
    } else {
        encode(path).to_string()
    }
}

/// A text as a plain message: its brackets never form a link (SARIF 2.1.0, 3.11.6).
fn plain(text: &str) -> String {
    let (mut escaped, mut backslashes) = (String::with_capacity(text.len()), 0);
    for c in text.chars() {
        if matches!(c, '[' | ']') {
            // Doubles the existing backslashes and adds one for the bracket.
            escaped.extend(std::iter::repeat_n('\\', backslashes + 1));
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        escaped.push(c);
    }
    escaped
}

/// The rule's id, which identifies a problem: the code alone, or, for a small number, with its
/// family.
fn rule_id(answer: &Answer) -> String {
    let is_small = answer.unsigned.is_none_or(|code| code <= 0xFFFF);
    let number = answer.shown_number();
    match (&answer.family, answer.heading().swap_remove(0)) {
        (Some(family), heading) if is_small => format!("{family}/{}", number.unwrap_or(heading)),
        (_, heading) => heading,
    }
}

fn notification(file: &LeftOut, locale: Locale) -> Value {
    let mut notification = json!({
        "level": if file.is_error { "error" } else { "warning" },
        "message": { "text": plain(&file.message(locale)) },
    });
    if let Some(name) = &file.name {
        let location = json!({ "physicalLocation": { "artifactLocation": { "uri": uri(name) } } });
        notification["locations"] = json!([location]);
    }
    notification
}

impl Finding<'_> {
    /// A SARIF result and its rule's id; `None` for successes and unknown codes.
    pub(in crate::cli) fn sarif(&self, locale: Locale) -> Option<Value> {
        let level = match self.answer.severity? {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "note",
            Severity::Success => return None,
        };
        let rule = rule_id(self.answer);
        let place = &self.place;
        let length = self.written().chars().count();
        Some(json!({
            "ruleId": rule,
            "level": level,
            "message": { "text": plain(&self.answer.message), "markdown": self.answer.markdown(None, locale) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(self.path) },
                "region": { "startLine": place.line, "startColumn": place.column,
                            "endColumn": place.column + length },
            }}],
        }))
    }
}

/// A SARIF 2.1.0 log with a single run.
#[derive(Debug, Default)]
pub(in crate::cli) struct Sarif {
    results: Vec<Value>,
}

impl Sarif {
    pub(in crate::cli) fn add(&mut self, results: Vec<Value>) {
        self.results.extend(results);
    }

    pub(in crate::cli) fn write(
        &self,
        output: &mut impl Write,
        left_out: &[LeftOut],
        locale: Locale,
    ) -> io::Result<()> {
        let mut rules: Vec<&str> =
            self.results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        let rules: Vec<Value> = rules.into_iter().map(|id| json!({ "id": id })).collect();
        let log = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": { "name": "hexplain", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
                "invocations": [{
                    "executionSuccessful": !left_out.iter().any(|file| file.is_error),
                    "toolExecutionNotifications":
                        left_out.iter().map(|file| notification(file, locale)).collect::<Vec<_>>(),
                }],
                "columnKind": "unicodeCodePoints",
                "language": locale.pick("en-US", "fr-FR"),
                "results": self.results,
            }],
        });
        output.write_all(&safe_json(serde_json::to_vec_pretty(&log)?))?;
        writeln!(output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_windows_are_file_uris() {
        for (path, expected) in [
            (r"C:\Logs\a b.log", "file:///C:/Logs/a%20b.log"),
            ("C:/Logs/#1.log", "file:///C:/Logs/%231.log"),
            (r"\\server\share\a.log", "file://server/share/a.log"),
            (r"\\?\C:\Logs\a.log", "file:///C:/Logs/a.log"),
            (r"\\?\UNC\server\share\a.log", "file://server/share/a.log"),
            ("C:x.log", "C%3Ax.log"),
            ("-", "-"),
        ] {
            assert_eq!(uri(path), expected, "{path}");
        }
    }
}
