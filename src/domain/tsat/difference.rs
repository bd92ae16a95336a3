//! The difference of two versions of the tables, cell by cell.

use super::{Column, Row, RowKey, Table};

/// A cell that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellChange {
    /// The row.
    pub row: RowKey,
    /// The column, which holds dates.
    pub column: Column,
    /// Its text in the first version.
    pub from: String,
    /// Its text in the second one.
    pub to: String,
}

/// What differs between two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The dates that differ, in the order of rows and columns.
    pub cells: Vec<CellChange>,
    /// The rows that only the second version has.
    pub added: Vec<RowKey>,
    /// The rows that only the first version has.
    pub removed: Vec<RowKey>,
    /// The rows of the second version that are extended: an end date is later than in the first one (HUBS.md TSAT/n).
    pub extended: Vec<RowKey>,
}

/// Compares two versions. Texts beside the dates are not compared.
pub fn difference(from: &Table, to: &Table) -> Difference {
    let mut found = Difference::default();
    for row in to.rows() {
        let key = row.key();
        let Some(before) = from.row(key) else {
            found.added.push(key.clone());
            continue;
        };
        found.cells.extend(changed_cells(before, row));
        if row.is_extended_from(before) {
            found.extended.push(key.clone());
        }
    }
    let is_gone = |row: &&Row| to.row(row.key()).is_none();
    found.removed = from.rows().iter().filter(is_gone).map(|row| row.key().clone()).collect();
    found
}

fn changed_cells(before: &Row, after: &Row) -> impl Iterator<Item = CellChange> {
    let cells = Column::DATES.iter().map(|column| CellChange {
        row: after.key().clone(),
        column: *column,
        from: before.cell(*column),
        to: after.cell(*column),
    });
    cells.filter(|cell| cell.from != cell.to)
}
