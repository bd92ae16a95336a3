//! Decisions: the record of each outcome, the rule that decided it, and the facts each rule saw (SMI.md 8).

mod carried;
mod query;
mod row;
mod search;

pub(in crate::store) use carried::{changes_between, changes_of_device, changes_of_devices};
pub(in crate::store) use query::record_naming;
pub use query::{
    DecisionRecord, NewDecision, RecordedStep, of_device, of_request, page_of_device, page_of_request,
    record, record_all,
};
pub(in crate::store) use row::{DecisionRow, decisions};
pub use search::{
    DecisionFilter, DecisionOutcome, DecisionPage, KeyedDecision, find, keyed_of_request, search,
};
