//! A user's catalog files are read again when they change, and open documents show their new
//! content.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{Client, attentive, document, file_uri};
use tempfile::TempDir;

const A: &str = "file:///a.log";

/// LSP 3.17, `FileChangeType`.
const CREATED: u32 = 1;
const CHANGED: u32 = 2;
const DELETED: u32 = 3;

/// A catalog with one entry whose message is `message`.
fn catalog(message: &str) -> String {
    format!(
        "[family]\nid = \"acme\"\ntitle = \"Acme\"\n\n[[entry]]\ncode = 0xE0010001\n\
         severity = \"error\"\nmessage = \"{message}\"\n"
    )
}

/// A workspace folder with a catalog file, and a client that uses it and has a document open.
struct Session {
    folder: TempDir,
    file: PathBuf,
    client: Client,
}

impl Session {
    /// `catalogs` are the setting's paths, relative to the folder that contains `team.toml`.
    fn new(catalogs: &[&str]) -> Self {
        Self::with_capabilities(catalogs, attentive())
    }

    fn with_capabilities(catalogs: &[&str], capabilities: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("team.toml");
        fs::write(&file, catalog("The anvil broke")).unwrap();
        let mut client = Client::start_as(json!({
            "rootUri": file_uri(folder.path()), "capabilities": capabilities,
            "initializationOptions": { "catalogs": catalogs },
        }));
        client.open(A, "0xE0010001");
        Self { folder, file, client }
    }

    /// Notifies the server of a file change, as an editor with watchers does.
    fn watched(&mut self, path: &Path, what: u32) {
        let changes = json!([{ "uri": file_uri(path), "type": what }]);
        self.client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    }

    /// Waits until the document's diagnostics say `message`, and checks the hover.
    #[track_caller]
    fn shows(&mut self, message: &str) {
        self.client.wait_for(&format!("a diagnostic that says {message:?}"), |published| {
            published["params"]["diagnostics"][0]["message"] == message
        });
        let hover = self.client.hover(A, 0, 3).unwrap();
        assert!(hover.contains(message), "{hover}");
    }

    /// Waits until the document's code is unknown, so that it has no diagnostic.
    #[track_caller]
    fn shows_nothing(&mut self) {
        self.client.wait_for("diagnostics without any", |published| {
            published["params"]["diagnostics"] == json!([])
        });
        assert!(!self.client.hover(A, 0, 3).unwrap_or_default().contains("broke"));
    }
}

// What makes the server read a file again.

#[test]
fn an_edited_catalog_is_read_again_when_the_editor_has_seen_it_change() {
    let mut session = Session::new(&["team.toml"]);
    session.shows("The anvil broke");
    fs::write(&session.file, catalog("The hammer broke")).unwrap();
    session.watched(&session.file.clone(), CHANGED);
    session.shows("The hammer broke");
    session.client.shutdown();
}

#[test]
fn an_edited_catalog_is_read_again_when_the_editor_has_saved_it() {
    let mut session = Session::new(&["team.toml"]);
    session.shows("The anvil broke");
    fs::write(&session.file, catalog("The hammer broke")).unwrap();
    session.client.notify("textDocument/didSave", document(&file_uri(&session.file)));
    session.shows("The hammer broke");
    session.client.shutdown();
}

#[test]
fn an_edited_catalog_is_read_again_when_the_same_settings_are_sent() {
    let mut session = Session::new(&["team.toml"]);
    session.shows("The anvil broke");
    fs::write(&session.file, catalog("The hammer broke")).unwrap();
    let settings = json!({ "hexplain": { "catalogs": ["team.toml"] } });
    session.client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    session.shows("The hammer broke");
    session.client.shutdown();
}

#[test]
fn the_server_asks_to_be_notified_of_saved_documents() {
    let mut client = Client::spawn();
    let answer = client.request("initialize", json!({ "capabilities": {} }));
    // LSP 3.17, `TextDocumentSyncOptions`: `save?: boolean | SaveOptions`.
    let save = &answer["capabilities"]["textDocumentSync"]["save"];
    assert!(*save == true || save.is_object(), "{answer}");
    client.shutdown();
}

