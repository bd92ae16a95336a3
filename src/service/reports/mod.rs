//! Reports by name: of a London month, each a table (SERVICE.md 5.5), and of the inventory. To add one of a month: a name here, its columns
//! and the function that makes its rows.

mod firmware;
mod maintenance;
mod name;

pub use name::{AskedReport, MisplacedField, ReportField, ReportName};

use crate::{
    db::{Connection, StoreFault},
    domain::{Calendar, LondonMonth, Now, closed_set},
    rules::RuleSettings,
    service::{App, Fault},
};

closed_set!(
    /// A report of a month.
    MonthlyReport, "a report", {
        // How the Target Response Times of batches were met (MP230-R18).
        FirmwareTrt => "firmware-trt",
        // Who sent which large images on which day (MP230-R19).
        FirmwareUse => "firmware-use",
        // What became of maintenance windows: PM10 (MP092-R27, R31).
        Maintenance => "maintenance",
        // How well changes went (MP092-R32).
        Changes => "changes",
    }
);

impl MonthlyReport {
    /// What a line of it has, for people.
    pub const fn holds(self) -> &'static str {
        match self {
            Self::FirmwareTrt => "each batch of activations, and whether its Target Response Time was met",
            Self::FirmwareUse => "each day and User with the large images that were sent",
            Self::Maintenance => "each maintenance window and what became of it",
            Self::Changes => "each measure of how well changes went, with its target",
        }
    }
}

/// What reports go by beside the store.
#[derive(Clone, Copy, Debug)]
pub struct ReportBasis<'a> {
    /// The settings of the rules.
    pub rules: &'a RuleSettings,
    /// Which days are Working Days.
    pub calendar: &'a Calendar,
    /// The time.
    pub now: Now,
}

/// A table: its columns, and lines with a cell for each. A cell without a value is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportTable {
    /// The names of its columns.
    pub columns: &'static [&'static str],
    /// Its lines.
    pub rows: Vec<Vec<ReportCell>>,
}

/// A cell of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportCell {
    /// A text.
    Text(String),
    /// A number.
    Number(u64),
    /// Nothing: it does not apply, or is not known yet.
    Absent,
}

impl ReportCell {
    /// A text.
    pub fn text(value: impl ToString) -> Self {
        Self::Text(value.to_string())
    }

    /// A text that may be absent.
    pub fn optional(value: Option<impl ToString>) -> Self {
        value.map_or(Self::Absent, Self::text)
    }
}

/// Makes a report.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn make_report(
    connection: &mut Connection,
    report: MonthlyReport,
    month: LondonMonth,
    basis: ReportBasis<'_>,
) -> Result<ReportTable, StoreFault> {
    match report {
        MonthlyReport::FirmwareTrt => firmware::response_times(connection, month, basis),
        MonthlyReport::FirmwareUse => firmware::use_of_days(connection, month, basis),
        MonthlyReport::Maintenance => maintenance::windows(connection, month, basis),
        MonthlyReport::Changes => maintenance::changes(connection, month),
    }
}

impl App {
    /// Makes a report.
    ///
    /// # Errors
    /// When the store fails.
    pub fn monthly_report(&self, report: MonthlyReport, month: LondonMonth) -> Result<ReportTable, Fault> {
        let (calendar, now) = (self.calendar(), self.clock().now());
        let basis = ReportBasis { rules: &self.choices().rules, calendar: &calendar, now };
        self.store().read(|connection| Ok(make_report(connection, report, month, basis)?))
    }
}
