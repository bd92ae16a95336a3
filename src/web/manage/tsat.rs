//! `GET /manage/tsat...`: the TS Applicability Tables, questions to them, the difference of two versions, the review, the dates of a
//! decision, and compatibility (HUBS.md 6).

use std::str::FromStr;

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use super::{
    device_id::never_known,
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::{
        Date, Eui64, Malformed, TsatVersion, parse_date,
        tsat::{
            Baseline, MAX_REVIEW_MONTHS, Review, Specification, Table, Tables, VersionNumber, difference,
            effective_dates,
        },
    },
    service::App,
    web::tsat::{
        ShownCompatibility, ShownDifference, ShownEffectiveDates, ShownJudgement, ShownReview, ShownTables,
    },
};

/// A query as the framework read it.
type Query<T> = Result<web::Query<T>, actix_web::Error>;

fn read<T>(asked: Query<T>) -> ApiResult<T> {
    asked.map(web::Query::into_inner).map_err(|error| ApiError::malformed("query", error))
}

fn value<T>(place: &str, text: &str, parse: impl FnOnce(&str) -> Result<T, Malformed>) -> ApiResult<T> {
    parse(text).map_err(|reason| ApiError::malformed(place, reason))
}

fn required<T: FromStr<Err = Malformed>>(place: &str, text: Option<&str>) -> ApiResult<T> {
    let text = text.ok_or_else(|| ApiError::malformed(place, "must be given"))?;
    value(place, text, str::parse)
}

/// A date, today's in London by default.
fn date(app: &App, place: &str, text: Option<&str>) -> ApiResult<Date> {
    text.map_or_else(|| Ok(app.london_today()), |text| value(place, text, parse_date))
}

fn tables(app: &App) -> ApiResult<Tables> {
    app.tsat_tables().map_err(ApiError::fault)
}

/// The query of the tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TablesQuery {
    as_at: Option<String>,
    specification: Option<String>,
}

pub(super) async fn show(app: web::Data<App>, asked: Query<TablesQuery>) -> HttpResponse {
    let asked = read(asked);
    reply::blocking(move || shown_tables(&app, &asked?)).await
}

fn shown_tables(app: &App, asked: &TablesQuery) -> ApiResult<ShownTables> {
    let as_at = date(app, "as_at", asked.as_at.as_deref())?;
    let specification = asked.specification.as_deref();
    let specification = specification.map(|text| value("specification", text, str::parse)).transpose()?;
    Ok(ShownTables::new(&tables(app)?, as_at, specification))
}

/// The query of a question: a Device, or a specification with its version.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskQuery {
    device_id: Option<String>,
    specification: Option<String>,
    version: Option<String>,
    gbcs: Option<String>,
    on: Option<String>,
    as_at: Option<String>,
    ppm: Option<String>,
}

pub(super) async fn ask(app: web::Data<App>, asked: Query<AskQuery>) -> HttpResponse {
    let asked = read(asked);
    reply::blocking(move || answer(&app, &asked?)).await
}

fn answer(app: &App, asked: &AskQuery) -> ApiResult<ShownJudgement> {
    let on = date(app, "on", asked.on.as_deref())?;
    let as_at = date(app, "as_at", asked.as_at.as_deref())?;
    let ppm = match asked.ppm.as_deref() {
        Some("true") => true,
        Some("false") | None => false,
        Some(_) => return Err(ApiError::malformed("ppm", "give `true` or `false`")),
    };
    let (tables, baseline) = baseline(app, asked)?;
    let judgement = tables.judge(&baseline, on, as_at, ppm);
    Ok(ShownJudgement::new(&baseline, as_at, &judgement))
}

fn baseline(app: &App, asked: &AskQuery) -> ApiResult<(Tables, Baseline)> {
    let AskQuery { device_id, specification, version, gbcs, .. } = asked;
    match (device_id, specification, version) {
        (Some(id), None, None) if gbcs.is_none() => {
            let id = value::<Eui64>("device_id", id, str::parse)?;
            let (tables, device) = app.tsat_tables_and_device(id).map_err(ApiError::fault)?;
            Ok((tables, Baseline::of(&device.ok_or_else(|| never_known(id))?)))
        }
        (None, Some(specification), Some(version)) => {
            let specification = value::<Specification>("specification", specification, str::parse)?;
            let baseline = Baseline::read(Some(specification), Some(version), gbcs.as_deref());
            Ok((tables(app)?, baseline))
        }
        _ => {
            let reason = "give `device_id` alone, or `specification` and `version`, and `gbcs` with them";
            Err(ApiError::malformed("query", reason))
        }
    }
}

