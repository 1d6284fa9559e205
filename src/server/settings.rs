//! The settings under `hexplain`: reads them and reports problems.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;
use tower_lsp::lsp_types::DiagnosticSeverity;

use crate::catalog::Severity;
use crate::locale::Locale;

/// The user's settings, with the defaults that the README gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// The language; `None` for the client's.
    pub(super) locale: Option<Locale>,
    /// Catalog files, absolute or relative to the workspace's folders.
    pub(super) catalogs: Vec<String>,
    /// Families turned on or off, by id.
    pub(super) families: BTreeMap<String, bool>,
    /// Codes without diagnostics and hints, as written.
    pub(super) ignore: Vec<String>,
    pub(super) diagnostics: bool,
    pub(super) minimum_severity: Severity,
    /// One severity for all diagnostics; `None` for the entries' own.
    pub(super) severity: Option<DiagnosticSeverity>,
    pub(super) max_per_file: usize,
    pub(super) repeats: Repeats,
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
            repeats: Repeats::Hint,
            inlay_hints: true,
        }
    }
}

impl Settings {
    /// The language of the answers if the client's language is `client`.
    pub(super) fn language(&self, client: Locale) -> Locale {
        self.locale.unwrap_or(client)
    }

    /// Reads settings. A setting that can't be used keeps its default; the second value lists the
    /// problems, one sentence per problem.
    pub(super) fn read(value: &Value) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut problems = Vec::new();
        match value {
            Value::Null => {}
            // An empty Lua table arrives as an array.
            Value::Array(list) if list.is_empty() => {}
            // Some clients wrap the settings in their section name.
            Value::Object(map) if map.get("hexplain").is_some_and(Value::is_object) => {
                return Self::read(&map["hexplain"]);
            }
            Value::Object(map) => {
                for (key, value) in flatten(map) {
                    problems.extend(settings.set(&key, value).err());
                }
            }
            _ => problems.push("hexplain: the settings must be an object".to_owned()),
        }
        (settings, problems)
    }

    /// Sets one setting; `null` keeps its default.
    ///
    /// # Errors
    /// A description of what is wrong with the key or the value.
    fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        if CLIENT_SETTINGS.contains(&key) || value.is_null() {
            return Ok(());
        }
        let Some((_, expected, set)) = SETTINGS.iter().find(|(known, ..)| *known == key) else {
            let known: Vec<&str> = SETTINGS.iter().map(|(known, ..)| *known).collect();
            return Err(format!(
                "hexplain.{key} is not a setting; the settings are {}",
                known.join(", ")
            ));
        };
        set(self, value).map_err(|part| match part.as_str() {
            "" => format!("hexplain.{key} must be {expected}, not {value}"),
            part => format!("hexplain.{key} must be {expected}; {part}"),
        })
    }
}

/// Stores a value in a field.
///
/// # Errors
/// The invalid part of the value; empty if it is the whole value.
type Set = fn(&mut Settings, &Value) -> Result<(), String>;

/// Every setting: its key, what its value must be, and the function that stores it.
const SETTINGS: &[(&str, &str, Set)] = &[
    ("locale", "\"en\", \"fr\" or \"auto\"", |settings, value| {
        read::<Language>(value).map(|language| settings.locale = language.locale())
    }),
    ("catalogs", "a list of file paths", |settings, value| {
        read_list(value, &mut settings.catalogs)
    }),
    ("families", "an object that maps family ids to true or false", |settings, value| {
        read_map(value, &mut settings.families)
    }),
    ("ignore", "a list of codes in any notation", |settings, value| {
        let written = |code: Value| code.as_str().map_or_else(|| code.to_string(), str::to_owned);
        read::<Vec<Value>>(value)
            .map(|codes| settings.ignore = codes.into_iter().map(written).collect())
    }),
    ("diagnostics.enable", "true or false", |settings, value| {
        read(value).map(|on| settings.diagnostics = on)
    }),
    (
        "diagnostics.minimumSeverity",
        "\"error\", \"warning\" or \"information\"",
        |settings, value| match read::<Severity>(value)? {
            Severity::Success => Err(String::new()),
            severity => {
                settings.minimum_severity = severity;
                Ok(())
            }
        },
    ),
    (
        "diagnostics.severity",
        "\"entry\", \"error\", \"warning\", \"information\" or \"hint\"",
        |settings, value| read::<Level>(value).map(|level| settings.severity = level.severity()),
    ),
    ("diagnostics.maxPerFile", "a whole number, 1 or greater", |settings, value| {
        read::<NonZeroUsize>(value).map(|max| settings.max_per_file = max.get())
    }),
    ("diagnostics.repeats", "\"hint\", \"all\" or \"none\"", |settings, value| {
        read(value).map(|repeats| settings.repeats = repeats)
    }),
    ("inlayHints.enable", "true or false", |settings, value| {
        read(value).map(|on| settings.inlay_hints = on)
    }),
];

/// Settings of the clients themselves, which some send along with the server's.
const CLIENT_SETTINGS: &[&str] = &["clientCommands", "server.path", "languages", "trace.server"];

/// Reads a value.
///
/// # Errors
/// The invalid part, such as `[1] is 5`; empty if it is the whole value.
fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut part = value;
        for segment in error.path() {
            part = match segment {
                Segment::Seq { index } => &part[*index],
                Segment::Map { key } => &part[key.as_str()],
                Segment::Enum { .. } | Segment::Unknown => part,
            };
        }
        if std::ptr::eq(part, value) {
            String::new()
        } else {
            format!("{} is {part}", error.path())
        }
    })
}

