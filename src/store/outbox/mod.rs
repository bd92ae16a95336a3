//! The outbox: signed messages for Users' Receive Response addresses, kept until they are accepted.
//!
//! Order is kept per User and Device: a message waits for the one before it, and those about no Device are one queue per User.
//! What cannot be delivered to one User never blocks another's, and what a User refuses as it is gets parked: it blocks nothing.

mod list;
mod queue;
mod row;
mod schedule;

pub use list::{ListedMessage, count, list};
pub use queue::{DELIVERY_LOCK, NewMessage, Resent, delivered, enqueue, failed, refused, resend};
pub(in crate::store) use queue::{assign_heads, purge};
pub use row::MessageKind;
pub(in crate::store) use row::outbox;
pub use schedule::{DueMessage, Schedule, schedule};
