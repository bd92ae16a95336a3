//! Places where hubs lie, or are re-flashed.

use super::HubLimit;
use crate::domain::{CspRegion, LocationId, LocationText, MailAddress, PartySignifier, PostCode};

/// A place where hubs lie: a Party's, or a re-flash site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockLocation {
    /// Its ID.
    pub id: LocationId,
    /// What it is.
    pub used_as: LocationUse,
    /// Its name.
    pub name: LocationText,
    /// Its address, without the postcode.
    pub address: LocationText,
    /// Its postcode.
    pub postcode: PostCode,
    /// Where notices about its hubs go.
    pub contact_email: MailAddress,
}

/// What a location is: never both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocationUse {
    /// A Party keeps its hubs there.
    OfParty(PartySignifier),
    /// Hubs are re-flashed there.
    Site(ReflashSite),
}

/// A re-flash site: the CSP Regions it serves, and what it takes. An absent limit is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflashSite {
    /// The CSP Regions, at least one.
    pub regions: Vec<CspRegion>,
    /// The most hubs that lie there at once.
    pub max_hubs: Option<HubLimit>,
    /// The most hubs that are delivered in a month.
    pub hubs_per_month: Option<HubLimit>,
    /// The most deliveries in one window.
    pub deliveries_per_window: Option<HubLimit>,
}

impl StockLocation {
    /// The Party that keeps its hubs there, if one does.
    pub const fn party(&self) -> Option<&PartySignifier> {
        match &self.used_as {
            LocationUse::OfParty(party) => Some(party),
            LocationUse::Site(_) => None,
        }
    }

    /// The site, if it is one.
    pub const fn site(&self) -> Option<&ReflashSite> {
        match &self.used_as {
            LocationUse::Site(site) => Some(site),
            LocationUse::OfParty(_) => None,
        }
    }
}
