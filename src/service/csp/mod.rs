//! Live coverage: asks CSPs while a request waits, by CSPM-S1 for a postcode and CSPM-S2 for premises.
//!
//! In: a place. Out: the outcome of each CSP, within a timeout. An answer is used only if every value in it is valid and
//! suits the region. Nothing here uses the store, or decides.

// The messages.
mod answer;
mod elements;
mod question;

// The parts of a client.
mod cache;
mod circuit_breaker;
mod endpoint;
mod options;
mod semaphore;

mod client;
mod csps;

pub(super) use circuit_breaker::CircuitBreaker;
pub(super) use semaphore::Semaphore;

pub use answer::{CoverageAnswer, read_answer};
pub use csps::Csps;
pub use elements::InvalidCspMessage;
pub use options::CspOptions;
pub use question::{CoverageQuestion, CspInterface, read_question};

/// The namespace of these messages. No public definition of them exists: they are ours, see `schemas/csp`.
pub const NAMESPACE: &str = "urn:smi:csp:1";
