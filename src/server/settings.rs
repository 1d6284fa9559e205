//! The settings under `hexplain`: reading them, and telling what is wrong with them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tower_lsp::lsp_types::DiagnosticSeverity;

use crate::catalog::Severity;
use crate::locale::Locale;

/// What a user can set. The defaults are those of the README.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// The language; `None` for the client's.
    pub(super) locale: Option<Locale>,
    /// Catalog files, absolute or relative to the workspace's folders.
    pub(super) catalogs: Vec<String>,
    /// Families switched on or off, by id.
    pub(super) families: BTreeMap<String, bool>,
    /// Codes that are no one's concern here, as they are written: no diagnostics, no hints.
    pub(super) ignore: Vec<String>,
    pub(super) diagnostics: bool,
    pub(super) minimum_severity: Severity,
    /// One level for all diagnostics; `None` for the entries' own.
    pub(super) severity: Option<DiagnosticSeverity>,
    pub(super) max_per_file: usize,
    pub(super) inlay_hints: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            locale: None,
            catalogs: Vec::new(),
            families: BTreeMap::new(),
            ignore: Vec::new(),
            diagnostics: true,
            minimum_severity: Severity::Information,
            severity: None,
            max_per_file: 1000,
            inlay_hints: true,
        }
    }
}

impl Settings {
    /// The language of the answers, where the client speaks `client`.
    pub(super) fn language(&self, client: Locale) -> Locale {
        self.locale.unwrap_or(client)
    }

    /// Reads settings. What can't be used keeps its default, and is told in the second part,
    /// one sentence a problem.
    pub(super) fn read(value: &Value) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut problems = Vec::new();
        match value {
            Value::Null => {}
            // An empty table of Lua's comes as a list.
            Value::Array(list) if list.is_empty() => {}
            // Some clients send the section with its name.
            Value::Object(map) if map.get("hexplain").is_some_and(serde_json::Value::is_object) => {
                return Self::read(&map["hexplain"]);
            }
            Value::Object(map) => settings.read_map(map, &mut problems),
            _ => problems.push("hexplain: the settings must be an object".to_owned()),
        }
        (settings, problems)
    }

    fn read_map(&mut self, map: &Map<String, Value>, problems: &mut Vec<String>) {
        for (key, value) in flatten(map) {
            if value.is_null() {
                continue;
            }
            let result = match key.as_str() {
                "locale" => read_locale(value).map(|locale| self.locale = locale),
                "catalogs" => strings(value).map(|catalogs| self.catalogs = catalogs),
                "families" => families(value).map(|families| self.families = families),
                "ignore" => codes(value).map(|ignore| self.ignore = ignore),
                "diagnostics.enable" => boolean(value).map(|on| self.diagnostics = on),
                "diagnostics.minimumSeverity" => {
                    minimum_severity(value).map(|severity| self.minimum_severity = severity)
                }
                "diagnostics.severity" => {
                    one_severity(value).map(|severity| self.severity = severity)
                }
                "diagnostics.maxPerFile" => count(value).map(|max| self.max_per_file = max),
                "inlayHints.enable" => boolean(value).map(|on| self.inlay_hints = on),
                // Settings of the clients', which some send along with the server's.
                "clientCommands" | "server.path" | "languages" | "trace.server" => Ok(()),
                _ => Err("is not a setting"),
            };
            match result {
                Ok(()) => {}
                Err("is not a setting") => {
                    problems.push(format!("hexplain.{key} is not a setting; known are {KNOWN}"))
                }
                Err(expected) => {
                    problems.push(format!("hexplain.{key} must be {expected}, not {value}"))
                }
            }
        }
    }
}

const KNOWN: &str = "locale, catalogs, families, ignore, diagnostics.enable, \
    diagnostics.minimumSeverity, diagnostics.severity, diagnostics.maxPerFile, inlayHints.enable";

/// The keys with dots between their levels, whether they came nested or with dots already.
fn flatten(map: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut flat = Vec::new();
    for (key, value) in map {
        match value {
            Value::Object(inner)
                if matches!(key.as_str(), "diagnostics" | "inlayHints" | "server" | "trace") =>
            {
                flat.extend(inner.iter().map(|(inner, value)| (format!("{key}.{inner}"), value)));
            }
            _ => flat.push((key.clone(), value)),
        }
    }
    flat
}

type Read<T> = Result<T, &'static str>;

fn boolean(value: &Value) -> Read<bool> {
    value.as_bool().ok_or("true or false")
}

