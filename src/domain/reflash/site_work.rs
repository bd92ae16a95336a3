//! What a hub and a site have to do with orders, as pages and records show it.

use super::{OrderHubState, OrderNumber, OrderState};
use crate::domain::{FirmwareVersion, UnitId};

/// An order that a hub is, or was, on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubOrder {
    /// The order.
    pub order: OrderNumber,
    /// Its state.
    pub state: OrderState,
    /// The state of the hub on it.
    pub hub: OrderHubState,
    /// The firmware that the hub is to get there, from the beginning of the work on.
    pub target: Option<FirmwareVersion>,
    /// Whether the hub is on it still: then it can be on no other one (RF/n).
    pub is_open: bool,
}

/// Hubs without an outcome that a unit has in hand (MP155-R34).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBatch {
    /// The order.
    pub order: OrderNumber,
    /// Which batch of the order.
    pub batch: u32,
    /// The unit.
    pub unit: UnitId,
    /// How many of its hubs have no outcome.
    pub hubs: u64,
}
