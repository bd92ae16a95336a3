//! The rules engine: which requests are accepted, and what they change.
//!
//! In come a request, the facts that bear on it, and the moment; out comes a `Decision` with its reasons. Nothing is
//! fetched and nothing is changed here, so `serve`, `explain` and `demo` decide alike. The request's schemaVersion
//! plays no part (MP125-R9).

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
