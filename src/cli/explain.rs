//! `hexplain explain`: explains codes.

use std::fmt::Write as _;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::terminal::{json, visible, visible_lines};
use super::{Context, Failure};
use crate::explain::{self, Answer};
use crate::locale::Locale;
use crate::scan::{Refusal, Scanner, Speaks, Weight, Why};

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Codes in any notation, family numbers, symbolic names, or the text of an error screen
    #[arg(required = true, value_name = "CODE", allow_negative_numbers = true)]
    codes: Vec<String>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Say of each number in a line of text which readings were considered, what speaks for each, and
    /// what refused it
    #[arg(long)]
    why: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Plain text
    Text,
    /// For a ticket or a wiki
    Markdown,
    /// One JSON object per line, one per code
    Json,
}

/// One line of JSON: the code asked about, and its answers.
#[derive(Serialize)]
struct Line<'a> {
    query: &'a str,
    answers: Vec<Answer>,
}

impl Explain {
    /// Prints the answers. The exit status is 1 if any of the codes has none.
    pub(super) fn run(&self, context: &Context) -> Result<ExitCode, Failure> {
        let scanner = Scanner::new(Arc::new(context.catalog.clone()));
        let mut output = anstream::stdout().lock();
        if self.why {
            return self.run_why(&scanner, context, &mut output);
        }
        let mut all_known = true;
        for (i, code) in self.codes.iter().enumerate() {
            let answers = explain::answers_to_query(&scanner, code, context.locale);
            all_known &= answers.iter().any(|answer| answer.severity.is_some());
            if i > 0 && self.format != Format::Json {
                writeln!(output)?;
            }
            match self.format {
                Format::Json => {
                    let line = json(&Line { query: code, answers });
                    output.write_all(&line.map_err(std::io::Error::from)?)?;
                    writeln!(output)?;
                }
                _ if answers.is_empty() => {
                    writeln!(output, "{}: {}", visible(code), no_answer(context))?
                }
                Format::Text => writeln!(
                    output,
                    "{}",
                    visible_lines(&explain::plain(&answers, None, context.locale))
                )?,
                Format::Markdown => writeln!(
                    output,
                    "{}",
                    visible_lines(&explain::markdown(&answers, None, context.locale))
                )?,
            }
        }
        Ok(if all_known { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Prints how each number in the texts was judged. The exit status is 1 if none is a code.
    fn run_why(
        &self,
        scanner: &Scanner,
        context: &Context,
        output: &mut impl Write,
    ) -> Result<ExitCode, Failure> {
        let mut any = false;
        for text in &self.codes {
            let judged = scanner.why(text, &scanner.file_kind("", None, text));
            if judged.is_empty() && self.format != Format::Json {
                let nothing = context.locale.pick(
                    "contains nothing that could be a code",
                    "ne contient rien qui puisse être un code",
                );
                writeln!(output, "{}: {nothing}", visible(text))?;
            }
            for why in judged {
                any |= why.meaning.is_some_and(|meaning| meaning.weight > Weight::Possible);
                let line = match self.format {
                    Format::Json => why_json(scanner, text, &why).to_string(),
                    Format::Text | Format::Markdown => {
                        why_text(scanner, text, &why, context.locale)
                    }
                };
                writeln!(output, "{}", visible_lines(&line))?;
            }
        }
        Ok(if any { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The judgment of a number as text: the number with its role, then one line per reading.
fn why_text(scanner: &Scanner, text: &str, why: &Why, locale: Locale) -> String {
    let mut lines = text[why.range.clone()].to_owned();
    if !why.roles.is_empty() {
        let _ = write!(lines, " ({})", why.roles.join(", "));
    }
    let verdict = match (why.meaning, why.refused) {
        (Some(meaning), _) if meaning.weight > Weight::Possible => {
            let answer = explain::answers(scanner.catalog(), meaning, locale).swap_remove(0);
            format!("{} {}", answer.heading().join(" "), answer.message)
        }
        (_, Some(refusal)) => refused(refusal, locale).to_owned(),
        (Some(_), None) => locale
            .pick(
                "possible readings only: no evidence for any of them",
                "lectures possibles seulement\u{a0}: aucun indice ne permet de trancher",
            )
            .to_owned(),
        (None, None) => locale.pick("not a code", "ce n’est pas un code").to_owned(),
    };
    let _ = write!(lines, ": {verdict}");
    for reading in &why.readings {
        let family = scanner.catalog().family(reading.family).id();
        let _ = write!(lines, "\n  {family}: {}", spoken(reading.speaks.as_ref(), locale));
    }
    lines
}

fn spoken(speaks: Option<&Speaks>, locale: Locale) -> String {
    match speaks {
        None => locale.pick("no evidence", "aucun indice").to_owned(),
        Some(Speaks::Phrase) => locale
            .pick("its standard text is on the line", "son texte standard est sur la ligne")
            .to_owned(),
        Some(Speaks::Name) => locale.pick("its name is beside it", "son nom est à côté").to_owned(),
        Some(Speaks::Sign(sign)) => {
            locale.pick(format!("`{sign}` is near"), format!("`{sign}` est à proximité"))
        }
        Some(Speaks::Number) => locale
            .pick("the number has one common meaning", "ce numéro a un seul sens courant")
            .to_owned(),
        Some(Speaks::FileName) => locale.pick("the file name", "le nom du fichier").to_owned(),
        Some(Speaks::Notation) => locale
            .pick("the text is one of its notations", "le texte est l’une de ses notations")
            .to_owned(),
    }
}

fn refused(refusal: Refusal, locale: Locale) -> &'static str {
    match refusal {
        Refusal::PieceOfNumber => locale.pick(
            "not a code: part of a longer number",
            "ce n’est pas un code\u{a0}: partie d’un nombre plus long",
        ),
        Refusal::Url => {
            locale.pick("not a code: in a URL", "ce n’est pas un code\u{a0}: dans une URL")
        }
        Refusal::Path => {
            locale.pick("not a code: in a path", "ce n’est pas un code\u{a0}: dans un chemin")
        }
        Refusal::Counted => locale.pick(
            "not a code: it counts or measures something",
            "ce n’est pas un code\u{a0}: il compte ou mesure quelque chose",
        ),
        Refusal::Word => locale.pick(
            "not a code: the preceding word shows that it is something else",
            "ce n’est pas un code\u{a0}: le mot qui précède indique autre chose",
        ),
        Refusal::Notation => locale.pick(
            "not a code: excluded by a catalog file",
            "ce n’est pas un code\u{a0}: un fichier du catalogue l’exclut",
        ),
        Refusal::MachineValue => locale.pick(
            "not a code: an address, an operand or a labeled value",
            "ce n’est pas un code\u{a0}: une adresse, un opérande ou une valeur étiquetée",
        ),
    }
}

fn why_json(scanner: &Scanner, text: &str, why: &Why) -> serde_json::Value {
    let readings = why.readings.iter().map(|reading| {
        let family = scanner.catalog().family(reading.family).id();
        serde_json::json!({ "family": family, "speaks": reading.speaks })
    });
    let readings: Vec<serde_json::Value> = readings.collect();
    let is_code = why.meaning.is_some_and(|meaning| meaning.weight > Weight::Possible);
    serde_json::json!({
        "text": &text[why.range.clone()],
        "start": why.range.start,
        "end": why.range.end,
        "roles": why.roles,
        "readings": readings,
        "refused": why.refused,
        "code": is_code,
    })
}

fn no_answer(context: &Context) -> &'static str {
    context.locale.pick(
        "neither a code nor a name in the catalog; to search for words, use `hexplain catalog search WORDS`",
        "ni un code ni un nom du catalogue\u{a0}; pour chercher des mots, utilisez `hexplain catalog search MOTS`",
    )
}
