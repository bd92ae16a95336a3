//! Re-flash orders: hubs that a Party sends to a site for newer firmware, and gets back (MP155, HUBS.md 4).

mod number;
mod order;
mod outcome;
mod reason;
mod receipt;
mod request;
mod site_work;
mod state;
mod window;

pub use number::{DeliveryNumber, OrderNumber, RedeliveryAsn};
pub use order::{KeptReason, Order, OrderAsked, OrderHub};
pub use outcome::{
    FaultReport, HubInWork, HubOutcomeReport, OutcomeKind, OutcomeLine, UnitInUse, WaitingHub,
};
pub use reason::{Finding, FindingKind, Reason, ReasonLabel};
pub use receipt::{Condition, DeliveredHub, ReceivedLine, Unloader, Unloading};
pub use request::{HeldHub, NoHub, Package, ReflashRequest, RequestFacts, RequestLine, RequestedHub};
pub use site_work::{HubOrder, OpenBatch};
pub use state::{OrderActor, OrderEvent, OrderHubState, OrderNotice, OrderState, SmiUpdate};
pub use window::{DayWindow, Slot, WallTime};