/// The query of a difference.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DifferenceQuery {
    from: Option<String>,
    to: Option<String>,
}

pub(super) async fn diff(app: web::Data<App>, asked: Query<DifferenceQuery>) -> HttpResponse {
    let asked = read(asked);
    reply::blocking(move || shown_difference(&app, &asked?)).await
}

fn shown_difference(app: &App, asked: &DifferenceQuery) -> ApiResult<ShownDifference> {
    let from = required::<TsatVersion>("from", asked.from.as_deref())?;
    let to = required::<TsatVersion>("to", asked.to.as_deref())?;
    let tables = tables(app)?;
    let (from, to) = (named(&tables, "from", &from)?, named(&tables, "to", &to)?);
    Ok(ShownDifference::new(from, to, &difference(from, to)))
}

fn named<'t>(tables: &'t Tables, place: &str, version: &TsatVersion) -> ApiResult<&'t Table> {
    let unknown = || format!("{place}: there is no version `{version}` of the tables");
    tables.named(version).ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, unknown()))
}

/// The query of a review.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewQuery {
    on: Option<String>,
    months: Option<String>,
}

pub(super) async fn list_review(app: web::Data<App>, asked: Query<ReviewQuery>) -> HttpResponse {
    let asked = read(asked);
    reply::blocking(move || shown_review(&app, &asked?)).await
}

fn shown_review(app: &App, asked: &ReviewQuery) -> ApiResult<ShownReview> {
    let on = date(app, "on", asked.on.as_deref())?;
    let months = match asked.months.as_deref().map(str::parse) {
        None => app.choices().hubs.review_months,
        Some(Ok(months @ 1..=MAX_REVIEW_MONTHS)) => months,
        Some(_) => {
            let reason = format!("give a number from 1 to {MAX_REVIEW_MONTHS}");
            return Err(ApiError::malformed("months", reason));
        }
    };
    let tables = tables(app)?;
    let table = tables.in_force(on);
    let review = Review::of(table, on, months);
    let review = review.ok_or_else(|| ApiError::malformed("months", "the calendar does not reach so far"))?;
    Ok(ShownReview::new(on, months, table, &review))
}

/// The query of a decision's dates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EffectiveQuery {
    decision: Option<String>,
}

pub(super) async fn effective(app: web::Data<App>, asked: Query<EffectiveQuery>) -> HttpResponse {
    reply::json(read(asked).and_then(|asked| shown_dates(&app, &asked)))
}

fn shown_dates(app: &App, asked: &EffectiveQuery) -> ApiResult<ShownEffectiveDates> {
    let text = asked.decision.as_deref();
    let text = text.ok_or_else(|| ApiError::malformed("decision", "must be given"))?;
    let decision = value("decision", text, parse_date)?;
    let dates = effective_dates(decision, &app.calendar());
    Ok(ShownEffectiveDates::new(decision, dates.map_err(|far| ApiError::malformed("decision", far))?))
}

/// The query of a pair of versions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompatibilityQuery {
    smets: Option<String>,
    chts: Option<String>,
}

pub(super) async fn compatibility(app: web::Data<App>, asked: Query<CompatibilityQuery>) -> HttpResponse {
    let asked = read(asked);
    reply::blocking(move || shown_compatibility(&app, &asked?)).await
}

fn shown_compatibility(app: &App, asked: &CompatibilityQuery) -> ApiResult<ShownCompatibility> {
    let smets = version("smets", asked.smets.as_deref())?;
    let chts = version("chts", asked.chts.as_deref())?;
    let records = app.compatibility_records().map_err(ApiError::fault)?;
    Ok(ShownCompatibility::new(&smets, &chts, &records))
}

/// The number at the end of a version's text (HUBS.md TSAT/b).
fn version(place: &str, text: Option<&str>) -> ApiResult<VersionNumber> {
    let text = text.ok_or_else(|| ApiError::malformed(place, "must be given"))?;
    value(place, text, VersionNumber::in_text)
}
