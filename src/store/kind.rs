//! The kinds of CSV files, in the order in which a whole inventory is imported.

use crate::domain::closed_set;

closed_set!(
    /// What a CSV file holds.
    Kind, "a kind of CSV file", {
        Users => "users",
        Registrations => "registrations",
        Devices => "devices",
        Coverage => "coverage",
        Cpl => "cpl",
    }
);
