//! What the page of stock shows: counts, and a line for each Party and version.

use std::collections::BTreeSet;

use crate::{
    db::StoreFault,
    domain::{CspRegion, Date, HubReport, Pence, StockGroup, TsatVersion},
    rules::hub_stock::{AtRiskCounts, StockFacts, VersionStock, at_risk, stock_lines},
    service::{
        App, Fault,
        hubs::{Lists, ReportQuestion},
    },
    store::{self, StockPlace},
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
    /// The stock that fits.
    ///
    /// # Errors
    /// When the store fails.
    pub fn stock_overview(&self, filter: &StockFilter) -> Result<StockOverview, Fault> {
        let (calendar, choices) = (self.calendar(), self.choices().hubs);
        let basis = self.hub_basis(&calendar);
        let place = if filter.location.is_some() { StockPlace::Location } else { StockPlace::Ignored };
        let (lists, groups, locations) = self.store().read(|connection| {
            let lists = Lists::load(connection)?;
            let groups = store::stock_groups(connection, place)?;
            Ok::<_, StoreFault>((lists, groups, store::stock_locations(connection)?))
        })?;
        let facts = lists.facts(filter.on, &basis);
        let named = |group: &StockGroup| {
            facts.parties.of(group.pre_notified_by).map_or_else(|| "unknown".to_owned(), ToString::to_string)
        };
        let parties = groups.iter().map(named).collect();
        let bands = groups.iter().filter_map(|group| group.band()).map(|band| band.to_string()).collect();
        let fitting = groups.into_iter().filter(|group| filter.has(group, &facts)).collect::<Vec<_>>();
        let within = filter.within.unwrap_or(choices.risk_days);
        Ok(StockOverview {
            table: facts.table().map(|table| table.version().clone()),
            within,
            total: at_risk(&facts, &fitting, within, &[]).total,
            unit_cost: choices.unit_cost,
            lead_working_days: basis.lead_working_days,
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
