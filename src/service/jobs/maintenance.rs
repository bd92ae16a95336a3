//! Maintenance windows: the job that looks every second which of them are to be felt here, so that each instance follows a publication
//! within two seconds.

use std::time::Duration;

use super::supervisor::StopSignal;
use crate::service::App;

/// The interval between looks.
const INTERVAL: Duration = Duration::from_secs(1);

/// The loop of the job. What was known stays while the store fails, which is told once.
pub(super) fn follow_until_stopped(app: &App, stop: &StopSignal) {
    let mut is_failing = false;
    loop {
        match app.refresh_maintenance() {
            Ok(()) => is_failing = false,
            Err(fault) if !is_failing => {
                tracing::warn!(%fault, "maintenance windows not read, will retry");
                is_failing = true;
            }
            Err(_) => {}
        }
        if stop.wait(INTERVAL) {
            return;
        }
    }
}
