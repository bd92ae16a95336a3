//! Background jobs, in supervised threads: outbox delivery, retention, changes of Supplier.

pub mod outbox;
pub mod retention;

mod running;
mod supervisor;
mod supplier_changes;

pub use running::Jobs;
pub use supervisor::StopSignal;
