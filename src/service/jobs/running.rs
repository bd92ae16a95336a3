//! The jobs of one service: started together, stopped together.

use std::{fmt, io, thread::JoinHandle};

use super::{
    maintenance,
    outbox::{Delivery, DeliveryTimeouts},
    retention::{self, Ages},
    supervisor::{self, StopSignal},
    supplier_changes, tallies,
};
use crate::{
    service::{App, MaintenanceAnswer},
    tls::ClientTls,
};

/// The running jobs; [`Jobs::stop`] ends them.
pub struct Jobs {
    stop: StopSignal,
    delivery: Delivery,
    threads: Vec<JoinHandle<Option<()>>>,
    /// The service, whose simulated Devices and jobs of the console end with the jobs.
    app: App,
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jobs").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}

impl Jobs {
    /// Starts outbox delivery, retention, the notices of changes of Supplier, the tallies, and simulated Devices where they are set.
    ///
    /// # Errors
    /// When a thread cannot be started; those that run already are told to stop.
    pub fn start(app: &App, ages: Ages, delivery_tls: &ClientTls) -> io::Result<Self> {
        let (store, clock, watch) = (app.store(), app.clock(), app.jobs());
        // Before anything is answered or sent.
        if let Err(fault) = app.refresh_maintenance() {
            tracing::warn!(%fault, "maintenance windows not read, will retry");
        }
        let timeouts = DeliveryTimeouts::default();
        let bench = app.test_bench().ok().cloned();
        let delivery = Delivery::start_watched(
            store.clone(),
            clock.clone(),
            (timeouts, delivery_tls),
            watch.clone(),
            (app.maintenance_watch().clone(), bench),
        )?;
        let mut jobs = Self { stop: StopSignal::default(), delivery, threads: Vec::new(), app: app.clone() };
        match jobs.start_others(app, ages) {
            Ok(()) => Ok(jobs),
            Err(error) => {
                jobs.stop();
                Err(error)
            }
        }
    }

    fn start_others(&mut self, app: &App, ages: Ages) -> io::Result<()> {
        let watch = app.jobs();
        let (purging, stop) = (app.clone(), self.stop.clone());
        let purge = move || retention::purge_until_stopped(&purging, ages, &stop);
        self.threads.push(supervisor::start("retention", self.stop.clone(), watch.clone(), purge)?);
        let (notifying, stop) = (app.clone(), self.stop.clone());
        let notify = move || supplier_changes::notify_until_stopped(&notifying, &stop);
        self.threads.push(supervisor::start("supplier_changes", self.stop.clone(), watch.clone(), notify)?);
        let (counting, stop) = (app.clone(), self.stop.clone());
        let keep = move || tallies::keep_until_stopped(&counting, &stop);
        self.threads.push(supervisor::start("tallies", self.stop.clone(), watch.clone(), keep)?);
        if app.choices().felt_maintenance.answer == MaintenanceAnswer::ServiceUnavailable {
            let (following, stop) = (app.clone(), self.stop.clone());
            let follow = move || maintenance::follow_until_stopped(&following, &stop);
            self.threads.push(supervisor::start("maintenance", self.stop.clone(), watch.clone(), follow)?);
        }
        if app.choices().simulated_devices.is_some() {
            let reporting = app.clone();
            let report = move || reporting.report_until_closed();
            self.threads.push(supervisor::start("simulation", self.stop.clone(), watch.clone(), report)?);
        }
        Ok(())
    }

    /// Stops the jobs and waits for them. To be called before the store is closed, on which a job would fail.
    pub fn stop(self) {
        self.stop.set();
        self.app.close_simulation();
        self.app.stop_console_jobs();
        for thread in self.threads {
            // A panic was logged and counted by the supervisor.
            drop(thread.join());
        }
        self.delivery.stop();
    }
}
