//! SSMI: whether a file is taken, and the decision about each hub of it (SSMI/a to h; MP155-R28, R29).

use super::{evidence::saw_model, hub_update::differences};
use crate::{
    domain::{
        CodeOverrides, Date, Device, DeviceType, Hub, HubDecision, HubOutcome, HubUpdate, Refusal,
        RequestIdUse, ResponseCode, SmiStatus, SsmiFacts, SsmiLine, Step, Trace,
        reflash::{ReflashRequest, SmiUpdate},
    },
    rules::rulebook::ssmi as rules,
};

/// Whether a file is taken: option B is chosen, its upload_id is new, and it has lines enough and not too many. What cannot be read to
/// its end never comes here. The very same bytes under an upload_id get the first answer again, without a decision.
///
/// # Errors
/// The checks, of which the last one refuses.
pub fn take(smi_update: SmiUpdate, upload_id: RequestIdUse, lines: usize) -> Result<Vec<Step>, Vec<Step>> {
    let mut trace = Trace::default();
    let mut check = || {
        let is_taken = smi_update == SmiUpdate::Ssmi && upload_id == RequestIdUse::New;
        let saw = format!("smi_update is {smi_update}, the upload_id is {}", upload_id.as_str());
        trace.require(rules::SWITCHED_ON, is_taken, saw)?;
        let holds = (1..=ReflashRequest::MAX_HUBS).contains(&lines);
        trace.require(rules::FILE_READABLE, holds, format!("{lines} lines"))
    };
    if check().is_ok() { Ok(trace.into_steps()) } else { Err(trace.into_steps()) }
}

/// Decides one line.
pub fn decide(line: &SsmiLine, facts: &SsmiFacts, today: Date, codes: &CodeOverrides) -> HubDecision {
    let mut trace = Trace::new(codes.clone());
    match check(line, facts, today, &mut trace) {
        Ok((hub, updates)) => HubDecision {
            outcome: if updates.is_empty() { HubOutcome::Unchanged } else { HubOutcome::Updated },
            code: ResponseCode::I99,
            steps: trace.into_steps(),
            hub: Some(hub),
            updates,
        },
        Err(Refusal { code, .. }) => HubDecision {
            outcome: HubOutcome::Refused,
            code,
            steps: trace.into_steps(),
            hub: None,
            updates: Vec::new(),
        },
    }
}

/// Makes the checks of the rulebook, in its order.
fn check(
    line: &SsmiLine,
    facts: &SsmiFacts,
    today: Date,
    trace: &mut Trace,
) -> Result<(Hub, Vec<HubUpdate>), Refusal> {
    let times = if facts.is_duplicated { "in several lines" } else { "in one line" };
    trace.require(rules::LISTED_ONCE, !facts.is_duplicated, format!("CHF {} stands {times}", line.chf))?;
    let (chf, gpf) = trace.require_some(rules::HUB_KNOWN, hub_of(facts), saw_hub(facts))?;
    let are_pending = [chf, gpf].iter().all(|device| device.status == Some(SmiStatus::Pending));
    let saw = format!("CHF {}, GPF {}", chf.status_text(), gpf.status_text());
    trace.require(rules::HUB_PENDING, are_pending, saw)?;
    let in_production = facts.listed.as_ref().filter(|listed| listed.production_from <= today);
    let saw = match &facts.listed {
        None => format!("{} is not listed for its model", line.firmware_version),
        Some(listed) => {
            format!("{} is in production from {}, today is {today}", listed.firmware, listed.production_from)
        }
    };
    let listed = trace.require_some(rules::VERSION_LISTED, in_production, saw)?;
    trace.require(rules::MODEL_ON_CPL, facts.model.permits(), saw_model(facts.model))?;
    let has_outcome =
        facts.order.as_ref().is_none_or(|on| on.reflashed.as_ref() == Some(&line.firmware_version));
    trace.require(rules::OUTCOME_RECORDED, has_outcome, saw_order(facts))?;
    let with_versions = |device: &Device| {
        let mut device = device.clone();
        device.details.firmware_version = Some(line.firmware_version.clone());
        // `V1.3` and `CHTS V1.3` are one version, so that writing it otherwise changes nothing.
        let known = device.details.smets_chts_version.as_ref();
        if !known.is_some_and(|known| known.is_same_as(&listed.chts)) {
            device.details.smets_chts_version = Some(listed.chts.clone());
        }
        device.gbcs_version = Some(listed.gbcs.clone());
        device
    };
    let hub = Hub { chf: with_versions(chf), gpf: with_versions(gpf) };
    let updates = differences(chf, &hub.chf).chain(differences(gpf, &hub.gpf)).collect();
    Ok((hub, updates))
}

/// The CHF with its GPF, where it is not SMETS1.
fn hub_of(facts: &SsmiFacts) -> Option<(&Device, &Device)> {
    let (chf, gpf) = facts.chf.as_ref().zip(facts.gpf.as_ref())?;
    let are_one = chf.device_type == DeviceType::Chf
        && gpf.device_type == DeviceType::Gpf
        && chf.associated_gpf == Some(gpf.id);
    (are_one && !chf.is_smets1()).then_some((chf, gpf))
}

fn saw_hub(facts: &SsmiFacts) -> String {
    match (&facts.chf, &facts.gpf) {
        (None, _) => "the ID is not in the SMI".to_owned(),
        (Some(device), _) if device.device_type != DeviceType::Chf => {
            format!("no CHF, but {}", device.device_type)
        }
        (Some(device), _) if device.is_smets1() => "a SMETS1 CHF".to_owned(),
        (Some(_), None) => "a CHF whose GPF is not in the SMI".to_owned(),
        (Some(_), Some(gpf)) => format!("a CHF with {} {}", gpf.device_type, gpf.id),
    }
}

fn saw_order(facts: &SsmiFacts) -> String {
    match &facts.order {
        None => "on no open order".to_owned(),
        Some(on) => match &on.reflashed {
            None => format!("on {}, without the outcome `reflashed`", on.order),
            Some(version) => format!("on {}, re-flashed to {version}", on.order),
        },
    }
}

#[cfg(test)]
mod tests;
