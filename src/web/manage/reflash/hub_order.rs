//! The orders of a hub as JSON.

use serde::Serialize;

use crate::domain::reflash::HubOrder;

/// An order that a hub is, or was, on.
#[derive(Clone, Debug, Serialize)]
pub(in crate::web) struct ShownHubOrder {
    pub(in crate::web) order: String,
    /// The state of the order.
    pub(in crate::web) state: &'static str,
    /// The state of the hub on it.
    pub(in crate::web) hub: &'static str,
    /// The firmware that it is to get there; null before the work began.
    pub(in crate::web) target: Option<String>,
    /// Whether the hub is on it still.
    pub(in crate::web) is_open: bool,
}

impl From<&HubOrder> for ShownHubOrder {
    fn from(on: &HubOrder) -> Self {
        Self {
            order: on.order.to_string(),
            state: on.state.as_str(),
            hub: on.hub.as_str(),
            target: on.target.as_ref().map(ToString::to_string),
            is_open: on.is_open,
        }
    }
}
