//! The constants of the mingw-w64 headers, evaluated from macros and enumerations.
//!
//! The headers come from the Debian package, through `apt-get`, so that the mirror configured on
//! the machine is used.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::{Fact, Failure, Source};

const PACKAGE: &str = "mingw-w64-common";
const INCLUDE: &str = "usr/share/mingw-w64/include";

/// The headers' texts, by path below the folder of headers.
pub struct Headers {
    /// The package and its version, or the given folder.
    pub version: String,
    files: BTreeMap<String, File>,
    /// The files in which each macro or enumerator is defined.
    homes: HashMap<String, Vec<String>>,
    /// Values evaluated so far, by name and the header that used it.
    known: RefCell<HashMap<(String, String), Option<i64>>>,
}

#[derive(Default)]
struct File {
    macros: HashMap<String, Macro>,
    /// The enumerators' values as expressions: the one given, or the previous one plus one.
    enumerators: HashMap<String, String>,
}

struct Macro {
    parameters: Option<Vec<String>>,
    body: String,
}

impl Headers {
    /// Downloads the package into a temporary folder and reads it.
    pub fn download() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        run(Command::new("apt-get").args(["download", PACKAGE]).current_dir(&folder))?;
        let package = fs::read_dir(&folder)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
            .ok_or("apt-get downloaded no package")?;
        let unpacked = folder.path().join("unpacked");
        run(Command::new("dpkg-deb").arg("-x").arg(&package).arg(&unpacked))?;
        let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let version = name.split('_').nth(1).unwrap_or_default();
        Ok(Self { version: format!("{PACKAGE} {version}"), ..Self::read(&unpacked.join(INCLUDE))? })
    }

    /// Reads a folder of headers.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut paths = Vec::new();
        headers_in(folder, &mut paths)?;
        let mut headers = Self {
            version: folder.display().to_string(),
            files: BTreeMap::new(),
            homes: HashMap::new(),
            known: RefCell::default(),
        };
        for path in paths {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            headers.add(name, &String::from_utf8_lossy(&fs::read(&path)?));
        }
        Ok(headers)
    }

    fn add(&mut self, name: String, text: &str) {
        let text = without_comments(&text.replace("\r\n", "\n").replace("\\\n", " "));
        let mut file = File::default();
        for line in text.lines() {
            if let Some((name, definition)) = define(line) {
                file.macros.entry(name).or_insert(definition);
            }
        }
        enumerators(&text, &mut file.enumerators);
        for defined in file.macros.keys().chain(file.enumerators.keys()) {
            self.homes.entry(defined.clone()).or_default().push(name.clone());
        }
        self.files.insert(name, file);
    }

    /// Every name with a 32-bit value, once for each header that defines it.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        for (place, file) in &self.files {
            let plain =
                file.macros.iter().filter(|(_, definition)| definition.parameters.is_none());
            let names = plain.map(|(name, _)| name).chain(file.enumerators.keys());
            for name in names {
                let value = self.value(name, place, 0).and_then(as_code);
                let Some(value) = value else { continue };
                facts.push(Fact {
                    name: name.clone(),
                    value,
                    source: Source::Headers,
                    place: place.clone(),
                    kind: String::new(),
                });
            }
        }
        facts.sort_by(|a, b| (&a.name, &a.place).cmp(&(&b.name, &b.place)));
        facts
    }

    /// The file in which to look up `name` when it is used in `place`.
    fn home(&self, name: &str, place: &str) -> Option<&File> {
        let homes = self.homes.get(name)?;
        let own = homes.iter().find(|home| *home == place);
        let general = || homes.iter().find(|home| *home == "winerror.h");
        self.files.get(own.or_else(general).or_else(|| homes.first())?)
    }

    fn value(&self, name: &str, place: &str, depth: usize) -> Option<i64> {
        let key = (name.to_owned(), place.to_owned());
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        // A macro that refers to itself has no value.
        self.known.borrow_mut().insert(key.clone(), None);
        let value = self.definition(name, place, depth);
        self.known.borrow_mut().insert(key, value);
        value
    }

    fn definition(&self, name: &str, place: &str, depth: usize) -> Option<i64> {
        let file = self.home(name, place)?;
        let body = match file.macros.get(name) {
            Some(Macro { parameters: None, body }) => body,
            Some(_) => return None,
            None => file.enumerators.get(name)?,
        };
        self.evaluate(body, place, depth)
    }

    fn evaluate(&self, expression: &str, place: &str, depth: usize) -> Option<i64> {
        // Deep enough for the last name in an enumeration, as each value is the previous one plus
        // one.
        if depth > 2000 || expression.is_empty() {
            return None;
        }
        let mut parser =
            Parser { tokens: tokens(expression)?, at: 0, headers: self, place, depth: depth + 1 };
        let value = parser.binary(0)?;
        (parser.at == parser.tokens.len()).then_some(value)
    }
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
}

