//! The rows of a report, whatever they are written as.

use std::io;

use crate::domain::{CspRegion, Date, HubReport, PartySignifier, Pence, TsatVersion, tsat::PeriodEnd};

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// An amount: pounds in CSV and for people, pence in JSON.
    Money(Pence),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// A number of hubs.
    pub(super) fn count(hubs: u64) -> Self {
        Self::Number(i64::try_from(hubs).unwrap_or(i64::MAX))
    }

    /// A Party.
    pub(super) fn party(party: Option<&PartySignifier>) -> Self {
        Self::Text(party.map_or_else(|| "unknown".to_owned(), ToString::to_string))
    }

    /// The text of a value, if there is one.
    pub(super) fn optional<T: ToString>(value: Option<&T>) -> Self {
        value.map_or(Self::Empty, |value| Self::Text(value.to_string()))
    }

    /// A text that is empty where there is nothing.
    pub(super) fn filled(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// The text for CSV and for people.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Money(pence) => pence.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Self::Text(day.to_string())
    }
}

impl From<PeriodEnd> for Cell {
    fn from(end: PeriodEnd) -> Self {
        Self::Text(end.to_string())
    }
}

impl From<Pence> for Cell {
    fn from(pence: Pence) -> Self {
        Self::Money(pence)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<CspRegion> for Cell {
    fn from(region: CspRegion) -> Self {
        Self::Text(region.to_string())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// What stands above the rows of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportHead {
    /// The report.
    pub report: HubReport,
    /// The London day it is about.
    pub on: Date,
    /// The version of the Applicability Tables in force on it.
    pub table: Option<TsatVersion>,
    /// Of stock at risk: within how many days.
    pub within: Option<u32>,
    /// The names of the columns.
    pub columns: Vec<&'static str>,
}

/// What stands below them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportTotal {
    /// Nothing.
    Nothing,
    /// A row of sums.
    Row(Vec<Cell>),
    /// Numbers of hubs by name.
    Named(Vec<(&'static str, u64)>),
}

/// Takes a report as it is made.
pub trait ReportSink {
    /// Takes what stands above the rows: once, and first.
    ///
    /// # Errors
    /// When it cannot be written.
    fn begin(&mut self, head: &ReportHead) -> io::Result<()>;

    /// Takes a row, with a cell for each column.
    ///
    /// # Errors
    /// When it cannot be written.
    fn row(&mut self, cells: &[Cell]) -> io::Result<()>;

    /// Takes what stands below the rows: once, and last.
    ///
    /// # Errors
    /// When it cannot be written.
    fn end(&mut self, total: &ReportTotal) -> io::Result<()>;
}
