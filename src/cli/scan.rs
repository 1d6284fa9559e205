//! `hexplain scan`: finds the codes in files, folders or stdin.

use std::collections::HashSet;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use clap::{Args, ValueEnum};

use super::input::{Input, Inputs, LeftOut};
use super::logs::{self, Logs};
use super::report::{Answers, Finding, Places, Sarif, Summary};
use super::terminal::{json, visible};
use super::to_stderr;
use super::{Context, Failure, Level};
use crate::catalog::{Catalog, Severity};
use crate::locale::Locale;
use crate::scan::{Meaning, Occurrence, SIGHT, Scanner, Weight};

#[derive(Debug, Args)]
pub(super) struct Scan {
    /// Files and folders; `-` for stdin [default: stdin, or this folder on a terminal]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Also scan the well-known logs with this name, which `hexplain logs` lists; can be repeated
    #[arg(long, value_name = "NAME", value_parser = logs::named(), hide_possible_values = true)]
    logs: Vec<&'static Logs>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with status 1 if a code of at least this severity is found
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Level>,
    /// Omit codes that are not in the catalog
    #[arg(long)]
    known: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The line with the code underlined, its meaning, and what to do
    Text,
    /// One JSON object per line, one per code
    Json,
    /// SARIF 2.1.0, for code scanning tools
    Sarif,
}

/// How many bytes of a large text are scanned and reported at a time.
const PART: usize = 1 << 20;

impl Scan {
    /// Scans all inputs on all cores, and reports them in order.
    pub(super) fn run(&self, context: &Context) -> Result<ExitCode, Failure> {
        let Inputs { files, left_out } = self.inputs(context.locale);
        let stdout: Box<dyn Write> = match self.format {
            Format::Text => Box::new(anstream::stdout()),
            // There are no colors to strip, which would take longer than everything else.
            Format::Json | Format::Sarif => Box::new(std::io::stdout()),
        };
        let mut run = Run {
            format: self.format,
            known: self.known,
            locale: context.locale,
            workers: workers(context),
            output: BufWriter::with_capacity(1 << 16, stdout),
            summary: Summary::default(),
            sarif: Sarif::default(),
            left_out,
            fail_on: self.fail_on,
        };
        for inputs in files.chunk_by(|a, b| !a.is_large() && !b.is_large()) {
            match inputs {
                [input] => run.one(input)?,
                inputs => run.several(inputs)?,
            }
        }
        run.end()
    }

    /// The arguments' files, then those of the well-known logs.
    fn inputs(&self, locale: Locale) -> Inputs {
        let mut inputs = Inputs::default();
        if self.logs.is_empty() || !self.paths.is_empty() {
            inputs.add_arguments(&self.paths);
        }
        for logs in &self.logs {
            let found = logs.found();
            if found.is_empty() {
                inputs.left_out.push(logs.not_found(locale));
            }
            found.iter().for_each(|path| inputs.add_unnamed(path));
        }
        inputs
    }
}

/// A scan in progress.
struct Run<'c> {
    format: Format,
    known: bool,
    locale: Locale,
    workers: Vec<Worker<'c>>,
    output: BufWriter<Box<dyn Write>>,
    summary: Summary,
    sarif: Sarif,
    left_out: Vec<LeftOut>,
    fail_on: Option<Level>,
}

