//! The outcomes of lines, and their totals.

use std::{collections::BTreeMap, fmt};

use crate::domain::closed_set;

closed_set!(
    /// The outcome of a line.
    LineOutcome, "an outcome of a line", {
        Done => "done",
        Refused => "refused",
        Left => "left",
        Duplicate => "duplicate",
        Conflict => "conflict",
        Faulty => "faulty",
        WouldBeDone => "would be done",
        WouldBeRefused => "would be refused",
    }
);

/// Totals, in the order of [`LineOutcome`], then by code and rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<(LineOutcome, String, String), u64>);

impl Tally {
    /// Counts a line.
    pub(super) fn count(&mut self, outcome: LineOutcome, code: &str, rule: &str) {
        *self.0.entry((outcome, code.to_owned(), rule.to_owned())).or_default() += 1;
    }

    /// How many lines have that outcome.
    pub fn of(&self, outcome: LineOutcome) -> u64 {
        self.0.iter().filter(|((found, ..), _)| *found == outcome).map(|(_, count)| count).sum()
    }

    /// Whether every line is done, or duplicates one that is.
    pub fn is_all_done(&self) -> bool {
        self.0.keys().all(|(outcome, ..)| match outcome {
            LineOutcome::Done | LineOutcome::Duplicate | LineOutcome::WouldBeDone => true,
            LineOutcome::Refused
            | LineOutcome::Left
            | LineOutcome::Conflict
            | LineOutcome::Faulty
            | LineOutcome::WouldBeRefused => false,
        })
    }
}

/// A line for each total: `  2 refused: E19 (SR/12)`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((outcome, code, rule), count) in &self.0 {
            write!(f, "{count:>9} {outcome}")?;
            match (code.as_str(), rule.as_str()) {
                ("", _) => writeln!(f)?,
                (code, "") => writeln!(f, ": {code}")?,
                (code, rule) => writeln!(f, ": {code} ({rule})")?,
            }
        }
        Ok(())
    }
}
