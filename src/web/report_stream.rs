//! A report of the inventory as the body of an answer: it is made while it is sent.

use std::io::{self, Write};

use actix_web::{HttpResponse, http::header, web};

use super::{
    csv_text::without_formula,
    stream::{Chunks, channel},
};
use crate::{
    domain::{Timestamp, instant_text},
    service::{
        App,
        hubs::HubFault,
        inventory_reports::{
            InventoryFault, InventoryFormat, InventoryHead, InventoryQuestion, InventorySink, inventory_sink,
            write_inventory_report,
        },
    },
};

/// The media type of a format.
pub(in crate::web) const fn media_type(format: InventoryFormat) -> &'static str {
    match format {
        InventoryFormat::Json => "application/json",
        InventoryFormat::Csv => "text/csv; charset=utf-8",
    }
}

/// A report that is sent as it is made.
pub(in crate::web) struct SentReport {
    /// What stands above the rows.
    pub(in crate::web) head: InventoryHead,
    format: InventoryFormat,
    chunks: Chunks,
}

impl SentReport {
    /// The answer. Its headers say what a CSV file has no place for.
    pub(in crate::web) fn into_response(self, disposition: Option<String>) -> HttpResponse {
        let Self { head, format, chunks } = self;
        let mut response = HttpResponse::Ok();
        response.content_type(media_type(format));
        response.insert_header(("x-smi-made-at", instant_text(head.made_at)));
        let instants = [
            ("x-smi-as-at", head.as_at),
            ("x-smi-unknown-before", head.unknown_before),
            ("x-smi-nothing-before", head.nothing_before),
        ];
        for (name, at) in instants.into_iter().filter_map(|(name, at)| Some((name, at?))) {
            response.insert_header((name, instant_text(at)));
        }
        if let Some(disposition) = disposition {
            response.insert_header((header::CONTENT_DISPOSITION, disposition));
        }
        response.body(chunks)
    }
}

/// Looks at what is asked, makes the report on the blocking pool, and sends what it writes. A fault before its head is returned; one
/// after that breaks the connection, so that what was cut off does not look whole. A reader that goes away ends the reading.
pub(in crate::web) async fn begin(
    app: web::Data<App>,
    question: InventoryQuestion,
    format: InventoryFormat,
) -> Result<SentReport, InventoryFault> {
    let (of_head, asked) = (app.clone(), question.clone());
    let head = web::block(move || of_head.inventory_head(&asked)).await;
    let head = head.map_err(|fault| InventoryFault::Write(io::Error::other(fault)))??;
    let (writer, chunks) = channel();
    let to_write = head.clone();
    let work = move || {
        let mut writer = writer;
        if let Err(fault) = make(&app, (&question, &to_write), format, &mut writer) {
            writer.fail(fault);
        }
    };
    drop(actix_web::rt::task::spawn_blocking(work));
    let chunks = chunks.begun().await.map_err(|fault| match fault {
        HubFault::Store(fault) => InventoryFault::Store(fault),
        HubFault::Write(fault) => InventoryFault::Write(fault),
    })?;
    Ok(SentReport { head, format, chunks })
}

fn make(
    app: &App,
    (question, head): (&InventoryQuestion, &InventoryHead),
    format: InventoryFormat,
    to: &mut dyn Write,
) -> Result<(), HubFault> {
    let sink = inventory_sink(format, to);
    let mut sink: Box<dyn InventorySink + '_> = match format {
        InventoryFormat::Csv => Box::new(Spreadsheet(sink)),
        InventoryFormat::Json => sink,
    };
    let made = write_inventory_report(app.store(), question, head, sink.as_mut(), &mut |_| ());
    made.map_err(|fault| match fault {
        InventoryFault::Store(fault) => HubFault::Store(fault),
        InventoryFault::Write(fault) => HubFault::Write(fault),
        // Refused before the head was made.
        InventoryFault::Refused(_) | InventoryFault::Keys(_) => HubFault::Write(io::Error::other(fault)),
    })
}

/// A sink whose cells are no formulas for a spreadsheet.
struct Spreadsheet<'a>(Box<dyn InventorySink + 'a>);

impl InventorySink for Spreadsheet<'_> {
    fn begin(&mut self, head: &InventoryHead) -> io::Result<()> {
        self.0.begin(head)
    }

    fn begin_columns(
        &mut self,
        name: &str,
        made_at: Timestamp,
        columns: &'static [&'static str],
    ) -> io::Result<()> {
        self.0.begin_columns(name, made_at, columns)
    }

    fn row(&mut self, cells: &[Option<String>]) -> io::Result<()> {
        let cells = cells.iter().map(|cell| cell.as_deref().map(without_formula));
        self.0.row(&cells.collect::<Vec<_>>())
    }

    fn was_read(&mut self) -> io::Result<()> {
        self.0.was_read()
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::InventoryReport;

    /// A reader who goes away is noticed after a read that found nothing, in each format, filtered or not.
    #[test]
    fn a_reader_who_went_away_is_noticed_where_there_is_nothing_to_send() {
        let head = InventoryHead {
            report: InventoryReport::Status,
            as_at: None,
            unknown_before: None,
            nothing_before: None,
            made_at: Timestamp::UNIX_EPOCH,
            columns: &["device_id"],
        };
        for format in InventoryFormat::ALL {
            for is_filtered in [false, true] {
                let (mut writer, receiver) = channel();
                let sink = inventory_sink(*format, &mut writer);
                let mut sink: Box<dyn InventorySink + '_> =
                    if is_filtered { Box::new(Spreadsheet(sink)) } else { sink };
                sink.begin(&head).unwrap();
                sink.was_read().unwrap();
                drop(receiver);
                let fault = sink.was_read().unwrap_err();
                assert_eq!(fault.kind(), io::ErrorKind::BrokenPipe, "{format}, {is_filtered}");
            }
        }
    }
}
