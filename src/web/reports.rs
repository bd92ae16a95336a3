//! Reports of a London month as programs read them: JSON with an object a line, or CSV.

use serde_json::{Map, Value, json};

use crate::{
    service::{ReportCell, ReportTable},
    web::csv_text::without_formula,
};

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
    csv_of(table, str::to_owned)
}

/// The report as CSV that people open: no cell is a formula for a spreadsheet.
pub(in crate::web) fn report_spreadsheet(table: &ReportTable) -> String {
    csv_of(table, without_formula)
}

/// The report as CSV, with what this makes of each cell.
fn csv_of(table: &ReportTable, cell: impl Fn(&str) -> String) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_that_people_open_has_no_formula() {
        let cells = [ReportCell::text("=1+1"), ReportCell::Number(1), ReportCell::Absent];
        let table = ReportTable { columns: &["text", "number", "nothing"], rows: vec![cells.to_vec()] };
        assert_eq!(report_spreadsheet(&table), "text,number,nothing\n'=1+1,1,\n");
        assert_eq!(report_csv(&table), "text,number,nothing\n=1+1,1,\n");
    }
}
