//! A month: its schedule, its windows, what they use of the limits, and its check.

use serde::{Deserialize, Serialize};

use super::{ShownMaintenanceCheck, ShownWindow};
use crate::{
    domain::{instant_text, maintenance::MonthSchedule},
    rules::maintenance::{AllowanceUse, MonthCheck},
    service::MaintenanceOverview,
};

/// What is planned of a month, or of other times.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownMaintenance {
    /// The month; null where other times were asked for, as are the next four.
    pub month: Option<String>,
    /// The rule set that judges it.
    pub rule_set: Option<String>,
    /// The London day up to which its first schedule is in time.
    pub latest: Option<String>,
    /// Its newest revision; null where nothing was published of it.
    pub schedule: Option<ShownRevision>,
    /// What its windows use of the limits.
    pub used: Option<ShownAllowanceUse>,
    /// Every revision, the first one first.
    pub revisions: Vec<ShownRevision>,
    /// The windows that start in it.
    pub windows: Vec<ShownWindow>,
}

impl From<&MaintenanceOverview> for ShownMaintenance {
    fn from(overview: &MaintenanceOverview) -> Self {
        let MaintenanceOverview { month, rule_set, latest, schedules, used, told: _, windows } = overview;
        let revisions = schedules.iter().map(ShownRevision::from).collect::<Vec<_>>();
        Self {
            month: month.map(|month| month.to_string()),
            rule_set: rule_set.map(|rule_set| rule_set.to_string()),
            latest: latest.map(|latest| latest.to_string()),
            schedule: revisions.last().cloned(),
            used: used.map(ShownAllowanceUse::from),
            revisions,
            windows: windows.iter().map(ShownWindow::from).collect(),
        }
    }
}

/// A revision of a month's schedule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownRevision {
    /// The revision, from 1.
    pub revision: u32,
    /// When it was published.
    pub published_at: String,
    /// Who published it.
    pub by: String,
    /// Whether the month's first schedule came too late.
    pub late: bool,
    /// What was said beside it.
    pub note: Option<String>,
}

impl From<&MonthSchedule> for ShownRevision {
    fn from(schedule: &MonthSchedule) -> Self {
        let MonthSchedule { month: _, revision, published_at, by, late, rule_set: _, note } = schedule;
        Self {
            revision: *revision,
            published_at: instant_text(*published_at),
            by: by.to_string(),
            late: *late,
            note: note.as_ref().map(ToString::to_string),
        }
    }
}

/// What the windows of a month use of its limits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ShownAllowanceUse {
    /// High windows, of two.
    pub high_windows: u64,
    /// Their minutes, of 360.
    pub high_minutes: u64,
    /// Low windows, of six.
    pub low_windows: u64,
}

impl From<AllowanceUse> for ShownAllowanceUse {
    fn from(AllowanceUse { high_windows, high_minutes, low_windows }: AllowanceUse) -> Self {
        Self { high_windows, high_minutes, low_windows }
    }
}

/// The check of a month.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownMonthCheck {
    /// The month.
    pub month: String,
    /// Whether it can be published.
    pub ok: bool,
    /// The rule set that judges it.
    pub rule_set: String,
    /// The London day up to which its first schedule is in time.
    pub latest: Option<String>,
    /// What its windows use of the limits.
    pub used: ShownAllowanceUse,
    /// Every check that was made.
    pub checks: Vec<ShownMaintenanceCheck>,
}

impl From<&MonthCheck> for ShownMonthCheck {
    fn from(check: &MonthCheck) -> Self {
        let MonthCheck { month, rule_set, latest, used, checks } = check;
        Self {
            month: month.to_string(),
            ok: check.is_ok(),
            rule_set: rule_set.to_string(),
            latest: latest.map(|latest| latest.to_string()),
            used: (*used).into(),
            checks: checks.iter().map(ShownMaintenanceCheck::from).collect(),
        }
    }
}