fn headers_in(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            headers_in(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "h") {
            into.push(path);
        }
    }
    Ok(())
}

fn as_code(value: i64) -> Option<u32> {
    u32::try_from(value).ok().or_else(|| i32::try_from(value).ok().map(i32::cast_unsigned))
}

/// Replaces block comments with spaces, so that line breaks in them don't end a macro.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(slash) = rest.find('/') {
        out.push_str(&rest[..slash]);
        let comment = &rest[slash..];
        let end = if comment.starts_with("/*") {
            out.push(' ');
            comment.find("*/").map_or(comment.len(), |end| end + 2)
        } else if comment.starts_with("//") {
            comment.find('\n').unwrap_or(comment.len())
        } else {
            out.push('/');
            1
        };
        rest = &comment[end..];
    }
    out + rest
}

/// `#define NAME body` or `#define NAME(a, b) body`.
fn define(line: &str) -> Option<(String, Macro)> {
    let rest = line.trim_start().strip_prefix('#')?.trim_start().strip_prefix("define")?;
    let rest = rest.strip_prefix([' ', '\t'])?.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let (parameters, body) = match rest.strip_prefix('(') {
        Some(rest) => {
            let (inside, body) = rest.split_once(')')?;
            (Some(inside.split(',').map(|name| name.trim().to_owned()).collect()), body)
        }
        None => (None, rest),
    };
    Some((name.to_owned(), Macro { parameters, body: body.trim().to_owned() }))
}

