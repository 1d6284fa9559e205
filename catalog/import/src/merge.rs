//! Adds entries and aliases to a catalog file's text in the right places, and changes nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde::Deserialize;
use toml::Spanned;

use crate::Failure;

/// The relevant content of a catalog file.
#[derive(Debug)]
pub struct Existing {
    /// The family's id.
    pub family: String,
    /// The entries, in the file's order.
    pub entries: Vec<Entry>,
    /// Ranges of numbers, each with the offset that gives the code that wraps a number.
    wrapped: Vec<(i64, i64, i64)>,
}

/// An entry in a file.
#[derive(Debug)]
pub struct Entry {
    /// Its symbolic name.
    pub name: Option<String>,
    /// Its aliases.
    pub aliases: Vec<String>,
    /// Its number, the first number of its range, or its code.
    pub key: Option<i64>,
    /// The last number of a range; otherwise the same as `key`.
    last: Option<i64>,
    /// Whether `key` is a number.
    number: bool,
    /// Where its table starts.
    start: usize,
    /// Where the value of `name` ends.
    name_end: usize,
    /// Where the value of `aliases` ends, if it has them.
    aliases_end: Option<usize>,
}

/// An entry to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// Its symbolic name.
    pub name: String,
    /// Its number or code.
    pub key: i64,
    /// Whether `key` is a number.
    pub number: bool,
    /// `error`, `warning`, `information` or `success`.
    pub severity: &'static str,
}

/// An alias to add to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The alias.
    pub name: String,
    /// The entry's number or code.
    pub key: i64,
}

#[derive(Deserialize)]
struct FileToml {
    family: FamilyToml,
    #[serde(default)]
    entry: Vec<Spanned<EntryToml>>,
}

#[derive(Deserialize)]
struct FamilyToml {
    id: String,
    #[serde(default)]
    wrapped: Vec<WrappedToml>,
}

#[derive(Deserialize)]
struct WrappedToml {
    numbers: Option<String>,
    base: i64,
}

#[derive(Deserialize)]
struct EntryToml {
    name: Option<Spanned<String>>,
    aliases: Option<Spanned<Vec<String>>>,
    number: Option<toml::Value>,
    code: Option<toml::Value>,
}

impl Existing {
    /// Reads a catalog file's text.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: FileToml = toml::from_str(text)?;
        let entries = file.entry.into_iter().map(|entry| {
            let start = entry.span().start;
            let entry = entry.into_inner();
            let range = entry.number.as_ref().and_then(number);
            let code = entry.code.as_ref().and_then(code);
            Entry {
                name_end: entry.name.as_ref().map_or(start, |name| name.span().end),
                aliases_end: entry.aliases.as_ref().map(|aliases| aliases.span().end),
                name: entry.name.map(Spanned::into_inner),
                aliases: entry.aliases.map(Spanned::into_inner).unwrap_or_default(),
                key: range.map(|(first, _)| first).or(code),
                last: range.map(|(_, last)| last).or(code),
                number: range.is_some(),
                start,
            }
        });
        let entries = entries.collect();
        let wrapped = file.family.wrapped.into_iter().filter_map(|wrapped| {
            let (first, last) = span(wrapped.numbers.as_deref()?)?;
            Some((first, last, wrapped.base))
        });
        Ok(Self { family: file.family.id, entries, wrapped: wrapped.collect() })
    }

    /// The entry with this number or code of its own.
    pub fn at(&self, key: i64) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == Some(key) && entry.last == Some(key))
    }

    /// The entry for the number that a code wraps.
    pub fn wrapped_in(&self, code: u32) -> Option<&Entry> {
        self.wrapped.iter().find_map(|&(first, last, base)| {
            let number = i64::from(code) - base;
            let entry = (first..=last).contains(&number).then(|| self.at(number))?;
            entry.filter(|entry| entry.number)
        })
    }
}

fn number(value: &toml::Value) -> Option<(i64, i64)> {
    match value {
        toml::Value::Integer(number) => Some((*number, *number)),
        toml::Value::String(range) => span(range),
        _ => None,
    }
}

fn span(range: &str) -> Option<(i64, i64)> {
    let (first, last) = range.split_once("..=")?;
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

fn code(value: &toml::Value) -> Option<i64> {
    let value = match value {
        toml::Value::Integer(code) => *code,
        toml::Value::String(text) => match text.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).ok()?,
            None => text.parse().ok()?,
        },
        _ => return None,
    };
    u32::try_from(value)
        .ok()
        .or_else(|| i32::try_from(value).ok().map(i32::cast_unsigned))
        .map(i64::from)
}

