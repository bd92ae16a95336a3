//! The text of a CSV file: a header line, then lines of as many cells.

/// The text of a CSV file.
pub(in crate::web) fn csv_text<const N: usize>(
    header: [&str; N],
    mut rows: impl Iterator<Item = [String; N]>,
) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and each row has a cell for each column.
    let written =
        writer.write_record(header).and_then(|()| rows.try_for_each(|row| writer.write_record(row)));
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// The text of a CSV file that people open: no cell of a row is a formula for a spreadsheet.
pub(in crate::web) fn spreadsheet_text<const N: usize>(
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    csv_text(header, rows.map(|row| row.map(|cell| without_formula(&cell))))
}

/// A cell that no spreadsheet takes for a formula: an apostrophe stands before what begins like one. For files that people open and nobody
/// imports again.
pub(in crate::web) fn without_formula(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}
