//! The cells of a row as texts: the columns, and the reading of each with its faults.

use std::str::FromStr;

use super::{Period, PeriodEnd};
use crate::domain::{Date, Malformed, closed_set, parse_date};

closed_set!(
    /// A column of a row, as CSV files name it.
    Column, "a column of the tables", {
        Specification => "specification",
        SpecVersion => "spec_version",
        GbcsVersion => "gbcs_version",
        InstallFrom => "install_from",
        InstallTo => "install_to",
        PpmInstallTo => "ppm_install_to",
        MaintainFrom => "maintain_from",
        MaintainTo => "maintain_to",
        OperateFrom => "operate_from",
        OperateTo => "operate_to",
        Security => "security",
        Note => "note",
    }
);

impl Column {
    /// The columns that hold dates.
    pub const DATES: &'static [Self] = &[
        Self::InstallFrom,
        Self::InstallTo,
        Self::PpmInstallTo,
        Self::MaintainFrom,
        Self::MaintainTo,
        Self::OperateFrom,
        Self::OperateTo,
    ];
}

/// The text of a test that does not exist, or of a GBCS version where there is none.
pub(super) const NOT_APPLICABLE: &str = "n/a";

/// The text of a value that may be absent.
pub(super) fn or_not_applicable<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| NOT_APPLICABLE.to_owned(), |value| value.to_string())
}

/// A cell that cannot be read, or that does not fit the others of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// Its column.
    pub column: Column,
    /// The text found.
    pub value: String,
    /// Why, for people.
    pub reason: String,
}

/// The reader of a row's cells: it goes on after a fault, so that all of a row are told.
pub(super) struct CellReader<F> {
    cell: F,
    faults: Vec<CellFault>,
}

impl<'a, F: Fn(Column) -> &'a str> CellReader<F> {
    pub(super) const fn new(cell: F) -> Self {
        Self { cell, faults: Vec::new() }
    }

    /// The faults so far.
    pub(super) fn into_faults(self) -> Vec<CellFault> {
        self.faults
    }

    /// Whether the text says that there is no such value.
    pub(super) fn is_not_applicable(&self, column: Column) -> bool {
        (self.cell)(column) == NOT_APPLICABLE
    }

    /// Adds a fault of a cell.
    pub(super) fn fault(&mut self, column: Column, reason: impl Into<String>) {
        let value = (self.cell)(column).to_owned();
        self.faults.push(CellFault { column, value, reason: reason.into() });
    }

    /// Parses a cell.
    pub(super) fn value<T: FromStr<Err = Malformed>>(&mut self, column: Column) -> Option<T> {
        self.value_by(column, str::parse)
    }

    /// Parses a cell by a function.
    pub(super) fn value_by<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(&str) -> Result<T, Malformed>,
    ) -> Option<T> {
        let text = (self.cell)(column);
        let reason = match read(text) {
            Ok(value) => return Some(value),
            Err(malformed) if text.is_empty() => format!("empty, but must be {}", malformed.expected()),
            Err(malformed) => malformed.to_string(),
        };
        self.fault(column, reason);
        None
    }

    /// Parses a cell that may be `n/a`. The outer `None` is a fault.
    pub(super) fn applicable<T: FromStr<Err = Malformed>>(&mut self, column: Column) -> Option<Option<T>> {
        if self.is_not_applicable(column) { Some(None) } else { self.value(column).map(Some) }
    }

    /// Parses the two cells of a period. One that ends before it begins is a fault of its end.
    pub(super) fn period(&mut self, from: Column, to: Column) -> Option<Period> {
        let first = self.value_by(from, parse_date);
        let end = self.value::<PeriodEnd>(to);
        self.ends_after(first?, from, end?, to)
    }

    /// The period of a beginning and an end that were read.
    pub(super) fn ends_after(
        &mut self,
        first: Date,
        from: Column,
        end: PeriodEnd,
        to: Column,
    ) -> Option<Period> {
        let period = Period::new(first, end);
        if period.is_none() {
            self.fault(to, format!("`{end}` is before {from} `{first}`"));
        }
        period
    }
}
