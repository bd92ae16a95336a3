//! Reports of a London month as programs read them: JSON with an object a line, or CSV.

use serde_json::{Map, Value, json};

use crate::service::{ReportCell, ReportTable};

/// The report as JSON.
pub fn report_json(name: &str, month: &str, table: &ReportTable) -> Value {
    let line = |cells: &Vec<ReportCell>| {
        let columns = table.columns.iter().map(|column| (*column).to_owned());
        columns.zip(cells.iter().map(value)).collect::<Map<_, _>>()
    };
    let rows = table.rows.iter().map(line).collect::<Vec<_>>();
    json!({ "report": name, "month": month, "rows": rows })
}

fn value(cell: &ReportCell) -> Value {
    match cell {
        ReportCell::Text(text) => text.as_str().into(),
        ReportCell::Number(number) => (*number).into(),
        ReportCell::Absent => Value::Null,
    }
}

/// The cells of a line of the report as CSV.
pub(in crate::web) fn report_cells_text(cells: &[ReportCell]) -> Vec<String> {
    let text = |cell: &ReportCell| match cell {
        ReportCell::Text(text) => text.clone(),
        ReportCell::Number(number) => number.to_string(),
        ReportCell::Absent => String::new(),
    };
    cells.iter().map(text).collect()
}

/// The report as CSV.
pub fn report_csv(table: &ReportTable) -> String {
    report_csv_of(table, str::to_owned)
}

/// The report as CSV, with what this makes of each cell.
pub(in crate::web) fn report_csv_of(table: &ReportTable, cell: impl Fn(&str) -> String) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let row =
        |cells: &Vec<ReportCell>| report_cells_text(cells).iter().map(|text| cell(text)).collect::<Vec<_>>();
    // Writing to memory does not fail, and each row has a cell for each column.
    let header = writer.write_record(table.columns);
    let mut rows = table.rows.iter().map(row);
    let written = header.and_then(|()| rows.try_for_each(|row| writer.write_record(row)));
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
