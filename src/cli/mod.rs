//! The command line: every command and option, defined once. Help, completions and the man page are
//! generated from these definitions.

mod catalog;
mod decode;
mod explain;
mod input;
mod logs;
mod report;
mod scan;
mod terminal;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::catalog::{Catalog, Severity};
use crate::catalog_files::CatalogFiles;
use crate::environment::expand;
use crate::locale::Locale;
#[cfg(feature = "server")]
use crate::server;
use terminal::{visible, visible_lines};

/// Finds error codes in logs and explains them.
///
/// hexplain is a language server: editors start it with `hexplain lsp`. The other commands do
/// the same from the command line.
#[derive(Debug, Parser)]
#[command(name = "hexplain", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  hexplain explain 0x87D1FDE8         what a code means and what to do next
  hexplain scan IntuneManagementExtension.log
  hexplain scan --format json Logs/   one JSON object per line, for scripts
  hexplain scan --logs intune         the logs of a product, wherever they are
  hexplain catalog search passcode    find entries by words";

#[derive(Debug, Args)]
struct Common {
    /// The language of the answers [default: the system language, or English]
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    locale: Option<Language>,
    /// A catalog file or a folder of them, added to the built-in families; can be repeated
    #[arg(long = "catalog", global = true, value_name = "PATH", value_parser = catalog_path())]
    catalogs: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    En,
    Fr,
}

impl Language {
    fn locale(self) -> Locale {
        match self {
            Self::En => Locale::En,
            Self::Fr => Locale::Fr,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the language server on stdin and stdout
    #[cfg(feature = "server")]
    Lsp {
        /// Accepted for compatibility; the server always uses stdin and stdout
        #[arg(long)]
        stdio: bool,
    },
    /// Explain codes in any notation, family numbers and symbolic names
    #[command(after_help = "\
Examples:
  hexplain explain 0x87D1FDE8
  hexplain explain -2016281112
  hexplain explain 'SyncML(404)' APP_CI_ENFORCEMENT_ERROR_INSTALLING
  hexplain explain 404                all families with a number 404
  hexplain --locale fr explain 0x87D13B64 --format markdown")]
    Explain(explain::Explain),
    /// Find and explain the codes in files, folders or stdin
    #[command(after_help = "\
Examples:
  hexplain scan IntuneManagementExtension.log
  hexplain scan C:\\ProgramData\\Microsoft\\IntuneManagementExtension\\Logs
  some-command 2>&1 | hexplain scan -
  hexplain scan --fail-on error --format sarif . > codes.sarif

Exit status: 0; 1 if --fail-on found a code; 2 for a usage error or a file that can't be read.

In JSON, line and column (in characters) count from 1 in the file itself; start and end are byte
offsets in its text as UTF-8 without a byte order mark, whatever the file's encoding.")]
    Scan(scan::Scan),
    /// List the well-known logs on this machine, with their files
    #[command(after_help = "\
Examples:
  hexplain logs
  hexplain logs --all                 those of all systems, and where they are
  hexplain scan --logs intune

Exit status: 0; 1 if there are none on this machine.")]
    Logs(logs::List),
    /// Search, list, check or export the catalog
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    /// Print shell completions
    #[command(after_help = "Examples:\n  \
            hexplain completions bash > ~/.local/share/bash-completion/completions/hexplain\n  \
            hexplain completions powershell | Out-String | Invoke-Expression    in $PROFILE")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the man page
    #[command(after_help = "Example:\n  hexplain man > ~/.local/share/man/man1/hexplain.1")]
    Man,
}

/// Runs the command given by the process's arguments and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            to_stderr(visible_lines(&error.render().to_string()).trim_end());
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    match run(cli) {
        Ok(code) => code,
        Err(Failure::BrokenPipe) => ExitCode::SUCCESS,
        Err(Failure::Message(message)) => {
            to_stderr(&format!("hexplain: {}", visible_lines(&message)));
            ExitCode::from(2)
        }
    }
}

/// The path of a catalog, in which not every shell or editor expands variables and `~`.
fn catalog_path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new()
        .map(|path| path.to_str().and_then(expand).map_or(path.clone(), PathBuf::from))
}

/// Writes a line to stderr, if it can be written.
fn to_stderr(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let prints_itself = matches!(cli.command, Command::Completions { .. } | Command::Man);
    if prints_itself && !cli.common.catalogs.is_empty() {
        return Err(Failure::Message("--catalog has no effect on this command".to_owned()));
    }
    match cli.command {
        #[cfg(feature = "server")]
        Command::Lsp { stdio: _ } => {
            let locale = cli.common.locale.map(Language::locale);
            Ok(server::serve_stdio(server::Options { catalogs: cli.common.catalogs, locale }))
        }
        Command::Explain(explain) => explain.run(&Context::new(&cli.common)?),
        Command::Scan(scan) => scan.run(&Context::new(&cli.common)?),
        Command::Logs(list) => list.run(&Context::new(&cli.common)?),
        Command::Catalog(catalog) => catalog.run(&cli.common),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "hexplain", &mut script);
            print(&script)
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            print(&page)
        }
    }
}

fn print(bytes: &[u8]) -> Result<ExitCode, Failure> {
    io::stdout().lock().write_all(bytes)?;
    Ok(ExitCode::SUCCESS)
}

/// Why a command failed.
#[derive(Debug)]
enum Failure {
    /// The reader of the output has closed it.
    BrokenPipe,
    /// What failed, where, and how to fix it.
    Message(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            // ERROR_PIPE_NOT_CONNECTED, which std counts among the others.
            _ if cfg!(windows) && error.raw_os_error() == Some(233) => Self::BrokenPipe,
            _ => Self::Message(error.to_string()),
        }
    }
}

/// What the commands share: the catalog and the language.
struct Context {
    catalog: Catalog,
    locale: Locale,
}

impl Context {
    fn new(common: &Common) -> Result<Self, Failure> {
        let (catalog, problems) = CatalogFiles::default().load(&common.catalogs);
        if !problems.is_empty() {
            let lines: Vec<_> = problems.iter().map(|problem| visible(problem)).collect();
            return Err(Failure::Message(lines.join("\n")));
        }
        let locale = common.locale.map_or_else(Locale::from_environment, Language::locale);
        Ok(Self { catalog, locale })
    }
}

/// A severity threshold on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    Error,
    Warning,
    Information,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Information => Self::Information,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }
}
