//! Units of a re-flash site.

use super::UnitPlaces;
use crate::domain::{Date, LocationId, UnitId};

/// A unit: a multi-jig of a site, on which several hubs are re-flashed at once (MP155-R34).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflashUnit {
    /// Its ID.
    pub id: UnitId,
    /// The site.
    pub location: LocationId,
    /// The hubs that it takes at once.
    pub places: UnitPlaces,
    /// The day by which it must be checked.
    pub check_due_on: Date,
}
