//! Work beside requests, in supervised threads: delivery of the outbox, retention.

pub mod outbox;
pub mod retention;
