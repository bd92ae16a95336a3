//! Backup and restore: the whole store as one file that both databases can restore.
//!
//! The file is lines of JSON. The first says what it is and which tables it knows (`schema`, the newest migration);
//! each table is a line with its name and its number of rows, then a line a row; the last line carries the SHA-256 of
//! every byte before it, as `head -n -1 FILE | sha256sum` computes it. Absent values are left out, bytes are base64.
//!
//! A backup is one snapshot, taken while the service runs. A restore checks the whole file before it touches
//! anything, and then writes all of it in one transaction, or nothing.

mod fault;
mod file;
mod restore;
mod rows;
mod write;

pub use fault::BackupFault;
pub(super) use file::{BackupReader, BackupWriter};
pub use restore::{Restored, check_backup, restore, restore_into, taken_at};
pub(super) use rows::{read_rows, write_rows};
pub use write::{BackedUp, backup};
