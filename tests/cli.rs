//! The command line, through the binary: what users read and what scripts parse.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A small log with a failure twice, a warning, a success, a number that is not a code, and an
/// unknown code.
const LOG: &str = "09:12:44 thread=\"1603\" sync started, hr = 0x00000000\n\
    09:12:45 policy failed: 0x87D1FDE8 (device 87d1fde8-1111-2222-3333-444444444444)\r\n\
    09:12:46 again -2016281112 😀, SyncML(503)\n\
    09:12:47 other 0x8123ABCD\n";

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hexplain"));
    command.args(args).env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C");
    command
}

fn run(args: &[&str]) -> Output {
    command(args).stdin(Stdio::null()).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn scan_stdin(args: &[&str], text: &str) -> Output {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn explain_shows_what_a_code_means() {
    insta::assert_snapshot!(stdout(&run(&["explain", "-2016281112", "SyncML(404)"])));
}

#[test]
fn explain_answers_in_french() {
    let output = run(&["--locale", "fr", "explain", "0x87D13AA4", "--format", "markdown"]);
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn the_language_is_that_of_the_environment() {
    for (variable, value) in [("LC_ALL", "fr_FR.UTF-8"), ("LC_MESSAGES", "fr_CA"), ("LANG", "fr")] {
        let output = command(&["explain", "0x87D1FDE8"]).env(variable, value).output().unwrap();
        assert!(stdout(&output).contains("Que faire\u{a0}:"), "{variable}={value}");
    }
}

#[test]
fn explain_prints_json_lines() {
    let output = run(&["explain", "--format", "json", "0x87D1FDE8", "nonsense"]);
    let lines: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["query"], "0x87D1FDE8");
    let answer = &lines[0]["answers"][0];
    assert_eq!(answer["hex"], "0x87D1FDE8");
    assert_eq!(answer["signed"], -2_016_281_112);
    assert_eq!(answer["unsigned"], 2_278_686_184_u32);
    assert_eq!(answer["family"], "intune");
    assert_eq!((&answer["number"], &answer["name"]), (&Value::Null, &Value::Null));
    assert_eq!(lines[1]["answers"], serde_json::json!([]));
    assert_eq!(output.status.code(), Some(1), "one of the codes has no answer");
}

#[test]
fn scan_prints_each_code_with_its_explanation() {
    insta::assert_snapshot!(stdout(&scan_stdin(&["scan", "-"], LOG)));
}

#[test]
fn scan_reports_in_french() {
    insta::assert_snapshot!(stdout(&scan_stdin(&["--locale", "fr", "scan"], LOG)));
}

#[test]
fn scan_reports_when_no_code_is_found() {
    let output = scan_stdin(&["scan", "-"], "all is well, thread 0x1F40\n");
    assert_eq!(stdout(&output), "No error codes found in 1 file.\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn scan_prints_json_lines_with_places() {
    let output = scan_stdin(&["scan", "-", "--format", "json"], LOG);
    let lines: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let places: Vec<_> = lines
        .iter()
        .map(|l| {
            (
                l["line"].as_u64().unwrap(),
                l["column"].as_u64().unwrap(),
                l["text"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            (1, 43, "0x00000000"),
            (2, 25, "0x87D1FDE8"),
            (3, 16, "-2016281112"),
            (3, 31, "SyncML(503)"),
            (4, 16, "0x8123ABCD"),
        ]
    );
    for line in &lines {
        let (start, end) =
            (line["start"].as_u64().unwrap() as usize, line["end"].as_u64().unwrap() as usize);
        assert_eq!(&LOG[start..end], line["text"]);
    }
}

/// Twenty thousand codes in one line: searching the line for each would take minutes.
#[test]
fn a_long_line_of_codes_is_reported_as_many_short_ones_are() {
    let output = stdout(&scan_stdin(&["scan"], &"é 0x87D1FDE8 ".repeat(20_000)));
    assert!(output.contains("<stdin>:1:3\n") && output.contains("<stdin>:1:259990\n"));
    let widest = output.lines().map(|line| line.chars().count()).max();
    assert!(widest < Some(200), "{widest:?}");
    assert!(output.ends_with("20000 error codes in 1 file (1 distinct): 20000 errors.\n"));
}

#[test]
fn fail_on_chooses_the_exit_status() {
    let status = |level: &str, text: &str| {
        scan_stdin(&["scan", "-", "--fail-on", level], text).status.code()
    };
    assert_eq!(status("error", LOG), Some(1));
    assert_eq!(status("error", "SyncML(503)"), Some(0));
    assert_eq!(status("warning", "SyncML(503)"), Some(1));
    assert_eq!(status("information", "SyncML(101)"), Some(1));
    assert_eq!(status("information", "SyncML(200) 0x8123ABCD"), Some(0));
}

#[test]
fn a_missing_file_is_named_and_the_others_are_scanned() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    fs::write(&log, LOG).unwrap();
    let missing = folder.path().join("missing.log");
    let output = run(&["scan", missing.to_str().unwrap(), log.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("missing.log"), "{}", stderr(&output));
    assert!(stdout(&output).contains("0x87D1FDE8"));
}

#[test]
fn a_folder_is_scanned_in_order_whatever_the_files_encoding() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let utf16: Vec<u8> = "\u{feff}É 0x87D1FDE9".encode_utf16().flat_map(u16::to_le_bytes).collect();
    write("a.log", b"0x87D1FDE8");
    write("b/deep.log", &utf16);
    write("c.log", b"\xC9 0x87D1FDEA");
    write("d.evtx", b"ElfFile\0\0\0\x01 0x87D1FDEB");
    write(".hidden.log", b"0x87D1FDEC");
    let output = run(&["scan", "--format", "json", folder.path().to_str().unwrap()]);
    let codes: Vec<String> = stdout(&output)
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["hex"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(codes, ["0x87D1FDEC", "0x87D1FDE8", "0x87D1FDE9", "0x87D1FDEA"]);
    let named = run(&["scan", folder.path().join("d.evtx").to_str().unwrap()]);
    assert_eq!(named.status.code(), Some(2));
    assert!(stderr(&named).contains("binary"), "{}", stderr(&named));
}

#[test]
fn sarif_names_rules_levels_and_places() {
    let output = scan_stdin(&["scan", "-", "--format", "sarif"], LOG);
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!(results[0]["ruleId"], "0x87D1FDE8");
    assert_eq!(results[2]["level"], "warning");
    let region = &results[1]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"], &region["endColumn"]),
        (&3.into(), &16.into(), &27.into())
    );
}

#[test]
fn the_catalog_is_searched_by_words() {
    let output = run(&["catalog", "search", "passcode", "short"]);
    assert!(stdout(&output).starts_with("0x87D13A98  ios-mdm 5000: "), "{}", stdout(&output));
    let nothing = run(&["catalog", "search", "quetzalcoatl"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(stderr(&nothing).contains("no entry"));
}

#[test]
fn every_family_is_listed_with_its_number_of_entries() {
    let list = stdout(&run(&["catalog", "list"]));
    for family in ["intune-app-state", "company-portal-ios", "ios-mdm", "syncml", "dcmo"] {
        assert!(list.lines().any(|line| line.starts_with(family)), "{family} in {list}");
    }
}

#[test]
fn the_whole_catalog_is_exported() {
    let json = stdout(&run(&["catalog", "export"]));
    let first: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert!(first["message"].is_string());
    let markdown = stdout(&run(&["catalog", "export", "--format", "markdown"]));
    assert_eq!(markdown.lines().count(), json.lines().count() + 2);
}

/// A team's catalog: one family of its own, and a better remedy for a built-in entry.
const TEAM: &str = "[family]\nid = \"team\"\ntitle = \"Team scripts\"\nbase = 0xE0001000\n\
    after = ['\\bwidget failure\\W{1,3}']\n\n[[entry]]\nnumber = 7\nseverity = \"error\"\n\
    message = \"The widget is stuck\"\nremedy = \"Unstick it.\"\n";

fn team_catalog(folder: &Path, text: &str) -> String {
    let path = folder.join("team.toml");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_teams_catalog_is_checked_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = team_catalog(folder.path(), TEAM);
    let check = run(&["catalog", "check", &path]);
    assert_eq!(
        (check.status.code(), stdout(&check).contains("1 entry, no problems")),
        (Some(0), true)
    );
    let output =
        scan_stdin(&["--catalog", &path, "scan", "-"], "widget failure: 7 and 0xE0001007\n");
    assert_eq!(stdout(&output).matches("The widget is stuck").count(), 2);
}

#[test]
fn a_teams_entry_overrides_a_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = team_catalog(
        folder.path(),
        "[family]\nid = \"intune\"\n[[entry]]\ncode = 0x87D1FDE8\nseverity = \"warning\"\nmessage = \"Known here\"\n",
    );
    let output = run(&["--catalog", &path, "explain", "0x87D1FDE8", "0x87D1FDE9"]);
    assert!(
        stdout(&output).contains("Known here\nMicrosoft Intune, warning"),
        "{}",
        stdout(&output)
    );
    assert!(!stdout(&output).contains("remediation failed"));
}

#[test]
fn a_broken_catalog_is_reported_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = team_catalog(folder.path(), &TEAM.replace("severity", "severty"));
    for args in [&["catalog", "check", &path][..], &["--catalog", &path, "explain", "1"]] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            stderr(&output).contains("team.toml:9:1: unknown field `severty`"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn a_usage_error_exits_with_2_and_a_reason() {
    let output = run(&["scan", "--format", "xml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("[possible values: text, json, sarif]"));
}

#[test]
fn completions_and_the_man_page_come_from_the_same_definitions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(stdout(&run(&["completions", shell])).contains("explain"), "{shell}");
    }
    assert!(stdout(&run(&["man"])).contains(".TH hexplain 1"));
}

#[test]
fn help_has_examples() {
    for args in [&["--help"][..], &["explain", "--help"], &["scan", "--help"]] {
        assert!(stdout(&run(args)).contains("Examples:"), "{args:?}");
    }
}

fn json_lines(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn scan_bytes(bytes: &[u8]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, bytes).unwrap();
    json_lines(&run(&["scan", "--format", "json", path.to_str().unwrap()]))
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_log_with_a_block_of_zeros_is_scanned() {
    let mut bytes = b"error 0x87D1FDE8\r\n".to_vec();
    bytes.extend([0; 4096]);
    bytes.extend(b"\r\nerror 0x87D1FDE9\r\n");
    let lines = scan_bytes(&bytes);
    let places: Vec<_> = lines.iter().map(|line| (&line["hex"], &line["line"])).collect();
    assert_eq!(
        places,
        [(&"0x87D1FDE8".into(), &1.into()), (&"0x87D1FDE9".into(), &3.into())]
            as [(&Value, &Value); 2]
    );
    assert_eq!(lines[1]["start"], 18 + 4096 + 2 + 6);
}

/// The same text in UTF-16 with the high byte first.
fn utf16_big(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn each_part_of_a_file_is_scanned_in_its_encoding() {
    let narrow = |text: &str| text.as_bytes().to_vec();
    let (one, two) = ("é first 0x87D1FDE8\r\n", "é second: −2016281111\r\n");
    let third = "third 0x87D1FDEA\n";
    // The parts, then each code with its line, column, start and end.
    let without_mark = [
        ("0x87D1FDE8", [1, 9, 9, 19]),
        ("0x87D1FDE9", [2, 11, 32, 45]),
        ("0x87D1FDEA", [3, 7, 53, 63]),
    ];
    let with_mark = [
        ("0x87D1FDE8", [1, 9, 9, 19]),
        ("0x87D1FDE9", [2, 12, 35, 48]),
        ("0x87D1FDEA", [3, 7, 56, 66]),
    ];
    let marked = format!("\u{feff}{two}");
    for (parts, expected) in [
        ([utf16(&format!("\u{feff}{one}")), narrow(two), narrow(third)], without_mark),
        ([utf16_big(&format!("\u{feff}{one}")), narrow(two), narrow(third)], without_mark),
        ([utf16(one), narrow(two), narrow(third)], without_mark),
        ([utf16_big(one), narrow(two), narrow(third)], without_mark),
        ([narrow(one), utf16(two), narrow(third)], without_mark),
        ([narrow(one), utf16_big(two), narrow(third)], without_mark),
        ([narrow(one), utf16(two), utf16(third)], without_mark),
        ([narrow(one), utf16_big(two), utf16_big(third)], without_mark),
        ([utf16(one), narrow(two), utf16(third)], without_mark),
        ([narrow(one), utf16(&marked), narrow(third)], with_mark),
        ([narrow(one), utf16_big(&marked), narrow(third)], with_mark),
        ([utf16_big(one), utf16(&marked), narrow(third)], with_mark),
    ] {
        let lines = scan_bytes(&parts.concat());
        let keys = ["line", "column", "start", "end"];
        let found: Vec<_> = lines
            .iter()
            .map(|line| {
                (line["hex"].as_str().unwrap(), keys.map(|key| line[key].as_u64().unwrap()))
            })
            .collect();
        assert_eq!(found, expected, "{parts:?}");
    }
}

#[test]
fn one_bad_byte_does_not_change_the_encoding_of_the_file() {
    let lines = scan_bytes(b"bad \xE9 byte\nhr = \xE2\x88\x922016281112\n");
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["hex"], "0x87D1FDE8");
    assert_eq!(lines[0]["text"], "−2016281112");
}

#[test]
fn offsets_count_in_the_decoded_text_and_columns_in_the_file() {
    let text = "é\r\né 0x87D1FDE8\r\n";
    for bytes in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        utf16(text),
        utf16(&format!("\u{feff}{text}")),
    ] {
        let lines = scan_bytes(&bytes);
        let place = ["line", "column", "start", "end"].map(|key| lines[0][key].as_u64().unwrap());
        assert_eq!(place, [2, 3, 7, 17], "{bytes:?}");
    }
}

#[test]
fn files_left_out_are_listed_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LOG).unwrap();
    fs::write(folder.path().join("b.bin"), [1, 2, 3, 0, 0, 4, 5, 200, 0, 6]).unwrap();
    let path = folder.path().to_str().unwrap();
    let text = run(&["scan", path]);
    assert!(stdout(&text).trim_end().ends_with("1 unknown; 1 file left out."), "{}", stdout(&text));
    assert_eq!(text.status.code(), Some(0));
    for format in ["text", "json", "sarif"] {
        let output = run(&["scan", "--format", format, path]);
        let message = stderr(&output);
        assert!(message.contains("b.bin: left out: binary file"), "{format}: {message}");
    }
    let sarif: Value =
        serde_json::from_slice(&run(&["scan", "--format", "sarif", path]).stdout).unwrap();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert!(notification["message"]["text"].as_str().unwrap().contains("binary"));
    let uri = &notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert!(uri.as_str().unwrap().ends_with("/b.bin"), "{uri}");
}

#[test]
fn one_code_in_three_files_is_one_distinct_code() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.log", "b.log", "c.log"] {
        fs::write(folder.path().join(name), "0x87D1FDE8\n").unwrap();
    }
    let output = stdout(&run(&["scan", folder.path().to_str().unwrap()]));
    assert!(output.ends_with("3 error codes in 3 files (1 distinct): 3 errors.\n"), "{output}");
}

#[test]
fn sarif_escapes_file_names_as_uris() {
    let folder = tempfile::tempdir().unwrap();
    for (name, uri) in [
        ("a b#1%é.log", "a%20b%231%25%C3%A9.log"),
        ("C:x.log", "C%3Ax.log"),
        ("d/e.log", "d/e.log"),
    ] {
        if cfg!(windows) && name.contains(':') {
            continue; // a file of the current folder of drive C
        }
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "0x87D1FDE8").unwrap();
        let uri_of = |output: &Output| {
            let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
            let location = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
            location["artifactLocation"]["uri"].as_str().unwrap().to_owned()
        };
        let relative =
            command(&["scan", "--format", "sarif", name]).current_dir(folder.path()).output();
        assert_eq!(uri_of(&relative.unwrap()), uri);
        let absolute = uri_of(&run(&["scan", "--format", "sarif", path.to_str().unwrap()]));
        assert!(absolute.starts_with("file:///") && absolute.ends_with(uri), "{absolute}");
    }
}

#[test]
fn sarif_texts_are_in_one_language() {
    let output = scan_stdin(&["--locale", "fr", "scan", "-", "--format", "sarif"], LOG);
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    let markdown = sarif["runs"][0]["results"][0]["message"]["markdown"].as_str().unwrap();
    assert!(markdown.contains("Que faire"), "{markdown}");
}

#[test]
fn nothing_of_a_text_reaches_the_terminal_raw() {
    let raw = |output: &Output| {
        let text = stdout(output) + &stderr(output);
        text.chars()
            .any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c))
    };
    let folder = tempfile::tempdir().unwrap();
    // On Windows, no name contains an escape character.
    let escape = if cfg!(windows) { "" } else { "\u{1b}[31m" };
    let path = folder.path().join(format!("a{escape}\u{202e}\u{9b}.log"));
    fs::write(&path, "0x87D1FDE8 \u{202e}x \u{1b}[31m").unwrap();
    let name = path.to_str().unwrap();
    let catalog = team_catalog(
        folder.path(),
        &TEAM.replace("The widget is stuck", "Stuck \\u001b[31m \\u202e widget"),
    );
    for args in [
        &["scan", name][..],
        &["scan", &format!("{name}.missing")],
        &["explain", "x\u{1b}[31m\u{202e}"],
        &["--catalog", &catalog, "explain", "0xE0001007"],
        &["--catalog", &catalog, "explain", "--format", "markdown", "0xE0001007"],
        &["--catalog", &catalog, "catalog", "search", "widget"],
        &["--catalog", &catalog, "catalog", "export", "--format", "markdown"],
        &["catalog", "check", name],
        &["--catalog", name, "catalog", "list"],
        &["scan", "--format", "\u{1b}[31m"],
    ] {
        let output = run(args);
        assert!(!raw(&output), "{args:?}: {:?} {:?}", stdout(&output), stderr(&output));
    }
    let shown = format!("a{}\\u{{202e}}\\u{{9b}}.log:1:1", escape.replace('\u{1b}', "\\u{1b}"));
    assert!(stdout(&run(&["scan", name])).contains(&shown), "{shown}");
}