impl Run<'_> {
    /// Scans small files, each on one core.
    fn several(&mut self, inputs: &[Input]) -> Result<(), Failure> {
        let mut workers = std::mem::take(&mut self.workers);
        let (format, known, locale) = (self.format, self.known, self.locale);
        let work = |worker: &mut Worker<'_>, input: &Input| {
            let text = input.read(locale)?;
            let name = input.name();
            let mut report = Report::new(format, known, locale, &name, &text, Places::new(&text));
            let found = worker.found(&name, &text, 0..text.len());
            found.iter().for_each(|occurrence| report.add(occurrence, &mut worker.answers));
            Ok(report.scanned)
        };
        let result = for_each_in_order(&mut workers, inputs, work, |result| match result {
            Ok(scanned) => {
                self.summary.files += 1;
                self.take(scanned)
            }
            Err(left_out) => {
                self.left_out.push(left_out);
                Ok(())
            }
        });
        self.workers = workers;
        result
    }

    /// Scans a file in parts, on all cores.
    fn one(&mut self, input: &Input) -> Result<(), Failure> {
        let text = match input.read(self.locale) {
            Ok(text) => text,
            Err(left_out) => {
                self.left_out.push(left_out);
                return Ok(());
            }
        };
        self.summary.files += 1;
        let mut workers = std::mem::take(&mut self.workers);
        let result = self.in_parts(&mut workers, &input.name(), &text);
        self.workers = workers;
        result
    }

    fn in_parts(
        &mut self,
        workers: &mut [Worker<'_>],
        name: &str,
        text: &str,
    ) -> Result<(), Failure> {
        let (format, known, locale) = (self.format, self.known, self.locale);
        let parts = parts(text);
        if format == Format::Json {
            let parts = with_places(workers, text, parts);
            let work = |worker: &mut Worker<'_>, (part, places): &(Range<usize>, Places<'_>)| {
                let mut report = Report::new(format, known, locale, name, text, *places);
                let found = worker.found(name, text, part.clone());
                found.iter().for_each(|occurrence| report.add(occurrence, &mut worker.answers));
                report.scanned
            };
            return for_each_in_order(workers, &parts, work, |scanned| self.take(scanned));
        }
        // The first occurrence of a code is reported in full, so only scanning is done in parts.
        let Some((first, _)) = workers.split_first() else { return Ok(()) };
        let mut answers = Answers::new(first.catalog, locale);
        let mut report = Report::new(format, known, locale, name, text, Places::new(text));
        let work =
            |worker: &mut Worker<'_>, part: &Range<usize>| worker.found(name, text, part.clone());
        for_each_in_order(workers, &parts, work, |found| {
            found.iter().for_each(|occurrence| report.add(occurrence, &mut answers));
            self.take(std::mem::take(&mut report.scanned))
        })
    }

    fn take(&mut self, scanned: Scanned) -> Result<(), Failure> {
        self.write(&scanned.text)?;
        self.summary.add(&scanned.summary);
        self.sarif.add(scanned.results);
        Ok(())
    }

    /// Writes a part of the output. If its reader has closed it, the scan goes on only for its exit
    /// status.
    fn write(&mut self, text: &[u8]) -> Result<(), Failure> {
        match self.output.write_all(text).map_err(Failure::from) {
            Err(Failure::BrokenPipe) if self.fail_on.is_some() => {
                self.output = BufWriter::new(Box::new(std::io::sink()));
                Ok(())
            }
            written => written,
        }
    }

    /// Writes what applies to all files.
    fn end(mut self) -> Result<ExitCode, Failure> {
        let mut end = Vec::new();
        match self.format {
            Format::Text => self.summary.write(&mut end, self.left_out.len(), self.locale)?,
            Format::Sarif => self.sarif.write(&mut end, &self.left_out, self.locale)?,
            Format::Json => {}
        }
        self.write(&end)?;
        match self.output.flush().map_err(Failure::from) {
            Err(Failure::BrokenPipe) if self.fail_on.is_some() => {}
            flushed => flushed?,
        }
        for file in &self.left_out {
            to_stderr(&format!("hexplain: {}", visible(&file.message(self.locale))));
        }
        let fails =
            self.fail_on.is_some_and(|level| self.summary.worst >= Some(Severity::from(level)));
        Ok(match (self.left_out.iter().any(|file| file.is_error), fails) {
            (true, _) => ExitCode::from(2),
            (false, true) => ExitCode::FAILURE,
            (false, false) => ExitCode::SUCCESS,
        })
    }
}

/// The state of a scanning thread.
struct Worker<'c> {
    catalog: &'c Catalog,
    scanner: Scanner,
    answers: Answers<'c>,
}

fn workers(context: &Context) -> Vec<Worker<'_>> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let catalog = Arc::new(context.catalog.clone());
    (0..cores)
        .map(|_| Worker {
            catalog: &context.catalog,
            scanner: Scanner::new(catalog.clone()),
            answers: Answers::new(&context.catalog, context.locale),
        })
        .collect()
}

