//! Reports by their names: what each holds, the first lines of one, and downloads.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    download::File,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::Parameters,
    reply::{self, Answer},
};
use crate::{
    domain::{InventoryReport, LondonMonth, parse_instant},
    service::{
        App, AskedReport, MonthlyReport, ReportField, ReportName, ReportTable,
        inventory_reports::{InventoryFormat, InventoryHead, InventoryQuestion},
    },
    web::{
        report_stream,
        reports::{report_cells_text, report_json, report_spreadsheet},
    },
};

/// The address of the page.
pub(super) const PATH: &str = "/reports";
/// The parameters of the address.
const KNOWN: [&str; 4] = ["name", "month", "as_at", "party"];
/// The lines that the page shows.
const SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage {
    frame: Frame,
    parameters: Parameters,
    reports: Vec<NamedReport>,
    shown: Option<ShownReport>,
}

impl ReportsPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }
}

/// A report of the list.
struct NamedReport {
    name: ReportName,
    address: String,
    is_chosen: bool,
}

impl NamedReport {
    fn takes(&self) -> String {
        let fields = [ReportField::AsAt, ReportField::Party, ReportField::Month];
        let fields = fields.into_iter().filter(|field| self.name.takes(*field)).map(|field| match field {
            ReportField::AsAt => "as at",
            ReportField::Party => "Party",
            ReportField::Month => "month",
        });
        fields.collect::<Vec<_>>().join(", ")
    }
}

/// The report that is asked for.
struct ShownReport {
    name: ReportName,
    csv: String,
    json: String,
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
    is_whole: bool,
    /// What is to be known of it beside its lines.
    note: Option<String>,
}

/// What the parameters ask; none where they name no report.
fn asked(parameters: &Parameters) -> PageResult<Option<(ReportName, AskedReport)>> {
    let month = parameters.value::<LondonMonth>("month")?;
    let as_at = parameters.value_by("as_at", parse_instant)?;
    let party = parameters.text("party").map(str::to_owned);
    let Some(name) = parameters.value::<ReportName>("name")? else { return Ok(None) };
    let asked = AskedReport::new(name, month, as_at, party);
    let asked = asked.map_err(|misplaced| PageError::parameter(misplaced.field.as_str(), misplaced))?;
    Ok(Some((name, asked)))
}

fn monthly(
    app: &App,
    report: MonthlyReport,
    month: Option<LondonMonth>,
) -> PageResult<(LondonMonth, ReportTable)> {
    let month = month.unwrap_or_else(|| LondonMonth::of_day(app.london_today()));
    Ok((month, app.monthly_report(report, month)?))
}

fn shown(
    app: &App,
    parameters: &Parameters,
    name: ReportName,
    asked: AskedReport,
) -> PageResult<ShownReport> {
    let at = |path: &str| parameters.with(path, "", None::<String>);
    let report = ShownReport {
        name,
        csv: at("/reports.csv"),
        json: at("/reports.json"),
        columns: &[],
        rows: Vec::new(),
        is_whole: true,
        note: None,
    };
    match asked {
        AskedReport::Monthly(of, month) => {
            let (month, table) = monthly(app, of, month)?;
            let rows = table.rows.iter().take(SHOWN).map(|cells| report_cells_text(cells)).collect();
            let is_whole = table.rows.len() <= SHOWN;
            let note = Some(format!("The London month {month}."));
            Ok(ShownReport { columns: table.columns, rows, is_whole, note, ..report })
        }
        AskedReport::Inventory(question) => {
            let head = app.inventory_head(&question)?;
            let report = ShownReport { note: head.warning().map(|warning| sentence(&warning)), ..report };
            first_lines(app, &question, report)
        }
    }
}

/// A warning as a sentence of a page.
fn sentence(warning: &str) -> String {
    let mut letters = warning.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).chain(['.']).collect()
}

fn first_lines(app: &App, question: &InventoryQuestion, report: ShownReport) -> PageResult<ShownReport> {
    if let InventoryQuestion { report: InventoryReport::Estate, as_at: Some(_), .. } = question {
        // Its supply points of then are looked for first, in the whole history.
        let note = "The estate as at an instant is not shown here: all supply points of then are looked for first. Download it.";
        let note = [note].into_iter().chain(report.note.as_deref()).collect::<Vec<_>>().join(" ");
        return Ok(ShownReport { is_whole: false, note: Some(note), ..report });
    }
    let preview = app.inventory_preview(question, SHOWN)?;
    let text = |row: Vec<Option<String>>| row.into_iter().map(Option::unwrap_or_default).collect();
    Ok(ShownReport {
        columns: preview.columns,
        rows: preview.rows.into_iter().map(text).collect(),
        is_whole: preview.is_whole,
        ..report
    })
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let asked = asked(&parameters)?;
        let chosen = asked.as_ref().map(|(name, _)| *name);
        let row = |name: ReportName| NamedReport {
            name,
            address: Parameters::none().with(PATH, "name", Some(name)),
            is_chosen: chosen == Some(name),
        };
        let shown = asked.map(|(name, asked)| shown(&app, &parameters, name, asked)).transpose()?;
        Ok(ReportsPage { frame, reports: ReportName::all().map(row).collect(), shown, parameters })
    };
    reply::page(frame.titled("Reports"), work).await
}

/// A download, which is as long as the report: one of the inventory is sent as it is made.
pub(super) async fn download(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let is_csv = request.path().ends_with(".csv");
    let format = if is_csv { InventoryFormat::Csv } else { InventoryFormat::Json };
    let found = Parameters::of(&request, &KNOWN).and_then(|parameters| asked(&parameters));
    let none = || PageError::bad_request("The parameters", "name no report: give `name`");
    match found.and_then(|found| found.ok_or_else(none)) {
        Ok((_, AskedReport::Inventory(question))) => send(app, frame, question, format).await,
        Ok((name, AskedReport::Monthly(report, month))) => {
            let work = move || {
                let (month, table) = monthly(&app, report, month)?;
                let file = match format {
                    InventoryFormat::Csv => {
                        let text = report_spreadsheet(&table);
                        let media_type = report_stream::media_type(format);
                        File::whole(&format!("{name}-{month}.csv"), media_type, text.into_bytes())
                    }
                    InventoryFormat::Json => {
                        let shown = report_json(report.as_str(), &month.to_string(), &table);
                        File::json(&format!("{name}-{month}"), &shown)?
                    }
                };
                Ok(Answer::File(file))
            };
            reply::answer(frame, work).await
        }
        Err(refused) => reply::error(frame, &refused),
    }
}

async fn send(
    app: web::Data<App>,
    frame: Frame,
    question: InventoryQuestion,
    format: InventoryFormat,
) -> HttpResponse {
    let party = question.party.clone();
    match report_stream::begin(app, question, format).await {
        Ok(sent) => {
            let file = file_name(&sent.head, party.as_deref());
            sent.into_response(Some(format!("attachment; filename=\"{file}.{format}\"")))
        }
        Err(fault) => reply::error(frame, &fault.into()),
    }
}

/// The name of a download: a file that lies about tells what it is.
fn file_name(head: &InventoryHead, party: Option<&str>) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let party = party.map(|party| format!("-{}", party.chars().map(plain).collect::<String>()));
    let (word, at) = head.as_at.map_or(("made", head.made_at), |at| ("as-at", at));
    format!("{}{}-{word}-{}", head.report, party.unwrap_or_default(), at.strftime("%Y-%m-%dT%H%M%SZ"))
}
