//! Simulated Devices: each reports the outcome of its request a while after the answer was handed to the connection.
//!
//! Real Devices take their time. A client that gets the asynchronous answer before it has read the first one finds no request
//! that it belongs to.

use std::time::Duration;

use super::{
    App, Fault, SimulatedDevices,
    handover::Handover,
    report_queue::{AwaitedReport, Awaits, Report},
};
use crate::{
    db::{Connection, StoreFault},
    store,
};

/// The wait before another attempt, after a fault of the store.
const FAULT_BACKOFF: Duration = Duration::from_secs(1);

impl App {
    /// Lets the Devices report what was committed, once the answer was handed over. Does nothing unless `simulate.devices` is set.
    pub(super) fn simulate(&self, awaited: &[AwaitedReport], handover: &Handover, span: &tracing::Span) {
        for awaited in awaited {
            let Some(report) = self.report_of(*awaited, span.clone()) else { return };
            let app = self.clone();
            let (report, delay) = report;
            handover.then(move || app.0.reports.push(report, delay));
        }
    }

    fn report_of(&self, awaited: AwaitedReport, span: tracing::Span) -> Option<(Report, Duration)> {
        let Some(SimulatedDevices::Succeed) = self.choices().simulated_devices else { return None };
        let (succeeds, delay) = self.0.reports.draw(self.choices().simulation);
        Some((Report { awaited, event: awaited.of.event(succeeds), span }, delay))
    }

    /// Queues the reports that the store awaits: those whose service stopped before they were due.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn resume_simulation(&self) -> Result<(), Fault> {
        if self.choices().simulated_devices.is_none() {
            return Ok(());
        }
        let of_hubs = self.store().read(store::all_awaited)?;
        let of_hubs = of_hubs.into_iter().map(|awaited| (Awaits::Hub, awaited));
        let activations = self.store().read(store::all_awaited_activations)?;
        let activations = activations.into_iter().map(|awaited| (Awaits::Activation, awaited));
        for (of, store::AwaitedOf { device, request_id }) in of_hubs.chain(activations) {
            let awaited = AwaitedReport { of, device, request_id };
            if let Some((report, delay)) = self.report_of(awaited, tracing::Span::none()) {
                self.0.reports.push(report, delay);
            }
        }
        Ok(())
    }

    /// Applies the reports that are due, and returns how many.
    pub fn report_simulated(&self) -> usize {
        let due = self.0.reports.pop_due();
        let number = due.len();
        for report in due {
            let span = report.span.clone();
            span.in_scope(|| self.report(report));
        }
        number
    }

    /// Applies one report, unless another one settled its request. After a fault it is tried again.
    fn report(&self, report: Report) {
        let AwaitedReport { of, device, request_id } = report.awaited;
        let is_awaited = |connection: &mut Connection| {
            let awaited = match of {
                Awaits::Hub => store::awaited_of_device(connection, device)?.map(|one| one.request_id),
                Awaits::Activation => {
                    store::activation_of_device(connection, device)?.map(|one| one.request_id)
                }
            };
            Ok::<_, StoreFault>(awaited == Some(request_id))
        };
        let applied = match self.store().read(is_awaited) {
            Ok(false) => return,
            Ok(true) => self.device_event(device, report.event).map(drop),
            Err(fault) => Err(fault.into()),
        };
        if let Err(fault) = applied {
            tracing::error!(%device, %fault, "simulated report not applied, will retry");
            self.0.reports.push(report, FAULT_BACKOFF);
        }
    }

    /// Applies reports as they become due, until [`App::close_simulation`].
    pub(in crate::service) fn report_until_closed(&self) {
        if let Err(fault) = self.resume_simulation() {
            tracing::error!(%fault, "simulated reports of before not resumed");
        }
        while self.0.reports.wait() {
            let _passed = self.gate().pass_blocking();
            self.report_simulated();
        }
    }

    /// Ends [`App::report_until_closed`]. What is not reported then is reported after the next start.
    pub(in crate::service) fn close_simulation(&self) {
        self.0.reports.close();
    }
}
