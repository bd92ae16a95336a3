//! The count of large activations: one row for each User and London day, and the places taken in agreed batches (FW/e).
//!
//! Nothing is counted anew: each activation adds to its day and to its batch. Those of a batch of requests are added together, by two
//! statements. A decision sees the count that it adds to: on a file there is one writer, and on a server the User is locked.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::tables::{firmware_batches, firmware_days, firmware_schedules, images};
use crate::{
    db::{
        Connection, PgConnection, StoreFault, on_either,
        prepared::{self, BindColumn, BindValue, Statement},
    },
    domain::{
        ActivationOutcome, AwaitedActivation, BatchNumber, BatchState, CountedActivation, Date, DayBatch,
        Eui64, FirmwareDay, RequestId, Timestamp, instant_text,
    },
    store::stored::Table,
};

const DAYS: Table = Table("firmware_days");
const BATCHES: Table = Table("firmware_batches");

/// A User's London day.
pub(in crate::store) type DayKey = (Eui64, Date);

/// Loads these days: what was counted, and the agreed batches.
pub(in crate::store) fn days_of(
    connection: &mut Connection,
    keys: &BTreeSet<DayKey>,
) -> Result<BTreeMap<DayKey, FirmwareDay>, StoreFault> {
    let users = keys.iter().map(|(user, _)| user.to_string()).collect::<BTreeSet<_>>();
    let days = keys.iter().map(|(_, day)| day.to_string()).collect::<BTreeSet<_>>();
    let mut found = keys.iter().map(|key| (*key, FirmwareDay::default())).collect::<BTreeMap<_, _>>();
    let counted = on_either!(connection, |inner| {
        let rows = firmware_days::table.filter(firmware_days::user_id.eq_any(users.clone()));
        let rows = rows.filter(firmware_days::day.eq_any(days.clone()));
        rows.load::<(String, String, i64, bool)>(inner)
    })?;
    for (user, day, number, is_exceeded) in counted {
        if let Some(found) = found.get_mut(&(DAYS.value("user_id", &user)?, DAYS.day("day", &day)?)) {
            (found.images, found.is_exceeded) = (images(DAYS, "images", number)?, is_exceeded);
        }
    }
    let batches = on_either!(connection, |inner| {
        let joined = firmware_schedules::id.eq(firmware_batches::schedule_id);
        let rows = firmware_batches::table.inner_join(firmware_schedules::table.on(joined));
        let rows = rows.filter(firmware_schedules::user_id.eq_any(users));
        let rows = rows.filter(firmware_batches::day.eq_any(days));
        let rows = rows.filter(firmware_batches::state.eq(BatchState::Planned.as_str()));
        let rows = rows.filter(firmware_batches::placed_because.is_not_null());
        let columns = (
            firmware_schedules::user_id,
            firmware_batches::day,
            firmware_batches::id,
            firmware_schedules::firmware_hash,
            firmware_batches::images,
            firmware_batches::sent,
        );
        rows.order(firmware_batches::id)
            .select(columns)
            .load::<(String, String, i64, String, i64, i64)>(inner)
    })?;
    for (user, day, number, hash, agreed, sent) in batches {
        let key = (DAYS.value("user_id", &user)?, BATCHES.day("day", &day)?);
        if let Some(found) = found.get_mut(&key) {
            found.batches.push(DayBatch {
                number: BatchNumber(number),
                hash: BATCHES.value("firmware_hash", &hash)?,
                images: images(BATCHES, "images", agreed)?,
                sent: images(BATCHES, "sent", sent)?,
            });
        }
    }
    Ok(found)
}

struct CountActivation;

impl Statement for CountActivation {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO firmware_days (user_id, day, images, exceeded) VALUES (",
        ", ",
        ", 1, ",
        " = 1) ON CONFLICT (user_id, day) DO UPDATE SET images = firmware_days.images + 1, \
        exceeded = firmware_days.exceeded OR excluded.exceeded",
    ];
}

struct TakePlace;

impl Statement for TakePlace {
    const TEXT: &'static [&'static str] =
        &["UPDATE firmware_batches SET sent = sent + 1, sent_at = COALESCE(sent_at, ", ") WHERE id = ", ""];
}

/// Counts an activation that was received then.
pub(super) fn add(
    connection: &mut Connection,
    counted: &CountedActivation,
    received_at: Timestamp,
) -> Result<(), StoreFault> {
    let (user, day) = (counted.user.to_string(), counted.day.to_string());
    let exceeded = BindValue::Number(counted.is_exceeded.into());
    prepared::run::<CountActivation>(connection, &[BindValue::Text(&user), BindValue::Text(&day), exceeded])?;
    if let Some(BatchNumber(number)) = counted.batch {
        let at = instant_text(received_at);
        prepared::run::<TakePlace>(connection, &[BindValue::Text(&at), BindValue::Number(number)])?;
    }
    Ok(())
}

