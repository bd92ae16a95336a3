//! Stock at risk: hubs that may not be installed any more within some days, or already (MP139-R15, D1).

use std::collections::BTreeMap;

use super::StockFacts;
use crate::domain::{
    CspRegion, PartySignifier, Pence, ShownVersion, StockDivision, StockGroup, tsat::PeriodEnd,
};

/// Stock of a Party and version, and how much of it is at risk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtRiskRow {
    /// The Party; absent where it is not known.
    pub party: Option<PartySignifier>,
    /// The versions.
    pub version: ShownVersion,
    /// The last day to install it; absent where the table has no row.
    pub install_to: Option<PeriodEnd>,
    /// The days until then, negative where it has passed; absent where the end is open, or there is no row.
    pub days_left: Option<i32>,
    /// The values of the divisions that were asked for, in their order; absent where one is not known.
    pub divided_by: Vec<Option<String>>,
    /// The counts.
    pub counts: AtRiskCounts,
}

/// Counts of hubs. Each is counted once in `in_stock`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtRiskCounts {
    /// In stock.
    pub in_stock: u64,
    /// Whose last day to install is within the days asked for.
    pub at_risk: u64,
    /// Whose last day to install has passed.
    pub expired: u64,
    /// Whose version the table has no row of.
    pub no_row: u64,
    /// Those in stock that are away to be re-flashed: on an order from Despatched to Released.
    pub in_reflash: u64,
}

impl AtRiskCounts {
    /// The value of those at risk.
    pub fn at_risk_value(&self, unit_cost: Pence) -> Pence {
        unit_cost.times(self.at_risk)
    }

    /// The value of those that expired.
    pub fn expired_value(&self, unit_cost: Pence) -> Pence {
        unit_cost.times(self.expired)
    }

    const fn add(&mut self, other: &Self) {
        let Self { in_stock, at_risk, expired, no_row, in_reflash } = other;
        self.in_stock += *in_stock;
        self.at_risk += *at_risk;
        self.expired += *expired;
        self.no_row += *no_row;
        self.in_reflash += *in_reflash;
    }
}

/// The report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtRisk {
    /// By Party, then by the last day to install.
    pub rows: Vec<AtRiskRow>,
    /// The sum of all rows.
    pub total: AtRiskCounts,
}

/// The place of a row, and what its hubs have in common: known Parties first, and the soonest end.
type Key = (bool, Option<PartySignifier>, bool, Option<PeriodEnd>, ShownVersion, Vec<Option<String>>);

/// Reports the stock that is at risk within so many days, the last one included.
pub fn at_risk(
    facts: &StockFacts<'_>,
    groups: &[StockGroup],
    within: u32,
    divisions: &[StockDivision],
) -> AtRisk {
    let mut rows = BTreeMap::<Key, (Option<i32>, AtRiskCounts)>::new();
    let mut total = AtRiskCounts::default();
    for group in groups {
        let install_to = facts.row(&group.version).map(|row| row.install().to());
        let days_left = install_to.and_then(PeriodEnd::date).map(|end| (end - facts.on).get_days());
        let counts = counts(group, install_to.is_some(), days_left, within);
        let party = facts.parties.of(group.pre_notified_by).cloned();
        let divided_by = divisions.iter().map(|division| divided(group, *division)).collect();
        let key =
            (party.is_none(), party, install_to.is_none(), install_to, group.version.shown(), divided_by);
        rows.entry(key).or_insert_with(|| (days_left, AtRiskCounts::default())).1.add(&counts);
        total.add(&counts);
    }
    let rows = rows.into_iter().map(|(key, (days_left, counts))| {
        let (_, party, _, install_to, version, divided_by) = key;
        AtRiskRow { party, version, install_to, days_left, divided_by, counts }
    });
    AtRisk { rows: rows.collect(), total }
}

fn counts(group: &StockGroup, has_row: bool, days_left: Option<i32>, within: u32) -> AtRiskCounts {
    let count = |counts: bool| if counts { group.hubs } else { 0 };
    AtRiskCounts {
        in_stock: group.hubs,
        at_risk: count(
            days_left.and_then(|left| u32::try_from(left).ok()).is_some_and(|left| left <= within),
        ),
        expired: count(days_left.is_some_and(|left| left < 0)),
        no_row: count(!has_row),
        in_reflash: group.away,
    }
}

fn divided(group: &StockGroup, division: StockDivision) -> Option<String> {
    match division {
        StockDivision::Region => group.region.map(CspRegion::as_str).map(str::to_owned),
        StockDivision::Band => group.band().map(|band| band.to_string()),
        StockDivision::Location => group.location.as_ref().map(ToString::to_string),
    }
}
