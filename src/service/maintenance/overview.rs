//! Months as they are listed, and their checks.

use std::ops::Range;

use super::{MaintenanceFault, details::WindowDetails, facts};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Date, LondonMonth, Timestamp,
        maintenance::{MonthSchedule, PublishedWindow, RuleSet, WindowState},
    },
    rules::maintenance::{AllowanceUse, MonthCheck, PlanningContext, allowance_use, check_month},
    service::App,
    store,
};

/// What is planned of a month, or of other times.
#[derive(Clone, Debug)]
pub struct MaintenanceOverview {
    /// The month; absent where other times were asked for, as are the next five.
    pub month: Option<LondonMonth>,
    /// The rule set that judges it.
    pub rule_set: Option<RuleSet>,
    /// The London day up to which its first schedule is in time.
    pub latest: Option<Date>,
    /// The revisions of its schedule, the first one first.
    pub schedules: Vec<MonthSchedule>,
    /// What its windows use of the limits.
    pub used: Option<AllowanceUse>,
    /// Every version that its schedule told, also of windows that stand in it no more.
    pub told: Vec<PublishedWindow>,
    /// The windows that start in it, in the order of their starts.
    pub windows: Vec<WindowDetails>,
}

/// What is planned of a month, counted.
#[derive(Clone, Debug)]
pub struct MonthSummary {
    /// The rule set that judges it.
    pub rule_set: RuleSet,
    /// Its newest revision.
    pub schedule: Option<MonthSchedule>,
    /// What its windows use of the limits.
    pub used: AllowanceUse,
    /// The states of the windows that start in it.
    pub states: Vec<WindowState>,
}

/// Checks a month: all rules with what they saw.
///
/// # Errors
/// When the store fails.
pub fn check_maintenance_month(
    connection: &mut Connection,
    month: LondonMonth,
    context: PlanningContext<'_>,
) -> Result<MonthCheck, StoreFault> {
    Ok(check_month(&facts::of_month(connection, month)?, context))
}

impl MaintenanceOverview {
    /// Loads a month.
    ///
    /// # Errors
    /// When the store fails.
    pub fn of_month(
        connection: &mut Connection,
        month: LondonMonth,
        context: PlanningContext<'_>,
    ) -> Result<Self, StoreFault> {
        let facts = facts::of_month(connection, month)?;
        let rule_set = context.settings.rule_set(month);
        Ok(Self {
            month: Some(month),
            rule_set: Some(rule_set),
            latest: context.latest(month),
            schedules: store::schedules_of_month(connection, month)?,
            used: Some(allowance_use(&facts, rule_set)),
            told: store::window_versions_of_month(connection, month)?,
            windows: Self::within(connection, &(month.begins()..month.ends()), context)?.windows,
        })
    }

    /// Loads the windows that start within a range.
    ///
    /// # Errors
    /// When the store fails.
    pub fn within(
        connection: &mut Connection,
        range: &Range<Timestamp>,
        context: PlanningContext<'_>,
    ) -> Result<Self, StoreFault> {
        let windows = store::windows_within(connection, range)?;
        Ok(Self {
            month: None,
            rule_set: None,
            latest: None,
            schedules: Vec::new(),
            used: None,
            told: Vec::new(),
            windows: WindowDetails::of_all(connection, windows, context.settings)?,
        })
    }
}

impl App {
    /// What is planned of a month.
    ///
    /// # Errors
    /// When the store fails.
    pub fn maintenance_month(&self, month: LondonMonth) -> Result<MaintenanceOverview, MaintenanceFault> {
        let (calendar, now) = (self.calendar(), self.clock().now());
        let context = self.planning(&calendar, now);
        self.store().read(|connection| Ok(MaintenanceOverview::of_month(connection, month, context)?))
    }

    /// What is planned of months, counted: the windows themselves are not loaded whole.
    ///
    /// # Errors
    /// When the store fails.
    pub fn maintenance_summaries(
        &self,
        months: &[LondonMonth],
    ) -> Result<Vec<MonthSummary>, MaintenanceFault> {
        let settings = &self.choices().maintenance;
        let summary = |connection: &mut Connection, month| {
            let facts = facts::of_month(connection, month)?;
            let rule_set = settings.rule_set(month);
            Ok(MonthSummary {
                rule_set,
                used: allowance_use(&facts, rule_set),
                states: facts.windows.iter().map(|window| window.state).collect(),
                schedule: facts.schedule,
            })
        };
        self.store().read(|connection| months.iter().map(|month| summary(connection, *month)).collect())
    }

    /// What is planned to start within a range.
    ///
    /// # Errors
    /// When the store fails.
    pub fn maintenance_within(
        &self,
        range: &Range<Timestamp>,
    ) -> Result<MaintenanceOverview, MaintenanceFault> {
        let (calendar, now) = (self.calendar(), self.clock().now());
        let context = self.planning(&calendar, now);
        self.store().read(|connection| Ok(MaintenanceOverview::within(connection, range, context)?))
    }

    /// Checks a month. Nothing is changed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn check_maintenance(&self, month: LondonMonth) -> Result<MonthCheck, MaintenanceFault> {
        let (calendar, now) = (self.calendar(), self.clock().now());
        let context = self.planning(&calendar, now);
        self.store().read(|connection| Ok(check_maintenance_month(connection, month, context)?))
    }
}
