//! `GET /manage/coverage`: the coverage extract of each CSP Region, and its age.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::reply::{self, ApiError, ApiResult};
use crate::{
    domain::{Now, age_in_days, instant_text},
    service::App,
    store::{CoverageExtract, ExtractFile},
};

pub(super) async fn list(app: web::Data<App>) -> HttpResponse {
    reply::blocking(move || find(&app)).await
}

fn find(app: &App) -> ApiResult<ListedCoverage> {
    let extracts = app.coverage_extracts().map_err(ApiError::fault)?;
    let now = app.clock().now();
    Ok(ListedCoverage {
        extracts: extracts.into_iter().map(|extract| ShownExtract::new(extract, now)).collect(),
    })
}

#[derive(Serialize)]
struct ListedCoverage {
    extracts: Vec<ShownExtract>,
}

/// One extract. Name, time and age are null if it was loaded by an older version, which did not store them.
#[derive(Serialize)]
struct ShownExtract {
    csp_region: &'static str,
    source: Option<String>,
    loaded_at: Option<String>,
    age_days: Option<i64>,
    rows: u64,
}

impl ShownExtract {
    fn new(extract: CoverageExtract, now: Now) -> Self {
        let CoverageExtract { region, file, rows } = extract;
        let (source, loaded_at) = file.map(|ExtractFile { name, loaded_at }| (name, loaded_at)).unzip();
        Self {
            csp_region: region.as_str(),
            source,
            loaded_at: loaded_at.map(instant_text),
            age_days: loaded_at.map(|at| age_in_days(at, now)),
            rows,
        }
    }
}
