//! Reads a catalog file and reports all problems in it, each with its line.

use std::collections::HashMap;

use serde::Deserialize;
use toml::Spanned;

use super::identity::{Identity, Known, Place, Unknown};
use super::model::{EntrySource, EntryToml, FamilySource, Source, TextSource};
use super::number::{Formula, Formulas, NumberRange};
use super::pattern::Pattern;
use super::regexes;
use super::role::{ROLES, Roles};
use super::sign::Sign;

/// A problem in a catalog file, and its location.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}")]
pub struct Problem {
    /// The file, as named by the caller of the reader.
    pub path: String,
    /// The line, starting at 1.
    pub line: usize,
    /// The column in characters, starting at 1.
    pub column: usize,
    /// What is wrong, and how to fix it.
    pub message: String,
}

/// The most problems reported for one file.
const MOST_PROBLEMS: usize = 100;

/// The most bytes of a name: the scanner looks at no longer word.
pub(crate) const LONGEST_NAME: usize = 128;

/// The most entries of a file that may share a name or a misprint, and the most phrases of an entry: the scanner
/// compares each with the text beside a number.
pub(crate) const MOST_ALIKE: usize = 64;

/// The most formulas in a family: each one gives every number of the family another code.
const MOST_FORMULAS: usize = 100;

/// The most notations of a family.
const MOST_NOTATIONS: usize = 100;

/// The most items of each of a family's lists of words, such as `signs`.
const MOST_WORDS: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    family: FamilySource,
    #[serde(default)]
    entry: Vec<Spanned<EntryToml>>,
}

impl Source {
    /// Reads the text of a file; `path` is used only in messages.
    ///
    /// # Errors
    /// All problems in the file, or only the first if it is not valid TOML or has wrong keys.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut report = Report::new(path, text);
        let file: File = match toml::from_str(report.text) {
            Ok(file) => file,
            Err(error) => {
                report.add(error.span().map_or(0, |span| span.start), error.message());
                return Err(report.problems);
            }
        };
        let mut family = file.family;
        report.check_family(&mut family);
        report.check_entries(&file.entry);
        let at = |key: &Spanned<String>| report.place_of(key.span().start);
        let (id_at, same_numbers_at) =
            (at(&family.id), family.same_numbers_as.as_ref().map_or((1, 1), at));
        let entries = entry_sources(report.text, file.entry);
        let source = Self { path: path.to_owned(), family, id_at, same_numbers_at, entries };
        report.problems.extend(duplicates(&[&source], &Unknown));
        report.problems.sort_by_key(|problem| (problem.line, problem.column));
        report.problems.truncate(MOST_PROBLEMS);
        if report.problems.is_empty() { Ok(source) } else { Err(report.problems) }
    }
}

/// The entries with their places. Lines are counted in one pass, so that a large file is read only
/// once, whether it has one line or many.
fn entry_sources(text: &str, entries: Vec<Spanned<EntryToml>>) -> Vec<EntrySource> {
    let (mut line, mut column, mut at) = (1, 1, 0);
    let place = |entry: Spanned<EntryToml>| {
        let start = entry.span().start.max(at);
        let passed = &text[at..start];
        if let Some(newline) = passed.rfind('\n') {
            (line, column) = (line + passed.matches('\n').count(), 1);
            column += passed[newline + 1..].chars().count();
        } else {
            column += passed.chars().count();
        }
        at = start;
        EntrySource { line, column, toml: entry.into_inner() }
    };
    entries.into_iter().map(place).collect()
}

/// The problems of files that are valid on their own when combined into one catalog, on top of
/// what is already `known`.
pub(crate) fn problems_among(sources: &[&Source], known: &dyn Known) -> Vec<Problem> {
    let mut problems = Vec::new();
    let defines = |source: &&Source, id: &str| {
        source.family.title.is_some() && source.family.id.get_ref() == id
    };
    let is_known =
        |id: &str| known.formulas(id).is_some() || sources.iter().any(|source| defines(source, id));
    for source in sources {
        let mut report = |(line, column), message| {
            problems.push(Problem { path: source.path.clone(), line, column, message });
        };
        let family = &source.family;
        let id = family.id.get_ref();
        if !is_known(id) {
            report(source.id_at, format!("unknown family `{id}`: a new family needs a `title`"));
        } else if let (None, Some(key)) = (&family.title, family.defining_key()) {
            let message = format!(
                "`{key}` has no effect without a `title`: the file only adds entries to the \
                 family `{id}`"
            );
            report(source.id_at, message);
        }
        if let Some(other) = &family.same_numbers_as
            && !is_known(other.get_ref())
            && !known.has_family(other.get_ref())
        {
            let message = format!("unknown family `{}` in `same-numbers-as`", other.get_ref());
            report(source.same_numbers_at, message);
        }
    }
    problems.extend(duplicates(sources, known));
    problems.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
    problems
}

