//! What a count of activity and an evaluation of it found.

use crate::{
    domain::{RegulatoryYear, privacy::AssessmentId},
    rules::privacy::UserActivity,
};

/// The activity of Other Users in a financial year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The year.
    pub year: RegulatoryYear,
    /// The threshold; absent where none is set.
    pub threshold: Option<u64>,
    /// The Other Users, in the order of their IDs.
    pub users: Vec<UserActivity>,
}

/// What an evaluation of a year did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// The year.
    pub year: RegulatoryYear,
    /// The assessments that it raised.
    pub raised: Vec<AssessmentId>,
    /// Those that had been raised before.
    pub existing: Vec<AssessmentId>,
}
