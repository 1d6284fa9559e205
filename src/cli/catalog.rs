//! `hexplain catalog`: searching, listing, checking and exporting what is known.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use super::{Common, Context, Failure};
use crate::catalog::Layer;
use crate::explain;

#[derive(Debug, Subcommand)]
pub(super) enum Catalog {
    /// Entries in which all the words stand
    Search {
        /// Words of a message, a remedy, a name or a number
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// The families, with their number of entries
    List,
    /// Check catalog files and say what is wrong where
    Check {
        /// Catalog files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Every entry of every family
    Export {
        /// The form of the output
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// One JSON object an entry and line
    Json,
    /// A Markdown table
    Markdown,
}

impl Catalog {
    pub(super) fn run(&self, common: &Common) -> Result<ExitCode, Failure> {
        match self {
            Self::Search { words } => search(&Context::new(common)?, &words.join(" ")),
            Self::List => list(&Context::new(common)?),
            Self::Check { files } => Ok(check(files)),
            Self::Export { format } => export(&Context::new(common)?, *format),
        }
    }
}

/// One line an entry; exit status 1 where none is found.
fn search(context: &Context, words: &str) -> Result<ExitCode, Failure> {
    let mut output = io::stdout().lock();
    let found = context.catalog.search(words, context.locale);
    for entry in &found {
        let key = explain::own_key(&context.catalog, entry);
        let answer = explain::answer(&context.catalog, entry, key, context.locale);
        let number = entry.numbers().map(|numbers| format!(" {numbers}")).unwrap_or_default();
        let name = answer.name.map(|name| format!(" {name}")).unwrap_or_default();
        let hex = answer.hex.unwrap_or_else(|| "-".to_owned());
        writeln!(
            output,
            "{hex:10}  {}{number}{name}: {}",
            entry_family(context, entry),
            answer.message
        )?;
    }
    if found.is_empty() {
        let nothing = context
            .locale
            .pick("no entry has all of these words", "aucune entrée n’a tous ces mots");
        eprintln!("hexplain: {nothing}");
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
            family.id(),
            family.title().get(context.locale)
        )?;
    }
    writeln!(output, "{:id_width$}  {total:5}", context.locale.pick("total", "total"))?;
    Ok(ExitCode::SUCCESS)
}

/// Each file on its own, then all of them as layers on top of the built-in catalog.
fn check(files: &[PathBuf]) -> ExitCode {
    let (mut good, mut layers) = (true, Vec::new());
    for file in files {
<<<<<<< HEAD
        match crate::catalog_files::read_layer(file) {
            Ok(layer) => println!("{}: {} entries, no problems", file.display(), layer.len()),
=======
        match super::read_layer(file) {
            Ok(layer) => layers.push((file.display().to_string(), layer)),
>>>>>>> catalog
            Err(lines) => {
                good = false;
                lines.iter().for_each(|line| eprintln!("{line}"));
            }
        }
    }
    let parsed: Vec<Layer> = layers.iter().map(|(_, layer)| layer.clone()).collect();
    let (_, problems) = crate::Catalog::builtin().with_layers(&parsed);
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    for (file, layer) in layers {
        if problems.iter().all(|problem| problem.path != file) {
            println!("{file}: {} entries, no problems", layer.len());
        }
    }
    if good && problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) }
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
                writeln!(output, "{}", serde_json::to_string(&answer).map_err(io::Error::from)?)?
            }
            Format::Markdown => writeln!(
                output,
                "| {} | {} | {} | {} | {} | {} |",
                answer.hex.unwrap_or_default(),
                entry_family(context, &entry),
                entry.numbers().unwrap_or_default(),
                answer.name.unwrap_or_default(),
                entry.severity(),
                answer.message.replace('|', "\\|"),
            )?,
        }
    }
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}
