//! CSPM-N3: the decision about one notified Communications Hub (MP155-R26, R27).
//!
//! Each hub of a batch is decided independently of the others, so that their order does not matter.

use super::{evidence::saw_model, hub_update::differences};
use crate::{
    domain::{
        CodeOverrides, Csp, Device, DeviceField, DeviceType, Hub, HubDecision, HubFacts, HubNotification,
        HubOrigin, HubOutcome, HubUpdate, OrderedHub, Refusal, ResponseCode, SmiStatus, Trace,
        reflash::OrderNumber,
    },
    rules::rulebook::cspm_n3 as rules,
};

/// The treatment of known hubs (`csp_gateway.update_known_hubs`; MP155 option A).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KnownHubs {
    /// CSPs may not update them: MP155 was not progressed (MP155-C29).
    #[default]
    Stay,
    /// CSPs may update them while Pending, firmware included (MP155-R26).
    AreUpdated,
}

/// Decides the notification of one hub by that CSP.
pub fn decide(
    hub: &HubNotification,
    facts: &HubFacts,
    csp: &Csp,
    known: KnownHubs,
    codes: &CodeOverrides,
) -> HubDecision {
    let mut trace = Trace::new(codes.clone());
    match check(hub, facts, csp, known, &mut trace) {
        Ok((outcome, hub, updates)) => HubDecision {
            outcome,
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

/// An accepted notification: the outcome, the hub's Devices after the change, and the parameters that change.
type AcceptedHub = (HubOutcome, Hub, Vec<HubUpdate>);

/// Makes the checks of the rulebook, in its order.
fn check(
    hub: &HubNotification,
    facts: &HubFacts,
    csp: &Csp,
    known: KnownHubs,
    trace: &mut Trace,
) -> Result<AcceptedHub, Refusal> {
    // First the notification by itself, then its receiver and model, then the SMI's record of the hub.
    let is_own = |region| csp.regions.contains(&region);
    trace.require(rules::OWN_REGION, is_own(hub.csp_region), saw_region(hub, csp))?;
    let others = if facts.is_duplicated {
        "another hub of the batch has one of them"
    } else {
        "no other hub has them"
    };
    let saw = format!("CHF {}, GPF {}; {others}", hub.chf, hub.gpf);
    trace.require(rules::UNIQUE_IDS, !facts.is_duplicated && hub.chf != hub.gpf, saw)?;
    let receiver = if facts.receiver_known { "known" } else { "not known" };
    let saw = format!("User {} is {receiver}", hub.receiving_user);
    trace.require(rules::RECEIVER_KNOWN, facts.receiver_known, saw)?;
    trace.require(rules::MODEL_ON_CPL, facts.model.permits(), saw_model(facts.model))?;
    let (new, found) = (hub.devices(), known_hub(facts));
    let are_new = facts.chf.is_none() && facts.gpf.is_none();
    // If another CHF has the GPF already, the GPF would be part of two hubs.
    let is_one_hub = (are_new || found.is_some()) && facts.claimed_by.is_none();
    trace.require(rules::ONE_HUB, is_one_hub, saw_devices(facts))?;
    let Some((chf, gpf)) = found else {
        return Ok((HubOutcome::New, new, Vec::new()));
    };
    let pending = [chf, gpf].iter().all(|device| device.status == Some(SmiStatus::Pending));
    let saw = format!("CHF {}, GPF {}", chf.status_text(), gpf.status_text());
    trace.require(rules::PENDING, pending, saw)?;
    // A hub that a User pre-notified is the User's: a CSP may not change it. An imported one counts as delivered by the CSP
    // of its region.
    let from_csp = matches!(facts.origin, Some(HubOrigin::CspmN3 | HubOrigin::Import));
    let is_own_hub = from_csp && chf.csp_region.is_some_and(is_own);
    trace.require(rules::OWN_HUB, is_own_hub, saw_origin(chf, facts.origin))?;
    let notified = hub;
    let (hub, updates) = updated(new, chf, gpf);
    let by_ssmi = matches!(facts.order, OrderedHub::BySsmi { .. });
    let saw = format!("{}; {}", saw_updates(&updates), saw_order(&facts.order));
    trace.require(rules::NOT_BY_SSMI, updates.is_empty() || !by_ssmi, saw)?;
    // A repeated notification that changes nothing is accepted even where updates are off.
    let switched_on = known == KnownHubs::AreUpdated;
    let may_update = switched_on || is_reflashed(notified, &facts.order, &updates);
    let saw = format!("{}; updates are {}", saw_updates(&updates), if switched_on { "on" } else { "off" });
    let saw = match facts.order {
        OrderedHub::InWork { .. } => format!("{saw}; {}", saw_order(&facts.order)),
        OrderedHub::OnNone | OrderedHub::BySsmi { .. } => saw,
    };
    trace.require(rules::MAY_UPDATE, updates.is_empty() || may_update, saw)?;
    let outcome = if updates.is_empty() { HubOutcome::Unchanged } else { HubOutcome::Updated };
    Ok((outcome, hub, updates))
}

/// The fields that a re-flash changes: firmware, CHTS and GBCS versions (HUBS.md 5).
const RE_FLASHED: [DeviceField; 3] =
    [DeviceField::FirmwareVersion, DeviceField::SmetsChtsVersion, DeviceField::GbcsVersion];

/// Whether the notification tells the re-flash of a hub in work: its target, and no change but of what a re-flash changes.
fn is_reflashed(hub: &HubNotification, order: &OrderedHub, updates: &[HubUpdate]) -> bool {
    let OrderedHub::InWork { target, .. } = order else { return false };
    hub.firmware_version == *target && updates.iter().all(|update| RE_FLASHED.contains(&update.field))
}

/// The order on which an accepted notification is the outcome `reflashed` of its hub (MP155-R25, R26); none where it is of none.
pub fn reflashed_on(hub: &HubNotification, facts: &HubFacts, decision: &HubDecision) -> Option<OrderNumber> {
    let OrderedHub::InWork { order, .. } = facts.order else { return None };
    let is_accepted = decision.outcome != HubOutcome::Refused;
    (is_accepted && is_reflashed(hub, &facts.order, &decision.updates)).then_some(order)
}

/// The order on which it is a finding that a CSP told of a hub, as the DCC updates it by SSMI (N3/i).
pub const fn told_beside_ssmi(facts: &HubFacts) -> Option<OrderNumber> {
    match facts.order {
        OrderedHub::BySsmi { order } => Some(order),
        OrderedHub::OnNone | OrderedHub::InWork { .. } => None,
    }
}

/// The CHF and the GPF of the SMI, if the two IDs are those of one hub.
fn known_hub(facts: &HubFacts) -> Option<(&Device, &Device)> {
    let (chf, gpf) = facts.chf.as_ref().zip(facts.gpf.as_ref())?;
    let types = chf.device_type == DeviceType::Chf && gpf.device_type == DeviceType::Gpf;
    let together = chf.associated_gpf == Some(gpf.id) && gpf.chf == Some(chf.id);
    (types && together).then_some((chf, gpf))
}

/// The hub with the notified parameters, and the parameters that change.
fn updated(notified: Hub, chf: &Device, gpf: &Device) -> (Hub, Vec<HubUpdate>) {
    let hub = Hub { chf: merged(notified.chf, chf), gpf: merged(notified.gpf, gpf) };
    let updates = differences(chf, &hub.chf).chain(differences(gpf, &hub.gpf)).collect();
    (hub, updates)
}

/// The known Device with the parameters of the notification.
fn merged(notified: Device, known: &Device) -> Device {
    // Only what a notification has: status, supply points and premises are not the CSP's to change.
    let Device { mut details, pre_notified_by, csp_region, gbcs_version, han_variant, .. } = notified;
    // `V1.4` and `CHTS V1.4` are one version, so that writing it otherwise changes nothing.
    let versions = details.smets_chts_version.as_ref().zip(known.details.smets_chts_version.as_ref());
    if versions.is_some_and(|(new, known)| new.is_same_as(known)) {
        details.smets_chts_version.clone_from(&known.details.smets_chts_version);
    }
    Device { details, pre_notified_by, csp_region, gbcs_version, han_variant, ..known.clone() }
}

fn saw_region(hub: &HubNotification, csp: &Csp) -> String {
    let regions = csp.regions.iter().map(|region| region.as_str()).collect::<Vec<_>>();
    format!("CSP Region {}; CSP {} speaks for {}", hub.csp_region, csp.id, regions.join(", "))
}

fn saw_devices(facts: &HubFacts) -> String {
    let known = |device: &Option<Device>| match device {
        None => "new".to_owned(),
        Some(device) => {
            let of = device.chf.map(|chf| format!(" of CHF {chf}"));
            let with = device.associated_gpf.map(|gpf| format!(" with GPF {gpf}"));
            format!("in the SMI as {}{}", device.device_type, of.or(with).unwrap_or_default())
        }
    };
    let claimed = facts.claimed_by.map(|chf| format!(", which CHF {chf} has")).unwrap_or_default();
    format!("the CHF's ID is {}, the GPF's {}{claimed}", known(&facts.chf), known(&facts.gpf))
}

fn saw_origin(chf: &Device, origin: Option<HubOrigin>) -> String {
    let origin = origin.map_or("in a way nobody kept", HubOrigin::as_str);
    let region = chf.csp_region.map_or("none", |region| region.as_str());
    format!("it joined by {origin}, its CSP Region is {region}")
}

fn saw_updates(updates: &[HubUpdate]) -> String {
    let mut named = updates.iter().map(|update| update.parameter).collect::<Vec<_>>();
    named.sort_unstable();
    named.dedup();
    if named.is_empty() {
        "nothing is different".to_owned()
    } else {
        format!("different: {}", named.join(", "))
    }
}

fn saw_order(order: &OrderedHub) -> String {
    match order {
        OrderedHub::OnNone => "it is in work on no order".to_owned(),
        OrderedHub::InWork { order, target } => format!("in work on {order}, its target is {target}"),
        OrderedHub::BySsmi { order } => format!("on {order}, which the DCC updates by SSMI"),
    }
}

#[cfg(test)]
mod tests;
