//! What is done with one window: announced, extended, closed, withdrawn; and with the cases about it (PM/t to PM/x).

use jiff::{SignedDuration, civil::Date};

use super::{MaintenanceCheck, PlanningContext, window::contents, window::span};
use crate::{
    domain::{
        Timestamp, london_date,
        maintenance::{
            CaseKind, MaintenanceCase, MaintenanceWindow, PublishedWindow, WindowEnding, WindowKind,
            WindowPlan,
        },
    },
    rules::rulebook::maintenance as rules,
};

/// The notice that unplanned work is expected to have, in calendar days (MP092-R23).
const EXPECTED_DAYS: i64 = 10;
/// The longest that a window is, as in a file.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The announcement of a window that is not planned (PM/t).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Every check.
    pub checks: Vec<MaintenanceCheck>,
    /// Whether the window lies in the past: it is over when it is announced.
    pub retrospective: bool,
    /// The minutes from when the DCC knew of it to the notice.
    pub minutes_to_notice: u64,
}

/// Judges the announcement of a window of which the DCC knew since then.
pub fn announce(
    window: &MaintenanceWindow,
    aware_at: Timestamp,
    context: PlanningContext<'_>,
) -> Announcement {
    let mut checks = vec![contents(window)];
    let WindowPlan { starts_at, ends_at, .. } = window.plan;
    let is_emergency = window.plan.kind == WindowKind::Emergency;
    let when = span(starts_at, ends_at);
    let saw = format!("known since {aware_at}, now it is {}", context.now);
    checks.push(MaintenanceCheck::of(&window.reference, rules::ANNOUNCED, aware_at <= context.now, saw));
    let lies_ahead = is_emergency || starts_at >= context.now;
    let saw = format!("{}: {when}", window.plan.kind);
    checks.push(MaintenanceCheck::of(&window.reference, rules::ANNOUNCED, lies_ahead, saw));
    if !is_emergency {
        checks.push(enough_notice(window, context));
    }
    let minutes = context.now.duration_since(aware_at).as_mins();
    let retrospective = ends_at <= context.now;
    Announcement { checks, retrospective, minutes_to_notice: u64::try_from(minutes).unwrap_or(0) }
}

fn enough_notice(window: &MaintenanceWindow, context: PlanningContext<'_>) -> MaintenanceCheck {
    let days = days_between(context.today(), london_date(window.plan.starts_at));
    let saw = format!("{days} calendar days' notice");
    MaintenanceCheck::of(&window.reference, rules::ANNOUNCED, days >= EXPECTED_DAYS, saw).or_warning()
}

fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// Judges another end of a window that runs (PM/u).
pub fn extend(told: &PublishedWindow, ends_at: Timestamp, context: PlanningContext<'_>) -> MaintenanceCheck {
    let WindowPlan { starts_at, ends_at: before, .. } = told.plan;
    let longest = starts_at.checked_add(LONGEST).unwrap_or(Timestamp::MAX);
    let holds = ends_at > context.now && ends_at > starts_at && ends_at <= longest && ends_at != before;
    let saw = format!("end {before}, now to be {ends_at}, at {}", context.now);
    MaintenanceCheck::of(&told.reference, rules::EXTENDED, holds, saw)
}

/// Judges the times of a window that is over (PM/v).
pub fn end(
    window: &MaintenanceWindow,
    ending: &WindowEnding,
    context: PlanningContext<'_>,
) -> MaintenanceCheck {
    let WindowEnding { started_at, ended_at, .. } = *ending;
    let holds = started_at < ended_at && ended_at <= context.now;
    let saw = format!("{started_at} to {ended_at}, now it is {}", context.now);
    MaintenanceCheck::of(&window.reference, rules::ENDED, holds, saw)
}

/// Judges the withdrawal of a window, of which that is in force (PM/w).
pub fn withdraw(
    window: &MaintenanceWindow,
    told: Option<&PublishedWindow>,
    context: PlanningContext<'_>,
) -> MaintenanceCheck {
    let begins = told.filter(|told| !told.withdrawn).map(|told| told.plan.starts_at);
    let holds = begins.is_none_or(|begins| begins > context.now);
    let saw = begins.map_or_else(
        || "never published".to_owned(),
        |begins| format!("it begins at {begins}, now it is {}", context.now),
    );
    MaintenanceCheck::of(&window.reference, rules::WITHDRAWABLE, holds, saw)
}

/// Judges a case that somebody opens (PM/x).
pub fn open_case(case: &MaintenanceCase) -> MaintenanceCheck {
    let has_reasons = case.reasons.is_some();
    let holds = match case.kind {
        CaseKind::PanelRequest => has_reasons,
        CaseKind::Challenge | CaseKind::Replacement => true,
    };
    let saw = format!("{}, {}", case.kind, if has_reasons { "with reasons" } else { "reasons: missing" });
    MaintenanceCheck::of(&case.reference, rules::REASONS, holds, saw)
}

/// Judges what is said when a case is closed (PM/x).
pub fn close_case(case: &MaintenanceCase, has_outcome: bool, has_reason: bool) -> MaintenanceCheck {
    let missing = [("outcome", has_outcome), ("reason", has_reason)];
    let missing = missing.into_iter().filter(|(_, is_there)| !is_there).map(|(name, _)| name);
    let missing = missing.collect::<Vec<_>>().join(", ");
    let saw = if missing.is_empty() {
        "outcome and reason are there".to_owned()
    } else {
        format!("missing: {missing}")
    };
    MaintenanceCheck::of(&case.reference, rules::REASONS, missing.is_empty(), saw)
}
