//! The chain of decisions: each record carries the hash of the one before, and the store keeps where the chain ends.
//!
//! What it shows: that a record was changed, taken away, added, or put elsewhere after it was written. What it cannot
//! show by itself: that somebody who may write to the whole store wrote all of it anew, hashes and anchor too. For that
//! an operator notes the head somewhere else; [`verify()`] then shows whether that head is still part of the chain.
//!
//! The chain covers the table `decisions`. What events and imports did to Devices stands in `status_history`, which is
//! not chained.

mod chain;
mod finding;
mod record;
mod verify;

pub use chain::{Head, chain_older, head};
pub(super) use chain::{append, audit_heads, give_up};
pub use finding::{Finding, Place};
pub use record::{Point, PointFault};
pub use verify::{Verified, chains, unchained, verify};
