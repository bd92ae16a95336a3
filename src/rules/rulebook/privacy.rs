//! Privacy assessments of Other Users (SERVICE.md 3.4; DP144): who is assessed, when, and who pays. They refuse no Service Request, so
//! that no source has response codes for them, and all codes are ours. PA/d, PA/f, PA/g and PA/i say how costs are shown; nothing can break
//! them.

use super::table::rules;

rules! {
    OTHER_USER = "PA/a", "the User is an Other User: it has the role OU, and none of IS, ES, GS, ED and GT", E100 Assumed, Seed "DP144-R1",
        "the operator, by an import of assessments that names an Other User, or of users with other roles";
    ACTIVITY_KEPT = "PA/b", "activity is the number of different RequestIDs with an accepted decision in the financial year, counted from the decisions kept", E100 Assumed, Seed "DP144-R7",
        "the operator, by a `store.decision_retention_days` of 0 or of 366 and more, so that a whole year is kept";
    THRESHOLD_PASSED = "PA/c", "an assessment is raised once a User and year where activity is over `privacy.threshold`; equal is not over", E100 Assumed, Seed "DP144-R7",
        "the operator, by `privacy.threshold`: without one nothing is raised";
    COST_REASONABLE = "PA/e", "a cost of a random sample is confirmed as reasonable", E100 Assumed, Seed "DP144-R8",
        "the operator, by an import of assessments with `reasonable` yes";
    ASSESSED_YEARLY = "PA/h", "each Active Other User has an assessment that was completed in the year; the review lists those that have none", E100 Assumed, Seed "DP144-R9",
        "the auditor, by an assessment; then the operator, by an import of assessments";
}
