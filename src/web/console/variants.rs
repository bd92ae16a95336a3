//! Variants: ESMEs whose variant some evidence is against, what was corrected, and what is left.

use std::io::{self, Write};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use askama::Template;

use super::{
    bar::Bar,
    download::File,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::{DOWNLOAD, PAGE, Parameters},
    reply,
    shown::{DeviceLink, UserLink},
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{Eui64, EvidenceKind, VariantDivision},
    service::{
        App, Fault,
        hubs::HubFault,
        variants::{
            SUSPECT_COLUMNS, Suspect, SuspectPage, SuspectQuestion, VariantFault, VariantQuestion,
            suspect_cells,
        },
    },
    web::{
        csv_text::without_formula,
        reader::Reader,
        stream::channel,
        variants::{
            ShownSuspects, ShownVariantLine, ShownVariantReport, ShownWeek, VARIANT_REPORT_COLUMNS,
            variant_report_cells,
        },
    },
};

/// The address of the page.
pub(super) const PATH: &str = "/variants";
/// The parameters of the address.
const KNOWN: [&str; 5] = ["by", "party", "evidence", "correctable_by", "after"];
/// Those of a download of all.
const ASKED: [&str; 4] = ["by", "party", "evidence", "correctable_by"];
/// The weeks of corrections that the picture has.
const WEEKS: usize = 26;

#[derive(Template)]
#[template(path = "variants.html")]
struct VariantsPage {
    frame: Frame,
    parameters: Parameters,
    /// Above the first page of the list.
    report: Option<ReportPart>,
    counted: String,
    no_evidence: Option<String>,
    rows: Vec<SuspectRow>,
    next: Option<String>,
    csv: String,
    json: String,
    /// The most suspects in a download as JSON.
    download: u16,
    kinds: &'static [EvidenceKind],
    divisions: &'static [VariantDivision],
}

impl VariantsPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }

    fn has_filters(&self) -> bool {
        self.parameters.has_filters("after")
    }
}

/// The report, and the picture of weeks.
struct ReportPart {
    report: ShownVariantReport,
    weeks: Vec<WeekRow>,
    csv: String,
    json: String,
}

struct WeekRow {
    from: String,
    corrections: u64,
    bar: Bar,
}

impl ReportPart {
    fn lines(&self) -> impl Iterator<Item = (&str, &ShownVariantLine)> {
        self.report.lines.iter().map(|line| (line.division.as_deref().unwrap_or("unknown"), line))
    }
}

/// A suspect as the page shows it.
struct SuspectRow {
    device: DeviceLink,
    model: String,
    status: &'static str,
    variant: &'static str,
    variant_type: &'static str,
    suggested: Option<&'static str>,
    kind: EvidenceKind,
    /// The rule and what it saw, of each evidence.
    proof: Vec<(&'static str, String)>,
    users: Vec<UserLink>,
    is_manual: bool,
    rule: String,
}

impl From<Suspect> for SuspectRow {
    fn from(suspect: Suspect) -> Self {
        let suggested = suspect.suggested();
        let Suspect { device, kind, judgement, correctable } = suspect;
        let broken = judgement.findings.iter().filter(|finding| finding.evidence.is_some());
        let details = &device.details;
        Self {
            device: DeviceLink(device.id),
            model: format!("{}, {}", details.manufacturer, details.model),
            status: device.status_text(),
            variant: details.esme_variant.map_or("", |variant| variant.as_str()),
            variant_type: details.esme_variant.map_or("", |variant| variant.type_text()),
            suggested: suggested.map(|variant| variant.as_str()),
            kind,
            proof: broken.map(|finding| (finding.step.rule.id, finding.step.saw.clone())).collect(),
            users: correctable.by.into_iter().map(UserLink).collect(),
            is_manual: correctable.is_manual,
            rule: correctable.rule,
        }
    }
}

fn asked(parameters: &Parameters) -> PageResult<SuspectQuestion> {
    Ok(SuspectQuestion {
        party: parameters.text("party").map(str::to_owned),
        evidence: parameters.value::<EvidenceKind>("evidence")?.into_iter().collect(),
        correctable_by: parameters.value("correctable_by")?,
    })
}

/// What is asked, about a Party and a User that somebody is.
fn checked(app: &App, parameters: &Parameters) -> PageResult<SuspectQuestion> {
    let asked = asked(parameters)?;
    app.check_suspect_question(&asked)?;
    Ok(asked)
}

fn report(app: &App, parameters: &Parameters, reader: &Reader) -> PageResult<ShownVariantReport> {
    let question = VariantQuestion { by: parameters.value("by")?, baseline: None };
    Ok(ShownVariantReport::new(app.variant_report(question, &|| reader.is_there())?, WEEKS))
}

fn report_part(report: ShownVariantReport, parameters: &Parameters) -> ReportPart {
    let most = report.corrections.weeks.iter().map(|week| week.corrections).max().unwrap_or_default();
    let week = |week: &ShownWeek| WeekRow {
        from: week.from.clone(),
        corrections: week.corrections,
        bar: Bar::of(week.corrections, most, false),
    };
    ReportPart {
        weeks: report.corrections.weeks.iter().map(week).collect(),
        csv: parameters.with("/variants/report.csv", "after", None::<Eui64>),
        json: parameters.with("/variants/report.json", "after", None::<Eui64>),
        report,
    }
}

/// The report above the first page, how many ESMEs were counted, why there is no evidence, and the page.
type Overview = (Option<ReportPart>, u64, Option<String>, SuspectPage);

fn overview(app: &App, parameters: &Parameters, reader: &Reader) -> PageResult<Overview> {
    let asked = checked(app, parameters)?;
    let Some(after) = parameters.value::<Eui64>("after")? else {
        let question = VariantQuestion { by: parameters.value("by")?, baseline: None };
        let (report, page) = app.variant_overview(question, &asked, PAGE, &|| reader.is_there())?;
        let (counted, no_evidence) = (report.count.esmes(), report.count.no_evidence());
        let part = report_part(ShownVariantReport::new(report, WEEKS), parameters);
        return Ok((Some(part), counted, no_evidence, page));
    };
    let (count, page) = app.variant_suspects(&asked, Some(after), PAGE, &|| reader.is_there())?;
    Ok((None, count.esmes(), count.no_evidence(), page))
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let (parameters, reader) = (Parameters::of(&request, &KNOWN), Reader::of(&request));
    let work = move |frame| {
        let parameters = parameters?;
        let (report, counted, no_evidence, page) = overview(&app, &parameters, &reader)?;
        let at = |path: &str, place: Option<Eui64>| parameters.with(path, "after", place);
        Ok(VariantsPage {
            frame,
            report,
            counted: counted.to_string(),
            no_evidence,
            rows: page.suspects.into_iter().map(SuspectRow::from).collect(),
            next: page.next.map(|place| at(PATH, Some(place))),
            csv: at("/variants.csv", None),
            json: at("/variants.json", None),
            download: DOWNLOAD,
            kinds: EvidenceKind::ALL,
            divisions: VariantDivision::ALL,
            parameters,
        })
    };
    reply::page(frame.titled("Variants"), work).await
}

/// Some suspects as JSON, with the place where the next ones begin.
pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked_for: &Download| {
        let (app, parameters, reader) = (&asked_for.app, &asked_for.parameters, &asked_for.reader);
        let after = parameters.value::<Eui64>("after")?;
        let asked = checked(app, parameters)?;
        let (count, page) = app.variant_suspects(&asked, after, DOWNLOAD, &|| reader.is_there())?;
        let next = asked_for.next("after", page.next);
        Ok(File::json("variants", &ShownSuspects::new(&count, page))?.followed_by(next))
    };
    wanted.answer(&KNOWN, work).await
}

