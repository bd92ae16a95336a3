//! Makes a report: groups are counted by the database and judged once each; installed hubs are passed on one by one.

use std::io;

use super::{
    Cell, HubBasis, HubFault, ReportHead, ReportQuestion, ReportSink, ReportTotal,
    facts::Lists,
    installed::{self, NON_COMPLIANT, OUTSTANDING},
    rows,
};
use crate::{
    db::{Store, StoreFault},
    domain::{HubReport, InstalledGroup, StockDivision, StockGroup},
    rules::hub_stock::{StockFacts, age, at_risk, candidates, plan},
    store::{self, StockPlace},
};

/// What was counted for a report.
struct Counted {
    lists: Lists,
    stock: Vec<StockGroup>,
    installed: Vec<InstalledGroup>,
}

/// Makes a report. `progress` is called from time to time with the hubs that were passed on, of all.
///
/// # Errors
/// When the store fails, or the report cannot be written.
pub fn report(
    store: &Store,
    asked: &ReportQuestion,
    basis: &HubBasis<'_>,
    to: &mut dyn ReportSink,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), HubFault> {
    let Counted { lists, stock, installed } = count(store, asked)?;
    let facts = lists.facts(asked.on, basis);
    let within = asked.within.unwrap_or(basis.choices.risk_days);
    to.begin(&head(asked, &facts, within))?;
    let total = match asked.report {
        HubReport::AtRisk => {
            let report = at_risk(&facts, &stock, within, &asked.by);
            let cells = report.rows.iter().map(|row| rows::at_risk_row(row, facts.unit_cost));
            write(to, cells)?;
            rows::at_risk_total(&report, facts.unit_cost, asked.by.len())
        }
        HubReport::Candidates => write(to, candidates(&facts, &stock).iter().map(rows::candidate_row))?,
        HubReport::Plan => write(to, plan(&facts, &stock, &installed).iter().map(rows::plan_row))?,
        HubReport::Age => write(to, age(&facts, &stock).iter().map(rows::age_row))?,
        HubReport::Outstanding => installed::outstanding_hubs(store, &facts, installed, to, progress)?,
        HubReport::NonCompliant => installed::non_compliant_hubs(store, &facts, &installed, to, progress)?,
    };
    Ok(to.end(&total)?)
}

fn write(to: &mut dyn ReportSink, rows: impl Iterator<Item = Vec<Cell>>) -> io::Result<ReportTotal> {
    for cells in rows {
        to.row(&cells)?;
    }
    Ok(ReportTotal::Nothing)
}

/// Counts what the report is about, and loads what judges it, as they stand at one moment.
fn count(store: &Store, asked: &ReportQuestion) -> Result<Counted, StoreFault> {
    let place = match asked.report {
        HubReport::AtRisk if asked.by.contains(&StockDivision::Location) => StockPlace::Location,
        HubReport::Age => StockPlace::Delivery,
        HubReport::AtRisk
        | HubReport::Candidates
        | HubReport::Plan
        | HubReport::Outstanding
        | HubReport::NonCompliant => StockPlace::Ignored,
    };
    let (has_stock, has_installed) = match asked.report {
        HubReport::AtRisk | HubReport::Candidates | HubReport::Age => (true, false),
        HubReport::Plan => (true, true),
        HubReport::Outstanding | HubReport::NonCompliant => (false, true),
    };
    store.read(|connection| {
        let lists = Lists::load(connection)?;
        let mut stock = if has_stock { store::stock_groups(connection, place)? } else { Vec::new() };
        stock.retain(|group| asked.has_stock(group, &lists.parties));
        let mut installed = if has_installed { store::installed_groups(connection)? } else { Vec::new() };
        installed.retain(|group| asked.has_installed(group, &lists.parties));
        Ok(Counted { lists, stock, installed })
    })
}

fn head(asked: &ReportQuestion, facts: &StockFacts<'_>, within: u32) -> ReportHead {
    let columns: &[&'static str] = match asked.report {
        HubReport::AtRisk => &rows::AT_RISK,
        HubReport::Candidates => &rows::CANDIDATES,
        HubReport::Plan => &rows::PLAN,
        HubReport::Outstanding => &OUTSTANDING,
        HubReport::NonCompliant => &NON_COMPLIANT,
        HubReport::Age => &rows::AGE,
    };
    let divisions = asked.by.iter().map(|division| rows::division_column(*division));
    ReportHead {
        report: asked.report,
        on: asked.on,
        table: facts.table().map(|table| table.version().clone()),
        within: (asked.report == HubReport::AtRisk).then_some(within),
        columns: columns.iter().copied().chain(divisions).collect(),
    }
}
