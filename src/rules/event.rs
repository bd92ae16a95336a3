//! What a Device, its CSP or the DCC's recovery procedure reports, and what follows (SMI.md 2).
//!
//! In come the event and what is known of the Device; out come the changes, or why the event does not fit. An event
//! is no Service Request: it has no sender to authorise and no code to answer with.

use super::status;
use crate::domain::{Change, Device, Now, set::closed_set};

closed_set!(
    /// What may be reported of a Device.
    DeviceEvent, "a Device event", {
        ChfWhitelistConfirmed => "ChfWhitelistConfirmed",
        ChfWhitelistFailed => "ChfWhitelistFailed",
        DeviceCommissioned => "DeviceCommissioned",
        Suspended => "Suspended",
        Restored => "Restored",
        RecoveryStarted => "RecoveryStarted",
        Recovered => "Recovered",
        RecoveryComplete => "RecoveryComplete",
    }
);

/// What an event's decision may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFacts {
    /// The Device.
    pub device: Device,
}

/// Why an event does not fit; nothing changes then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit(pub String);

/// Decides what an event leads to.
///
/// # Errors
/// Where the event does not fit the Device as it stands.
pub fn decide(event: DeviceEvent, facts: &EventFacts, now: Now) -> Result<Vec<Change>, Misfit> {
    let device = &facts.device;
    match event {
        DeviceEvent::DeviceCommissioned => {
            let change = status::commissioned(device, now);
            change.map(|change| vec![change]).ok_or_else(|| no_move(device, event))
        }
        DeviceEvent::ChfWhitelistConfirmed
        | DeviceEvent::ChfWhitelistFailed
        | DeviceEvent::Suspended
        | DeviceEvent::Restored
        | DeviceEvent::RecoveryStarted
        | DeviceEvent::Recovered
        | DeviceEvent::RecoveryComplete => Err(no_move(device, event)),
    }
}

fn no_move(device: &Device, event: DeviceEvent) -> Misfit {
    let Device { device_type, id, .. } = device;
    let status = device.status_text();
    Misfit(format!(
        "`{event}` does not fit {device_type} `{id}`, whose status is {status}: SMI.md 2 has no such move"
    ))
}
