//! Catalog files of a user, or of an untrusted workspace: whatever they contain is rejected with a
//! reason or works, at a limited cost; and what replaces what.

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Output};
use std::sync::Arc;

use hexplain::catalog::Layer;
use hexplain::{Catalog, Document, Locale, Occurrence, Scanner, explain};

const FAMILY: &str = "[family]\nid = \"team\"\ntitle = \"Team\"\nbase = 0xE0001000\n";

fn problems(file: &str) -> Vec<String> {
    let Err(problems) = Layer::parse("team.toml", file) else { panic!("it is not refused") };
    problems.iter().map(ToString::to_string).collect()
}

/// The texts that a family with this notation finds.
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

#[test]
fn a_number_of_ten_digits_is_found_in_every_notation_and_explained_the_same() {
    let entry = |number: i32| {
        format!("[[entry]]\nnumber = {number}\nseverity = \"error\"\nmessage = \"{number}\"\n")
    };
    let notations = "after = ['\\bextn\\W{1,3}']\nwritten = ['\\bXN\\({n}\\)']\n\
                     domains = [\"ExtD\"]\nlisted = true\n";
    let numbers = [1_500_000_001, -1_500_000_002, i32::MAX, i32::MIN + 1];
    for base in ["", "base = 0\n"] {
        let family = format!("[family]\nid = \"ext\"\ntitle = \"Ext\"\n{base}{notations}");
        let file = numbers.iter().fold(family, |file, number| file + &entry(*number));
        let layer = Layer::parse("ext.toml", &file).unwrap();
        let scanner = Scanner::new(Arc::new(Catalog::builtin().with_layer(&layer)));
        for number in numbers {
            let listed =
                if number > 0 { format!("{number} : Something failed.") } else { String::new() };
            let alone = explain::answers_to_query(&scanner, &number.to_string(), Locale::En);
            let alone = alone.into_iter().find(|answer| answer.family.as_deref() == Some("ext"));
            for text in [
                format!("extn {number}"),
                format!("XN({number})"),
                format!("Domain=ExtD Code={number}"),
                format!("<ExtD:{number}>"),
                format!("ExtD {number}"),
                listed,
            ] {
                let found = scanner.scan(&text);
                assert_eq!(found.len(), usize::from(!text.is_empty()), "{base}{text}: {found:?}");
                for found in found {
                    let answers = explain::answers(scanner.catalog(), found.meaning, Locale::En);
                    assert_eq!(answers.first(), alone.as_ref(), "{base}{text}");
                }
            }
        }
    }
}

// What replaces what.

/// The messages of the answers to a query, with a user's files stacked in this order.
fn answers(layers: &[&str], query: &str) -> Vec<String> {
    let layers: Vec<Layer> =
        layers.iter().map(|text| Layer::parse("team.toml", text).unwrap()).collect();
    let (catalog, problems) = Catalog::builtin().with_layers(&layers);
    assert_eq!(problems, []);
    let scanner = Scanner::new(Arc::new(catalog));
    let answers = explain::answers_to_query(&scanner, query, Locale::En);
    answers.into_iter().map(|answer| answer.message).collect()
}

#[test]
fn an_entry_that_gives_a_known_name_a_code_takes_its_place() {
    let entry = |keys: &str, message: &str| {
        format!("[[entry]]\n{keys}\nseverity = \"error\"\nmessage = \"{message}\"\n")
    };
    let built_in = "[family]\nid = \"intune-app-state\"\n".to_owned()
        + &entry("name = \"APP_CI_ENFORCEMENT_UNKNOWN\"\ncode = 0x87D1FFFE", "mine");
    assert_eq!(answers(&[&built_in], "APP_CI_ENFORCEMENT_UNKNOWN"), ["mine"]);
    let first = FAMILY.to_owned() + &entry("name = \"AL_ONE\"", "one");
    let add = |keys: &str| "[family]\nid = \"team\"\n".to_owned() + &entry(keys, "two");
    for keys in ["number = 7", "code = 0x80070005", "number = \"3..=5\"", ""] {
        let named = add(&format!("name = \"AL_ONE\"\n{keys}"));
        assert_eq!(answers(&[&first, &named], "AL_ONE"), ["two"], "{keys}");
        let other_case = add(&format!("name = \"al_one\"\n{keys}"));
        assert_eq!(answers(&[&first, &other_case], "AL_ONE").len(), 2, "{keys}");
        if !keys.is_empty() {
            let alias = add(&format!("name = \"OTHER\"\naliases = [\"AL_ONE\"]\n{keys}"));
            assert_eq!(answers(&[&first, &alias], "AL_ONE").len(), 2, "{keys}");
        }
    }
}

