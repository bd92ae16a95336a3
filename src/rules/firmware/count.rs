//! The count of large activations, and the duty to contact the Service Desk (FW/a to FW/e; MP230-T1).

use super::FirmwareSettings;
use crate::{
    domain::{
        ActivationStanding, CountedActivation, Date, Eui64, FirmwareDay, ImageSize, RegisteredImage, Step,
        Trace, set::closed_set,
    },
    rules::rulebook::{firmware as rules, sr_11_3},
};

closed_set!(
    /// How the Target Response Time stands for what would be sent (MP230-T1).
    ResponseTime, "a response time", {
        Applies => "applies",
        PerBatch => "per batch",
        NotUntilAgreed => "not until agreed",
        // With `response_days` 0.
        NoClock => "none",
    }
);

/// The User's limit of that day (FW/d); none before MP230 is in force.
pub fn limit_of(day: Date, agreed: u32, settings: &FirmwareSettings) -> Option<u32> {
    (day >= settings.mp230_from).then(|| settings.contact_above_images.max(agreed))
}

/// Whether an image is large (FW/b): a part has the size of its whole.
pub fn is_large(
    image: &RegisteredImage,
    whole: Option<&RegisteredImage>,
    settings: &FirmwareSettings,
) -> bool {
    whole.unwrap_or(image).size.is_above(settings.large_above_bytes)
}

/// Counts an accepted activation of a SMETS1 Device (FW/e), and notes its standing. Nothing is refused.
pub(in crate::rules) fn count(
    user: Eui64,
    day: Date,
    image: &RegisteredImage,
    before: &FirmwareDay,
    settings: &FirmwareSettings,
    trace: &mut Trace,
) -> Option<CountedActivation> {
    let size = image.size;
    if !size.is_above(settings.large_above_bytes) {
        trace.note(sr_11_3::COUNTED, true, format!("{size} bytes, not large"));
        return None;
    }
    let names = [Some(image.hash), image.part_of];
    let batch = before.batches.iter().find(|batch| names.contains(&Some(batch.hash)) && batch.has_room());
    let count = before.images.saturating_add(1);
    let limit = limit_of(day, before.agreed(), settings);
    let is_exceeded = before.is_exceeded || limit.is_some_and(|limit| count > limit);
    let counted = CountedActivation {
        user,
        day,
        count,
        limit,
        batch: batch.map(|batch| batch.number),
        is_exceeded,
        is_first_over: is_exceeded && !before.is_exceeded,
    };
    let of_limit = limit.map_or_else(|| "no limit".to_owned(), |limit| format!("{count} of {limit}"));
    let standing = counted.standing();
    let in_batch = counted.batch.map_or_else(String::new, |number| format!(" {number}"));
    let saw = format!("{size} bytes, large; {of_limit} on {day}; {standing}{in_batch}");
    trace.note(sr_11_3::COUNTED, standing != ActivationStanding::Unscheduled, saw);
    Some(counted)
}

/// What somebody thinks of sending on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProposedDelivery {
    /// The size of the image.
    pub size: ImageSize,
    /// The number of images.
    pub images: u32,
    /// Whether the Devices are SMETS1 Devices.
    pub is_smets1: bool,
    /// The London day.
    pub day: Date,
}

/// Whether a delivery needs a schedule, with the rules that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactCheck {
    /// Whether the image is large.
    pub is_large: bool,
    /// The User's count of the day with it.
    pub count: u32,
    /// The User's limit of the day; none before MP230 is in force.
    pub limit: Option<u32>,
    /// Whether the Service Desk is to be contacted first.
    pub contact: bool,
    /// How the Target Response Time stands.
    pub response_time: ResponseTime,
    /// The rules, with what they saw.
    pub checks: Vec<Step>,
}

/// Looks at a delivery on top of what the User sent that day, against what is agreed for it. Where a batch has room, its images are taken to
/// be those of the batch (ours): a delivery does not say of which image it is.
pub fn check_delivery(
    delivery: &ProposedDelivery,
    before: &FirmwareDay,
    settings: &FirmwareSettings,
) -> ContactCheck {
    let ProposedDelivery { size, images, is_smets1, day } = *delivery;
    let is_large = size.is_above(settings.large_above_bytes);
    let added = if is_large && is_smets1 { images } else { 0 };
    let count = before.images.saturating_add(added);
    let limit = limit_of(day, before.agreed(), settings);
    let is_within = limit.is_none_or(|limit| !before.is_exceeded && count <= limit);
    let exceeded = if before.is_exceeded { ", and the day is exceeded" } else { "" };
    let of_limit =
        limit.map_or_else(|| format!("no limit on {day}"), |limit| format!("{count} of {limit}{exceeded}"));
    let generation = if is_smets1 { "SMETS1 Devices" } else { "no SMETS1 Devices" };
    let checks = vec![
        Step { rule: rules::SMETS1_ALONE, holds: is_smets1, saw: generation.to_owned() },
        Step { rule: rules::LARGE, holds: is_large, saw: format!("{size} bytes") },
        Step { rule: rules::WITHIN_LIMIT, holds: is_within, saw: of_limit },
    ];
    let contact = added > 0 && !is_within;
    let is_over_threshold = added > 0 && count > settings.contact_above_images && limit.is_some();
    let response_time = match (settings.response_days, contact, is_over_threshold) {
        (0, _, _) => ResponseTime::NoClock,
        (_, true, _) => ResponseTime::NotUntilAgreed,
        (_, false, true) => ResponseTime::PerBatch,
        (_, false, false) => ResponseTime::Applies,
    };
    ContactCheck { is_large, count, limit, contact, response_time, checks }
}
