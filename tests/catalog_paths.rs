//! Where files named in the setting `catalogs` are looked for.

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{Client, attentive, file_uri};

const A: &str = "file:///a.log";

const CATALOG: &str = "[family]\nid = \"acme\"\ntitle = \"Acme\"\n\n[[entry]]\n\
    code = 0xE0010001\nseverity = \"error\"\nmessage = \"The anvil broke\"\n";

/// A client whose server runs in `folder`, with `team.toml` as its catalog.
fn client_in(folder: &Path, roots: &[&Path]) -> Client {
    let mut client = Client::spawn_with(|command| {
        command.current_dir(folder);
    });
    let folders: Vec<Value> =
        roots.iter().map(|root| json!({ "uri": file_uri(root), "name": "root" })).collect();
    let folders = if roots.is_empty() { Value::Null } else { json!(folders) };
    client.request(
        "initialize",
        json!({ "workspaceFolders": folders, "capabilities": attentive(),
                "initializationOptions": { "catalogs": ["team.toml"] } }),
    );
    client.notify("initialized", json!({}));
    client
}

fn is_loaded(client: &mut Client) -> bool {
    client.open(A, "0xE0010001");
    client.hover(A, 0, 3).is_some_and(|hover| hover.contains("The anvil broke"))
}

#[test]
fn a_relative_path_is_looked_for_in_each_workspace_folder_in_order() {
    let [server, first, second] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    fs::write(second.path().join("team.toml"), CATALOG).unwrap();
    let mut client = client_in(server.path(), &[first.path(), second.path()]);
    client.received("workspace/inlayHint/refresh");
    assert!(is_loaded(&mut client));
    client.shutdown();
}

#[test]
fn a_relative_path_is_not_looked_for_in_the_servers_own_folder() {
    let [server, first, second] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    fs::write(server.path().join("team.toml"), CATALOG).unwrap();
    for roots in [&[first.path(), second.path()][..], &[first.path()], &[]] {
        let mut client = client_in(server.path(), roots);
        let message = client.received("window/showMessage");
        let text = message["message"].as_str().unwrap();
        assert!(text.contains("team.toml"), "{text}");
        for root in roots {
            let tried = root.join("team.toml").display().to_string();
            assert!(text.contains(&tried), "{tried} was tried: {text}");
        }
        assert!(!is_loaded(&mut client), "{roots:?}");
        client.shutdown();
    }
}
