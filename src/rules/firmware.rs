//! What is decided of firmware beside a request: on which list a Device is, what completes an activation or a part set, and the delivery
//! schedules of large images (SERVICE.md 3.2).

mod ask;
mod capacity;
mod count;
mod place;
mod response;
mod settings;

pub(super) use count::count;
pub use {
    ask::{AskFacts, CheckedAsk, MAX_BATCHES, check_ask, part_set_waits_too_long, update_lasts},
    capacity::{CapacityLedger, NoPlan, PlannedDay, plan},
    count::{ContactCheck, ProposedDelivery, ResponseTime, check_delivery, is_large, limit_of},
    place::{DisplacedBatch, FoundBatch, OtherBatch, PlacedBatch, Placement, Settlement, place},
    response::{BatchStanding, batch_standing, last_response_day, response_due, response_result},
    settings::{FirmwareSettings, ResponseDayType},
};

use crate::{
    domain::{
        ActivationOutcome, AwaitedActivation, CodeOverrides, Decision, DeviceType, ImageRecipient,
        ImageRecipientFacts, Refusal, ResponseCode, SetPart, SmiStatus, Trace,
    },
    rules::rulebook::{sr_11_1, sr_11_3},
};

/// What becomes of a Device that an SR 11.1 names (SR11.1/c): the first list that fits, else it is accepted. `None` are the facts of
/// one that is not in the SMI.
pub fn recipient(facts: Option<&ImageRecipientFacts>) -> ImageRecipient {
    let Some(ImageRecipientFacts { device, is_responsible, model }) = facts else {
        return ImageRecipient::Invalid;
    };
    let is_meter = matches!(device.device_type, DeviceType::Esme | DeviceType::Gsme);
    if !is_meter || !is_responsible {
        ImageRecipient::Invalid
    } else if device.status != Some(SmiStatus::Commissioned) {
        ImageRecipient::NotCommissioned
    } else if !model.permits() {
        ImageRecipient::NotApplicable
    } else {
        ImageRecipient::Accepted
    }
}

/// The decision that answers the last request of a complete part set: I0 (SR11.1/e).
pub fn complete_set(part: &SetPart, codes: &CodeOverrides) -> Decision {
    let mut trace = Trace::new(codes.clone());
    trace.note(sr_11_1::PARTS, true, format!("{} has sent every part of image {}", part.user, part.whole));
    Decision::accept(trace, ResponseCode::I0, Vec::new(), None)
}

/// The last check of an SR 11.3: the Device activated the image.
///
/// # Errors
/// The refusal, where it did not.
pub(super) fn confirm(
    awaited: &AwaitedActivation,
    outcome: ActivationOutcome,
    trace: &mut Trace,
) -> Result<(), Refusal> {
    let AwaitedActivation { device, hash, version, .. } = awaited;
    let saw = match outcome {
        ActivationOutcome::Activated => format!("{device} activated image {hash}, version {version}"),
        ActivationOutcome::Failed => format!("{device} did not activate image {hash}"),
    };
    trace.require(sr_11_3::DEVICE_ACTIVATES, outcome == ActivationOutcome::Activated, saw)
}

#[cfg(test)]
mod tests;
