//! A CSP that is played, for tests and for users' harnesses: answers CSPM-S1 and CSPM-S2 from a coverage extract.
//!
//! In: the rows of an extract. Out: a server that can be told, at any time, to be slow, down or wrong. It is nobody's
//! CSP, and trusts whoever reaches it: keep it on loopback.

mod extract_index;
mod fault_injection;
mod server;

pub use extract_index::ExtractIndex;
pub use fault_injection::{FaultInjection, STATUSES, Wrong};
pub use server::{Stub, bind, spawn};
