//! ARCHITECTURE.md and SECURITY.md name the tests of what they say: each of these tests exists.

use std::fs;
use std::path::Path;

/// The last cell of each row in tables whose last column is "Tests".
fn cells_of_tests(page: &str) -> Vec<(usize, String)> {
    let (mut cells, mut in_table) = (Vec::new(), false);
    for (at, line) in page.lines().enumerate() {
        let last = line.trim_end_matches([' ', '|']).rsplit(" | ").next().unwrap_or_default();
        match line.starts_with('|') {
            false => in_table = false,
            true if last == "Tests" => in_table = true,
            true if in_table && !last.starts_with("|--") => cells.push((at + 1, last.to_owned())),
            true => {}
        }
    }
    cells
}

/// The texts between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Whether a file defines a test with this name; a `…` at either end stands for the rest of it.
fn defines(file: &str, name: &str) -> bool {
    file.match_indices("fn ").any(|(at, _)| {
        let rest = &file[at + 3..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let defined = &rest[..end];
        match (name.strip_suffix('…'), name.strip_prefix('…')) {
            (Some(beginning), _) => defined.starts_with(beginning),
            (_, Some(end)) => defined.ends_with(end),
            _ => defined == name,
        }
    })
}

/// The names on a page that no file defines, and the files that don't exist.
fn missing(page: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut missing = Vec::new();
    for (line, cell) in cells_of_tests(page) {
        let mut file = String::new();
        for part in quoted(&cell) {
            let is_path = part.contains(['/', '.']);
            if is_path && !part.ends_with('/') {
                match read(part) {
                    Some(text) => file = text,
                    None => missing.push(format!("line {line}: {part}")),
                }
            } else if part.contains('_') && !part.contains(' ') && !defines(&file, part) {
                missing.push(format!("line {line}: {part}"));
            }
        }
    }
    missing
}

#[test]
fn every_test_that_a_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["ARCHITECTURE.md", "SECURITY.md"] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        assert!(cells_of_tests(&text).len() > 10, "{page} has no table of tests");
        let missing = missing(&text, |path| fs::read_to_string(root.join(path)).ok());
        assert!(missing.is_empty(), "{page}:\n{}", missing.join("\n"));
    }
}

#[test]
fn a_name_that_no_file_defines_is_noticed() {
    let page = "| Invariant | Tests |\n|---|---|\n| x | `a.rs`: `it_holds`, `it_…`, `…_holds`, `it_fails` |\n\
                | y | `b.rs` |\n";
    let read = |path: &str| (path == "a.rs").then(|| "#[test]\nfn it_holds() {}\n".to_owned());
    assert_eq!(missing(page, read), ["line 3: it_fails", "line 4: b.rs"]);
}
