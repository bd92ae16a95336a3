//! What was published: the schedules of months, and the windows as they were told.

use super::{WindowPlan, WindowReference};
use crate::domain::{ActReason, ActorName, LondonMonth, Timestamp, closed_set};

closed_set!(
    /// Which limits judge a month (SERVICE.md 3.3; MP092-T1, GOV-R1).
    RuleSet, "a rule set of maintenance", {
        Before => "before",
        Trial => "trial",
        Mp092 => "mp092",
    }
);

/// A revision of a month's schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthSchedule {
    /// The month.
    pub month: LondonMonth,
    /// The revision: 1 is the first schedule.
    pub revision: u32,
    /// When it was published.
    pub published_at: Timestamp,
    /// Who published it.
    pub by: ActorName,
    /// Whether the month's first schedule came too late (PM/j).
    pub late: bool,
    /// The rule set that judged it.
    pub rule_set: RuleSet,
    /// What was said beside it.
    pub note: Option<ActReason>,
}

/// A window as it was told. The newest version of a reference is what is in force. A revision of a month has a version of each window
/// that it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedWindow {
    /// The window.
    pub reference: WindowReference,
    /// The version: 1 is the first.
    pub version: u32,
    /// The month in whose schedule it stands.
    pub month: LondonMonth,
    /// The revision of the month that told it; 0 where it was announced, extended or withdrawn alone.
    pub revision: u32,
    /// When it was told.
    pub published_at: Timestamp,
    /// Whether it is taken back.
    pub withdrawn: bool,
    /// What was told, with the category that followed.
    pub plan: WindowPlan,
}

impl PublishedWindow {
    /// Whether it is in force at an instant: told, not taken back, begun and not ended.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        !self.withdrawn && self.plan.starts_at <= at && at < self.plan.ends_at
    }
}