// Files that appear and vanish.

#[test]
fn a_catalog_that_appears_in_a_folder_is_read() {
    let mut session = Session::new(&["teams"]);
    let teams = session.folder.path().join("teams");
    fs::create_dir(&teams).unwrap();
    session.shows_nothing();
    let new = teams.join("new.toml");
    fs::write(&new, catalog("The hammer broke")).unwrap();
    session.watched(&new, CREATED);
    session.shows("The hammer broke");
    session.client.shutdown();
}

#[test]
fn a_catalog_that_vanishes_from_a_folder_no_longer_counts() {
    let mut session = Session::new(&["."]);
    session.shows("The anvil broke");
    fs::remove_file(&session.file).unwrap();
    // Discards the empty diagnostics from before the catalog was read.
    session.client.unclaimed();
    session.watched(&session.file.clone(), DELETED);
    session.shows_nothing();
    session.client.shutdown();
}

#[test]
fn a_catalog_that_is_named_before_it_exists_is_read_when_it_appears() {
    let mut session = Session::new(&["later.toml"]);
    let message = session.client.received("window/showMessage");
    assert!(message["message"].as_str().unwrap().contains("later.toml"), "{message}");
    session.shows_nothing();
    let later = session.folder.path().join("later.toml");
    fs::write(&later, catalog("The hammer broke")).unwrap();
    session.watched(&later, CREATED);
    session.shows("The hammer broke");
    session.client.shutdown();
}

// Mistakes.

#[test]
fn a_broken_edit_keeps_the_last_good_version_and_is_reported_once_with_its_place() {
    let mut session = Session::new(&["team.toml"]);
    session.shows("The anvil broke");
    let broken = catalog("The hammer broke").replace("\"error\"", "\"awful\"");
    fs::write(&session.file, broken).unwrap();
    session.watched(&session.file.clone(), CHANGED);
    let message = session.client.received("window/showMessage");
    let text = message["message"].as_str().unwrap();
    // The file, the line and the problem there.
    assert!(text.contains("team.toml:7") && text.contains("awful"), "{text}");
    let hover = session.client.hover(A, 0, 3).unwrap();
    assert!(hover.contains("The anvil broke"), "{hover}");
    let more = session.client.meanwhile();
    assert!(more.iter().all(|message| message["method"] != "window/showMessage"), "{more:?}");
    fs::write(&session.file, catalog("The hammer broke")).unwrap();
    session.watched(&session.file.clone(), CHANGED);
    session.shows("The hammer broke");
    session.client.shutdown();
}

#[test]
fn a_broken_catalog_in_a_folder_does_not_affect_the_others() {
    let mut session = Session::new(&["."]);
    session.shows("The anvil broke");
    let other = session.folder.path().join("other.toml");
    fs::write(&other, "[family").unwrap();
    session.watched(&other, CREATED);
    let message = session.client.received("window/showMessage");
    assert!(message["message"].as_str().unwrap().contains("other.toml:1"), "{message}");
    fs::write(&session.file, catalog("The hammer broke")).unwrap();
    session.watched(&session.file.clone(), CHANGED);
    session.shows("The hammer broke");
    session.client.shutdown();
}

// Watching.

/// A client that can watch files, with or without relative patterns.
fn watching(relative_patterns: bool) -> Value {
    let mut capabilities = attentive();
    capabilities["workspace"]["didChangeWatchedFiles"] =
        json!({ "dynamicRegistration": true, "relativePatternSupport": relative_patterns });
    capabilities
}

