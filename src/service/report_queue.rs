//! The reports of simulated Devices that wait for their time, and how they are drawn.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    clock::Stopwatch,
    domain::{Eui64, RequestId},
    hash::Hasher,
    rules::event::DeviceEvent,
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

/// What is awaited: of a CHF that it changes its HAN device log, or of a Device that it activates an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaits {
    Hub,
    Activation,
}

impl Awaits {
    /// The event that reports it.
    pub(super) const fn event(self, succeeds: bool) -> DeviceEvent {
        match (self, succeeds) {
            (Self::Hub, true) => DeviceEvent::ChfWhitelistConfirmed,
            (Self::Hub, false) => DeviceEvent::ChfWhitelistFailed,
            (Self::Activation, true) => DeviceEvent::FirmwareActivated,
            (Self::Activation, false) => DeviceEvent::FirmwareActivationFailed,
        }
    }
}

/// A request that a simulated Device will report the outcome of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AwaitedReport {
    pub(super) of: Awaits,
    pub(super) device: Eui64,
    pub(super) request_id: RequestId,
}

/// A report that waits for its time, with the span of its request, so that its log line names the request.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) awaited: AwaitedReport,
    pub(super) event: DeviceEvent,
    pub(super) span: tracing::Span,
}

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

    /// Whether the next request succeeds, and its delay. In the order of commits, so that a seed gives the same run again.
    pub(super) fn draw(&self, simulation: Simulation) -> (bool, Duration) {
        let number = {
            let mut waiting = self.lock();
            waiting.drawn += 1;
            waiting.drawn
        };
        drawn(simulation, number)
    }

    /// Queues a report, due after that delay.
    pub(super) fn push(&self, report: Report, delay: Duration) {
        let due = self.since.elapsed().saturating_add(delay);
        let mut waiting = self.lock();
        waiting.queued += 1;
        let number = waiting.queued;
        waiting.reports.insert((due, number), report);
        drop(waiting);
        self.changed.notify_all();
    }

    /// The reports that are due now.
    pub(super) fn pop_due(&self) -> Vec<Report> {
        let now = self.since.elapsed();
        std::iter::from_fn(|| self.pop(now)).collect()
    }

    /// Forgets the reports that wait.
    pub(super) fn clear(&self) {
        self.lock().reports.clear();
    }

    /// Ends every wait.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// The next report that is due at that time.
    fn pop(&self, at: Duration) -> Option<Report> {
        let mut waiting = self.lock();
        let next = waiting.reports.first_entry().filter(|next| next.key().0 <= at)?;
        Some(next.remove())
    }

    /// Waits until a report is due, or the queue is closed; whether it goes on.
    pub(super) fn wait(&self) -> bool {
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

/// Whether it succeeds, and the delay, of the request of that number.
fn drawn(simulation: Simulation, number: u64) -> (bool, Duration) {
    let Simulation { delay, jitter, fail_percent, seed } = simulation;
    let mut hasher = Hasher::of("simulated Device");
    hasher.number(i64::from(seed));
    hasher.number(i64::try_from(number).unwrap_or(i64::MAX));
    // Two numbers of 64 bits, which are as good as random.
    let [percent, share, ..] = *hasher.finish().as_bytes().as_chunks::<8>().0 else {
        return (true, delay);
    };
    let fails = u64::from_be_bytes(percent) % 100 < u64::from(fail_percent);
    let milliseconds = u64::try_from(jitter.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    (!fails, delay.saturating_add(Duration::from_millis(u64::from_be_bytes(share) % milliseconds)))
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
        let failures = first.iter().filter(|(succeeds, _)| !succeeds).count();
        assert!((250..350).contains(&failures), "{failures}");
        let delays =
            first.iter().map(|(_, delay)| delay.as_millis()).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(delays.into_iter().collect::<Vec<_>>(), (1_500..=1_509).collect::<Vec<_>>());
        let never = Simulation::default();
        assert!((0..200).all(|number| drawn(never, number) == (true, Duration::ZERO)));
        let always = Simulation { fail_percent: 100, ..never };
        assert!((0..200).all(|number| !drawn(always, number).0));
    }

    #[test]
    fn a_report_waits_for_its_time_and_none_before_it() {
        let queue = ReportQueue::default();
        let report = |last: u8| {
            let id = Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, last]);
            let request_id = RequestId { originator: id, target: id, counter: 0 };
            let awaited = AwaitedReport { of: Awaits::Hub, device: id, request_id };
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
        queue.close();
        assert!(!queue.wait());
    }
}
