//! `PUT /manage/import/{kind}`: imports a CSV file, as a whole or not at all.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::reply::{self, ApiError, ApiResult, BodyResult};
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

/// The query, for imports of coverage only.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportQuery {
    /// The only CSP Region of the extract.
    region: Option<String>,
    /// The file's name.
    source: Option<String>,
    /// Whether the file may have several CSP Regions.
    all_regions: Option<bool>,
    /// The expected number of rows.
    rows: Option<u64>,
}

impl ImportQuery {
    fn origin(&self, kind: Kind) -> ApiResult<Origin> {
        let Self { region, source, all_regions, rows } = self;
        let is_said = region.is_some() || source.is_some() || all_regions.is_some() || rows.is_some();
        if kind != Kind::Coverage && is_said {
            let names = "`region`, `source`, `all_regions` and `rows`";
            return Err(ApiError::malformed("query", format!("{names} are said of coverage, not of {kind}")));
        }
        let region = region.as_ref().map(|region| region.parse()).transpose();
        let region = region.map_err(|reason| ApiError::malformed("region", reason))?;
        let regions = match (region, all_regions.unwrap_or(false)) {
            (None, false) => Regions::Any,
            (Some(region), false) => Regions::Only(region),
            (None, true) => Regions::All,
            (Some(_), true) => {
                return Err(ApiError::malformed("query", "give `region` or `all_regions`, and not both"));
            }
        };
        Ok(Origin { regions, rows: *rows, ..source.as_deref().map(Origin::named).unwrap_or_default() })
    }
}

pub(super) async fn put(
    app: web::Data<App>,
    kind: web::Path<String>,
    asked: Result<web::Query<ImportQuery>, actix_web::Error>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    match asked {
        Ok(asked) => reply::blocking(move || import(&app, &kind, &asked, body)).await,
        Err(error) => reply::json::<ImportSummary>(Err(ApiError::malformed("query", error))),
    }
}

fn import(
    app: &App,
    kind: &str,
    asked: &ImportQuery,
    body: ApiResult<BufferedBody>,
) -> ApiResult<ImportSummary> {
    let kind: Kind =
        kind.parse().map_err(|reason| ApiError::new(StatusCode::NOT_FOUND, format!("kind: {reason}")))?;
    let origin = asked.origin(kind)?;
    // Only now: a wrong path or query is reported even if the body failed too.
    let csv = body?;
    match app.import_from(kind, csv.as_bytes(), &origin) {
        Ok(imported) => Ok(ImportSummary { rows: imported.rows }),
        // 422 for faults in rows, 409 for another import at the same time, 400 for a file that cannot be read to its end.
        Err(ImportFault::Rows { faults, total }) => Err(refusal(kind, &faults, total)),
        Err(ImportFault::Store(fault)) => Err(ApiError::fault(fault.into())),
        Err(fault @ ImportFault::UnderWay) => Err(ApiError::new(StatusCode::CONFLICT, fault)),
        Err(fault @ ImportFault::Read(_)) => Err(ApiError::malformed("body", fault)),
    }
}

/// 422, with the first faults, their locations, and the total.
fn refusal(kind: Kind, faults: &[RowFault], total: usize) -> ApiError {
    let shown = faults.iter().map(|fault| {
        let RowFault { line, column, value, reason } = fault;
        ShownFault { line: *line, column: column.as_deref(), value: value.as_deref(), reason }
    });
    let first = faults.first().map(ToString::to_string).unwrap_or_default();
    let shown = serde_json::to_value(shown.collect::<Vec<_>>()).unwrap_or_default();
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{kind}: nothing imported; {first}"))
        .with("total", total.into())
        .with("faults", shown)
}
