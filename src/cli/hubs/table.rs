//! A report as a table for people.

use std::io::{self, Write};

use crate::{
    domain::escape_invisible,
    service::hubs::{Cell, ReportHead, ReportSink, ReportTotal},
};

/// The rows that the widths of columns are taken from. More are written as they come: there may be more than memory holds.
const MEASURED: usize = 500;

/// Writes a report as a table with columns as wide as their texts; numbers stand to the right.
pub(super) struct TableReport<W: Write> {
    to: W,
    waiting: Vec<Vec<Shown>>,
    widths: Option<Vec<usize>>,
}

/// A cell as it is shown.
struct Shown {
    text: String,
    is_number: bool,
}

impl Shown {
    fn of(cell: &Cell) -> Self {
        let (text, is_number) = match cell {
            Cell::Flag(flag) => (if *flag { "yes" } else { "no" }.to_owned(), false),
            Cell::Number(_) | Cell::Money(_) => (cell.text(), true),
            Cell::Empty | Cell::Text(_) => (cell.text(), false),
        };
        Self { text: escape_invisible(&text).to_string(), is_number }
    }

    fn head(name: &str) -> Self {
        Self { text: name.to_owned(), is_number: false }
    }
}

impl<W: Write> TableReport<W> {
    pub(super) const fn new(to: W) -> Self {
        Self { to, waiting: Vec::new(), widths: None }
    }

    fn add(&mut self, row: Vec<Shown>) -> io::Result<()> {
        if let Some(widths) = &self.widths {
            return write_row(&mut self.to, widths, &row);
        }
        self.waiting.push(row);
        if self.waiting.len() > MEASURED { self.settle() } else { Ok(()) }
    }

    /// Takes the widths from the rows that wait, and writes these.
    fn settle(&mut self) -> io::Result<()> {
        let mut widths = Vec::new();
        for row in &self.waiting {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, shown) in widths.iter_mut().zip(row) {
                *width = (*width).max(shown.text.chars().count());
            }
        }
        for row in std::mem::take(&mut self.waiting) {
            write_row(&mut self.to, &widths, &row)?;
        }
        self.widths = Some(widths);
        Ok(())
    }
}

fn write_row(to: &mut impl Write, widths: &[usize], row: &[Shown]) -> io::Result<()> {
    let cells = widths.iter().zip(row).map(|(width, Shown { text, is_number })| {
        if *is_number { format!("{text:>width$}") } else { format!("{text:<width$}") }
    });
    let line = cells.collect::<Vec<_>>().join("  ");
    writeln!(to, "{}", line.trim_end())
}

impl<W: Write> ReportSink for TableReport<W> {
    fn begin(&mut self, head: &ReportHead) -> io::Result<()> {
        let ReportHead { report, on, table, within, columns } = head;
        let table = table.as_ref().map_or("no table is in force", |table| table.as_str());
        write!(self.to, "{report} on {on}, TS Applicability Tables: {}", escape_invisible(table))?;
        match within {
            Some(days) => writeln!(self.to, ", within {days} days\n")?,
            None => writeln!(self.to, "\n")?,
        }
        self.add(columns.iter().map(|column| Shown::head(column)).collect())
    }

    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.add(cells.iter().map(Shown::of).collect())
    }

    fn end(&mut self, total: &ReportTotal) -> io::Result<()> {
        if let ReportTotal::Row(cells) = total {
            self.add(cells.iter().map(Shown::of).collect())?;
        }
        if self.widths.is_none() {
            self.settle()?;
        }
        if let ReportTotal::Named(numbers) = total {
            writeln!(self.to)?;
            for (name, number) in numbers {
                writeln!(self.to, "{name}: {number}")?;
            }
        }
        self.to.flush()
    }
}
