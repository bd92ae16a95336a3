//! The chapter of the TS Applicability Tables: their rules, the versions that are shipped, and the ways up. Versions that were imported
//! are in the store, which the rulebook does not read: `smi tsat show` has them.

use serde::Serialize;

use crate::{
    domain::tsat::{Row, Table, Tables},
    rules::rulebook::tsat::TsatRule,
};

/// The chapter.
#[derive(Debug, Serialize)]
pub(super) struct TsatChapter {
    pub(super) rules: Vec<TsatRuleRow>,
    pub(super) shipped: Vec<ShippedTable>,
}

/// A rule of the tables.
#[derive(Debug, Serialize)]
pub(super) struct TsatRuleRow {
    pub(super) id: &'static str,
    pub(super) says: &'static str,
    pub(super) source: &'static str,
    pub(super) standing: &'static str,
}

/// A version that is shipped.
#[derive(Debug, Serialize)]
pub(super) struct ShippedTable {
    pub(super) version: String,
    pub(super) effective_from: String,
    pub(super) rows: usize,
    pub(super) ways_up: Vec<WayUpRow>,
}

/// A row whose validity ends, and where it leads.
#[derive(Debug, Serialize)]
pub(super) struct WayUpRow {
    pub(super) row: String,
    pub(super) deadline: String,
    pub(super) target: Option<String>,
}

pub(super) fn chapter() -> TsatChapter {
    let rule = |rule: &TsatRule| TsatRuleRow {
        id: rule.as_str(),
        says: rule.says(),
        source: rule.source(),
        standing: rule.standing().as_str(),
    };
    TsatChapter {
        rules: TsatRule::ALL.iter().map(rule).collect(),
        shipped: Tables::shipped().all().iter().map(shipped).collect(),
    }
}

fn shipped(table: &Table) -> ShippedTable {
    let way_up = |row: &Row| {
        let way = table.way_up(row)?;
        Some(WayUpRow {
            row: row.key().to_string(),
            deadline: way.deadline.to_string(),
            target: way.target.map(|target| target.key().to_string()),
        })
    };
    ShippedTable {
        version: table.version().to_string(),
        effective_from: table.effective_from().to_string(),
        rows: table.rows().len(),
        ways_up: table.rows().iter().filter_map(way_up).collect(),
    }
}
