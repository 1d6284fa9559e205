//! `hexplain explain`: what codes mean.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::terminal::{visible, visible_lines};
use super::{Context, Failure};
use crate::explain::{self, Answer};
use crate::scan::Scanner;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Codes in any notation, family numbers, symbolic names, or the words of an error screen
    #[arg(required = true, value_name = "CODE", allow_negative_numbers = true)]
    codes: Vec<String>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
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

/// One line of JSON: the code that was asked for, and its answers.
#[derive(Serialize)]
struct Line<'a> {
    query: &'a str,
    answers: Vec<Answer>,
}

impl Explain {
    /// Prints the answers; exit status 1 where one of the codes has none.
    pub(super) fn run(&self, context: &Context) -> Result<ExitCode, Failure> {
        let scanner = Scanner::new(Arc::new(context.catalog.clone()));
        let mut output = anstream::stdout().lock();
        let mut all_known = true;
        for (i, code) in self.codes.iter().enumerate() {
            let answers = explain::answers_to_query(&scanner, code, context.locale);
            all_known &= answers.iter().any(|answer| answer.severity.is_some());
            if i > 0 && self.format != Format::Json {
                writeln!(output)?;
            }
            match self.format {
                Format::Json => {
                    let line = serde_json::to_string(&Line { query: code, answers });
                    writeln!(output, "{}", line.map_err(std::io::Error::from)?)?;
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
}

fn no_answer(context: &Context) -> &'static str {
    context.locale.pick(
        "neither a code nor a name in the catalog; to search for words, use `hexplain catalog search WORDS`",
        "ni un code ni un nom du catalogue\u{a0}; pour chercher des mots, utilisez `hexplain catalog search MOTS`",
    )
}
