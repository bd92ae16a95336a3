//! `/manage/reflash`: requests for re-flashes, orders, their hubs and their events (HUBS.md 6).

mod capacity;
mod events;
mod hubs;
mod list;
mod papers;
mod refusal;
mod requests;
mod shown;
mod work;

pub(super) use capacity::capacity;
pub(super) use events::post as event;
pub(super) use hubs::hubs;
pub(super) use list::{orders, show, slots};
pub(super) use papers::{despatch_note, labels, statement};
pub(super) use requests::post as request;
pub use shown::{
    HubStateCounts, ListedOrders, OpenSlots, OrderAct, OrderBody, OrderCheck, OrderSummary, ShownDelivery,
    ShownFinding, ShownReason, ShownRedelivery, ShownSlot,
};
pub use work::{GivenOut, UnitHubs};
pub(super) use work::{batch, outcomes, received};
