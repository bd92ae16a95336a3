//! Background jobs, in supervised threads: outbox delivery, retention, changes of Supplier, tallies.

pub mod outbox;
pub mod retention;

mod maintenance;
mod running;
mod supervisor;
mod supplier_changes;
mod tallies;

pub use running::Jobs;
pub use supervisor::StopSignal;
