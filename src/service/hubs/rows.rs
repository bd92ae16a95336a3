//! The columns of the reports that are judged by groups, and their rows.

use super::{Cell, ReportTotal};
use crate::{
    domain::{Pence, StockDivision},
    rules::hub_stock::{AgeRow, AtRisk, AtRiskCounts, AtRiskRow, Candidate, PlanRow},
};

pub(super) const AT_RISK: [&str; 12] = [
    "party_signifier",
    "chts_version",
    "gbcs_version",
    "install_to",
    "days_left",
    "in_stock",
    "at_risk",
    "expired",
    "no_row",
    "in_reflash",
    "at_risk_gbp",
    "expired_gbp",
];

/// The column of a division.
pub(super) const fn division_column(division: StockDivision) -> &'static str {
    match division {
        StockDivision::Region => "csp_region",
        StockDivision::Band => "band",
        StockDivision::Location => "location_id",
    }
}

fn counted(counts: &AtRiskCounts, unit_cost: Pence) -> [Cell; 7] {
    let AtRiskCounts { in_stock, at_risk, expired, no_row, in_reflash } = *counts;
    [
        Cell::count(in_stock),
        Cell::count(at_risk),
        Cell::count(expired),
        Cell::count(no_row),
        Cell::count(in_reflash),
        counts.at_risk_value(unit_cost).into(),
        counts.expired_value(unit_cost).into(),
    ]
}

pub(super) fn at_risk_row(row: &AtRiskRow, unit_cost: Pence) -> Vec<Cell> {
    let AtRiskRow { party, version, install_to, days_left, divided_by, counts } = row;
    let first = [
        Cell::party(party.as_ref()),
        Cell::filled(&version.chts),
        Cell::filled(&version.gbcs),
        (*install_to).into(),
        (*days_left).into(),
    ];
    let divided_by =
        divided_by.iter().map(|value| Cell::Text(value.clone().unwrap_or_else(|| "unknown".to_owned())));
    first.into_iter().chain(counted(counts, unit_cost)).chain(divided_by).collect()
}

pub(super) fn at_risk_total(report: &AtRisk, unit_cost: Pence, divisions: usize) -> ReportTotal {
    let first = std::iter::once(Cell::Text("total".to_owned())).chain(std::iter::repeat_n(Cell::Empty, 4));
    let divided_by = std::iter::repeat_n(Cell::Empty, divisions);
    ReportTotal::Row(first.chain(counted(&report.total, unit_cost)).chain(divided_by).collect())
}

pub(super) const CANDIDATES: [&str; 17] = [
    "party_signifier",
    "device_manufacturer",
    "device_model",
    "firmware_version",
    "chts_version",
    "gbcs_version",
    "use_by",
    "use_by_kind",
    "in_stock",
    "newest",
    "newest_use_by",
    "worth",
    "send_by",
    "gap",
    "reflash_gbp",
    "scrap_gbp",
    "saving_gbp",
];

pub(super) fn candidate_row(row: &Candidate) -> Vec<Cell> {
    vec![
        Cell::party(row.party.as_ref()),
        Cell::filled(row.model.manufacturer.as_str()),
        Cell::filled(row.model.model.as_str()),
        Cell::optional(row.firmware.as_ref()),
        Cell::filled(&row.version.chts),
        Cell::filled(&row.version.gbcs),
        row.use_by.map(|use_by| use_by.day).into(),
        Cell::optional(row.use_by.map(|use_by| use_by.kind).as_ref()),
        Cell::count(row.in_stock),
        Cell::optional(row.newest.as_ref()),
        row.newest_use_by.into(),
        row.worth.into(),
        row.send_by.into(),
        row.gap.into(),
        row.reflash.into(),
        row.scrap.into(),
        row.saving().into(),
    ]
}

pub(super) const PLAN: [&str; 10] = [
    "chts_version",
    "gbcs_version",
    "installed",
    "in_stock",
    "target_chts",
    "target_gbcs",
    "deadline",
    "way",
    "available_from",
    "late",
];

pub(super) fn plan_row(row: &PlanRow) -> Vec<Cell> {
    let target = row.target.as_ref();
    let ways = row.ways.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    vec![
        Cell::filled(&row.version.chts),
        Cell::filled(&row.version.gbcs),
        Cell::count(row.installed),
        Cell::count(row.in_stock),
        Cell::optional(target.map(|target| &target.chts)),
        Cell::optional(target.map(|target| &target.gbcs)),
        row.deadline.into(),
        if row.has_row { Cell::filled(&ways) } else { Cell::Text("no_row".to_owned()) },
        row.available_from.into(),
        row.late.into(),
    ]
}

pub(super) const AGE: [&str; 4] = ["party_signifier", "generation", "in_stock", "oldest_delivered_on"];

pub(super) fn age_row(row: &AgeRow) -> Vec<Cell> {
    vec![
        Cell::party(row.party.as_ref()),
        Cell::Text(row.generation.to_string()),
        Cell::count(row.in_stock),
        row.oldest_delivered_on.into(),
    ]
}
