//! `hexplain scan`: the codes in files, folders or stdin.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use clap::{Args, ValueEnum};

use super::input::{self, Input};
use super::report::{self, Finding, Sarif, Summary};
use super::{Context, Failure, Level};
use crate::catalog::Severity;
use crate::scan::Scanner;

#[derive(Debug, Args)]
pub(super) struct Scan {
    /// Files and folders; `-` for stdin [default: stdin, or this folder on a terminal]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with status 1 if a code at least this bad is found
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Level>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the line, the code underlined, what it means, what to do
    Text,
    /// One JSON object a code and line
    Json,
    /// SARIF 2.1.0, for code scanning tools
    Sarif,
}

impl Scan {
    /// Scans all inputs, on all cores, and reports them in order.
    pub(super) fn run(&self, context: &Context) -> Result<ExitCode, Failure> {
        let (inputs, mut problems) = input::inputs(&self.paths);
        let mut summary = Summary::default();
        let mut sarif = Sarif::default();
        let stdout: Box<dyn Write> = match self.format {
            Format::Text => Box::new(anstream::stdout()),
            // No colours to take out, which would cost more than all the rest.
            Format::Json | Format::Sarif => Box::new(std::io::stdout()),
        };
        let mut output = BufWriter::with_capacity(1 << 16, stdout);
        for_each_in_order(
            &inputs,
            |input| self.scan(context, input),
            |result| -> Result<(), Failure> {
                match result {
                    Ok(scanned) => {
                        output.write_all(&scanned.text)?;
                        summary.add(&scanned.summary);
                        sarif.add(scanned.results);
                    }
                    Err(problem) => problems.push(problem),
                }
                Ok(())
            },
        )?;
        match self.format {
            Format::Text => summary.write(&mut output, context.locale)?,
            Format::Sarif => sarif.write(&mut output)?,
            Format::Json => {}
        }
        output.flush()?;
        drop(output);
        problems.iter().for_each(|problem| eprintln!("hexplain: {problem}"));
        let fails = self.fail_on.is_some_and(|level| summary.worst >= Some(Severity::from(level)));
        Ok(match (problems.is_empty(), fails) {
            (false, _) => ExitCode::from(2),
            (true, true) => ExitCode::FAILURE,
            (true, false) => ExitCode::SUCCESS,
        })
    }

    fn scan(&self, context: &Context, input: &Input) -> Result<Scanned, String> {
        let mut scanned = Scanned::default();
        let Some(text) = input.read()? else { return Ok(scanned) };
        thread_local!(static SCANNER: std::cell::OnceCell<Scanner> = const { std::cell::OnceCell::new() });
        let occurrences = SCANNER.with(|scanner| {
            scanner.get_or_init(|| Scanner::new(Arc::new(context.catalog.clone()))).scan(&text)
        });
        let name = input.name();
        let mut answers = report::Answers::new(&context.catalog, context.locale);
        let mut places = report::Places::new(&text);
        for occurrence in &occurrences {
            let (answer, first) = answers.of(occurrence.meaning);
            let finding = Finding {
                path: &name,
                text: &text,
                place: places.of(occurrence.start),
                occurrence,
                answer,
            };
            scanned.summary.count(&finding, first);
            // Writing to a vector cannot fail.
            let _ = match self.format {
                Format::Text => finding.write_text(&mut scanned.text, first, context.locale),
                Format::Json => finding.write_json(&mut scanned.text),
                Format::Sarif => {
                    scanned.results.extend(finding.sarif());
                    Ok(())
                }
            };
        }
        scanned.summary.files = 1;
        Ok(scanned)
    }
}

/// What one input gave.
#[derive(Debug, Default)]
struct Scanned {
    text: Vec<u8>,
    summary: Summary,
    results: Vec<serde_json::Value>,
}

/// Does `work` on all cores and hands the results to `take` in the inputs' order.
fn for_each_in_order<I: Sync, T: Send, E>(
    inputs: &[I],
    work: impl Fn(&I) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(1, usize::from).min(inputs.len().max(1));
    thread::scope(|scope| {
        // Few results wait: a slow terminal does not fill the memory.
        let (sender, results) = mpsc::sync_channel(cores * 2);
        for _ in 0..cores {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(input) = inputs.get(index) else { return };
                    if sender.send((index, work(input))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut early = std::collections::BTreeMap::new();
        let mut expected = 0;
        for (index, result) in results {
            early.insert(index, result);
            while let Some(result) = early.remove(&expected) {
                take(result)?;
                expected += 1;
            }
        }
        Ok(())
    })
}
