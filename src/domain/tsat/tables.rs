//! All versions of the tables, and the one in force as at a day (HUBS.md TSAT/a). Two versions are shipped, compiled in.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{Baseline, Column, Row, Table, TableOrigin, Verdict};
use crate::domain::{Date, TsatVersion, parse_date};

/// The versions that are shipped: 9.0, and MP139 (MP139-T2 to T11).
const SHIPPED: &str = include_str!("shipped.csv");

static SHIPPED_TABLES: LazyLock<Tables> = LazyLock::new(|| Tables(in_order(shipped(SHIPPED))));

/// Versions of the tables, in the order in which they are in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables(Vec<Table>);

impl Tables {
    /// The versions that are shipped.
    pub fn shipped() -> &'static Self {
        &SHIPPED_TABLES
    }

    /// These versions over those that are shipped: one stands for a shipped one of the same name (HUBS.md 2).
    pub fn over_shipped(imported: Vec<Table>) -> Self {
        let is_replaced = |table: &&Table| imported.iter().any(|own| own.version() == table.version());
        let mut all =
            Self::shipped().0.iter().filter(|table| !is_replaced(table)).cloned().collect::<Vec<_>>();
        // Imported ones go behind: should a later release ship one of the same day, the imported one stays in force.
        all.extend(imported);
        Self(in_order(all))
    }

    /// All versions, in the order in which they are in force.
    pub fn all(&self) -> &[Table] {
        &self.0
    }

    /// The version in force as at a day: the latest that is effective then (HUBS.md TSAT/a, MP139-R8).
    pub fn in_force(&self, day: Date) -> Option<&Table> {
        self.0.iter().rev().find(|table| table.effective_from() <= day)
    }

    /// The version of that name.
    pub fn named(&self, version: &TsatVersion) -> Option<&Table> {
        self.0.iter().find(|table| table.version() == version)
    }

    /// The version before one of them.
    pub fn before(&self, table: &Table) -> Option<&Table> {
        let at = self.0.iter().position(|own| own.version() == table.version())?;
        self.0.get(at.checked_sub(1)?)
    }

    /// Whether a row of one of them has an end date that is later than the same row had in the version before (HUBS.md TSAT/n,
    /// MP139-R17).
    pub fn is_extended(&self, table: &Table, row: &Row) -> bool {
        let earlier = self.before(table).and_then(|before| before.row(row.key()));
        earlier.is_some_and(|earlier| row.is_extended_from(earlier))
    }

    /// Answers for a day, by the version in force as at another: today's by default, that of the installation for a move of a
    /// Device (HUBS.md TSAT/a, k). Region, band and Party do not matter (TSAT/l).
    pub fn judge(&self, baseline: &Baseline, on: Date, as_at: Date, ppm: bool) -> Judgement<'_> {
        let table = self.in_force(as_at);
        let row = table.and_then(|table| table.find(baseline));
        let extended = table.zip(row).is_some_and(|(table, row)| self.is_extended(table, row));
        let verdict = row.map_or_else(Verdict::no_row, |row| row.judge(on, ppm));
        Judgement { on, table, row, extended, verdict }
    }
}

/// The answers about a baseline on a day, with what gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// The day asked about.
    pub on: Date,
    /// The version of the tables; none where none was in force.
    pub table: Option<&'a Table>,
    /// The row; none where the version has none.
    pub row: Option<&'a Row>,
    /// Whether the row was extended.
    pub extended: bool,
    /// The answers.
    pub verdict: Verdict,
}

fn in_order(mut tables: Vec<Table>) -> Vec<Table> {
    // Stable: of two with one day the latter is in force.
    tables.sort_by_key(Table::effective_from);
    tables
}

/// Reads the shipped file: no cell of it is quoted. A line that could not be read would be missing, which a test looks for.
fn shipped(text: &str) -> Vec<Table> {
    let mut versions = BTreeMap::<(TsatVersion, Date), Vec<Row>>::new();
    for line in text.lines().skip(1) {
        let cells = line.split(',').collect::<Vec<_>>();
        if let Some((version, effective_from, row)) = shipped_row(&cells) {
            versions.entry((version, effective_from)).or_default().push(row);
        }
    }
    let table = |((version, from), rows)| Table::new(version, from, TableOrigin::Shipped, rows);
    versions.into_iter().map(table).collect()
}

fn shipped_row(cells: &[&str]) -> Option<(TsatVersion, Date, Row)> {
    let [version, effective_from, row @ ..] = cells else { return None };
    let cell = |column: Column| {
        let at = Column::ALL.iter().position(|other| *other == column);
        at.and_then(|at| row.get(at).copied()).unwrap_or_default()
    };
    Some((version.parse().ok()?, parse_date(effective_from).ok()?, Row::read(cell).ok()?))
}