#[test]
fn a_shared_alias_means_the_entries_that_have_it_and_no_others() {
    let entry = |number: u32, name: &str, aliases: &str, message: &str| {
        format!(
            "[[entry]]\nnumber = {number}\nname = \"{name}\"\naliases = [{aliases}]\n\
             severity = \"error\"\nmessage = \"{message}\"\n"
        )
    };
    let file = "[family]\nid = \"team\"\ntitle = \"Team\"\n".to_owned()
        + &entry(1, "TEAM_A", "\"TEAM_X\", \"TEAM_Y\"", "one")
        + &entry(2, "TEAM_B", "\"TEAM_X\"", "two")
        + &entry(3, "TEAM_C", "\"TEAM_Y\"", "three");
    let layer = Layer::parse("team.toml", &file).unwrap();
    let catalog = Arc::new(Catalog::builtin().with_layer(&layer));
    let scanner = Arc::new(Scanner::new(Arc::clone(&catalog)));
    let text = "TEAM_X\nTEAM_Y\nTEAM_A\n";
    let document = Document::new(text, Arc::clone(&scanner));
    let found: Vec<_> = document
        .occurrences()
        .map(|found| {
            let answers = explain::answers(&catalog, found.meaning, Locale::En);
            let messages: Vec<_> = answers.into_iter().map(|answer| answer.message).collect();
            (&text[found.range()], messages.join(" "), document.count(found.meaning.key))
        })
        .collect();
    let expected = [("TEAM_X", "one two"), ("TEAM_Y", "one three"), ("TEAM_A", "one")];
    assert_eq!(found, expected.map(|(name, messages)| (name, messages.to_owned(), 1)));
    for (name, messages) in expected {
        assert_eq!(answers(&[&file], name).join(" "), messages);
    }
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
fn a_notation_of_excessive_length_is_refused() {
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
fn a_file_with_many_problems_reports_the_first_ones() {
    let entry = "[[entry]]\nnumber = 1\nseverity = \"error\"\nmessage = \"x\"\n";
    let reported = problems(&format!("{FAMILY}{}", entry.repeat(3_000)));
    assert!(
        reported[0].starts_with("team.toml:9:1: duplicate number 1 (first defined on line 5)"),
        "{}",
        reported[0]
    );
    assert!(reported.len() <= 1_000, "{} problems", reported.len());
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
fn too_deep_nesting_is_refused() {
    for deep in [
        format!("x = {}1{}", "[".repeat(10_000), "]".repeat(10_000)),
        format!("x = {}", "{a=".repeat(10_000)),
        format!("[{}]", vec!["a"; 10_000].join(".")),
    ] {
        assert_eq!(problems(&format!("{FAMILY}{deep}\n")).len(), 1);
    }
    let regex = "(".repeat(900) + "code" + &")".repeat(900);
    let reported = problems(&format!("{FAMILY}after = ['{regex} ']\n"));
    assert!(reported[0].contains("not a regular expression"), "{:.200}", reported[0]);
}

#[test]
fn a_catalog_of_many_ranges_answers_for_each() {
    let mut file = FAMILY.to_owned();
    for range in 0..100_000 {
        let (first, rest) = (range * 10, "severity = \"error\"\nmessage = \"x\"");
        let _ = writeln!(file, "[[entry]]\nnumber = \"{first}..={}\"\n{rest}", first + 5);
    }
    let builtin = Catalog::builtin();
    let catalog = Catalog::builtin().with_layer(&Layer::parse("team.toml", &file).unwrap());
    let family = catalog.family_by_id("team").unwrap().catalog_id();
    // A walk over all ranges would take minutes.
    for number in 0..100_000 {
        assert_eq!(catalog.by_number(family, number).is_some(), number % 10 <= 5, "{number}");
        let code = hexplain::Code(0xE000_1000 + number as u32);
        let is_known = number % 10 <= 5 || builtin.knows_code(code);
        assert_eq!(catalog.knows_code(code), is_known, "{number}");
    }
}

// What replaces what.

/// The built-in catalog with files on top.
fn with_files(files: &[&str]) -> Catalog {
    let layer = |file: &&str| Layer::parse("team.toml", file).unwrap();
    files.iter().map(layer).fold(Catalog::builtin(), |catalog, layer| catalog.with_layer(&layer))
}

/// An entry with these keys and a message.
fn entry(keys: &str, message: &str) -> String {
    format!("[[entry]]\n{keys}\nseverity = \"error\"\nmessage = \"{message}\"\n")
}

/// The messages of the team's entries for a code.
fn of_code(catalog: &Catalog, code: u32) -> Vec<&str> {
    let team = catalog.family_by_id("team").unwrap().catalog_id();
    let entries = catalog.by_code(hexplain::Code(code)).into_iter();
    entries.filter(|entry| entry.family() == team).map(|entry| entry.message().en).collect()
}

const ADDED: &str = "[family]\nid = \"team\"\n";

#[test]
fn an_entry_by_code_replaces_the_one_by_number_and_the_other_way_round() {
    for (first, second) in
        [("number = 7", "code = 0xE0001007"), ("code = 0xE0001007", "number = 7")]
    {
        let catalog = with_files(&[
            &(FAMILY.to_owned() + &entry(first, "old")),
            &(ADDED.to_owned() + &entry(second, "new")),
        ]);
        let team = catalog.family_by_id("team").unwrap().catalog_id();
        assert_eq!(of_code(&catalog, 0xE000_1007), ["new"], "{second}");
        assert_eq!(catalog.by_number(team, 7).unwrap().message().en, "new", "{second}");
        assert_eq!(catalog.entries().filter(|entry| entry.family() == team).count(), 1);
    }
}

#[test]
fn an_entry_by_name_takes_the_place_of_the_one_with_that_name() {
    for place in ["number = 7", "code = 0xE0001007"] {
        let catalog = with_files(&[
            &(FAMILY.to_owned() + &entry(&format!("{place}\nname = \"TEAM_FULL\""), "old")),
            &(ADDED.to_owned() + &entry("name = \"TEAM_FULL\"", "new")),
        ]);
        let team = catalog.family_by_id("team").unwrap().catalog_id();
        let named = catalog.by_name("TEAM_FULL");
        assert_eq!(named.iter().map(|entry| entry.message().en).collect::<Vec<_>>(), ["new"]);
        assert_eq!(of_code(&catalog, 0xE000_1007), ["new"], "{place}");
        assert_eq!(catalog.by_number(team, 7).unwrap().message().en, "new", "{place}");
    }
}

#[test]
fn an_entry_by_a_name_that_several_have_replaces_none_of_them() {
    let shared = |number| entry(&format!("number = {number}\nname = \"TEAM_STATE\""), "old");
    let catalog = with_files(&[
        &[FAMILY, &shared(7), &shared(8)].concat(),
        &(ADDED.to_owned() + &entry("name = \"TEAM_STATE\"", "new")),
    ]);
    assert_eq!(catalog.by_name("TEAM_STATE").len(), 3);
    assert_eq!(of_code(&catalog, 0xE000_1007), ["old"]);
}

#[test]
fn a_shared_alias_means_all_its_entries() {
    let alias = |number| entry(&format!("number = {number}\naliases = [\"TEAM_X\"]"), "x");
    let catalog = with_files(&[&[FAMILY, &alias(7), &alias(8)].concat()]);
    assert_eq!(catalog.by_name("team_x").len(), 2);
    assert_eq!(catalog.by_written_name("TEAM_X").len(), 2);
    let scanner = Scanner::new(Arc::new(catalog));
    let found = scanner.scan("TEAM_X");
    let answers = explain::answers(scanner.catalog(), found[0].meaning, Locale::En);
    assert_eq!(answers.iter().map(|answer| answer.number).collect::<Vec<_>>(), [Some(7), Some(8)]);
}

#[test]
fn a_code_of_a_familys_numbers_is_found_in_every_notation() {
    // No entry has number 450: all that is known about the code is its number.
    let catalog = Arc::new(Catalog::builtin());
    let code = hexplain::Code(2_278_621_634);
    assert!(catalog.is_numbered(code) && !catalog.knows_code(code));
    let scanner = Scanner::new(catalog);
    for text in ["2278621634", "0x87D101C2", "-2016345662", "SyncML(450)"] {
        assert_eq!(scanner.scan(text).len(), 1, "{text}");
    }
}

#[test]
fn a_code_of_a_range_is_found_in_every_notation() {
    let range = entry("number = \"400..=499\"", "range");
    let catalog = with_files(&[&(FAMILY.to_owned() + &range)]);
    assert!(catalog.knows_code(hexplain::Code(0xE000_1000 + 450)));
    let scanner = Scanner::new(Arc::new(catalog));
    for text in ["3758100930", "0xE00011C2", "-536866366"] {
        assert_eq!(scanner.scan(text).len(), 1, "{text}");
    }
}

#[test]
fn a_number_that_a_user_adds_to_a_built_in_family_is_known_by_its_code() {
    let file = "[family]\nid = \"syncml\"\n".to_owned() + &entry("number = 190", "New");
    let catalog = with_files(&[&file]);
    for code in [hexplain::Code(0x87D1_0000 + 190), hexplain::Code(0x87D1_0000 + 191)] {
        assert_eq!(catalog.knows_code(code), !catalog.by_code(code).is_empty());
    }
    assert_eq!(catalog.by_code(hexplain::Code(0x87D1_0000 + 190))[0].message().en, "New");
}

#[test]
fn a_family_that_is_defined_again_has_nothing_of_its_old_definition() {
    let old = FAMILY.to_owned() + "after = ['\\bteam ']\n";
    let new = "[family]\nid = \"team\"\ntitle = \"New\"\nbase = 0xE0002000\n".to_owned();
    let named = entry("number = 7\nname = \"TEAM_SEVEN\"\nmisprints = [0xE0001070]", "old");
    let catalog = with_files(&[&(old + &named), &(new + &entry("number = 8", "new"))]);
    let team = catalog.family_by_id("team").unwrap();
    assert_eq!(team.title().en, "New");
    assert!(catalog.by_number(team.catalog_id(), 7).is_none());
    assert!(catalog.by_name("TEAM_SEVEN").is_empty());
    for code in [0xE000_1007, 0xE000_1070, 0xE000_1008] {
        assert!(!catalog.knows_code(hexplain::Code(code)), "{code:#X}");
    }
    assert_eq!(of_code(&catalog, 0xE000_2008), ["new"]);
    assert!(Scanner::new(Arc::new(catalog)).scan("team 8").is_empty());
}

// Several files together.

/// The output of `hexplain catalog check` for the files, and whether it succeeds.
fn check(files: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hexplain"));
    command.args(["catalog", "check"]).current_dir(&folder);
    for (i, file) in files.iter().enumerate() {
        let name = format!("{i}.toml");
        fs::write(folder.path().join(&name), file).unwrap();
        command.arg(name);
    }
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_family_with_the_numbers_of_an_unknown_one_is_refused() {
    let file = FAMILY.to_owned() + "same-numbers-as = \"htpt\"\n";
    assert_eq!(
        check(&[&file]),
        (false, "0.toml:5:19: unknown family `htpt` in `same-numbers-as`\n".to_owned())
    );
}

#[test]
fn two_files_may_refer_to_each_others_families() {
    let family = |own, other| {
        format!("[family]\nid = \"{own}\"\ntitle = \"T\"\nsame-numbers-as = \"{other}\"\n")
    };
    let (one, two) = (family("one", "two"), family("two", "one"));
    assert_eq!(check(&[&one, &two]), (true, String::new()));
    assert!(!check(&[&one]).0);
}

#[test]
fn a_file_that_only_adds_needs_a_known_family() {
    let file = "[family]\nid = \"teem\"\n".to_owned() + &entry("number = 1", "x");
    let (good, text) = check(&[&file]);
    assert_eq!(text, "0.toml:2:6: unknown family `teem`: a new family needs a `title`\n");
    assert!(!good);
}

#[test]
fn a_file_that_only_adds_defines_nothing() {
    let file = "[family]\nid = \"syncml\"\nbase = 5\n".to_owned() + &entry("number = 1", "x");
    let (good, text) = check(&[&file]);
    assert!(text.starts_with("0.toml:2:6: `base` has no effect without a `title`"), "{text}");
    assert!(!good);
}

#[test]
fn a_number_and_its_code_in_one_file_are_duplicates() {
    let two = entry("number = 450", "x") + &entry("code = 0x87D101C2", "x");
    let added = "[family]\nid = \"syncml\"\n".to_owned() + &two;
    let new = FAMILY.replace("0xE0001000", "0x87D10000") + &two;
    for (file, line) in [(added, 3), (new, 5)] {
        let (good, text) = check(&[&file]);
        assert!(
            text.contains(&format!("code 0x87D101C2 (first defined on line {line} as number 450)")),
            "{text}"
        );
        assert!(!good);
    }
}

// Texts.

#[test]
fn a_line_of_nothing_but_codes_is_reported_with_its_columns() {
    let output = scan(None, "json", &"0x87D1FDE8 ".repeat(20_000));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), 20_000);
    assert!(lines.lines().last().unwrap().contains("\"line\":1,\"column\":219990,"));
}

#[test]
fn a_common_name_is_found_only_after_the_words_of_its_family() {
    let keys = "names-after = ['\\bTeamStatus\\.']\ncommon-names = [\"SHARE_BUSY\"]\n";
    let entries = entry("number = 26\nname = \"SHARE_BUSY\"", "x");
    let scanner = Scanner::new(Arc::new(with_files(&[&(FAMILY.to_owned() + keys + &entries)])));
    let text = "SHARE_BUSY (26) or TeamStatus.SHARE_BUSY";
    let found = scanner.scan(text);
    let found: Vec<_> = found.iter().map(Occurrence::range).collect();
    assert!(matches!(&found[..], [one] if *one == (text.len() - 10..text.len())), "{found:?}");
}

#[test]
fn a_whole_notation_does_not_cover_a_name_that_another_notation_finds() {
    let written =
        "written = ['\\bname\":\"\\w{3,20}\",\"code\":{n}']\nnames-after = ['\\bname\":\"']\n";
    let file = FAMILY.to_owned() + written + &entry("number = 26\nname = \"NotThere\"", "x");
    let scanner = Scanner::new(Arc::new(with_files(&[&file])));
    let text = r#""name":"NotThere","code":26"#;
    let found = scanner.scan(text);
    let found: Vec<&str> = found.iter().map(|occurrence| &text[occurrence.range()]).collect();
    assert_eq!(found, ["NotThere", "26"]);
}

#[test]
fn a_notation_has_few_places_in_repetitions_and_so_have_all_together() {
    let notation = |first: &str| format!("(?:[^{first}]{{0,100}}[^y]{{0,100}}){{0,2}}kk ");
    let family = |id: &str, firsts: &str| {
        let notations: Vec<String> =
            firsts.chars().map(|first| format!("'{}'", notation(&first.to_string()))).collect();
        let head = FAMILY.replace("id = \"team\"", &format!("id = \"{id}\""));
        let head =
            head.lines().filter(|line| !line.starts_with("base")).collect::<Vec<_>>().join("\n");
        format!("{head}\nafter = [{}]\n", notations.join(", "))
    };
    assert_eq!(
        problems(&family("team", "x").replace("100", "200")),
        [
            "team.toml:4:10: `(?:[^x]{0,200}[^y]{0,200}){0,2}kk ` would take too long: its repetitions \
         have 800 places, at most 600 are allowed"
        ]
    );
    let layers =
        [("a", "v"), ("b", "s")].map(|(id, firsts)| Layer::parse(id, &family(id, firsts)).unwrap());
    let (_, problems) = Catalog::builtin().with_layers(&layers);
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        ["b:2:6: with this file, the repetitions in the catalogs' notations have 800 places, at \
         most 700 are allowed"]
    );
}

#[test]
fn a_family_has_a_limited_number_of_notations_and_so_have_all_together() {
    let family = |id: &str, notations: usize| {
        let written: Vec<String> =
            (0..notations).map(|number| format!("'\\bteam {number} {{n}}'")).collect();
        let head = FAMILY.replace("id = \"team\"", &format!("id = \"{id}\""));
        let head =
            head.lines().filter(|line| !line.starts_with("base")).collect::<Vec<_>>().join("\n");
        format!("{head}\nwritten = [{}]\n", written.join(", "))
    };
    let problems = Layer::parse("team.toml", &family("team", 101)).unwrap_err();
    assert!(problems[0].to_string().contains("at most 100 notations, not 101"), "{problems:?}");
    let layers: Vec<Layer> =
        ["a", "b", "c"].map(|id| Layer::parse(id, &family(id, 90)).unwrap()).into();
    let (_, problems) = Catalog::builtin().with_layers(&layers);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].to_string().starts_with("c:"), "{problems:?}");
    assert!(problems[0].to_string().contains("more than 256 notations"), "{problems:?}");
}

#[test]
fn a_number_may_follow_a_key_word_of_one_letter_directly() {
    for (regex, text) in [("\\bT{n}", "T7"), ("TX{n}", "see TX7."), ("TEX{n}", "tex7")] {
        let file = format!("{FAMILY}written = ['{regex}']\n{}", entry("number = 7", "seven"));
        let scanner = Scanner::new(Arc::new(with_files(&[&file])));
        assert_eq!(scanner.scan(text).len(), 1, "{regex}");
    }
    for regex in ["ERR_{n}", "code[0-9]{n}"] {
        let problems = Layer::parse("t.toml", &format!("{FAMILY}written = ['{regex}']\n"));
        let problem = problems.unwrap_err()[0].to_string();
        assert!(problem.contains("the number would continue the word before it"), "{problem}");
    }
}

#[test]
fn a_problem_of_a_regex_is_one_line() {
    let problems = Layer::parse("t.toml", &(FAMILY.to_owned() + "after = ['team (?:']\n"));
    let problem = problems.unwrap_err()[0].to_string();
    assert!(
        problem.contains("`team (?:` is not a regular expression: unclosed group"),
        "{problem}"
    );
    assert_eq!(problem.lines().count(), 1);
}
