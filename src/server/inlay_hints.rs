//! `textDocument/inlayHint`: the short message after each code.

use std::collections::HashMap;

use serde_json::json;
use tower_lsp::lsp_types::{InlayHint, InlayHintLabel, InlayHintTooltip, Position, Range};

use super::client::markup;
use super::snapshot::Snapshot;
use crate::catalog::{Catalog, NameId};
use crate::code::Code;
use crate::explain;
use crate::locale::Locale;
use crate::scan::{Key, Meaning};

/// The longest hint in characters; the hover shows the rest.
const LONGEST: usize = 90;

/// The most hints in an answer. Some clients request a whole log at once, and a hundred thousand
/// hints would keep them busy for seconds. This many take at most 10 MB.
const MOST: usize = 20_000;

/// A hint after every known code of a range.
pub(super) fn inlay_hints(view: &Snapshot, range: Range) -> Vec<InlayHint> {
    if !view.settings.inlay_hints {
        return Vec::new();
    }
    let bytes = view.client.bytes(&view.document, range);
    let mut labels: HashMap<Meaning, Option<String>> = HashMap::new();
    let mut hints = Vec::new();
    for found in view.document.occurrences_in(bytes) {
        if !found.meaning.is_reported() {
            continue;
        }
        let label = labels.entry(found.meaning).or_insert_with(|| label(view, found.meaning));
        if let Some(label) = label {
            let position = view.client.position(&view.document, found.end);
            if hints.len() == MOST {
                let end = view.locale().pick(
                    "… more hints not shown: this file has too many codes",
                    "… autres indications non affichées : ce fichier contient trop de codes",
                );
                hints.push(hint(position, end.to_owned(), None));
                break;
            }
            hints.push(hint(position, label.clone(), Some(data(found.meaning))));
        }
    }
    hints
}

fn hint(position: Position, label: String, data: Option<serde_json::Value>) -> InlayHint {
    InlayHint {
        position,
        label: InlayHintLabel::String(label),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data,
    }
}

/// `None` if the code is unknown or ignored, or a plain zero.
fn label(view: &Snapshot, meaning: Meaning) -> Option<String> {
    if view.ignores(meaning) || meaning.key == Key::Code(Code(0)) {
        return None;
    }
    let entries = explain::entries(&view.catalog, meaning);
    let message = entries.first()?.message().get(view.locale());
    Some(match message.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", message[..end].trim_end()),
        None => message.to_owned(),
    })
}

/// What `inlayHint/resolve` sends back to identify the code.
fn data(meaning: Meaning) -> serde_json::Value {
    let family = meaning.family.map(|family| family.0);
    match meaning.key {
        Key::Code(code) => json!({ "code": code.0, "family": family }),
        Key::Number(of, number) => json!({ "of": of.0, "number": number, "family": family }),
        Key::Name(name) => {
            let (entry, place) = name.to_bits();
            json!({ "entry": entry, "name": place, "family": family })
        }
    }
}

fn meaning(data: &serde_json::Value, catalog: &Catalog) -> Option<Meaning> {
    let family = |key: &str| {
        let id = u16::try_from(data[key].as_u64()?).ok()?;
        catalog.families().map(|family| family.catalog_id()).find(|family| family.0 == id)
    };
    let key = if let Some(code) = data["code"].as_u64() {
        Key::Code(Code(u32::try_from(code).ok()?))
    } else if let Some(entry) = data["entry"].as_u64() {
        let name = NameId::from_bits(entry, u16::try_from(data["name"].as_u64()?).ok()?);
        catalog.entry_by_id(name.entry())?;
        Key::Name(name)
    } else {
        Key::Number(family("of")?, i32::try_from(data["number"].as_i64()?).ok()?)
    };
    Some(Meaning::new(key, family("family")))
}

/// `inlayHint/resolve`: the explanation as the hint's tooltip.
pub(super) fn resolve(
    mut hint: InlayHint,
    catalog: &Catalog,
    markdown: bool,
    locale: Locale,
) -> InlayHint {
    if let Some(meaning) = hint.data.as_ref().and_then(|data| meaning(data, catalog)) {
        let answers = explain::answers(catalog, meaning, locale);
        let text = if markdown {
            explain::markdown(&answers, None, locale)
        } else {
            explain::plain(&answers, None, locale)
        };
        hint.tooltip = Some(InlayHintTooltip::MarkupContent(markup(markdown, text)));
    }
    hint
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::settings::Settings;
    use crate::server::snapshot::testing::with_text;

    fn hints(text: &str) -> Vec<(u32, String)> {
        with_text(text, &Settings::default(), |view| {
            let all = Range { start: Position::new(0, 0), end: Position::new(99, 0) };
            let label = |hint: InlayHint| match hint.label {
                InlayHintLabel::String(label) => (hint.position.character, label),
                InlayHintLabel::LabelParts(_) => unreachable!(),
            };
            inlay_hints(view, all).into_iter().map(label).collect()
        })
    }

    #[test]
    fn a_hint_comes_after_each_known_code() {
        let hints = hints("0x87D1FDE8, hr=0, 0x8123ABCD and SyncML(404)");
        assert_eq!(hints.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [10, 44]);
    }

    #[test]
    fn a_code_written_twice_has_one_hint() {
        assert_eq!(hints("0x87D1FDE8(-2016281112)").len(), 1);
        assert_eq!(hints("0x87D1FDE8 and later, again: 0x87D1FDE8").len(), 2);
    }

    #[test]
    fn too_many_hints_end_with_one_that_says_so() {
        let hints = hints(&"0x87D1FDE8, and then again: ".repeat(MOST + 5));
        assert_eq!(hints.len(), MOST + 1);
        assert!(hints[MOST].1.contains("more hints not shown"));
    }

    #[test]
    fn resolving_brings_the_explanation() {
        let catalog = Catalog::builtin();
        with_text(
            "SyncML(404) \"EnforcementState\":60 APP_CI_ENFORCEMENT_ERROR",
            &Settings::default(),
            |view| {
                let all = Range { start: Position::new(0, 0), end: Position::new(9, 0) };
                let hints = inlay_hints(view, all);
                assert_eq!(hints.len(), 3);
                for hint in hints {
                    let resolved = resolve(hint, &catalog, false, Locale::En);
                    let Some(InlayHintTooltip::MarkupContent(text)) = resolved.tooltip else {
                        panic!()
                    };
                    assert!(text.value.contains("What to do:"), "{}", text.value);
                }
            },
        );
    }
}