#[test]
fn a_line_break_in_a_path_does_not_break_a_message() {
    for args in [
        &["--catalog", "no\nfile.toml", "catalog", "list"][..],
        &["catalog", "check", "no\nfile.toml"],
        &["scan", "no\nfile.log"],
    ] {
        let message = stderr(&run(args));
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.contains("no\\u{a}file"), "{message}");
    }
}

#[test]
#[cfg(unix)] // on Windows, only administrators may make symbolic links
fn the_targets_of_links_in_a_folder_are_scanned() {
    let folder = tempfile::tempdir().unwrap();
    let pods = folder.path().join("pods");
    let containers = folder.path().join("containers");
    fs::create_dir_all(&pods).unwrap();
    fs::create_dir_all(&containers).unwrap();
    fs::write(pods.join("a.log"), "error 0x80070005\n").unwrap();
    std::os::unix::fs::symlink("../pods/a.log", containers.join("a.log")).unwrap();
    let output = run(&["scan", "--fail-on", "error", containers.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    // A link to nothing, and one to its own folder.
    std::os::unix::fs::symlink("nothing", containers.join("b.log")).unwrap();
    std::os::unix::fs::symlink(".", containers.join("c")).unwrap();
    let output = run(&["scan", containers.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 2, "{}", stderr(&output));
}

#[test]
fn json_holds_no_raw_control_characters() {
    let catalog = tempfile::tempdir().unwrap();
    let catalog =
        team_catalog(catalog.path(), &TEAM.replace("The widget is stuck", "Stuck \\u009b \\u202e"));
    for args in [
        &["--catalog", &catalog, "explain", "--format", "json", "0xE0001007", "x\u{9b}\u{7f}"][..],
        &["--catalog", &catalog, "catalog", "export"],
    ] {
        let text = stdout(&run(args));
        assert!(text.contains("\\u009b") && text.contains("\\u202e"), "{args:?}");
        assert!(!text.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{args:?}");
    }
}

#[test]
fn fail_on_fails_even_if_nobody_reads_the_output() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, "0x80070005 failed\n".repeat(100_000)).unwrap();
    let mut child =
        command(&["scan", "--format", "json", "--fail-on", "error", path.to_str().unwrap()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// Texts that contain markup for a Markdown renderer.
const MARKUP: &str = r"![img](http://evil.example/x.png) <img src=x onerror=alert(1)> [a](command:evil) C:\[b\](c) | *x*";

#[test]
fn an_exported_table_shows_a_catalogs_texts_and_nothing_else() {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let folder = tempfile::tempdir().unwrap();
    let entry = format!(
        "[[entry]]\nnumber = 8\nname = '# B | C'\nseverity = \"error\"\nmessage = '{MARKUP}'\n"
    );
    let path = team_catalog(folder.path(), &(TEAM.to_owned() + &entry));
    let output = run(&["--catalog", &path, "catalog", "export", "--format", "markdown"]);
    let (mut cells, mut text) = (Vec::new(), String::new());
    for event in
        Parser::new_ext(&stdout(&output), Options::all() - Options::ENABLE_SMART_PUNCTUATION)
    {
        match event {
            Event::Text(piece) => text.push_str(&piece),
            Event::End(TagEnd::TableCell) => cells.push(std::mem::take(&mut text)),
            Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell)
            | Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(cells.len() % 6, 0);
    let row = cells.chunks(6).find(|row| row[1] == "team" && row[2] == "8").unwrap();
    assert_eq!(row[3..], ["# B | C", "error", MARKUP]);
}

#[test]
fn no_text_of_a_catalog_becomes_a_link_in_sarif() {
    let folder = tempfile::tempdir().unwrap();
    let path = team_catalog(
        folder.path(),
        &TEAM.replace("\"The widget is stuck\"", &format!("'{MARKUP}'")),
    );
    let log = folder.path().join("[a](b).log");
    let output = scan_stdin(
        &["--catalog", &path, "scan", "-", log.to_str().unwrap(), "--format", "sarif"],
        "0xE0001007\n",
    );
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    let run = &sarif["runs"][0];
    let text = run["results"][0]["message"]["text"].as_str().unwrap();
    // SARIF 2.1.0, 3.11.6: a bracket that is not part of a link is preceded by a backslash, and so
    // is a backslash that would otherwise escape one.
    let expected = r"!\[img\](http://evil.example/x.png) <img src=x onerror=alert(1)> \[a\](command:evil) C:\\\[b\\\](c) | *x*";
    assert_eq!(text, expected);
    let left_out = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(left_out.as_str().unwrap().contains(r"\[a\](b).log"), "{left_out}");
}

/// A code-scanning tool treats all results of a rule as the same problem.
#[test]
fn numbers_of_two_families_have_two_rules_in_sarif() {
    let log = "Domain=NSCocoaErrorDomain Code=4 and Domain=NSPOSIXErrorDomain Code=4, 0x87D1FDE8\n";
    let output = scan_stdin(&["scan", "-", "--format", "sarif"], log);
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    let run = &sarif["runs"][0];
    let rules: Vec<_> = run["results"].as_array().unwrap().iter().map(|r| &r["ruleId"]).collect();
    assert_eq!(rules, ["cocoa/4", "errno/4", "0x87D1FDE8"]);
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 3);
}

#[test]
fn a_check_knows_the_catalogs_of_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let base = team_catalog(folder.path(), TEAM);
    let over = folder.path().join("over.toml");
    let entry =
        "[family]\nid = \"team\"\n[[entry]]\nnumber = 9\nseverity = \"error\"\nmessage = \"x\"\n";
    fs::write(&over, entry).unwrap();
    let over = over.to_str().unwrap();
    let check = run(&["--catalog", &base, "catalog", "check", over]);
    assert_eq!(check.status.code(), Some(0), "{}", stderr(&check));
    assert!(stdout(&check).contains("over.toml: 1 entry, no problems"), "{}", stdout(&check));
    assert!(stderr(&run(&["catalog", "check", over])).contains("unknown family `team`"));
    let missing = run(&["--catalog", "/nonexistent.toml", "catalog", "check", &base]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr(&missing).contains("/nonexistent.toml"), "{}", stderr(&missing));
}

#[test]
fn an_option_without_effect_is_refused() {
    for args in
        [&["--catalog", "a.toml", "man"][..], &["completions", "bash", "--catalog", "a.toml"]]
    {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains("--catalog"), "{}", stderr(&output));
    }
}

#[test]
fn catalogs_may_be_folders() {
    let folder = tempfile::tempdir().unwrap();
    team_catalog(folder.path(), TEAM);
    let path = folder.path().to_str().unwrap();
    let check = run(&["catalog", "check", path]);
    assert_eq!(check.status.code(), Some(0), "{}", stderr(&check));
    assert!(stdout(&check).contains("team.toml: 1 entr"), "{}", stdout(&check));
    let output = run(&["--catalog", path, "explain", "0xE0001007"]);
    assert!(stdout(&output).contains("The widget is stuck"));
}

#[cfg(unix)] // other systems have no path to a device without an end
#[test]
fn what_is_not_a_catalog_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large.toml");
    fs::File::create(&large).unwrap().set_len((64 << 20) + 1).unwrap();
    let missing = folder.path().join("missing.toml");
    for (path, problem) in [
        ("/dev/zero", "not a file"),
        (large.to_str().unwrap(), "exceeds 64 MiB"),
        (missing.to_str().unwrap(), "missing.toml"),
    ] {
        for args in [&["--catalog", path, "explain", "1"][..], &["catalog", "check", path]] {
            let output = run(args);
            assert_eq!(output.status.code(), Some(2), "{args:?}");
            assert!(stderr(&output).contains(problem), "{args:?}: {}", stderr(&output));
        }
    }
}

/// The same codes at the same places, whether a text is scanned in one piece or in several.
#[test]
fn a_large_file_is_reported_like_its_separate_lines() {
    let line = "é step failed: 0x87D1FDE8, then SyncML(404)\r\n";
    let count = (5 << 20) / line.len();
    for text in [line.repeat(count), line.replace("\r\n", " ").repeat(count)] {
        let lines = json_lines(&scan_stdin(&["scan", "-", "--format", "json"], &text));
        assert_eq!(lines.len(), 2 * count);
        let (mut line, mut column, mut at) = (1_u64, 1_u64, 0);
        for found in &lines {
            let start = found["start"].as_u64().unwrap() as usize;
            for c in text[at..start].chars() {
                (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
            }
            at = start;
            assert_eq!((&found["line"], &found["column"]), (&line.into(), &column.into()));
        }
        let report = stdout(&scan_stdin(&["scan", "-"], &text));
        assert_eq!(report.matches("what to do:").count(), 2);
        assert!(report.contains(&format!("{} error codes in 1 file (2 distinct)", 2 * count)));
    }
}

// Well-known logs.

/// A command on a machine whose only well-known logs are below `root`: those of Intune, in a
/// Windows folder.
fn with_logs(root: &Path, args: &[&str]) -> Output {
    let logs = root.join("Microsoft/IntuneManagementExtension/Logs");
    fs::create_dir_all(&logs).unwrap();
    fs::write(logs.join("IntuneManagementExtension.log"), LOG).unwrap();
    fs::write(logs.join("AgentExecutor.LOG"), "SyncML(404)\n").unwrap();
    fs::write(logs.join("trace.etl"), [0; 64]).unwrap();
    command(args).env("ProgramData", root).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn the_logs_on_this_machine_are_listed_with_their_files() {
    let root = tempfile::tempdir().unwrap();
    let output = with_logs(root.path(), &["logs"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    let line = text.lines().find(|line| line.starts_with("intune ")).expect(&text);
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[..4], ["intune", "2", "0.3", "kB"], "{line}");
    assert!(!text.contains("psadt"), "{text}");
    let french = stdout(&with_logs(root.path(), &["--locale", "fr", "logs"]));
    assert!(french.contains("0,3 ko  Extension de gestion Intune"), "{french}");

    let lines = json_lines(&with_logs(root.path(), &["logs", "--format", "json"]));
    let intune = lines.iter().find(|line| line["id"] == "intune").unwrap();
    assert_eq!((&intune["files"], &intune["system"]), (&2.into(), &"windows".into()));
    assert_eq!(intune["bytes"], LOG.len() + "SyncML(404)\n".len());
    assert!(lines.iter().all(|line| line["files"].as_u64() > Some(0)));
}

#[test]
fn the_logs_of_all_systems_are_listed_with_their_paths() {
    let root = tempfile::tempdir().unwrap();
    let text = stdout(&with_logs(root.path(), &["logs", "--all"]));
    for part in [
        "Windows: PowerShell App Deployment Toolkit",
        r"%ProgramData%\Microsoft\IntuneManagementExtension\Logs\*.log",
        "macOS: ",
        "/var/log/install.log",
        "Linux: ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let lines = json_lines(&with_logs(root.path(), &["logs", "--all", "--format", "json"]));
    assert_eq!(text.matches("Windows: ").count(), {
        lines.iter().filter(|line| line["system"] == "windows").count()
    });
}

#[test]
fn well_known_logs_are_scanned_by_their_name() {
    let root = tempfile::tempdir().unwrap();
    let found =
        json_lines(&with_logs(root.path(), &["scan", "--format", "json", "--logs", "intune"]));
    let codes: Vec<&str> = found.iter().map(|line| line["text"].as_str().unwrap()).collect();
    assert_eq!((codes.len(), codes[0], codes[2]), (6, "SyncML(404)", "0x87D1FDE8"), "{codes:?}");
    // Together with a path.
    let path = root.path().join("own.log");
    fs::write(&path, "0x80070005 failed\n").unwrap();
    let args = ["scan", "--logs", "intune", path.to_str().unwrap()];
    let text = stdout(&with_logs(root.path(), &args));
    assert!(text.contains("in 3 files"), "{text}");
}

#[test]
fn logs_that_are_not_here_and_unknown_names_are_errors() {
    let root = tempfile::tempdir().unwrap();
    let output = with_logs(root.path(), &["scan", "--logs", "intune", "--logs", "munki"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("0x87D1FDE8"), "the others are scanned");
    let error = stderr(&output);
    assert!(
        error.starts_with("hexplain: munki: left out: no such logs on this machine"),
        "{error}"
    );
    assert!(error.contains("/Library/Managed Installs/Logs/*.log"), "{error}");
    let output = run(&["scan", "--logs", "intun"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("'intune'"), "{}", stderr(&output));
}

#[test]
fn a_catalogs_path_may_contain_variables() {
    let folder = tempfile::tempdir().unwrap();
    team_catalog(folder.path(), TEAM);
    let output = command(&["--catalog=%TEAM_FOLDER%/team.toml", "explain", "0xE0001007"])
        .env("TEAM_FOLDER", folder.path())
        .output()
        .unwrap();
    assert!(stdout(&output).contains("The widget is stuck"), "{}", stderr(&output));
}
