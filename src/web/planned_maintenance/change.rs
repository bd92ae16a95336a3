//! What a change did: the publication of a month, and what was done with a window.

use serde::{Deserialize, Serialize};

use super::{ShownMaintenanceCheck, ShownPublishedWindow, ShownWindow};
use crate::{
    domain::instant_text,
    rules::maintenance::MaintenanceCheck,
    service::{Announced, Published, WindowDetails},
};

/// A revision that was published.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownPublication {
    /// The month.
    pub month: String,
    /// The revision.
    pub revision: u32,
    /// When.
    pub published_at: String,
    /// Whether the month's first schedule came too late.
    pub late: bool,
    /// The London day up to which it was in time.
    pub latest: Option<String>,
    /// The rule set that judged it.
    pub rule_set: String,
    /// The windows of the month that are in force now.
    pub windows: Vec<ShownPublishedWindow>,
    /// The numbers of the notices.
    pub notices: Vec<i64>,
    /// What it warns of.
    pub warnings: Vec<ShownMaintenanceCheck>,
    /// Every check that was made.
    pub checks: Vec<ShownMaintenanceCheck>,
}

impl From<&Published> for ShownPublication {
    fn from(published: &Published) -> Self {
        let Published { schedule, latest, windows, notice, checks } = published;
        Self {
            month: schedule.month.to_string(),
            revision: schedule.revision,
            published_at: instant_text(schedule.published_at),
            late: schedule.late,
            latest: latest.map(|latest| latest.to_string()),
            rule_set: schedule.rule_set.to_string(),
            windows: windows.iter().map(ShownPublishedWindow::from).collect(),
            notices: vec![*notice],
            warnings: warnings(checks),
            checks: checks.iter().map(ShownMaintenanceCheck::from).collect(),
        }
    }
}

fn warnings(checks: &[MaintenanceCheck]) -> Vec<ShownMaintenanceCheck> {
    checks.iter().filter(|check| check.warns()).map(ShownMaintenanceCheck::from).collect()
}

/// What was done with a window.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MaintenanceChange {
    /// The window after it.
    pub window: ShownWindow,
    /// The number of the notice; null where nobody is told yet.
    pub notice: Option<i64>,
    /// The number of the case that was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<u32>,
    /// Whether what was announced lies in the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrospective: Option<bool>,
    /// The minutes from when the DCC knew of it to the notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_to_notice: Option<u64>,
    /// What it warns of.
    pub warnings: Vec<ShownMaintenanceCheck>,
}

impl MaintenanceChange {
    /// A change that says nothing more.
    pub fn new(details: &WindowDetails, notice: Option<i64>) -> Self {
        Self {
            window: details.into(),
            notice,
            case: None,
            retrospective: None,
            minutes_to_notice: None,
            warnings: Vec::new(),
        }
    }
}

impl From<&Announced> for MaintenanceChange {
    fn from(announced: &Announced) -> Self {
        Self {
            retrospective: Some(announced.retrospective),
            minutes_to_notice: Some(announced.minutes_to_notice),
            warnings: warnings(&announced.checks),
            ..Self::new(&announced.details, Some(announced.notice))
        }
    }
}
