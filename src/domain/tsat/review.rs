//! The review of the tables: the rows with a date that ends before the next review (MP139-R16; HUBS.md 3, Review).

use jiff::ToSpan as _;

use super::{Column, PeriodEnd, Row, Table};
use crate::domain::Date;

/// The most months that can be asked for: a hundred years (ours).
pub const MAX_REVIEW_MONTHS: u16 = 1_200;

/// A row with a date to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewedRow<'a> {
    /// The row.
    pub row: &'a Row,
    /// Its ends from the day of the review to the next one.
    pub ends: Vec<(Column, Date)>,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review<'a> {
    /// The day of the next review, which is not part of this one.
    pub next: Date,
    /// The rows, in the order of their keys.
    pub rows: Vec<ReviewedRow<'a>>,
}

impl<'a> Review<'a> {
    /// The review of a table on a day, with the months until the next one: calendar months, the day clamped to the last one of its
    /// month. Without a table it has no rows. None where the calendar does not reach so far.
    pub fn of(table: Option<&'a Table>, on: Date, months: u16) -> Option<Self> {
        let next = on.checked_add(i32::from(months).months()).ok()?;
        let ends = |row: &Row| {
            let dates = row.ends().filter_map(|(column, end)| match end {
                PeriodEnd::On(day) => (on <= day && day < next).then_some((column, day)),
                PeriodEnd::NotDetermined => None,
            });
            dates.collect::<Vec<_>>()
        };
        let rows = table.map(Table::rows).unwrap_or_default();
        let rows = rows.iter().map(|row| ReviewedRow { row, ends: ends(row) });
        Some(Self { next, rows: rows.filter(|reviewed| !reviewed.ends.is_empty()).collect() })
    }
}
