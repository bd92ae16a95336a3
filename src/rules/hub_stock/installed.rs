//! Installed hubs: those that ran out of time (MP139-R4), and those that were not installed in time (MP139-R13).

use super::StockFacts;
use crate::domain::{
    Date, HubVersion, TsatVersion,
    tsat::{May, PeriodEnd, Tables, ValidityTest},
};

/// Why installed hubs of a version are outstanding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outstanding {
    /// The last day of the period that ended first.
    pub ended: Date,
    /// What may not be any more: `operate`, or `maintain`.
    pub test: ValidityTest,
}

/// Whether installed hubs of a version are outstanding: the Applicability Period or the Maintenance Validity Period has ended. Of
/// both, the one that ended first counts; on one day, that of operation.
pub fn outstanding(facts: &StockFacts<'_>, version: &HubVersion) -> Option<Outstanding> {
    let row = facts.row(version)?;
    let ended = |end: Option<PeriodEnd>, test| {
        let end = end.and_then(PeriodEnd::date).filter(|end| *end < facts.on);
        end.map(|ended| Outstanding { ended, test })
    };
    let operate = ended(row.operate().map(|period| period.to()), ValidityTest::Operate);
    let maintain = ended(Some(row.maintain().to()), ValidityTest::Maintain);
    // Of equal ones `min_by_key` takes the first.
    operate.into_iter().chain(maintain).min_by_key(|found| found.ended)
}

/// Whether a hub was installed inside its Installation Validity Period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compliance {
    /// It was.
    Compliant,
    /// It was not, by that version of the tables.
    NonCompliant(TsatVersion),
    /// The version in force had no row of it; absent where none was in force.
    NoRow(Option<TsatVersion>),
    /// It is not known when it was installed.
    UnknownDate,
}

impl Compliance {
    /// The verdict as the report shows it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Compliant => "compliant",
            Self::NonCompliant(_) => "non_compliant",
            Self::NoRow(_) => "no_row",
            Self::UnknownDate => "unknown_date",
        }
    }

    /// The version of the tables that judged.
    pub const fn table(&self) -> Option<&TsatVersion> {
        match self {
            Self::NonCompliant(version) => Some(version),
            Self::NoRow(version) => version.as_ref(),
            Self::Compliant | Self::UnknownDate => None,
        }
    }
}

/// Judges the installation of a hub by the table in force on its day (HUBS.md TSAT/k).
pub fn compliance(tables: &Tables, version: &HubVersion, installed_on: Option<Date>) -> Compliance {
    let Some(day) = installed_on else { return Compliance::UnknownDate };
    let judgement = tables.judge(&version.baseline(), day, day, false);
    let table = judgement.table.map(|table| table.version().clone());
    match (judgement.verdict.install.may, table) {
        (May::Yes | May::NotAsked, _) => Compliance::Compliant,
        (May::No, Some(table)) => Compliance::NonCompliant(table),
        (May::No, None) => Compliance::NoRow(None),
        (May::NoRow, table) => Compliance::NoRow(table),
    }
}

/// How many hubs were installed how. Those that are compliant count towards the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ComplianceTotals {
    /// Inside the period.
    pub compliant: u64,
    /// Outside it.
    pub non_compliant: u64,
    /// Without a row.
    pub no_row: u64,
    /// Nobody knows when.
    pub unknown_date: u64,
}

impl ComplianceTotals {
    /// Counts one more.
    pub const fn add(&mut self, compliance: &Compliance) {
        match compliance {
            Compliance::Compliant => self.compliant += 1,
            Compliance::NonCompliant(_) => self.non_compliant += 1,
            Compliance::NoRow(_) => self.no_row += 1,
            Compliance::UnknownDate => self.unknown_date += 1,
        }
    }
}
