//! `/manage/reflash`: requests for re-flashes, orders, their hubs and their events (HUBS.md 6).

mod events;
mod list;
mod refusal;
mod requests;
mod shown;

pub(super) use events::post as event;
pub(super) use list::{hubs, orders, show, slots};
pub(super) use requests::post as request;
pub use shown::{
    HubStateCounts, ListedOrders, OpenSlots, OrderAct, OrderBody, OrderCheck, OrderSummary, ShownDelivery,
    ShownFinding, ShownReason, ShownRedelivery, ShownSlot,
};