/// All suspects as CSV, sent as they are found. A reader that goes away ends the search.
pub(super) async fn download_all(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let question = match Parameters::of(&request, &ASKED).and_then(|parameters| asked(&parameters)) {
        Ok(question) => question,
        Err(refused) => return reply::error(frame, &refused),
    };
    let (of_check, to_check) = (app.clone(), question.clone());
    match web::block(move || of_check.check_suspect_question(&to_check)).await {
        Ok(Ok(())) => {}
        Ok(Err(refused)) => return reply::error(frame, &refused.into()),
        Err(fault) => return reply::error(frame, &PageError::broken(fault)),
    }
    let ((mut writer, chunks), reader) = (channel(), Reader::of(&request));
    let work = move || {
        if let Err(fault) = write_all(&app, &question, &reader, &mut writer) {
            writer.fail(fault);
        }
    };
    drop(actix_web::rt::task::spawn_blocking(work));
    match chunks.begun().await {
        Ok(chunks) => HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8")
            .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"variants.csv\""))
            .body(chunks),
        Err(HubFault::Store(fault)) => reply::error(frame, &Fault::from(fault).into()),
        Err(HubFault::Write(fault)) => reply::error(frame, &PageError::broken(fault)),
    }
}

fn write_all(
    app: &App,
    question: &SuspectQuestion,
    reader: &Reader,
    to: &mut dyn Write,
) -> Result<(), HubFault> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(SUSPECT_COLUMNS).map_err(io::Error::from)?;
    let mut each = |suspect: &Suspect| {
        let cells = suspect_cells(suspect).map(|cell| without_formula(&cell));
        csv.write_record(cells).map_err(|fault| VariantFault::Write(fault.into()))
    };
    app.each_variant_suspect(question, &|| reader.is_there(), &mut each).map_err(|fault| match fault {
        VariantFault::Store(fault) => HubFault::Store(fault),
        VariantFault::Write(fault) => HubFault::Write(fault),
        fault @ (VariantFault::Unread | VariantFault::Invented(_)) => {
            HubFault::Write(io::Error::other(fault))
        }
    })?;
    Ok(csv.flush()?)
}

pub(super) async fn download_report(wanted: Wanted) -> HttpResponse {
    let work = |asked_for: &Download| {
        let report = report(&asked_for.app, &asked_for.parameters, &asked_for.reader)?;
        match asked_for.format {
            Format::Csv => {
                let rows = variant_report_cells(&report);
                File::csv("variants-report", VARIANT_REPORT_COLUMNS, rows.into_iter())
            }
            Format::Json => File::json("variants-report", &report),
        }
    };
    wanted.answer(&KNOWN, work).await
}
