//! The command `smi`.

use std::process::ExitCode;

use clap::Parser as _;

/// A request is a few hundred small allocations, on several threads: the system's allocator takes a tenth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Parses the arguments, runs the command, and turns its end into an exit code:
/// 0 done, 1 refused or failed with a reason on standard error, 2 wrong usage (clap's own).
fn main() -> ExitCode {
    let arguments = smi::cli::CommandLine::parse();
    match smi::cli::run(arguments) {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("smi: {reason:#}");
            ExitCode::FAILURE
        }
    }
}
