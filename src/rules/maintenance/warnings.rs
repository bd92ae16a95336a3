//! What is worth a warning and refuses nothing (PM/r).

use jiff::{ToSpan as _, civil::Time};

use super::{MaintenanceCheck, MonthFacts, PlanningContext, category_under, is_limited, window::night_of};
use crate::{
    domain::{
        Timestamp, london_date, london_instant, london_time,
        maintenance::{MaintenanceWindow, RuleSet, WindowAspect, WindowCategory},
    },
    rules::rulebook::maintenance as rules,
};

/// The hour after which consumers are affected (MP092-R24).
const CONSUMERS_WAKE: Time = Time::constant(2, 0, 0, 0);

/// The warnings about a window.
pub(super) fn checks(
    window: &MaintenanceWindow,
    facts: &MonthFacts,
    rule_set: RuleSet,
    context: PlanningContext<'_>,
) -> Vec<MaintenanceCheck> {
    if !is_limited(&window.plan) || facts.is_settled(window, context) {
        return Vec::new();
    }
    let found = [
        consumers(window),
        Some((window.plan.why.is_some(), "no reason why the disruption cannot be avoided".to_owned())),
        firmware(window, facts, rule_set),
        facts.open_cases.get(&window.reference).map(|open| (false, format!("{open} open cases"))),
    ];
    let broken = found.into_iter().flatten().filter(|(holds, _)| !holds).collect::<Vec<_>>();
    let check = |holds, saw| MaintenanceCheck::of(&window.reference, rules::AVOIDED, holds, saw).or_warning();
    if broken.is_empty() {
        return vec![check(true, "nothing to warn of".to_owned())];
    }
    broken.into_iter().map(|(holds, saw)| check(holds, saw)).collect()
}

/// Work that affects consumers is done by 02:00 where possible.
fn consumers(window: &MaintenanceWindow) -> Option<(bool, String)> {
    let ends_at = window.plan.ends_at;
    let wake = || wakes(window.plan.starts_at);
    let holds =
        !window.plan.says(WindowAspect::ConsumerAffecting) || wake().is_some_and(|wake| ends_at <= wake);
    Some((holds, format!("affects consumers until {}, after 02:00", london_time(ends_at).strftime("%H:%M"))))
}

fn wakes(starts_at: Timestamp) -> Option<Timestamp> {
    london_instant(night_of(starts_at)?.checked_add(1.day()).ok()?.to_datetime(CONSUMERS_WAKE))
}

/// Firmware that is to be delivered on the day of a High window.
fn firmware(window: &MaintenanceWindow, facts: &MonthFacts, rule_set: RuleSet) -> Option<(bool, String)> {
    let day = london_date(window.plan.starts_at);
    let is_high = category_under(&window.plan, rule_set) == Some(WindowCategory::High);
    let images = facts.images.get(&day).filter(|images| **images > 0 && is_high)?;
    Some((false, format!("{images} firmware images are agreed for {day}")))
}
