//! `PUT /manage/import/{kind}`: a CSV file, all of it or nothing.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::reply::{self, Body, Outcome, Refused};
use crate::{
    service::App,
    store::{ImportFault, Kind, Origin, Regions, RowFault},
    web::body::BufferedBody,
};

#[derive(Serialize)]
struct ImportSummary {
    rows: usize,
}

#[derive(Serialize)]
struct ShownFault<'a> {
    line: u64,
    column: Option<&'a str>,
    value: Option<&'a str>,
    reason: &'a str,
}

/// Of coverage alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportQuery {
    /// The CSP Region whose extract the file is.
    region: Option<String>,
    /// The file's name.
    source: Option<String>,
    /// Whether it may be the extract of several CSP Regions.
    all_regions: Option<bool>,
    /// How many rows it has.
    rows: Option<u64>,
}

impl ImportQuery {
    fn origin(&self, kind: Kind) -> Outcome<Origin> {
        let Self { region, source, all_regions, rows } = self;
        let is_said = region.is_some() || source.is_some() || all_regions.is_some() || rows.is_some();
        if kind != Kind::Coverage && is_said {
            let names = "`region`, `source`, `all_regions` and `rows`";
            return Err(Refused::malformed("query", format!("{names} are said of coverage, not of {kind}")));
        }
        let region = region.as_ref().map(|region| region.parse()).transpose();
        let region = region.map_err(|reason| Refused::malformed("region", reason))?;
        let regions = match (region, all_regions.unwrap_or(false)) {
            (None, false) => Regions::Any,
            (Some(region), false) => Regions::Only(region),
            (None, true) => Regions::All,
            (Some(_), true) => {
                return Err(Refused::malformed("query", "give `region` or `all_regions`, and not both"));
            }
        };
        Ok(Origin { regions, rows: *rows, ..source.as_deref().map(Origin::named).unwrap_or_default() })
    }
}

pub(super) async fn put(
    service: web::Data<App>,
    kind: web::Path<String>,
    asked: Result<web::Query<ImportQuery>, actix_web::Error>,
    body: Body,
) -> HttpResponse {
    let body = reply::whole(body);
    match asked {
        Ok(asked) => reply::blocking(move || import(&service, &kind, &asked, body)).await,
        Err(error) => reply::json::<ImportSummary>(Err(Refused::malformed("query", error))),
    }
}

fn import(
    service: &App,
    kind: &str,
    asked: &ImportQuery,
    body: Outcome<BufferedBody>,
) -> Outcome<ImportSummary> {
    let kind: Kind =
        kind.parse().map_err(|reason| Refused::new(StatusCode::NOT_FOUND, format!("kind: {reason}")))?;
    let origin = asked.origin(kind)?;
    let csv = body?;
    match service.import_from(kind, csv.as_bytes(), &origin) {
        Ok(imported) => Ok(ImportSummary { rows: imported.rows }),
        Err(ImportFault::Rows { faults, total }) => Err(refusal(kind, &faults, total)),
        Err(ImportFault::Store(fault)) => Err(Refused::fault(fault.into())),
        Err(fault @ ImportFault::UnderWay) => Err(Refused::new(StatusCode::CONFLICT, fault)),
        Err(fault @ ImportFault::Read(_)) => Err(Refused::malformed("body", fault)),
    }
}

/// The first faults, each with its place; how many there are in all.
fn refusal(kind: Kind, faults: &[RowFault], total: usize) -> Refused {
    let shown = faults.iter().map(|fault| {
        let RowFault { line, column, value, reason } = fault;
        ShownFault { line: *line, column: column.as_deref(), value: value.as_deref(), reason }
    });
    let first = faults.first().map(ToString::to_string).unwrap_or_default();
    let shown = serde_json::to_value(shown.collect::<Vec<_>>()).unwrap_or_default();
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{kind}: nothing imported; {first}"))
        .with("total", total.into())
        .with("faults", shown)
}
