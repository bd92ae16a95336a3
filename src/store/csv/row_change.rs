//! The rows that an import changes, with their values before and after.

use super::Sheet;
use crate::domain::closed_set;

/// The most changed rows that are kept with their values; all are counted.
pub(in crate::store) const MAX_SHOWN: usize = 100;

closed_set!(
    /// What an import does with a row.
    RowChangeKind, "a change of a row", {
        New => "new",
        Changed => "changed",
        Removed => "removed",
    }
);

/// A changed row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// Its key.
    pub key: String,
    /// What is done with it.
    pub kind: RowChangeKind,
    /// The values that are not as before, in the order of the columns.
    pub values: Vec<ValueChange>,
}

/// A changed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueChange {
    /// The column.
    pub column: String,
    /// The value before; absent where there was none.
    pub before: Option<String>,
    /// The value after; absent where there is none.
    pub after: Option<String>,
}

/// The values of a line, in the order of the columns; empty where there is none.
pub(in crate::store) fn cells<S: Sheet>(line: &S) -> Vec<String> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    // A line is of texts alone, which can be written, and read back.
    let written = writer.serialize(line).ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_slice());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(str::to_owned).collect()
}

/// The values that differ. An empty cell is no value; of a row that is not there, no cell is.
pub(in crate::store) fn differences(
    columns: &[&str],
    before: Option<&[String]>,
    after: Option<&[String]>,
) -> Vec<ValueChange> {
    let cell = |cells: Option<&[String]>, at: usize| {
        cells.and_then(|cells| cells.get(at)).filter(|cell| !cell.is_empty()).cloned()
    };
    let values = columns.iter().enumerate().map(|(at, column)| ValueChange {
        column: (*column).to_owned(),
        before: cell(before, at),
        after: cell(after, at),
    });
    values.filter(|value| value.before != value.after).collect()
}
