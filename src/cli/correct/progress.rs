//! Progress of a run: a bar on a terminal, otherwise a line every 30 seconds.

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{cli::say::tell, clock::Stopwatch};

/// The interval between lines where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(30);

pub(super) struct Progress {
    bar: ProgressBar,
    begun: Stopwatch,
    last_line: Duration,
    is_terminal: bool,
    lines: u64,
    answered: u64,
    refused: u64,
}

impl Progress {
    /// The progress of a run that sends so many lines.
    pub(super) fn new(lines: usize) -> Self {
        let lines = u64::try_from(lines).unwrap_or(u64::MAX);
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {msg} {eta} left");
        let bar = ProgressBar::new(lines).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self {
            bar,
            begun: Stopwatch::start(),
            last_line: Duration::ZERO,
            is_terminal: io::stderr().is_terminal(),
            lines,
            answered: 0,
            refused: 0,
        }
    }

    /// Counts an answer with that code.
    pub(super) fn answered(&mut self, code: &str) {
        self.answered += 1;
        if !code.starts_with('I') {
            self.refused += 1;
            self.bar.set_message(format!("{} refused", self.refused));
        }
        self.bar.inc(1);
        let elapsed = self.begun.elapsed();
        if !self.is_terminal && elapsed.saturating_sub(self.last_line) >= LINE_INTERVAL {
            self.last_line = elapsed;
            tell!("smi: {}", self.line(elapsed));
        }
    }

    fn line(&self, elapsed: Duration) -> String {
        let Self { lines, answered, refused, .. } = *self;
        // Assumes the average rate so far.
        let left = elapsed.as_secs().saturating_mul(lines.saturating_sub(answered)) / answered.max(1);
        format!("{answered} of {lines} answered, {refused} refused, about {left} s left")
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_assumes_the_average_rate() {
        let mut progress = Progress::new(400);
        for code in ["I99", "E19", "I99", "I99"] {
            progress.answered(code);
        }
        let told = progress.line(Duration::from_secs(2));
        assert_eq!(told, "4 of 400 answered, 1 refused, about 198 s left");
    }
}