fn enumerators(text: &str, into: &mut HashMap<String, String>) {
    let mut rest = text;
    while let Some(at) = rest.find("enum") {
        rest = &rest[at + 4..];
        let Some((head, body)) = rest.split_once('{') else { return };
        if !head.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c.is_whitespace()) {
            continue;
        }
        let Some((body, _)) = body.split_once('}') else { return };
        let mut before: Option<String> = None;
        for item in body
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .collect::<String>()
            .split(',')
        {
            let (name, given) = match item.split_once('=') {
                Some((name, value)) => (name.trim(), Some(value.trim().to_owned())),
                None => (item.trim(), None),
            };
            if name.is_empty() {
                continue;
            }
            let value = given.unwrap_or_else(|| {
                before.as_ref().map_or_else(|| "0".to_owned(), |before| format!("{before} + 1"))
            });
            into.entry(name.to_owned()).or_insert(value);
            before = Some(name.to_owned());
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(i64),
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["<<", ">>", "(", ")", ",", "+", "-", "|", "&", "*", "~"];

/// `None` for anything that is not part of an expression: strings, braces, conditions.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        if first.is_ascii_digit() {
            tokens.push(Token::Number(literal(&rest[..word])?));
            rest = &rest[word..];
        } else if word > 0 {
            tokens.push(Token::Name(rest[..word].to_owned()));
            rest = &rest[word..];
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

fn literal(text: &str) -> Option<i64> {
    let text = text.trim_end_matches(['u', 'U', 'l', 'L']);
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None if text.len() > 1 && text.starts_with('0') => i64::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    }
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    headers: &'a Headers,
    place: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn next_is(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(is);
        is
    }

    fn binary(&mut self, least: u8) -> Option<i64> {
        let mut left = self.unary()?;
        while let Some(Token::Sign(sign)) = self.tokens.get(self.at) {
            let (sign, level) = match *sign {
                "|" => ("|", 0),
                "&" => ("&", 1),
                "<<" => ("<<", 2),
                ">>" => (">>", 2),
                "+" => ("+", 3),
                "-" => ("-", 3),
                "*" => ("*", 4),
                _ => break,
            };
            if level < least {
                break;
            }
            self.at += 1;
            let right = self.binary(level + 1)?;
            left = match sign {
                "|" => left | right,
                "&" => left & right,
                "<<" => left.checked_shl(u32::try_from(right).ok()?)?,
                ">>" => left.checked_shr(u32::try_from(right).ok()?)?,
                "+" => left.checked_add(right)?,
                "-" => left.checked_sub(right)?,
                _ => left.checked_mul(right)?,
            };
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<i64> {
        if self.next_is("-") {
            return self.unary()?.checked_neg();
        }
        if self.next_is("~") {
            return Some(!self.unary()?);
        }
        if self.next_is("(") {
            if let Some(after) = self.cast() {
                self.at = after;
                return self.unary();
            }
            let value = self.binary(0)?;
            return self.next_is(")").then_some(value);
        }
        match self.tokens.get(self.at)?.clone() {
            Token::Number(value) => {
                self.at += 1;
                Some(value)
            }
            Token::Name(name) => {
                self.at += 1;
                if self.next_is("(") {
                    let mut arguments = vec![self.binary(0)?];
                    while self.next_is(",") {
                        arguments.push(self.binary(0)?);
                    }
                    return self.next_is(")").then(|| self.call(&name, &arguments))?;
                }
                self.headers.value(&name, self.place, self.depth)
            }
            Token::Sign(_) => None,
        }
    }

    /// The index after the parenthesis if it contains a type: `(HRESULT)`, `(unsigned long)`.
    fn cast(&self) -> Option<usize> {
        let mut at = self.at;
        while let Some(Token::Name(name)) = self.tokens.get(at) {
            const TYPES: [&str; 17] = [
                "HRESULT",
                "NTSTATUS",
                "DWORD",
                "LONG",
                "ULONG",
                "SCODE",
                "UINT",
                "INT",
                "int",
                "long",
                "unsigned",
                "__LONG32",
                "WINBOOL",
                "RPC_STATUS",
                "NDIS_STATUS",
                "NET_API_STATUS",
                "WORD",
            ];
            if !TYPES.contains(&name.as_str()) {
                return None;
            }
            at += 1;
        }
        (at > self.at && self.tokens.get(at) == Some(&Token::Sign(")"))).then_some(at + 1)
    }

    fn call(&self, name: &str, arguments: &[i64]) -> Option<i64> {
        match (name, arguments) {
            // These are not expressions, or they paste tokens.
            (
                "__MSABI_LONG" | "_HRESULT_TYPEDEF_" | "_NDIS_ERROR_TYPEDEF_" | "__MINGW_STATUS",
                [value],
            ) => Some(*value),
            ("HRESULT_FROM_WIN32" | "__HRESULT_FROM_WIN32", [value]) => {
                Some(match as_code(*value)? {
                    value @ 1..0x8000_0000 => 0x8007_0000 | i64::from(value & 0xFFFF),
                    value => i64::from(value),
                })
            }
            ("HRESULT_FROM_NT", [value]) => Some(value | 0x1000_0000),
            ("MAKE_HRESULT" | "MAKE_SCODE", [severity, facility, code]) => {
                Some(severity << 31 | facility << 16 | code)
            }
            _ => {
                let definition = self.headers.home(name, self.place)?.macros.get(name)?;
                let parameters = definition.parameters.as_ref()?;
                if parameters.len() != arguments.len() || self.depth > 2000 {
                    return None;
                }
                let mut tokens = tokens(&definition.body)?;
                for token in &mut tokens {
                    let Token::Name(name) = token else { continue };
                    if let Some(which) = parameters.iter().position(|parameter| parameter == name) {
                        *token = Token::Number(arguments[which]);
                    }
                }
                let mut parser = Parser {
                    tokens,
                    at: 0,
                    headers: self.headers,
                    place: self.place,
                    depth: self.depth + 1,
                };
                let value = parser.binary(0)?;
                (parser.at == parser.tokens.len()).then_some(value)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> BTreeMap<String, u32> {
        let mut headers = Headers {
            version: String::new(),
            files: BTreeMap::new(),
            homes: HashMap::new(),
            known: RefCell::default(),
        };
        headers.add("test.h".to_owned(), text);
        headers.facts().into_iter().map(|fact| (fact.name, fact.value)).collect()
    }

    #[track_caller]
    fn assert_value(text: &str, name: &str, value: u32) {
        assert_eq!(values(text).get(name).copied(), Some(value), "{:X?}", values(text));
    }

    #[test]
    fn plain_and_cast_macros() {
        assert_value("#define A __MSABI_LONG(5)\n", "A", 5);
        assert_value("#define A _HRESULT_TYPEDEF_(0x80004005)\n", "A", 0x8000_4005);
        assert_value("#define A ((NTSTATUS)0xC0000022L) /* no\nentry */\n", "A", 0xC000_0022);
        assert_value("# define A (-1022)\n", "A", 0xFFFF_FC02);
        assert_value("#define A \\\n  ((unsigned long)7) // seven\n", "A", 7);
    }

    #[test]
    fn macros_of_macros() {
        let text = "#define BASE 12000\n#define A (BASE + 7)\n\
                    #define MAKE_E(e) MAKE_SCODE(1, FACILITY, e)\n#define FACILITY 4\n\
                    #define B MAKE_E(0x10F)\n#define C HRESULT_FROM_WIN32(A)\n#define D C\n";
        assert_value(text, "A", 12007);
        assert_value(text, "B", 0x8004_010F);
        assert_value(text, "D", 0x8007_2EE7);
    }

    #[test]
    fn enumerations_count_on() {
        let text = "typedef enum tag { A = 0x80041001, B, C = B + 4,\n  D } tag;\nenum { E, F };";
        assert_value(text, "B", 0x8004_1002);
        assert_value(text, "D", 0x8004_1007);
        assert_value(text, "F", 1);
    }

    #[test]
    fn what_is_not_a_number_is_left_out() {
        let text = "#define A \"text\"\n#define B A\n#define C C\n#define D(x) x\n#define E\n\
                    #define F { 1, 2 }\n#define G sizeof(int)\n#define H 0xFFFFFFFFFFFFFFFF\n";
        assert!(values(text).is_empty(), "{:?}", values(text));
    }
}
