//! Reports of Communications Hubs: groups of hubs are judged by the Applicability Tables, the firmware list and the charges
//! (HUBS.md 3, Reports). Nothing here refuses a request.

mod age;
mod at_risk;
mod candidates;
mod facts;
mod installed;
mod lines;
mod plan;

pub use self::{
    age::{AgeRow, age},
    at_risk::{AtRisk, AtRiskCounts, AtRiskRow, at_risk},
    candidates::{Candidate, candidates},
    facts::StockFacts,
    installed::{Compliance, ComplianceTotals, Outstanding, compliance, outstanding},
    lines::{StockDates, VersionStock, stock_lines},
    plan::{PlanRow, plan},
};

#[cfg(test)]
mod tests;
