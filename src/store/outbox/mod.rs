//! The outbox: signed messages for Users' Receive Response addresses, kept until they are accepted.
//!
//! Order is kept per User and Device: a message waits for the one before it, and those about no Device are one queue per User.
//! What cannot be delivered to one User never blocks another's.

mod list;
mod queue;
mod row;

pub use list::{ListedMessage, count, list};
pub(in crate::store) use queue::purge;
pub use queue::{DELIVERY_LOCK, DueMessage, NewMessage, delivered, due, enqueue, failed, next_due};
pub use row::MessageKind;
pub(in crate::store) use row::outbox;
