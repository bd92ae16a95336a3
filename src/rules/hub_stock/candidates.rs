//! Candidates for a re-flash: by when stock is of use, whether newer firmware helps, and what that costs (MP155-R16, R31).

use std::collections::BTreeMap;

use super::StockFacts;
use crate::domain::{
    Band, ChargeKind, Date, FirmwareVersion, HubModel, HubVersion, PartySignifier, Pence, RegulatoryYear,
    ShownVersion, StockGroup,
    tsat::{PeriodEnd, Row, UseBy},
};

/// Stock of a Party, model and firmware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The Party; absent where it is not known.
    pub party: Option<PartySignifier>,
    /// The model.
    pub model: HubModel,
    /// The firmware; absent where it is not recorded.
    pub firmware: Option<FirmwareVersion>,
    /// The versions.
    pub version: ShownVersion,
    /// Until when it is of use; absent where that is open, or the table has no row.
    pub use_by: Option<UseBy>,
    /// How many hubs.
    pub in_stock: u64,
    /// The newest firmware of the model in production.
    pub newest: Option<FirmwareVersion>,
    /// Until when hubs with that are of use; absent where the table has no row of it.
    pub newest_use_by: Option<PeriodEnd>,
    /// Whether a re-flash makes them of use for longer.
    pub worth: bool,
    /// The last Working Day on which they can leave and be back in time.
    pub send_by: Option<Date>,
    /// Whether that day has passed.
    pub gap: bool,
    /// What a re-flash of them costs; absent where a charge is not known.
    pub reflash: Option<Pence>,
    /// What returning them costs that are not redeployed.
    pub scrap: Option<Pence>,
}

impl Candidate {
    /// What a re-flash saves; negative where it costs more.
    pub fn saving(&self) -> Option<Pence> {
        Some(self.scrap? - self.reflash?)
    }
}

/// The place of a row, and what its hubs have in common.
type Key =
    (bool, Option<PartySignifier>, bool, Option<UseBy>, HubModel, Option<FirmwareVersion>, ShownVersion);

/// Reports the candidates, by Party, then by the day until which they are of use.
pub fn candidates(facts: &StockFacts<'_>, groups: &[StockGroup]) -> Vec<Candidate> {
    let mut bands = BTreeMap::<Key, BTreeMap<Option<Band>, u64>>::new();
    for group in groups {
        let use_by = facts.row(&group.version).and_then(Row::use_by);
        let party = facts.parties.of(group.pre_notified_by).cloned();
        let key = (
            party.is_none(),
            party,
            use_by.is_none(),
            use_by,
            group.model.clone(),
            group.firmware.clone(),
            group.version.shown(),
        );
        *bands.entry(key).or_default().entry(group.band()).or_default() += group.hubs;
    }
    bands.into_iter().map(|(key, bands)| candidate(facts, key, &bands)).collect()
}

fn candidate(facts: &StockFacts<'_>, key: Key, bands: &BTreeMap<Option<Band>, u64>) -> Candidate {
    let (_, party, _, use_by, model, firmware, version) = key;
    let newest = facts.firmware.newest(&model, facts.on);
    let newest_row = newest.and_then(|newest| {
        facts.row(&HubVersion { chts: Some(newest.chts.clone()), gbcs: Some(newest.gbcs.clone()) })
    });
    let newest_use_by = newest_row
        .map(|row| row.use_by().map_or(PeriodEnd::NotDetermined, |use_by| PeriodEnd::On(use_by.day)));
    let is_later = |use_by: UseBy| newest_use_by.is_some_and(|newest| PeriodEnd::On(use_by.day) < newest);
    let send_by = use_by.and_then(|use_by| facts.send_by(use_by.day));
    Candidate {
        in_stock: bands.values().sum(),
        newest: newest.map(|newest| newest.firmware.clone()),
        newest_use_by,
        worth: use_by.is_some_and(is_later),
        send_by,
        gap: send_by.is_some_and(|day| day < facts.on),
        reflash: cost(facts, bands, ChargeKind::Reflash),
        scrap: cost(facts, bands, ChargeKind::NotRedeployed),
        party,
        model,
        firmware,
        version,
        use_by,
    }
}

/// The charge of the Regulatory Year for all these hubs; none where that of one of them is not known.
fn cost(facts: &StockFacts<'_>, bands: &BTreeMap<Option<Band>, u64>, kind: ChargeKind) -> Option<Pence> {
    let year = RegulatoryYear::of(facts.on);
    let costs = bands
        .iter()
        .map(|(band, hubs)| facts.charges.cost(year, kind, band.as_ref()).map(|cost| cost.times(*hubs)));
    costs.sum::<Option<Pence>>()
}
