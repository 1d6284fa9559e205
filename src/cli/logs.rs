//! Well-known logs: `hexplain logs` lists them, and `hexplain scan --logs` scans them.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::input::{Inputs, LeftOut, matching};
use super::terminal::{json, visible};
use super::{Context, Failure, to_stderr};
use crate::environment::{expand_with, variable};
use crate::locale::{Locale, Text};

// `LOGS`, from `catalog/logs.toml`.
include!(concat!(env!("OUT_DIR"), "/logs.rs"));

/// The logs of a product.
#[derive(Debug)]
pub(super) struct Logs {
    id: &'static str,
    title: Text<'static>,
    system: System,
    /// With `%NAME%`, `~`, `*` and `?`.
    paths: &'static [&'static str],
}

/// An operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum System {
    Windows,
    Macos,
    Linux,
}

impl System {
    /// The system that this program runs on.
    const fn own() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_vendor = "apple") {
            Self::Macos
        } else {
            Self::Linux
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Macos => "macOS",
            Self::Linux => "Linux",
        }
    }
}

/// The parser of the name of well-known logs.
pub(super) fn named() -> impl TypedValueParser<Value = &'static Logs> {
    let value = |logs: &Logs| PossibleValue::new(logs.id).help(logs.title.en);
    PossibleValuesParser::new(LOGS.iter().map(value))
        .map(|id| LOGS.iter().find(|logs| logs.id == id).expect("one of the possible values"))
}

impl Logs {
    /// The files and folders that exist.
    pub(super) fn found(&self) -> Vec<PathBuf> {
        self.found_with(System::own(), variable)
    }

    fn found_with(&self, own: System, variable: impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = Vec::new();
        // On another system, variables say where the disk with these logs is.
        let is_here = |path: &&&str| self.system == own || path.starts_with('%');
        for path in self.paths.iter().filter(is_here) {
            let Some(path) = expand_with(path, &variable) else { continue };
            let path = if own == System::Windows { path } else { path.replace('\\', "/") };
            let new = matching(&path).into_iter().filter(|path| !found.contains(path));
            found.extend(new.collect::<Vec<_>>());
        }
        found
    }

    /// That none exist on this machine.
    pub(super) fn not_found(&self, locale: Locale) -> LeftOut {
        let places = self.paths.join(", ");
        let reason = match locale {
            Locale::En => format!("no such logs on this machine; looked for {places}"),
            Locale::Fr => {
                format!(
                    "aucun journal de ce type sur cet ordinateur\u{a0}; cherchés\u{a0}: {places}"
                )
            }
        };
        LeftOut { name: Some(self.id.to_owned()), reason, is_error: true }
    }
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// List those of all systems, whether they exist or not, and where they are
    #[arg(long)]
    all: bool,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line for each product
    Text,
    /// One JSON object per line, one per product
    Json,
}

/// A line of the list.
#[derive(Serialize)]
struct Line {
    id: &'static str,
    system: System,
    title: &'static str,
    /// As the catalog has them.
    paths: &'static [&'static str],
    /// The number of files.
    files: usize,
    /// Their size in bytes.
    bytes: u64,
    /// The files and folders that exist.
    found: Vec<String>,
}

impl Line {
    fn of(logs: &'static Logs, locale: Locale) -> Self {
        let found = logs.found();
        let mut inputs = Inputs::default();
        found.iter().for_each(|path| inputs.add_unnamed(path));
        Self {
            id: logs.id,
            system: logs.system,
            title: logs.title.get(locale),
            paths: logs.paths,
            files: inputs.files.len(),
            bytes: inputs.files.iter().map(super::input::Input::length).sum(),
            found: found.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
        }
    }
}

impl List {
    /// Prints the list. The exit status is 1 if none of the logs exist.
    pub(super) fn run(&self, context: &Context) -> Result<ExitCode, Failure> {
        let locale = context.locale;
        let mut lines: Vec<Line> = LOGS.iter().map(|logs| Line::of(logs, locale)).collect();
        let is_any_here = lines.iter().any(|line| line.files > 0);
        if !self.all {
            lines.retain(|line| line.files > 0);
        }
        let mut output = io::stdout().lock();
        match self.format {
            Format::Json => {
                for line in &lines {
                    output.write_all(&json(line).map_err(io::Error::from)?)?;
                    writeln!(output)?;
                }
            }
            Format::Text => self.write(&mut output, &lines, locale)?,
        }
        if is_any_here {
            return Ok(ExitCode::SUCCESS);
        }
        let nothing = locale.pick(
            "none of the well-known logs are on this machine",
            "aucun des journaux connus n’est sur cet ordinateur",
        );
        to_stderr(&format!("hexplain: {nothing}"));
        Ok(ExitCode::FAILURE)
    }

