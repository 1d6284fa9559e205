//! No network access and no files written: every system call of real sessions is checked.
//!
//! Needs strace (Debian package `strace`) and permission to trace, which root has.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::{Client, at, document, file_uri};

const BINARY: &str = env!("CARGO_BIN_EXE_hexplain");

/// Calls that name a file but only inspect it.
const LOOKING: [&str; 16] = [
    "access",
    "faccessat",
    "faccessat2",
    "stat",
    "lstat",
    "stat64",
    "lstat64",
    "newfstatat",
    "fstatat64",
    "statx",
    "statfs",
    "statfs64",
    "readlink",
    "readlinkat",
    "getcwd",
    "chdir",
];

/// What strace traces: all calls that name a file, a socket or another process, and all writes.
const WATCHED: &str = "trace=%file,%network,%process,write,writev,pwrite64,pwritev,sendfile,\
    copy_file_range,splice,ftruncate,fallocate,io_uring_setup,memfd_create";

/// A command under strace, without a network: network calls would fail.
fn watched(program: &str, log: &Path) -> Command {
    let version = Command::new("strace").arg("-V").output();
    version.expect("this test needs strace: install Debian's package strace");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-s", "0", "-e", WATCHED]);
    command.args(["-e", "inject=%network:error=ENETDOWN", "-o"]).arg(log).arg("--").arg(program);
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C");
    command
}

/// The traced calls that do more than inspect files, compute, and write to stdout and stderr.
fn deeds(log: &Path) -> Vec<String> {
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("execve("), "strace has seen nothing (may this user trace?): {log}");
    let calls = log.lines().filter_map(|line| line.split_once(' ')).map(|(_, call)| call.trim());
    let mut deeds: Vec<String> = calls.filter(|call| is_deed(call)).map(str::to_owned).collect();
    // The first one starts the program itself.
    let started = deeds.iter().position(|call| call.starts_with("execve(")).unwrap();
    deeds.remove(started);
    deeds
}

fn is_deed(call: &str) -> bool {
    let Some((name, arguments)) = call.split_once('(') else { return false };
    let ends = name.starts_with("<... ") || name.starts_with("+++") || name.starts_with("---");
    match name {
        _ if ends || LOOKING.contains(&name) => false,
        "exit" | "exit_group" | "wait4" | "waitid" | "kill" | "tgkill" => false,
        // A call that a thread started as the process ended: it was gone before strace could read
        // it.
        "???" if arguments == " <unfinished ...>" => false,
        "open" | "openat" => !["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE"]
            .iter()
            .all(|flag| !arguments.contains(flag)),
        "write" | "writev" => !arguments.starts_with("1,") && !arguments.starts_with("2,"),
        // A thread is not a process.
        "clone" | "clone3" => !arguments.contains("CLONE_THREAD"),
        _ => true,
    }
}

#[test]
fn a_server_session_writes_no_file_opens_no_socket_and_starts_no_program() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let team = folder.path().join("team.toml");
    fs::write(&team, TEAM).unwrap();
    let mut client = Client::spawn_with(|command| {
        *command = watched(BINARY, &log);
        command.args(["lsp", "--stdio"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    });
    let mut capabilities = support::modern_capabilities();
    capabilities["window"] = json!({ "workDoneProgress": true });
    let options = json!({ "catalogs": [team], "locale": "fr", "ignore": ["0x5", "?"] });
    client.configuration = options.clone();
    client.request(
        "initialize",
        json!({ "processId": std::process::id(), "rootUri": file_uri(folder.path()),
                "capabilities": capabilities, "initializationOptions": options }),
    );
    client.notify("initialized", json!({}));
    client.received("window/showMessage");
    client.received("workspace/inlayHint/refresh");
    let uri = &file_uri(&folder.path().join("not-written.log"));
    client.open(uri, &"team error: 7, 0x87D1FDE8 SyncML(404) https://example.com\n".repeat(9_000));
    client.change(uri, 2, json!([{ "text": "team error: 7, HTTP 503" }]));
    let hints = client.hints(uri);
    assert!(hints[0].2.contains("The share is full"), "the catalog file was read: {hints:?}");
    for method in ["hover", "completion", "definition", "documentHighlight", "references"] {
        let mut params = at(uri, 0, 12);
        params["context"] = json!({ "includeDeclaration": true, "triggerKind": 1 });
        client.request(&format!("textDocument/{method}"), params);
    }
    client.request("textDocument/documentSymbol", document(uri));
    client.request("workspace/symbol", json!({ "query": "passcode" }));
    client.request("hexplain/search", json!({ "words": "passcode" }));
    for command in ["hexplain.show", "hexplain.open"] {
        let params = json!({ "command": command, "arguments": ["https://example.com/"] });
        client.request("workspace/executeCommand", params);
    }
    client.notify("textDocument/didSave", document(uri));
    client.request("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    assert!(client.ended().success());
    assert_eq!(deeds(&log), [""; 0]);
}

#[test]
fn the_commands_write_to_stdout_and_stderr_only() {
    let folder = tempfile::tempdir().unwrap();
    let [log, logs, team] = ["calls", "logs", "team.toml"].map(|name| folder.path().join(name));
    fs::create_dir(&logs).unwrap();
    fs::write(logs.join("a.log"), "0x87D1FDE8 https://example.com/ SyncML(404)\n").unwrap();
    fs::write(logs.join("b.log"), "nothing\n").unwrap();
    fs::write(&team, TEAM).unwrap();
    let (logs, team) = (logs.to_str().unwrap(), team.to_str().unwrap());
    for arguments in [
        &["scan", logs][..],
        &["scan", "--format", "sarif", "--fail-on", "error", logs, "no/such.log"],
        &["--catalog", team, "explain", "0x87D1FDE8", "team error: 7"],
        &["catalog", "check", team],
        &["catalog", "search", "passcode"],
        &["completions", "bash"],
    ] {
        let output = watched(BINARY, &log).args(arguments).output().unwrap();
        assert!(!output.stdout.is_empty(), "{arguments:?}: {output:?}");
        assert_eq!(deeds(&log), [""; 0], "{arguments:?}");
    }
}

#[test]
fn writes_sockets_and_programs_are_noticed_by_this_test() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    for (script, deed) in [
        ("echo x > \"$0.new\"", "openat("),
        ("exec 3<> /dev/tcp/127.0.0.1/9", "socket("),
        ("/bin/true & wait", "execve("),
        ("cd /; rm -f \"$0.new\"", "unlink"),
    ] {
        watched("bash", &log).args(["-c", script]).arg(&log).output().unwrap();
        let deeds = deeds(&log);
        assert!(deeds.iter().any(|call| call.starts_with(deed)), "{script}: {deeds:?}");
    }
}

/// A user's catalog file.
const TEAM: &str = "[family]\nid = \"team\"\ntitle = \"Team\"\nafter = ['\\bteam error\\W{1,3}']\n\n\
    [[entry]]\nnumber = 7\nseverity = \"error\"\nmessage = \"The share is full\"\n";
