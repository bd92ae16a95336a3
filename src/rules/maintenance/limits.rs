//! The limits of the windows of a month together (PM/e to PM/g, PM/i, PM/l, PM/m, PM/n).

use std::collections::{BTreeMap, BTreeSet};

use super::{MaintenanceCheck, MonthFacts, PlanningContext, category_under, window::MINUTES};
use crate::{
    domain::{
        Rule,
        maintenance::{
            AllowanceScope, Derogation, MaintenanceProvider, MaintenanceWindow, RuleSet, WindowAspect,
            WindowCategory,
        },
    },
    rules::rulebook::maintenance as rules,
};

/// The most minutes of windows with `ssi` in a month before the trial (MP092-T1).
const SSI_MINUTES: u64 = 240;
/// The most High windows of a month, and the most Low ones (MP092-R10, R11).
const HIGH_WINDOWS: u64 = 2;
const LOW_WINDOWS: u64 = 6;

/// What the windows of a month use of its limits, all providers together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllowanceUse {
    /// High windows.
    pub high_windows: u64,
    /// Their minutes.
    pub high_minutes: u64,
    /// Low windows.
    pub low_windows: u64,
}

impl AllowanceUse {
    /// The most High windows of a month that has categories.
    pub const HIGH_WINDOWS: u64 = HIGH_WINDOWS;
    /// The most minutes of them.
    pub const HIGH_MINUTES: u64 = MINUTES;
    /// The most Low windows.
    pub const LOW_WINDOWS: u64 = LOW_WINDOWS;
}

/// What the windows of a month use under a rule set.
pub fn allowance_use(facts: &MonthFacts, rule_set: RuleSet) -> AllowanceUse {
    let of = |category| {
        facts.limited().filter(move |window| category_under(&window.plan, rule_set) == Some(category))
    };
    AllowanceUse {
        high_windows: count(&of(WindowCategory::High).collect::<Vec<_>>()),
        high_minutes: minutes(&of(WindowCategory::High).collect::<Vec<_>>()),
        low_windows: count(&of(WindowCategory::Low).collect::<Vec<_>>()),
    }
}

fn count(windows: &[&MaintenanceWindow]) -> u64 {
    u64::try_from(windows.len()).unwrap_or(u64::MAX)
}

fn minutes(windows: &[&MaintenanceWindow]) -> u64 {
    windows.iter().map(|window| window.minutes()).sum()
}

/// A limit of a month: its rule, what it counts, how much of that there may be, and in what unit.
struct Limit {
    rule: &'static Rule,
    measure: fn(&[&MaintenanceWindow]) -> u64,
    most: u64,
    unit: &'static str,
}

const HIGH_COUNT: Limit =
    Limit { rule: rules::HIGH_WINDOWS, measure: count, most: HIGH_WINDOWS, unit: "High windows" };
const HIGH_TIME: Limit =
    Limit { rule: rules::HIGH_MINUTES, measure: minutes, most: MINUTES, unit: "minutes of High windows" };
const LOW_COUNT: Limit =
    Limit { rule: rules::LOW_WINDOWS, measure: count, most: LOW_WINDOWS, unit: "Low windows" };
const ALL_TIME: Limit =
    Limit { rule: rules::BEFORE_TRIAL, measure: minutes, most: MINUTES, unit: "minutes of all windows" };
const SSI_TIME: Limit =
    Limit { rule: rules::BEFORE_TRIAL, measure: minutes, most: SSI_MINUTES, unit: "minutes of SSI windows" };

/// The checks of the limits, of each provider where each has its own.
pub(super) fn checks(
    facts: &MonthFacts,
    rule_set: RuleSet,
    context: PlanningContext<'_>,
) -> Vec<MaintenanceCheck> {
    let mut checks = Vec::new();
    // PM/n counts all windows together: PM/m divides PM/e to PM/i alone.
    let scope = match rule_set {
        RuleSet::Before => AllowanceScope::Shared,
        RuleSet::Trial | RuleSet::Mp092 => context.settings.limits,
    };
    for (provider, windows) in groups(facts, scope) {
        let of = |category| {
            windows
                .iter()
                .copied()
                .filter(|window| category_under(&window.plan, rule_set) == Some(category))
                .collect::<Vec<_>>()
        };
        let counted = match rule_set {
            RuleSet::Before => {
                let ssi = windows.iter().copied().filter(|window| window.plan.says(WindowAspect::Ssi));
                vec![(ALL_TIME, windows.clone()), (SSI_TIME, ssi.collect())]
            }
            RuleSet::Trial | RuleSet::Mp092 => {
                let high = of(WindowCategory::High);
                vec![(HIGH_COUNT, high.clone()), (HIGH_TIME, high), (LOW_COUNT, of(WindowCategory::Low))]
            }
        };
        let judged = counted.iter().map(|(limit, windows)| judge(limit, windows, provider, facts, context));
        checks.extend(judged);
    }
    checks.extend(overlaps(facts, context));
    checks
}

