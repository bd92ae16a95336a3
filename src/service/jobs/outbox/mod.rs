//! Outbox delivery: sends the messages of the outbox to Users' Receive Response addresses.
//!
//! At least once, in order per User and Device, with retries until accepted. An answer never waits for it: a message is
//! put into the outbox by the transaction that causes it, and delivered by threads of its own.

mod backoff;
mod delivery;
mod dispatcher;
mod on_the_bench;
mod post;

pub use delivery::Delivery;
pub use post::DeliveryTimeouts;
