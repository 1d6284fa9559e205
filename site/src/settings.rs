//! The tables of settings and commands, from the manifest of the VS Code extension, which is their
//! only source.

use hexplain::Locale;
use serde_json::Value;

use crate::Error;
use crate::sources::Sources;
use crate::words::Words;

/// Settings that the server doesn't know.
const OF_VS_CODE: [&str; 3] =
    ["hexplain.languages", "hexplain.server.path", "hexplain.trace.server"];

/// The manifest and its texts in a language.
pub(crate) struct Manifest<'w> {
    package: Value,
    texts: Value,
    words: &'w Words,
    locale: Locale,
}

impl<'w> Manifest<'w> {
    pub(crate) fn read(sources: &Sources, words: &'w Words, locale: Locale) -> Result<Self, Error> {
        let read = |path: &str| {
            let text = sources.text(path)?;
            serde_json::from_str(&text).map_err(|error| Error::new(format!("{path}: {error}")))
        };
        Ok(Self {
            package: read("editors/vscode/package.json")?,
            texts: read(
                locale
                    .pick("editors/vscode/package.nls.json", "editors/vscode/package.nls.fr.json"),
            )?,
            words,
            locale,
        })
    }

    /// All settings as a Markdown table.
    pub(crate) fn settings(&self) -> Result<String, Error> {
        let known = &self.package["contributes"]["configuration"]["properties"];
        let known = known.as_object().ok_or_else(|| Error::new("package.json has no settings"))?;
        let rows = known.iter().map(|(name, setting)| self.setting(name, setting));
        let rows: Vec<String> = rows.collect::<Result<_, Error>>()?;
        let head = self.row(&["setting", "description"]);
        Ok(format!("{head}|---|---|\n{}", rows.concat()))
    }

    fn setting(&self, name: &str, setting: &Value) -> Result<String, Error> {
        let text = setting.get("markdownDescription").or_else(|| setting.get("description"));
        let mut description = self.text(text)?;
        if OF_VS_CODE.contains(&name) {
            description =
                format!("*({})* {description}", self.words.get(self.locale, "vscode_only"));
        }
        let mut facts = vec![("default", codes(&setting["default"]))];
        if let Some(values) = setting.get("enum") {
            facts.insert(0, ("values", codes(values)));
        }
        for (key, value) in facts {
            let (key, colon) = (self.words.get(self.locale, key), self.locale.pick(":", "\u{a0}:"));
            description.extend(["<br>", key, colon, " ", &value]);
        }
        Ok(format!("| `{name}` | {} |\n", description.replace('|', "\\|")))
    }

    /// All commands as a Markdown table.
    pub(crate) fn commands(&self) -> Result<String, Error> {
        let known = self.package["contributes"]["commands"].as_array();
        let known = known.ok_or_else(|| Error::new("package.json has no commands"))?;
        let row = |command: &Value| {
            let title = self.text(command.get("title"))?;
            let category = command["category"].as_str().unwrap_or_default();
            let id = command["command"].as_str().unwrap_or_default();
            Ok(format!("| {category}: {title} | `{id}` |\n"))
        };
        let rows: Vec<String> = known.iter().map(row).collect::<Result<_, Error>>()?;
        Ok(format!("{}|---|---|\n{}", self.row(&["command", "id"]), rows.concat()))
    }

    fn row(&self, keys: &[&str]) -> String {
        let cells: Vec<&str> = keys.iter().map(|key| self.words.get(self.locale, key)).collect();
        format!("| {} |\n", cells.join(" | "))
    }

    /// The text that `%key%` stands for.
    fn text(&self, value: Option<&Value>) -> Result<String, Error> {
        let key = value.and_then(Value::as_str).unwrap_or_default().trim_matches('%');
        let text = self.texts[key].as_str().map(str::to_owned);
        text.ok_or_else(|| Error::new(format!("package.nls: no text \"{key}\"")))
    }
}

/// A value as code; a list item by item, so that it can be broken into lines.
fn codes(value: &Value) -> String {
    let items = value.as_array().filter(|items| !items.is_empty());
    let items = items.map_or(std::slice::from_ref(value), Vec::as_slice);
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}
