//! Delivers what waits in the outbox to Users' Receive Response addresses.
//!
//! At least once, in order per User and Device, retried until accepted. Nothing here blocks an answer: messages are
//! put into the outbox by the transaction that causes them, and this room takes them from there in threads of its own.

mod delivery;
mod post;

pub use delivery::Delivery;
pub use post::Patience;
