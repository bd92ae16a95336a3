//! Validity: the TS Applicability Tables as at a day, one question to them, what ends before the next review, and what differs between
//! two versions.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    frame::Frame,
    page_error::{PageError, PageResult},
    query::Parameters,
    reply,
};
use crate::{
    domain::{
        Date, Eui64, TsatVersion, parse_date,
        tsat::{
            Baseline, Column, FOOTNOTE, HEADING, MAX_REVIEW_MONTHS, NOTES, PeriodEnd, Review, Row,
            Specification, Table, Tables, difference,
        },
    },
    service::App,
    web::tsat::{ShownDifference, ShownJudgement, ShownReview, ShownTables},
};

/// The address of the page.
pub(super) const PATH: &str = "/validity";
/// The parameters of the address: those of the tables, of a question, and of a difference.
pub(super) const KNOWN: [&str; 11] =
    ["as_at", "specification", "device", "of", "version", "gbcs", "on", "ppm", "from", "to", "months"];

#[derive(Template)]
#[template(path = "validity.html")]
struct ValidityPage {
    frame: Frame,
    parameters: Parameters,
    heading: &'static str,
    footnote: &'static str,
    notes: [&'static str; 2],
    specifications: &'static [Specification],
    shown: ShownTables,
    rows: Vec<TableRow>,
    answer: Option<ShownJudgement>,
    review: ShownReview,
    difference: Option<ShownDifference>,
}

impl ValidityPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }

    /// The address of a download with the parameters of this page.
    fn download(&self, path: &str) -> String {
        self.parameters.with(path, "", None::<String>)
    }
}

/// A row of the tables.
struct TableRow {
    specification: &'static str,
    version: String,
    gbcs: String,
    dates: Vec<DateCell>,
    extended: bool,
    security: String,
    note: String,
    deadline: Option<String>,
    target: Option<String>,
}

/// A date, and whether it is an end that has passed or is near.
struct DateCell {
    text: String,
    state: EndState,
}

/// Where an end stands on the day of the tables.
enum EndState {
    /// It is no end, or a far one.
    Plain,
    /// It is before the next review.
    EndsSoon,
    /// It has passed.
    Ended,
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    reply::page(frame.titled("Validity"), move |frame| find(&app, frame, parameters?)).await
}

fn find(app: &App, frame: Frame, parameters: Parameters) -> PageResult<ValidityPage> {
    let tables = app.tsat_tables()?;
    let (as_at, specification) = table_asked(app, &parameters)?;
    let review = review_of(app, &tables, as_at, &parameters)?;
    let table = tables.in_force(as_at);
    let soon = parse_date(&review.next).unwrap_or(as_at);
    Ok(ValidityPage {
        frame,
        heading: HEADING,
        footnote: FOOTNOTE,
        notes: NOTES,
        specifications: Specification::ALL,
        rows: table.map(|table| rows(&tables, table, specification, (as_at, soon))).unwrap_or_default(),
        shown: ShownTables::new(&tables, as_at, specification),
        answer: answer(app, &tables, as_at, &parameters)?,
        difference: difference_of(&tables, &parameters)?,
        review,
        parameters,
    })
}

/// The day and the specification of the tables.
pub(super) fn table_asked(app: &App, parameters: &Parameters) -> PageResult<(Date, Option<Specification>)> {
    let as_at = parameters.value_by("as_at", parse_date)?.unwrap_or_else(|| app.london_today());
    Ok((as_at, parameters.value("specification")?))
}

/// The review on the day of the tables.
pub(super) fn review_of(
    app: &App,
    tables: &Tables,
    as_at: Date,
    parameters: &Parameters,
) -> PageResult<ShownReview> {
    let months = parameters.value_by("months", review_months)?.unwrap_or(app.choices().hubs.review_months);
    let table = tables.in_force(as_at);
    let review = Review::of(table, as_at, months);
    let review = review.ok_or_else(|| PageError::parameter("months", "leads out of the calendar"))?;
    Ok(ShownReview::new(as_at, months, table, &review))
}

