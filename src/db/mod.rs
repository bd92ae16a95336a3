//! The database: connection pool, writer, transactions, WAL checkpoints, advisory locks, transient faults, migrations.
//!
//! It knows no subject: it names no table of the inventory, and gets every statement that does from its callers.
//!
//! [`Store::transact`] and [`Store::submit_batch`] are the only ways to write: one writer thread commits waiting jobs as one batch, on a
//! server others commit batches of requests beside each other, and a caller gets a success only after the commit is on the disk.

mod advisory_lock;
mod commit_signal;
pub(crate) mod connection;
mod fault;
mod file_identity;
mod file_locks;
mod location;
pub(crate) mod migrations;
mod open_batches;
mod open_fault;
pub(crate) mod postgres;
pub(crate) mod prepared;
mod read_only;
mod readers;
mod result_rows;
pub(crate) mod sqlite;
mod store;
mod transient;
mod wal_checkpoint;
#[cfg(not(feature = "postgres"))]
mod without_libpq;
mod writer;

pub use advisory_lock::{AdvisoryLock, LockKey};
pub use commit_signal::CommitSignal;
pub(crate) use commit_signal::signal_on_commit;
#[cfg(test)]
pub(crate) use commit_signal::take_signal;
pub use connection::{AnyConnection as Connection, PgConnection};
pub(crate) use connection::{
    RowByRow, WritersLock, copy_rows, for_each_row, insert_rows, load_some, on_either,
};
pub use fault::StoreFault;
pub(crate) use location::Location;
pub use location::{StoreOptions, shown_url};
pub(crate) use migrations::{knows_migration, newest_migration};
pub(crate) use open_batches::OpenBatches;
pub use open_fault::OpenFault;
pub use read_only::ReadOnlyStore;
pub use store::Store;
