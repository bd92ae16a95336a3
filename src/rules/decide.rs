//! The dispatch of an authorised request to the checks of its Service Request.

use super::{
    RuleSettings,
    accepted::into_decision,
    requests::{move_device, sr_8_2, sr_8_4, sr_8_11, sr_11_1, sr_11_3, sr_12_1, sr_12_2},
};
use crate::{
    domain::{Case, CodeOverrides, Decision, InventoryEntry, Now, PremisesKey, RegionFacts, Trace},
    rules::access::Authorised,
};

/// Decides a request by the checks of its Service Request. `trace` has the checks of [`super::access`], and `case` must be
/// the one that was loaded for this request.
pub fn decide(
    authorised: &Authorised<'_>,
    case: &Case<'_>,
    now: Now,
    settings: RuleSettings,
    mut trace: Trace,
) -> Decision {
    let sender = authorised.user().id;
    let result = match case {
        Case::ReadInventory(found) => sr_8_2::decide(found, &mut trace),
        Case::UpdateInventory(update, facts) => {
            sr_8_4::decide(update, facts.as_deref(), sender, now, settings, &mut trace)
        }
        Case::UpdateHanDeviceLog(update, facts) => {
            sr_8_11::decide(update, authorised.request(), facts, authorised.user(), &mut trace)
        }
        Case::MoveDevice(request, device, facts) => {
            move_device::decide(*request, *device, facts.as_deref(), sender, (now, settings), &mut trace)
        }
        Case::UpdateFirmware(update, facts) => {
            sr_11_1::decide(update, authorised.request(), facts, now, &mut trace)
        }
        Case::ActivateFirmware(activate, facts) => {
            sr_11_3::decide(activate, authorised.request(), facts, (now, &settings.firmware), &mut trace)
        }
        Case::RequestWanMatrix(place, regions) => sr_12_1::decide(place, regions, settings, now, &mut trace),
        Case::DevicePrenotification(device, facts) => sr_12_2::decide(device, facts, sender, &mut trace),
    };
    into_decision(result, trace)
}

/// Decides what an SR 12.1 about a place is answered to any sender that may send it. There is no sender here, so the checks of
/// access are not among the steps.
pub fn decide_coverage(
    place: &PremisesKey,
    regions: &[RegionFacts],
    now: Now,
    settings: RuleSettings,
    codes: &CodeOverrides,
) -> Decision {
    let mut trace = Trace::new(codes.clone());
    let result = sr_12_1::decide(place, regions, settings, now, &mut trace);
    into_decision(result, trace)
}

/// Decides what an SR 8.2 that finds these Devices is answered to any sender that may send it; as [`decide_coverage`].
pub fn decide_inventory(found: &[InventoryEntry], codes: &CodeOverrides) -> Decision {
    let mut trace = Trace::new(codes.clone());
    let result = sr_8_2::decide(found, &mut trace);
    into_decision(result, trace)
}
