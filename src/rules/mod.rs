//! The rules: what a request that may be sent leads to.
//!
//! In come an authorised request, the facts that bear on it, and the moment; out comes a `Decision` with
//! its reasons. Nothing is fetched and nothing is changed here, so `serve`, `explain` and `demo` decide alike;
//! nor does the request's schemaVersion come into it (MP125-R9).

mod accepted;
pub mod access;
mod decide;
pub mod event;
mod evidence;
pub mod explain;
mod han_log;
pub mod n3;
mod requests;
pub mod rulebook;
mod settings;
pub mod status;
pub mod what_if;

pub use decide::decide;
pub use settings::{RuleSettings, WanUnknown};

#[cfg(test)]
mod tests;
