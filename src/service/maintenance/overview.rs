//! Months as they are listed, and their checks.

use std::ops::Range;

use super::{MaintenanceFault, details::WindowDetails, facts};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Date, Timestamp,
        maintenance::{LondonMonth, MonthSchedule, RuleSet},
    },
    rules::maintenance::{AllowanceUse, MonthCheck, PlanningContext, allowance_use, check_month},
    service::App,
    store,
};

/// What is planned of a month, or of other times.
#[derive(Clone, Debug)]
pub struct MaintenanceOverview {
    /// The month; absent where other times were asked for, as are the next four.
    pub month: Option<LondonMonth>,
    /// The rule set that judges it.
    pub rule_set: Option<RuleSet>,
    /// The London day up to which its first schedule is in time.
    pub latest: Option<Date>,
    /// The revisions of its schedule, the first one first.
    pub schedules: Vec<MonthSchedule>,
    /// What its windows use of the limits.
    pub used: Option<AllowanceUse>,
    /// The windows that start in it, in the order of their starts.
    pub windows: Vec<WindowDetails>,
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
        let windows =
            windows.into_iter().map(|window| WindowDetails::of(connection, window, context.settings));
        Ok(Self {
            month: None,
            rule_set: None,
            latest: None,
            schedules: Vec::new(),
            used: None,
            windows: windows.collect::<Result<_, _>>()?,
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
