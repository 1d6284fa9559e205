//! `hexplain catalog`: searches, lists, checks and exports the catalog.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use super::terminal::{json, visible};
use super::{Common, Context, Failure, to_stderr};
use crate::catalog::Layer;
use crate::catalog_files::{files_at, read_layer};
use crate::explain;

#[derive(Debug, Subcommand)]
pub(super) enum Catalog {
    /// Search for entries that match all the words
    Search {
        /// Words from a message, a remedy or a name, or a number
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// List the families and the number of entries in each
    List,
    /// Check catalog files and report each problem with its line
    Check {
        /// Catalog files, or folders of them
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Export every entry of every family
    Export {
        /// The output format
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// One JSON object per line, one per entry
    Json,
    /// A Markdown table
    Markdown,
}

impl Catalog {
    pub(super) fn run(&self, common: &Common) -> Result<ExitCode, Failure> {
        match self {
            Self::Search { words } => search(&Context::new(common)?, &words.join(" ")),
            Self::List => list(&Context::new(common)?),
            Self::Check { files } => Ok(check(&Context::new(common)?, files)),
            Self::Export { format } => export(&Context::new(common)?, *format),
        }
    }
}

/// Prints one line per entry. The exit status is 1 if none is found.
fn search(context: &Context, words: &str) -> Result<ExitCode, Failure> {
    let mut output = io::stdout().lock();
    let found = context.catalog.search(words, context.locale);
    for entry in &found {
        let key = explain::own_key(&context.catalog, entry);
        let answer = explain::answer(&context.catalog, entry, key, context.locale);
        let number = entry.numbers().map(|numbers| format!(" {numbers}")).unwrap_or_default();
        let name = answer.name.map(|name| format!(" {}", visible(&name))).unwrap_or_default();
        let hex = answer.hex.unwrap_or_else(|| "-".to_owned());
        writeln!(
            output,
            "{hex:10}  {}{number}{name}: {}",
            visible(entry_family(context, entry)),
            visible(&answer.message)
        )?;
    }
    if found.is_empty() {
        let nothing = context
            .locale
            .pick("no entry matches all of these words", "aucune entrée ne contient tous ces mots");
        to_stderr(&format!("hexplain: {nothing}"));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn entry_family<'c>(context: &'c Context, entry: &crate::catalog::Entry<'_>) -> &'c str {
    context.catalog.family(entry.family()).id()
}

fn list(context: &Context) -> Result<ExitCode, Failure> {
    let mut output = io::stdout().lock();
    let mut total = 0;
    let id_width = context.catalog.families().map(|family| family.id().len()).max().unwrap_or(0);
    for family in context.catalog.families() {
        let of_family = |entry: &crate::catalog::Entry<'_>| entry.family() == family.catalog_id();
        let count = context.catalog.entries().filter(of_family).count();
        total += count;
        writeln!(
            output,
            "{:id_width$}  {count:5}  {}",
            visible(family.id()),
            visible(family.title().get(context.locale))
        )?;
    }
    writeln!(output, "{:id_width$}  {total:5}", context.locale.pick("total", "total"))?;
    Ok(ExitCode::SUCCESS)
}

/// Checks each file on its own, then all of them as layers on top of the catalog.
fn check(context: &Context, paths: &[PathBuf]) -> ExitCode {
    let (mut good, mut layers) = (true, Vec::new());
    for path in paths {
        let files = files_at(path).map_err(|error| vec![format!("{}: {error}", path.display())]);
        let read = match files {
            Ok(files) => files.iter().map(|file| named(file)).collect(),
            Err(lines) => vec![Err(lines)],
        };
        for layer in read {
            match layer {
                Ok(layer) => layers.push(layer),
                Err(lines) => {
                    good = false;
                    lines.iter().for_each(|line| to_stderr(&visible(line)));
                }
            }
        }
    }
    let parsed: Vec<Layer> = layers.iter().map(|(_, layer)| layer.clone()).collect();
    let (_, problems) = context.catalog.clone().with_layers(&parsed);
    problems.iter().for_each(|problem| to_stderr(&visible(&problem.to_string())));
    for (file, layer) in layers {
        if problems.iter().all(|problem| problem.path != file) {
            let entries = match layer.len() {
                1 => "1 entry".to_owned(),
                count => format!("{count} entries"),
            };
            // Who closes the output early wants no more of it.
            let line = format!("{file}: {entries}, no problems");
            let _ = writeln!(io::stdout(), "{}", visible(&line));
        }
    }
    if good && problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// A file's name and its layer.
fn named(file: &Path) -> Result<(String, Layer), Vec<String>> {
    Ok((file.to_string_lossy().into_owned(), read_layer(file)?))
}

/// A text as a cell of a Markdown table, made safe for a terminal.
fn cell(text: &str) -> String {
    explain::markdown_cell(&visible(text))
}

fn export(context: &Context, format: Format) -> Result<ExitCode, Failure> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    if matches!(format, Format::Markdown) {
        writeln!(
            output,
            "| code | family | number | name | severity | message |\n|---|---|---|---|---|---|"
        )?;
    }
    for entry in context.catalog.entries() {
        let key = explain::own_key(&context.catalog, &entry);
        let answer = explain::answer(&context.catalog, &entry, key, context.locale);
        match format {
            Format::Json => {
                output.write_all(&json(&answer).map_err(io::Error::from)?)?;
                writeln!(output)?;
            }
            Format::Markdown => writeln!(
                output,
                "| {} | {} | {} | {} | {} | {} |",
                answer.hex.unwrap_or_default(),
                entry_family(context, &entry),
                entry.numbers().unwrap_or_default(),
                cell(&answer.name.unwrap_or_default()),
                entry.severity(),
                cell(&answer.message),
            )?,
        }
    }
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}
