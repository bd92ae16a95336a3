//! Standard output and standard error, either of which may be closed early by its reader: `smi rules | head`.

use std::{
    fmt,
    io::{self, IsTerminal as _, Write},
};

use crate::domain::escape_invisible_in_lines;

/// The exit code where the reader of standard output left: what a shell reports of a command that SIGPIPE ended.
const READER_LEFT: i32 = 141;

/// Writes a line to standard output.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::say::write(format_args!("{}\n", format_args!($($text)*))) };
}

/// Writes to standard output as it is.
macro_rules! show {
    ($($text:tt)*) => { $crate::cli::say::write(format_args!($($text)*)) };
}

/// Writes a line to standard error. Where that is closed the line is lost: `eprintln!` would panic.
macro_rules! tell {
    ($($text:tt)*) => { $crate::cli::say::write_aside(format_args!("{}\n", format_args!($($text)*))) };
}

pub(super) use {say, show, tell};

/// Standard output, whose closed pipe ends the command without a word: nothing is wrong, and nobody reads any more.
pub(super) struct StandardOutput;

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().lock().write(bytes).inspect_err(end_where_nobody_reads)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().lock().flush().inspect_err(end_where_nobody_reads)
    }
}

fn end_where_nobody_reads(fault: &io::Error) {
    if fault.kind() == io::ErrorKind::BrokenPipe {
        std::process::exit(READER_LEFT);
    }
}

/// Writes to standard output, or ends the command: `println!` would panic. On a terminal what others wrote is escaped.
pub(super) fn write(text: fmt::Arguments<'_>) {
    let text = text.to_string();
    let is_terminal = io::stdout().is_terminal();
    write_bytes(if is_terminal { escape_invisible_in_lines(&text) } else { text }.as_bytes());
}

/// Writes to standard output to the byte, or ends the command.
pub(super) fn write_bytes(bytes: &[u8]) {
    // What stays in the buffer would be lost without a word.
    if let Err(reason) = StandardOutput.write_all(bytes).and_then(|()| StandardOutput.flush()) {
        tell!("smi: standard output: {reason}");
        std::process::exit(1);
    }
}

/// Writes to standard error, for people: what others wrote is escaped.
pub(super) fn write_aside(text: fmt::Arguments<'_>) {
    let text = escape_invisible_in_lines(&text.to_string());
    // There is nowhere left to report to.
    drop(io::stderr().lock().write_all(text.as_bytes()));
}

/// Writes why a command failed to standard error.
pub fn tell_reason(reason: &anyhow::Error) {
    tell!("smi: {}", with_causes(reason));
}

/// A fault and its causes, each text once: many faults name their cause themselves.
fn with_causes(reason: &anyhow::Error) -> String {
    let mut shown = String::new();
    for cause in reason.chain().map(ToString::to_string) {
        if shown.is_empty() {
            shown = cause;
        } else if !shown.contains(&cause) {
            shown = format!("{shown}: {cause}");
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ExportFault;

    #[test]
    fn a_cause_is_named_once() {
        let full = || io::Error::other("no space left");
        for fault in [ExportFault::Flush(full()), ExportFault::Write(full().into())] {
            let reason = anyhow::Error::new(fault).context("devices.csv");
            assert_eq!(with_causes(&reason), "devices.csv: cannot write the file: no space left");
        }
        let reason = anyhow::Error::new(full()).context("a").context("b");
        assert_eq!(with_causes(&reason), "b: a: no space left");
    }
}
