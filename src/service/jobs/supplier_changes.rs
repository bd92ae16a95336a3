//! Notices: the job that tells of what no request causes, changes of Supplier and moves that an import made.

use std::time::Duration;

use super::supervisor::StopSignal;
use crate::service::App;

/// The poll interval: a registration takes effect at an instant, without an event.
const INTERVAL: Duration = Duration::from_secs(60);

/// The loop of the job.
pub(super) fn notify_until_stopped(app: &App, stop: &StopSignal) {
    loop {
        let passed = app.gate().pass_blocking();
        app.notify_or_log();
        drop(passed);
        if stop.wait(INTERVAL) {
            return;
        }
    }
}
