//! The difference of two versions, the review, the dates of a decision, and compatibility.

use serde::Serialize;

use super::as_map::as_map;
use crate::{
    domain::{
        Date,
        tsat::{
            CellChange, CompatibilityRecord, CompatibilityRecords, Difference, EffectiveDates, Review,
            ReviewedRow, RowKey, Table, VersionNumber,
        },
    },
    web::csv_text::csv_text,
};

/// The difference of two versions, as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownDifference {
    /// The first version.
    pub from: String,
    /// The second one.
    pub to: String,
    /// The dates that differ.
    pub cells: Vec<ShownCellChange>,
    /// The rows that only the second version has.
    pub added: Vec<String>,
    /// The rows that only the first version has.
    pub removed: Vec<String>,
    /// The rows with a later end date in the second version.
    pub extended: Vec<String>,
}

/// A cell that differs.
#[derive(Clone, Debug, Serialize)]
pub struct ShownCellChange {
    /// The row.
    pub row: String,
    /// The column.
    pub column: &'static str,
    /// The text in the first version.
    pub from: String,
    /// The text in the second one.
    pub to: String,
}

impl ShownDifference {
    /// Of these two versions.
    pub fn new(from: &Table, to: &Table, difference: &Difference) -> Self {
        let Difference { cells, added, removed, extended } = difference;
        let keys = |keys: &[RowKey]| keys.iter().map(ToString::to_string).collect();
        let cell = |CellChange { row, column, from, to }: &CellChange| ShownCellChange {
            row: row.to_string(),
            column: column.as_str(),
            from: from.clone(),
            to: to.clone(),
        };
        Self {
            from: from.version().to_string(),
            to: to.version().to_string(),
            cells: cells.iter().map(cell).collect(),
            added: keys(added),
            removed: keys(removed),
            extended: keys(extended),
        }
    }

    /// The columns of the CSV.
    pub const COLUMNS: [&'static str; 4] = ["row", "column", "from", "to"];

    /// The rows of the CSV: one a cell, and one for each row that only one version has.
    pub fn csv_rows(&self) -> impl Iterator<Item = [String; 4]> {
        let cell = |ShownCellChange { row, column, from, to }: &ShownCellChange| {
            [row.clone(), (*column).to_owned(), from.clone(), to.clone()]
        };
        let whole = |row: &String, from: &str, to: &str| {
            [row.clone(), "row".to_owned(), from.to_owned(), to.to_owned()]
        };
        let added = self.added.iter().map(move |row| whole(row, "", "added"));
        let removed = self.removed.iter().map(move |row| whole(row, "removed", ""));
        self.cells.iter().map(cell).chain(added).chain(removed)
    }

    /// As CSV.
    pub fn csv(&self) -> String {
        csv_text(Self::COLUMNS, self.csv_rows())
    }
}

/// A review, as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownReview {
    /// Its day.
    pub on: String,
    /// The version of the tables; null where none is in force.
    pub table: Option<String>,
    /// The months until the next review.
    pub months: u16,
    /// The day of the next review.
    pub next: String,
    /// The rows with a date that ends before.
    pub rows: Vec<ShownReviewedRow>,
}

/// A row of a review.
#[derive(Clone, Debug, Serialize)]
pub struct ShownReviewedRow {
    /// The row.
    pub row: String,
    /// Its ends, each by its column.
    #[serde(serialize_with = "as_map")]
    pub ends: Vec<(&'static str, String)>,
}

impl ShownReview {
    /// The review of a day.
    pub fn new(on: Date, months: u16, table: Option<&Table>, review: &Review<'_>) -> Self {
        let row = |ReviewedRow { row, ends }: &ReviewedRow<'_>| ShownReviewedRow {
            row: row.key().to_string(),
            ends: ends.iter().map(|(column, day)| (column.as_str(), day.to_string())).collect(),
        };
        Self {
            on: on.to_string(),
            table: table.map(|table| table.version().to_string()),
            months,
            next: review.next.to_string(),
            rows: review.rows.iter().map(row).collect(),
        }
    }

