//! Which maintenance windows are in force, and what this instance does about them (SERVICE.md 3.3, 5.2).

use std::collections::BTreeSet;

use super::{
    App, Fault,
    felt_maintenance::{FeltMaintenance, MaintenanceAnswer},
    maintenance_watch::{FeltWindow, MaintenanceStop, MaintenanceWatch, seconds_until},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Now, Timestamp,
        maintenance::{MaintenanceEnvironment, PublishedWindow, StoppedService, WindowReference},
    },
    store,
};

/// The windows in force now, and the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceNow {
    /// When that is.
    pub now: Now,
    /// The windows in force, the first to begin first.
    pub in_force: Vec<WindowInForce>,
    /// The next one to begin, and when.
    pub next: Option<(WindowReference, Timestamp)>,
}

/// A window in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowInForce {
    /// Its reference.
    pub reference: WindowReference,
    /// When it ends.
    pub ends_at: Timestamp,
    /// What it stops here.
    pub stops: BTreeSet<StoppedService>,
    /// Whole seconds until its end, rounded up.
    pub retry_after: u64,
}

/// The windows of an environment that are in force now, and the next one to begin.
///
/// # Errors
/// When the store fails.
pub fn maintenance_now(
    connection: &mut Connection,
    environment: MaintenanceEnvironment,
    now: Now,
) -> Result<MaintenanceNow, StoreFault> {
    let standing = store::standing_windows_after(connection, environment, now.0)?;
    let in_force = standing.iter().filter(|window| window.is_in_force(now.0)).map(|window| WindowInForce {
        reference: window.reference.clone(),
        ends_at: window.plan.ends_at,
        stops: window.plan.stops.clone(),
        retry_after: seconds_until(window.plan.ends_at, now),
    });
    let next = standing.iter().find(|window| window.plan.starts_at > now.0);
    Ok(MaintenanceNow {
        now,
        in_force: in_force.collect(),
        next: next.map(|window| (window.reference.clone(), window.plan.starts_at)),
    })
}

impl App {
    /// The maintenance windows that are felt at this instance.
    pub fn maintenance_watch(&self) -> &MaintenanceWatch {
        &self.0.maintenance
    }

    /// The window that refuses a request that comes now, which is counted.
    pub fn refuse_for_maintenance(&self) -> Option<MaintenanceStop> {
        let stop = self.0.maintenance.refuses_requests(self.clock().now());
        if stop.is_some() {
            self.metrics().refused_for_maintenance();
        }
        stop
    }

    /// The windows that are in force now, and the next one to begin.
    ///
    /// # Errors
    /// When the store fails.
    pub fn maintenance_now(&self) -> Result<MaintenanceNow, Fault> {
        let (environment, now) = (self.choices().felt_maintenance.environment, self.clock().now());
        self.store().read(|connection| Ok(maintenance_now(connection, environment, now)?))
    }

    /// Reads anew which windows are to be felt here. Where none is to be, the store is not asked.
    ///
    /// # Errors
    /// When the store fails; those that were known stay then.
    pub fn refresh_maintenance(&self) -> Result<(), Fault> {
        let FeltMaintenance { answer, environment } = self.choices().felt_maintenance;
        match answer {
            MaintenanceAnswer::Nothing => Ok(()),
            MaintenanceAnswer::ServiceUnavailable => {
                let now = self.clock().now();
                let read = |connection: &mut Connection| {
                    Ok(store::standing_windows_after(connection, environment, now.0)?)
                };
                let standing = self.store().read::<_, Fault>(read)?;
                self.maintenance_watch().replace(standing.iter().filter_map(felt).collect());
                Ok(())
            }
        }
    }
}

/// A window as it is felt; none where it stops nothing here.
fn felt(window: &PublishedWindow) -> Option<FeltWindow> {
    let plan = &window.plan;
    (!plan.stops.is_empty()).then(|| FeltWindow {
        reference: window.reference.to_string(),
        starts_at: plan.starts_at,
        ends_at: plan.ends_at,
        stops_requests: plan.stops(StoppedService::Requests),
        stops_deliveries: plan.stops(StoppedService::Deliveries),
    })
}