/// Reads the valid items of a list.
///
/// # Errors
/// The first invalid item; empty if the value is not a list.
fn read_list<T: DeserializeOwned>(value: &Value, into: &mut Vec<T>) -> Result<(), String> {
    let items = value.as_array().ok_or_else(String::new)?;
    let places = (0..).map(|index| format!("[{index}]"));
    read_each(places.zip(items), |_, item| into.push(item))
}

/// Reads the valid members of an object.
///
/// # Errors
/// The first invalid member; empty if the value is not an object.
fn read_map<T: DeserializeOwned>(
    value: &Value,
    into: &mut BTreeMap<String, T>,
) -> Result<(), String> {
    let members = value.as_object().ok_or_else(String::new)?;
    let members = members.iter().map(|(key, member)| (key.clone(), member));
    read_each(members, |key, member| drop(into.insert(key, member)))
}

/// Passes on each part of a value that is valid, with its place.
///
/// # Errors
/// The first one that is not.
fn read_each<'v, T: DeserializeOwned>(
    parts: impl Iterator<Item = (String, &'v Value)>,
    mut take: impl FnMut(String, T),
) -> Result<(), String> {
    let mut wrong = Ok(());
    for (place, part) in parts {
        match T::deserialize(part) {
            Ok(part) => take(place, part),
            Err(_) => wrong = wrong.and_then(|()| Err(format!("{place} is {part}"))),
        }
    }
    wrong
}

/// The values of `locale`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Language(Option<Locale>);

impl Language {
    fn locale(self) -> Option<Locale> {
        self.0
    }
}

impl TryFrom<String> for Language {
    type Error = &'static str;

    fn try_from(tag: String) -> Result<Self, Self::Error> {
        match tag.as_str() {
            "" | "auto" => Ok(Self(None)),
            tag => Locale::parse(tag).map(|locale| Self(Some(locale))).ok_or("not a language"),
        }
    }
}

/// The values of `diagnostics.repeats`: what the repeats of a code get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Repeats {
    /// A hint, which marks the text but is not listed as a problem.
    Hint,
    /// The same diagnostic as the first occurrence.
    All,
    /// Nothing.
    None,
}

/// The values of `diagnostics.severity`.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Entry,
    Error,
    Warning,
    Information,
    Hint,
}

impl Level {
    fn severity(self) -> Option<DiagnosticSeverity> {
        match self {
            Self::Entry => None,
            Self::Error => Some(DiagnosticSeverity::ERROR),
            Self::Warning => Some(DiagnosticSeverity::WARNING),
            Self::Information => Some(DiagnosticSeverity::INFORMATION),
            Self::Hint => Some(DiagnosticSeverity::HINT),
        }
    }
}

/// The settings with dotted keys, whether they came nested or dotted.
fn flatten(map: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut flat = Vec::new();
    for (key, value) in map {
        match value {
            Value::Object(inner) if is_section(key) => {
                flat.extend(inner.iter().map(|(inner, value)| (format!("{key}.{inner}"), value)));
            }
            _ => flat.push((key.clone(), value)),
        }
    }
    flat
}

/// Whether a key contains other settings, as `diagnostics` does.
fn is_section(key: &str) -> bool {
    let known = SETTINGS.iter().map(|(known, ..)| *known).chain(CLIENT_SETTINGS.iter().copied());
    known.into_iter().any(|known| known.split_once('.').is_some_and(|(section, _)| section == key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_setting_is_read_nested_or_with_dots() {
        let nested = json!({
            "locale": "fr", "catalogs": ["a.toml"], "families": {"http": false}, "ignore": ["0x5", -5, 7],
            "diagnostics": {"enable": false, "minimumSeverity": "error", "severity": "hint", "maxPerFile": 5, "repeats": "none"},
            "inlayHints": {"enable": false},
        });
        let (settings, problems) = Settings::read(&nested);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(settings.locale, Some(Locale::Fr));
        assert_eq!(settings.ignore, ["0x5", "-5", "7"]);
        assert_eq!(settings.severity, Some(DiagnosticSeverity::HINT));
        assert_eq!(settings.repeats, Repeats::None);
        assert_eq!(
            (settings.diagnostics, settings.inlay_hints, settings.max_per_file),
            (false, false, 5)
        );
        let dotted = json!({"diagnostics.maxPerFile": 5, "inlayHints.enable": false});
        assert_eq!(Settings::read(&dotted).0.max_per_file, 5);
    }

    #[test]
    fn a_problem_names_the_key_and_what_it_must_be_and_the_rest_is_used() {
        let (settings, problems) = Settings::read(&json!({
            "locale": "de", "ingore": [], "ignore": ["0x5"],
            "diagnostics": {"maxPerFile": 0, "minimumSeverity": "success"},
        }));
        assert_eq!(settings.ignore, ["0x5"]);
        let text = problems.join("\n");
        for part in [
            "hexplain.locale must be \"en\", \"fr\" or \"auto\", not \"de\"",
            "hexplain.ingore is not a setting; the settings are locale",
            "hexplain.diagnostics.maxPerFile must be a whole number, 1 or greater, not 0",
            "hexplain.diagnostics.minimumSeverity must be",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn a_problem_names_the_part_that_is_wrong() {
        let (settings, problems) = Settings::read(&json!({
            "catalogs": ["a.toml", 5], "families": {"http": "off", "win32": false},
        }));
        // The valid items are used.
        let families = BTreeMap::from([("win32".to_owned(), false)]);
        let catalogs = vec!["a.toml".to_owned()];
        assert_eq!(settings, Settings { catalogs, families, ..Settings::default() });
        assert_eq!(
            problems,
            [
                "hexplain.catalogs must be a list of file paths; [1] is 5",
                "hexplain.families must be an object that maps family ids to true or false; http is \"off\"",
            ]
        );
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
