//! The rulebook in force: every rule by subject with its source and standing, the moves between SMI Statuses, the states of re-flash
//! orders, and the codes with what overrides them.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    diagram::StatePicture,
    frame::Frame,
    order_picture,
    order_states::{OrderStateRow, order_states},
    page_error::PageResult,
    query::Parameters,
    reply,
    state_picture::{self, name_of},
};
use crate::{
    domain::{CodeOverrides, ResponseCode, Rule, ServiceReferenceVariant, ServiceRequest},
    rules::{
        rulebook::{
            self, changes, common, cspm_n3, firmware, maintenance, privacy, reflash, ssmi,
            tsat::{self, TsatRule},
            variants,
        },
        status::TABLE,
    },
    service::App,
};

#[derive(Template)]
#[template(path = "rulebook.html")]
struct RulebookPage {
    frame: Frame,
    services: Vec<ServiceReferenceVariant>,
    service: &'static str,
    subjects: Vec<Subject>,
    tsat: &'static [TsatRule],
    statuses: StatePicture,
    moves: Vec<MoveRow>,
    orders: StatePicture,
    order_states: Vec<OrderStateRow>,
    codes: Vec<CodeRow>,
    overrides: Vec<RuleRow>,
}

/// The rules of a subject.
struct Subject {
    /// Where it stands on the page.
    anchor: String,
    title: String,
    rows: Vec<RuleRow>,
}

/// A rule.
#[derive(Clone)]
struct RuleRow {
    rule: &'static Rule,
    code: ResponseCode,
    /// The code it would answer without the operator's override.
    instead_of: Option<ResponseCode>,
}

/// A row of the table of SMI Statuses.
struct MoveRow {
    number: usize,
    from: String,
    to: &'static str,
    by: &'static str,
    standing: &'static str,
    source: &'static str,
}

/// A code, and the rules that answer it.
struct CodeRow {
    code: ResponseCode,
    meaning: Option<&'static str>,
    rules: Vec<&'static str>,
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &["service"]);
    reply::page(frame.titled("Rulebook"), move |frame| find(&app, frame, &parameters?)).await
}

fn find(app: &App, frame: Frame, parameters: &Parameters) -> PageResult<RulebookPage> {
    let codes = &app.choices().codes;
    let asked = parameters.value::<ServiceRequest>("service")?;
    let rules: Vec<&'static Rule> = match asked {
        Some(service) => rulebook::checks_of(service).collect(),
        None => rulebook::all_rules().collect(),
    };
    let subjects = subjects(&rules, codes);
    let is_overridden = |row: &&RuleRow| row.instead_of.is_some();
    Ok(RulebookPage {
        frame,
        services: ServiceRequest::ALL.iter().map(|service| service.variant()).collect(),
        service: asked.map_or("", |service| service.as_str()),
        overrides: subjects.iter().flat_map(|subject| &subject.rows).filter(is_overridden).cloned().collect(),
        subjects,
        tsat: TsatRule::ALL,
        statuses: state_picture::picture(),
        moves: moves(),
        orders: order_picture::picture(),
        order_states: order_states(),
        codes: code_rows(&rules, codes),
    })
}

/// These rules by subject, in the order of the rulebook; a subject without any is left out.
fn subjects(rules: &[&'static Rule], codes: &CodeOverrides) -> Vec<Subject> {
    let row = |rule: &'static Rule| {
        let code = codes.code_of(rule);
        RuleRow { rule, code, instead_of: (code != rule.code).then_some(rule.code) }
    };
    let subject = |anchor: &str, title: String, of_subject: &[&'static Rule]| Subject {
        anchor: anchor.to_owned(),
        title,
        rows: of_subject.iter().filter(|rule| rules.contains(rule)).map(|rule| row(rule)).collect(),
    };
    let of_service = |service: &ServiceRequest| {
        let title = format!("SR {} {}", service.as_str(), service.variant().name());
        subject(&format!("sr-{}", service.as_str()), title, rulebook::own_rules(*service))
    };
    let common = subject("every-request", "Every Service Request".to_owned(), common::ALL);
    let tsat = subject("tsat", "TS Applicability Tables, where they are asked".to_owned(), tsat::ALL);
    let csp = subject("cspm-n3", "CSPM-N3, the notifications of CSPs about hubs".to_owned(), cspm_n3::ALL);
    let ssmi = subject("ssmi", "SSMI, the DCC's file of the firmware of hubs".to_owned(), ssmi::ALL);
    let orders = subject("reflash", "Re-flash orders of hubs".to_owned(), reflash::ALL);
    let changes = subject("changes", "Changes in maintenance windows".to_owned(), changes::ALL);
    let privacy = subject("privacy", "Privacy assessments of Other Users".to_owned(), privacy::ALL);
    let maintenance = subject("maintenance", "Planned maintenance".to_owned(), maintenance::ALL);
    let variants = subject("variants", "Evidence against an ESME Variant".to_owned(), variants::ALL);
    let firmware = subject("firmware", "Large SMETS1 firmware".to_owned(), firmware::ALL);
    let of_services = ServiceRequest::ALL.iter().map(of_service);
    let service = [tsat, csp, ssmi, orders, firmware, maintenance, changes, privacy, variants];
    let all = std::iter::once(common).chain(of_services).chain(service);
    all.filter(|subject| !subject.rows.is_empty()).collect()
}

fn moves() -> Vec<MoveRow> {
    let row = |(number, row): (usize, &'static crate::rules::status::PermittedMoves)| MoveRow {
        number,
        from: row.from.iter().map(|from| name_of(*from)).collect::<Vec<_>>().join(", "),
        to: name_of(row.to),
        by: row.by.as_str(),
        standing: row.standing.as_str(),
        source: row.source,
    };
    (1..).zip(TABLE).map(row).collect()
}

/// The codes of these rules, in the order in which they first appear.
fn code_rows(rules: &[&'static Rule], codes: &CodeOverrides) -> Vec<CodeRow> {
    let mut rows: Vec<CodeRow> = Vec::new();
    for rule in rules {
        let code = codes.code_of(rule);
        match rows.iter_mut().find(|known| known.code == code) {
            Some(known) => known.rules.push(rule.id),
            None => rows.push(CodeRow { code, meaning: code.meaning(), rules: vec![rule.id] }),
        }
    }
    rows
}
