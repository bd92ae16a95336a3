//! The answer to SR 12.1 as CSV and JSON: a row for each schemaVersion and CSP Region.

use actix_web::HttpResponse;
use serde::Serialize;

use super::{
    coverage::{KNOWN, place_in},
    download::File,
    page_error::{PageError, PageResult},
    query::Parameters,
    wanted::{Download, Format, Wanted},
};
use crate::service::{
    App,
    console::{CoverageAnswer, CoverageInVersion, RegionInVersion},
};

/// The columns of the CSV.
const COLUMNS: [&str; 10] = [
    "schema_version",
    "response_code",
    "csp_region",
    "csp_region_response_code",
    "coverage_availability",
    "anticipated_coverage_date",
    "wan_technology",
    "connectivity_likelihood",
    "auxiliary_equipment_required",
    "additional_information",
];

/// What is answered about the place of the parameters, which must name one.
fn find(app: &App, parameters: &Parameters) -> PageResult<CoverageAnswer> {
    let none = || PageError::bad_request("The parameters", "name no place: give `post_code` or `uprn`");
    let place = place_in(parameters)?.ok_or_else(none)?;
    Ok(app.coverage_at(&place)?)
}

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let answer = find(&asked.app, &asked.parameters)?;
        match asked.format {
            Format::Csv => File::csv("coverage", COLUMNS, answer.versions.iter().flat_map(rows)),
            Format::Json => {
                let versions = answer.versions.iter().map(ListedVersion::from).collect();
                let rule = answer.decision.decided_by().map(|rule| rule.id);
                let response_code = answer.decision.code.as_str();
                File::json("coverage", &ListedAnswer { response_code, rule, versions })
            }
        }
    };
    wanted.answer(&KNOWN, work).await
}

/// A row for each region; one without a region where the version shows none.
fn rows(version: &CoverageInVersion) -> Vec<[String; 10]> {
    let row = |region: Option<&RegionInVersion>| {
        let ListedRegion {
            csp_region,
            csp_region_response_code,
            coverage_availability,
            anticipated_coverage_date,
            wan_technology,
            connectivity_likelihood,
            auxiliary_equipment_required,
            additional_information,
        } = region.map(ListedRegion::from).unwrap_or_default();
        [
            version.version.to_owned(),
            version.code.to_string(),
            csp_region.unwrap_or_default().to_owned(),
            csp_region_response_code.unwrap_or_default().to_owned(),
            coverage_availability.map(|is| is.to_string()).unwrap_or_default(),
            anticipated_coverage_date.unwrap_or_default(),
            wan_technology.unwrap_or_default().to_owned(),
            connectivity_likelihood.unwrap_or_default().to_owned(),
            auxiliary_equipment_required.unwrap_or_default(),
            additional_information.unwrap_or_default(),
        ]
    };
    if version.regions.is_empty() {
        return vec![row(None)];
    }
    version.regions.iter().map(|region| row(Some(region))).collect()
}

#[derive(Serialize)]
struct ListedAnswer {
    response_code: &'static str,
    rule: Option<&'static str>,
    versions: Vec<ListedVersion>,
}

#[derive(Serialize)]
struct ListedVersion {
    schema_version: &'static str,
    response_code: &'static str,
    csp_regions: Vec<ListedRegion>,
}

/// A CSP Region, with the names of the elements of an answer. `wan_technology` may be one space.
#[derive(Default, Serialize)]
struct ListedRegion {
    csp_region: Option<&'static str>,
    csp_region_response_code: Option<&'static str>,
    coverage_availability: Option<bool>,
    anticipated_coverage_date: Option<String>,
    wan_technology: Option<&'static str>,
    connectivity_likelihood: Option<&'static str>,
    auxiliary_equipment_required: Option<String>,
    additional_information: Option<String>,
}

impl From<&CoverageInVersion> for ListedVersion {
    fn from(version: &CoverageInVersion) -> Self {
        Self {
            schema_version: version.version,
            response_code: version.code.as_str(),
            csp_regions: version.regions.iter().map(ListedRegion::from).collect(),
        }
    }
}

impl From<&RegionInVersion> for ListedRegion {
    fn from(region: &RegionInVersion) -> Self {
        let coverage = region.coverage.as_ref();
        Self {
            csp_region: Some(region.region.as_str()),
            csp_region_response_code: region.code.map(|code| code.as_str()),
            coverage_availability: coverage.map(|coverage| coverage.available),
            anticipated_coverage_date: coverage
                .and_then(|coverage| coverage.anticipated)
                .map(|date| date.to_string()),
            wan_technology: coverage.map(|coverage| coverage.technology),
            connectivity_likelihood: coverage.map(|coverage| coverage.likelihood.as_str()),
            auxiliary_equipment_required: coverage
                .and_then(|coverage| coverage.auxiliary_equipment.as_ref())
                .map(ToString::to_string),
            additional_information: coverage
                .and_then(|coverage| coverage.additional_information.as_ref())
                .map(ToString::to_string),
        }
    }
}