struct CountActivations;

impl Statement for CountActivations {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO firmware_days (user_id, day, images, exceeded) SELECT * FROM unnest(",
        ", ",
        ", ",
        ", ",
        ") ON CONFLICT (user_id, day) DO UPDATE SET images = firmware_days.images + excluded.images, \
        exceeded = firmware_days.exceeded OR excluded.exceeded",
    ];
}

struct TakePlaces;

impl Statement for TakePlaces {
    const TEXT: &'static [&'static str] = &[
        "UPDATE firmware_batches SET sent = firmware_batches.sent + added.sent, \
        sent_at = COALESCE(firmware_batches.sent_at, added.sent_at) FROM unnest(",
        ", ",
        ", ",
        ") AS added (id, sent, sent_at) WHERE firmware_batches.id = added.id",
    ];
}

/// Counts activations on a server, by a statement for the days and one for the batches.
pub(super) fn add_all(
    connection: &mut PgConnection,
    new: &[(AwaitedActivation, Option<CountedActivation>)],
) -> Result<(), StoreFault> {
    let mut days = BTreeMap::<DayKey, (i64, bool)>::new();
    let mut batches = BTreeMap::<BatchNumber, (i64, Timestamp)>::new();
    for (awaited, counted) in new {
        let Some(counted) = counted else { continue };
        let (number, is_exceeded) = days.entry((counted.user, counted.day)).or_default();
        *number += 1;
        *is_exceeded |= counted.is_exceeded;
        if let Some(batch) = counted.batch {
            let (sent, first) = batches.entry(batch).or_insert((0, awaited.received_at));
            *sent += 1;
            *first = awaited.received_at.min(*first);
        }
    }
    if !days.is_empty() {
        let rows = days.into_iter().map(|((user, day), count)| (user.to_string(), day.to_string(), count));
        let rows = rows.collect::<Vec<_>>();
        let columns = [
            BindColumn::texts(&rows, |(user, ..)| Some(user)),
            BindColumn::texts(&rows, |(_, day, _)| Some(day)),
            BindColumn::numbers(&rows, |(_, _, (number, _))| Some(*number)),
            BindColumn::flags(&rows, |(_, _, (_, is_exceeded))| Some(*is_exceeded)),
        ];
        prepared::run_with_rows::<CountActivations>(connection, &columns)?;
    }
    if !batches.is_empty() {
        let rows = batches.into_iter().map(|(batch, (sent, first))| (batch.0, sent, instant_text(first)));
        let rows = rows.collect::<Vec<_>>();
        let columns = [
            BindColumn::numbers(&rows, |(id, ..)| Some(*id)),
            BindColumn::numbers(&rows, |(_, sent, _)| Some(*sent)),
            BindColumn::texts(&rows, |(.., first)| Some(first)),
        ];
        prepared::run_with_rows::<TakePlaces>(connection, &columns)?;
    }
    Ok(())
}

struct SettleOfBatch;

impl Statement for SettleOfBatch {
    const TEXT: &'static [&'static str] = &[
        "UPDATE firmware_batches SET done = done + ",
        ", failed = failed + ",
        ", outcome_at = ",
        " WHERE id = (SELECT batch_id FROM firmware_activations WHERE request_id = ",
        ")",
    ];
}

/// Counts an outcome in the batch of its activation, if that has one.
pub(super) fn settle(
    connection: &mut Connection,
    request: &RequestId,
    outcome: ActivationOutcome,
    at: Timestamp,
) -> Result<(), StoreFault> {
    let (done, failed) = match outcome {
        ActivationOutcome::Activated => (1, 0),
        ActivationOutcome::Failed => (0, 1),
    };
    let (at, request) = (instant_text(at), request.to_string());
    let values =
        [BindValue::Number(done), BindValue::Number(failed), BindValue::Text(&at), BindValue::Text(&request)];
    prepared::run::<SettleOfBatch>(connection, &values)?;
    Ok(())
}

/// A User's London day: what was counted of it, and its agreed batches.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn day_of(connection: &mut Connection, user: Eui64, day: Date) -> Result<FirmwareDay, StoreFault> {
    let key = (user, day);
    Ok(days_of(connection, &[key].into())?.remove(&key).unwrap_or_default())
}

/// These London days of a User, those where something was counted or agreed.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn days_of_user(
    connection: &mut Connection,
    user: Eui64,
    days: &BTreeSet<Date>,
) -> Result<BTreeMap<Date, FirmwareDay>, StoreFault> {
    let found = days_of(connection, &days.iter().map(|day| (user, *day)).collect())?;
    let used = found.into_iter().filter(|(_, day)| *day != FirmwareDay::default());
    Ok(used.map(|((_, day), found)| (day, found)).collect())
}
