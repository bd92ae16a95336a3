//! Re-flash orders: requests and events, each in one transaction with its act and its notices (HUBS.md 4).

mod events;
mod fault;
mod list;
mod notices;
mod request;

pub use events::{EventDetails, OrderChange};
pub use fault::ReflashFault;
pub use list::{ListedOrder, ShownOrder};
pub use request::RequestDraft;
