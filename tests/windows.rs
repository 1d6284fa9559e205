//! What only Windows has: drive letters, UNC and `\\?\` paths, wildcards in arguments, locked
//! files.

#![cfg(windows)]

mod support;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use support::{Client, at, attentive, place};
use tempfile::TempDir;

const LINE: &str = "policy failed: 0x87D1FDE8\r\n";

const CATALOG: &str = "[family]\r\nid = \"acme\"\r\ntitle = \"Acme\"\r\n\r\n[[entry]]\r\n\
    code = 0xE0010001\r\nseverity = \"error\"\r\nmessage = \"The anvil broke\"\r\n";

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hexplain"));
    command.args(args).env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C");
    command.stdin(Stdio::null()).output().unwrap()
}

/// The paths of the codes that a scan finds, and what it prints on stderr.
fn scanned(args: &[&str]) -> (Vec<String>, String) {
    let output = run(&[&["scan", "--format", "json"], args].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let path = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["path"].as_str().unwrap().to_owned()
    };
    (text.lines().map(path).collect(), String::from_utf8(output.stderr).unwrap())
}

/// A folder with `a.log`, `b [1].LOG` and `c.txt`, each with a code.
fn logs() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.log", "b [1].LOG", "c.txt"] {
        fs::write(folder.path().join(name), LINE).unwrap();
    }
    let path = drive_path(folder.path());
    (folder, path)
}

