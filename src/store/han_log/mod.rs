//! HAN device logs: what a request asked of a CHF and is awaited, and the facts of SR 8.11.

mod facts;
mod rows;

pub(in crate::store) use facts::load as load_facts;
pub use rows::of_device;
pub(in crate::store) use rows::{awaited, insert, settle};
