//! Yes or no, as CSV files say it.

use super::set::closed_set;

closed_set!(
    /// Yes or no.
    YesNo, "yes or no", {
        Yes => "yes",
        No => "no",
    }
);
