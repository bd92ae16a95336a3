//! The work at the site: its beginning and the outcomes of hubs (RF/s, RF/t; MP155-R9, R16, R18).

use std::collections::BTreeMap;

use super::{Checks, Circumstances, Verdict};
use crate::{
    domain::{
        CspRegion, Date, Eui64, FirmwareList, FirmwareVersion, HubModel,
        reflash::{HubInWork, HubOutcomeReport, OrderHubState, OutcomeKind, OutcomeLine},
    },
    rules::rulebook::reflash as rules,
};

/// Checks that a purchase order is known where one is needed.
pub fn start(
    purchase_order: Option<&str>,
    regions: impl IntoIterator<Item = CspRegion>,
    at: Circumstances<'_>,
) -> Verdict<()> {
    let needs = |region: &CspRegion| at.settings.purchase_order_regions.contains(region);
    let needing = regions.into_iter().find(needs);
    let known = purchase_order.filter(|number| !number.is_empty());
    let (holds, saw) = match (needing, known) {
        (_, Some(number)) => (true, format!("purchase order {number}")),
        (None, None) => (true, "no region of its hubs needs one".to_owned()),
        (Some(region), None) => (false, format!("no purchase order; there are hubs of {region}")),
    };
    let mut checks = Checks::default();
    checks.note(rules::PURCHASE_ORDER, holds, saw);
    checks.verdict(|| ())
}

/// The firmware that a hub is to get, which is fixed when the work begins: the newest of its model that day.
pub fn target(list: &FirmwareList, model: &HubModel, today: Date) -> Option<FirmwareVersion> {
    list.newest(model, today).map(|newest| newest.firmware.clone())
}

/// Whether outcomes that are there may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeChange {
    /// No: one that is there is final, save that it may be told again.
    First,
    /// Yes: the event is Correct.
    Correction,
}

/// The outcomes that a file adds or replaces, by hub.
pub type NewOutcomes = BTreeMap<Eui64, HubOutcomeReport>;

/// Judges a file of outcomes: whole or not at all. What was told before and is told again changes nothing.
pub fn outcomes(lines: &[OutcomeLine], hubs: &[HubInWork], change: OutcomeChange) -> Verdict<NewOutcomes> {
    let by_id = hubs.iter().map(|hub| (hub.chf, hub)).collect::<BTreeMap<_, _>>();
    let mut checks = Checks::default();
    let mut new = NewOutcomes::new();
    let mut fitting = 0_usize;
    for line in lines {
        let judged = judge_line(line, by_id.get(&line.chf).copied(), change);
        let judged = judged.and_then(|outcome| match outcome {
            Some(outcome) if new.contains_key(&line.chf) && new.get(&line.chf) != Some(&outcome) => {
                Err("another line of the file says otherwise".to_owned())
            }
            outcome => Ok(outcome),
        });
        match judged {
            Err(saw) => {
                checks.note(rules::OUTCOME_FITS, false, format!("line {}: {}: {saw}", line.line, line.chf));
            }
            Ok(outcome) => {
                fitting += 1;
                new.extend(outcome.map(|outcome| (line.chf, outcome)));
            }
        }
    }
    if checks.all_hold() {
        checks.note(rules::OUTCOME_FITS, true, format!("{fitting} lines"));
    }
    checks.verdict(|| new)
}

/// The outcome that a line adds; none where it was told before. An error says why the line does not fit.
fn judge_line(
    line: &OutcomeLine,
    hub: Option<&HubInWork>,
    change: OutcomeChange,
) -> Result<Option<HubOutcomeReport>, String> {
    let hub = hub.ok_or("it is not on the order")?;
    let outcome = match line.outcome {
        OutcomeKind::Reflashed => reflashed(line, hub)?,
        OutcomeKind::Failed => failed(line)?,
    };
    match hub.state {
        OrderHubState::Accepted => Ok(Some(outcome)),
        OrderHubState::Reflashed | OrderHubState::Failed => {
            if hub.outcome.as_ref() == Some(&outcome) {
                Ok(None)
            } else if change == OutcomeChange::Correction {
                Ok(Some(outcome))
            } else {
                Err(format!("its outcome is {} already", hub.state))
            }
        }
        OrderHubState::Listed | OrderHubState::NotAccepted | OrderHubState::Missing => {
            Err(format!("it is {}", hub.state))
        }
    }
}

fn reflashed(line: &OutcomeLine, hub: &HubInWork) -> Result<HubOutcomeReport, String> {
    let target = hub.target.as_ref().ok_or("no firmware of its model is in production")?;
    if line.fault_report.is_some() || line.fault_reference.is_some() {
        return Err("a fault report is of a hub that failed".to_owned());
    }
    match &line.firmware_version {
        None => Err(format!("firmware_version is empty, its target is {target}")),
        Some(told) if told != target => Err(format!("firmware_version {told}, its target is {target}")),
        Some(told) => Ok(HubOutcomeReport::Reflashed(told.clone())),
    }
}

fn failed(line: &OutcomeLine) -> Result<HubOutcomeReport, String> {
    let report = line.fault_report.ok_or("fault_report is empty: `analysis` or `manual`")?;
    let reference = line.fault_reference.clone().filter(|reference| !reference.is_empty());
    let reference = reference.ok_or("fault_reference is empty")?;
    Ok(HubOutcomeReport::Failed { report, reference })
}
