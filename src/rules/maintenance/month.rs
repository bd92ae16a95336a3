//! The check of a month: everything that is published and to be published of it, together (PM/l).

use super::{
    AllowanceUse, MaintenanceCheck, MonthFacts, PlanningContext, allowance_use, limits, notice, warnings,
    window,
};
use crate::domain::{Date, LondonMonth, maintenance::RuleSet};

/// What the rules say about a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthCheck {
    /// The month.
    pub month: LondonMonth,
    /// The rule set that judges it.
    pub rule_set: RuleSet,
    /// The London day up to which its first schedule is in time.
    pub latest: Option<Date>,
    /// What its windows use of the limits.
    pub used: AllowanceUse,
    /// Every check that was made: of each window, then of all together.
    pub checks: Vec<MaintenanceCheck>,
}

impl MonthCheck {
    /// Whether the month can be published.
    pub fn is_ok(&self) -> bool {
        !self.checks.iter().any(MaintenanceCheck::refuses)
    }
}

/// Checks a month. All checks are made, whatever the first ones say.
pub fn check_month(facts: &MonthFacts, context: PlanningContext<'_>) -> MonthCheck {
    let rule_set = context.settings.rule_set(facts.month);
    let mut checks = Vec::new();
    for window in facts.scheduled().filter(|window| !facts.is_settled(window, context)) {
        checks.extend(window::checks(window, facts, rule_set));
        checks.extend(notice::check(window, facts, rule_set, context));
    }
    checks.extend(limits::checks(facts, rule_set, context));
    checks.push(notice::in_time(facts, context));
    for window in facts.scheduled() {
        checks.extend(warnings::checks(window, facts, rule_set, context));
    }
    MonthCheck {
        month: facts.month,
        rule_set,
        latest: context.latest(facts.month),
        used: allowance_use(facts, rule_set),
        checks,
    }
}
