//! Outcomes that are awaited at premises: changes of HAN device logs that a CHF has not reported on.

use super::shown::{DeviceLink, RequestLink, UserLink};
use crate::domain::Awaited;

/// An accepted SR 8.11 whose outcome is awaited.
pub(super) struct AwaitedRow {
    pub(super) change: &'static str,
    pub(super) device: DeviceLink,
    pub(super) chf: DeviceLink,
    pub(super) user: UserLink,
    pub(super) request: RequestLink,
    /// The supply points that a meter gets.
    pub(super) mpxns: String,
}

impl From<&Awaited> for AwaitedRow {
    fn from(awaited: &Awaited) -> Self {
        let mpxns = awaited.mpxns.iter().map(|(kind, mpxn)| format!("{kind} {mpxn}"));
        Self {
            change: awaited.change.as_str(),
            device: DeviceLink(awaited.device),
            chf: DeviceLink(awaited.chf),
            user: UserLink(awaited.request_id.originator),
            request: RequestLink(awaited.request_id),
            mpxns: mpxns.collect::<Vec<_>>().join(", "),
        }
    }
}
