//! The lists of the page Privacy as CSV and JSON.

use actix_web::HttpResponse;
use serde::Serialize;

use super::{
    download::File,
    page_error::PageResult,
    privacy::{KNOWN, year_asked},
    wanted::{Download, Format, Wanted},
};
use crate::web::privacy::{
    ASSESSMENT_COLUMNS, NOT_ASSESSED_COLUMNS, REPORT_COLUMNS, SHARE_COLUMNS, ShownAssessment,
    ShownNotAssessed, ShownPrivacyReport, assessment_cells, not_assessed_cells, report_cells, share_cells,
};

/// A list in the format that is wanted: its JSON, or its columns and rows.
fn file<const N: usize>(
    asked: &Download,
    name: &str,
    json: &impl Serialize,
    columns: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> PageResult<File> {
    match asked.format {
        Format::Csv => File::csv(name, columns, rows),
        Format::Json => File::json(name, json),
    }
}

pub(super) async fn report(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let (report, _) = asked.app.privacy_report(year_asked(&asked.app, &asked.parameters)?)?;
        let shown = ShownPrivacyReport::new(report, None);
        file(asked, "privacy", &shown, REPORT_COLUMNS, report_cells(&shown).into_iter())
    };
    wanted.answer(&KNOWN, work).await
}

pub(super) async fn shares(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let (report, shares) = asked.app.privacy_report(year_asked(&asked.app, &asked.parameters)?)?;
        let shown = ShownPrivacyReport::new(report, Some(shares));
        let rows = shown.shares.iter().flatten().map(share_cells);
        file(asked, "privacy-shares", &shown, SHARE_COLUMNS, rows)
    };
    wanted.answer(&KNOWN, work).await
}

#[derive(Serialize)]
struct ListedAssessments {
    assessments: Vec<ShownAssessment>,
}

pub(super) async fn assessments(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let found = asked.app.privacy_assessments(year_asked(&asked.app, &asked.parameters)?)?;
        let settings = &asked.app.choices().privacy;
        let assessments = found.iter().map(|one| ShownAssessment::new(one, settings)).collect();
        let shown = ListedAssessments { assessments };
        let rows = shown.assessments.iter().map(assessment_cells);
        file(asked, "privacy-assessments", &shown, ASSESSMENT_COLUMNS, rows)
    };
    wanted.answer(&KNOWN, work).await
}

pub(super) async fn review(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let year = year_asked(&asked.app, &asked.parameters)?;
        let shown = ShownNotAssessed::new(year.get(), asked.app.privacy_review(year)?);
        let rows = shown.users.iter().map(not_assessed_cells);
        file(asked, "privacy-review", &shown, NOT_ASSESSED_COLUMNS, rows)
    };
    wanted.answer(&KNOWN, work).await
}