fn review_months(text: &str) -> Result<u16, String> {
    let months = text.parse::<u16>().ok().filter(|months| (1..=MAX_REVIEW_MONTHS).contains(months));
    months.ok_or_else(|| format!("is not a number from 1 to {MAX_REVIEW_MONTHS}"))
}

/// The difference of the versions that the parameters name, if they name two.
pub(super) fn difference_of(tables: &Tables, parameters: &Parameters) -> PageResult<Option<ShownDifference>> {
    let named = |name: &str| {
        let version = parameters.value::<TsatVersion>(name)?;
        let found = version.map(|version| {
            let unknown =
                || PageError::parameter(name, format!("is `{version}`, and there is no such version"));
            tables.named(&version).ok_or_else(unknown)
        });
        found.transpose()
    };
    match (named("from")?, named("to")?) {
        (Some(from), Some(to)) => Ok(Some(ShownDifference::new(from, to, &difference(from, to)))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(PageError::parameter("to", "is needed beside `from`")),
        (None, Some(_)) => Err(PageError::parameter("from", "is needed beside `to`")),
    }
}

/// The answer to the question of the parameters, if they ask one.
fn answer(
    app: &App,
    tables: &Tables,
    as_at: Date,
    parameters: &Parameters,
) -> PageResult<Option<ShownJudgement>> {
    let (device, of) = (parameters.value::<Eui64>("device")?, parameters.value::<Specification>("of")?);
    let baseline = match (device, of, parameters.text("version")) {
        (None, None, None) => return Ok(None),
        (Some(id), None, None) => {
            let (_, device) = app.tsat_tables_and_device(id)?;
            Baseline::of(&device.ok_or_else(|| PageError::unknown_device(&id.to_string()))?)
        }
        (None, Some(of), Some(version)) => Baseline::read(Some(of), Some(version), parameters.text("gbcs")),
        (None, Some(_), None) => return Err(PageError::parameter("version", "is needed beside `of`")),
        (None, None, Some(_)) => return Err(PageError::parameter("of", "is needed beside `version`")),
        (Some(_), _, _) => {
            return Err(PageError::parameter("device", "stands alone, without `of` and `version`"));
        }
    };
    let on = parameters.value_by("on", parse_date)?.unwrap_or_else(|| app.london_today());
    let judgement = tables.judge(&baseline, on, as_at, parameters.text("ppm").is_some());
    Ok(Some(ShownJudgement::new(&baseline, as_at, &judgement)))
}

/// The rows of a version, with the ends marked that have passed on the day, or are before the next review.
fn rows(
    tables: &Tables,
    table: &Table,
    specification: Option<Specification>,
    (as_at, soon): (Date, Date),
) -> Vec<TableRow> {
    let is_shown = |row: &&Row| specification.is_none_or(|only| row.key().specification == only);
    let rows = table.rows().iter().filter(is_shown).map(|row| {
        let way_up = table.way_up(row);
        TableRow {
            specification: row.key().specification.as_str(),
            version: row.cell(Column::SpecVersion),
            gbcs: row.cell(Column::GbcsVersion),
            dates: Column::DATES.iter().map(|column| date_cell(row, *column, (as_at, soon))).collect(),
            extended: tables.is_extended(table, row),
            security: row.security().to_owned(),
            note: row.note().to_owned(),
            deadline: way_up.map(|way| way.deadline.to_string()),
            target: way_up.and_then(|way| way.target).map(|target| target.key().to_string()),
        }
    });
    rows.collect()
}

fn date_cell(row: &Row, column: Column, (as_at, soon): (Date, Date)) -> DateCell {
    let end = row.ends().find(|(own, _)| *own == column);
    let state = match end {
        Some((_, PeriodEnd::On(day))) if day < as_at => EndState::Ended,
        Some((_, PeriodEnd::On(day))) if day < soon => EndState::EndsSoon,
        Some(_) | None => EndState::Plain,
    };
    DateCell { text: row.cell(column), state }
}
