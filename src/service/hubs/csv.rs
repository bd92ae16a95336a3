//! A report as CSV. Money is pounds with two places; sums stand in the last lines.

use std::io::{self, Write};

use super::{Cell, ReportHead, ReportSink, ReportTotal};

/// Writes a report as CSV.
pub struct CsvReport<W: Write> {
    to: csv::Writer<W>,
    columns: usize,
}

impl<W: Write> CsvReport<W> {
    /// Writes to there.
    pub fn new(to: W) -> Self {
        Self { to: csv::Writer::from_writer(to), columns: 0 }
    }

    fn write<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
        self.to.write_record(cells).map_err(io::Error::from)
    }
}

impl<W: Write> ReportSink for CsvReport<W> {
    fn begin(&mut self, head: &ReportHead) -> io::Result<()> {
        self.columns = head.columns.len();
        self.write(head.columns.iter().copied())
    }

    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let texts = cells.iter().map(Cell::text).collect::<Vec<_>>();
        self.write(texts.iter().map(String::as_str))
    }

    fn end(&mut self, total: &ReportTotal) -> io::Result<()> {
        match total {
            ReportTotal::Nothing => {}
            ReportTotal::Row(cells) => self.row(cells)?,
            ReportTotal::Named(numbers) => {
                for (name, number) in numbers {
                    let number = number.to_string();
                    let between = std::iter::repeat_n("", self.columns.saturating_sub(2));
                    self.write([*name].into_iter().chain(between).chain([number.as_str()]))?;
                }
            }
        }
        self.to.flush()
    }
}
