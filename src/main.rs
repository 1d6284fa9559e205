//! The entry point of the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    hexplain::cli::main()
}
