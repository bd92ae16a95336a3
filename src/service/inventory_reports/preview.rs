//! The first lines of a report, for a page: neither many lines nor many reads.

use std::io;

use super::{
    InventoryFault, InventoryHead, InventoryQuestion, InventorySink, make_inventory_report, rows::Rows,
};
use crate::{clock::Clock, db::Store, domain::Timestamp};

/// The most reads: a report that has a line for few Devices would else look at all of them.
const READS: usize = 20;

/// The first lines of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryPreview {
    /// The names of the columns.
    pub columns: &'static [&'static str],
    /// The lines.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether these are all lines of the report.
    pub is_whole: bool,
}

/// Makes the first lines of a report; at most so many.
///
/// # Errors
/// When the report is not made of what is asked, or the store fails.
pub fn inventory_preview(
    store: &Store,
    asked: &InventoryQuestion,
    clock: &Clock,
    most: usize,
) -> Result<InventoryPreview, InventoryFault> {
    let mut sink = PreviewSink { most, reads: 0, found: InventoryPreview::default(), rows: Rows::new() };
    match make_inventory_report(store, asked, clock, &mut sink, &mut |_| ()) {
        // The sink has enough: it writes nowhere else.
        Ok(()) | Err(InventoryFault::Write(_)) => Ok(InventoryPreview { rows: sink.rows, ..sink.found }),
        Err(fault) => Err(fault),
    }
}

struct PreviewSink {
    most: usize,
    reads: usize,
    found: InventoryPreview,
    rows: Rows,
}

fn enough() -> io::Error {
    io::ErrorKind::WriteZero.into()
}

impl InventorySink for PreviewSink {
    fn begin(&mut self, head: &InventoryHead) -> io::Result<()> {
        self.found = InventoryPreview { columns: head.columns, ..InventoryPreview::default() };
        Ok(())
    }

    fn begin_columns(&mut self, _: &str, _: Timestamp, columns: &'static [&'static str]) -> io::Result<()> {
        self.found.columns = columns;
        Ok(())
    }

    fn row(&mut self, cells: &[Option<String>]) -> io::Result<()> {
        if self.rows.len() == self.most {
            return Err(enough());
        }
        self.rows.push(cells.to_vec());
        Ok(())
    }

    fn was_read(&mut self) -> io::Result<()> {
        self.reads += 1;
        if self.reads < READS { Ok(()) } else { Err(enough()) }
    }

    fn end(&mut self) -> io::Result<()> {
        self.found.is_whole = true;
        Ok(())
    }
}
