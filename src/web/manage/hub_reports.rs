//! `GET /manage/hubs/reports/{name}`: a report of hubs as JSON or CSV. It is sent as it is made: one about installed hubs may have a line
//! for each of millions.

use std::io::{self, Write};

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use super::{
    hubs::{day, days, parsed},
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::{HubReport, Malformed},
    service::{
        App,
        hubs::{
            Cell, CsvReport, HubFault, JsonReport, ReportFormat, ReportHead, ReportQuestion, ReportSink,
            ReportTotal,
        },
    },
    web::{
        csv_text::without_formula,
        stream::{Chunks, channel},
    },
};

/// The query: what the report is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportQuery {
    on: Option<String>,
    within: Option<String>,
    by: Option<String>,
    party: Option<String>,
    region: Option<String>,
    format: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    name: web::Path<String>,
    asked: Result<web::Query<ReportQuery>, actix_web::Error>,
) -> HttpResponse {
    let asked = asked.map_err(|error| ApiError::malformed("query", error));
    match asked.and_then(|asked| question(&app, &name, &asked)) {
        Ok((question, format)) => answer(app, question, format).await,
        Err(refused) => reply::json::<()>(Err(refused)),
    }
}

fn question(app: &App, name: &str, asked: &ReportQuery) -> ApiResult<(ReportQuestion, ReportFormat)> {
    let unknown = |reason: Malformed| ApiError::new(StatusCode::NOT_FOUND, format!("report: {reason}"));
    let report = name.parse::<HubReport>().map_err(unknown)?;
    let by = asked.by.as_deref().unwrap_or_default().split(';').filter(|part| !part.is_empty());
    let by = by.map(|part| part.parse().map_err(|reason| ApiError::malformed("by", reason)));
    let question = ReportQuestion {
        report,
        on: day("on", asked.on.as_deref())?.unwrap_or_else(|| app.london_today()),
        within: days("within", asked.within.as_deref())?,
        by: by.collect::<ApiResult<Vec<_>>>()?,
        party: asked.party.clone(),
        region: parsed("region", asked.region.as_deref())?,
    };
    if let Some(parameter) = question.misplaced() {
        let reason = format!("it is asked of at-risk; it says nothing about {report}");
        return Err(ApiError::malformed(parameter, reason));
    }
    let format = parsed("format", asked.format.as_deref())?.unwrap_or(ReportFormat::Json);
    Ok((question, format))
}

/// Makes the report on the blocking pool, and sends what it writes. A fault before the first bytes is an answer of its own; one after
/// them breaks the connection, so that what was cut off does not look whole.
async fn answer(app: web::Data<App>, question: ReportQuestion, format: ReportFormat) -> HttpResponse {
    let (writer, chunks) = channel();
    let work = move || {
        let mut writer = writer;
        let made = make(&app, &question, format, &mut writer);
        if let Err(fault) = made {
            writer.fail(fault);
        }
    };
    drop(actix_web::rt::task::spawn_blocking(work));
    match chunks.begun().await {
        Ok(chunks) => respond(format, chunks),
        Err(HubFault::Store(fault)) => reply::json::<()>(Err(ApiError::fault(fault.into()))),
        Err(HubFault::Write(_)) => HttpResponse::InternalServerError().finish(),
    }
}

fn make(
    app: &App,
    question: &ReportQuestion,
    format: ReportFormat,
    to: &mut dyn Write,
) -> Result<(), HubFault> {
    let mut sink: Box<dyn ReportSink + '_> = match format {
        ReportFormat::Json => Box::new(JsonReport::new(io::BufWriter::new(to))),
        ReportFormat::Csv => Box::new(Spreadsheet(CsvReport::new(to))),
    };
    app.hub_report(question, sink.as_mut())
}

fn respond(format: ReportFormat, chunks: Chunks) -> HttpResponse {
    let media_type = match format {
        ReportFormat::Json => "application/json",
        ReportFormat::Csv => "text/csv; charset=utf-8",
    };
    HttpResponse::Ok().content_type(media_type).body(chunks)
}

/// A report whose texts are no formulas for a spreadsheet.
struct Spreadsheet<S>(S);

impl<S: ReportSink> ReportSink for Spreadsheet<S> {
    fn begin(&mut self, head: &ReportHead) -> io::Result<()> {
        self.0.begin(head)
    }

    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.0.row(&texts_without_formulas(cells))
    }

    fn end(&mut self, total: &ReportTotal) -> io::Result<()> {
        match total {
            ReportTotal::Row(cells) => self.0.end(&ReportTotal::Row(texts_without_formulas(cells))),
            ReportTotal::Nothing | ReportTotal::Named(_) => self.0.end(total),
        }
    }
}

/// The cells, of which a number that is less than nothing stays one.
fn texts_without_formulas(cells: &[Cell]) -> Vec<Cell> {
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => Cell::Text(without_formula(text)),
        cell @ (Cell::Empty | Cell::Number(_) | Cell::Money(_) | Cell::Flag(_)) => cell.clone(),
    };
    cells.iter().map(cell).collect()
}
