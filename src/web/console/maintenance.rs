//! A month of maintenance: the calendar of its nights, what its windows use of the limits, its check, its revisions; and publication.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    frame::Frame,
    maintenance_refusal::{MaintenanceCheckRow, refusal, unreadable},
    night_picture::{NightPicture, NightWindow, picture},
    page_error::PageResult,
    query::Parameters,
    refused::Refusal,
    reply::{self, Answer},
    sent::Sent,
    shown::When,
    slots::Slots,
};
use crate::{
    domain::{
        ActReason, ActorName, LondonMonth, Malformed,
        maintenance::{MonthSchedule, PublishedWindow, RuleSet, WindowState},
    },
    rules::maintenance::{AllowanceUse, VersionChange, WindowHeading},
    service::{App, MaintenanceOverview, WindowDetails},
    web::manage::FieldFault,
};

/// The address of the page.
pub(super) const PATH: &str = "/maintenance";
/// The parameters of the address.
const KNOWN: [&str; 1] = ["month"];

#[derive(Template)]
#[template(path = "maintenance.html")]
struct MonthPage {
    frame: Frame,
    refusal: Option<Refusal>,
    month: LondonMonth,
    in_words: String,
    before: LondonMonth,
    after: LondonMonth,
    rule_set: Option<RuleSet>,
    latest: Option<String>,
    used: MonthUse,
    picture: Option<NightPicture>,
    rows: Vec<WindowRow>,
    is_ok: bool,
    checks: Vec<MaintenanceCheckRow>,
    held: usize,
    revisions: Vec<RevisionRow>,
    /// What was written beside a publication, and not taken.
    note: String,
}

/// What the windows of a month use of its limits, with boxes beside the numbers.
pub(super) struct MonthUse {
    pub(super) high: Slots,
    pub(super) high_minutes: u64,
    pub(super) low: Slots,
    /// Whether the rule set has categories.
    pub(super) has_categories: bool,
}

/// A window as lists show it.
pub(super) struct WindowRow {
    pub(super) reference: String,
    pub(super) what: &'static str,
    pub(super) title: String,
    pub(super) starts: When,
    pub(super) ends: When,
    pub(super) minutes: u64,
    pub(super) state: WindowState,
    pub(super) because: &'static str,
    pub(super) environment: &'static str,
}

/// A revision, with what it changed.
struct RevisionRow {
    revision: u32,
    published: When,
    by: String,
    is_late: bool,
    note: String,
    changes: Vec<String>,
}

impl MonthUse {
    pub(super) fn new(rule_set: Option<RuleSet>, used: Option<AllowanceUse>) -> Self {
        let has_categories = match rule_set {
            Some(RuleSet::Trial | RuleSet::Mp092) => true,
            Some(RuleSet::Before) | None => false,
        };
        let AllowanceUse { high_windows, high_minutes, low_windows } = used.unwrap_or_default();
        let slots = |used, allowed| Slots { used, allowed: has_categories.then_some(allowed) };
        Self {
            high: slots(high_windows, AllowanceUse::HIGH_WINDOWS),
            high_minutes,
            low: slots(low_windows, AllowanceUse::LOW_WINDOWS),
            has_categories,
        }
    }
}

/// What a window is called by its kind and category, and its mark in the picture.
pub(super) const fn kind_of(details: &WindowDetails) -> (&'static str, &'static str) {
    let heading = WindowHeading::of(details.window.plan.kind, details.category);
    let mark = match heading {
        WindowHeading::High => "H",
        WindowHeading::Low => "L",
        WindowHeading::Unplanned => "U",
        WindowHeading::Emergency => "E",
        WindowHeading::Maintenance => "M",
    };
    (heading.as_str(), mark)
}

impl From<&WindowDetails> for WindowRow {
    fn from(details: &WindowDetails) -> Self {
        let plan = &details.window.plan;
        Self {
            reference: details.window.reference.to_string(),
            what: kind_of(details).0,
            title: plan.title.as_ref().map(ToString::to_string).unwrap_or_default(),
            starts: When(plan.starts_at),
            ends: When(plan.ends_at),
            minutes: details.window.minutes(),
            state: details.window.state,
            because: details.category_because.unwrap_or_default(),
            environment: plan.environment.as_str(),
        }
    }
}

