//! The tables of delivery schedules, and the rows of schedules and batches.

use diesel::prelude::*;

use super::images::size;
use crate::{
    db::StoreFault,
    domain::{
        BatchNumber, BatchState, DeliveryBatch, DeliverySchedule, ScheduleNumber, ScheduleState, instant_text,
    },
    store::{
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    firmware_capacity (day) {
        day -> Text,
        images -> BigInt,
        reason -> Nullable<Text>,
    }
}

stored_table! {
    firmware_schedules (id) {
        id -> BigInt,
        user_id -> Text,
        firmware_hash -> Text,
        size_bytes -> BigInt,
        images -> BigInt,
        security -> Bool,
        reason -> Nullable<Text>,
        state -> Text,
        asked_at -> Text,
    }
}

stored_table! {
    firmware_batches (id) {
        id -> BigInt,
        schedule_id -> BigInt,
        asked_day -> Text,
        day -> Text,
        images -> BigInt,
        update_firmware_on -> Nullable<Text>,
        placed_because -> Nullable<Text>,
        state -> Text,
        sent -> BigInt,
        sent_at -> Nullable<Text>,
        done -> BigInt,
        failed -> BigInt,
        outcome_at -> Nullable<Text>,
    }
}

stored_table! {
    firmware_days (user_id, day) {
        user_id -> Text,
        day -> Text,
        images -> BigInt,
        exceeded -> Bool,
    }
}

diesel::allow_tables_to_appear_in_same_query!(firmware_schedules, firmware_batches);

const SCHEDULES: Table = Table("firmware_schedules");
const BATCHES: Table = Table("firmware_batches");

/// A number of images as a column has it.
pub(super) fn images(table: Table, column: &'static str, number: i64) -> Result<u32, StoreFault> {
    u32::try_from(number).map_err(|_| table.corrupt(column, &"a value is not a number of images"))
}

/// A schedule without its number.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = firmware_schedules, treat_none_as_default_value = false)]
pub(super) struct DeliveryScheduleRow {
    user_id: String,
    firmware_hash: String,
    size_bytes: i64,
    images: i64,
    security: bool,
    reason: Option<String>,
    state: String,
    asked_at: String,
}

impl From<&DeliverySchedule> for DeliveryScheduleRow {
    fn from(schedule: &DeliverySchedule) -> Self {
        let DeliverySchedule { number: _, user, hash, size, images, security, reason, state, asked_at } =
            schedule;
        Self {
            user_id: user.to_string(),
            firmware_hash: hash.to_string(),
            size_bytes: i64::from(size.bytes()),
            images: i64::from(*images),
            security: *security,
            reason: text(reason.as_ref()),
            state: state.to_string(),
            asked_at: instant_text(*asked_at),
        }
    }
}

impl DeliveryScheduleRow {
    pub(super) fn with(self, number: i64) -> Result<DeliverySchedule, StoreFault> {
        Ok(DeliverySchedule {
            number: ScheduleNumber(number),
            user: SCHEDULES.value("user_id", &self.user_id)?,
            hash: SCHEDULES.value("firmware_hash", &self.firmware_hash)?,
            size: size(SCHEDULES, self.size_bytes)?,
            images: images(SCHEDULES, "images", self.images)?,
            security: self.security,
            reason: SCHEDULES.optional("reason", self.reason.as_deref())?,
            state: SCHEDULES.value::<ScheduleState>("state", &self.state)?,
            asked_at: SCHEDULES.instant("asked_at", &self.asked_at)?,
        })
    }
}

/// A batch with its number.
#[derive(Queryable, Selectable)]
#[diesel(table_name = firmware_batches)]
pub(super) struct DeliveryBatchRow {
    id: i64,
    schedule_id: i64,
    asked_day: String,
    day: String,
    images: i64,
    update_firmware_on: Option<String>,
    placed_because: Option<String>,
    state: String,
    sent: i64,
    sent_at: Option<String>,
    done: i64,
    failed: i64,
    outcome_at: Option<String>,
}

impl TryFrom<DeliveryBatchRow> for DeliveryBatch {
    type Error = StoreFault;

    fn try_from(row: DeliveryBatchRow) -> Result<Self, StoreFault> {
        let instant =
            |column, text: Option<String>| text.map(|text| BATCHES.instant(column, &text)).transpose();
        Ok(Self {
            number: BatchNumber(row.id),
            schedule: ScheduleNumber(row.schedule_id),
            asked_day: BATCHES.day("asked_day", &row.asked_day)?,
            day: BATCHES.day("day", &row.day)?,
            images: images(BATCHES, "images", row.images)?,
            update_firmware_on: BATCHES.date("update_firmware_on", row.update_firmware_on.as_deref())?,
            placed_because: row.placed_because,
            state: BATCHES.value::<BatchState>("state", &row.state)?,
            sent: images(BATCHES, "sent", row.sent)?,
            sent_at: instant("sent_at", row.sent_at)?,
            done: images(BATCHES, "done", row.done)?,
            failed: images(BATCHES, "failed", row.failed)?,
            outcome_at: instant("outcome_at", row.outcome_at)?,
        })
    }
}