/// The windows that share an allowance: all of them, or those of each provider, and those without one.
fn groups(
    facts: &MonthFacts,
    scope: AllowanceScope,
) -> BTreeMap<Option<MaintenanceProvider>, Vec<&MaintenanceWindow>> {
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    match scope {
        AllowanceScope::Shared => {
            groups.insert(None, facts.limited().collect());
        }
        AllowanceScope::PerProvider => {
            for window in facts.limited() {
                for provider in providers(window) {
                    groups.entry(provider).or_default().push(window);
                }
            }
        }
    }
    groups
}

fn providers(window: &MaintenanceWindow) -> BTreeSet<Option<MaintenanceProvider>> {
    let named = window.plan.providers.iter().copied().map(Some).collect::<BTreeSet<_>>();
    if named.is_empty() { [None].into() } else { named }
}

/// A limit. What is settled alone cannot break it: nothing could be done about it (ours). Derogations cover a breach where the windows outside
/// them keep to the limit: the first that does so alone, else all that cover one of the windows together.
fn judge(
    limit: &Limit,
    windows: &[&MaintenanceWindow],
    provider: Option<MaintenanceProvider>,
    facts: &MonthFacts,
    context: PlanningContext<'_>,
) -> MaintenanceCheck {
    let Limit { rule, measure, most, unit } = limit;
    let used = measure(windows);
    let is_settled = windows.iter().all(|window| facts.is_settled(window, context));
    let of = provider.map(|provider| format!("{provider}: ")).unwrap_or_default();
    let check =
        MaintenanceCheck::new(rule, used <= *most || is_settled, format!("{of}{used} of {most} {unit}"));
    let covers = |derogation: &Derogation, window: &MaintenanceWindow| {
        derogation.covers(rule.id, &window.reference, window.plan.starts_at)
    };
    let covering = facts.derogations.iter();
    let covering =
        covering.filter(|one| windows.iter().any(|window| covers(one, window))).collect::<Vec<_>>();
    let is_enough = |derogations: &[&Derogation]| {
        let is_outside = |window: &MaintenanceWindow| !derogations.iter().any(|one| covers(one, window));
        let outside = windows.iter().copied().filter(|window| is_outside(window)).collect::<Vec<_>>();
        !derogations.is_empty() && measure(&outside) <= *most
    };
    let alone = covering.chunks(1).find(|one| is_enough(one));
    check.derogated(alone.or_else(|| is_enough(&covering).then_some(&covering)).unwrap_or_default())
}

/// PM/i: each pair that overlaps, or that there is none.
fn overlaps(facts: &MonthFacts, context: PlanningContext<'_>) -> Vec<MaintenanceCheck> {
    let own = facts.limited().collect::<Vec<_>>();
    let beside = facts
        .beside
        .iter()
        .filter(|window| super::facts::is_scheduled(window) && super::is_limited(&window.plan));
    let pairs = own.iter().enumerate().flat_map(|(at, window)| {
        let later = own.iter().copied().skip(at.saturating_add(1)).chain(beside.clone());
        later.map(move |other| (*window, other))
    });
    let is_open = |window: &MaintenanceWindow| !facts.is_settled(window, context);
    let found = pairs.filter(|(one, other)| {
        overlap(one, other) && shares(one, other, context.settings.limits) && (is_open(one) || is_open(other))
    });
    let broken = found.map(|(one, other)| overlapping(one, other, &facts.derogations)).collect::<Vec<_>>();
    if broken.is_empty() {
        let saw = format!("no two of {} windows", own.len());
        vec![MaintenanceCheck::new(rules::NO_OVERLAP, true, saw)]
    } else {
        broken
    }
}

fn overlap(one: &MaintenanceWindow, other: &MaintenanceWindow) -> bool {
    one.plan.starts_at < other.plan.ends_at && other.plan.starts_at < one.plan.ends_at
}

/// Whether two windows share an allowance (PM/m).
fn shares(one: &MaintenanceWindow, other: &MaintenanceWindow, scope: AllowanceScope) -> bool {
    match scope {
        AllowanceScope::Shared => true,
        AllowanceScope::PerProvider => !providers(one).is_disjoint(&providers(other)),
    }
}

fn overlapping(
    one: &MaintenanceWindow,
    other: &MaintenanceWindow,
    derogations: &[Derogation],
) -> MaintenanceCheck {
    let check = MaintenanceCheck::of(
        &one.reference,
        rules::NO_OVERLAP,
        false,
        format!("overlaps {}", other.reference),
    );
    let rule = rules::NO_OVERLAP.id;
    let covers = |derogation: &&Derogation| {
        [one, other].iter().any(|window| derogation.covers(rule, &window.reference, window.plan.starts_at))
    };
    check.derogated(derogations.iter().find(covers).as_slice())
}
