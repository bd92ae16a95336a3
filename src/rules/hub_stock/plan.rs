//! The way up of each version, and whether firmware for it comes in time (MP139-R12, R14, D2).

use std::collections::{BTreeMap, BTreeSet};

use super::StockFacts;
use crate::domain::{
    Date, HubModel, HubVersion, InstalledGroup, ShownVersion, StockGroup,
    tsat::{Row, RowKey, Way},
};

/// The way up of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRow {
    /// The version.
    pub version: ShownVersion,
    /// Whether the table has a row of it.
    pub has_row: bool,
    /// How many hubs are installed.
    pub installed: u64,
    /// How many are in stock.
    pub in_stock: u64,
    /// The version to go to; absent where there is none, or no need.
    pub target: Option<ShownVersion>,
    /// The last day on which it may be maintained and operated; absent where that is open.
    pub deadline: Option<Date>,
    /// What can be done: with those installed, then with those in stock.
    pub ways: Vec<Way>,
    /// When firmware of the target is in production for every model concerned.
    pub available_from: Option<Date>,
    /// Whether that is never, or after the deadline.
    pub late: bool,
}

/// The hubs of one version.
#[derive(Default)]
struct Hubs {
    version: HubVersion,
    installed: u64,
    in_stock: u64,
    models: BTreeSet<HubModel>,
}

/// Plans the way up of every version that there are hubs of, in the order of versions.
pub fn plan(facts: &StockFacts<'_>, stock: &[StockGroup], installed: &[InstalledGroup]) -> Vec<PlanRow> {
    let mut versions = BTreeMap::<ShownVersion, Hubs>::new();
    let mut add = |version: &HubVersion, model: &HubModel, (installed, in_stock): (u64, u64)| {
        let hubs = versions.entry(version.shown()).or_default();
        hubs.version = version.clone();
        hubs.installed += installed;
        hubs.in_stock += in_stock;
        hubs.models.insert(model.clone());
    };
    stock.iter().for_each(|group| add(&group.version, &group.model, (0, group.hubs)));
    installed.iter().for_each(|group| add(&group.version, &group.model, (group.hubs, 0)));
    versions.into_iter().map(|(shown, hubs)| planned(facts, shown, &hubs)).collect()
}

fn planned(facts: &StockFacts<'_>, version: ShownVersion, hubs: &Hubs) -> PlanRow {
    let row = facts.row(&hubs.version);
    let way_up = facts.table().zip(row).and_then(|(table, row)| table.way_up(row));
    let target = way_up.and_then(|way_up| way_up.target);
    let available_from = target.and_then(|target| available_from(facts, &hubs.models, target.key()));
    let ways = row.filter(|_| target.is_some()).map(|row| ways(facts, hubs, row)).unwrap_or_default();
    PlanRow {
        version,
        has_row: row.is_some(),
        installed: hubs.installed,
        in_stock: hubs.in_stock,
        target: target.map(|target| shown(target.key())),
        deadline: way_up.map(|way_up| way_up.deadline),
        ways,
        available_from,
        late: way_up.is_some_and(|way_up| available_from.is_none_or(|from| from > way_up.deadline)),
    }
}

fn ways(facts: &StockFacts<'_>, hubs: &Hubs, row: &Row) -> Vec<Way> {
    let of = |number: u64, is_installed: bool| {
        if number == 0 { Vec::new() } else { Way::of(row, is_installed, facts.on) }
    };
    of(hubs.installed, true).into_iter().chain(of(hubs.in_stock, false)).collect()
}

/// The day from which every model has firmware of the target: that of the last one. None where one never has it.
fn available_from(facts: &StockFacts<'_>, models: &BTreeSet<HubModel>, target: &RowKey) -> Option<Date> {
    let first = |model: &HubModel| {
        let versions = facts.firmware.versions(model).iter();
        let is_target = |baseline: &HubVersion| {
            let baseline = baseline.baseline();
            baseline.version.as_ref() == Some(&target.version) && baseline.gbcs == target.gbcs
        };
        let mut versions = versions.filter(|version| {
            is_target(&HubVersion { chts: Some(version.chts.clone()), gbcs: Some(version.gbcs.clone()) })
        });
        versions.next().map(|version| version.production_from)
    };
    models.iter().map(first).collect::<Option<Vec<_>>>()?.into_iter().max()
}

fn shown(key: &RowKey) -> ShownVersion {
    let gbcs = key.gbcs.as_ref().map(ToString::to_string).unwrap_or_default();
    ShownVersion { chts: key.version.to_string(), gbcs }
}
