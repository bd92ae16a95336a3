//! Stock by Party and version, as the page of stock shows it: dates, days left, newest firmware, and by when a delivery must leave.

use std::collections::{BTreeMap, BTreeSet};

use super::StockFacts;
use crate::domain::{
    Date, FirmwareVersion, PartySignifier, ShownVersion, StockGroup,
    tsat::{Period, PeriodEnd, Row, UseBy},
};

/// The stock of a Party and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionStock {
    /// The Party; absent where it is not known.
    pub party: Option<PartySignifier>,
    /// The version.
    pub version: ShownVersion,
    /// How many hubs.
    pub in_stock: u64,
    /// Its row of the table.
    pub dates: Option<StockDates>,
    /// Until when it is of use.
    pub use_by: Option<UseBy>,
    /// The days until then; negative where it has passed.
    pub days_left: Option<i32>,
    /// The last Working Day on which it can leave and be back in time.
    pub send_by: Option<Date>,
    /// The newest firmware of its models in production.
    pub newest: BTreeSet<FirmwareVersion>,
}

/// The periods of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockDates {
    /// When it may be installed.
    pub install: Period,
    /// When it may be maintained.
    pub maintain: Period,
    /// When its GBCS version may be in operation.
    pub operate: Option<Period>,
}

impl StockDates {
    fn of(row: &Row) -> Self {
        Self { install: row.install(), maintain: row.maintain(), operate: row.operate() }
    }

    /// The last days that are not open.
    pub fn ends(&self) -> impl Iterator<Item = Date> {
        let operate = self.operate.map(Period::to);
        [Some(self.install.to()), Some(self.maintain.to()), operate]
            .into_iter()
            .flatten()
            .filter_map(PeriodEnd::date)
    }
}

/// The place of a line, and what its hubs have in common.
type Key = (bool, Option<PartySignifier>, ShownVersion);

/// The lines, by Party and version.
pub fn stock_lines(facts: &StockFacts<'_>, groups: &[StockGroup]) -> Vec<VersionStock> {
    let mut lines = BTreeMap::<Key, VersionStock>::new();
    for group in groups {
        let party = facts.parties.of(group.pre_notified_by).cloned();
        let version = group.version.shown();
        let line = lines.entry((party.is_none(), party.clone(), version.clone())).or_insert_with(|| {
            let row = facts.row(&group.version);
            let use_by = row.and_then(Row::use_by);
            VersionStock {
                party,
                version,
                in_stock: 0,
                dates: row.map(StockDates::of),
                use_by,
                days_left: use_by.map(|use_by| (use_by.day - facts.on).get_days()),
                send_by: use_by.and_then(|use_by| facts.send_by(use_by.day)),
                newest: BTreeSet::new(),
            }
        });
        line.in_stock += group.hubs;
        let newest = facts.firmware.newest(&group.model, facts.on);
        line.newest.extend(newest.map(|newest| newest.firmware.clone()));
    }
    lines.into_values().collect()
}
