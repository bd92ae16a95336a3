//! Re-flash orders: requests and events, each in one transaction with its act and its notices (HUBS.md 4).

mod capacity;
mod closing;
mod details;
mod events;
mod fault;
mod list;
mod named;
mod notices;
mod notices_back;
mod outcomes;
mod papers;
mod receipt;
mod request;
mod statement;
mod told;

pub use capacity::{NewestForecast, SiteCapacity};
pub use closing::Redelivery;
pub use details::EventDetails;
pub use events::OrderChange;
pub use fault::ReflashFault;
pub use list::{ListedOrder, ShownOrder};
pub use outcomes::OutcomeReport;
pub use papers::{AgreedDelivery, PackedHubs};
pub use receipt::DeliveryReport;
pub use request::RequestDraft;
pub use statement::OrderStatement;
pub(super) use told::{told_by_csp, told_by_dcc};
