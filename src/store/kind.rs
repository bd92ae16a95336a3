//! The kinds of CSV files, in the order in which a whole inventory is imported, and the functions of each.

use super::{
    coverage::CoverageLine, cpl::CplLine, csv::KindFunctions, device::DeviceLine,
    registration::RegistrationLine, user::UserLine,
};
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

impl Kind {
    /// The functions that import, export and normalise its files. Only this place distinguishes kinds.
    pub(super) fn functions(self) -> KindFunctions {
        match self {
            Self::Users => KindFunctions::of::<UserLine>(),
            Self::Registrations => KindFunctions::of::<RegistrationLine>(),
            Self::Devices => KindFunctions::of::<DeviceLine>(),
            Self::Coverage => KindFunctions::of::<CoverageLine>(),
            Self::Cpl => KindFunctions::of::<CplLine>(),
        }
    }
}