impl FamilySource {
    /// A key of this family that only the definition of a family may have.
    fn defining_key(&self) -> Option<&'static str> {
        let notations = self.notations().map(|(key, notations)| (key, !notations.is_empty()));
        let formulas =
            [("formulas", !self.formulas.is_empty()), ("wrapped", !self.wrapped.is_empty())];
        let others = [
            ("hex", self.hex),
            ("columns", !self.columns.is_empty()),
            ("sub-numbers", self.sub_numbers),
            ("roles", !self.roles.is_empty()),
            ("number-roles", !self.number_roles.is_empty()),
            ("follows-code", self.follows_code),
            ("padded-hex", self.padded_hex),
            ("shown-in-hex", self.shown_in_hex),
            ("other-prefixes", !self.other_prefixes.is_empty()),
            ("signs", !self.signs.is_empty()),
            ("quiet-signs", !self.quiet_signs.is_empty()),
            ("also-called", !self.also_called.is_empty()),
            ("same-line", self.same_line),
            ("numbers", !self.numbers.is_empty()),
            ("domains", !self.domains.is_empty()),
            ("names", !self.names.is_empty()),
            ("common-names", !self.common_names.is_empty()),
            ("listed", self.listed),
            ("same-numbers-as", self.same_numbers_as.is_some()),
            ("links", !self.links.is_empty()),
        ];
        let base = self.base.as_ref().map(|_| "base");
        let mut keys = formulas.into_iter().chain(notations).chain(others);
        base.or_else(|| keys.find(|(_, given)| *given).map(|(key, _)| key))
    }
}

/// A problem for each entry with the same identity as an earlier one of its family.
fn duplicates(sources: &[&Source], known: &dyn Known) -> Vec<Problem> {
    let mut by_family: HashMap<&str, Vec<&Source>> = HashMap::new();
    for source in sources {
        by_family.entry(source.family.id.get_ref()).or_default().push(source);
    }
    by_family.values().flat_map(|files| duplicates_of_a_family(files, known)).collect()
}

fn duplicates_of_a_family(files: &[&Source], known: &dyn Known) -> Vec<Problem> {
    let id = files[0].family.id.get_ref();
    let titled = files.iter().find(|source| source.family.title.is_some());
    let (formulas, is_new) = match (titled, known.formulas(id)) {
        (None, Some(formulas)) => (formulas, false),
        (titled, _) => (titled.unwrap_or(&files[0]).family.formulas(), true),
    };
    let mut problems = shared_codes(files, &formulas);
    let bearers = bearers_of_names(files);
    let mut first: HashMap<Identity<'_>, (usize, &Source, &EntrySource)> = HashMap::new();
    for (place, (source, entry)) in entries_of(files).enumerate() {
        if entry.has_only_a_name() {
            continue;
        }
        let identity = entry.identity(&formulas, |_| None);
        first.entry(identity).or_insert((place, source, entry));
    }
    for (place, (source, entry)) in entries_of(files).enumerate() {
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
        let of_name = |name: &str| match bearers.get(name).map(Vec::as_slice) {
            Some([only]) => Some(only.place(&formulas)),
            _ if is_new => None,
            _ => known.place_of_name(id, name),
        };
        let identity = entry.identity(&formulas, of_name);
        if identity == Identity::Phrase("") {
            continue; // reported already
        }
        let found = *first.entry(identity).or_insert((place, source, entry));
        if found.0 < place {
            problems.push(duplicate((source, entry), (found.1, found.2)));
        } else if found.0 > place {
            // An entry with only a name, placed before the one whose place it takes.
            problems.push(duplicate((found.1, found.2), (source, entry)));
        }
    }
    problems
}

/// The problems of entries whose numbers have the code of another number by the family's formulas.
fn shared_codes(files: &[&Source], formulas: &Formulas) -> Vec<Problem> {
    let mut numbers: HashMap<u32, i32> = HashMap::new();
    let mut problems = Vec::new();
    for (source, entry) in entries_of(files) {
        let Some(number) = entry.toml.number.and_then(NumberRange::single) else { continue };
        let Some(formula) = formulas.written.iter().find(|of| of.numbers.contains(number)) else {
            continue;
        };
        let code = formula.base.wrapping_add(number as u32);
        let other = *numbers.entry(code).or_insert(number);
        if other != number {
            let message = format!("numbers {other} and {number} both have the code 0x{code:08X}");
            let path = source.path.clone();
            problems.push(Problem { path, line: entry.line, column: entry.column, message });
        }
    }
    problems.truncate(MOST_PROBLEMS);
    problems
}

/// The problem of an entry that duplicates an earlier one.
fn duplicate(
    (source, entry): (&Source, &EntrySource),
    (other, original): (&Source, &EntrySource),
) -> Problem {
    let first = if other.path == source.path {
        format!("on line {}", original.line)
    } else {
        format!("in {}:{}", other.path, original.line)
    };
    let (title, first_title) = (entry.title(), original.title());
    let has_its_name = entry.has_only_a_name() && entry.toml.name == original.toml.name;
    let message = if title == first_title || has_its_name {
        format!("duplicate {title} (first defined {first})")
    } else {
        format!("duplicate {title} (first defined {first} as {first_title})")
    };
    let (path, line, column) = (source.path.clone(), entry.line, entry.column);
    Problem { path, line, column, message }
}

