//! What Users and the Service Desk are told of large images (SERVICE.md 3.5).

use std::fmt::Write as _;

use crate::{
    db::{Connection, StoreFault},
    domain::{
        Audience, CountedActivation, DeliveryBatch, DeliverySchedule, Eui64, FirmwareNotice, Malformed,
        Notice, Now,
    },
    rules::firmware::DisplacedBatch,
    store,
};

/// A notice to a User and to the Service Desk.
struct Told {
    kind: FirmwareNotice,
    user: Eui64,
    about: String,
    subject: String,
    text: String,
}

/// Tells that a User's day is over its limit, once for the User and day (FW/e).
pub(in crate::service) fn contact_required(
    connection: &mut Connection,
    counted: &CountedActivation,
    now: Now,
) -> Result<(), StoreFault> {
    let CountedActivation { user, day, count, limit, .. } = counted;
    let limit = limit.map(|limit| limit.to_string()).unwrap_or_default();
    let text = format!(
        "User {user} sent {count} large SMETS1 images on {day}; its limit for that day is {limit}.\n\
         All are accepted. Those in no agreed batch are unscheduled: no Target Response Time applies to them.\n\
         The Service Desk agrees a delivery schedule before more are sent: smi firmware ask.\n"
    );
    let subject = format!("Large firmware images: contact the Service Desk ({day})");
    let about = format!("{user} {day}");
    tell(connection, Told { kind: FirmwareNotice::ContactRequired, user: *user, about, subject, text }, now)
}

/// Tells that a schedule is agreed, with its batches.
pub(super) fn agreed(
    connection: &mut Connection,
    schedule: &DeliverySchedule,
    batches: &[DeliveryBatch],
    now: Now,
) -> Result<(), StoreFault> {
    let number = schedule.number;
    let mut text =
        format!("Schedule {number} of {} images of {} is agreed:\n", schedule.images, schedule.hash);
    for batch in batches {
        let because = batch.placed_because.as_deref().unwrap_or_default();
        // Writing to a text cannot fail.
        let _written = writeln!(text, "- {}: {} images ({because})", batch.day, batch.images);
    }
    let subject = format!("Delivery schedule {number} is agreed");
    tell(connection, of_schedule(FirmwareNotice::Agreed, schedule, subject, text), now)
}

/// Tells that a schedule is withdrawn.
pub(super) fn withdrawn(
    connection: &mut Connection,
    schedule: &DeliverySchedule,
    (freed, reason): (usize, &str),
    now: Now,
) -> Result<(), StoreFault> {
    let number = schedule.number;
    let text =
        format!("Schedule {number} is withdrawn. Batches of which nothing was sent: {freed}.\n\n{reason}\n");
    let subject = format!("Delivery schedule {number} is withdrawn");
    tell(connection, of_schedule(FirmwareNotice::Withdrawn, schedule, subject, text), now)
}

/// Tells a User that a batch of it made room for another schedule (MP230-R12).
pub(super) fn altered(
    connection: &mut Connection,
    displaced: &DisplacedBatch,
    (by, reason): (&DeliverySchedule, &str),
    now: Now,
) -> Result<(), StoreFault> {
    let DisplacedBatch { batch, schedule, user, images, from, to } = displaced;
    let security = if by.security { ", a security update" } else { "" };
    let text = format!(
        "Batch {batch} of schedule {schedule}, {images} images, goes from {from} to {to}: it makes room for schedule {}{security}.\n\n\
         {reason}\n",
        by.number
    );
    let subject = format!("Delivery schedule {schedule} is altered");
    let (kind, about) = (FirmwareNotice::Altered, schedule.to_string());
    tell(connection, Told { kind, user: *user, about, subject, text }, now)
}

fn of_schedule(kind: FirmwareNotice, schedule: &DeliverySchedule, subject: String, text: String) -> Told {
    Told { kind, user: schedule.user, about: schedule.number.to_string(), subject, text }
}

fn tell(connection: &mut Connection, told: Told, now: Now) -> Result<(), StoreFault> {
    let Told { kind, user, about, subject, text } = told;
    let corrupt = |reason: Malformed| StoreFault::Corrupt {
        table: "notices",
        column: "subject",
        reason: reason.to_string(),
    };
    let mut recipients = store::notice_recipients_of_user(connection, user)?;
    recipients.extend(store::notice_recipients_of(connection, &[Audience::ServiceDesk])?);
    let notice = Notice {
        kind: kind.as_str().parse().map_err(corrupt)?,
        subject: subject.parse().map_err(corrupt)?,
        text,
        about,
        created_at: now.0,
        recipients,
    };
    store::record_notice(connection, &notice).map(drop)
}
