//! `/manage/reflash`: requests for re-flashes, orders, their hubs and their events (HUBS.md 6).

mod capacity;
mod events;
mod fields;
mod hub_order;
mod hubs;
mod list;
mod papers;
mod refusal;
mod requests;
mod shown;
mod work;

pub(super) use capacity::capacity;
pub(super) use events::post as event;
pub(in crate::web) use fields::{FieldFault, Fields};
pub(in crate::web) use hub_order::ShownHubOrder;
pub(super) use hubs::hubs;
pub(in crate::web) use hubs::{ListedOrderHubs, ORDER_HUB_COLUMNS, ShownOrderHub};
pub(super) use list::{orders, show, slots};
pub(super) use papers::{despatch_note, labels, statement};
pub(super) use requests::post as request;
pub use shown::{
    HubStateCounts, ListedOrders, OpenSlots, OrderBody, OrderSummary, ShownDelivery, ShownFinding,
    ShownReason, ShownRedelivery, ShownSlot,
};
pub use work::{GivenOut, UnitHubs};
pub(super) use work::{batch, outcomes, received};