/// Waits for watchers of which one matches `path`; returns the patterns of all of them.
#[track_caller]
fn watchers_that_see(client: &mut Client, path: &Path) -> Vec<Value> {
    let patterns = |message: &Value| -> Vec<Value> {
        let registrations = message["params"]["registrations"].as_array();
        let files = registrations
            .into_iter()
            .flatten()
            .filter(|registration| registration["method"] == "workspace/didChangeWatchedFiles");
        let watchers = files.filter_map(|files| files["registerOptions"]["watchers"].as_array());
        // LSP 3.17, `WatchKind`: if omitted, a watcher is for all three kinds of events.
        let all =
            watchers.flatten().filter(|watcher| matches!(watcher["kind"].as_u64(), None | Some(7)));
        all.map(|watcher| watcher["globPattern"].clone()).collect()
    };
    let message = client.wait_for(&format!("a watcher of {}", path.display()), |message| {
        patterns(message).iter().any(|pattern| sees(pattern, path))
    });
    patterns(&message)
}

/// Whether a watcher's pattern, a glob or a `RelativePattern`, matches this file.
fn sees(pattern: &Value, path: &Path) -> bool {
    let uri = file_uri(path);
    if let Some(glob) = pattern.as_str() {
        let path = uri.strip_prefix("file://").unwrap();
        return is_match(glob, path) || is_match(glob, path.trim_start_matches('/'));
    }
    let base = pattern["baseUri"].as_str().or(pattern["baseUri"]["uri"].as_str()).unwrap();
    let rest = uri.strip_prefix(base.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
    rest.is_some_and(|rest| is_match(pattern["pattern"].as_str().unwrap(), rest))
}

/// LSP 3.17, `Pattern`, as far as needed here: `*` within a segment, `**` for any number of
/// segments.
fn is_match(glob: &str, path: &str) -> bool {
    match glob.split_once('*') {
        None => glob == path,
        Some((literal, rest)) => path.strip_prefix(literal).is_some_and(|path| {
            if let Some(rest) = rest.strip_prefix("*/") {
                let starts = path.match_indices('/').map(|(at, _)| at + 1);
                return [0].into_iter().chain(starts).any(|at| is_match(rest, &path[at..]));
            }
            let end = path.find('/').unwrap_or(path.len());
            (0..=end).filter(|&at| path.is_char_boundary(at)).any(|at| is_match(rest, &path[at..]))
        }),
    }
}

#[test]
fn the_patterns_of_this_test_match_as_lsp_says() {
    for (glob, path, matches) in [
        ("/a/team.toml", "/a/team.toml", true),
        ("/a/*.toml", "/a/team.toml", true),
        ("/a/*.toml", "/a/b/team.toml", false),
        ("**/*.toml", "/a/b/team.toml", true),
        ("**/team.toml", "team.toml", true),
        ("**/team.toml", "/a/steam.toml", false),
        ("*.toml", "a/team.toml", false),
    ] {
        assert_eq!(is_match(glob, path), matches, "{glob} {path}");
    }
}

#[test]
fn the_files_and_folders_of_the_setting_are_watched_by_relative_patterns() {
    for (catalogs, name) in
        [("team.toml", "team.toml"), (".", "new.toml"), ("teams", "teams/a.toml")]
    {
        let mut session = Session::with_capabilities(&[catalogs], watching(true));
        let path = session.folder.path().join(name);
        let patterns = watchers_that_see(&mut session.client, &path);
        assert!(patterns.iter().all(Value::is_object), "{patterns:?}");
        // Not the whole workspace.
        let log = session.folder.path().join("a.log");
        assert!(!patterns.iter().any(|pattern| sees(pattern, &log)), "{patterns:?}");
        session.client.shutdown();
    }
}

#[test]
fn a_client_without_relative_patterns_watches_by_glob_strings() {
    let mut session = Session::with_capabilities(&["team.toml"], watching(false));
    let patterns = watchers_that_see(&mut session.client, &session.file);
    assert!(patterns.iter().all(Value::is_string), "{patterns:?}");
    session.client.shutdown();
}

#[test]
fn the_files_of_new_settings_are_watched() {
    let mut session = Session::with_capabilities(&["team.toml"], watching(true));
    watchers_that_see(&mut session.client, &session.file);
    let settings = json!({ "hexplain": { "catalogs": ["other.toml"] } });
    session.client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    let other = session.folder.path().join("other.toml");
    watchers_that_see(&mut session.client, &other);
    session.client.shutdown();
}

#[test]
fn a_client_that_cannot_watch_is_not_asked_to() {
    let mut session = Session::new(&["team.toml"]);
    session.shows("The anvil broke");
    session.client.meanwhile();
    let settings = json!({ "hexplain": { "catalogs": ["team.toml", "."] } });
    session.client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    let sent = session.client.meanwhile();
    let asked = |message: &Value| message["method"] == "client/registerCapability";
    assert!(!sent.iter().any(asked), "{sent:?}");
    session.client.shutdown();
}

// The command line's own catalogs.

/// A session of `hexplain lsp` with additional arguments.
fn with_arguments(arguments: &[&str], params: Value) -> Client {
    let mut client = Client::spawn_with(|command| {
        command.args(arguments);
    });
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client
}

#[test]
fn a_catalog_of_the_command_line_is_read_and_live_whatever_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let (own, other) = (folder.path().join("own.toml"), folder.path().join("other.toml"));
    fs::write(&own, catalog("The anvil broke")).unwrap();
    fs::write(
        &other,
        catalog("The hammer broke").replace("acme", "ajax").replace("010001", "010002"),
    )
    .unwrap();
    for options in [Value::Null, json!({}), json!({ "catalogs": [other] })] {
        let has_other = options["catalogs"].is_array();
        let params = json!({ "capabilities": attentive(), "initializationOptions": options });
        let client = with_arguments(&["--catalog", own.to_str().unwrap()], params);
        let mut session =
            Session { folder: tempfile::tempdir().unwrap(), file: own.clone(), client };
        session.client.open(A, "0xE0010001");
        session.shows("The anvil broke");
        session.client.open("file:///b.log", "x 0xE0010002");
        let hover = session.client.hover("file:///b.log", 0, 5).unwrap();
        assert_eq!(hover.contains("The hammer broke"), has_other, "{hover}");
        fs::write(&own, catalog("The saw broke")).unwrap();
        session.watched(&own, CHANGED);
        session.shows("The saw broke");
        session.client.shutdown();
        fs::write(&own, catalog("The anvil broke")).unwrap();
    }
}

