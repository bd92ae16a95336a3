//! Tallies: the job that counts answers and Devices for the console, a little at a time.

use std::time::Duration;

use super::supervisor::StopSignal;
use crate::{
    clock::Stopwatch,
    db::AdvisoryLock,
    service::{App, Fault},
    store,
};

/// The interval between rounds: what is shown is this much behind.
const INTERVAL: Duration = Duration::from_secs(10);
/// The least time between two counts of Devices. A count of millions, which takes longer, is followed by a rest as long as it was.
const DEVICES_INTERVAL: Duration = Duration::from_secs(60);
/// The rest after a slice of decisions, as a multiple of the time it took: counting takes a quarter of a core where it is behind.
const ANSWERS_REST: u32 = 3;
/// The rest after a range of Devices: counting takes a twenty-fifth of a core.
const DEVICES_REST: u32 = 24;

/// The last count of Devices: since its end, and how long it took.
struct LastCount {
    ended: Stopwatch,
    took: Duration,
}

/// The loop of the job. Of several instances one keeps the tallies; the others look whether its lock has become free.
pub(super) fn keep_until_stopped(app: &App, stop: &StopSignal) {
    let (mut lock, mut last) = (None, None);
    loop {
        if let Err(fault) = round(app, stop, &mut lock, &mut last) {
            tracing::warn!(%fault, "tallies not kept, will retry");
        }
        if stop.wait(INTERVAL) {
            return;
        }
    }
}

fn round(
    app: &App,
    stop: &StopSignal,
    lock: &mut Option<AdvisoryLock>,
    last: &mut Option<LastCount>,
) -> Result<(), Fault> {
    if lock.as_mut().is_none_or(|lock| !lock.is_held()) {
        *lock = app.store().try_lock(store::TALLY_LOCK)?;
        if lock.is_none() {
            return Ok(());
        }
    }
    let mut after_slice = |took: Duration| !stop.wait(took * ANSWERS_REST);
    app.tally_answers(&mut after_slice)?;
    let is_due = match last {
        Some(LastCount { ended, took }) => ended.elapsed() >= DEVICES_INTERVAL.max(*took),
        None => true,
    };
    if is_due || app.device_tallies()?.0.is_none() {
        let begin = Stopwatch::start();
        // Beside the Devices, answers are counted on: a count of millions takes minutes.
        let mut since_answers = Stopwatch::start();
        let mut after_range = |took: Duration| {
            if since_answers.elapsed() >= INTERVAL {
                since_answers = Stopwatch::start();
                if let Err(fault) = app.tally_answers(&mut after_slice) {
                    tracing::warn!(%fault, "answers not tallied, will retry");
                }
            }
            !stop.wait(took * DEVICES_REST)
        };
        if app.count_devices(&mut after_range)? {
            *last = Some(LastCount { ended: Stopwatch::start(), took: begin.elapsed() });
        }
    }
    Ok(())
}
