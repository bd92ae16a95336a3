//! Whether a window is Planned Maintenance, and of which category (PM/b, PM/c).

use crate::domain::maintenance::{
    Disruption, MaintenanceEnvironment, PublishedWindow, RuleSet, WindowAspect, WindowCategory, WindowKind,
    WindowPlan, WindowState,
};

/// So many hubs make a disruption of Devices behind hubs Planned Maintenance (MP092-R6).
const HUBS: u64 = 100_000;

/// Aspects that make a window High wherever they say yes (MP092-R2, R8, R25).
const MAKE_HIGH: [WindowAspect; 5] = [
    WindowAspect::Communications,
    WindowAspect::InstallCommission,
    WindowAspect::Smets1Migrations,
    WindowAspect::ServiceRequests,
    WindowAspect::StopsTopUps,
];

/// Whether a window is Planned Maintenance (PM/b).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planning {
    /// It is: it has a category, and limits bind it.
    Planned,
    /// It cannot be told for want of a column; until then it counts as planned.
    Undecided {
        /// The column.
        missing: &'static str,
    },
    /// It is not: it stands on the forward schedule without category or limits.
    NotPlanned,
}

/// The category of a window, and why (PM/c).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Categorised {
    /// The category that it has: the more careful one of what is stated and what follows.
    pub category: WindowCategory,
    /// The column that gave it.
    pub because: &'static str,
    /// Whether Low is stated where High follows.
    pub is_understated: bool,
}

/// Whether a window is Planned Maintenance, as far as its columns say so. Unplanned work never is.
pub fn planning(plan: &WindowPlan) -> Planning {
    match (plan.kind, plan.disruption) {
        (WindowKind::Unplanned | WindowKind::Emergency, _) | (_, Some(Disruption::Nothing)) => {
            Planning::NotPlanned
        }
        (WindowKind::Planned, None) => Planning::Undecided { missing: "disruption" },
        (WindowKind::Planned, Some(Disruption::Certain | Disruption::Risk)) => by_hubs(plan),
    }
}

fn by_hubs(plan: &WindowPlan) -> Planning {
    match plan.hubs_affected {
        Some(hubs) if hubs < HUBS => Planning::NotPlanned,
        None if plan.says(WindowAspect::Communications) => Planning::Undecided { missing: "hubs_affected" },
        Some(_) | None => Planning::Planned,
    }
}

/// The category that a plan has, wherever categories are asked for.
pub fn categorised(plan: &WindowPlan) -> Categorised {
    let high =
        |because, is_understated| Categorised { category: WindowCategory::High, because, is_understated };
    match (makes_high(plan), plan.category) {
        (Some(because), stated) => high(because, stated == Some(WindowCategory::Low)),
        (None, Some(WindowCategory::High)) => high("category", false),
        (None, Some(WindowCategory::Low) | None) => Categorised {
            category: WindowCategory::Low,
            because: "nothing makes it High",
            is_understated: false,
        },
    }
}

/// The first column that makes a window High.
fn makes_high(plan: &WindowPlan) -> Option<&'static str> {
    let aspect = MAKE_HIGH.iter().find(|aspect| plan.says(**aspect)).map(|aspect| aspect.as_str());
    // Service Improvements to SSI may make Users change something (MP092-R4).
    let changes = plan.says(WindowAspect::UserChanges) && !plan.says(WindowAspect::Ssi);
    let changes = changes.then_some(WindowAspect::UserChanges.as_str());
    aspect.or(changes).or_else(|| (!plan.stops.is_empty()).then_some("stops"))
}

/// Whether limits bind a window: Planned Maintenance of production (PM/b, PM/o).
pub fn is_limited(plan: &WindowPlan) -> bool {
    plan.environment == MaintenanceEnvironment::Production && planning(plan) != Planning::NotPlanned
}

/// The category under a rule set; none where the window has none (PM/b, PM/n, PM/o).
pub fn category_under(plan: &WindowPlan, rule_set: RuleSet) -> Option<WindowCategory> {
    let has_categories = match rule_set {
        RuleSet::Before => false,
        RuleSet::Trial | RuleSet::Mp092 => true,
    };
    (has_categories && is_limited(plan)).then(|| categorised(plan).category)
}

/// The plan as it is told: with the category that it has.
pub fn as_told(plan: &WindowPlan, rule_set: RuleSet) -> WindowPlan {
    WindowPlan { category: category_under(plan, rule_set), ..plan.clone() }
}

/// Whether a plan says what was told of it, with the category that follows from it now. Where none was told the rule set had none, or the
/// window, which follows from its other columns.
pub fn is_as_told(plan: &WindowPlan, told: &PublishedWindow) -> bool {
    let category = told.plan.category.filter(|_| is_limited(plan)).map(|_| categorised(plan).category);
    told.plan == WindowPlan { category, ..plan.clone() }
}

/// The state of a working copy that is neither closed nor withdrawn, beside what was told of it (PM/s).
pub fn planned_state(plan: &WindowPlan, told: Option<&PublishedWindow>) -> WindowState {
    match told.filter(|told| !told.withdrawn) {
        None => WindowState::Draft,
        Some(told) if is_as_told(plan, told) => WindowState::Published,
        Some(_) => WindowState::Changed,
    }
}
