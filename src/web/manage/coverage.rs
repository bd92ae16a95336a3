//! `GET /manage/coverage`: which extract speaks for each CSP Region, and how old it is.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::reply::{self, Outcome, Refused};
use crate::{
    domain::{Now, age_in_days, instant_text},
    service::App,
    store::{CoverageExtract, ExtractFile},
};

pub(super) async fn list(service: web::Data<App>) -> HttpResponse {
    reply::blocking(move || find(&service)).await
}

fn find(service: &App) -> Outcome<ListedCoverage> {
    let extracts = service.coverage_extracts().map_err(Refused::fault)?;
    let now = service.clock().now();
    Ok(ListedCoverage {
        extracts: extracts.into_iter().map(|extract| ShownExtract::new(extract, now)).collect(),
    })
}

#[derive(Serialize)]
struct ListedCoverage {
    extracts: Vec<ShownExtract>,
}

/// Name, time and age are null where a version loaded it that did not keep them.
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
