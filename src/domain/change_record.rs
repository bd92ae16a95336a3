//! Changes: what was done in maintenance windows, and what came of it (MP092-R32; SERVICE.md 2).

use super::{
    ChangeId, ChangeLesson, ChangeTitle, Date, closed_set,
    maintenance::{MaintenanceProvider, WindowReference},
};

closed_set!(
    /// What came of a change.
    ChangeOutcome, "an outcome of a change", {
        Success => "success",
        Failed => "failed",
    }
);

closed_set!(
    /// The category of the incident that a change caused; 1 is the gravest.
    IncidentCategory, "a category of incidents", {
        One => "1",
        Two => "2",
        Three => "3",
        Four => "4",
    }
);

closed_set!(
    /// What a change did to Users beside what was planned.
    ChangeEffect, "an effect of a change", {
        Nothing => "none",
        Minimal => "minimal",
        Significant => "significant",
    }
);

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRecord {
    /// Its ID.
    pub id: ChangeId,
    /// The window in which it is made.
    pub window: Option<WindowReference>,
    /// The London day on which it was made.
    pub implemented_on: Option<Date>,
    /// What it is called.
    pub title: ChangeTitle,
    /// Whose systems it changes.
    pub provider: MaintenanceProvider,
    /// What came of it; absent until that is known.
    pub outcome: Option<ChangeOutcome>,
    /// The category of the incident that it caused, if it caused one.
    pub incident: Option<IncidentCategory>,
    /// What it did to Users.
    pub effect: Option<ChangeEffect>,
    /// What was learned, and what is done about it.
    pub lesson: Option<ChangeLesson>,
}
