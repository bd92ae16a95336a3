//! The rules: what a request that may be sent leads to.
//!
//! In come an authorised request, everything known that bears on it, and the moment; out comes a `Decision` with
//! its reasons. Nothing is fetched and nothing is changed here, so `serve`, `explain` and `demo` decide alike;
//! nor does the request's schemaVersion come into it (MP125-R9).

pub mod access;
mod decide;
pub mod event;
pub mod explain;
pub mod n3;
mod of_device;
mod requests;
pub mod rulebook;
pub mod status;
pub mod what_if;

pub use decide::{RuleSettings, UnfittingFacts, WanUnknown, decide};

#[cfg(test)]
mod tests;
