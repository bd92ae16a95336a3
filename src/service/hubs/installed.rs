//! The reports about installed hubs, which pass them on one by one. They are read a page at a time, each by a read of its own: whoever
//! takes them slowly holds nothing.

use super::{Cell, HubFault, ReportSink, ReportTotal};
use crate::{
    db::{Store, StoreFault},
    domain::{Date, Eui64, InstalledGroup},
    rules::hub_stock::{Compliance, ComplianceTotals, Outstanding, StockFacts, compliance, outstanding},
    store::{self, InstalledHub},
};

/// The hubs of a page.
const PAGE: u16 = 500;

pub(super) const OUTSTANDING: [&str; 7] =
    ["chf_device_id", "csp_region", "chts_version", "gbcs_version", "status", "ended", "test"];

pub(super) const NON_COMPLIANT: [&str; 6] =
    ["chf_device_id", "installed_on", "chts_version", "gbcs_version", "table", "verdict"];

/// Passes on the installed hubs whose periods ended, those that ended first first (MP139-R4).
pub(super) fn outstanding_hubs(
    store: &Store,
    facts: &StockFacts<'_>,
    groups: Vec<InstalledGroup>,
    to: &mut dyn ReportSink,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ReportTotal, HubFault> {
    let judged = groups.into_iter().filter_map(|group| {
        let found = outstanding(facts, &group.version)?;
        Some((found, group))
    });
    let mut judged = judged.collect::<Vec<_>>();
    judged.sort_by_key(|(found, group)| (*found, group.version.shown(), group.region));
    let all = judged.iter().map(|(_, group)| group.hubs).sum();
    let mut done = 0;
    for (Outstanding { ended, test }, group) in &judged {
        let version = group.version.shown();
        each_page(store, group, |hubs, _| {
            for hub in hubs {
                to.row(&[
                    Cell::Text(hub.chf.to_string()),
                    group.region.into(),
                    Cell::filled(&version.chts),
                    Cell::filled(&version.gbcs),
                    Cell::Text(hub.status.to_string()),
                    (*ended).into(),
                    Cell::Text(test.to_string()),
                ])?;
            }
            done += hubs.len() as u64;
            progress(done, all);
            Ok(())
        })?;
    }
    Ok(ReportTotal::Nothing)
}

/// Passes on the installed hubs that do not count towards the target, and counts all (MP139-R13).
pub(super) fn non_compliant_hubs(
    store: &Store,
    facts: &StockFacts<'_>,
    groups: &[InstalledGroup],
    to: &mut dyn ReportSink,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ReportTotal, HubFault> {
    let all = groups.iter().map(|group| group.hubs).sum();
    let (mut done, mut totals) = (0, ComplianceTotals::default());
    for group in groups {
        let version = group.version.shown();
        each_page(store, group, |hubs, days| {
            for (hub, installed_on) in hubs.iter().zip(days) {
                let judged = compliance(facts.tables, &group.version, *installed_on);
                totals.add(&judged);
                if judged == Compliance::Compliant {
                    continue;
                }
                to.row(&[
                    Cell::Text(hub.chf.to_string()),
                    (*installed_on).into(),
                    Cell::filled(&version.chts),
                    Cell::filled(&version.gbcs),
                    Cell::optional(judged.table()),
                    Cell::Text(judged.as_str().to_owned()),
                ])?;
            }
            done += hubs.len() as u64;
            progress(done, all);
            Ok(())
        })?;
    }
    let ComplianceTotals { compliant, non_compliant, no_row, unknown_date } = totals;
    Ok(ReportTotal::Named(vec![
        ("compliant", compliant),
        ("non_compliant", non_compliant),
        ("no_row", no_row),
        ("unknown_date", unknown_date),
    ]))
}

/// Reads the hubs of a group page by page, with the London days on which they were installed.
fn each_page(
    store: &Store,
    group: &InstalledGroup,
    mut each: impl FnMut(&[InstalledHub], &[Option<Date>]) -> Result<(), HubFault>,
) -> Result<(), HubFault> {
    let mut last: Option<Eui64> = None;
    loop {
        let (hubs, days) = store.read(|connection| {
            let hubs = store::installed_after(connection, group, last, PAGE)?;
            let ids = hubs.iter().map(|hub| hub.chf).collect::<Vec<_>>();
            let days = store::installed_on(connection, &ids)?;
            let days = hubs.iter().map(|hub| days.get(&hub.chf).copied().or(hub.date_commissioned));
            let days = days.collect::<Vec<_>>();
            Ok::<_, StoreFault>((hubs, days))
        })?;
        let Some(newest) = hubs.last() else { return Ok(()) };
        last = Some(newest.chf);
        each(&hubs, &days)?;
    }
}