    fn write(&self, output: &mut impl Write, lines: &[Line], locale: Locale) -> io::Result<()> {
        let width = lines.iter().map(|line| line.id.len()).max().unwrap_or(0);
        for line in lines {
            let (files, size) = match line.files {
                0 => ("-".to_owned(), "-".to_owned()),
                files => (files.to_string(), size(line.bytes, locale)),
            };
            write!(output, "{:width$}  {files:>5}  {size:>8}  ", line.id)?;
            if !self.all {
                writeln!(output, "{}", line.title)?;
                continue;
            }
            writeln!(output, "{}: {}", line.system.name(), line.title)?;
            for path in line.paths {
                writeln!(output, "{:width$}  {:5}  {:8}    {}", "", "", "", visible(path))?;
            }
        }
        Ok(())
    }
}

/// A size in bytes, for people.
fn size(bytes: u64, locale: Locale) -> String {
    let units = locale.pick(["kB", "MB", "GB"], ["ko", "Mo", "Go"]);
    let (mut tenths, mut unit) = (bytes.div_ceil(100), 0);
    while tenths >= 10_000 && unit + 1 < units.len() {
        (tenths, unit) = (tenths.div_ceil(1000), unit + 1);
    }
    let point = locale.pick('.', ',');
    format!("{}{point}{} {}", tenths / 10, tenths % 10, units[unit])
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    const fn logs(system: System, paths: &'static [&'static str]) -> Logs {
        Logs { id: "x", title: Text { en: "X", fr: "X" }, system, paths }
    }

    /// The names of what is found, with a disk at `root`.
    fn found(logs: &Logs, own: System, root: &Path) -> Vec<String> {
        let root = root.to_str().unwrap();
        let variable = |name: &str| (name == "Root" || name == "~").then(|| root.to_owned());
        let found = logs.found_with(own, variable);
        found.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn logs_are_found_by_variables_and_wildcards() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("Logs/[old]")).unwrap();
        for name in ["a.log", "b.LOG", "c.txt", "[old]/d.log"] {
            fs::write(root.path().join("Logs").join(name), "").unwrap();
        }
        let all = logs(
            System::Windows,
            &[r"%Root%\Logs\a.*", r"%Root%\Logs\*.log", r"%Nowhere%\*", r"%Root%\Logs\[old]\*"],
        );
        let own = System::own();
        assert_eq!(found(&all, own, root.path()), ["a.log", "b.LOG", "d.log"]);
        assert_eq!(found(&logs(own, &["~/Logs", "~/Nothing"]), own, root.path()), ["Logs"]);
    }

    #[test]
    fn logs_of_another_system_are_found_only_by_variables() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.log"), "").unwrap();
        let other = if cfg!(windows) { System::Linux } else { System::Windows };
        let own = System::own();
        assert_eq!(found(&logs(other, &["%Root%/a.log"]), own, root.path()), ["a.log"]);
        assert_eq!(found(&logs(other, &["~/a.log"]), own, root.path()), [""; 0]);
    }

    #[test]
    fn every_system_has_logs_and_every_path_is_absolute() {
        for system in [System::Windows, System::Macos, System::Linux] {
            assert!(LOGS.iter().any(|logs| logs.system == system), "{system:?}");
        }
        for logs in LOGS {
            assert!(!logs.paths.is_empty() && !logs.title.fr.is_empty(), "{}", logs.id);
            for path in logs.paths {
                let begins = match logs.system {
                    System::Windows => path.starts_with(['%', '~']) && !path.contains('/'),
                    System::Macos | System::Linux => path.starts_with(['/', '~']),
                };
                assert!(begins && !path.contains('['), "{}: {path}", logs.id);
            }
        }
    }

    #[test]
    fn a_size_has_one_decimal() {
        for (bytes, en, fr) in [
            (0, "0.0 kB", "0,0 ko"),
            (1, "0.1 kB", "0,1 ko"),
            (999_900, "999.9 kB", "999,9 ko"),
            (1_000_000, "1.0 MB", "1,0 Mo"),
            (12_345_678, "12.4 MB", "12,4 Mo"),
            (5_000_000_000_000, "5000.0 GB", "5000,0 Go"),
        ] {
            assert_eq!((size(bytes, Locale::En), size(bytes, Locale::Fr)), (en.into(), fr.into()));
        }
    }
}
