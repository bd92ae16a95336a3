//! When a window has to be published (PM/j, PM/k, PM/n, PM/q).

use super::{MaintenanceCheck, MonthFacts, PlanningContext, category_under, is_limited, window::for_window};
use crate::{
    domain::{
        Rule, london_date,
        maintenance::{
            MaintenanceWindow, MonthSchedule, PublishedWindow, RuleSet, WindowAspect, WindowCategory,
            WindowPlan,
        },
    },
    rules::rulebook::maintenance as rules,
};

/// Working Days before the day of a start (MP092-R7, R18).
const HIGH_NOTICE: u32 = 20;
const LOW_NOTICE: u32 = 10;
const MIGRATION_NOTICE: u32 = 10;

/// PM/j: whether the first schedule of the month is in time. Late, it is published and marked.
pub(super) fn in_time(facts: &MonthFacts, context: PlanningContext<'_>) -> MaintenanceCheck {
    let latest = context.latest(facts.month);
    let latest_text = latest.map_or_else(|| "never".to_owned(), |day| day.to_string());
    let (holds, saw) = match &facts.schedule {
        Some(MonthSchedule { late, revision, .. }) => {
            let how = if *late { "late" } else { "in time" };
            (!late, format!("first published {how}, revision {revision} now; at latest on {latest_text}"))
        }
        None => {
            let today = context.today();
            let holds = latest.is_some_and(|latest| today <= latest);
            (holds, format!("at latest on {latest_text}, today is {today}"))
        }
    };
    MaintenanceCheck::new(rules::IN_TIME, holds, saw).or_warning()
}

/// The check of the notice of a window, where it needs one.
pub(super) fn check(
    window: &MaintenanceWindow,
    facts: &MonthFacts,
    rule_set: RuleSet,
    context: PlanningContext<'_>,
) -> Option<MaintenanceCheck> {
    let told = facts.in_force(window);
    let (needs, why) = needs_notice(&window.plan, told, rule_set)?;
    let is_first = facts.schedule.is_none();
    let check = if context.settings.migration_variant && window.plan.says(WindowAspect::MigrationSystems) {
        by_day(window, rules::MIGRATION_NOTICE, MIGRATION_NOTICE, why, context)
    } else if rule_set == RuleSet::Before {
        let saw = format!("{why}, the month is published");
        (!is_first).then(|| MaintenanceCheck::of(&window.reference, rules::BEFORE_TRIAL, false, saw))?
    } else if is_first && in_time(facts, context).step.holds {
        return None;
    } else {
        by_day(window, rules::NOTICE, needs, why, context)
    };
    Some(for_window(check, window, &facts.derogations))
}

fn by_day(
    window: &MaintenanceWindow,
    rule: &'static Rule,
    working_days: u32,
    why: &str,
    context: PlanningContext<'_>,
) -> MaintenanceCheck {
    let last = context.last_day(london_date(window.plan.starts_at), working_days);
    let today = context.today();
    let last_text = last.map_or_else(|| "never".to_owned(), |last| last.to_string());
    let saw =
        format!("{why}: {working_days} Working Days before, at latest on {last_text}; today is {today}");
    MaintenanceCheck::of(&window.reference, rule, last.is_some_and(|last| today <= last), saw)
}

/// How many Working Days of notice a window needs against what is in force, and why. Shortening, other words and withdrawal need none.
fn needs_notice(
    plan: &WindowPlan,
    told: Option<&PublishedWindow>,
    rule_set: RuleSet,
) -> Option<(u32, &'static str)> {
    if !is_limited(plan) {
        return None;
    }
    let category = category_under(plan, rule_set);
    let days = if category == Some(WindowCategory::High) { HIGH_NOTICE } else { LOW_NOTICE };
    let why = match told.map(|told| &told.plan).filter(|told| is_limited(told)) {
        None => "added",
        Some(told) if plan.starts_at < told.starts_at || plan.starts_at >= told.ends_at => "moved",
        Some(told) if plan.ends_at > told.ends_at => "lengthened",
        Some(told) if category == Some(WindowCategory::High) && told.category != category => "made High",
        Some(_) => return None,
    };
    Some((days, why))
}
