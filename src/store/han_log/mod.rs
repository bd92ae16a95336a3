//! HAN device logs: pending SR 8.11s, and the facts of the next one.

mod awaited;
mod facts;

pub(in crate::store) use awaited::apply;
pub use awaited::of_device;
pub(in crate::store) use facts::load as load_facts;
