//! Simulated Devices: each reports the outcome of its request a while after the answer was handed to the connection.
//!
//! Real Devices take their time. A client that gets the asynchronous answer before it has read the first one finds no request
//! that it belongs to.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{App, Fault, SimulatedDevices, handover::Handover};
use crate::{
    clock::Stopwatch,
    db::{Connection, StoreFault},
    domain::{Eui64, RequestId},
    hash::Hasher,
    rules::event::DeviceEvent,
    store,
};

/// How simulated Devices behave (`[simulate]`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Simulation {
    /// The time between the answer and the report of the Device.
    pub delay: Duration,
    /// At most so much is added to the delay.
    pub jitter: Duration,
    /// Of a hundred reports, so many are failures.
    pub fail_percent: u8,
    /// The seed of jitter and failures: the same requests in the same order fare alike.
    pub seed: u32,
}

/// A request that a simulated Device will report the outcome of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AwaitedReport {
    pub(super) device: Eui64,
    pub(super) request_id: RequestId,
}

/// A report that waits for its time, with the span of its request, so that its log line names the request.
#[derive(Debug)]
struct Report {
    awaited: AwaitedReport,
    event: DeviceEvent,
    span: tracing::Span,
}

/// The wait before another attempt, after a fault of the store.
const FAULT_BACKOFF: Duration = Duration::from_secs(1);

/// The reports that wait, by the time at which they are due and their number.
#[derive(Debug)]
pub(super) struct ReportQueue {
    /// Its times count from here: the monotonic clock, as a test clock may stand still.
    since: Stopwatch,
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    reports: BTreeMap<(Duration, u64), Report>,
    /// The number of reports that were drawn so far, and of those queued.
    drawn: u64,
    queued: u64,
    is_closed: bool,
}

impl Default for ReportQueue {
    fn default() -> Self {
        Self { since: Stopwatch::start(), waiting: Mutex::default(), changed: Condvar::new() }
    }
}