fn entries_of<'s>(
    files: &'s [&'s Source],
) -> impl Iterator<Item = (&'s Source, &'s EntrySource)> + use<'s> {
    files.iter().flat_map(|source| source.entries.iter().map(move |entry| (*source, entry)))
}

/// The entries with a number or code, by symbolic name.
fn bearers_of_names<'s>(files: &'s [&'s Source]) -> HashMap<&'s str, Vec<&'s EntrySource>> {
    let mut bearers: HashMap<&str, Vec<&EntrySource>> = HashMap::new();
    for (_, entry) in entries_of(files) {
        if let (Some(name), false) = (&entry.toml.name, entry.has_only_a_name()) {
            bearers.entry(name).or_default().push(entry);
        }
    }
    bearers
}

impl EntrySource {
    fn has_only_a_name(&self) -> bool {
        self.toml.number.is_none() && self.toml.code.is_none() && self.toml.name.is_some()
    }

    fn place(&self, formulas: &Formulas) -> Place {
        Place::of(&self.toml, formulas, |_| None)
    }

    fn identity(
        &self,
        formulas: &Formulas,
        of_name: impl Fn(&str) -> Option<Place>,
    ) -> Identity<'_> {
        let name = self.toml.name.as_deref().unwrap_or_default();
        Place::of(&self.toml, formulas, of_name).identity(name, self.toml.first_phrase())
    }

    /// What the file calls the entry.
    fn title(&self) -> String {
        match (self.toml.number, self.toml.code, &self.toml.name) {
            (Some(number), ..) if number.single().is_none() => format!("range {number}"),
            (Some(number), ..) => format!("number {number}"),
            (None, Some(code), _) => format!("code {}", code.0),
            (None, None, Some(name)) => format!("name `{name}`"),
            (None, None, None) => format!("phrase `{}`", self.toml.first_phrase()),
        }
    }
}

