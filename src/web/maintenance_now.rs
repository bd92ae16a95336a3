//! The maintenance windows in force, as JSON.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{instant_text, maintenance::StoppedService},
    service::{MaintenanceNow, WindowInForce},
};

/// The windows in force now, and the next one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownNow {
    /// When that is.
    pub now: String,
    /// The windows in force.
    pub in_force: Vec<ShownInForce>,
    /// The next one to begin.
    pub next: Option<ShownNext>,
}

/// A window in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownInForce {
    /// Its reference.
    pub reference: String,
    /// When it ends.
    pub ends_at: String,
    /// What it stops here: `requests`, `deliveries`.
    pub stops: Vec<String>,
    /// Whole seconds until its end, rounded up.
    pub retry_after: u64,
}

/// The next window to begin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownNext {
    /// Its reference.
    pub reference: String,
    /// When it begins.
    pub starts_at: String,
}

impl From<MaintenanceNow> for ShownNow {
    fn from(MaintenanceNow { now, in_force, next }: MaintenanceNow) -> Self {
        let next = next.map(|(reference, starts_at)| ShownNext {
            reference: reference.to_string(),
            starts_at: instant_text(starts_at),
        });
        Self { now: instant_text(now.0), in_force: in_force.iter().map(ShownInForce::from).collect(), next }
    }
}

impl From<&WindowInForce> for ShownInForce {
    fn from(window: &WindowInForce) -> Self {
        let WindowInForce { reference, ends_at, stops, retry_after } = window;
        Self {
            reference: reference.to_string(),
            ends_at: instant_text(*ends_at),
            stops: stops.iter().copied().map(StoppedService::as_str).map(str::to_owned).collect(),
            retry_after: *retry_after,
        }
    }
}
