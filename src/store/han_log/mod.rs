//! HAN device logs: what a request asked of a CHF and is awaited, and the facts of SR 8.11.

mod awaited;
mod facts;

pub(in crate::store) use awaited::apply;
pub use awaited::of_device;
pub(in crate::store) use facts::load as load_facts;
