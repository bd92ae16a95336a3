//! A stub of a CSP, for tests and for users' harnesses: answers CSPM-S1 and CSPM-S2 from a coverage extract.
//!
//! In: the rows of an extract. Out: a server with fault injection, which can be set to be slow, down or wrong at any time.
//! It authenticates no client: keep it on loopback.

mod extract_index;
mod fault_injection;
mod server;

pub use extract_index::ExtractIndex;
pub use fault_injection::{FaultInjection, STATUSES, WrongAnswer};
pub use server::{Stub, bind, spawn};
