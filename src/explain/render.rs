//! Answers as Markdown and as plain text. Catalog texts remain text: their markup and escape
//! sequences never take effect.

mod markdown;

use std::fmt::Write as _;

use super::Answer;
use crate::catalog::Severity;
use crate::locale::Locale;

/// The displayed name of a severity.
#[must_use]
pub fn severity_name(severity: Severity, locale: Locale) -> &'static str {
    match severity {
        Severity::Success => locale.pick("success", "réussite"),
        Severity::Information => locale.pick("information", "information"),
        Severity::Warning => locale.pick("warning", "avertissement"),
        Severity::Error => locale.pick("error", "erreur"),
    }
}

impl Answer {
    /// The parts of the heading: the three forms of the code, or the family and its number.
    #[must_use]
    pub fn heading(&self) -> Vec<String> {
        match (&self.hex, self.signed, self.unsigned) {
            (Some(hex), Some(signed), Some(unsigned)) if signed < 0 => {
                vec![hex.clone(), signed.to_string(), unsigned.to_string()]
            }
            (Some(hex), Some(signed), _) => vec![hex.clone(), signed.to_string()],
            _ => {
                let number = self.shown_number();
                vec![number.or_else(|| self.name.clone()).unwrap_or_else(|| self.title.clone())]
            }
        }
    }

    /// The number in its family in its usual form: hex for a stop code.
    #[must_use]
    pub fn shown_number(&self) -> Option<String> {
        let number = self.number?;
        Some(if self.shows_hex { format!("0x{number:X}") } else { number.to_string() })
    }

    /// The origin of the code: family and number, symbolic name, severity.
    fn origin(&self, locale: Locale) -> Vec<String> {
        let mut parts = Vec::new();
        if !self.title.is_empty() {
            parts.push(match self.shown_number() {
                Some(number) => format!("{} {number}", self.title),
                None => self.title.clone(),
            });
        }
        parts.extend(self.name.clone());
        parts.extend(self.severity.map(|severity| severity_name(severity, locale).to_owned()));
        parts
    }

    /// The answer as Markdown. `count` is the number of occurrences in the document.
    #[must_use]
    pub fn markdown(&self, count: Option<usize>, locale: Locale) -> String {
        let mut heading = self.heading().into_iter();
        let mut text = format!("**{}**", markdown::escape(&heading.next().unwrap_or_default()));
        for form in heading {
            let _ = write!(text, " · {form}");
        }
        let message = markdown::escape(&self.message);
        if !message.is_empty() {
            let _ = write!(text, "\n\n**{message}**");
        }
        let origin = self.origin(locale).join(" · ");
        if !origin.is_empty() {
            let break_ = if message.is_empty() { "\n\n" } else { "  \n" };
            let _ = write!(text, "{break_}{}", markdown::escape(&origin));
        }
        if let Some(remedy) = &self.remedy {
            let _ = write!(
                text,
                "\n\n{} {}",
                locale.pick("**What to do:**", "**Que faire\u{a0}:**"),
                markdown::prose(remedy)
            );
        }
        for note in &self.notes {
            let note = markdown::prose(note);
            if !note.is_empty() {
                let _ = write!(text, "\n\n*{note}*");
            }
        }
        if let Some(count) = count {
            let _ = write!(text, "\n\n{}", occurs(count, locale));
        }
        for link in &self.links {
            let _ = write!(text, "\n\n{}", markdown::link(link));
        }
        text
    }

    /// The answer as plain text, without markup. `count` is as for [`Answer::markdown`].
    #[must_use]
    pub fn plain(&self, count: Option<usize>, locale: Locale) -> String {
        let mut text = self.heading().join("  ");
        let _ = write!(text, "\n{}", self.message);
        let origin = self.origin(locale);
        if !origin.is_empty() {
            let _ = write!(text, "\n{}", origin.join(", "));
        }
        if let Some(remedy) = &self.remedy {
            let _ = write!(text, "\n\n{} {remedy}", locale.pick("What to do:", "Que faire\u{a0}:"));
        }
        for note in &self.notes {
            let _ = write!(text, "\n\n{} {note}", locale.pick("Note:", "Remarque\u{a0}:"));
        }
        if let Some(count) = count {
            let _ = write!(text, "\n\n{}", occurs(count, locale));
        }
        if !self.links.is_empty() {
            let _ = write!(text, "\n\n{}", self.links.join("\n"));
        }
        without_controls(&text)
    }
}