/// Whether a name is a hexadecimal number, which would be read as a code wherever it occurs.
fn is_hex(name: &str) -> bool {
    let digits = name.strip_prefix("0x").or_else(|| name.strip_prefix("0X"));
    digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn has_line_break(text: &str) -> bool {
    text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
}

fn has_control(text: &str) -> bool {
    text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

struct Report<'a> {
    path: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Report<'a> {
    fn new(path: &'a str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { path, text, problems: Vec::new() }
    }

    /// The line and column of an offset in the text.
    fn place_of(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    fn is_full(&self) -> bool {
        self.problems.len() == MOST_PROBLEMS
    }

    fn add(&mut self, offset: usize, message: impl Into<String>) {
        if self.is_full() {
            return;
        }
        let (line, column) = self.place_of(offset);
        let (path, message) = (self.path.to_owned(), message.into());
        self.problems.push(Problem { path, line, column, message });
    }

    fn check_family(&mut self, family: &mut FamilySource) {
        let id = family.id.get_ref();
        let is_allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if id.is_empty() || !id.bytes().all(is_allowed) {
            let message =
                format!("family id `{id}` must consist of lowercase letters, digits and hyphens");
            self.add(family.id.span().start, message);
        }
        if let Some(title) = &family.title
            && (title.en.trim().is_empty() || title.fr.trim().is_empty())
        {
            self.add(family.id.span().start, "`title` must not be empty");
        }
        if let Some(title) = &family.title
            && (has_control(&title.en) || has_control(&title.fr))
        {
            let message = "`title` must be one line, without control characters";
            self.add(family.id.span().start, message);
        }
        if let Some(base) = &family.base {
            match u32::try_from(*base.get_ref()) {
                Ok(value) => {
                    family.formulas.insert(0, Formula { numbers: NumberRange::ALL, base: value })
                }
                Err(_) => self.add(
                    base.span().start,
                    "`base` must be a 32-bit code, between 0 and 0xFFFFFFFF",
                ),
            }
        }
        let formulas = family.formulas.len() + family.wrapped.len();
        if formulas > MOST_FORMULAS {
            let message =
                format!("a family can have at most {MOST_FORMULAS} formulas, not {formulas}");
            self.add(family.id.span().start, message);
        }
        let notations = family.notation_count();
        if notations > MOST_NOTATIONS {
            let message =
                format!("a family can have at most {MOST_NOTATIONS} notations, not {notations}");
            self.add(family.id.span().start, message);
        }
        for (key, notations) in family.notations() {
            let read = if key == "written" { Pattern::written } else { Pattern::any };
            self.check_notations(notations, read);
        }
        self.check_evidence(family);
        self.check_lists(family);
        for names in &family.names {
            let word = names.get_ref();
            if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
                let message =
                    format!("`{word}` in `names` must consist of at least three ASCII letters");
                self.add(names.span().start, message);
            }
        }
        self.check_links(&family.links);
    }

    /// Checks the lists of plain texts.
    fn check_lists(&mut self, family: &FamilySource) {
        let start = family.id.span().start;
        for (key, count) in [
            ("signs", family.signs.len()),
            ("quiet-signs", family.quiet_signs.len()),
            ("names", family.names.len()),
            ("domains", family.domains.len()),
            ("columns", family.columns.len()),
            ("numbers", family.numbers.len()),
            ("common-names", family.common_names.len()),
            ("also-called", family.also_called.len()),
            ("other-prefixes", family.other_prefixes.len()),
        ] {
            if count > MOST_WORDS {
                self.add(
                    start,
                    format!("`{key}` can have at most {MOST_WORDS} items, not {count}"),
                );
            }
        }
        let prefixes = family.other_prefixes.iter().flat_map(|(other, own)| [other, own]);
        for (key, has_empty) in [
            ("domains", family.domains.iter().any(String::is_empty)),
            ("columns", family.columns.iter().any(String::is_empty)),
            ("common-names", family.common_names.iter().any(String::is_empty)),
            ("also-called", family.also_called.iter().any(String::is_empty)),
            ("name-prefixes", family.name_prefixes.iter().any(String::is_empty)),
            ("other-prefixes", prefixes.into_iter().any(String::is_empty)),
        ] {
            if has_empty {
                self.add(start, format!("`{key}` must not contain an empty text"));
            }
        }
    }

    fn check_evidence(&mut self, family: &FamilySource) {
        for role in family.roles.iter().chain(&family.number_roles) {
            if Roles::named(role.get_ref()).is_none() {
                let known = ROLES.join(", ");
                let message = format!("unknown role `{}`; the roles are {known}", role.get_ref());
                self.add(role.span().start, message);
            }
        }
        for sign in family.signs.iter().chain(&family.quiet_signs) {
            if let Err(message) = Sign::parse(sign.get_ref()) {
                self.add(sign.span().start, message);
            }
        }
        for (key, notations) in
            [("with-signs", &family.with_signs), ("names-with-signs", &family.names_with_signs)]
        {
            if let (Some(notation), true) = (notations.first(), family.signs.is_empty()) {
                self.add(notation.span().start, format!("`{key}` needs `signs`"));
            }
        }
        if family.roles.is_empty() && !family.numbers.is_empty() {
            self.add(family.id.span().start, "`numbers` needs `roles`");
        }
    }

    /// Reads the notations and compiles their regexes.
    fn check_notations(
        &mut self,
        notations: &[Spanned<String>],
        read: impl Fn(&str) -> Result<Pattern, String>,
    ) {
        for notation in notations {
            let compiled = read(notation.get_ref()).and_then(|pattern| {
                let compiled =
                    regexes::before(&pattern.before).and_then(|_| regexes::after(&pattern.after));
                compiled.map_err(|error| format!("can't be used as a notation: {error}"))
            });
            if let Err(message) = compiled {
                self.add(notation.span().start, message);
            }
        }
    }

    fn check_entries(&mut self, entries: &[Spanned<EntryToml>]) {
        self.check_shared(entries);
        for entry in entries {
            if self.is_full() {
                return;
            }
            let start = entry.span().start;
            let toml = entry.get_ref();
            match (toml.number, toml.code, &toml.name) {
                (Some(_), Some(_), _) => {
                    self.add(start, "use either `number` or `code`, not both");
                }
                (None, None, None) if toml.first_phrase().is_empty() => {
                    self.add(start, "an entry needs a `number`, `code`, `name` or `phrases`");
                }
                _ => {}
            }
            if toml.name.iter().chain(&toml.aliases).any(String::is_empty) {
                self.add(start, "`name` and `aliases` must not be empty");
            }
            if let Some(name) =
                toml.name.iter().chain(&toml.aliases).find(|name| name.len() > LONGEST_NAME)
            {
                let message =
                    format!("a name can have at most {LONGEST_NAME} bytes, not {}", name.len());
                self.add(start, message);
            }
            let phrases = toml.phrases.en.len().max(toml.phrases.fr.len());
            if phrases > MOST_ALIKE {
                let message =
                    format!("an entry can have at most {MOST_ALIKE} phrases, not {phrases}");
                self.add(start, message);
            }
            if let Some(name) = toml.name.iter().chain(&toml.aliases).find(|name| is_hex(name)) {
                let message = format!("`{name}` is a code, not a name; use `code`");
                self.add(start, message);
            }
            if let Some(code) = toml.code.filter(|code| toml.misprints.contains(code)) {
                let message = format!("`misprints` contains the entry's own code, {}", code.0);
                self.add(start, message);
            }
            if toml.name.iter().chain(&toml.aliases).any(|name| has_control(name)) {
                self.add(
                    start,
                    "`name` and `aliases` must be one line, without control characters",
                );
            }
            match &toml.message {
                Some(message) => self.check_message(start, message),
                None if toml.name.is_none() => {
                    self.add(start, "an entry without a `name` needs a `message`")
                }
                None => {}
            }
            self.check_links(&toml.links);
        }
    }

    /// Checks that few entries share a name or a misprint.
    fn check_shared(&mut self, entries: &[Spanned<EntryToml>]) {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for entry in entries {
            let toml = entry.get_ref();
            let names = toml.name.iter().chain(&toml.aliases);
            let names = names.map(|name| format!("name `{name}`"));
            let misprints = toml.misprints.iter().map(|code| format!("misprint {}", code.0));
            for shared in names.chain(misprints) {
                let count = counts.entry(shared.clone()).or_default();
                *count += 1;
                if *count == MOST_ALIKE + 1 {
                    let message = format!("more than {MOST_ALIKE} entries have the {shared}");
                    self.add(entry.span().start, message);
                }
            }
        }
    }

    fn check_message(&mut self, start: usize, message: &TextSource) {
        if has_line_break(&message.en) || has_line_break(&message.fr) {
            self.add(start, "`message` must be one line; put the rest in `remedy` or `note`");
        }
        if message.en.trim().is_empty() || message.fr.trim().is_empty() {
            self.add(start, "`message` must not be empty");
        }
    }

    fn check_links(&mut self, links: &[Spanned<String>]) {
        for link in links {
            let rest = ["https://", "http://"]
                .iter()
                .find_map(|scheme| link.get_ref().strip_prefix(scheme));
            if !rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
            {
                let message = format!(
                    "`{}` is not a URL: it must begin with https:// or http:// and a host",
                    link.get_ref()
                );
                self.add(link.span().start, message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        let problems = Source::parse("team.toml", text).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    const FAMILY: &str = "[family]\nid = \"team\"\ntitle = \"Team\"\n";

    #[test]
    fn a_small_file_is_read() {
        let source = Source::parse(
            "team.toml",
            &format!(
                "{FAMILY}base = 0xE0000000\n\n[[entry]]\nnumber = 7\nseverity = \"error\"\n\
                 message = \"The disk is full\"\n\n[[entry]]\nnumber = \"10..=19\"\n\
                 severity = \"warning\"\nmessage.en = \"Slow\"\nmessage.fr = \"Lent\"\n"
            ),
        )
        .unwrap();
        assert_eq!(source.entries[0].line, 6);
        assert_eq!(source.entries[0].toml.message.as_ref().unwrap().fr, "The disk is full");
        assert_eq!(source.entries[1].toml.number.unwrap().to_string(), "10..=19");
        assert_eq!(source.family.formulas[0].base, 0xE000_0000);
    }

    #[test]
    fn broken_toml_names_its_place() {
        assert!(problem("[family]\nid = \n").starts_with("team.toml:2:"));
    }

    #[test]
    fn an_unknown_key_names_the_known_ones() {
        let text = problem(&format!(
            "{FAMILY}[[entry]]\nnumber = 1\nseverty = \"error\"\nmessage = \"x\"\n"
        ));
        assert!(text.starts_with("team.toml:6:1: unknown field `severty`"), "{text}");
        assert!(text.contains("`severity`"), "{text}");
    }

    #[test]
    fn two_entries_of_one_number_name_both_lines() {
        let entry = "[[entry]]\nnumber = 1\nseverity = \"error\"\nmessage = \"x\"\n";
        let text = problem(&format!("{FAMILY}{entry}{entry}"));
        assert_eq!(text, "team.toml:8:1: duplicate number 1 (first defined on line 4)");
    }

    #[test]
    fn all_problems_of_a_file_are_reported_at_once() {
        let text = problem(
            "[family]\nid = \"My Team\"\nlinks = [\"wiki/errors\"]\nwritten = ['{n}']\n\
             [[entry]]\nseverity = \"error\"\nmessage = \"\"\n",
        );
        assert_eq!(text.lines().count(), 5, "{text}");
    }

    #[test]
    fn an_entry_without_a_name_needs_a_message() {
        assert!(
            problem(&format!("{FAMILY}[[entry]]\nnumber = 1\nseverity = \"error\"\n"))
                .contains("needs a `message`")
        );
    }

    #[test]
    fn numbers_and_codes_beyond_32_bits_are_refused() {
        let entry = |key: &str| {
            problem(&format!("{FAMILY}[[entry]]\n{key}\nseverity = \"error\"\nmessage = \"x\"\n"))
        };
        assert!(entry("number = 0x80070005").contains("a 32-bit code is a `code`"));
        assert!(entry("code = 0x123456789").contains("32-bit code"));
        assert!(entry("number = \"9..=1\"").contains("range such as"));
    }

    #[test]
    fn every_message_says_what_and_where() {
        let entry = "[[entry]]\nseverity = \"error\"\nmessage = \"x\"\n";
        for (text, message) in [
            (
                format!("{FAMILY}links = [\"wiki\"]\n"),
                "4:10: `wiki` is not a URL: it must begin with https:// or http:// and a host",
            ),
            (
                format!("{FAMILY}links = [\"https://\"]\n"),
                "4:10: `https://` is not a URL: it must begin with https:// or http:// and a host",
            ),
            (
                FAMILY.replace("team", "My Team"),
                "2:6: family id `My Team` must consist of lowercase letters, digits and hyphens",
            ),
            (FAMILY.replace("Team", " "), "2:6: `title` must not be empty"),
            (
                format!("{FAMILY}base = -1\n"),
                "4:8: `base` must be a 32-bit code, between 0 and 0xFFFFFFFF",
            ),
            (
                format!("{FAMILY}names = [\"k_\"]\n"),
                "4:10: `k_` in `names` must consist of at least three ASCII letters",
            ),
            (
                format!("{FAMILY}{entry}"),
                "4:1: an entry needs a `number`, `code`, `name` or `phrases`",
            ),
            (
                format!("{FAMILY}{entry}number = 1\ncode = 1\n"),
                "4:1: use either `number` or `code`, not both",
            ),
            (
                format!("{FAMILY}{entry}name = \"\"\n"),
                "4:1: `name` and `aliases` must not be empty",
            ),
            (
                format!("{FAMILY}{entry}name = \"A\"\n{entry}name = \"A\"\n"),
                "8:1: duplicate name `A` (first defined on line 4)",
            ),
            (
                format!("{FAMILY}{entry}number = \"1..=2\"\n{entry}number = \"1..=2\"\n"),
                "8:1: duplicate range 1..=2 (first defined on line 4)",
            ),
            (
                format!("{FAMILY}{entry}phrases.en = [\"A\"]\n{entry}phrases.en = [\"A\"]\n"),
                "8:1: duplicate phrase `A` (first defined on line 4)",
            ),
            (
                format!("{FAMILY}{entry}number = 1\nname = \"A\"\n{entry}name = \"A\"\n"),
                "9:1: duplicate name `A` (first defined on line 4)",
            ),
            (
                format!("{FAMILY}{entry}name = \"A\"\n{entry}number = 1\nname = \"A\"\n"),
                "8:1: duplicate number 1 (first defined on line 4 as name `A`)",
            ),
            (
                format!("{FAMILY}base = 0\n{entry}number = 5\n{entry}code = 5\n"),
                "9:1: duplicate code 0x00000005 (first defined on line 5 as number 5)",
            ),
            (
                format!("{FAMILY}{entry}name = \"A\\n# B\"\n"),
                "4:1: `name` and `aliases` must be one line, without control characters",
            ),
            (
                format!("{FAMILY}{}name = \"A\"\n", entry.replace('x', "x\\u0085# y")),
                "4:1: `message` must be one line; put the rest in `remedy` or `note`",
            ),
            (
                format!(
                    "{FAMILY}formulas = [{{ numbers = \"1..=9\", base = 16 }}, \
                     {{ numbers = \"11..=19\", base = 6 }}]\n{entry}number = 1\n{entry}number = 11\n"
                ),
                "9:1: numbers 1 and 11 both have the code 0x00000011",
            ),
            (
                format!("{FAMILY}domains = [\"\"]\n"),
                "2:6: `domains` must not contain an empty text",
            ),
            (
                format!("{FAMILY}{entry}name = \"{}\"\n", "A".repeat(129)),
                "4:1: a name can have at most 128 bytes, not 129",
            ),
            (
                format!("{FAMILY}{entry}name = \"A\"\nphrases.en = [{}]\n", "\"a\",".repeat(65)),
                "4:1: an entry can have at most 64 phrases, not 65",
            ),
            (
                FAMILY.replace("Team", "Team\\n# x"),
                "2:6: `title` must be one line, without control characters",
            ),
        ] {
            assert_eq!(problem(&text), format!("team.toml:{message}"));
        }
    }

    #[test]
    fn a_code_is_neither_a_name_nor_its_own_misprint() {
        let entry = "[[entry]]\nseverity = \"error\"\nmessage = \"x\"\n";
        for (text, message) in [
            (
                format!("{FAMILY}{entry}name = \"0x80070005\"\n"),
                "4:1: `0x80070005` is a code, not a name; use `code`",
            ),
            (
                format!("{FAMILY}{entry}code = 5\nmisprints = [5]\n"),
                "4:1: `misprints` contains the entry's own code, 0x00000005",
            ),
        ] {
            assert_eq!(problem(&text), format!("team.toml:{message}"));
        }
    }

    #[test]
    fn a_name_or_a_misprint_has_few_entries() {
        let entries = (0..70).map(|number| {
            format!(
                "[[entry]]\nnumber = {number}\nseverity = \"error\"\nmessage = \"x\"\nname = \"A\"\n"
            )
        });
        let text = problem(&format!("{FAMILY}{}", entries.collect::<String>()));
        assert_eq!(text, "team.toml:324:1: more than 64 entries have the name `A`");
        let entries = (0..65).map(|number| {
            format!(
                "[[entry]]\nnumber = {number}\nseverity = \"error\"\nmessage = \"x\"\nmisprints = [5]\n"
            )
        });
        let text = problem(&format!("{FAMILY}{}", entries.collect::<String>()));
        assert_eq!(text, "team.toml:324:1: more than 64 entries have the misprint 0x00000005");
    }

    #[test]
    fn entries_on_one_line_have_their_columns() {
        let entry = "{ number = 1, severity = \"error\", message = \"é\" }";
        let text = format!("entry = [{entry}, {entry}]\n{FAMILY}");
        let expected = format!(
            "team.toml:1:{}: duplicate number 1 (first defined on line 1)",
            12 + entry.chars().count()
        );
        assert_eq!(problem(&text), expected);
    }

    #[test]
    fn a_family_of_very_many_signs_is_refused() {
        let signs = |count| format!("{FAMILY}signs = [{}]\n", "\"a sign\",".repeat(count));
        accept(&signs(1000));
        let text = problem(&signs(1001));
        assert_eq!(text, "team.toml:2:6: `signs` can have at most 1000 items, not 1001");
    }

    #[test]
    fn a_family_of_very_many_formulas_is_refused() {
        let formulas = "{ base = 1 },".repeat(101);
        let text = problem(&format!("{FAMILY}formulas = [{formulas}]\n"));
        assert!(text.ends_with("a family can have at most 100 formulas, not 101"), "{text}");
    }

    /// As the build does it: several files, nothing known before.
    #[test]
    fn files_of_one_catalog_are_checked_together() {
        let source = |path: &str, text: &str| Source::parse(path, text).unwrap();
        let entry = "[[entry]]\nnumber = 1\nseverity = \"error\"\nmessage = \"x\"\n";
        let one = source("1.toml", &format!("{FAMILY}same-numbers-as = \"http\"\n{entry}"));
        let two = source("2.toml", &format!("[family]\nid = \"team\"\n{entry}"));
        let http = source("3.toml", "[family]\nid = \"http\"\ntitle = \"HTTP\"\n");
        let problems = |sources: &[&Source]| -> Vec<String> {
            problems_among(sources, &Unknown).iter().map(ToString::to_string).collect()
        };
        assert_eq!(problems(&[&one, &http]), [""; 0]);
        assert_eq!(problems(&[&one]), ["1.toml:4:19: unknown family `http` in `same-numbers-as`"]);
        assert_eq!(
            problems(&[&one, &two, &http]),
            ["2.toml:3:1: duplicate number 1 (first defined in 1.toml:5)"]
        );
    }

    #[test]
    fn a_notation_that_cannot_be_compiled_names_its_line() {
        let text = problem(&format!("{FAMILY}after = ['(?x)code\\W # and a comment']\n"));
        assert!(text.starts_with("team.toml:4:10: can't be used as a notation: "), "{text}");
    }

    fn accept(text: &str) {
        if let Err(problems) = Source::parse("team.toml", text) {
            panic!("{text}\n{problems:?}");
        }
    }

    #[test]
    fn what_is_right_at_the_limit_is_accepted() {
        let entry = "[[entry]]\nseverity = \"error\"\n";
        for text in [
            FAMILY.replace("team", "team-2"),
            format!("{FAMILY}names = [\"err\"]\n"),
            format!("{FAMILY}links = [\"http://a.example\", \"https://a.example\"]\n"),
            format!("{FAMILY}formulas = [{}]\n", "{ base = 1 },".repeat(MOST_FORMULAS)),
            format!("{FAMILY}base = 0xFFFFFFFF\n"),
            format!("{FAMILY}{entry}name = \"A\"\n"),
            format!("{FAMILY}{entry}message = \"x\"\nphrases.fr = [\"A\"]\n"),
            format!("{FAMILY}{entry}message = \"x\"\nnumber = \"1..=1\"\n"),
        ] {
            accept(&text);
        }
    }

    #[test]
    fn what_is_wrong_in_one_respect_only_is_refused() {
        let entry = |message: &str| {
            format!("{FAMILY}[[entry]]\nnumber = 1\nseverity = \"error\"\nmessage = {message}\n")
        };
        let title = |title: &str| format!("[family]\nid = \"team\"\ntitle = {title}\n");
        let one_line = "`message` must be one line; put the rest in `remedy` or `note`";
        for (text, message) in [
            (FAMILY.replace("team", ""), "must consist of lowercase letters, digits and hyphens"),
            (FAMILY.replace("team", "a_b"), "must consist of lowercase letters"),
            (title("{ en = \"\", fr = \"x\" }"), "`title` must not be empty"),
            (title("{ en = \"x\", fr = \"\" }"), "`title` must not be empty"),
            (format!("{FAMILY}names = [\"er\"]\n"), "at least three ASCII letters"),
            (format!("{FAMILY}names = [\"err1\"]\n"), "at least three ASCII letters"),
            (format!("{FAMILY}base = 0x100000000\n"), "`base` must be a 32-bit code"),
            (entry("{ en = \"a\\nb\", fr = \"x\" }"), one_line),
            (entry("{ en = \"x\", fr = \"a\\nb\" }"), one_line),
            (entry("{ en = \" \", fr = \"x\" }"), "`message` must not be empty"),
            (entry("{ en = \"x\", fr = \" \" }"), "`message` must not be empty"),
            (entry("\"x\"\naliases = [\"\"]"), "`name` and `aliases` must not be empty"),
            (entry("\"x\"\nlinks = [\"ftp://a.example\"]"), "is not a URL"),
            (format!("{FAMILY}written = ['code']\n"), "must contain {n}"),
        ] {
            let problem = problem(&text);
            assert!(problem.contains(message) && problem.lines().count() == 1, "{problem}");
        }
    }

    #[test]
    fn formulas_and_wrapped_codes_count_together() {
        let list = |count| "{ base = 1 },".repeat(count);
        let family =
            |count| format!("{FAMILY}formulas = [{}]\nwrapped = [{}]\n", list(count), list(41));
        accept(&family(59));
        assert!(problem(&family(60)).ends_with("not 101"));
    }

    #[test]
    fn a_hundred_problems_are_enough() {
        let links = "\"wiki\",\n".repeat(MOST_PROBLEMS + 1);
        assert_eq!(problem(&format!("{FAMILY}links = [{links}]\n")).lines().count(), MOST_PROBLEMS);
        let entry = "[[entry]]\nnumber = 1\nseverity = \"error\"\nmessage = \"x\"\n";
        let text = format!("{FAMILY}{}", entry.repeat(MOST_PROBLEMS + 2));
        assert_eq!(problem(&text).lines().count(), MOST_PROBLEMS);
    }

    #[test]
    fn entries_below_one_another_have_their_lines_and_columns() {
        let entry = "{ number = 1, severity = \"error\", message = \"é\" }";
        let text = format!("entry = [\n  {entry},\n\n    {entry}, {entry}\n]\n{FAMILY}");
        let third = 5 + entry.chars().count() + 2;
        assert_eq!(
            problem(&text),
            format!(
                "team.toml:4:5: duplicate number 1 (first defined on line 2)\n\
                 team.toml:4:{third}: duplicate number 1 (first defined on line 2)"
            )
        );
    }

    /// A known family: its formulas, and `A` as the name of its number 1.
    struct Team;

    impl Known for Team {
        fn formulas(&self, family: &str) -> Option<Formulas> {
            (family == "team").then(Formulas::default)
        }

        fn place_of_name(&self, _: &str, name: &str) -> Option<Place> {
            let number = Some(NumberRange::one(1));
            (name == "A").then_some(Place { number, code: None })
        }
    }

    fn problems_over_team(text: &str) -> Vec<String> {
        let source = Source::parse("team.toml", text).unwrap();
        problems_among(&[&source], &Team).iter().map(ToString::to_string).collect()
    }

    const ADDITION: &str = "[family]\nid = \"team\"\n";

    #[test]
    fn only_the_file_with_the_title_says_what_the_family_is() {
        for key in [
            "base = 1",
            "formulas = [{ base = 1 }]",
            "wrapped = [{ base = 1 }]",
            "written = ['code {n}']",
            "after = ['code ']",
            "hex = true",
            "domains = [\"D\"]",
            "names = [\"err\"]",
            "listed = true",
            "same-numbers-as = \"team\"",
            "links = [\"https://a.example\"]",
        ] {
            let name = key.split(' ').next().unwrap();
            assert_eq!(
                problems_over_team(&format!("{ADDITION}{key}\n")),
                [format!(
                    "team.toml:2:6: `{name}` has no effect without a `title`: \
                     the file only adds entries to the family `team`"
                )]
            );
            assert_eq!(problems_over_team(&format!("{FAMILY}{key}\n")), [""; 0]);
        }
        assert_eq!(problems_over_team(ADDITION), [""; 0]);
        assert_eq!(
            problems_over_team("[family]\nid = \"other\"\n"),
            ["team.toml:2:6: unknown family `other`: a new family needs a `title`"]
        );
    }

    #[test]
    fn a_known_name_is_the_number_that_it_has_unless_the_family_is_defined_again() {
        let entries = "[[entry]]\nnumber = 1\nseverity = \"error\"\nmessage = \"x\"\n\
                       [[entry]]\nname = \"A\"\nseverity = \"error\"\n";
        assert_eq!(
            problems_over_team(&format!("{ADDITION}{entries}")),
            ["team.toml:7:1: duplicate name `A` (first defined on line 3 as number 1)"]
        );
        assert_eq!(problems_over_team(&format!("{FAMILY}{entries}")), [""; 0]);
    }

    #[test]
    fn a_name_that_two_entries_have_is_neither_of_them() {
        let entry =
            |keys: &str| format!("[[entry]]\n{keys}\nseverity = \"error\"\nmessage = \"x\"\n");
        accept(&format!(
            "{FAMILY}{}{}{}",
            entry("number = 1\nname = \"B\""),
            entry("code = 2\nname = \"B\""),
            entry("name = \"B\"")
        ));
    }
}
