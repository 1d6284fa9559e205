//! Catalog files of a user's, or of a workspace that nobody vouches for: whatever stands in them
//! is refused with its reason, or works, at a bounded cost.

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Output};
use std::sync::Arc;

use hexplain::catalog::Layer;
use hexplain::{Catalog, Scanner};

const FAMILY: &str = "[family]\nid = \"team\"\ntitle = \"Team\"\nbase = 0xE0001000\n";

fn problems(file: &str) -> Vec<String> {
    let Err(problems) = Layer::parse("team.toml", file) else { panic!("it is not refused") };
    problems.iter().map(ToString::to_string).collect()
}

/// The texts that a family of this notation finds.
fn found<'t>(notation: &str, text: &'t str) -> Vec<&'t str> {
    let layer = Layer::parse("team.toml", &format!("{FAMILY}{notation}\n")).unwrap();
    let scanner = Scanner::new(Arc::new(Catalog::builtin().with_layer(&layer)));
    scanner.scan(text).iter().map(|occurrence| &text[occurrence.range()]).collect()
}

fn scan(catalog: Option<&str>, format: &str, text: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    fs::write(&log, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hexplain"));
    if let Some(text) = catalog {
        let file = folder.path().join("team.toml");
        fs::write(&file, text).unwrap();
        command.arg("--catalog").arg(file);
    }
    command.args(["scan", "--format", format]).arg(log).output().unwrap()
}

// Notations.

#[test]
fn a_notation_that_reaches_over_another_code_hides_no_code_and_breaks_no_order() {
    let notation = r"written = ['[^\n]*code {n}']";
    let text = "see 0x87D1FDE8 then code 2, then code 3";
    let layer = Layer::parse("team.toml", &format!("{FAMILY}{notation}\n")).unwrap();
    let scanner = Scanner::new(Arc::new(Catalog::builtin().with_layer(&layer)));
    let found = scanner.scan(text);
    assert!(found.is_sorted_by_key(|occurrence| occurrence.start), "{found:?}");
    assert!(found.windows(2).all(|two| two[0].end <= two[1].start), "{found:?}");
    assert!(text[found[0].range()].ends_with("0x87D1FDE8"), "{found:?}");
}

#[test]
fn a_notation_that_reaches_over_another_code_is_reported_in_every_form() {
    let catalog = format!("{FAMILY}written = ['[^\\n]*code {{n}}']\n");
    for format in ["text", "json", "sarif"] {
        let output = scan(Some(&catalog), format, "see 0x87D1FDE8 then code 2\n");
        assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_notation_that_cannot_be_compiled_is_refused() {
    for regex in [r"(?:\w{100}){100}code ", r"(?x)code\W # and a comment"] {
        let text = problems(&format!("{FAMILY}after = ['{regex}']\n")).concat();
        assert!(text.starts_with("team.toml:5:"), "{text}");
    }
}

#[test]
fn a_notation_longer_than_any_person_writes_is_refused() {
    let regex = r"\w".repeat(20_000) + " code ";
    let text = problems(&format!("{FAMILY}after = ['{regex}']\n")).concat();
    assert!(text.starts_with("team.toml:5:") && text.len() < 1_000, "{text:.200}");
}

#[test]
fn flags_change_no_notation() {
    assert_eq!(found(r"after = ['\bcode ']", "code 7"), ["7"]);
    assert_eq!(found(r"after = ['(?i)\bcode ']", "CODE 7"), ["7"]);
}

#[test]
fn a_notation_never_cuts_a_character() {
    for (notation, text, expected) in [
        (r"written = ['\Wcode {n}']", "xécode 7", "écode 7"),
        (r"written = ['\bcode {n}\W']", "code 7é", "code 7"),
        (r"written = ['[^a-z]code {n}[^0-9]']", "\u{1f600}code 7\u{1f600}", "code 7"),
    ] {
        let found = found(notation, text);
        assert!(found.is_empty() || found[0].contains(expected), "{notation}: {found:?}");
    }
}

#[test]
fn a_notation_may_name_classes_of_letters() {
    assert_eq!(found(r"after = ['\pL code ']", "é code 7"), ["7"]);
}

#[test]
fn a_name_may_begin_with_any_letter() {
    for name in ["é", "É_ACCES", "_é", "\u{1f600}X", "ß_E_é"] {
        let entry = format!("[[entry]]\nname = \"{name}\"\nseverity = \"error\"\n");
        let layer = Layer::parse("team.toml", &format!("{FAMILY}{entry}")).unwrap();
        let catalog = Catalog::builtin().with_layer(&layer);
        assert!(!catalog.by_name(name)[0].message().en.is_empty(), "{name}");
    }
}

// Size.

#[test]
fn a_file_of_many_faults_tells_the_first_of_them() {
    let entry = "[[entry]]\nnumber = 1\nseverity = \"error\"\nmessage = \"x\"\n";
    let told = problems(&format!("{FAMILY}{}", entry.repeat(3_000)));
    assert!(told[0].starts_with("team.toml:9:1: number 1"), "{}", told[0]);
    assert!(told.len() <= 1_000, "{} problems", told.len());
}

#[test]
fn a_hundred_thousand_entries_are_read_and_each_is_found() {
    let mut file = FAMILY.to_owned() + "after = ['\\bteam ']\n";
    for number in 0..100_000 {
        let rest = "severity = \"error\"\nmessage = \"x\"";
        let _ = writeln!(file, "[[entry]]\nnumber = {number}\n{rest}");
    }
    let layer = Layer::parse("team.toml", &file).unwrap();
    let catalog = Catalog::builtin().with_layer(&layer);
    let family = catalog.family_by_id("team").unwrap().catalog_id();
    for number in [0, 65_536, 99_999] {
        let entry = catalog.by_number(family, number).unwrap();
        assert_eq!(entry.source().1 as i32, 6 + 4 * number);
    }
    assert!(catalog.by_number(family, 100_000).is_none());
}

#[test]
fn numbers_at_the_ends_of_their_range_are_numbers() {
    let file = format!(
        "{FAMILY}formulas = [{{ numbers = \"-2147483648..=2147483647\", base = 4294967295 }}]\n\
         wrapped = [{{ base = 4294967295 }}]\nafter = ['\\bteam ']\n\
         [[entry]]\nnumber = -2147483648\nseverity = \"error\"\nmessage = \"least\"\n\
         [[entry]]\nnumber = 2147483647\nseverity = \"error\"\nmessage = \"most\"\n\
         [[entry]]\nnumber = \"-2147483647..=2147483646\"\nseverity = \"error\"\nmessage = \"x\"\n"
    );
    let catalog = Catalog::builtin().with_layer(&Layer::parse("team.toml", &file).unwrap());
    let family = catalog.family_by_id("team").unwrap().catalog_id();
    for (number, message) in [(i32::MIN, "least"), (i32::MAX, "most"), (0, "x")] {
        assert_eq!(catalog.by_number(family, number).unwrap().message().en, message);
    }
    for code in [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xE000_0FFF, u32::MAX] {
        assert!(!catalog.by_code(hexplain::Code(code)).is_empty());
    }
}

#[test]
fn what_nests_too_deeply_is_refused() {
    for deep in [
        format!("x = {}1{}", "[".repeat(10_000), "]".repeat(10_000)),
        format!("x = {}", "{a=".repeat(10_000)),
        format!("[{}]", vec!["a"; 10_000].join(".")),
    ] {
        assert_eq!(problems(&format!("{FAMILY}{deep}\n")).len(), 1);
    }
    let regex = "(".repeat(900) + "code" + &")".repeat(900);
    let told = problems(&format!("{FAMILY}after = ['{regex} ']\n"));
    assert!(told[0].contains("not a regular expression"), "{:.200}", told[0]);
}

// Texts.

#[test]
fn a_line_of_nothing_but_codes_is_reported_with_its_columns() {
    let output = scan(None, "json", &"0x87D1FDE8 ".repeat(20_000));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), 20_000);
    assert!(lines.lines().last().unwrap().contains("\"line\":1,\"column\":219990,"));
}
