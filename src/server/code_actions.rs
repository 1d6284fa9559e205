//! `textDocument/codeAction`: copies an explanation, rewrites the code in another notation or opens
//! its documentation; and `workspace/executeCommand`, for clients without a clipboard.

use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{
    CodeActionKind, Command, ExecuteCommandParams, MessageType, ShowMessageParams, TextEdit,
};

use super::client::COPY;
use super::diagnostics::SOURCE;
use super::snapshot::Snapshot;
use super::wire::{Action, ActionOrCommand, ActionsAt};
use crate::code::Code;
use crate::explain::{self, Answer};
use crate::scan::{Key, Occurrence};

/// The command that shows a text, for clients that can't copy it.
pub(super) const SHOW: &str = "hexplain.show";
/// The command that opens a link.
pub(super) const OPEN: &str = "hexplain.open";

/// The actions for the first code that the range touches.
pub(super) fn code_actions(view: &Snapshot, params: &ActionsAt) -> Vec<ActionOrCommand> {
    let bytes = view.client.bytes(&view.document, params.range);
    let Some(found) = view.document.occurrences_in(bytes).next() else {
        return Vec::new();
    };
    let answers = explain::answers(&view.catalog, found.meaning, view.locale());
    let mut actions = copies(view, &answers, found.meaning.key);
    actions.extend(rewrites(view, params, &found));
    actions.extend(
        answers.iter().flat_map(|answer| &answer.links).take(3).map(|link| open(view, link)),
    );
    actions.retain(|action| is_asked_for(&action.kind, params.context.only.as_deref()));
    if !view.client.code_action_literals {
        // An LSP 3.0 client knows only commands.
        let commands = actions.into_iter().filter_map(|action| action.command);
        return commands.map(ActionOrCommand::Command).collect();
    }
    let range = json!(view.client.range(&view.document, found.range()));
    let is_ours = |problem: &&Value| problem["source"] == SOURCE && problem["range"] == range;
    let ours: Vec<Value> = params.context.diagnostics.iter().filter(is_ours).cloned().collect();
    for action in actions.iter_mut().filter(|action| action.kind == CodeActionKind::QUICKFIX) {
        action.diagnostics.clone_from(&ours);
    }
    actions.into_iter().map(ActionOrCommand::Action).collect()
}

/// Kinds are hierarchical: asking for `refactor` includes `refactor.rewrite`.
fn is_asked_for(kind: &CodeActionKind, only: Option<&[CodeActionKind]>) -> bool {
    let kind = kind.as_str();
    only.is_none_or(|only| {
        only.iter().any(|asked| {
            let rest = kind.strip_prefix(asked.as_str());
            rest.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('.') || asked.as_str().is_empty()
            })
        })
    })
}

fn copies(view: &Snapshot, answers: &[Answer], key: Key) -> Vec<Action> {
    let locale = view.locale();
    let mut actions = Vec::new();
    for remedy in answers.iter().filter_map(|answer| answer.remedy.as_ref()).take(1) {
        actions.push(copy(
            view,
            locale.pick("the remedy", "la marche à suivre"),
            &remedy.to_string(),
        ));
    }
    let markdown = explain::markdown(answers, None, locale);
    actions.push(copy(
        view,
        locale.pick("the explanation as Markdown", "l’explication en Markdown"),
        &markdown,
    ));
    if let Key::Code(code) = key {
        let forms = [code.to_string(), code.unsigned().to_string(), code.signed().to_string()];
        // A small code's signed and unsigned forms are the same text.
        for form in forms.iter().take(if code.is_failure() { 3 } else { 2 }) {
            actions.push(copy(view, form, form));
        }
    }
    actions
}

/// An action that copies a text to the client's clipboard, or shows it if there is none.
fn copy(view: &Snapshot, what: &str, text: &str) -> Action {
    let (verb, command) = if view.client.has_copy {
        (view.locale().pick("Copy", "Copier"), COPY)
    } else {
        (view.locale().pick("Show", "Afficher"), SHOW)
    };
    action(format!("{verb} {what}"), CodeActionKind::QUICKFIX, command, text)
}

fn open(view: &Snapshot, link: &str) -> Action {
    let verb = view.locale().pick("Open", "Ouvrir");
    action(format!("{verb} {link}"), CodeActionKind::EMPTY, OPEN, link)
}

fn action(title: String, kind: CodeActionKind, command: &str, argument: &str) -> Action {
    let command = Command {
        title: title.clone(),
        command: command.to_owned(),
        arguments: Some(vec![json!(argument)]),
    };
    Action { title, kind, diagnostics: Vec::new(), edit: None, command: Some(command) }
}

/// Edits that write the code in each of its other notations.
fn rewrites(view: &Snapshot, params: &ActionsAt, found: &Occurrence) -> Vec<Action> {
    let Key::Code(code) = found.meaning.key else { return Vec::new() };
    let written = view.document.written(found);
    // `SyncML(404)` and `exit code 1603` stay as they are: their own notation says more.
    if Code::parse(&written) != Some(code) || !code.is_failure() {
        return Vec::new();
    }
    let range = view.client.range(&view.document, found.range());
    let forms = [code.to_string(), code.signed().to_string(), code.unsigned().to_string()];
    let others = forms.into_iter().filter(|form| !form.eq_ignore_ascii_case(&written));
    others
        .map(|form| {
            let title = format!("{} {form}", view.locale().pick("Rewrite as", "Convertir en"));
            let edit = TextEdit { range, new_text: form };
            Action {
                title,
                kind: CodeActionKind::REFACTOR_REWRITE,
                diagnostics: Vec::new(),
                edit: Some(json!({ "changes": { params.text_document.uri.as_str(): [edit] } })),
                command: None,
            }
        })
        .collect()
}

