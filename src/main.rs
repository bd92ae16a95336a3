//! The command `smi`.

use std::process::ExitCode;

use clap::Parser as _;

/// The allocator. A request makes a few hundred small allocations, and the system's allocator would take a tenth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Parses the arguments, runs the command, and returns its exit code: 0 for success, 1 for a refusal or an error, with the
/// reason on standard error, 2 for wrong usage, which clap reports, and 141 where the reader of standard output left.
fn main() -> ExitCode {
    let arguments = smi::cli::CommandLine::parse();
    match smi::cli::run(arguments) {
        Ok(code) => code,
        Err(reason) => {
            smi::cli::tell_reason(&reason);
            ExitCode::FAILURE
        }
    }
}
