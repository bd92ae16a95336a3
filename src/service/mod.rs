//! The spine: bytes in, bytes out, the rooms called in order.
//!
//! A request's effect, its history, its decision and its answer are stored in one transaction before the answer
//! leaves. Messages that nobody is proven to have sent (checks 1 to 4) are logged and answered, and leave no trace in
//! the store: else anyone could fill it.

mod app;
mod batch;
mod batch_queue;
mod choices;
pub mod csp;
mod decide;
mod device_event;
mod fault;
mod hub_batch;
pub mod jobs;
mod live_coverage;
pub mod manage;
mod measure;
mod message;
mod pending;
mod supplier_notice;
mod ticket;
mod verify_pool;

pub use app::App;
pub use choices::{Choices, SimulatedDevices};
pub use device_event::EventOutcome;
pub use fault::Fault;
pub use hub_batch::{Gateway, HubReply};
pub use pending::Reply;
pub use ticket::Ticket;
