//! Asking CSPs for coverage while a request is answered: CSPM-S1 by postcode, CSPM-S2 by premises.
//!
//! In: a place. Out: what became of asking each CSP, within a bounded time. Nothing that a CSP says is passed on unless
//! every value of it is valid and suits the region; nothing here knows a store, or decides.

mod answer;
mod breaker;
mod cache;
mod client;
mod csps;
mod elements;
mod endpoint;
mod options;
mod question;
mod slots;

pub use answer::{Answer, read_answer};
pub use csps::Csps;
pub use elements::Nonsense;
pub use options::CspOptions;
pub use question::{Interface, Question, read_question};

/// The namespace of these messages. No public definition of them exists: they are ours, see `schemas/csp`.
pub const NAMESPACE: &str = "urn:smi:csp:1";