fn drawn(details: &WindowDetails) -> Option<NightWindow> {
    let (what, mark) = kind_of(details);
    let plan = &details.window.plan;
    let title = plan.title.as_ref().map(|title| format!(": {title}")).unwrap_or_default();
    let is_published = match details.window.state {
        WindowState::Withdrawn => return None,
        WindowState::Published | WindowState::Closed => true,
        WindowState::Draft | WindowState::Changed => false,
    };
    Some(NightWindow {
        starts_at: plan.starts_at,
        ends_at: plan.ends_at,
        mark,
        is_published,
        text: format!("{} {what}{title}", details.window.reference),
    })
}

impl RevisionRow {
    /// `told` is every version that the month's schedule told.
    fn new(schedule: &MonthSchedule, told: &[PublishedWindow]) -> Self {
        let of_revision = told.iter().filter(|version| version.revision == schedule.revision);
        let change = |version: &PublishedWindow| {
            let is_before = |other: &&PublishedWindow| {
                other.reference == version.reference && other.version.checked_add(1) == Some(version.version)
            };
            let change = VersionChange::of(version, told.iter().find(is_before));
            format!("{} {change}", version.reference)
        };
        Self {
            revision: schedule.revision,
            published: When(schedule.published_at),
            by: schedule.by.to_string(),
            is_late: schedule.late,
            note: schedule.note.as_ref().map(ToString::to_string).unwrap_or_default(),
            changes: of_revision.map(change).collect(),
        }
    }
}

/// The address of a month.
pub(super) fn address_of(month: LondonMonth) -> String {
    format!("{PATH}?month={month}")
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let month = parameters?.value("month")?;
        let month = month.unwrap_or_else(|| LondonMonth::of_day(app.london_today()));
        page(&app, frame, month, None, "")
    };
    reply::page(frame, work).await
}

fn page(
    app: &App,
    frame: Frame,
    month: LondonMonth,
    refusal: Option<Refusal>,
    note: &str,
) -> PageResult<MonthPage> {
    let overview = app.maintenance_month(month).map_err(unreadable)?;
    let check = app.check_maintenance(month).map_err(unreadable)?;
    let MaintenanceOverview { rule_set, latest, schedules, used, told, windows, month: _ } = &overview;
    let (held, broken) = check.checks.iter().partition::<Vec<_>, _>(|check| check.step.holds);
    let drawn = windows.iter().filter_map(drawn).collect::<Vec<_>>();
    let in_words = month.first().strftime("%B %Y").to_string();
    Ok(MonthPage {
        frame: frame.titled(format!("Maintenance in {in_words}")),
        refusal,
        month,
        in_words,
        before: month.before(),
        after: month.later(1),
        rule_set: *rule_set,
        latest: latest.map(|day| day.to_string()),
        used: MonthUse::new(*rule_set, *used),
        picture: picture(month.first(), &drawn),
        rows: windows.iter().map(WindowRow::from).collect(),
        is_ok: check.is_ok(),
        checks: broken.into_iter().map(MaintenanceCheckRow::from).collect(),
        held: held.len(),
        revisions: schedules.iter().rev().map(|one| RevisionRow::new(one, told)).collect(),
        note: note.to_owned(),
    })
}

/// Publishes the next revision of a month.
pub(super) async fn publish(sent: Sent) -> HttpResponse {
    sent.answer(|sent| {
        let month = sent.form.text("month").parse::<LondonMonth>();
        let month = month.map_err(|reason| super::page_error::PageError::field("month", reason))?;
        let note = sent.form.text("note");
        let read = (!note.is_empty()).then(|| note.parse::<ActReason>()).transpose();
        let fault = |reason: Malformed| FieldFault { place: "note".to_owned(), reason: reason.to_string() };
        let done = read
            .map_err(fault)
            .map(|note| sent.app.publish_maintenance(month, ActorName::from(&sent.by), note));
        let refused = match done {
            Err(fault) => Refusal::from(fault),
            Ok(Err(fault)) => refusal(fault)?,
            Ok(Ok(published)) => {
                let revision = published.schedule.revision;
                tracing::info!(by = %sent.by, %month, revision, "maintenance published at the console");
                return Ok(Answer::To(address_of(month)));
            }
        };
        let status: StatusCode = refused.status;
        Answer::page_with(status, &page(&sent.app, sent.frame.clone(), month, Some(refused), note)?)
    })
    .await
}
