//! The texts of the built-in catalog follow the rules in catalog/README.md, "Texts", including its
//! tables of dangerous steps and of words. Reads the folder `catalog` rather than the compiled
//! catalog, so that a text can be checked without a build.

use std::fs;
use std::path::{Path, PathBuf};

use hexplain::catalog::{Entry, Layer};
use hexplain::explain::Prose;
use hexplain::{Catalog, Locale};
use regex::Regex;

/// A text of an entry in both languages, with its kind and source.
struct Text<'a> {
    place: String,
    file: &'a str,
    en: &'a str,
    fr: &'a str,
    is_message: bool,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        match path.extension() {
            _ if path.is_dir() => files(&path, found),
            Some(extension) if extension == "toml" => found.push(path),
            _ => {}
        }
    }
}

/// The catalog of all files in the vendors' folders.
fn catalog() -> Catalog {
    let mut paths = Vec::new();
    for vendor in fs::read_dir("catalog").unwrap() {
        let vendor = vendor.unwrap().path();
        if vendor.is_dir() && !vendor.ends_with("import") {
            files(&vendor, &mut paths);
        }
    }
    paths.sort();
    let layers: Vec<Layer> = paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            Layer::parse(path.to_str().unwrap(), &text).unwrap_or_else(|error| panic!("{error:?}"))
        })
        .collect();
    let mut catalog = Catalog::default();
    for layer in &layers {
        catalog = catalog.with_layer(layer);
    }
    catalog
}

fn texts<'a>(entry: &Entry<'a>) -> Vec<Text<'a>> {
    let (file, line) = entry.source();
    let kinds = [(entry.message(), "message"), (entry.remedy(), "remedy"), (entry.note(), "note")];
    kinds
        .into_iter()
        .filter(|(text, _)| !text.en.is_empty() && !entry.is_words_only())
        .map(|(text, kind)| Text {
            place: format!("{file}:{line} {kind} of {}", entry.name()),
            file,
            en: text.get(Locale::En),
            fr: text.get(Locale::Fr),
            is_message: kind == "message",
        })
        .collect()
}

/// Fails with all texts for which `fault` returns something.
fn check(fault: impl Fn(&Text) -> Vec<String>) {
    let catalog = catalog();
    let all: Vec<String> = catalog
        .entries()
        .flat_map(|entry| texts(&entry))
        .flat_map(|text| {
            let faults = fault(&text);
            faults.into_iter().map(|fault| format!("{}: {fault}", text.place)).collect::<Vec<_>>()
        })
        .collect();
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
}

/// The text with `…` instead of each code span.
fn without_code(text: &str) -> String {
    let prose = Prose::from(text);
    prose.code_spans().fold(text.to_owned(), |text, span| text.replace(&format!("`{span}`"), "…"))
}

/// The rows of the table between two marks in catalog/README.md, each cell trimmed.
fn table(mark: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string("catalog/README.md").unwrap();
    let begin = format!("<!-- {mark} -->");
    let end = format!("<!-- end of {mark} -->");
    let table = page.split_once(&begin).unwrap().1.split_once(&end).unwrap().0;
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    table.lines().filter(|line| line.starts_with("| ")).skip(1).map(cells).collect()
}

fn in_list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(',').map(str::trim).filter(|item| !item.is_empty())
}

#[test]
fn both_languages_have_the_same_code_spans() {
    check(|text| {
        let spans = |text: &str| -> Vec<String> {
            let mut spans: Vec<String> =
                Prose::from(text).code_spans().map(str::to_owned).collect();
            spans.sort();
            spans
        };
        let (en, fr) = (spans(text.en), spans(text.fr));
        let ticks = text.en.matches('`').count() + text.fr.matches('`').count();
        let mut faults = Vec::new();
        if en != fr {
            faults.push(format!("English has {en:?}, French {fr:?}"));
        }
        if ticks != 2 * (en.len() + fr.len()) {
            faults.push("a backtick without a partner".to_owned());
        }
        if text.is_message && ticks > 0 {
            faults.push("code in a message".to_owned());
        }
        for span in en.iter().filter(|span| span.contains(['’', '‘', '“', '”', '«', '»', '\u{a0}']))
        {
            faults.push(format!("a typographic sign in {span:?}"));
        }
        faults
    });
}

