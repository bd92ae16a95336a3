//! The tables, the review and the difference of Validity as CSV and JSON.

use actix_web::HttpResponse;

use super::{
    download::File,
    page_error::PageError,
    validity::{KNOWN, difference_of, review_of, table_asked},
    wanted::{Download, Format, Wanted},
};
use crate::web::tsat::{ShownDifference, ShownReview, ShownTables};

pub(super) async fn tables(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let (as_at, specification) = table_asked(&asked.app, &asked.parameters)?;
        let shown = ShownTables::new(&asked.app.tsat_tables()?, as_at, specification);
        match asked.format {
            Format::Csv => File::csv("tsat", ShownTables::COLUMNS, shown.csv_rows()),
            Format::Json => File::json("tsat", &shown),
        }
    };
    wanted.answer(&KNOWN, work).await
}

pub(super) async fn review(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let (as_at, _) = table_asked(&asked.app, &asked.parameters)?;
        let shown = review_of(&asked.app, &asked.app.tsat_tables()?, as_at, &asked.parameters)?;
        match asked.format {
            Format::Csv => File::csv("tsat-review", ShownReview::COLUMNS, shown.csv_rows()),
            Format::Json => File::json("tsat-review", &shown),
        }
    };
    wanted.answer(&KNOWN, work).await
}

pub(super) async fn difference(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let shown = difference_of(&asked.app.tsat_tables()?, &asked.parameters)?;
        let none = || PageError::bad_request("The parameters", "name no versions: give `from` and `to`");
        let shown = shown.ok_or_else(none)?;
        match asked.format {
            Format::Csv => File::csv("tsat-difference", ShownDifference::COLUMNS, shown.csv_rows()),
            Format::Json => File::json("tsat-difference", &shown),
        }
    };
    wanted.answer(&KNOWN, work).await
}
