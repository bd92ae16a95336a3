//! Standard output, which may be closed early by its reader: `smi rules | head`.

use std::{
    fmt,
    io::{self, Write as _},
};

/// Writes a line to standard output.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::say::write(format_args!("{}\n", format_args!($($text)*))) };
}

/// Writes to standard output as it is.
macro_rules! show {
    ($($text:tt)*) => { $crate::cli::say::write(format_args!($($text)*)) };
}

pub(super) use {say, show};

/// Writes, or exits with code 1. A closed pipe is no error to report: `println!` would panic.
pub(super) fn write(text: fmt::Arguments<'_>) {
    if let Err(reason) = io::stdout().lock().write_fmt(text) {
        if reason.kind() != io::ErrorKind::BrokenPipe {
            eprintln!("smi: standard output: {reason}");
        }
        std::process::exit(1);
    }
}
