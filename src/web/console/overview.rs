//! The overview: is it well, and what was decided last.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    extracts::ExtractRow,
    frame::Frame,
    page_error::PageResult,
    reply,
    shown::{DecisionRow, When},
    tallies::{AnswerBars, DeviceBars},
};
use crate::service::{
    App,
    console::{DecisionFilterValue, InstanceState, OwnCertificate, ServiceHealth},
};

/// The number of decisions on the page.
const NEWEST: u16 = 10;
/// A certificate that ends within so many days is a warning.
const SOON: i64 = 30;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    health: ServiceHealth,
    certificates: Vec<CertificateRow>,
    extracts: Vec<ExtractRow>,
    instances: Vec<InstanceRow>,
    /// None before the first count.
    devices: Option<DeviceBars>,
    answers: AnswerBars,
    newest: Newest,
}

/// An instance that decided.
struct InstanceRow {
    name: String,
    is_this: bool,
    decisions: i64,
    last: Option<When>,
}

impl From<&InstanceState> for InstanceRow {
    fn from(InstanceState { decisions, is_this }: &InstanceState) -> Self {
        let (name, last) = (decisions.name.clone(), decisions.last_at.map(When));
        Self { name, is_this: *is_this, decisions: decisions.decisions, last }
    }
}

/// A certificate that the service signs with.
struct CertificateRow {
    name: String,
    ends: When,
    days_left: i64,
}

impl CertificateRow {
    fn ends_soon(&self) -> bool {
        self.days_left < SOON
    }
}

/// The last decisions, which the script asks for again and again.
#[derive(Template)]
#[template(path = "newest_decisions.html")]
struct Newest {
    rows: Vec<DecisionRow>,
}

pub(super) async fn show(app: web::Data<App>, frame: Frame) -> HttpResponse {
    let work = move |frame: Frame| {
        let health = app.health()?;
        let now = app.clock().now();
        let extracts = health.extracts.iter().map(|extract| ExtractRow::new(extract, now)).collect();
        let certificate = |own: &OwnCertificate| CertificateRow {
            name: own.name.clone(),
            ends: When(own.not_after),
            days_left: own.days_left,
        };
        let tallies = app.tallies()?;
        Ok(OverviewPage {
            frame,
            certificates: health.certificates.iter().map(certificate).collect(),
            extracts,
            instances: health.instances.iter().map(InstanceRow::from).collect(),
            devices: tallies.devices.as_ref().map(DeviceBars::from),
            answers: AnswerBars::from(&tallies),
            newest: newest(&app)?,
            health,
        })
    };
    reply::page(frame.titled("Overview"), work).await
}

/// The part of the page that is live.
pub(super) async fn newest_decisions(app: web::Data<App>, frame: Frame) -> HttpResponse {
    reply::page(frame, move |_| newest(&app)).await
}

fn newest(app: &App) -> PageResult<Newest> {
    let found = app.search_decisions(&DecisionFilterValue::default(), None, NEWEST)?;
    Ok(Newest { rows: found.rows.into_iter().map(DecisionRow::from).collect() })
}
