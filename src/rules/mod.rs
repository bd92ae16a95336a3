//! The rules engine: which requests are accepted, and what they change.
//!
//! In: a request, the facts that the store loaded for it, and the current time. Out: a `Decision` with its trace. The engine
//! is pure: it fetches nothing and changes nothing, so `serve`, `explain` and `demo` decide in the same way. The request's
//! schemaVersion has no effect on a decision (MP125-R9).

mod accepted;
pub mod access;
pub mod alert;
pub mod change_record;
pub mod change_risk;
mod decide;
pub mod event;
mod evidence;
pub mod explain;
pub mod firmware;
pub mod forward_schedule;
mod han_log;
pub mod hub_stock;
mod hub_update;
pub mod maintenance;
pub mod n3;
pub mod privacy;
pub mod recall;
pub mod recipients;
pub mod reflash;
mod requests;
pub mod rulebook;
mod settings;
pub mod ssmi;
pub mod status;
mod tsat;
pub mod variants;
pub mod what_if;
pub mod window_measure;

pub use decide::{decide, decide_coverage, decide_inventory};
pub use settings::{RuleSettings, TsatMode, WanUnknown};

#[cfg(test)]
mod tests;
