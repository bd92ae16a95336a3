//! HAN device logs: changes that were requested and that a CHF has not confirmed yet, and the facts of SR 8.11.

mod facts;
mod rows;

pub(in crate::store) use facts::load as load_facts;
pub use rows::{AwaitedOf, all, of_chf, of_device};
pub(in crate::store) use rows::{apply, apply_all, awaited, of_devices};