#[test]
fn a_catalog_of_the_command_line_that_is_missing_or_broken_is_reported_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.toml");
    fs::write(&broken, "[family\n").unwrap();
    let missing = folder.path().join("missing.toml");
    let (broken, missing) = (broken.to_str().unwrap(), missing.to_str().unwrap());
    let params = json!({ "capabilities": attentive() });
    let mut client = with_arguments(&["--catalog", missing, "--catalog", broken], params);
    let message = client.received("window/showMessage")["message"].as_str().unwrap().to_owned();
    for (file, problem) in [(missing, "(os error 2)"), (broken, ":1:")] {
        let line = message.lines().find(|line| line.contains(file)).unwrap_or_default();
        assert!(line.contains(problem) && line.ends_with("(--catalog)"), "{message}");
    }
    client.shutdown();
}

#[test]
fn the_language_of_the_command_line_is_the_one_where_the_settings_name_none() {
    let params = |options: Value| json!({ "capabilities": attentive(), "locale": "en", "initializationOptions": options });
    for (options, remedy) in [(Value::Null, "Que faire"), (json!({ "locale": "en" }), "What to do")]
    {
        let mut client = with_arguments(&["--locale", "fr"], params(options));
        client.open(A, "0x87D1FDE8");
        let hover = client.hover(A, 0, 3).unwrap();
        assert!(hover.contains(remedy), "{hover}");
        client.shutdown();
    }
}