/// A path with a drive letter, as users write it.
fn drive_path(path: &Path) -> String {
    let path = fs::canonicalize(path).unwrap().to_string_lossy().into_owned();
    path.strip_prefix(r"\\?\").unwrap_or(&path).to_owned()
}

/// The same path through the drive's administrative share.
fn unc_path(path: &str) -> String {
    format!(r"\\127.0.0.1\{}${}", &path[..1], &path[2..])
}

/// A URI as VS Code writes it: with a small drive letter and an escaped colon.
fn vscode_uri(path: &str) -> String {
    let rest = path[2..].replace('\\', "/").replace(' ', "%20");
    format!("file:///{}%3A{rest}", path[..1].to_lowercase())
}

fn vscode_unc_uri(path: &str) -> String {
    format!("file:{}", path.replace('\\', "/").replace(' ', "%20").replace('$', "%24"))
}

// The command line.

#[test]
fn wildcards_in_arguments_name_files() {
    let (_folder, path) = logs();
    for written in [
        format!(r"{path}\*.log"),
        format!(r"{}\*.log", path.to_lowercase()),
        format!("{}/?*.LOG", path.replace('\\', "/")),
        format!(r"\\?\{path}\*.log"),
    ] {
        let (paths, errors) = scanned(&[&written]);
        let names: Vec<&str> = paths.iter().map(|path| &path[path.len() - 5..]).collect();
        assert_eq!(names, ["a.log", "].LOG"], "{written}: {errors}");
    }
    let (paths, errors) = scanned(&[&format!(r"{path}\*.evtx"), &format!(r"{path}\b [1].LOG")]);
    assert_eq!(paths.len(), 1, "{paths:?}");
    assert!(errors.contains("*.evtx: left out: no file has such a name"), "{errors}");
}

#[test]
fn a_files_path_may_be_written_in_any_way() {
    let (_folder, path) = logs();
    for written in [
        format!(r"{path}\a.log"),
        format!("{}/a.log", path.replace('\\', "/")),
        format!(r"\\?\{path}\a.log"),
        format!(r"\\.\{path}\a.log"),
        format!(r"{}\a.log", unc_path(&path)),
        format!(r"\\?\UNC{}\a.log", &unc_path(&path)[1..]),
    ] {
        let (paths, errors) = scanned(&[&written]);
        assert_eq!(paths, [written], "{errors}");
    }
    // `"C:\Logs\"` on a command line.
    let (paths, errors) = scanned(&[&format!("{path}\\\"")]);
    assert_eq!(paths.len(), 3, "{errors}");
}

#[test]
fn a_uri_in_sarif_has_no_backslash() {
    let (_folder, path) = logs();
    for (written, begins) in [
        (format!(r"{path}\a.log"), format!("file:///{}", &path[..2])),
        (format!(r"\\?\{path}\a.log"), format!("file:///{}", &path[..2])),
        (format!(r"{}\a.log", unc_path(&path)), "file://127.0.0.1/".to_owned()),
    ] {
        let output = run(&["scan", "--format", "sarif", &written]);
        let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
        let result = &sarif["runs"][0]["results"][0];
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let uri = uri.as_str().unwrap_or_else(|| panic!("{sarif}"));
        assert!(uri.starts_with(&begins) && uri.ends_with("/a.log"), "{written}: {uri}");
        assert!(!uri.contains('\\') && !uri.contains("%5C"), "{written}: {uri}");
    }
}

#[test]
fn a_log_that_is_being_written_is_read() {
    const READ: u32 = 1;
    const NONE: u32 = 0;
    let (_folder, path) = logs();
    let path = format!(r"{path}\a.log");
    let open = |share| OpenOptions::new().append(true).share_mode(share).open(&path);
    let mut writer = open(READ).unwrap();
    writer.write_all(LINE.as_bytes()).unwrap();
    let (paths, errors) = scanned(&[&path]);
    assert_eq!((paths.len(), errors.as_str()), (2, ""));
    drop(writer);
    // A program that shares its file with no one.
    let _writer = open(NONE).unwrap();
    let output = run(&["scan", &path]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with(&format!("hexplain: {path}: left out: ")), "{error}");
}

#[test]
fn lines_end_as_on_other_systems() {
    let output = run(&["--locale", "fr", "explain", "0x87D1FDE8"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Que faire\u{a0}:") && !text.contains('\r'), "{text}");
}

// The language server.

/// A session in a workspace folder at `uri`, with `team.toml` as its catalog.
fn session(folder: &Path, uri: &str) -> Client {
    fs::write(folder.join("team.toml"), CATALOG).unwrap();
    Client::start_as(json!({
        "processId": std::process::id(), "capabilities": attentive(),
        "workspaceFolders": [{ "uri": uri, "name": "logs" }],
        "initializationOptions": { "catalogs": ["team.toml"] },
    }))
}

#[test]
fn a_session_with_uris_as_editors_write_them() {
    let (folder, path) = logs();
    for root in [
        vscode_uri(&path),
        format!("file:///{}", path.replace('\\', "/").replace(' ', "%20")),
        vscode_unc_uri(&unc_path(&path)),
    ] {
        let mut client = session(folder.path(), &root);
        client.received("workspace/inlayHint/refresh");
        let uri = format!("{root}/b%20%5B1%5D.LOG");
        client.open(&uri, &format!("{LINE}é 😀 0xE0010001\r\n{LINE}"));
        let found = client.diagnostics(&uri, None);
        let places: Vec<String> = found.iter().map(|found| place(&found["range"])).collect();
        assert_eq!(places, ["0:15-25", "1:5-15", "2:15-25"], "{root}");
        assert!(client.hover(&uri, 1, 8).unwrap().contains("The anvil broke"), "{root}");
        client.change(
            &uri,
            2,
            json!([{ "range": { "start": { "line": 1, "character": 15 },
                                "end": { "line": 2, "character": 0 } }, "text": " " }]),
        );
        assert_eq!(client.diagnostics(&uri, None).len(), 3, "{root}");
        let mut params = at(&uri, 0, 17);
        params["context"] = json!({ "includeDeclaration": true });
        let references = client.request("textDocument/references", params);
        let found = references.as_array().unwrap();
        assert_eq!(found.len(), 2, "{references}");
        assert!(found.iter().all(|found| found["uri"] == uri), "{references}");
        client.shutdown();
    }
}

#[test]
fn a_changed_catalog_is_reread_whatever_the_case_of_its_path() {
    let (folder, path) = logs();
    let mut client = session(folder.path(), &vscode_uri(&path));
    client.received("workspace/inlayHint/refresh");
    let uri = vscode_uri(&format!(r"{path}\a.log"));
    client.open(&uri, "0xE0010001");
    assert_eq!(client.diagnostics(&uri, None)[0]["message"], "The anvil broke");
    let file = folder.path().join("team.toml");
    let old = fs::metadata(&file).unwrap().modified().unwrap();
    fs::write(&file, CATALOG.replace("broke", "froze")).unwrap();
    // Only the notification tells of the change.
    OpenOptions::new().write(true).open(&file).unwrap().set_modified(old).unwrap();
    let changed = vscode_uri(&format!(r"{}\TEAM.toml", path.to_uppercase()));
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": changed, "type": 2 }] }),
    );
    client.wait_for("the new message", |message| {
        message["params"]["diagnostics"][0]["message"] == "The anvil froze"
    });
    client.shutdown();
}

#[test]
fn a_catalog_is_found_in_the_folder_of_application_data() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("team.toml"), CATALOG).unwrap();
    let app_data = PathBuf::from(drive_path(folder.path()));
    let mut client = Client::spawn_with(|command| {
        command.env("APPDATA", &app_data);
    });
    let options = json!({ "catalogs": [r"%AppData%\team.toml"] });
    let params = json!({ "capabilities": attentive(), "initializationOptions": options });
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client.received("workspace/inlayHint/refresh");
    client.open("file:///c%3A/a.log", "0xE0010001");
    assert!(client.hover("file:///c%3A/a.log", 0, 3).unwrap().contains("The anvil broke"));
    client.shutdown();
}
