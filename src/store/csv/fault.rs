//! The faults of a CSV file, and the error that reports them.

use std::fmt;

use crate::{db::StoreFault, domain::escape_invisible};

/// The most faults that are reported in full; further ones are only counted, so that a bad file cannot exhaust memory.
pub(in crate::store) const MAX_REPORTED: u32 = 100;

/// The error of an import.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// The file has faults.
    #[error("{}", summary(.faults, *.total))]
    Rows {
        /// The first 100.
        faults: Vec<RowFault>,
        /// The number of all faults.
        total: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// Reading the file failed.
    #[error("the file cannot be read: {0}")]
    Read(#[source] std::io::Error),
    /// Another load of coverage holds the lock.
    #[error("another load of coverage is under way; try again when it is done")]
    UnderWay,
    /// A preview was made of what was there before another import.
    #[error("something of the kind was imported since its preview was made")]
    Overtaken,
}

fn summary(faults: &[RowFault], total: usize) -> String {
    let lines = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    match total - faults.len() {
        0 => lines,
        more => format!("{lines}\nand {more} more faults"),
    }
}

/// A fault of a file: the line, the reason, and where it applies the column and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The line its record begins at; the header is line 1.
    pub line: u64,
    /// The column, if the fault is in one.
    pub column: Option<String>,
    /// The value found, if the fault is in one.
    pub value: Option<String>,
    /// The reason, for a person.
    pub reason: String,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column `{}`", escape_invisible(column))?;
        }
        // The reason may quote a value.
        write!(f, ": {}", escape_invisible(&self.reason))
    }
}

/// Lines that were imported, although they look wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warnings {
    /// The first 100.
    pub first: Vec<RowFault>,
    /// The number of all of them.
    pub total: usize,
}

/// The collector of faults and warnings: keeps the first [`MAX_REPORTED`], counts all.
#[derive(Debug, Default)]
pub(in crate::store) struct Faults {
    first: Vec<RowFault>,
    total: usize,
    warnings: Warnings,
}

impl Faults {
    /// Adds a warning about a value that is imported.
    pub(in crate::store) fn warn_of_value(
        &mut self,
        line: u64,
        column: &str,
        value: &str,
        reason: impl Into<String>,
    ) {
        self.warnings.total += 1;
        if self.warnings.first.len() < MAX_REPORTED as usize {
            let (column, value) = (Some(column.to_owned()), Some(value.to_owned()));
            self.warnings.first.push(RowFault { line, column, value, reason: reason.into() });
        }
    }

    /// Adds a fault of a whole line.
    pub(in crate::store) fn in_line(&mut self, line: u64, reason: impl Into<String>) {
        self.add(RowFault { line, column: None, value: None, reason: reason.into() });
    }

    /// Adds a fault of a header column.
    pub(in crate::store) fn in_header(&mut self, column: &str, reason: impl Into<String>) {
        self.add(RowFault { line: 1, column: Some(column.to_owned()), value: None, reason: reason.into() });
    }

    /// Adds a fault of one value.
    pub(in crate::store) fn in_value(
        &mut self,
        line: u64,
        column: &str,
        value: &str,
        reason: impl Into<String>,
    ) {
        let (column, value) = (Some(column.to_owned()), Some(value.to_owned()));
        self.add(RowFault { line, column, value, reason: reason.into() });
    }

    /// Adds to the count alone: faults that the database counted but did not return.
    pub(in crate::store) const fn add_unreported(&mut self, number: usize) {
        self.total += number;
    }

    fn add(&mut self, fault: RowFault) {
        self.total += 1;
        if self.first.len() < MAX_REPORTED as usize {
            self.first.push(fault);
        }
    }

    /// Whether no further fault would be reported in full.
    pub(in crate::store) const fn is_full(&self) -> bool {
        self.total >= MAX_REPORTED as usize
    }

    /// Whether there are none so far.
    pub(in crate::store) const fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The result for the whole file: an error with the faults in the order of lines, if there are any, else the warnings.
    pub(in crate::store) fn into_result(mut self) -> Result<Warnings, ImportFault> {
        if self.is_empty() {
            return Ok(self.warnings);
        }
        self.first.sort_by_key(|fault| fault.line);
        Err(ImportFault::Rows { faults: self.first, total: self.total })
    }
}