fn count(value: &Value) -> Read<usize> {
    value.as_u64().filter(|&n| n > 0).map(|n| n as usize).ok_or("a number of at least 1")
}

fn read_locale(value: &Value) -> Read<Option<Locale>> {
    match value.as_str() {
        Some("" | "auto") => Ok(None),
        Some(tag) => Locale::parse(tag).map(Some).ok_or("\"en\", \"fr\" or \"auto\""),
        None => Err("\"en\", \"fr\" or \"auto\""),
    }
}

fn strings(value: &Value) -> Read<Vec<String>> {
    const EXPECTED: &str = "a list of file paths";
    let list = value.as_array().ok_or(EXPECTED)?;
    list.iter().map(|item| item.as_str().map(str::to_owned).ok_or(EXPECTED)).collect()
}

fn families(value: &Value) -> Read<BTreeMap<String, bool>> {
    const EXPECTED: &str = "an object of family ids with true or false";
    let map = value.as_object().ok_or(EXPECTED)?;
    map.iter().map(|(id, on)| Ok((id.clone(), on.as_bool().ok_or(EXPECTED)?))).collect()
}

/// What is meant by each, and whether anything is, the catalog says.
fn codes(value: &Value) -> Read<Vec<String>> {
    let list = value.as_array().ok_or("a list of codes in any notation")?;
    let written = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
    Ok(list.iter().map(written).collect())
}

fn minimum_severity(value: &Value) -> Read<Severity> {
    let severity = value.as_str().and_then(|name| name.parse().ok());
    severity
        .filter(|&severity| severity != Severity::Success)
        .ok_or("\"error\", \"warning\" or \"information\"")
}

fn one_severity(value: &Value) -> Read<Option<DiagnosticSeverity>> {
    match value.as_str() {
        Some("entry") => Ok(None),
        Some("error") => Ok(Some(DiagnosticSeverity::ERROR)),
        Some("warning") => Ok(Some(DiagnosticSeverity::WARNING)),
        Some("information") => Ok(Some(DiagnosticSeverity::INFORMATION)),
        Some("hint") => Ok(Some(DiagnosticSeverity::HINT)),
        _ => Err("\"entry\", \"error\", \"warning\", \"information\" or \"hint\""),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_setting_is_read_nested_or_with_dots() {
        let nested = json!({
            "locale": "fr", "catalogs": ["a.toml"], "families": {"http": false}, "ignore": ["0x5", -5, 7],
            "diagnostics": {"enable": false, "minimumSeverity": "error", "severity": "hint", "maxPerFile": 5},
            "inlayHints": {"enable": false},
        });
        let (settings, problems) = Settings::read(&nested);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(settings.locale, Some(Locale::Fr));
        assert_eq!(settings.ignore, ["0x5", "-5", "7"]);
        assert_eq!(settings.severity, Some(DiagnosticSeverity::HINT));
        assert_eq!(
            (settings.diagnostics, settings.inlay_hints, settings.max_per_file),
            (false, false, 5)
        );
        let dotted = json!({"diagnostics.maxPerFile": 5, "inlayHints.enable": false});
        assert_eq!(Settings::read(&dotted).0.max_per_file, 5);
    }

    #[test]
    fn a_problem_names_the_key_and_what_it_must_be_and_the_rest_counts() {
        let (settings, problems) = Settings::read(&json!({
            "locale": "de", "ingore": [], "ignore": ["0x5"],
            "diagnostics": {"maxPerFile": 0, "minimumSeverity": "success"},
        }));
        assert_eq!(settings.ignore, ["0x5"]);
        let text = problems.join("\n");
        for part in [
            "hexplain.locale must be \"en\", \"fr\" or \"auto\", not \"de\"",
            "hexplain.ingore is not a setting; known are locale",
            "hexplain.diagnostics.maxPerFile must be a number of at least 1, not 0",
            "hexplain.diagnostics.minimumSeverity must be",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn nothing_set_is_the_default() {
        for nothing in [Value::Null, json!({}), json!([]), json!({ "hexplain": {} })] {
            assert_eq!(Settings::read(&nothing), (Settings::default(), Vec::new()));
        }
    }

    #[test]
    fn the_section_may_come_with_its_name() {
        let (settings, problems) = Settings::read(&json!({ "hexplain": { "locale": "fr" } }));
        assert_eq!((settings.locale, problems.len()), (Some(Locale::Fr), 0));
    }
}
