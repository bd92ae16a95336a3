//! The reports of large firmware images (MP230-R18, R19).

use std::collections::BTreeMap;

use super::{ReportBasis, ReportCell, ReportTable};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        ActivationStanding, Date, DeliveryBatch, DeliverySchedule, Eui64, LondonMonth, ResponseResult,
        instant_text,
    },
    rules::firmware::{batch_standing, response_due, response_result},
    store,
};

const RESPONSE_TIMES: &[&str] = &[
    "user_id",
    "party_name",
    "day",
    "standing",
    "schedule_id",
    "batch_id",
    "agreed",
    "sent",
    "done",
    "failed",
    "sent_at",
    "due_at",
    "done_at",
    "result",
];

const USE: &[&str] = &["user_id", "party_name", "day", "firmware_hash", "size_bytes", "images", "standing"];

fn days_of(month: LondonMonth) -> (Date, Date) {
    (month.first(), month.first().last_of_month())
}

fn party_names(connection: &mut Connection) -> Result<BTreeMap<Eui64, String>, StoreFault> {
    Ok(store::all_users(connection)?.into_iter().map(|user| (user.id, user.party_name)).collect())
}

/// A line, by day, User and batch; what belongs to no batch comes behind.
type KeyedLine = ((Date, Eui64, i64), Vec<ReportCell>);

/// By day of the batch: each batch, and of what is in none one line a User and day.
pub(super) fn response_times(
    connection: &mut Connection,
    month: LondonMonth,
    basis: ReportBasis<'_>,
) -> Result<ReportTable, StoreFault> {
    let days = days_of(month);
    let names = party_names(connection)?;
    let batches = store::agreed_batches(connection, days)?;
    let mut in_batches = BTreeMap::<(Date, Eui64), u32>::new();
    for (schedule, batch) in &batches {
        *in_batches.entry((batch.day, schedule.user)).or_default() += batch.sent;
    }
    let mut lines = batches
        .iter()
        .map(|(schedule, batch)| batch_line(schedule, batch, &names, basis))
        .collect::<Vec<_>>();
    let results = free_results(connection, days, basis)?;
    for counted in store::counted_firmware_days(connection, days)? {
        let key = (counted.day, counted.user);
        let others = counted.images.saturating_sub(in_batches.get(&key).copied().unwrap_or_default());
        let standing = ActivationStanding::of(false, counted.is_exceeded);
        if others > 0 {
            let free = results.get(&key).filter(|_| standing == ActivationStanding::Free);
            lines.push(others_line(key, standing, others, free, &names));
        }
    }
    lines.sort_by_key(|(key, _)| *key);
    Ok(ReportTable { columns: RESPONSE_TIMES, rows: lines.into_iter().map(|(_, line)| line).collect() })
}

fn batch_line(
    schedule: &DeliverySchedule,
    batch: &DeliveryBatch,
    names: &BTreeMap<Eui64, String>,
    basis: ReportBasis<'_>,
) -> KeyedLine {
    let standing = batch_standing(batch, schedule.state, basis.now, &basis.rules.firmware, basis.calendar);
    let line = vec![
        ReportCell::text(schedule.user),
        ReportCell::optional(names.get(&schedule.user)),
        ReportCell::text(batch.day),
        ReportCell::text(ActivationStanding::Batch),
        ReportCell::Number(schedule.number.0.unsigned_abs()),
        ReportCell::Number(batch.number.0.unsigned_abs()),
        ReportCell::Number(batch.images.into()),
        ReportCell::Number(batch.sent.into()),
        ReportCell::Number(batch.done.into()),
        ReportCell::Number(batch.failed.into()),
        ReportCell::optional(batch.sent_at.map(instant_text)),
        ReportCell::optional(standing.due_at.map(instant_text)),
        ReportCell::optional(standing.done_at.map(instant_text)),
        ReportCell::text(standing.result),
    ];
    ((batch.day, schedule.user, batch.number.0), line)
}

/// What became of the free activations of a User's day.
#[derive(Clone, Copy, Debug, Default)]
struct FreeResults {
    done: u64,
    failed: u64,
    met: u64,
    missed: u64,
    running: u64,
}

impl FreeResults {
    /// `met 3, missed 1, running 0`; `none` where there is no clock.
    fn text(self) -> String {
        let Self { met, missed, running, .. } = self;
        if met + missed + running == 0 {
            return ResponseResult::NoClock.to_string();
        }
        format!("met {met}, missed {missed}, running {running}")
    }
}

fn free_results(
    connection: &mut Connection,
    days: (Date, Date),
    basis: ReportBasis<'_>,
) -> Result<BTreeMap<(Date, Eui64), FreeResults>, StoreFault> {
    let mut results = BTreeMap::<_, FreeResults>::new();
    store::each_free_activation(connection, days, &mut |free| {
        let of_day = results.entry((free.day, free.user)).or_default();
        let done_at = free.outcome.map(|(_, at)| at);
        match free.outcome {
            Some((crate::domain::ActivationOutcome::Activated, _)) => of_day.done += 1,
            Some((crate::domain::ActivationOutcome::Failed, _)) => of_day.failed += 1,
            None => {}
        }
        let due = response_due(free.received_at, &basis.rules.firmware, basis.calendar);
        match response_result(due, done_at, basis.now) {
            ResponseResult::Met => of_day.met += 1,
            ResponseResult::Missed => of_day.missed += 1,
            ResponseResult::Running => of_day.running += 1,
            ResponseResult::NoClock => {}
        }
    })?;
    Ok(results)
}

fn others_line(
    (day, user): (Date, Eui64),
    standing: ActivationStanding,
    images: u32,
    free: Option<&FreeResults>,
    names: &BTreeMap<Eui64, String>,
) -> KeyedLine {
    let number = |number: fn(&FreeResults) -> u64| {
        free.map_or(ReportCell::Absent, |free| ReportCell::Number(number(free)))
    };
    let no_clock = || ResponseResult::NoClock.to_string();
    let line = vec![
        ReportCell::text(user),
        ReportCell::optional(names.get(&user)),
        ReportCell::text(day),
        ReportCell::text(standing),
        ReportCell::Absent,
        ReportCell::Absent,
        ReportCell::Absent,
        ReportCell::Number(images.into()),
        number(|free| free.done),
        number(|free| free.failed),
        ReportCell::Absent,
        ReportCell::Absent,
        ReportCell::Absent,
        ReportCell::Text(free.map_or_else(no_clock, |free| free.text())),
    ];
    ((day, user, i64::MAX), line)
}

/// Each User's large images, by day, image and standing.
pub(super) fn use_of_days(
    connection: &mut Connection,
    month: LondonMonth,
    _: ReportBasis<'_>,
) -> Result<ReportTable, StoreFault> {
    let names = party_names(connection)?;
    let line = |used: store::UsedImages| {
        vec![
            ReportCell::text(used.user),
            ReportCell::optional(names.get(&used.user)),
            ReportCell::text(used.day),
            ReportCell::text(used.hash),
            ReportCell::Number(used.size.bytes().into()),
            ReportCell::Number(used.images),
            ReportCell::text(used.standing),
        ]
    };
    let rows = store::used_images(connection, days_of(month))?.into_iter().map(line).collect();
    Ok(ReportTable { columns: USE, rows })
}
