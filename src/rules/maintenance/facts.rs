//! What a month's check and its publication look at.

use std::collections::BTreeMap;

use super::{PlanningContext, is_as_told, is_limited};
use crate::domain::{
    Date, LondonMonth,
    maintenance::{
        Derogation, MaintenanceEnvironment, MaintenanceWindow, MonthSchedule, PublishedWindow, WindowKind,
        WindowReference, WindowState,
    },
};

/// All that is known of a month (PM/l).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthFacts {
    /// The month.
    pub month: LondonMonth,
    /// The working copies of the windows that start in it.
    pub windows: Vec<MaintenanceWindow>,
    /// Those of the nights beside it, which may overlap its own.
    pub beside: Vec<MaintenanceWindow>,
    /// The newest version of each of its windows, and of those whose newest version stands in its schedule.
    pub told: BTreeMap<WindowReference, PublishedWindow>,
    /// The newest revision of its schedule.
    pub schedule: Option<MonthSchedule>,
    /// The derogations, in the order of their IDs.
    pub derogations: Vec<Derogation>,
    /// How many cases about a window are open; without those that have none.
    pub open_cases: BTreeMap<WindowReference, usize>,
    /// How many firmware images are agreed for a London day; without those that have none.
    pub images: BTreeMap<Date, u64>,
}

impl MonthFacts {
    /// A month of which nothing is known.
    pub const fn empty(month: LondonMonth) -> Self {
        Self {
            month,
            windows: Vec::new(),
            beside: Vec::new(),
            told: BTreeMap::new(),
            schedule: None,
            derogations: Vec::new(),
            open_cases: BTreeMap::new(),
            images: BTreeMap::new(),
        }
    }

    /// The windows that its schedule has: planned ones that are not withdrawn.
    pub(super) fn scheduled(&self) -> impl Iterator<Item = &MaintenanceWindow> {
        self.windows.iter().filter(|window| is_scheduled(window))
    }

    /// The windows that limits bind, all of them together (PM/l, PM/o).
    pub(super) fn limited(&self) -> impl Iterator<Item = &MaintenanceWindow> {
        self.scheduled().filter(|window| is_limited(&window.plan))
    }

    /// What of a window is in force.
    pub(super) fn in_force(&self, window: &MaintenanceWindow) -> Option<&PublishedWindow> {
        self.told.get(&window.reference).filter(|told| !told.withdrawn)
    }

    /// Whether nothing of a window can be planned any more: it is closed, or began as it was told. It is counted, and not judged again.
    pub(super) fn is_settled(&self, window: &MaintenanceWindow, context: PlanningContext<'_>) -> bool {
        let began = window.plan.starts_at <= context.now;
        window.state == WindowState::Closed
            || (began && self.in_force(window).is_some_and(|told| is_as_told(&window.plan, told)))
    }
}

/// Whether a schedule of its month has the window.
pub(super) fn is_scheduled(window: &MaintenanceWindow) -> bool {
    window.plan.kind == WindowKind::Planned && window.state != WindowState::Withdrawn
}

/// Whether limits bind an environment at all (PM/o).
pub(super) fn has_limits(environment: MaintenanceEnvironment) -> bool {
    environment == MaintenanceEnvironment::Production
}
