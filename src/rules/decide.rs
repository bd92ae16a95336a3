//! From an authorised request to the checks of its own.

use crate::{
    domain::{
        Body, CspRelease, Decision, DeviceType, Eui64, Now, Refusal, ResponseCode, Subject, Trace,
        set::closed_set,
    },
    rules::access::Authorised,
};

use super::{
    of_device::{self, DECOMMISSIONED, HUBS},
    requests::{sr_8_2, sr_8_4, sr_8_11, sr_12_1, sr_12_2},
    status::Trigger,
};

closed_set!(
    /// How an unknown WAN Variant is shown (SMI.md 7).
    WanUnknown, "a wan_unknown", {
        Word => "Unknown",
        Space => "space",
    }
);

impl WanUnknown {
    /// The text on the wire: the word, or MP106-R4's single space.
    pub const fn wire_text(self) -> &'static str {
        match self {
            Self::Word => "Unknown",
            Self::Space => " ",
        }
    }
}

/// What the operator may choose about the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleSettings {
    /// How an unknown WAN Variant is shown.
    pub wan_unknown: WanUnknown,
    /// Whose names for CSP North's WAN Variants are sent (MP106-R6).
    pub csp_release: CspRelease,
    /// MP125-C3: the Responsible Supplier may correct the ESME Variant of a SMETS2+ Device while Pending too.
    pub responsible_supplier_while_pending: bool,
    /// MP125-C3: the pre-notifier may correct the ESME Variant after Pending too.
    pub pre_notifier_after_pending: bool,
    /// MP125-R12: the gaining Supplier is asked to confirm the ESME Variant.
    pub confirm_variant: bool,
}

impl Default for RuleSettings {
    /// The word for an unknown WAN Variant and the names of release 2.0 (SMI.md 7, O11), and the recommended reading of MP125-C3: both switches off.
    fn default() -> Self {
        Self {
            wan_unknown: WanUnknown::Word,
            csp_release: CspRelease::R2_0,
            responsible_supplier_while_pending: false,
            pre_notifier_after_pending: false,
            confirm_variant: false,
        }
    }
}

/// The facts are those of another kind of request: a fault of the caller, never of the sender.
#[derive(Debug, thiserror::Error)]
#[error("the facts loaded are not those a decision on this request needs")]
pub struct UnfittingFacts;

/// What a request leads to, before the trace is closed.
pub(super) struct Outcome {
    pub(super) changes: Vec<crate::domain::Change>,
    pub(super) payload: Option<crate::domain::Payload>,
}

/// Decides a request.
///
/// # Errors
/// When the facts are not the ones this kind of request needs.
pub fn decide(
    authorised: &Authorised<'_>,
    subject: &Subject,
    now: Now,
    settings: RuleSettings,
    mut trace: Trace,
) -> Result<Decision, UnfittingFacts> {
    let sender = authorised.user().id;
    let request = authorised.request();
    let outcome = match (&request.body, subject) {
        (Body::ReadInventory(_), Subject::Inventory(found)) => sr_8_2::decide(found, &mut trace),
        (Body::UpdateInventory(update), Subject::Device(facts)) => {
            sr_8_4::decide(update, facts.as_deref(), sender, now, settings, &mut trace)
        }
        (Body::UpdateHanDeviceLog(update), Subject::HanLog(facts)) => {
            sr_8_11::decide(update, request, facts, authorised.user(), &mut trace)
        }
        (Body::RequestWanMatrix(place), Subject::Coverage(regions)) => {
            sr_12_1::decide(place, regions, settings, now, &mut trace)
        }
        (Body::DevicePrenotification(device), Subject::NewDevice(facts)) => {
            sr_12_2::decide(device, *facts, sender, &mut trace)
        }
        (body, Subject::Device(facts)) => {
            let (trigger, types, device) = mover(body).ok_or(UnfittingFacts)?;
            of_device::move_by(trigger, types, device, facts.as_deref(), sender, now, &mut trace)
        }
        (_, Subject::Inventory(_) | Subject::HanLog(_) | Subject::Coverage(_) | Subject::NewDevice(_)) => {
            return Err(UnfittingFacts);
        }
    };
    Ok(close(outcome, trace))
}

/// What a request that moves one Device does, the Device Types it suits, and the Device.
const fn mover(body: &Body) -> Option<(Trigger, &'static [DeviceType], Eui64)> {
    match body {
        Body::DecommissionDevice(id) => Some((Trigger::Decommission, DECOMMISSIONED, *id)),
        Body::HubInstallSuccess(install) => Some((Trigger::InstallSuccess, HUBS, install.device_id)),
        Body::HubInstallNoSmWan(install, _) => Some((Trigger::InstallNoSmWan, HUBS, install.device_id)),
        Body::HubFaultReturn(returned) => Some((Trigger::FaultReturn, HUBS, returned.device_id)),
        Body::HubNoFaultReturn(returned) => Some((Trigger::NoFaultReturn, HUBS, returned.device_id)),
        Body::ReadInventory(_)
        | Body::UpdateInventory(_)
        | Body::UpdateHanDeviceLog(_)
        | Body::RequestWanMatrix(_)
        | Body::DevicePrenotification(_) => None,
    }
}

/// I0 with data, I99 where there is none, or none yet (SMI.md 3).
fn close(outcome: Result<Outcome, Refusal>, trace: Trace) -> Decision {
    match outcome {
        Err(refusal) => Decision::refuse(trace, refusal),
        Ok(Outcome { changes, payload }) => {
            let code = if payload.is_some() { ResponseCode::I0 } else { ResponseCode::I99 };
            Decision::accept(trace, code, changes, payload)
        }
    }
}
