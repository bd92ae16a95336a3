//! Standard output, whose reader may leave: `smi rules | head`.

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

/// Where nobody reads on, the program ends as quietly as others do: with a code that says that it did not finish.
pub(super) fn write(text: fmt::Arguments<'_>) {
    if let Err(reason) = io::stdout().lock().write_fmt(text) {
        if reason.kind() != io::ErrorKind::BrokenPipe {
            eprintln!("smi: standard output: {reason}");
        }
        std::process::exit(1);
    }
}