    /// The columns of the CSV.
    pub const COLUMNS: [&'static str; 3] = ["row", "column", "ends"];

    /// The rows of the CSV: one a date.
    pub fn csv_rows(&self) -> impl Iterator<Item = [String; 3]> {
        self.rows.iter().flat_map(|ShownReviewedRow { row, ends }| {
            ends.iter().map(|(column, day)| [row.clone(), (*column).to_owned(), day.clone()])
        })
    }

    /// As CSV.
    pub fn csv(&self) -> String {
        csv_text(Self::COLUMNS, self.csv_rows())
    }
}

/// The dates of a decision, as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownEffectiveDates {
    /// The day of the decision.
    pub decision: String,
    /// The first day on which it is in force.
    pub effective_from: String,
    /// The last day on which it can be referred.
    pub referral_to: String,
}

impl ShownEffectiveDates {
    /// Of that decision.
    pub fn new(decision: Date, dates: EffectiveDates) -> Self {
        let EffectiveDates { effective_from, referral_to } = dates;
        let [decision, effective_from, referral_to] =
            [decision, effective_from, referral_to].map(|date| date.to_string());
        Self { decision, effective_from, referral_to }
    }

    /// As CSV.
    pub fn csv(&self) -> String {
        let Self { decision, effective_from, referral_to } = self.clone();
        let row = [decision, effective_from, referral_to];
        csv_text(["decision", "effective_from", "referral_to"], std::iter::once(row))
    }
}

/// The answer about a pair of versions, as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownCompatibility {
    /// The SMETS version.
    pub smets: String,
    /// The CHTS version.
    pub chts: String,
    /// `tested-ok`, `tested-failed` or `not-tested`.
    pub result: &'static str,
    /// The tests that were made.
    pub records: Vec<ShownCompatibilityRecord>,
}

/// A test that was made.
#[derive(Clone, Debug, Serialize)]
pub struct ShownCompatibilityRecord {
    /// The Device Type, where one is told.
    pub device_type: Option<&'static str>,
    /// `ok` or `failed`.
    pub result: &'static str,
    /// The number of Devices.
    pub devices_tested: u32,
    /// The day, where it is told.
    pub tested_on: Option<String>,
    /// A note.
    pub note: String,
}

impl ShownCompatibility {
    /// Of that pair.
    pub fn new(smets: &VersionNumber, chts: &VersionNumber, records: &CompatibilityRecords) -> Self {
        let record = |record: &CompatibilityRecord| ShownCompatibilityRecord {
            device_type: record.device_type.map(|device_type| device_type.as_str()),
            result: record.result.as_str(),
            devices_tested: record.devices_tested,
            tested_on: record.tested_on.map(|day| day.to_string()),
            note: record.note.to_string(),
        };
        Self {
            smets: smets.to_string(),
            chts: chts.to_string(),
            result: records.answer(smets, chts).as_str(),
            records: records.of(smets, chts).map(record).collect(),
        }
    }

    /// As CSV: a line a test, or one without a test.
    pub fn csv(&self) -> String {
        let Self { smets, chts, result, records } = self;
        let row = |rest: [String; 5]| {
            let [device_type, of_test, devices_tested, tested_on, note] = rest;
            let answer = (*result).to_owned();
            [smets.clone(), chts.clone(), answer, device_type, of_test, devices_tested, tested_on, note]
        };
        let test = |record: &ShownCompatibilityRecord| {
            row([
                record.device_type.unwrap_or_default().to_owned(),
                record.result.to_owned(),
                record.devices_tested.to_string(),
                record.tested_on.clone().unwrap_or_default(),
                record.note.clone(),
            ])
        };
        let without = records.is_empty().then(|| row([const { String::new() }; 5]));
        csv_text(
            ["smets", "chts", "answer", "device_type", "result", "devices_tested", "tested_on", "note"],
            records.iter().map(test).chain(without),
        )
    }
}
