//! Schedules for people.

use serde::Serialize;

use crate::{
    cli::say::say,
    web::{RuleCheck, ScheduleSummary, ShownDeliveryBatch, ShownDeliverySchedule},
};

/// Prints JSON.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

pub(super) fn summary(schedule: &ScheduleSummary) {
    let ScheduleSummary { id, user_id, firmware_hash, size_bytes, images, state, .. } = schedule;
    let shown = |day: &Option<String>| day.clone().unwrap_or_else(|| "-".to_owned());
    let (first, last) = (shown(&schedule.first_day), shown(&schedule.last_day));
    let security = if schedule.security { ", security" } else { "" };
    say!(
        "schedule {id}  {state}{security}  {user_id}  {images} images of {size_bytes} bytes, {first} to {last}; \
         sent {}, done {}, failed {}",
        schedule.sent,
        schedule.done,
        schedule.failed
    );
    say!("  image {firmware_hash}");
}

pub(super) fn schedule(schedule: &ShownDeliverySchedule) {
    summary(&schedule.summary);
    for (one, room) in schedule.batches.iter().zip(&schedule.room) {
        batch(one, room.room);
    }
    for one in &schedule.displaced {
        say!("  batch {} of {} goes from {} to {}", one.batch, one.user_id, one.from, one.to);
    }
    for act in &schedule.acts {
        let more = [&act.detail, &act.reason].into_iter().flatten().cloned().collect::<Vec<_>>().join("; ");
        say!(
            "  {}  {} by {}{}",
            act.at,
            act.act,
            act.by,
            if more.is_empty() { more } else { format!(" ({more})") }
        );
    }
    checks("warning", &schedule.warnings);
}

fn batch(batch: &ShownDeliveryBatch, room: u64) {
    let ShownDeliveryBatch { id, day, images, state, sent, done, failed, result, .. } = batch;
    let asked = if batch.asked_day == *day { String::new() } else { format!(", asked {}", batch.asked_day) };
    let due = batch.due_at.as_ref().map(|due| format!(", due {due}")).unwrap_or_default();
    say!(
        "  batch {id}  {day}{asked}  {images} images  {state}; sent {sent}, done {done}, failed {failed}{due}; \
         response time: {result}; {room} more fit that day"
    );
}

/// Rules with what they saw, one a line.
pub(super) fn checks(what: &str, checks: &[RuleCheck]) {
    for RuleCheck { rule, holds, saw } in checks {
        say!("  {what}: {rule} {} {saw}", if *holds { "holds:" } else { "does not hold:" });
    }
}