/// A text without the control characters that a terminal would interpret; line breaks remain.
fn without_controls(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n").replace('\t', " ");
    lines.replace(|c: char| c.is_control() && c != '\n', "")
}

/// All answers as Markdown; only the first mentions the number of occurrences, `count`.
#[must_use]
pub fn markdown(answers: &[Answer], count: Option<usize>, locale: Locale) -> String {
    let (shown, folded) = folded(answers);
    let texts = shown.iter().enumerate();
    let texts = texts.map(|(i, answer)| answer.markdown(count.filter(|_| i == 0), locale));
    let others = others(&folded, locale).map(|others| markdown::escape(&others));
    texts.chain(others).collect::<Vec<_>>().join("\n\n---\n\n")
}

/// A text as a cell of a Markdown table, displayed unchanged.
#[cfg(feature = "cli")]
pub(crate) fn markdown_cell(text: &str) -> String {
    markdown::cell(text)
}

/// All answers as plain text; only the first mentions the number of occurrences, `count`.
#[must_use]
pub fn plain(answers: &[Answer], count: Option<usize>, locale: Locale) -> String {
    let (shown, folded) = folded(answers);
    let texts = shown.iter().enumerate();
    let texts = texts.map(|(i, answer)| answer.plain(count.filter(|_| i == 0), locale));
    let others = others(&folded, locale).map(|others| without_controls(&others));
    texts.chain(others).collect::<Vec<_>>().join("\n\n")
}

/// The most readings of a number that are shown in full.
const MOST_IN_FULL: usize = 6;

/// The answers shown in full, and those of which only the name is shown: if there are several
/// answers, those with only a name, and those after the most likely ones.
fn folded(answers: &[Answer]) -> (Vec<&Answer>, Vec<&Answer>) {
    let (mut shown, mut folded) = (Vec::new(), Vec::new());
    for (i, answer) in answers.iter().enumerate() {
        if i == 0 || !answer.is_name_only && shown.len() < MOST_IN_FULL {
            shown.push(answer);
        } else {
            folded.push(answer);
        }
    }
    (shown, folded)
}

/// `Other readings: NAME (Family 5), …` for the answers not shown in full.
fn others(folded: &[&Answer], locale: Locale) -> Option<String> {
    let of = |answer: &&Answer| {
        let number = answer.shown_number().map(|number| format!(" {number}")).unwrap_or_default();
        let name = answer.name.as_deref().unwrap_or(&answer.message);
        format!("{name} ({}{number})", answer.title)
    };
    let names: Vec<String> = folded.iter().map(of).collect();
    let also = locale.pick("Other readings:", "Autres lectures\u{a0}:");
    (!names.is_empty()).then(|| format!("{also} {}", names.join(", ")))
}

