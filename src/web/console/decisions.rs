//! The list of decisions: filters in the address, pages by key, downloads.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{
    download::File,
    frame::Frame,
    page_error::PageResult,
    query::{DOWNLOAD, PAGE, Parameters},
    reply,
    shown::{DecisionRow, When},
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{RequestId, ResponseCode, ServiceReferenceVariant, ServiceRequest, instant_text, parse_instant},
    service::{
        App,
        console::{DecisionFilterValue, DecisionOutcomeValue, DecisionPageValue, KeyedDecisionValue},
    },
};

/// The parameters of the address.
const KNOWN: [&str; 10] =
    ["request_id", "user", "device", "service", "code", "rule", "outcome", "from", "until", "before"];

#[derive(Template)]
#[template(path = "decisions.html")]
struct DecisionsPage {
    frame: Frame,
    parameters: Parameters,
    rows: Vec<DecisionRow>,
    /// The address of the page before these in time.
    next: Option<String>,
    /// The time of the oldest decision that was looked at, where older ones were not.
    looked_back_to: Option<When>,
    csv: String,
    json: String,
    services: Vec<ServiceReferenceVariant>,
    codes: Vec<&'static str>,
}

impl DecisionsPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }

    fn has_filters(&self) -> bool {
        self.parameters.has_filters("before")
    }
}

/// The decisions that the parameters ask for.
fn find(app: &App, parameters: &Parameters, limit: u16) -> PageResult<DecisionPageValue> {
    if let Some(id) = parameters.value::<RequestId>("request_id")? {
        let rows = app.keyed_decisions_of(&id, limit)?;
        return Ok(DecisionPageValue { rows, next: None, looked_back_to: None });
    }
    let filter = DecisionFilterValue {
        user: parameters.value("user")?,
        device: parameters.value("device")?,
        variant: parameters.value("service")?,
        code: parameters.value("code")?,
        rule: parameters.text("rule").map(str::to_owned),
        outcome: parameters.value::<DecisionOutcomeValue>("outcome")?,
        from: parameters.value_by("from", parse_instant)?,
        until: parameters.value_by("until", parse_instant)?,
    };
    Ok(app.search_decisions(&filter, parameters.key("before")?, limit)?)
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame: Frame| {
        let parameters = parameters?;
        let DecisionPageValue { rows, next, looked_back_to } = find(&app, &parameters, PAGE)?;
        let at = |path: &str, key| parameters.with(path, "before", key);
        Ok(DecisionsPage {
            frame,
            rows: rows.into_iter().map(DecisionRow::from).collect(),
            next: next.map(|key| at("/decisions", Some(key))),
            looked_back_to: looked_back_to.map(When),
            csv: at("/decisions.csv", None),
            json: at("/decisions.json", None),
            services: ServiceRequest::ALL.iter().map(|service| service.variant()).collect(),
            codes: ResponseCode::all().map(ResponseCode::as_str).collect(),
            parameters,
        })
    };
    reply::page(frame.titled("Decisions"), work).await
}

/// The columns of the downloads.
const COLUMNS: [&str; 8] =
    ["decided_at", "code", "service_reference_variant", "user_id", "device_id", "rule", "request_id", "key"];

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let DecisionPageValue { rows, next, looked_back_to } = find(&asked.app, &asked.parameters, DOWNLOAD)?;
        let next = asked.next("before", next);
        let file = match asked.format {
            Format::Csv => File::csv("decisions", COLUMNS, rows.iter().map(cells))?,
            Format::Json => {
                let decisions = rows.into_iter().map(ListedDecision::from).collect();
                let looked_back_to = looked_back_to.map(instant_text);
                File::json("decisions", &ListedDecisions { decisions, next: next.clone(), looked_back_to })?
            }
        };
        Ok(file.followed_by(next))
    };
    wanted.answer(&KNOWN, work).await
}

fn cells(row: &KeyedDecisionValue) -> [String; 8] {
    let record = &row.record;
    [
        instant_text(record.at),
        record.code.to_string(),
        record.variant.map(|variant| variant.to_string()).unwrap_or_default(),
        record.user.to_string(),
        record.device.map(|device| device.to_string()).unwrap_or_default(),
        record.rule.clone().unwrap_or_default(),
        record.request_id.to_string(),
        row.key.to_string(),
    ]
}

/// The list as JSON, with the names of `GET /manage/decisions`.
#[derive(Serialize)]
struct ListedDecisions {
    decisions: Vec<ListedDecision>,
    /// The address of the next part; null on the last one.
    next: Option<String>,
    /// The time of the oldest decision that was looked at, where this part ends for that and not because it is full.
    looked_back_to: Option<String>,
}

#[derive(Serialize)]
struct ListedDecision {
    key: i64,
    request_id: String,
    user_id: String,
    device_id: Option<String>,
    service_reference_variant: Option<String>,
    code: String,
    rule: Option<String>,
    decided_at: String,
}

impl From<KeyedDecisionValue> for ListedDecision {
    fn from(row: KeyedDecisionValue) -> Self {
        let record = row.record;
        Self {
            key: row.key,
            request_id: record.request_id.to_string(),
            user_id: record.user.to_string(),
            device_id: record.device.map(|device| device.to_string()),
            service_reference_variant: record.variant.map(|variant| variant.to_string()),
            code: record.code.to_string(),
            rule: record.rule,
            decided_at: instant_text(record.at),
        }
    }
}
