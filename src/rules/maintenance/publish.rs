//! The publication of a month (PM/s).

use super::{MaintenanceCheck, MonthCheck, MonthFacts, PlanningContext, as_told, check_month};
use crate::{
    domain::{
        ActReason, ActorName, LondonMonth, closed_set,
        maintenance::{MaintenanceWindow, MonthSchedule, PublishedWindow, RuleSet, WindowKind, WindowState},
    },
    rules::rulebook::maintenance as rules,
};

closed_set!(
    /// What a version changes in the schedule of its month.
    VersionChange, "a change of a schedule", {
        Added => "added",
        Changed => "changed",
        TakenBack => "taken back",
    }
);

impl VersionChange {
    /// What a version changes, by the version before it. A window that comes from another month, or that was taken back before, is added.
    pub fn of(version: &PublishedWindow, before: Option<&PublishedWindow>) -> Self {
        let stood = before.is_some_and(|before| !before.withdrawn && before.month == version.month);
        match (version.withdrawn, stood) {
            (true, _) => Self::TakenBack,
            (false, true) => Self::Changed,
            (false, false) => Self::Added,
        }
    }
}

/// What comes of publishing a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publishing {
    /// Nothing differs from the revision before.
    Unchanged(MaintenanceCheck),
    /// A rule refuses.
    Refused(MonthCheck),
    /// It is published.
    Published(Publication),
}

/// A revision to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The revision.
    pub schedule: MonthSchedule,
    /// A version of each window that it changes: added, changed, and taken back.
    pub versions: Vec<PublishedWindow>,
    /// What each of them changes, in the same order.
    pub changes: Vec<VersionChange>,
    /// The checks that were made.
    pub check: MonthCheck,
}

/// Publishes the next revision of a month: all its windows that are not withdrawn.
pub fn publish(
    facts: &MonthFacts,
    by: ActorName,
    note: Option<ActReason>,
    context: PlanningContext<'_>,
) -> Publishing {
    let month = facts.month;
    let rule_set = context.settings.rule_set(month);
    let revision = facts.schedule.as_ref().map_or(1, |before| before.revision.saturating_add(1));
    let versions = versions(facts, rule_set, (revision, context));
    if versions.is_empty() && revision > 1 {
        let before = revision.saturating_sub(1);
        let saw = format!("nothing of {month} differs from revision {before}");
        return Publishing::Unchanged(MaintenanceCheck::new(rules::DIFFERS, false, saw));
    }
    let mut check = check_month(facts, context);
    let saw = format!("revision {revision} changes {} windows", versions.len());
    check.checks.push(MaintenanceCheck::new(rules::DIFFERS, true, saw));
    if !check.is_ok() {
        return Publishing::Refused(check);
    }
    let late = match &facts.schedule {
        Some(before) => before.late,
        None => context.latest(month).is_none_or(|latest| context.today() > latest),
    };
    let schedule = MonthSchedule { month, revision, published_at: context.now, by, late, rule_set, note };
    let change = |one: &PublishedWindow| VersionChange::of(one, facts.told.get(&one.reference));
    let changes = versions.iter().map(change).collect();
    Publishing::Published(Publication { schedule, versions, changes, check })
}

/// A version of each window that differs from what is in force.
fn versions(
    facts: &MonthFacts,
    rule_set: RuleSet,
    (revision, context): (u32, PlanningContext<'_>),
) -> Vec<PublishedWindow> {
    let version = |window: &MaintenanceWindow| {
        let plan = as_told(&window.plan, rule_set);
        let before = facts.told.get(&window.reference);
        let is_told = before.is_some_and(|before| !before.withdrawn && before.plan == plan);
        (!is_told).then(|| PublishedWindow {
            reference: window.reference.clone(),
            version: before.map_or(1, |before| before.version.saturating_add(1)),
            month: facts.month,
            revision,
            published_at: context.now,
            withdrawn: false,
            plan,
        })
    };
    let open = facts.scheduled().filter(|window| window.state != WindowState::Closed);
    let taken_back = gone(facts).map(|told| PublishedWindow {
        version: told.version.saturating_add(1),
        revision,
        published_at: context.now,
        withdrawn: true,
        ..told.clone()
    });
    open.filter_map(version).chain(taken_back).collect()
}

/// What the schedule of the month tells and its windows do not have any more: withdrawn, or moved into another month.
fn gone(facts: &MonthFacts) -> impl Iterator<Item = &PublishedWindow> {
    let is_in = |month: LondonMonth| month == facts.month;
    facts.told.values().filter(move |told| {
        let stays = facts.scheduled().any(|window| window.reference == told.reference);
        is_in(told.month) && !told.withdrawn && told.plan.kind == WindowKind::Planned && !stays
    })
}
