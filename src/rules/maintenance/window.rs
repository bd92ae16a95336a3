//! What is asked of each window by itself (PM/a to PM/d, PM/h).

use jiff::{ToSpan as _, civil::Time};

use super::{MaintenanceCheck, MonthFacts, Planning, categorised, facts::has_limits, is_limited, planning};
use crate::{
    domain::{
        Date, Timestamp, london_date, london_instant, london_time,
        maintenance::{Derogation, MaintenanceWindow, RuleSet, WindowCategory, WindowPlan},
    },
    rules::rulebook::maintenance as rules,
};

/// The longest Low window, in minutes; and the most minutes of High windows in a month (MP092-R10, R11).
pub(super) const MINUTES: u64 = 360;

/// The hour at which a night begins, and the one of the next day at which it ends (MP092-R9).
const NIGHT_BEGINS: Time = Time::constant(20, 0, 0, 0);
const NIGHT_ENDS: Time = Time::constant(8, 0, 0, 0);

/// The checks of one window under a rule set.
pub(super) fn checks(
    window: &MaintenanceWindow,
    facts: &MonthFacts,
    rule_set: RuleSet,
) -> Vec<MaintenanceCheck> {
    let plan = &window.plan;
    let mut checks = vec![contents(window)];
    if has_limits(plan.environment) {
        checks.push(planned(window));
    }
    if is_limited(plan) {
        if rule_set != RuleSet::Before {
            checks.push(category(window));
            checks.extend(low_minutes(window));
        }
        checks.push(night(window));
    } else if !has_limits(plan.environment) {
        checks.push(times(window));
    }
    checks.into_iter().map(|check| for_window(check, window, &facts.derogations)).collect()
}

/// The check with the derogation that covers its breach by this window.
pub(super) fn for_window(
    check: MaintenanceCheck,
    window: &MaintenanceWindow,
    derogations: &[Derogation],
) -> MaintenanceCheck {
    let rule = check.step.rule.id;
    let covers = |one: &&Derogation| one.covers(rule, &window.reference, window.plan.starts_at);
    check.derogated(derogations.iter().find(covers).as_slice())
}

/// PM/a: it names what is done, what is disrupted, and the risk afterwards.
pub(super) fn contents(window: &MaintenanceWindow) -> MaintenanceCheck {
    let WindowPlan { title, services, risk_to_return, .. } = &window.plan;
    let fields = [
        ("title", title.is_none()),
        ("services", services.is_none()),
        ("risk_to_return", risk_to_return.is_none()),
    ];
    let missing = fields.into_iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| name);
    let missing = missing.collect::<Vec<_>>().join(", ");
    let saw =
        if missing.is_empty() { "everything is there".to_owned() } else { format!("missing: {missing}") };
    MaintenanceCheck::of(&window.reference, rules::CONTENTS, missing.is_empty(), saw)
}

fn planned(window: &MaintenanceWindow) -> MaintenanceCheck {
    let plan = &window.plan;
    let disruption = plan.disruption.map_or("not stated", |disruption| disruption.as_str());
    let hubs = plan.hubs_affected.map(|hubs| format!(", {hubs} hubs")).unwrap_or_default();
    let (holds, saw) = match planning(plan) {
        Planning::Planned => (true, format!("Planned Maintenance: disruption {disruption}{hubs}")),
        Planning::NotPlanned => (true, format!("not Planned Maintenance: disruption {disruption}{hubs}")),
        Planning::Undecided { missing } => (false, format!("{missing} is missing")),
    };
    MaintenanceCheck::of(&window.reference, rules::PLANNED, holds, saw)
}

fn category(window: &MaintenanceWindow) -> MaintenanceCheck {
    let found = categorised(&window.plan);
    let saw = if found.is_understated {
        format!("Low is stated, High follows from {}", found.because)
    } else {
        format!("{}: {}", found.category, found.because)
    };
    MaintenanceCheck::of(&window.reference, rules::CATEGORY, !found.is_understated, saw)
}

fn low_minutes(window: &MaintenanceWindow) -> Option<MaintenanceCheck> {
    let minutes = window.plan.minutes();
    let is_low = categorised(&window.plan).category == WindowCategory::Low;
    let saw = format!("{minutes} of {MINUTES} minutes");
    is_low.then(|| MaintenanceCheck::of(&window.reference, rules::LOW_MINUTES, minutes <= MINUTES, saw))
}

/// The first day of the night that an instant is in: before 20:00 the one before counts.
pub(super) fn night_of(instant: Timestamp) -> Option<Date> {
    let shown = london_time(instant);
    if shown.time() >= NIGHT_BEGINS { Some(shown.date()) } else { shown.date().checked_sub(1.day()).ok() }
}

/// PM/d: by London's clock.
fn night(window: &MaintenanceWindow) -> MaintenanceCheck {
    let WindowPlan { starts_at, ends_at, .. } = window.plan;
    let is_night = || {
        let next = night_of(starts_at)?.checked_add(1.day()).ok()?;
        // What starts by day is in the night before, which has ended.
        Some(starts_at < ends_at && ends_at <= london_instant(next.to_datetime(NIGHT_ENDS))?)
    };
    let saw = span(starts_at, ends_at);
    MaintenanceCheck::of(&window.reference, rules::NIGHT, is_night().unwrap_or_default(), saw)
}

/// What is left of PM/d in other environments than production (PM/o).
fn times(window: &MaintenanceWindow) -> MaintenanceCheck {
    let WindowPlan { environment, starts_at, ends_at, .. } = window.plan;
    let saw = format!("{}, at any hour in {environment}", span(starts_at, ends_at));
    MaintenanceCheck::of(&window.reference, rules::NIGHT, starts_at < ends_at, saw)
}

/// A span by London's clock, with the day of its end where that is another one.
pub fn span(starts_at: Timestamp, ends_at: Timestamp) -> String {
    let end = if london_date(starts_at) == london_date(ends_at) {
        london_time(ends_at).strftime("%H:%M").to_string()
    } else {
        minute(ends_at)
    };
    format!("{} to {end}", minute(starts_at))
}

/// A London wall time to the minute.
fn minute(instant: Timestamp) -> String {
    london_time(instant).strftime("%Y-%m-%d %H:%M").to_string()
}
