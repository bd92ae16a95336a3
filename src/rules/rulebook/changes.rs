//! Changes that are made in maintenance windows (SERVICE.md 3.3; MP092-R32). They refuse no Service Request, so that the code is ours.
//! PM/y, the old calculator, prints a figure and decides nothing.

use super::table::rules;

rules! {
    FAILURE_EXPLAINED = "PM/z", "a change that failed has its effect, and what was learned", E100 Assumed, Seed "MP092-R32",
        "the operator, by an import of changes with `effect` and `lesson`";
}
