//! Forecasts of Parties: how many hubs they will have re-flashed.

use super::HubNumber;
use crate::domain::{Date, LocationId, PartySignifier};

/// A Party's forecast for a site, for the six months from a day (D-001).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The Party.
    pub party: PartySignifier,
    /// The site.
    pub location: LocationId,
    /// The first day.
    pub period_from: Date,
    /// The hubs that it expects.
    pub hubs: HubNumber,
    /// When the Party gave it.
    pub given_on: Date,
}
