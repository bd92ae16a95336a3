//! Hubs grouped by what reports judge them by: the database counts, and each group is judged once.

use std::{collections::BTreeMap, fmt};

use super::{Band, HubModel};
use crate::domain::{
    CspRegion, Date, Eui64, FirmwareVersion, FreeText, LocationId, PartySignifier, SmetsChtsVersion,
    tsat::{Baseline, Specification, VersionNumber},
};

/// The CHTS and the GBCS version of a hub, as they are recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HubVersion {
    /// The CHTS version.
    pub chts: Option<SmetsChtsVersion>,
    /// The GBCS version.
    pub gbcs: Option<FreeText>,
}

impl HubVersion {
    /// What the Applicability Tables are asked about it.
    pub fn baseline(&self) -> Baseline {
        let chts = self.chts.as_ref().map(SmetsChtsVersion::as_str);
        Baseline::read(Some(Specification::Chts), chts, self.gbcs.as_ref().map(FreeText::as_str))
    }

    /// Its numbers as reports show them: `CHTS V1.0` and `v1.0` are `1.0`. What has no number stays as it is recorded, and what is not
    /// recorded is empty (HUBS.md TSAT/b).
    pub fn shown(&self) -> ShownVersion {
        let shown = |text: Option<&str>| {
            let number = text.and_then(VersionNumber::at_end_of).map(|number| number.to_string());
            number.or_else(|| text.map(str::to_owned)).unwrap_or_default()
        };
        ShownVersion {
            chts: shown(self.chts.as_ref().map(SmetsChtsVersion::as_str)),
            gbcs: shown(self.gbcs.as_ref().map(FreeText::as_str)),
        }
    }
}

/// The CHTS and the GBCS version as reports show them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShownVersion {
    /// The CHTS version.
    pub chts: String,
    /// The GBCS version.
    pub gbcs: String,
}

/// As people read it: `CHTS 1.0 / GBCS 1.1`; what is not recorded is a question mark.
impl fmt::Display for ShownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |text: &str| if text.is_empty() { "?".to_owned() } else { text.to_owned() };
        write!(f, "CHTS {} / GBCS {}", known(&self.chts), known(&self.gbcs))
    }
}

/// Hubs in stock that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockGroup {
    /// The User that pre-notified them.
    pub pre_notified_by: Option<Eui64>,
    /// Their model.
    pub model: HubModel,
    /// Their firmware version.
    pub firmware: Option<FirmwareVersion>,
    /// Their CHTS and GBCS version.
    pub version: HubVersion,
    /// Their CSP Region.
    pub region: Option<CspRegion>,
    /// Their HAN variant.
    pub han_variant: Option<FreeText>,
    /// Where they lie; absent too where that was not asked.
    pub location: Option<LocationId>,
    /// How many there are.
    pub hubs: u64,
    /// How many of them are away to be re-flashed: on an order from Despatched to Released.
    pub away: u64,
    /// The oldest delivery among them; absent too where that was not asked.
    pub oldest_delivered_on: Option<Date>,
}

impl StockGroup {
    /// Their band; none where it is not recorded.
    pub fn band(&self) -> Option<Band> {
        self.han_variant.as_ref().map(|variant| Band::of_variant(variant.as_str()))
    }
}

/// Installed hubs that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledGroup {
    /// Their CHTS and GBCS version.
    pub version: HubVersion,
    /// Their model.
    pub model: HubModel,
    /// Their CSP Region.
    pub region: Option<CspRegion>,
    /// The User that pre-notified them.
    pub pre_notified_by: Option<Eui64>,
    /// How many there are.
    pub hubs: u64,
}

/// The Parties of Users: all Users of one Party count as one holder (HUBS.md 2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parties(BTreeMap<Eui64, PartySignifier>);

impl Parties {
    /// The Party of the User that pre-notified a hub; none where there is no such User, where that is not loaded, or has no signifier.
    pub fn of(&self, user: Option<Eui64>) -> Option<&PartySignifier> {
        self.0.get(&user?)
    }
}

impl FromIterator<(Eui64, PartySignifier)> for Parties {
    fn from_iter<I: IntoIterator<Item = (Eui64, PartySignifier)>>(parties: I) -> Self {
        Self(parties.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HUBS.md 7: what was read is shown.
    #[test]
    fn versions_are_shown_as_numbers_where_they_have_one() {
        let shown = |chts: &str, gbcs: &str| {
            let version = HubVersion { chts: chts.parse().ok(), gbcs: gbcs.parse().ok() };
            let ShownVersion { chts, gbcs } = version.shown();
            format!("{chts}|{gbcs}")
        };
        assert_eq!(shown("CHTS V1.0", "1.1"), "1.0|1.1");
        assert_eq!(shown("v1.0", "GBCS v3.2"), "1.0|3.2");
        assert_eq!(shown("1.x", "CHTS"), "1.x|CHTS");
        assert_eq!(shown("", ""), "|");
    }
}