fn occurs(count: usize, locale: Locale) -> String {
    match count {
        1 => locale
            .pick("Occurs once in this document.", "Une occurrence dans ce document.")
            .to_owned(),
        _ => locale.pick(
            format!("Occurs {count} times in this document."),
            format!("{count} occurrences dans ce document."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;
    use crate::explain::Prose;

    fn hostile(text: &str, link: &str) -> Answer {
        Answer {
            hex: Some("0x80070005".to_owned()),
            signed: Some(-2_147_024_891),
            unsigned: Some(2_147_942_405),
            family: Some("team".to_owned()),
            number: None,
            name: Some(text.to_owned()),
            severity: Some(Severity::Error),
            message: text.to_owned(),
            remedy: Some(text.into()),
            links: vec![link.to_owned()],
            notes: vec![text.into()],
            title: text.to_owned(),
            is_name_only: false,
            shows_hex: false,
        }
    }

    /// A text without what may get lost: white space and control characters.
    fn visible(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
    }

    /// What an editor shows for the Markdown: its text, and the destinations of its links.
    fn shown(markdown: &str) -> Result<(String, Vec<String>), TestCaseError> {
        let (mut text, mut links, mut in_link) = (String::new(), Vec::new(), false);
        for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
            match event {
                Event::Text(piece) | Event::Code(piece) if !in_link => text.push_str(&piece),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    links.push(dest_url.to_string());
                    in_link = true;
                }
                Event::End(TagEnd::Link) => in_link = false,
                Event::Text(_)
                | Event::Start(Tag::Paragraph | Tag::Strong | Tag::Emphasis)
                | Event::End(TagEnd::Paragraph | TagEnd::Strong | TagEnd::Emphasis)
                | Event::SoftBreak
                | Event::HardBreak => {}
                other => {
                    return Err(TestCaseError::fail(format!("{other:?} in\n{markdown}")));
                }
            }
        }
        Ok((visible(&text), links))
    }

    /// Checks that the Markdown shows exactly the texts, with only the given links.
    fn check(text: &str, link: &str) -> Result<(), TestCaseError> {
        let answer = hostile(text, link);
        let (found, links) = shown(&answer.markdown(None, Locale::En))?;
        let prose = visible(&Prose::from(without_controls(text)).to_string());
        let text = visible(text);
        let is_link = markdown::is_link(link);
        let link_text = if is_link { String::new() } else { visible(link) };
        let parts = [
            "0x80070005·-2147024891·2147942405",
            &text,
            &[&text, &text, "error"]
                .map(str::to_owned)
                .into_iter()
                .filter(|p| !p.is_empty())
                .collect::<Vec<_>>()
                .join("·"),
            "Whattodo:",
            &prose,
            &prose,
            &link_text,
        ];
        let expected = parts.concat();
        // Separators around empty parts.
        prop_assert_eq!(found.replace('·', ""), expected.replace('·', ""));
        prop_assert_eq!(links.len(), usize::from(is_link));
        for destination in links {
            let harmless = |c: char| c.is_ascii_graphic() && !"()<>\"\\`".contains(c);
            prop_assert!(destination.chars().all(harmless), "{}", destination);
        }
        Ok(())
    }

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            prop::sample::select(vec![
                "\n",
                "\r\n",
                "\r",
                "\n\n",
                "  \n",
                "\\",
                "#",
                "# ",
                "## x",
                "-",
                "- ",
                "+ ",
                "* ",
                "1.",
                "1) ",
                "99999999. x",
                ">",
                "> ",
                "```",
                "~~~",
                "~~",
                "~",
                "`",
                "`a b`",
                "`|<b>*\\`",
                "***",
                "___",
                "---",
                "- - -",
                "===",
                "=",
                "|",
                "|-|\n",
                ":-",
                ":--:",
                "<b>",
                "</b>",
                "<!--",
                "<script>",
                "<?",
                "<https://e.vil>",
                "![",
                "[",
                "]",
                "](",
                "(",
                ")",
                "[a](b)",
                "![a](b)",
                "[a]: b",
                "[^1]: b",
                "[^1]",
                "[x] ",
                "&amp;",
                "&#35;",
                "*",
                "**",
                "_",
                "__",
                "$",
                "$$",
                "^",
                ":::",
                "+++",
                "{#a}",
                "[[a]]",
                "%%",
                "\t",
                "    ",
                "\u{1b}[31m",
                "\u{0}",
                "\u{85}",
                "\u{2028}",
                "\u{a0}",
                "'",
                "\"",
                "!",
                ": ",
                "a",
                "é",
                "😀",
                "\u{feff}",
                "https://e.vil/",
                "www.e.vil",
                "x",
            ])
            .prop_map(str::to_owned),
            "[ -~]{0,6}",
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn no_text_becomes_markup(
            text in prop::collection::vec(piece(), 0..8),
            link in prop::collection::vec(piece(), 0..4),
            scheme in prop::sample::select(vec!["https://x.example/", "http://", "javascript:", ""]),
        ) {
            check(&text.concat(), &(scheme.to_owned() + &link.concat()))?;
        }

        #[test]
        fn plain_text_has_no_controls(text in prop::collection::vec(piece(), 0..8)) {
            let plain = hostile(&text.concat(), "https://x.example").plain(Some(1), Locale::En);
            prop_assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{:?}", plain);
        }
    }

    #[test]
    fn plain_text_keeps_its_lines() {
        let answer = hostile("a\u{1b}[31m\tb\r\nc\rd\u{7}", "https://x.example/\u{1b}[0m");
        assert_eq!(
            answer.plain(None, Locale::En),
            "0x80070005  -2147024891  2147942405\na[31m b\nc\nd\na[31m b\nc\nd, a[31m b\nc\nd, error\n\n\
             What to do: a[31m b\nc\nd\n\nNote: a[31m b\nc\nd\n\nhttps://x.example/[0m"
        );
    }

    /// An answer with only a code and a message.
    fn bare(code: i32) -> Answer {
        Answer {
            hex: Some(crate::code::Code(code as u32).to_string()),
            signed: Some(code),
            unsigned: Some(code as u32),
            family: None,
            number: None,
            name: None,
            severity: None,
            message: "Full".to_owned(),
            remedy: None,
            links: Vec::new(),
            notes: Vec::new(),
            title: String::new(),
            is_name_only: false,
            shows_hex: false,
        }
    }

    fn full() -> Answer {
        Answer {
            number: Some(7),
            name: Some("TEAM_FULL".to_owned()),
            severity: Some(Severity::Warning),
            remedy: Some("Empty it.".into()),
            links: vec!["https://a.example/7".to_owned(), "https://b.example/".to_owned()],
            notes: vec!["Often.".into(), "Rarely.".into()],
            title: "Team".to_owned(),
            is_name_only: false,
            shows_hex: false,
            ..bare(-1)
        }
    }

    #[test]
    fn a_heading_has_the_forms_in_which_the_code_is_met() {
        assert_eq!(bare(-1).heading(), ["0xFFFFFFFF", "-1", "4294967295"]);
        assert_eq!(bare(5).heading(), ["0x00000005", "5"]);
        assert_eq!(bare(0).heading(), ["0x00000000", "0"]);
    }

    #[test]
    fn without_a_code_the_heading_is_the_number_or_the_name_or_the_familys_title() {
        let uncoded = Answer { hex: None, signed: None, unsigned: None, ..full() };
        assert_eq!(uncoded.heading(), ["7"]);
        let unnumbered = Answer { number: None, ..uncoded };
        assert_eq!(unnumbered.heading(), ["TEAM_FULL"]);
        assert_eq!(Answer { name: None, ..unnumbered }.heading(), ["Team"]);
    }

    #[test]
    fn an_answer_is_shown_with_all_that_it_has() {
        assert_eq!(
            full().markdown(Some(3), Locale::En),
            "**0xFFFFFFFF** · -1 · 4294967295\n\n**Full**  \nTeam 7 · TEAM_FULL · warning\n\n\
             **What to do:** Empty it.\n\n*Often.*\n\n*Rarely.*\n\nOccurs 3 times in this document.\n\n\
             [a.example](https://a.example/7)\n\n[b.example](https://b.example/)"
        );
        assert_eq!(
            full().plain(Some(3), Locale::Fr),
            "0xFFFFFFFF  -1  4294967295\nFull\nTeam 7, TEAM_FULL, avertissement\n\n\
             Que faire\u{a0}: Empty it.\n\nRemarque\u{a0}: Often.\n\nRemarque\u{a0}: Rarely.\n\n\
             3 occurrences dans ce document.\n\nhttps://a.example/7\nhttps://b.example/"
        );
    }

    #[test]
    fn what_an_answer_lacks_leaves_nothing_behind() {
        assert_eq!(bare(5).markdown(None, Locale::En), "**0x00000005** · 5\n\n**Full**");
        assert_eq!(bare(5).plain(None, Locale::En), "0x00000005  5\nFull");
        let wordless = Answer { message: String::new(), title: "Team".to_owned(), ..bare(5) };
        assert_eq!(wordless.markdown(None, Locale::En), "**0x00000005** · 5\n\nTeam");
        let no_note = Answer { notes: vec![" ".into()], ..bare(5) };
        assert_eq!(no_note.markdown(None, Locale::En), bare(5).markdown(None, Locale::En));
    }

    #[test]
    fn only_the_first_of_several_answers_says_how_often_the_code_occurs() {
        let answers = [bare(5), bare(6)];
        assert_eq!(
            markdown(&answers, Some(1), Locale::En),
            "**0x00000005** · 5\n\n**Full**\n\nOccurs once in this document.\n\n---\n\n\
             **0x00000006** · 6\n\n**Full**"
        );
        assert_eq!(
            plain(&answers, Some(2), Locale::En),
            "0x00000005  5\nFull\n\nOccurs 2 times in this document.\n\n0x00000006  6\nFull"
        );
    }

    #[test]
    fn each_severity_has_its_own_name_in_each_language() {
        for locale in [Locale::En, Locale::Fr] {
            let names = Severity::ALL.map(|severity| severity_name(severity, locale));
            let distinct: std::collections::HashSet<_> = names.into_iter().collect();
            assert_eq!(distinct.len(), Severity::ALL.len(), "{names:?}");
        }
        assert_eq!(severity_name(Severity::Warning, Locale::Fr), "avertissement");
    }
}