impl ReportQueue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outcome of the next request, and its delay. In the order of commits, so that a seed gives the same run again.
    fn draw(&self, simulation: Simulation) -> (DeviceEvent, Duration) {
        let number = {
            let mut waiting = self.lock();
            waiting.drawn += 1;
            waiting.drawn
        };
        drawn(simulation, number)
    }

    fn push(&self, report: Report, delay: Duration) {
        let due = self.since.elapsed().saturating_add(delay);
        let mut waiting = self.lock();
        waiting.queued += 1;
        let number = waiting.queued;
        waiting.reports.insert((due, number), report);
        drop(waiting);
        self.changed.notify_all();
    }

    /// The next report that is due at that time.
    fn pop(&self, at: Duration) -> Option<Report> {
        let mut waiting = self.lock();
        let next = waiting.reports.first_entry().filter(|next| next.key().0 <= at)?;
        Some(next.remove())
    }

    /// Waits until a report is due, or the queue is closed; whether it goes on.
    fn wait(&self) -> bool {
        let mut waiting = self.lock();
        loop {
            let now = self.since.elapsed();
            let next = waiting.reports.first_key_value().map(|((due, _), _)| due.saturating_sub(now));
            match next {
                _ if waiting.is_closed => return false,
                Some(Duration::ZERO) => return true,
                Some(left) => {
                    let waited = self.changed.wait_timeout(waiting, left);
                    waiting = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
                None => waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// The outcome and the delay of the request of that number.
fn drawn(simulation: Simulation, number: u64) -> (DeviceEvent, Duration) {
    let Simulation { delay, jitter, fail_percent, seed } = simulation;
    let mut hasher = Hasher::of("simulated Device");
    hasher.number(i64::from(seed));
    hasher.number(i64::try_from(number).unwrap_or(i64::MAX));
    // Two numbers of 64 bits, which are as good as random.
    let [percent, share, ..] = *hasher.finish().as_bytes().as_chunks::<8>().0 else {
        return (DeviceEvent::ChfWhitelistConfirmed, delay);
    };
    let fails = u64::from_be_bytes(percent) % 100 < u64::from(fail_percent);
    let event = if fails { DeviceEvent::ChfWhitelistFailed } else { DeviceEvent::ChfWhitelistConfirmed };
    let milliseconds = u64::try_from(jitter.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    (event, delay.saturating_add(Duration::from_millis(u64::from_be_bytes(share) % milliseconds)))
}

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
        let (event, delay) = self.0.reports.draw(self.choices().simulation);
        Some((Report { awaited, event, span }, delay))
    }

    /// Queues the reports that the store awaits: those whose service stopped before they were due.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn resume_simulation(&self) -> Result<(), Fault> {
        if self.choices().simulated_devices.is_none() {
            return Ok(());
        }
        let awaited = self.store().read(|connection| store::all_awaited(connection))?;
        for store::AwaitedOf { device, request_id } in awaited {
            let awaited = AwaitedReport { device, request_id };
            if let Some((report, delay)) = self.report_of(awaited, tracing::Span::none()) {
                self.0.reports.push(report, delay);
            }
        }
        Ok(())
    }

    /// Applies the reports that are due, and returns how many.
    pub fn report_simulated(&self) -> usize {
        let now = self.0.reports.since.elapsed();
        let due = std::iter::from_fn(|| self.0.reports.pop(now)).collect::<Vec<_>>();
        let number = due.len();
        for report in due {
            let span = report.span.clone();
            span.in_scope(|| self.report(report));
        }
        number
    }

    /// Applies one report, unless another one settled its request. After a fault it is tried again.
    fn report(&self, report: Report) {
        let AwaitedReport { device, request_id } = report.awaited;
        let is_awaited = |connection: &mut Connection| {
            let awaited = store::awaited_of_device(connection, device)?;
            Ok::<_, StoreFault>(awaited.is_some_and(|awaited| awaited.request_id == request_id))
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
            self.report_simulated();
        }
    }

    /// Ends [`App::report_until_closed`]. What is not reported then is reported after the next start.
    pub(in crate::service) fn close_simulation(&self) {
        self.0.reports.lock().is_closed = true;
        self.0.reports.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_run_again_and_another_one_another() {
        let run = |seed| {
            let (delay, jitter) = (Duration::from_millis(1_500), Duration::from_millis(9));
            let simulation = Simulation { delay, jitter, fail_percent: 30, seed };
            (1..=1_000).map(|number| drawn(simulation, number)).collect::<Vec<_>>()
        };
        let first = run(7);
        assert_eq!(first, run(7));
        assert_ne!(first, run(8));
        let failures = first.iter().filter(|(event, _)| *event == DeviceEvent::ChfWhitelistFailed).count();
        assert!((250..350).contains(&failures), "{failures}");
        let delays =
            first.iter().map(|(_, delay)| delay.as_millis()).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(delays.into_iter().collect::<Vec<_>>(), (1_500..=1_509).collect::<Vec<_>>());
        let never = Simulation::default();
        assert!(
            (0..200)
                .all(|number| drawn(never, number) == (DeviceEvent::ChfWhitelistConfirmed, Duration::ZERO))
        );
        let always = Simulation { fail_percent: 100, ..never };
        assert!((0..200).all(|number| drawn(always, number).0 == DeviceEvent::ChfWhitelistFailed));
    }

    #[test]
    fn a_report_waits_for_its_time_and_none_before_it() {
        let queue = ReportQueue::default();
        let report = |last: u8| {
            let id = Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, last]);
            let request_id = RequestId { originator: id, target: id, counter: 0 };
            let awaited = AwaitedReport { device: id, request_id };
            Report { awaited, event: DeviceEvent::ChfWhitelistConfirmed, span: tracing::Span::none() }
        };
        let hour = Duration::from_secs(3_600);
        queue.push(report(2), 2 * hour);
        queue.push(report(1), hour);
        let popped = |at| queue.pop(at).map(|report| report.awaited);
        assert_eq!(popped(hour - Duration::from_secs(1)), None);
        assert_eq!(popped(3 * hour), Some(report(1).awaited));
        assert_eq!(popped(3 * hour), Some(report(2).awaited));
        assert_eq!(popped(9 * hour), None);
        queue.push(report(3), Duration::ZERO);
        assert!(queue.wait());
        queue.lock().is_closed = true;
        assert!(!queue.wait());
    }
}
