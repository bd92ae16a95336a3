//! Re-flash orders: requests and events, each in one transaction with its act and its notices (HUBS.md 4).

mod capacity;
mod closing;
mod details;
mod draft;
mod events;
mod fault;
mod list;
mod named;
mod notices;
mod notices_back;
mod of_hub;
mod outcomes;
mod papers;
mod receipt;
mod request;
mod site;
mod statement;
mod told;

pub use capacity::{NewestForecast, SiteCapacity};
pub use closing::Redelivery;
pub use details::EventDetails;
pub use draft::RequestDraft;
pub use events::OrderChange;
pub use fault::ReflashFault;
pub use list::{ListedOrder, ShownOrder};
pub(super) use of_hub::OF_A_HUB;
pub use outcomes::OutcomeReport;
pub use papers::{AgreedDelivery, PackedHubs};
pub use receipt::DeliveryReport;
pub use site::{SiteOverview, SiteUse};
pub use statement::OrderStatement;
pub(super) use told::{told_by_csp, told_by_dcc};
