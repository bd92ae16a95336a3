//! A report of the inventory as the body of an answer: it is made while it is sent.

use std::io::{self, Write};

use actix_web::web;

use super::stream::{Chunks, channel};
use crate::{
    domain::Timestamp,
    service::{
        App,
        hubs::HubFault,
        inventory_reports::{
            InventoryFault, InventoryFormat, InventoryHead, InventoryQuestion, InventorySink, inventory_sink,
            make_inventory_report,
        },
    },
};

/// What is done to the text of each cell.
pub(in crate::web) type CellFilter = fn(&str) -> String;

/// The media type of a format.
pub(in crate::web) const fn media_type(format: InventoryFormat) -> &'static str {
    match format {
        InventoryFormat::Json => "application/json",
        InventoryFormat::Csv => "text/csv; charset=utf-8",
    }
}

/// Makes the report on the blocking pool, and sends what it writes. A fault before the first bytes is returned; one after them breaks
/// the connection, so that what was cut off does not look whole. A reader that goes away ends the reading.
pub(in crate::web) async fn begin(
    app: web::Data<App>,
    question: InventoryQuestion,
    format: InventoryFormat,
    filter: Option<CellFilter>,
) -> Result<Chunks, HubFault> {
    let (writer, chunks) = channel();
    let work = move || {
        let mut writer = writer;
        if let Err(fault) = make(&app, &question, (format, filter), &mut writer) {
            writer.fail(fault);
        }
    };
    drop(actix_web::rt::task::spawn_blocking(work));
    chunks.begun().await
}

fn make(
    app: &App,
    question: &InventoryQuestion,
    (format, filter): (InventoryFormat, Option<CellFilter>),
    to: &mut dyn Write,
) -> Result<(), HubFault> {
    let sink = inventory_sink(format, to);
    let mut sink: Box<dyn InventorySink + '_> = match filter {
        Some(filter) => Box::new(Filtered { sink, filter }),
        None => sink,
    };
    let made = make_inventory_report(app.store(), question, app.clock(), sink.as_mut(), &mut |_| ());
    made.map_err(|fault| match fault {
        InventoryFault::Store(fault) => HubFault::Store(fault),
        InventoryFault::Write(fault) => HubFault::Write(fault),
    })
}

/// A sink that filters the cells.
struct Filtered<'a> {
    sink: Box<dyn InventorySink + 'a>,
    filter: CellFilter,
}

impl InventorySink for Filtered<'_> {
    fn begin(&mut self, head: &InventoryHead) -> io::Result<()> {
        self.sink.begin(head)
    }

    fn begin_columns(
        &mut self,
        name: &str,
        made_at: Timestamp,
        columns: &'static [&'static str],
    ) -> io::Result<()> {
        self.sink.begin_columns(name, made_at, columns)
    }

    fn row(&mut self, cells: &[Option<String>]) -> io::Result<()> {
        let cells = cells.iter().map(|cell| cell.as_deref().map(self.filter));
        self.sink.row(&cells.collect::<Vec<_>>())
    }

    fn end(&mut self) -> io::Result<()> {
        self.sink.end()
    }
}
