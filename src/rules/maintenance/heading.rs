//! What a window is headed with, wherever people read of it.

use crate::domain::{
    closed_set,
    maintenance::{WindowCategory, WindowKind},
};

closed_set!(
    /// What a window is headed with: its category, or how it came about.
    WindowHeading, "a heading of a window", {
        High => "High Impact",
        Low => "Low Impact",
        Unplanned => "Unplanned",
        Emergency => "Emergency",
        // It has no category, or none yet.
        Maintenance => "Maintenance",
    }
);

impl WindowHeading {
    /// The heading of a window of that kind with that category.
    pub const fn of(kind: WindowKind, category: Option<WindowCategory>) -> Self {
        match (kind, category) {
            (WindowKind::Unplanned, _) => Self::Unplanned,
            (WindowKind::Emergency, _) => Self::Emergency,
            (WindowKind::Planned, Some(WindowCategory::High)) => Self::High,
            (WindowKind::Planned, Some(WindowCategory::Low)) => Self::Low,
            (WindowKind::Planned, None) => Self::Maintenance,
        }
    }
}
