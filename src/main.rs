//! The command line's entry: parse, dispatch, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    hexplain::cli::main()
}
