//! `GET /manage/variants/suspects` and `/report`: ESMEs that are recorded under a wrong variant, as far as evidence goes.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::{
    hubs::parsed,
    page::{limit, no_such_place},
    reply::{self, ApiError, ApiResult},
};
use crate::{
    service::{
        App,
        variants::{SuspectQuestion, VariantQuestion},
    },
    web::{
        reader::Reader,
        variants::{ShownSuspects, ShownVariantReport},
    },
};

/// The weeks of corrections that are shown where `weeks` is not given.
const WEEKS: usize = 12;

/// The query: which suspects, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SuspectsQuery {
    party: Option<String>,
    evidence: Option<String>,
    correctable_by: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn suspects(
    app: web::Data<App>,
    reader: Reader,
    asked: Result<web::Query<SuspectsQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, asked.into_inner(), &reader)).await,
        Err(error) => reply::json::<ShownSuspects>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: SuspectsQuery, reader: &Reader) -> ApiResult<ShownSuspects> {
    let kinds = asked.evidence.as_deref().unwrap_or_default().split(';').filter(|part| !part.is_empty());
    let kinds = kinds.map(|part| part.parse().map_err(|reason| ApiError::malformed("evidence", reason)));
    let question = SuspectQuestion {
        party: asked.party,
        evidence: kinds.collect::<ApiResult<Vec<_>>>()?,
        correctable_by: parsed("correctable_by", asked.correctable_by.as_deref())?,
    };
    app.check_suspect_question(&question).map_err(ApiError::asked)?;
    let after = asked.after.as_deref().map(|after| after.parse().map_err(|_| no_such_place())).transpose()?;
    let limit = limit(asked.limit.as_deref())?;
    let made = app.variant_suspects(&question, after, limit, &|| reader.is_there());
    let (count, page) = made.map_err(ApiError::fault)?;
    Ok(ShownSuspects::new(&count, page))
}

/// The query of the report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportQuery {
    by: Option<String>,
    baseline: Option<String>,
    weeks: Option<String>,
}

pub(super) async fn report(
    app: web::Data<App>,
    reader: Reader,
    asked: Result<web::Query<ReportQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || make(&app, &asked, &reader)).await,
        Err(error) => reply::json::<ShownVariantReport>(Err(ApiError::malformed("query", error))),
    }
}

fn make(app: &App, asked: &ReportQuery, reader: &Reader) -> ApiResult<ShownVariantReport> {
    let question = VariantQuestion {
        by: parsed("by", asked.by.as_deref())?,
        baseline: number("baseline", asked.baseline.as_deref())?,
    };
    let weeks = number::<u16>("weeks", asked.weeks.as_deref())?.map_or(WEEKS, usize::from);
    let report = app.variant_report(question, &|| reader.is_there()).map_err(ApiError::fault)?;
    Ok(ShownVariantReport::new(report, weeks))
}

fn number<T: std::str::FromStr>(place: &str, text: Option<&str>) -> ApiResult<Option<T>> {
    let wanted = |_| ApiError::malformed(place, "give a number");
    text.map(|text| text.parse().map_err(wanted)).transpose()
}
