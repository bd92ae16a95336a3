//! The rulebook in force: every rule with its source and standing, its code and what overrides it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{frame::Frame, page_error::PageResult, query::Parameters, reply};
use crate::{
    domain::{CodeOverrides, ResponseCode, Rule, ServiceReferenceVariant, ServiceRequest},
    rules::rulebook,
    service::App,
};

#[derive(Template)]
#[template(path = "rulebook.html")]
struct RulebookPage {
    frame: Frame,
    services: Vec<ServiceReferenceVariant>,
    service: &'static str,
    rows: Vec<RuleRow>,
    codes: Vec<CodeRow>,
}

/// A rule.
struct RuleRow {
    rule: &'static Rule,
    code: ResponseCode,
    /// The code it would answer without the operator's override.
    instead_of: Option<ResponseCode>,
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
    let row = |rule: &'static Rule| {
        let code = codes.code_of(rule);
        RuleRow { rule, code, instead_of: (code != rule.code).then_some(rule.code) }
    };
    Ok(RulebookPage {
        frame,
        services: ServiceRequest::ALL.iter().map(|service| service.variant()).collect(),
        service: asked.map_or("", |service| service.as_str()),
        codes: code_rows(&rules, codes),
        rows: rules.into_iter().map(row).collect(),
    })
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