#[test]
fn what_is_typed_literally_is_code() {
    let literal = Regex::new(concat!(
        r"\b(?:HKLM|HKCU|HKEY_\w+|HKCR)\b|\b[A-Za-z]:\\|%[A-Za-z()]+%|\s--?[a-z][\w-]+\b|(?:^|\s)/[a-z]\w*\b",
        r"|\b(?:Get|Set|New|Remove|Add|Test|Repair|Reset|Enable|Disable|Start|Stop|Restart|Suspend|Resume",
        r"|Install|Uninstall|Update|Clear|Import|Export|Register|Unregister|Invoke|Connect|Resolve|Unblock)-[A-Z]\w+",
        r"|\b(?:dsregcmd|manage-bde|chkdsk|bcdedit|vssadmin|diskpart|certutil|bcdboot|sfc|gpupdate|gpresult",
        r"|ipconfig|netsh|nltest|klist|w32tm|wevtutil|diskutil|launchctl|journalctl|systemctl|dscl|kinit) [/\-a-z]",
        r"|~/|/(?:etc|var|usr|Library|private|opt|tmp)/|\b\w+\.(?:exe|dll|log|msi|cmd|ps1|cpl|msc|plist|ini|conf|sys)\b",
    ))
    .unwrap();
    check(|text| {
        if text.is_message {
            return Vec::new();
        }
        let found = |text: &str| {
            literal
                .find_iter(&without_code(text))
                .map(|m| m.as_str().to_owned())
                .collect::<Vec<_>>()
        };
        [text.en, text.fr]
            .into_iter()
            .flat_map(found)
            .map(|m| format!("{m:?} is not code"))
            .collect()
    });
}

#[test]
fn a_dangerous_step_is_preceded_by_its_warning() {
    let steps = table("dangerous steps");
    check(|text| {
        let mut faults = Vec::new();
        for step in &steps {
            let command = step[0].trim_matches('`').to_lowercase();
            for (text, warning) in [(text.en, &step[1]), (text.fr, &step[2])] {
                let spans = Prose::from(text);
                let mut dangerous =
                    spans.code_spans().filter(|span| span.to_lowercase().contains(&command));
                let Some(span) = dangerous.next() else { continue };
                let before = &text[..text.find(&format!("`{span}`")).unwrap()].to_lowercase();
                for word in in_list(warning).filter(|word| !before.contains(&word.to_lowercase())) {
                    faults.push(format!("{span:?} without {word:?} before it"));
                }
            }
        }
        faults
    });
}

#[test]
fn the_words_are_those_of_the_glossary() {
    let rules: Vec<(bool, Regex, String, Vec<String>)> = table("words of the texts")
        .iter()
        .flat_map(|row| {
            let folders: Vec<String> = in_list(&row[3]).map(str::to_owned).collect();
            let rule = |word: &str| {
                let literal = regex::escape(word.trim_matches('*'));
                let open = if word.starts_with('*') { "" } else { r"\b" };
                let close = if word.ends_with('*') { "" } else { r"\b" };
                let regex = Regex::new(&format!("(?i){open}{literal}{close}")).unwrap();
                (row[0] == "English", regex, row[2].clone(), folders.clone())
            };
            in_list(&row[1]).map(rule).collect::<Vec<_>>()
        })
        .collect();
    check(|text| {
        let (en, fr) = (without_code(text.en), without_code(text.fr));
        let applies = |folders: &[String]| {
            let is_in = |folder: &String| text.file.contains(&format!("catalog/{folder}/"));
            folders.is_empty() || folders.iter().any(is_in)
        };
        rules
            .iter()
            .filter(|(.., folders)| applies(folders))
            .filter_map(|(is_english, regex, but, _)| {
                let found = regex.find(if *is_english { &en } else { &fr })?;
                Some(format!("{:?}, not {but:?}", found.as_str()))
            })
            .collect()
    });
}

#[test]
fn punctuation_is_that_of_the_language() {
    let french =
        Regex::new(r#"[^\u{a0}\u{202f}](?:[;?!»])|[^\u{a0}\u{202f}]:(?:\s|$)|«[^\u{a0}]|['"“”]"#)
            .unwrap();
    let english = Regex::new("[‘’“”«»\u{a0}]").unwrap();
    let page = Regex::new(r"https?://\S+").unwrap();
    check(|text| {
        let (en, fr) = (without_code(text.en), without_code(text.fr));
        let fr = page.replace_all(&fr, "…");
        let of = |regex: &Regex, text: &str| {
            regex.find_iter(text).map(|m| format!("{:?}", m.as_str())).collect::<Vec<_>>()
        };
        let mut faults = [of(&english, &en), of(&french, &fr)].concat();
        if text.is_message && (text.en.ends_with('.') || text.fr.ends_with('.')) {
            faults.push("a period ends a message".to_owned());
        }
        let ends = |text: &str| text.ends_with(['.', '?']);
        if !text.is_message && [text.en, text.fr].iter().any(|text| !ends(text)) {
            faults.push("no period at the end".to_owned());
        }
        faults
    });
}
