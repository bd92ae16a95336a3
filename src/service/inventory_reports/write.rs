//! A report of the inventory as CSV or JSON, written as it is made.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::InventoryHead;
use crate::domain::{Timestamp, closed_set, instant_text};

closed_set!(
    /// How a report of the inventory is written.
    InventoryFormat, "a format", {
        Csv => "csv",
        Json => "json",
    }
);

/// Takes a report as it is made.
pub trait InventorySink {
    /// Takes what stands above the rows: once, and first.
    ///
    /// # Errors
    /// When it cannot be written.
    fn begin(&mut self, head: &InventoryHead) -> io::Result<()>;

    /// Takes what stands above the rows of a bulk read, which is about no instant.
    ///
    /// # Errors
    /// When it cannot be written.
    fn begin_columns(
        &mut self,
        name: &str,
        made_at: Timestamp,
        columns: &'static [&'static str],
    ) -> io::Result<()>;

    /// Takes a row, with a value for each column.
    ///
    /// # Errors
    /// When it cannot be written.
    fn row(&mut self, cells: &[Option<String>]) -> io::Result<()>;

    /// Is told of each read, whether it found a row or not. A fault ends the report: a reader who goes away is noticed here, too.
    ///
    /// # Errors
    /// When nothing more is wanted, or what was taken so far cannot be written.
    fn was_read(&mut self) -> io::Result<()>;

    /// Takes the end of the rows: once, and last.
    ///
    /// # Errors
    /// When it cannot be written.
    fn end(&mut self) -> io::Result<()>;
}

/// A sink that writes in a format.
pub fn inventory_sink<'a>(format: InventoryFormat, to: &'a mut dyn Write) -> Box<dyn InventorySink + 'a> {
    match format {
        InventoryFormat::Csv => Box::new(CsvSink(csv::Writer::from_writer(to))),
        InventoryFormat::Json => {
            Box::new(JsonSink { to: io::BufWriter::new(to), columns: &[], has_rows: false })
        }
    }
}

struct CsvSink<'a>(csv::Writer<&'a mut dyn Write>);

impl InventorySink for CsvSink<'_> {
    fn begin(&mut self, head: &InventoryHead) -> io::Result<()> {
        self.0.write_record(head.columns).map_err(io::Error::from)?;
        self.0.flush()
    }

    fn begin_columns(&mut self, _: &str, _: Timestamp, columns: &'static [&'static str]) -> io::Result<()> {
        self.0.write_record(columns).map_err(io::Error::from)
    }

    fn row(&mut self, cells: &[Option<String>]) -> io::Result<()> {
        let cells = cells.iter().map(|cell| cell.as_deref().unwrap_or_default());
        self.0.write_record(cells).map_err(io::Error::from)
    }

    fn was_read(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

struct JsonSink<'a> {
    to: io::BufWriter<&'a mut dyn Write>,
    columns: &'static [&'static str],
    has_rows: bool,
}

impl InventorySink for JsonSink<'_> {
    fn begin(&mut self, head: &InventoryHead) -> io::Result<()> {
        let InventoryHead { report, as_at, unknown_before, nothing_before, made_at, columns } = head;
        self.columns = columns;
        let instant = |at: Option<Timestamp>| at.map(instant_text).map_or(Value::Null, Value::from);
        write!(
            self.to,
            "{{\"report\":\"{report}\",\"as_at\":{},\"unknown_before\":{},\"nothing_before\":{},\"made_at\":\"{}\",\"rows\":[",
            instant(*as_at),
            instant(*unknown_before),
            instant(*nothing_before),
            instant_text(*made_at)
        )?;
        self.to.flush()
    }

    fn begin_columns(
        &mut self,
        name: &str,
        made_at: Timestamp,
        columns: &'static [&'static str],
    ) -> io::Result<()> {
        self.columns = columns;
        write!(self.to, "{{\"report\":\"{name}\",\"made_at\":\"{}\",\"rows\":[", instant_text(made_at))
    }

    fn row(&mut self, cells: &[Option<String>]) -> io::Result<()> {
        let comma = if self.has_rows { ",\n" } else { "\n" };
        self.has_rows = true;
        let value = |cell: &Option<String>| cell.as_deref().map_or(Value::Null, Value::from);
        let pairs = self.columns.iter().map(|name| (*name).to_owned()).zip(cells.iter().map(value));
        write!(self.to, "{comma}{}", Value::Object(pairs.collect::<Map<_, _>>()))
    }

    fn was_read(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        writeln!(self.to, "\n]}}")?;
        self.to.flush()
    }
}
