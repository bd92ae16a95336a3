//! A report as JSON, written as it is made. Money is whole pence: the column `at_risk_gbp` is `at_risk_pence`.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::{Cell, ReportHead, ReportSink, ReportTotal};

/// Writes a report as one JSON object: what it is about, its `rows`, and its `total`.
pub struct JsonReport<W: Write> {
    to: W,
    names: Vec<String>,
    has_rows: bool,
}

impl<W: Write> JsonReport<W> {
    /// Writes to there.
    pub const fn new(to: W) -> Self {
        Self { to, names: Vec::new(), has_rows: false }
    }

    fn object(&self, cells: &[Cell]) -> Map<String, Value> {
        self.names.iter().cloned().zip(cells.iter().map(value)).collect()
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => Value::from(text.as_str()),
        Cell::Number(number) => Value::from(*number),
        Cell::Money(pence) => Value::from(pence.get()),
        Cell::Flag(flag) => Value::from(*flag),
    }
}

impl<W: Write> ReportSink for JsonReport<W> {
    fn begin(&mut self, head: &ReportHead) -> io::Result<()> {
        let ReportHead { report, on, table, within, columns } = head;
        let name = |column: &&str| match column.strip_suffix("_gbp") {
            Some(what) => format!("{what}_pence"),
            None => (*column).to_owned(),
        };
        self.names = columns.iter().map(name).collect();
        let table = table.as_ref().map(|table| Value::from(table.as_str())).unwrap_or_default();
        let within = within.map(Value::from).unwrap_or_default();
        write!(
            self.to,
            "{{\"report\":\"{report}\",\"on\":\"{on}\",\"table\":{table},\"within\":{within},\"rows\":["
        )
    }

    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let comma = if self.has_rows { ",\n" } else { "\n" };
        self.has_rows = true;
        write!(self.to, "{comma}{}", Value::Object(self.object(cells)))
    }

    fn end(&mut self, total: &ReportTotal) -> io::Result<()> {
        let total = match total {
            ReportTotal::Nothing => Value::Null,
            // Only what is a sum: neither the word `total` nor what cannot be added up.
            ReportTotal::Row(cells) => {
                let is_sum = |(_, value): &(String, Value)| value.is_number();
                Value::Object(self.object(cells).into_iter().filter(is_sum).collect())
            }
            ReportTotal::Named(numbers) => {
                let numbers = numbers.iter().map(|(name, number)| ((*name).to_owned(), Value::from(*number)));
                Value::Object(numbers.collect())
            }
        };
        writeln!(self.to, "\n],\"total\":{total}}}")?;
        self.to.flush()
    }
}
