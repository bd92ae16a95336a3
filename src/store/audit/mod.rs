//! The hash chain of decisions: each record carries the hash of the one before, and an anchor keeps where the chain ends.
//!
//! It shows that a record was changed, removed, inserted or moved after it was written. It cannot show by itself that a person
//! with write access to the whole store rewrote all of it, hashes and anchor too. For that, an operator notes the last record
//! somewhere else; [`verify()`] then shows whether that record is still part of the chain.
//!
//! The chain covers the table `decisions`. Changes by events and imports are in `status_history`, which is not chained.

mod chain;
mod finding;
mod last_decided;
mod record;
mod verify;

pub use chain::{Head, chain_legacy_decisions, head, heads};
pub(super) use chain::{append, audit_heads, purge};
pub use finding::{Finding, RecordPlace};
pub use last_decided::{InstanceDecisions, last_decided};
pub use record::{Point, PointFault};
pub use verify::{ChainSummary, chains, unchained, unnamed, verify, verify_with_progress};
