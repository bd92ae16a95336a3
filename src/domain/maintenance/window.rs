//! A maintenance window: what is planned, and what came of it.

use std::collections::BTreeSet;

use super::{
    Disruption, MaintenanceEnvironment, MaintenanceProvider, StoppedService, WindowAspect, WindowCategory,
    WindowKind, WindowReference, WindowState, WindowText, WindowTitle,
};
use crate::domain::{ActReason, LondonMonth, Timestamp, YesNo};

/// What is said of a window: the columns of `maintenance.csv` (SERVICE.md 5.3). It ends after it starts, at most 24 hours later, both in
/// whole minutes. A draft may lack all but those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowPlan {
    /// How it came about.
    pub kind: WindowKind,
    /// What is worked on.
    pub environment: MaintenanceEnvironment,
    /// What it is called.
    pub title: Option<WindowTitle>,
    /// The parts of the Services that are disrupted.
    pub services: Option<WindowText>,
    /// How sure that is.
    pub disruption: Option<Disruption>,
    /// The yes-or-no columns that say yes.
    pub aspects: BTreeSet<WindowAspect>,
    /// How many hubs are affected, where Devices behind hubs are concerned.
    pub hubs_affected: Option<u64>,
    /// How that number was found.
    pub hubs_basis: Option<WindowText>,
    /// Whose systems are worked on.
    pub providers: BTreeSet<MaintenanceProvider>,
    /// The start.
    pub starts_at: Timestamp,
    /// The end: the first instant after it.
    pub ends_at: Timestamp,
    /// The risk to the later return of normal service; `none` is written where there is none.
    pub risk_to_return: Option<WindowText>,
    /// Why the disruption cannot be avoided.
    pub why: Option<WindowText>,
    /// What it stops at this service.
    pub stops: BTreeSet<StoppedService>,
    /// The category: as stated in a working copy, as it follows in what is published.
    pub category: Option<WindowCategory>,
}

impl WindowPlan {
    /// The longest window that can be written: 24 hours.
    pub const MAX_MINUTES: u64 = 24 * 60;

    /// Whether that column says yes.
    pub fn says(&self, aspect: WindowAspect) -> bool {
        self.aspects.contains(&aspect)
    }

    /// Whether it stops that at this service.
    pub fn stops(&self, service: StoppedService) -> bool {
        self.stops.contains(&service)
    }

    /// The London month that it belongs to.
    pub fn month(&self) -> LondonMonth {
        LondonMonth::of(self.starts_at)
    }

    /// Its elapsed minutes.
    pub fn minutes(&self) -> u64 {
        minutes_between(self.starts_at, self.ends_at)
    }
}

/// The elapsed minutes from one instant to a later one; a minute that was begun counts.
pub(super) fn minutes_between(from: Timestamp, to: Timestamp) -> u64 {
    let elapsed = u128::try_from(to.duration_since(from).as_millis()).unwrap_or(0);
    u64::try_from(elapsed.div_ceil(60_000)).unwrap_or(u64::MAX)
}

/// How a window ended (MP092-R31).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowEnding {
    /// When work began.
    pub started_at: Timestamp,
    /// When it was done.
    pub ended_at: Timestamp,
    /// Whether end-to-end communications were disrupted unexpectedly.
    pub disrupted: YesNo,
}

impl WindowEnding {
    /// Its elapsed minutes.
    pub fn minutes(self) -> u64 {
        minutes_between(self.started_at, self.ended_at)
    }
}

/// A maintenance window as it is worked on: what is in force is the newest [`super::PublishedWindow`] of its reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceWindow {
    /// Its reference.
    pub reference: WindowReference,
    /// What is planned.
    pub plan: WindowPlan,
    /// Its state.
    pub state: WindowState,
    /// When the DCC learned of it, where it is not planned (MP092-R21).
    pub aware_at: Option<Timestamp>,
    /// How it ended, once it is closed.
    pub ending: Option<WindowEnding>,
    /// What was said when it was extended or withdrawn.
    pub note: Option<ActReason>,
}

impl MaintenanceWindow {
    /// A window that was never published.
    pub const fn draft(reference: WindowReference, plan: WindowPlan) -> Self {
        Self { reference, plan, state: WindowState::Draft, aware_at: None, ending: None, note: None }
    }

    /// Whether it is closed or withdrawn: nothing is planned of it any more.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, WindowState::Closed | WindowState::Withdrawn)
    }

    /// The minutes that it uses of a month: once it is closed those that it took (PM/l).
    pub fn minutes(&self) -> u64 {
        self.ending.map_or_else(|| self.plan.minutes(), WindowEnding::minutes)
    }
}
