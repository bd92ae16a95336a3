//! `PUT /manage/import/{kind}`: imports a CSV file, as a whole or not at all.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::reply::{self, ApiError, ApiResult, BodyResult};
use crate::{
    service::App,
    store::{
        Affected, Changes, Consequences, ImportFault, Imported, Kind, NearMiss, Origin, Regions,
        ReplacedExtract, RowChange, RowFault, ValueChange,
    },
    web::body::BufferedBody,
};

/// What the import did, also to Devices that the file does not name; of a dry run, what it would do.
#[derive(Serialize)]
struct ImportSummary {
    dry_run: bool,
    rows: usize,
    added: ShownList<String>,
    replaced: ShownList<String>,
    unchanged: usize,
    removed: ShownList<String>,
    changes: Vec<ShownChange>,
    suspended: ShownList<String>,
    restored: ShownList<String>,
    near_misses: ShownList<ShownNearMiss>,
    warnings: ShownList<String>,
    extracts: Vec<ShownExtract>,
}

/// A list of which the answer has the first members.
#[derive(Serialize)]
struct ShownList<T> {
    total: usize,
    first: Vec<T>,
}

impl From<Affected> for ShownList<String> {
    fn from(Affected { first, total }: Affected) -> Self {
        Self { total, first }
    }
}

/// A Device Model, and the line of the Central Products List that it nearly is.
#[derive(Serialize)]
struct ShownNearMiss {
    of_devices: String,
    listed: String,
}

/// A row that is new, changed or removed.
#[derive(Serialize)]
struct ShownChange {
    key: String,
    change: &'static str,
    values: Vec<ShownValue>,
}

/// A value before and after; null where there is none.
#[derive(Serialize)]
struct ShownValue {
    column: String,
    before: Option<String>,
    after: Option<String>,
}

impl From<RowChange> for ShownChange {
    fn from(RowChange { key, kind, values }: RowChange) -> Self {
        let values = values.into_iter();
        let values = values.map(|ValueChange { column, before, after }| ShownValue { column, before, after });
        Self { key, change: kind.as_str(), values: values.collect() }
    }
}

/// An extract of coverage that became current.
#[derive(Serialize)]
struct ShownExtract {
    csp_region: &'static str,
    rows_before: u64,
    rows: u64,
}

impl ImportSummary {
    fn new(imported: Imported, dry_run: bool) -> Self {
        let Imported { rows, changes, consequences, near_misses, warnings, replaced: extracts } = imported;
        let Changes { added, replaced, unchanged, removed, first } = changes;
        let Consequences { suspended, restored } = consequences;
        let near = near_misses.first.into_iter();
        let near = near.map(|NearMiss { of_devices, listed }| ShownNearMiss { of_devices, listed });
        let extracts = extracts.into_iter().map(|ReplacedExtract { region, before, rows }| ShownExtract {
            csp_region: region.as_str(),
            rows_before: before,
            rows,
        });
        Self {
            dry_run,
            rows,
            added: added.into(),
            replaced: replaced.into(),
            unchanged,
            removed: removed.into(),
            changes: first.into_iter().map(ShownChange::from).collect(),
            suspended: suspended.into(),
            restored: restored.into(),
            near_misses: ShownList { total: near_misses.total, first: near.collect() },
            warnings: ShownList {
                total: warnings.total,
                first: warnings.first.iter().map(ToString::to_string).collect(),
            },
            extracts: extracts.collect(),
        }
    }
}

#[derive(Serialize)]
struct ShownFault<'a> {
    line: u64,
    column: Option<&'a str>,
    value: Option<&'a str>,
    reason: &'a str,
}

/// The query: `dry_run` for every kind, `empty` for lists that are replaced whole, the others for coverage.
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
    /// Of a list that is replaced whole: whether it may have no lines.
    empty: Option<bool>,
    /// Whether nothing is changed: the answer says what would be.
    dry_run: Option<bool>,
}

impl ImportQuery {
    fn origin(&self, kind: Kind) -> ApiResult<Origin> {
        let Self { region, source, all_regions, rows, empty, dry_run } = self;
        if !kind.is_replaced_whole() && empty.is_some() {
            let reason = format!("`empty` is said of a list that is replaced whole, not of {kind}");
            return Err(ApiError::malformed("query", reason));
        }
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
        let may_be_empty = empty.unwrap_or(false);
        Ok(Origin {
            regions,
            rows: *rows,
            may_be_empty,
            dry_run: dry_run.unwrap_or(false),
            ..source.as_deref().map(Origin::named).unwrap_or_default()
        })
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
        Ok(imported) => Ok(ImportSummary::new(imported, origin.dry_run)),
        // 422 for faults in rows, 409 for another import at the same time, 400 for a file that cannot be read to its end.
        Err(ImportFault::Rows { faults, total }) => Err(refusal(kind, &faults, total)),
        Err(ImportFault::Store(fault)) => Err(ApiError::fault(fault.into())),
        Err(fault @ (ImportFault::UnderWay | ImportFault::Overtaken)) => {
            Err(ApiError::new(StatusCode::CONFLICT, fault))
        }
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
