//! Decisions: what was decided, by which rule, and what each rule saw (SMI.md 8).

mod query;
mod row;

pub use query::{DecisionRecord, NewDecision, RecordedStep, of_device, of_request, record, record_all};
pub(in crate::store) use row::{DecisionRow, decisions};
