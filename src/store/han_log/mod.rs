//! HAN device logs: requested changes that are awaited from a CHF, and the facts of SR 8.11.

mod facts;
mod rows;

pub(in crate::store) use facts::load as load_facts;
pub use rows::{AwaitedOf, all, of_device};
pub(in crate::store) use rows::{apply, awaited};
