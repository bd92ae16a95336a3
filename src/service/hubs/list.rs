//! The list of hubs in stock.

use std::collections::BTreeMap;

use super::{Cell, HubBasis, HubFault, ReportQuestion, facts::Lists};
use crate::{
    db::Store,
    domain::{
        Band, CspRegion, Date, HubReport, HubVersion, Parties, StockGroup,
        tsat::{PeriodEnd, UseBy, VersionNumber},
    },
    rules::hub_stock::StockFacts,
    store::{self, StockPlace, StockedHub},
};

/// Which hubs are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Of this Party, by its signifier; `unknown` where that is not known.
    pub party: Option<String>,
    /// Of this CHTS version.
    pub version: Option<VersionNumber>,
    /// Of this GBCS version.
    pub gbcs: Option<VersionNumber>,
    /// Of this CSP Region.
    pub region: Option<CspRegion>,
    /// At risk within so many days.
    pub within: Option<u32>,
}

impl ListFilter {
    fn has_version(&self, facts: &StockFacts<'_>, version: &HubVersion) -> bool {
        let baseline = version.baseline();
        let left = || {
            let install_to = facts.row(version).map(|row| row.install().to());
            let left = install_to.and_then(PeriodEnd::date).map(|end| (end - facts.on).get_days());
            left.and_then(|left| u32::try_from(left).ok())
        };
        self.version.as_ref().is_none_or(|asked| baseline.version.as_ref() == Some(asked))
            && self.gbcs.as_ref().is_none_or(|asked| baseline.gbcs.as_ref() == Some(asked))
            && self.within.is_none_or(|within| left().is_some_and(|left| left <= within))
    }

    pub(super) fn has_group(&self, facts: &StockFacts<'_>, group: &StockGroup) -> bool {
        let asked = ReportQuestion {
            party: self.party.clone(),
            region: self.region,
            ..ReportQuestion::about(HubReport::AtRisk, facts.on)
        };
        asked.has_stock(group, facts.parties) && self.has_version(facts, &group.version)
    }
}

/// A hub of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedHub {
    /// The hub.
    pub hub: StockedHub,
    /// Its Party; absent where it is not known.
    pub party: Option<String>,
    /// The last day to install it; absent where the table has no row.
    pub install_to: Option<PeriodEnd>,
    /// Until when it is of use.
    pub use_by: Option<UseBy>,
}

/// The columns of the list.
pub const LIST_COLUMNS: [&str; 19] = [
    "chf_device_id",
    "party_signifier",
    "pre_notified_by",
    "device_manufacturer",
    "device_model",
    "firmware_version",
    "chts_version",
    "gbcs_version",
    "csp_region",
    "band",
    "install_to",
    "use_by",
    "use_by_kind",
    "location_id",
    "delivered_on",
    "asn",
    "pallet",
    "carton",
    "packaging",
];

impl ListedHub {
    pub(super) fn new(facts: &StockFacts<'_>, hub: StockedHub) -> Self {
        let row = facts.row(&hub.version);
        Self {
            party: facts.parties.of(hub.pre_notified_by).map(ToString::to_string),
            install_to: row.map(|row| row.install().to()),
            use_by: row.and_then(|row| row.use_by()),
            hub,
        }
    }

    /// Its values, in the order of the columns.
    pub fn cells(&self) -> [Cell; 19] {
        let Self { hub, party, install_to, use_by } = self;
        let version = hub.version.shown();
        let place = hub.place.as_ref();
        [
            Cell::Text(hub.chf.to_string()),
            Cell::Text(party.clone().unwrap_or_else(|| "unknown".to_owned())),
            Cell::optional(hub.pre_notified_by.as_ref()),
            Cell::filled(hub.model.manufacturer.as_str()),
            Cell::filled(hub.model.model.as_str()),
            Cell::optional(hub.firmware.as_ref()),
            Cell::filled(&version.chts),
            Cell::filled(&version.gbcs),
            hub.region.into(),
            Cell::optional::<Band>(hub.band.as_ref()),
            (*install_to).into(),
            use_by.map(|use_by| use_by.day).into(),
            Cell::optional(use_by.map(|use_by| use_by.kind).as_ref()),
            Cell::optional(place.map(|place| &place.location)),
            place.and_then(|place| place.delivered_on).into(),
            Cell::optional(place.and_then(|place| place.asn.as_ref())),
            Cell::optional(place.and_then(|place| place.pallet.as_ref())),
            Cell::optional(place.and_then(|place| place.carton.as_ref())),
            Cell::optional(place.map(|place| &place.packaging)),
        ]
    }
}

/// Passes on the hubs in stock that fit: by the day until which they are of use, then by delivery, then by ID. They are streamed, by one
/// read. `progress` is called with the hubs that were looked at, of all. Returns how many fit.
///
/// # Errors
/// When the store fails, or what `each` says.
pub fn list(
    store: &Store,
    on: Date,
    filter: &ListFilter,
    basis: &HubBasis<'_>,
    each: &mut dyn FnMut(&ListedHub) -> Result<(), HubFault>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, HubFault> {
    store.read(|connection| {
        let lists = Lists::load(connection)?;
        let facts = lists.facts(on, basis);
        let mut groups = store::stock_groups(connection, StockPlace::Ignored)?;
        groups.retain(|group| filter.has_group(&facts, group));
        let all = groups.iter().map(|group| group.hubs).sum();
        let mut listed = 0;
        for versions in by_use_by(&facts, &groups) {
            let mut pass_on = |hub: StockedHub| {
                if is_of(filter, &lists.parties, &hub) {
                    listed += 1;
                    each(&ListedHub::new(&facts, hub))?;
                    progress(listed, all);
                }
                Ok::<_, HubFault>(())
            };
            store::each_stocked(connection, &versions, &mut pass_on)?;
        }
        Ok(listed)
    })
}

/// The versions of groups by the day until which they are of use: the soonest first, those without one last.
fn by_use_by(facts: &StockFacts<'_>, groups: &[StockGroup]) -> Vec<Vec<HubVersion>> {
    let mut found = BTreeMap::<(bool, Option<Date>), Vec<HubVersion>>::new();
    for group in groups {
        let day = facts.row(&group.version).and_then(|row| row.use_by()).map(|use_by| use_by.day);
        let versions = found.entry((day.is_none(), day)).or_default();
        if !versions.contains(&group.version) {
            versions.push(group.version.clone());
        }
    }
    found.into_values().collect()
}

/// Whether a hub of a version that fits is of the Party and the CSP Region.
fn is_of(filter: &ListFilter, parties: &Parties, hub: &StockedHub) -> bool {
    let party = parties.of(hub.pre_notified_by).map_or(super::question::UNKNOWN, |party| party.as_str());
    filter.party.as_ref().is_none_or(|asked| asked == party)
        && filter.region.is_none_or(|asked| hub.region == Some(asked))
}