// Added and removed workspace folders.

#[test]
fn the_folders_of_a_workspace_may_change() {
    const CHANGE: &str = "workspace/didChangeWorkspaceFolders";
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(a.path().join("team.toml"), catalog("The anvil broke")).unwrap();
    fs::write(b.path().join("team.toml"), catalog("The hammer broke")).unwrap();
    let folder = |folder: &TempDir| json!({ "uri": file_uri(folder.path()), "name": "x" });
    let mut client = Client::spawn();
    let mut capabilities = watching(true);
    capabilities["workspace"]["workspaceFolders"] = json!(true);
    let answer = client.request(
        "initialize",
        json!({ "capabilities": capabilities, "workspaceFolders": [folder(&a)],
            "initializationOptions": { "catalogs": ["team.toml"] } }),
    );
    let supported = &answer["capabilities"]["workspace"]["workspaceFolders"];
    assert_eq!(*supported, json!({ "supported": true, "changeNotifications": true }));
    client.notify("initialized", json!({}));
    client.open(A, "0xE0010001");
    let file = a.path().join("team.toml");
    let mut session = Session { folder: tempfile::tempdir().unwrap(), file, client };
    session.shows("The anvil broke");
    let change = |added: &[&TempDir], removed: &[&TempDir]| {
        let all = |folders: &[&TempDir]| folders.iter().map(|f| folder(f)).collect::<Vec<_>>();
        json!({ "event": { "added": all(added), "removed": all(removed) } })
    };
    session.client.notify(CHANGE, change(&[&b], &[]));
    // The first folder with the file takes precedence; the new one's is watched.
    watchers_that_see(&mut session.client, &b.path().join("team.toml"));
    assert!(session.client.hover(A, 0, 3).unwrap().contains("anvil"));
    session.client.notify(CHANGE, change(&[], &[&a]));
    session.shows("The hammer broke");
    session.client.notify(CHANGE, change(&[&a], &[&b]));
    session.shows("The anvil broke");
    // Discards the empty diagnostics from before the catalog was read.
    session.client.unclaimed();
    session.client.notify(CHANGE, change(&[], &[&a]));
    session.shows_nothing();
    let message = session.client.received("window/showMessage");
    assert!(message["message"].as_str().unwrap().contains("workspace folder"), "{message}");
    session.client.shutdown();
}

#[test]
fn an_empty_path_is_a_mistake_and_not_the_whole_workspace() {
    let mut session = Session::new(&[""]);
    let message = session.client.received("window/showMessage");
    assert!(message["message"].as_str().unwrap().contains("empty"), "{message}");
    session.shows_nothing();
    session.client.shutdown();
}

// Deleted files.

/// However a file is named, it no longer counts once deleted, and counts again once recreated; if
/// the setting names the file itself, the user is notified.
#[test]
fn a_deleted_catalog_is_gone_however_it_was_named() {
    for (name, is_reported) in [("team.toml", true), ("ABSOLUTE", true), (".", false)] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("team.toml");
        fs::write(&file, catalog("The anvil broke")).unwrap();
        let name = name.replace("ABSOLUTE", file.to_str().unwrap());
        let mut client = Client::start_as(json!({
            "rootUri": file_uri(folder.path()), "capabilities": attentive(),
            "initializationOptions": { "catalogs": [name] },
        }));
        client.open(A, "0xE0010001");
        let mut session = Session { folder, file: file.clone(), client };
        session.shows("The anvil broke");
        session.client.unclaimed();
        fs::remove_file(&file).unwrap();
        session.watched(&file, DELETED);
        session.shows_nothing();
        if is_reported {
            let message = session.client.received("window/showMessage");
            assert!(message["message"].as_str().unwrap().contains("team.toml"), "{message}");
        }
        fs::write(&file, catalog("The hammer broke")).unwrap();
        session.watched(&file, CREATED);
        session.shows("The hammer broke");
        session.client.shutdown();
    }
}
