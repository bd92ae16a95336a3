//! What a report is asked about.

use crate::domain::{
    CspRegion, Date, HubReport, InstalledGroup, Parties, StockDivision, StockGroup, closed_set,
};

closed_set!(
    /// What a report is written as, for programs.
    ReportFormat, "a format", {
        Json => "json",
        Csv => "csv",
    }
);

/// A question for a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportQuestion {
    /// The report.
    pub report: HubReport,
    /// The London day.
    pub on: Date,
    /// Of stock at risk: within how many days; as `[hubs] risk_days` says where absent.
    pub within: Option<u32>,
    /// Of stock at risk: what it is divided by beside Party and version.
    pub by: Vec<StockDivision>,
    /// Only hubs of this Party, by its signifier; `unknown` where that is not known.
    pub party: Option<String>,
    /// Only hubs of this CSP Region.
    pub region: Option<CspRegion>,
}

/// What a Party is called that is not known.
pub(super) const UNKNOWN: &str = "unknown";

impl ReportQuestion {
    /// The question for a report about a day, about all hubs.
    pub const fn about(report: HubReport, on: Date) -> Self {
        Self { report, on, within: None, by: Vec::new(), party: None, region: None }
    }

    /// What is asked of another report than that of stock at risk, and says nothing there.
    pub fn misplaced(&self) -> Option<&'static str> {
        match self.report {
            HubReport::AtRisk => None,
            HubReport::Candidates
            | HubReport::Plan
            | HubReport::Outstanding
            | HubReport::NonCompliant
            | HubReport::Age => {
                let within = self.within.is_some().then_some("within");
                within.or_else(|| (!self.by.is_empty()).then_some("by"))
            }
        }
    }

    pub(in crate::service) fn has_stock(&self, group: &StockGroup, parties: &Parties) -> bool {
        let party = parties.of(group.pre_notified_by).map_or(UNKNOWN, |party| party.as_str());
        self.is_of(party, group.region)
    }

    pub(super) fn has_installed(&self, group: &InstalledGroup, parties: &Parties) -> bool {
        let party = parties.of(group.pre_notified_by).map_or(UNKNOWN, |party| party.as_str());
        self.is_of(party, group.region)
    }

    fn is_of(&self, party: &str, region: Option<CspRegion>) -> bool {
        self.party.as_ref().is_none_or(|asked| asked == party)
            && self.region.is_none_or(|asked| region == Some(asked))
    }
}