/// What a command sends to the client.
#[derive(Debug, PartialEq)]
pub(super) enum Sent {
    Notification(&'static str, Value),
    Request(&'static str, Value),
}

/// `workspace/executeCommand`: shows a text or opens a link.
pub(super) fn execute(view: &Snapshot, params: &ExecuteCommandParams) -> Result<Sent> {
    let Some(text) = params.arguments.first().and_then(Value::as_str) else {
        return Err(Error::invalid_params(format!("{} takes one string argument", params.command)));
    };
    match params.command.as_str() {
        OPEN if view.client.show_document => {
            let link = json!({ "uri": text, "external": true });
            Ok(Sent::Request("window/showDocument", link))
        }
        OPEN | SHOW | COPY => {
            let message = ShowMessageParams { typ: MessageType::INFO, message: text.to_owned() };
            Ok(Sent::Notification("window/showMessage", json!(message)))
        }
        other => Err(Error::invalid_params(format!("unknown command {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::client::Client;
    use crate::server::settings::Settings;
    use crate::server::snapshot::testing::{with_cursor_and, with_text};

    fn actions(marked: &str, context: &Value, has_copy: bool) -> Value {
        let change = |client: &mut Client| client.has_copy = has_copy;
        with_cursor_and(marked, change, |view, at| {
            let params = json!({
                "textDocument": { "uri": "file:///é.log" },
                "range": { "start": at, "end": at },
                "context": context,
            });
            json!(code_actions(view, &serde_json::from_value(params).unwrap()))
        })
    }

    fn titles(marked: &str, only: Option<Vec<CodeActionKind>>, has_copy: bool) -> Vec<String> {
        let actions = actions(marked, &json!({ "diagnostics": [], "only": only }), has_copy);
        let actions = actions.as_array().unwrap().iter();
        actions.map(|action| action["title"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn copy_actions_carry_the_codes_own_diagnostic_as_it_came_and_no_others() {
        let range = |end: u32| json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": end } });
        let ours = json!({ "source": "hexplain", "range": range(10), "data": [1] });
        let of_another_code = json!({ "source": "hexplain", "range": range(9) });
        let others = json!({ "source": "typos", "range": "of its own form" });
        let context = json!({ "diagnostics": [others, ours, of_another_code, { "message": "x" }] });
        for action in actions("0x87D1¦FDE8", &context, true).as_array().unwrap() {
            let expected = (action["kind"] == "quickfix").then(|| json!([ours]));
            assert_eq!(action.get("diagnostics"), expected.as_ref(), "{action}");
        }
        let context = json!({ "diagnostics": [others] });
        for action in actions("0x87D1¦FDE8", &context, true).as_array().unwrap() {
            assert_eq!(action.get("diagnostics"), None, "{action}");
        }
    }

    #[test]
    fn an_edit_names_the_document_as_the_client_does() {
        let actions = actions("0x87D1¦FDE8", &json!({ "only": ["refactor"] }), true);
        let changes = actions[0]["edit"]["changes"].as_object().unwrap();
        assert_eq!(changes.keys().collect::<Vec<_>>(), ["file:///é.log"]);
    }

    #[test]
    fn a_command_shows_its_text() {
        with_text("", &Settings::default(), |view| {
            let run = |command: &str, arguments: Value| {
                let params = json!({ "command": command, "arguments": arguments });
                execute(view, &serde_json::from_value(params).unwrap())
            };
            let shown = json!({ "type": 3, "message": "x" });
            assert_eq!(
                run(SHOW, json!(["x"])),
                Ok(Sent::Notification("window/showMessage", shown))
            );
            assert!(run(SHOW, json!([])).is_err());
            assert!(run("hexplain.rm", json!(["x"])).is_err());
        });
    }

    #[test]
    fn the_actions_of_a_code() {
        let text = titles("x ¦0xE0001007", None, true).join("\n");
        insta::assert_snapshot!(text, @r#"
        Copy the remedy
        Copy the explanation as Markdown
        Copy 0xE0001007
        Copy 3758100487
        Copy -536866809
        Rewrite as -536866809
        Rewrite as 3758100487
        Open https://example.com/full
        "#);
    }

    #[test]
    fn a_code_can_be_copied_and_rewritten() {
        let titles = titles("0x87D1¦FDE8", None, true);
        for title in [
            "Copy the remedy",
            "Copy the explanation as Markdown",
            "Copy 0x87D1FDE8",
            "Copy -2016281112",
            "Copy 2278686184",
            "Rewrite as -2016281112",
            "Rewrite as 2278686184",
        ] {
            assert!(titles.contains(&title.to_owned()), "{title} in {titles:?}");
        }
    }

    #[test]
    fn without_a_clipboard_texts_are_shown() {
        assert_eq!(titles("0x87D1¦FDE8", None, false)[0], "Show the remedy");
    }

    #[test]
    fn only_the_kinds_asked_for_are_offered() {
        let titles = titles("0x87D1¦FDE8", Some(vec![CodeActionKind::REFACTOR]), true);
        assert_eq!(titles, ["Rewrite as -2016281112", "Rewrite as 2278686184"]);
    }

    #[test]
    fn off_a_code_nothing_is_offered() {
        assert_eq!(titles("¦   0x87D1FDE8", None, true), Vec::<String>::new());
    }

    #[test]
    fn a_familys_own_notation_is_not_rewritten() {
        let titles = titles("SyncML(4¦04)", None, true);
        assert!(!titles.iter().any(|title| title.starts_with("Rewrite")), "{titles:?}");
    }
}
