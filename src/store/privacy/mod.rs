//! Privacy assessments of Other Users, and the activity that raises them.

mod activity;
mod csv;
mod rows;

pub use activity::accepted_requests;
pub(in crate::store) use csv::AssessmentLine;
pub(in crate::store) use rows::privacy_assessments;
pub use rows::{all, insert};
