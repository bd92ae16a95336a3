//! What the operator chose for planned maintenance, and the rule set of a month.

use jiff::civil::date;

use crate::domain::{
    Calendar, Date, LondonMonth, Timestamp, london_date,
    maintenance::{AllowanceScope, RuleSet},
};

/// What the operator chose for planned maintenance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceSettings {
    /// Whether the limits are one allowance for all (PM/m).
    pub limits: AllowanceScope,
    /// From the first month that begins on or after this day the trial's limits hold.
    pub trial_from: Date,
    /// And from this one those of MP092.
    pub mp092_from: Date,
    /// Whether work on Migration Systems has a notice of its own (PM/q).
    pub migration_variant: bool,
}

impl Default for MaintenanceSettings {
    fn default() -> Self {
        Self {
            limits: AllowanceScope::Shared,
            trial_from: date(2019, 4, 1),
            mp092_from: date(2021, 2, 25),
            migration_variant: false,
        }
    }
}

impl MaintenanceSettings {
    /// The rule set of a month, by its first day (ours; GOV-R1).
    pub fn rule_set(&self, month: LondonMonth) -> RuleSet {
        if month.first() >= self.mp092_from {
            RuleSet::Mp092
        } else if month.first() >= self.trial_from {
            RuleSet::Trial
        } else {
            RuleSet::Before
        }
    }
}

/// When and by what something is judged.
#[derive(Clone, Copy, Debug)]
pub struct PlanningContext<'a> {
    /// What the operator chose.
    pub settings: &'a MaintenanceSettings,
    /// Which days are Working Days.
    pub calendar: &'a Calendar,
    /// The time.
    pub now: Timestamp,
}

impl PlanningContext<'_> {
    /// The London day.
    pub fn today(self) -> Date {
        london_date(self.now)
    }

    /// The London day up to which the first schedule of a month is in time (PM/j); none where the calendar does not reach so far.
    pub fn latest(self, month: LondonMonth) -> Option<Date> {
        self.last_day(month.first(), 20)
    }

    /// The London day so many Working Days before a day: what is done on it is in time.
    pub(super) fn last_day(self, day: Date, working_days: u32) -> Option<Date> {
        self.calendar.working_days_before(day, working_days).ok()
    }
}