impl Worker<'_> {
    fn found(&self, name: &str, text: &str, part: Range<usize>) -> Vec<Occurrence> {
        let mut found = Vec::new();
        let kind = self.scanner.file_kind(name, None, text);
        self.scanner
            .scan_part(text.as_bytes(), part, &kind, |_, occurrence| found.push(occurrence));
        found
    }
}

/// Divides a text into parts at character boundaries.
fn parts(text: &str) -> Vec<Range<usize>> {
    let ends = (PART..text.len()).step_by(PART).map(|end| text.floor_char_boundary(end));
    let mut start = 0;
    ends.chain([text.len()]).map(|end| std::mem::replace(&mut start, end)..end).collect()
}

/// The parts, with places that start where an occurrence in the part may start.
fn with_places<'t>(
    workers: &mut [Worker<'_>],
    text: &'t str,
    parts: Vec<Range<usize>>,
) -> Vec<(Range<usize>, Places<'t>)> {
    // An occurrence may start before its token, and so before its part.
    let before = |byte: usize| text.floor_char_boundary(byte.saturating_sub(SIGHT));
    let stretches: Vec<_> = parts.iter().map(|part| before(part.start)..before(part.end)).collect();
    let mut at = Places::new(text);
    let mut places = Vec::with_capacity(parts.len());
    let work = |_: &mut Worker<'_>, stretch: &Range<usize>| Places::through(text, stretch);
    let Ok(()) = for_each_in_order(workers, &stretches, work, |through| {
        places.push(at);
        at = at.then(through);
        Ok::<(), std::convert::Infallible>(())
    });
    parts.into_iter().zip(places).collect()
}

/// What is reported about a text or a part of it.
struct Report<'t> {
    format: Format,
    /// Whether codes that are not in the catalog are left out.
    known: bool,
    locale: Locale,
    path: &'t str,
    json_path: Vec<u8>,
    text: &'t str,
    places: Places<'t>,
    seen: HashSet<Meaning>,
    scanned: Scanned,
}

impl<'t> Report<'t> {
    fn new(
        format: Format,
        known: bool,
        locale: Locale,
        path: &'t str,
        text: &'t str,
        places: Places<'t>,
    ) -> Self {
        let json_path = json(&path).expect("a string is JSON");
        let (seen, scanned) = (HashSet::new(), Scanned::default());
        Self { format, known, locale, path, json_path, text, places, seen, scanned }
    }

    fn add(&mut self, occurrence: &Occurrence, answers: &mut Answers<'_>) {
        let meaning = occurrence.meaning;
        // JSON reports every occurrence, whatever it means.
        let is_shown = match self.format {
            Format::Json => meaning.weight > Weight::Possible,
            Format::Text | Format::Sarif => meaning.is_reported(),
        };
        if !is_shown {
            return;
        }
        let (answer, json) = answers.of(meaning);
        if self.known && answer.severity.is_none() {
            return;
        }
        let place = self.places.of(occurrence.start);
        let finding = Finding { path: self.path, text: self.text, place, occurrence, answer };
        if !meaning.repeats {
            self.scanned.summary.count(meaning, answer.severity);
        }
        // Writing to a vector never fails.
        let _ = match self.format {
            Format::Text => {
                let first = self.seen.insert(occurrence.meaning);
                finding.write_text(&mut self.scanned.text, first, self.locale)
            }
            Format::Json => finding.write_json(&mut self.scanned.text, &self.json_path, json),
            Format::Sarif => {
                self.scanned.results.extend(finding.sarif(self.locale));
                Ok(())
            }
        };
    }
}

/// The results for an input or a part of it.
#[derive(Debug, Default)]
struct Scanned {
    text: Vec<u8>,
    summary: Summary,
    results: Vec<serde_json::Value>,
}

/// Runs `work` with every worker, each on its own thread, and passes the results to `take` in input
/// order.
fn for_each_in_order<W: Send, I: Sync, T: Send, E>(
    workers: &mut [W],
    inputs: &[I],
    work: impl Fn(&mut W, &I) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        // Few results are queued, so that a slow terminal does not fill the memory.
        let (sender, results) = mpsc::sync_channel(workers.len() * 2);
        for worker in workers.iter_mut().take(inputs.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(input) = inputs.get(index) else { return };
                    if sender.send((index, work(worker, input))).is_err() {
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
