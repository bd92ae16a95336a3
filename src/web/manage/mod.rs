//! The management listener: JSON behind a bearer token. Reads, imports, takes Device events; decides nothing.

mod authorise;
mod clock;
mod coverage;
mod decisions;
mod devices;
mod events;
mod import;
mod metrics;
mod openapi;
mod outbox;
mod reply;
mod routes;

pub(super) use authorise::authorise;
pub(super) use routes::configure;
pub use routes::routes;
