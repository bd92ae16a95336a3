//! Decisions: the record of each outcome, the rule that decided it, and the facts each rule saw (SMI.md 8).

mod query;
mod row;

pub(in crate::store) use query::record_naming;
pub use query::{
    DecisionRecord, NewDecision, RecordedStep, of_device, of_request, page_of_device, page_of_request,
    record, record_all,
};
pub(in crate::store) use row::{DecisionRow, decisions};
