//! Background jobs, in supervised threads: outbox delivery, retention.

pub mod outbox;
pub mod retention;
