//! `textDocument/hover`: what the code under the cursor means.

use tower_lsp::lsp_types::{Hover, HoverContents, Position};

use super::client::markup;
use super::snapshot::Snapshot;
use crate::explain::{self, Answer};
use crate::scan::{Key, Meaning, Weight};

/// The explanation of the code at a position; `None` where there is no code.
pub(super) fn hover(view: &Snapshot, at: Position) -> Option<Hover> {
    let document = &view.document;
    let found = document.occurrence_at(view.client.byte(document, at))?;
    let answers = answers(view, found.meaning);
    let count = Some(document.count(found.meaning.key));
    let markdown = view.client.hover_markdown;
    let text = if markdown {
        explain::markdown(&answers, count, view.locale())
    } else {
        explain::plain(&answers, count, view.locale())
    };
    Some(Hover {
        contents: HoverContents::Markup(markup(markdown, text)),
        range: Some(view.client.range(document, found.range())),
    })
}

/// How many bytes from the start of a document show which families it is about.
const HEAD: usize = 1 << 13;

/// The explanations of an occurrence. If the nearby text gives no evidence, the document as a whole
/// ranks the readings.
fn answers(view: &Snapshot, meaning: Meaning) -> Vec<Answer> {
    match meaning.key {
        Key::Code(code) if meaning.weight == Weight::Possible => {
            let head = view.document.head(HEAD);
            let leanings = view.scanner.leanings(&head);
            explain::possible(&view.catalog, code.signed(), &leanings, view.locale())
        }
        _ => explain::answers(&view.catalog, meaning, view.locale()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::client::Client;
    use crate::server::snapshot::testing::with_cursor_and;

    fn check(marked: &str) -> Option<String> {
        check_for(marked, |_| {})
    }

    fn check_for(marked: &str, change: impl Fn(&mut Client)) -> Option<String> {
        with_cursor_and(marked, change, |view, at| {
            hover(view, at).map(|hover| match hover.contents {
                HoverContents::Markup(markup) => markup.value,
                _ => unreachable!(),
            })
        })
    }

    #[test]
    fn a_hover_in_markdown() {
        insta::assert_snapshot!(check("x ¦0xE0001007, 0xE0001007").unwrap(), @r#"
        **0xE0001007** · -536866809 · 3758100487

        **The share is full**  
        Team · TEAM_FULL · warning

        **What to do:** Delete old files

        Occurs 2 times in this document.

        [example.com](https://example.com/full)
        "#);
    }

    #[test]
    fn a_hover_in_plain_text() {
        let plain = |client: &mut Client| client.hover_markdown = false;
        insta::assert_snapshot!(check_for("x ¦0xE0001007", plain).unwrap(), @r#"
        0xE0001007  -536866809  3758100487
        The share is full
        Team, TEAM_FULL, warning

        What to do: Delete old files

        Occurs once in this document.

        https://example.com/full
        "#);
    }

    #[test]
    fn a_code_is_explained_from_any_place_in_it() {
        for marked in [
            "x ¦0x87D1FDE8 y",
            "x 0x87D1¦FDE8 y",
            "x 0x87D1FDE8¦ y",
            "(-2016¦281112)",
            "😀 2278¦686184",
        ] {
            let text = check(marked).unwrap();
            assert!(text.contains("**0x87D1FDE8** · -2016281112 · 2278686184"), "{marked}: {text}");
        }
    }

    #[test]
    fn off_a_code_there_is_nothing() {
        for marked in ["¦ 0x87D1FDE8", "thread=\"16¦03\"", "87d1fde8-1111-2222-¦3333-444444444444"]
        {
            assert_eq!(check(marked), None, "{marked}");
        }
    }

    #[test]
    fn a_success_that_looks_like_a_failure_is_explained() {
        assert!(check("hr = -2147¦024896").unwrap().contains("success"));
    }

    #[test]
    fn how_often_it_occurs_counts_every_notation() {
        assert!(check("0x87D1¦FDE8 -2016281112 2278686184").unwrap().contains("Occurs 3 times"));
    }
}
