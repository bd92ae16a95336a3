//! Where a report or list goes: to a file, whole or not at all, or to standard output; and its progress on a terminal.

use std::{
    io::{BufWriter, IsTerminal as _, Write},
    path::Path,
};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use super::say::StandardOutput;
use crate::tools::whole_file::WholeFile;

/// Lets `work` write to the file, or to standard output.
///
/// # Errors
/// The work's own fault, after which the file is what it was; or that it cannot be written.
pub(super) fn written<T>(
    out: Option<&Path>,
    work: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let Some(file) = out else {
        let mut to = BufWriter::new(StandardOutput);
        let made = work(&mut to).context("standard output")?;
        // Dropping a BufWriter ignores faults: what was cut off must not look whole.
        to.flush().context("standard output")?;
        return Ok(made);
    };
    let named = || file.display().to_string();
    let mut to = WholeFile::create(file).with_context(named)?;
    let made = work(&mut to).with_context(named)?;
    to.keep().with_context(named)?;
    Ok(made)
}

/// The progress of a command, on standard error; indicatif shows it on a terminal only. It goes away at the end.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Shows how many of these things were written. Where that is to a terminal, they show it themselves.
    pub(super) fn written(things: &'static str, out: Option<&Path>) -> Self {
        if out.is_none() && std::io::stdout().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        Self::of(things)
    }

    /// Shows how many of these things were done.
    pub(super) fn of(things: &'static str) -> Self {
        let style = ProgressStyle::with_template("{msg} {human_pos} {elapsed}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::no_length().with_style(style).with_message(things))
    }

    /// So many were done.
    pub(super) fn done(&self, done: u64) {
        self.0.set_position(done);
    }

    /// So many were done, of all.
    pub(super) fn done_of(&self, done: u64, all: u64) {
        if self.0.length().is_none() {
            let style = ProgressStyle::with_template("{msg} {bar:40} {human_pos}/{human_len} {eta}");
            self.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        }
        self.0.set_length(all);
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
