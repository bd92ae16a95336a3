//! The management API: JSON over HTTP with a bearer token. It reads records, imports files and applies Device events.

mod acts;
mod authorise;
mod calendar;
mod changes;
mod clock;
mod coverage;
mod decisions;
mod device_as_at;
mod device_history;
mod device_id;
mod devices;
mod events;
mod fault_action;
mod faults;
mod file_refusal;
mod firmware;
mod hub_reports;
mod hubs;
mod import;
mod journal;
mod maintenance;
mod maintenance_feed;
mod metrics;
mod notices;
mod openapi;
mod outbox;
mod page;
mod privacy;
mod reflash;
mod refusals;
mod reply;
mod reports;
mod routes;
mod ssmi;
mod states;
mod tallies;
mod tsat;
mod variants;

pub(super) use acts::ShownAct;
pub(super) use authorise::authorise;
pub(super) use device_history::{ShownField, ShownRecordedChange};
pub(super) use faults::fault_of_json;
pub use hubs::{ShownHub, ShownPeriod, ShownPlace, ShownValidity};
pub use notices::{ListedNotices, ShownNotice, ShownRecipient};
pub(super) use reflash::{
    FieldFault, Fields, ListedOrderHubs, ORDER_HUB_COLUMNS, ShownHubOrder, ShownOrderHub,
};
pub use reflash::{
    GivenOut, HubStateCounts, ListedOrders, OpenSlots, OrderBody, OrderSummary, ShownDelivery, ShownFinding,
    ShownReason, ShownRedelivery, ShownSlot, UnitHubs,
};
pub(super) use reply::no_such_path;
pub(super) use routes::configure;
pub use routes::routes;
