//! What the page of stock shows: counts, and a line for each Party and version.

use std::collections::BTreeSet;

use super::stock_count::{CountedBy, CountedStock, StockCount};
use crate::{
    db::StoreFault,
    domain::{CspRegion, Date, HubReport, Pence, StockGroup, Timestamp, TsatVersion},
    rules::hub_stock::{AtRiskCounts, StockFacts, VersionStock, at_risk, stock_lines},
    service::{
        App, Fault,
        hubs::{Lists, ReportQuestion},
    },
    store,
};

/// Which stock the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockFilter {
    /// The day.
    pub on: Date,
    /// The days within which stock is at risk; those of `[hubs] risk_days` where absent.
    pub within: Option<u32>,
    /// Of this Party.
    pub party: Option<String>,
    /// Of this CSP Region.
    pub region: Option<CspRegion>,
    /// Of this band, by its short name.
    pub band: Option<String>,
    /// At this location.
    pub location: Option<String>,
}

/// The stock as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockOverview {
    /// The version of the Applicability Tables in force on the day.
    pub table: Option<TsatVersion>,
    /// The days within which stock is at risk.
    pub within: u32,
    /// The counts of all lines.
    pub total: AtRiskCounts,
    /// What a hub cost, in pence.
    pub unit_cost: Pence,
    /// The Working Days from despatch to being back.
    pub lead_working_days: u32,
    /// When hubs were counted.
    pub counted_at: Timestamp,
    /// The lines, by Party and version.
    pub lines: Vec<VersionStock>,
    /// The Parties that have stock, whatever the filter.
    pub parties: BTreeSet<String>,
    /// The bands of stock.
    pub bands: BTreeSet<String>,
    /// Where hubs may lie.
    pub locations: Vec<String>,
}

impl App {
    /// The stock that fits, as it was counted: judged now, by what is loaded now.
    ///
    /// # Errors
    /// When the store fails.
    pub fn stock_overview(&self, filter: &StockFilter, count: StockCount) -> Result<StockOverview, Fault> {
        let (calendar, choices) = (self.calendar(), self.choices().hubs);
        let basis = self.hub_basis(&calendar);
        let by = if filter.location.is_some() { CountedBy::Location } else { CountedBy::Version };
        let CountedStock { at: counted_at, groups } =
            self.0.console.stock_counts.get(by, count, self.clock().now().0, |place| {
                self.store().read(|connection| store::stock_groups(connection, place))
            })?;
        let (lists, locations) = self.store().read(|connection| {
            Ok::<_, StoreFault>((Lists::load(connection)?, store::stock_locations(connection)?))
        })?;
        let facts = lists.facts(filter.on, &basis);
        let named = |group: &StockGroup| {
            facts.parties.of(group.pre_notified_by).map_or_else(|| "unknown".to_owned(), ToString::to_string)
        };
        let parties = groups.iter().map(named).collect();
        let bands = groups.iter().filter_map(|group| group.band()).map(|band| band.to_string()).collect();
        let fitting = groups.iter().filter(|group| filter.has(group, &facts)).cloned().collect::<Vec<_>>();
        let within = filter.within.unwrap_or(choices.risk_days);
        Ok(StockOverview {
            table: facts.table().map(|table| table.version().clone()),
            within,
            total: at_risk(&facts, &fitting, within, &[]).total,
            unit_cost: choices.unit_cost,
            lead_working_days: basis.lead_working_days,
            counted_at,
            lines: stock_lines(&facts, &fitting),
            parties,
            bands,
            locations: locations.into_iter().map(|location| location.id.to_string()).collect(),
        })
    }
}

impl StockFilter {
    fn has(&self, group: &StockGroup, facts: &StockFacts<'_>) -> bool {
        let asked = ReportQuestion {
            party: self.party.clone(),
            region: self.region,
            ..ReportQuestion::about(HubReport::AtRisk, self.on)
        };
        let of = |asked: &Option<String>, found: Option<String>| asked.is_none() || *asked == found;
        asked.has_stock(group, facts.parties)
            && of(&self.band, group.band().map(|band| band.to_string()))
            && of(&self.location, group.location.as_ref().map(ToString::to_string))
    }
}
