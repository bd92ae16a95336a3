//! One version of the tables: its rows, and the row of a baseline.

use super::{Baseline, Column, Row, RowKey};
use crate::domain::{Date, TsatVersion, closed_set};

closed_set!(
    /// Where a version of the tables comes from.
    TableOrigin, "an origin of a table", {
        Shipped => "shipped",
        Imported => "imported",
    }
);

/// A version of the tables, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    version: TsatVersion,
    effective_from: Date,
    origin: TableOrigin,
    rows: Vec<Row>,
}

impl Table {
    /// A version with its rows, which are kept in the order of their keys. Of several rows with one key the first one counts.
    pub fn new(version: TsatVersion, effective_from: Date, origin: TableOrigin, mut rows: Vec<Row>) -> Self {
        rows.sort_by(|left, right| left.key().cmp(right.key()));
        rows.dedup_by(|later, earlier| later.key() == earlier.key());
        Self { version, effective_from, origin, rows }
    }

    /// Its name.
    pub const fn version(&self) -> &TsatVersion {
        &self.version
    }

    /// The first day on which it is in force.
    pub const fn effective_from(&self) -> Date {
        self.effective_from
    }

    /// Where it comes from.
    pub const fn origin(&self) -> TableOrigin {
        self.origin
    }

    /// Its rows, in the order of their keys: specification, version, GBCS version.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of a baseline (HUBS.md TSAT/c). A row without a GBCS version is found whatever GBCS version is recorded.
    pub fn find(&self, baseline: &Baseline) -> Option<&Row> {
        let (specification, version) = (baseline.specification?, baseline.version.as_ref()?);
        let of_version = |row: &&Row| {
            let RowKey { specification: own, version: own_version, gbcs: _ } = row.key();
            *own == specification && own_version == version
        };
        let mut rows = self.rows.iter().filter(of_version);
        // A row that names the GBCS version goes before one that has none.
        let exact = |row: &&Row| row.key().gbcs.is_some() && row.key().gbcs == baseline.gbcs;
        rows.clone().find(exact).or_else(|| rows.find(|row| row.key().gbcs.is_none()))
    }

    /// The row with that key.
    pub fn row(&self, key: &RowKey) -> Option<&Row> {
        self.rows.iter().find(|row| row.key() == key)
    }

    /// The texts of a row as a CSV file has them, behind the version and its first day.
    pub fn cells<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = String> + 'a {
        let first = [self.version.to_string(), self.effective_from.to_string()];
        first.into_iter().chain(Column::ALL.iter().map(|column| row.cell(*column)))
    }
}