/// The text with `new` added, each entry before the first one with a greater key and any comment
/// above that one.
pub fn merge(text: &str, new: &[New]) -> Result<String, Failure> {
    let existing = Existing::parse(text)?;
    let mut new: Vec<&New> = new.iter().collect();
    new.sort_by_key(|new| new.key);
    let mut out = String::with_capacity(text.len() + new.len() * 100);
    let mut copied = 0;
    for new in new {
        let at = existing
            .entries
            .iter()
            .find(|entry| entry.key.is_some_and(|key| key > new.key))
            .map_or(text.len(), |entry| above_comments(text, entry.start));
        // Manual edits may have left entries out of order; the added ones are then kept together.
        let at = at.max(copied);
        out.push_str(&text[copied..at]);
        copied = at;
        if at == text.len() {
            let end = out.trim_end_matches('\n').len();
            // A single blank line precedes entries at the end of the file.
            out.truncate(end);
            out.push_str("\n\n");
        }
        out.push_str(&table(new));
        if at < text.len() {
            out.push('\n');
        }
    }
    out.push_str(&text[copied..]);
    check(&existing, &out)?;
    Ok(out)
}

/// The text with each alias added after the name of its entry, or at the end of the aliases that it
/// already has.
pub fn alias(text: &str, aliases: &[Alias]) -> Result<String, Failure> {
    let existing = Existing::parse(text)?;
    let mut by_place: BTreeMap<(usize, bool), Vec<String>> = BTreeMap::new();
    for alias in aliases {
        let entry = existing.at(alias.key).filter(|entry| entry.name.is_some());
        let entry = entry.ok_or_else(|| format!("{}: its entry has no name", alias.name))?;
        let place = match entry.aliases_end {
            Some(end) => (end - 1, true),
            None => (line_end(text, entry.name_end), false),
        };
        by_place.entry(place).or_default().push(format!("\"{}\"", alias.name));
    }
    let mut out = String::with_capacity(text.len() + aliases.len() * 50);
    let mut copied = 0;
    for ((at, more), names) in by_place {
        out.push_str(&text[copied..at]);
        copied = at;
        let names = names.join(", ");
        let added = if more { format!(", {names}") } else { format!("aliases = [{names}]\n") };
        out.push_str(&added);
    }
    out.push_str(&text[copied..]);
    check(&existing, &out)?;
    Ok(out)
}

/// The start of the line after the one that contains `at`.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

fn table(new: &New) -> String {
    let key = if new.number {
        format!("number = {}", new.key)
    } else {
        format!("code = 0x{:08X}", new.key)
    };
    format!("[[entry]]\n{key}\nname = \"{}\"\nseverity = \"{}\"\n", new.name, new.severity)
}

/// The start of the comment lines directly above `start`.
fn above_comments(text: &str, start: usize) -> usize {
    let mut at = start;
    while let Some(line) = text[..at].strip_suffix('\n') {
        let begin = line.rfind('\n').map_or(0, |end| end + 1);
        if !line[begin..].starts_with('#') {
            break;
        }
        at = begin;
    }
    at
}

/// Checks that the result is a catalog file with all its previous content.
fn check(before: &Existing, text: &str) -> Result<(), Failure> {
    let after = Existing::parse(text)?;
    let mut entries = after.entries.iter();
    let kept = before.entries.iter().all(|entry| {
        entries.any(|other| {
            (&other.name, other.key) == (&entry.name, entry.key)
                && other.aliases.starts_with(&entry.aliases)
        })
    });
    if kept { Ok(()) } else { Err("an entry would be lost or moved".into()) }
}

