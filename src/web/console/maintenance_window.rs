//! A maintenance window: all that is known of it, and what may be done with it now.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde_json::Value;

use super::{
    act_form::ActForm,
    act_row::ActRow,
    form::Form,
    frame::Frame,
    maintenance::{self, kind_of},
    maintenance_forms::{case_forms, forms},
    maintenance_refusal::{refusal, unreadable},
    notice_link::NoticeLink,
    order_fields::FieldKind,
    page_error::{PageError, PageResult},
    query::Parameters,
    refused::Refusal,
    reply::{self, Answer},
    rule_text::RuleText,
    sent::Sent,
    shown::When,
};
use crate::{
    domain::{LondonMonth, maintenance::WindowReference},
    service::{
        App, WINDOW_NOTICES, WindowDetails,
        console::{ListOrderValue, NoticeFilterValue, PageRequestValue, PlanColumnsValue},
    },
    web::{ShownMaintenanceCase, ShownWindowChange},
};

/// The beginning of the address of a window.
pub(super) const PATH: &str = "/maintenance/windows";
/// The notices on the page.
const NOTICES: u16 = 50;

#[derive(Template)]
#[template(path = "maintenance_window.html")]
struct WindowPage {
    frame: Frame,
    refusal: Option<Refusal>,
    reference: WindowReference,
    what: &'static str,
    state: String,
    month: LondonMonth,
    because: Option<(RuleText, &'static str)>,
    starts: When,
    ends: When,
    minutes: u64,
    aware: Option<When>,
    actual: Option<(When, When, u64, String)>,
    note: Option<String>,
    columns: Vec<(&'static str, String)>,
    versions: Vec<VersionRow>,
    changes: Vec<ShownWindowChange>,
    cases: Vec<ShownMaintenanceCase>,
    is_over: bool,
    forms: Vec<ActForm>,
    acts: Vec<ActRow>,
    notices: Vec<NoticeLink>,
    more_notices: bool,
}

/// What was told of it.
struct VersionRow {
    version: u32,
    told: When,
    /// The month and revision that told it, or that it was told alone.
    by: String,
    category: String,
    starts: When,
    ends: When,
    withdrawn: bool,
}

/// The address of a window.
pub(super) fn address_of(reference: &WindowReference) -> String {
    format!("{PATH}/{reference}")
}

pub(super) fn reference_of(text: &str) -> PageResult<WindowReference> {
    text.parse().map_err(|_| no_window(text))
}

pub(super) fn no_window(reference: &str) -> PageError {
    PageError::not_found(format!("There is no maintenance window {reference}."))
}

pub(super) async fn show(
    app: web::Data<App>,
    frame: Frame,
    reference: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &[]);
    let work = move |frame| {
        parameters?;
        page(&app, frame, &reference_of(&reference)?, None, None)
    };
    reply::page(frame, work).await
}

/// The columns of its file that the page does not show elsewhere, where they say something.
fn said(details: &WindowDetails) -> Vec<(&'static str, String)> {
    let shown_elsewhere = ["reference", "kind", "starts_at", "ends_at", "category"];
    let Ok(Value::Object(of)) = serde_json::to_value(PlanColumnsValue::from(&details.window)) else {
        return Vec::new();
    };
    let text = |name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let named = PlanColumnsValue::NAMES.iter().map(|name| (*name, text(name)));
    named.filter(|(name, value)| !value.is_empty() && !shown_elsewhere.contains(name)).collect()
}

fn page(
    app: &App,
    frame: Frame,
    reference: &WindowReference,
    refusal: Option<Refusal>,
    kept: Option<(&str, &Form)>,
) -> PageResult<WindowPage> {
    let details = app.maintenance_window(reference).map_err(unreadable)?;
    let details = details.ok_or_else(|| no_window(reference.as_str()))?;
    let about = NoticeFilterValue {
        about: Some(reference.to_string()),
        kinds: WINDOW_NOTICES,
        ..NoticeFilterValue::default()
    };
    let notices = app.notices(&about, ListOrderValue::OldestFirst, PageRequestValue::first(NOTICES))?;
    let now = app.clock().now().0;
    let month = details.window.plan.month();
    let forms = if frame.is_operator() {
        let mut forms = forms(&details, now, &address_of(reference));
        forms.extend(case_forms(&details));
        forms.iter_mut().for_each(|form| form.keep(kept));
        forms
    } else {
        Vec::new()
    };
    let window = &details.window;
    let version = |version: &crate::domain::maintenance::PublishedWindow| VersionRow {
        version: version.version,
        told: When(version.published_at),
        by: match version.revision {
            0 => "told alone".to_owned(),
            revision => format!("{}, revision {revision}", version.month),
        },
        category: version.plan.category.map(|category| category.to_string()).unwrap_or_default(),
        starts: When(version.plan.starts_at),
        ends: When(version.plan.ends_at),
        withdrawn: version.withdrawn,
    };
    Ok(WindowPage {
        frame: frame
            .titled(format!("Window {reference}"))
            .below("Maintenance", &maintenance::address_of(month)),
        refusal,
        reference: reference.clone(),
        what: kind_of(&details).0,
        state: window.state.to_string(),
        month,
        because: details.category_because.map(|because| (RuleText::of("PM/c"), because)),
        starts: When(window.plan.starts_at),
        ends: When(window.plan.ends_at),
        minutes: window.plan.minutes(),
        aware: window.aware_at.map(When),
        actual: window.ending.map(|ending| {
            (When(ending.started_at), When(ending.ended_at), ending.minutes(), ending.disrupted.to_string())
        }),
        note: window.note.as_ref().map(ToString::to_string),
        columns: said(&details),
        versions: details.versions.iter().map(version).collect(),
        changes: details.changes.iter().map(ShownWindowChange::from).collect(),
        cases: details.cases.iter().map(ShownMaintenanceCase::from).collect(),
        is_over: window.is_over(),
        forms,
        acts: details.acts.iter().map(ActRow::from).collect(),
        more_notices: notices.next.is_some(),
        notices: notices.rows.into_iter().map(NoticeLink::from).collect(),
    })
}

/// The page of the window: as it is now, or with why what was sent is not done.
pub(super) fn answer(
    sent: &Sent,
    reference: &WindowReference,
    refused: Option<Refusal>,
    key: &str,
) -> PageResult<Answer> {
    let Some(refused) = refused else {
        tracing::info!(by = %sent.by, window = %reference, act = key, "maintenance window changed at the console");
        return Ok(Answer::To(address_of(reference)));
    };
    let status = refused.status;
    if status == StatusCode::NOT_FOUND {
        return Err(PageError::not_found(refused.reason));
    }
    let page = page(&sent.app, sent.frame.clone(), reference, Some(refused), Some((key, &sent.form)))?;
    Answer::page_with(status, &page)
}

/// Why it was not done; none where it was.
pub(super) fn not_done<T>(
    outcome: Result<T, crate::service::MaintenanceFault>,
) -> PageResult<Option<Refusal>> {
    outcome.err().map(refusal).transpose()
}
