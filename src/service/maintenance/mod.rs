//! Planned maintenance: months are checked and published, windows are saved, announced, extended, closed and withdrawn, each in one
//! transaction with its act and its notice (SERVICE.md 3.3). The command opens the store to read and calls the functions that read; the
//! service calls them through [`App`].

mod announce;
mod cases;
mod details;
mod facts;
mod fault;
mod notice_text;
mod notices;
mod overview;
mod plan;
mod publish;
mod running;
mod withdraw;

pub use self::{
    announce::Announced,
    cases::CaseOpening,
    details::WindowDetails,
    fault::MaintenanceFault,
    notices::WINDOW_NOTICES,
    overview::{MaintenanceOverview, MonthSummary, check_maintenance_month},
    plan::{ExpectedWindow, window_mark},
    publish::Published,
    running::WindowClosing,
};

use super::App;
use crate::{
    domain::{Calendar, Now},
    rules::maintenance::PlanningContext,
};

impl App {
    /// When and by what something is judged now.
    pub(super) fn planning<'a>(&'a self, calendar: &'a Calendar, now: Now) -> PlanningContext<'a> {
        PlanningContext { settings: &self.choices().maintenance, calendar, now: now.0 }
    }
}