/// Replaces the file atomically, unless it has changed since `read` was read from it.
pub fn replace(path: &Path, read: &str, text: &str) -> io::Result<bool> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".import").suffix("~").tempfile_in(folder)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(path)?.permissions())?;
    if fs::read_to_string(path)? != read {
        return Ok(false);
    }
    file.persist(path)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# A family.\n\n[family]\nid = \"team\"\ntitle = \"Team\"\n\n\
        [[entry]]\nnumber = 3\nname = \"THREE\" # mine\nseverity = \"error\"\nmessage.en = \"[[entry]]\"\n\n\
        # Above seven.\n# Still above seven.\n[[entry]]\nnumber = 7\nname = \"SEVEN\"\nseverity = \"error\"\n";

    fn new(key: i64, number: bool) -> New {
        New { name: format!("N{key}"), key, number, severity: "error" }
    }

    fn entry(key: i64) -> String {
        format!("[[entry]]\nnumber = {key}\nname = \"N{key}\"\nseverity = \"error\"\n")
    }

    #[test]
    fn nothing_to_add_changes_nothing() {
        assert_eq!(merge(FILE, &[]).unwrap(), FILE);
    }

    #[test]
    fn entries_are_in_order_and_everything_else_stays() {
        let text = merge(FILE, &[new(9, true), new(5, true), new(8, true), new(1, true)]).unwrap();
        let third = FILE.find("[[entry]]\nnumber = 3").unwrap();
        let seventh = FILE.find("# Above").unwrap();
        let expected = format!(
            "{}{}\n{}{}\n{}\n{}\n{}",
            &FILE[..third],
            entry(1),
            &FILE[third..seventh],
            entry(5),
            &FILE[seventh..],
            entry(8),
            entry(9)
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn removing_the_additions_gives_the_file() {
        for keys in [vec![1], vec![4], vec![8], vec![-5, 0, 4, 5, 6, 100]] {
            let new: Vec<New> = keys.iter().map(|key| new(*key, true)).collect();
            let mut text = merge(FILE, &new).unwrap();
            for key in keys {
                let table = entry(key);
                let at = text.find(&table).unwrap();
                let end = at + table.len();
                if end == text.len() {
                    text.truncate(at - 1);
                } else {
                    text.replace_range(at..=end, "");
                }
            }
            assert_eq!(text, FILE);
        }
    }

    #[test]
    fn a_second_run_finds_everything_there() {
        let text = merge(FILE, &[new(5, true)]).unwrap();
        let existing = Existing::parse(&text).unwrap();
        assert_eq!(existing.at(5).unwrap().name.as_deref(), Some("N5"));
        assert_eq!(existing.family, "team");
    }

    #[test]
    fn codes_are_eight_digits_and_ordered_without_a_sign() {
        let file = "[family]\nid = \"t\"\n\n[[entry]]\ncode = 0x00240001\n\n[[entry]]\ncode = \"0xC0000005\"\n";
        let text = merge(file, &[new(0x8024_0001, false)]).unwrap();
        let codes: Vec<_> = text.lines().filter(|line| line.starts_with("code")).collect();
        assert_eq!(codes, ["code = 0x00240001", "code = 0x80240001", "code = \"0xC0000005\""]);
    }

    #[test]
    fn a_range_does_not_replace_its_numbers() {
        let file = "[family]\nid = \"t\"\n\n[[entry]]\nnumber = \"400..=499\"\n";
        assert!(Existing::parse(file).unwrap().at(400).is_none());
        let text = merge(file, &[new(400, true)]).unwrap();
        assert!(text.ends_with(
            "\"400..=499\"\n\n[[entry]]\nnumber = 400\nname = \"N400\"\nseverity = \"error\"\n"
        ));
    }

    fn second(name: &str, key: i64) -> Alias {
        Alias { name: name.to_owned(), key }
    }

    #[test]
    fn aliases_follow_the_name_and_everything_else_stays() {
        let text =
            alias(FILE, &[second("DREI", 3), second("SEPT", 7), second("TROIS", 3)]).unwrap();
        let line = "aliases = [\"DREI\", \"TROIS\"]\n";
        assert!(text.contains(&format!("name = \"THREE\" # mine\n{line}severity")), "{text}");
        let further = "aliases = [\"SEPT\"]\n";
        assert_eq!(text.replace(line, "").replace(further, ""), FILE);
        let text = alias(&text, &[second("SIEBEN", 7)]).unwrap();
        assert!(text.contains("\naliases = [\"SEPT\", \"SIEBEN\"]\n"), "{text}");
        assert_eq!(Existing::parse(&text).unwrap().at(7).unwrap().aliases, ["SEPT", "SIEBEN"]);
    }

    #[test]
    fn a_second_name_needs_an_entry_with_a_first() {
        let file = "[family]\nid = \"t\"\n\n[[entry]]\nnumber = 1\n";
        assert!(alias(file, &[second("ONE", 1)]).is_err());
        assert!(alias(file, &[second("TWO", 2)]).is_err());
    }

    #[test]
    fn a_wrapped_number_leads_to_its_entry() {
        let wrapped =
            "title = \"Team\"\nwrapped = [{ numbers = \"1..=65535\", base = 0x80070000 }]";
        let file = Existing::parse(&FILE.replace("title = \"Team\"", wrapped)).unwrap();
        assert_eq!(file.wrapped_in(0x8007_0007).unwrap().key, Some(7));
        assert!(file.wrapped_in(0x8007_0008).is_none());
        assert!(file.wrapped_in(0x8008_0007).is_none());
    }

    #[test]
    fn a_file_of_a_family_alone_is_filled() {
        let text = merge("[family]\nid = \"t\"\n", &[new(1, true), new(2, true)]).unwrap();
        assert_eq!(text, format!("[family]\nid = \"t\"\n\n{}\n{}", entry(1), entry(2)));
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("team.toml");
        fs::write(&path, FILE).unwrap();
        assert!(!replace(&path, "something else", "new").unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), FILE);
        assert!(replace(&path, FILE, "new").unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_broken_file_is_refused() {
        assert!(merge("[family\n", &[new(1, true)]).is_err());
    }
}
