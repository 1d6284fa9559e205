//! `textDocument/codeAction`: copying what helps, writing the code in another notation, opening
//! the page about it; and the commands behind the actions of clients without a clipboard.

use std::collections::HashMap;

use serde_json::{Value, json};
use tower_lsp::lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Command, TextEdit,
    WorkspaceEdit,
};

use super::client::COPY;
use super::workspace::View;
use crate::code::Code;
use crate::explain::{self, Answer};
use crate::scan::{Key, Occurrence};

/// Shows a text, for a client that can't copy it.
pub(super) const SHOW: &str = "hexplain.show";
/// Opens a link.
pub(super) const OPEN: &str = "hexplain.open";

/// What can be done about the first code that the range touches.
pub(super) fn code_actions(view: &View<'_>, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    let bytes = view.client.bytes(view.document, params.range);
    let Some(found) = view.document.occurrences_in(bytes).next() else {
        return Vec::new();
    };
    let answers = explain::answers(view.catalog, found.meaning, view.locale());
    let mut actions = copies(view, &answers, found.meaning.key);
    actions.extend(rewrites(view, params, &found));
    actions.extend(
        answers.iter().flat_map(|answer| &answer.links).take(3).map(|link| open(view, link)),
    );
    let mut actions: Vec<CodeAction> = actions
        .into_iter()
        .filter(|action| is_asked_for(action, params.context.only.as_deref()))
        .collect();
    for action in &mut actions {
        if action.kind == Some(CodeActionKind::QUICKFIX) && !params.context.diagnostics.is_empty() {
            action.diagnostics = Some(params.context.diagnostics.clone());
        }
    }
    if view.client.code_action_literals {
        return actions.into_iter().map(CodeActionOrCommand::CodeAction).collect();
    }
    // A client of LSP 3.0 knows commands only.
    actions
        .into_iter()
        .filter_map(|action| action.command)
        .map(CodeActionOrCommand::Command)
        .collect()
}

/// Kinds are a hierarchy: asking for `refactor` is asking for `refactor.rewrite`.
fn is_asked_for(action: &CodeAction, only: Option<&[CodeActionKind]>) -> bool {
    let kind = action.kind.as_ref().map_or("", CodeActionKind::as_str);
    only.is_none_or(|only| {
        only.iter().any(|asked| {
            let rest = kind.strip_prefix(asked.as_str());
            rest.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('.') || asked.as_str().is_empty()
            })
        })
    })
}

fn copies(view: &View<'_>, answers: &[Answer], key: Key) -> Vec<CodeAction> {
    let locale = view.locale();
    let mut actions = Vec::new();
    for remedy in answers.iter().filter_map(|answer| answer.remedy.as_ref()).take(1) {
        actions.push(copy(view, locale.pick("the remedy", "la marche à suivre"), remedy));
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

/// An action that puts a text into the client's clipboard, or shows it where there is none.
fn copy(view: &View<'_>, what: &str, text: &str) -> CodeAction {
    let (verb, command) = if view.client.has_copy {
        (view.locale().pick("Copy", "Copier"), COPY)
    } else {
        (view.locale().pick("Show", "Afficher"), SHOW)
    };
    action(format!("{verb} {what}"), CodeActionKind::QUICKFIX, command, text)
}

fn open(view: &View<'_>, link: &str) -> CodeAction {
    let verb = view.locale().pick("Open", "Ouvrir");
    action(format!("{verb} {link}"), CodeActionKind::EMPTY, OPEN, link)
}

fn action(title: String, kind: CodeActionKind, command: &str, argument: &str) -> CodeAction {
    let command = Command {
        title: title.clone(),
        command: command.to_owned(),
        arguments: Some(vec![json!(argument)]),
    };
    CodeAction { title, kind: Some(kind), command: Some(command), ..CodeAction::default() }
}

/// Edits that write the code in each of its other notations.
fn rewrites(view: &View<'_>, params: &CodeActionParams, found: &Occurrence) -> Vec<CodeAction> {
    let Key::Code(code) = found.meaning.key else { return Vec::new() };
    let written = view.document.written(found);
    // `SyncML(404)` and `exit code 1603` stay as they are: their own notation says more.
    if Code::parse(&written) != Some(code) || !code.is_failure() {
        return Vec::new();
    }
    let range = view.client.range(view.document, found.range());
    let forms = [code.to_string(), code.signed().to_string(), code.unsigned().to_string()];
    let others = forms.into_iter().filter(|form| !form.eq_ignore_ascii_case(&written));
    others
        .map(|form| {
            let title = format!("{} {form}", view.locale().pick("Rewrite as", "Réécrire en"));
            let edit = TextEdit { range, new_text: form };
            let changes = HashMap::from([(params.text_document.uri.clone(), vec![edit])]);
            CodeAction {
                title,
                kind: Some(CodeActionKind::REFACTOR_REWRITE),
                edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
                ..CodeAction::default()
            }
        })
        .collect()
}

/// The one text that a command of ours carries.
pub(super) fn argument(arguments: &[Value]) -> Option<&str> {
    arguments.first().and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use tower_lsp::lsp_types::{
        CodeActionContext, PartialResultParams, Range, TextDocumentIdentifier, Url,
        WorkDoneProgressParams,
    };

    use super::*;
    use crate::server::workspace::testing::with_cursor_and;

    fn titles(marked: &str, only: Option<Vec<CodeActionKind>>, has_copy: bool) -> Vec<String> {
        let change = |client: &mut crate::server::client::Client| client.has_copy = has_copy;
        with_cursor_and(marked, change, |view, at| {
            let params = CodeActionParams {
                text_document: TextDocumentIdentifier { uri: Url::parse("file:///a.log").unwrap() },
                range: Range { start: at, end: at },
                context: CodeActionContext {
                    diagnostics: Vec::new(),
                    only: only.clone(),
                    trigger_kind: None,
                },
                work_done_progress_params: WorkDoneProgressParams::default(),
                partial_result_params: PartialResultParams::default(),
            };
            code_actions(view, &params)
                .into_iter()
                .map(|action| match action {
                    CodeActionOrCommand::CodeAction(action) => action.title,
                    CodeActionOrCommand::Command(command) => command.title,
                })
                .collect()
        })
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
