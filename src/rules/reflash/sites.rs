//! Sites and addresses: which site serves a region, and whose a location is (RF/i, RF/j).

use crate::domain::{CspRegion, LocationId, LocationUse, PartySignifier, StockLocation};

/// Whether a location is a site that serves that region.
pub(super) fn serves(location: &StockLocation, region: Option<CspRegion>) -> bool {
    region.is_some_and(|region| location.site().is_some_and(|site| site.regions.contains(&region)))
}

/// Whether a location is that Party's own (RF/j), and what was seen.
pub(super) fn own_address(
    named: &LocationId,
    location: Option<&StockLocation>,
    party: &PartySignifier,
) -> (bool, String) {
    match location.map(|location| &location.used_as) {
        None => (false, format!("{named} is not listed")),
        Some(LocationUse::Site(_)) => (false, format!("{named} is a site")),
        Some(LocationUse::OfParty(owner)) => (owner == party, format!("{named} is a location of {owner}")),
    }
}
