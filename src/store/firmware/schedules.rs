//! Delivery schedules and their batches: named queries, and what the Service Desk changes.

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::tables::{
    DeliveryBatchRow, DeliveryScheduleRow, firmware_batches, firmware_days, firmware_schedules, images,
};
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{
        AskedBatch, BatchNumber, BatchState, Date, DeliveryBatch, DeliverySchedule, Eui64, ScheduleNumber,
        ScheduleState,
    },
    rules::firmware::{DisplacedBatch, FoundBatch, PlacedBatch},
    store::{
        device::BATCH,
        last_id::last_id,
        page::{ListOrder, PageRequest, Paged},
        stored::Table,
    },
};

const SCHEDULES: Table = Table("firmware_schedules");
const BATCHES: Table = Table("firmware_batches");
const DAYS: Table = Table("firmware_days");

/// Which schedules are listed: those that fit all that is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScheduleFilter {
    /// In this state.
    pub state: Option<ScheduleState>,
    /// Of this User.
    pub user: Option<Eui64>,
}

#[derive(Insertable)]
#[diesel(table_name = firmware_batches, treat_none_as_default_value = false)]
struct NewBatchRow {
    schedule_id: i64,
    asked_day: String,
    day: String,
    images: i64,
    update_firmware_on: Option<String>,
    state: &'static str,
    sent: i64,
    done: i64,
    failed: i64,
}

impl NewBatchRow {
    fn new(schedule: ScheduleNumber, batch: &AskedBatch) -> Self {
        let AskedBatch { day, images, update_firmware_on } = batch;
        Self {
            schedule_id: schedule.0,
            asked_day: day.to_string(),
            day: day.to_string(),
            images: i64::from(*images),
            update_firmware_on: update_firmware_on.map(|day| day.to_string()),
            state: BatchState::Planned.as_str(),
            sent: 0,
            done: 0,
            failed: 0,
        }
    }
}

/// Keeps a schedule that was asked for, with its batches; returns its number.
///
/// # Errors
/// When the database fails.
pub fn insert(
    connection: &mut Connection,
    schedule: &DeliverySchedule,
    batches: &[AskedBatch],
) -> Result<ScheduleNumber, StoreFault> {
    diesel::insert_into(firmware_schedules::table)
        .values(DeliveryScheduleRow::from(schedule))
        .execute(connection)?;
    let number = ScheduleNumber(last_id(connection)?);
    let mut batches = batches.to_vec();
    batches.sort_by_key(|batch| batch.day);
    for some in batches.chunks(BATCH) {
        let rows = some.iter().map(|batch| NewBatchRow::new(number, batch)).collect::<Vec<_>>();
        insert_rows!(connection, firmware_batches::table, rows)?;
    }
    Ok(number)
}

/// Finds a schedule by its number.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn find(
    connection: &mut Connection,
    number: ScheduleNumber,
) -> Result<Option<DeliverySchedule>, StoreFault> {
    let row = firmware_schedules::table.find(number.0).select(DeliveryScheduleRow::as_select());
    row.first(connection).optional()?.map(|row: DeliveryScheduleRow| row.with(number.0)).transpose()
}

/// Loads a page of the schedules that fit.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn page(
    connection: &mut Connection,
    filter: ScheduleFilter,
    order: ListOrder,
    page: PageRequest,
) -> Result<Paged<DeliverySchedule>, StoreFault> {
    let mut query = firmware_schedules::table
        .select((firmware_schedules::id, DeliveryScheduleRow::as_select()))
        .limit(page.one_more())
        .into_boxed::<<Connection as diesel::Connection>::Backend>();
    query = match order {
        ListOrder::OldestFirst => {
            query.filter(firmware_schedules::id.gt(page.after())).order(firmware_schedules::id.asc())
        }
        ListOrder::NewestFirst => {
            query.filter(firmware_schedules::id.lt(page.before())).order(firmware_schedules::id.desc())
        }
    };
    if let Some(state) = filter.state {
        query = query.filter(firmware_schedules::state.eq(state.as_str()));
    }
    if let Some(user) = filter.user {
        query = query.filter(firmware_schedules::user_id.eq(user.to_string()));
    }
    let rows = query.load::<(i64, DeliveryScheduleRow)>(connection)?;
    let keyed = |(id, row): (i64, DeliveryScheduleRow)| Ok((id, row.with(id)?));
    Ok(Paged::new(rows.into_iter().map(keyed).collect::<Result<_, StoreFault>>()?, page))
}

/// Loads the batches of these schedules, by schedule and day.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn batches_of(
    connection: &mut Connection,
    schedules: &[ScheduleNumber],
) -> Result<Vec<DeliveryBatch>, StoreFault> {
    let ids = schedules.iter().map(|number| number.0).collect::<Vec<_>>();
    let rows = firmware_batches::table.filter(firmware_batches::schedule_id.eq_any(ids));
    let rows = rows.order((firmware_batches::schedule_id, firmware_batches::day, firmware_batches::id));
    let rows = rows.select(DeliveryBatchRow::as_select()).load(connection)?;
    rows.into_iter().map(DeliveryBatch::try_from).collect()
}

/// Loads the batches that are agreed for the days from one to another, with their schedules, by day and number.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn agreed_between(
    connection: &mut Connection,
    (from, to): (Date, Date),
) -> Result<Vec<(DeliverySchedule, DeliveryBatch)>, StoreFault> {
    let joined = firmware_schedules::id.eq(firmware_batches::schedule_id);
    let rows = firmware_batches::table.inner_join(firmware_schedules::table.on(joined));
    let rows = rows.filter(firmware_batches::day.between(from.to_string(), to.to_string()));
    let rows = rows.filter(firmware_batches::state.eq(BatchState::Planned.as_str()));
    let rows = rows.filter(firmware_batches::placed_because.is_not_null());
    let rows = rows.order((firmware_batches::day, firmware_batches::id));
    let columns = (firmware_schedules::id, DeliveryScheduleRow::as_select(), DeliveryBatchRow::as_select());
    let rows = rows.select(columns).load::<(i64, DeliveryScheduleRow, DeliveryBatchRow)>(connection)?;
    rows.into_iter().map(|(id, schedule, batch)| Ok((schedule.with(id)?, batch.try_into()?))).collect()
}

/// Loads how many images are agreed for each day from one on.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn agreed_from(connection: &mut Connection, from: Date) -> Result<Vec<(Date, u64)>, StoreFault> {
    let rows = firmware_batches::table.filter(firmware_batches::day.ge(from.to_string()));
    let rows = rows.filter(firmware_batches::state.eq(BatchState::Planned.as_str()));
    let rows = rows.filter(firmware_batches::placed_because.is_not_null());
    let sum = sql::<BigInt>("CAST(SUM(images) AS BIGINT)");
    let rows = rows.group_by(firmware_batches::day).select((firmware_batches::day, sum));
    let rows = rows.load::<(String, i64)>(connection)?;
    rows.into_iter().map(|(day, images)| Ok((BATCHES.day("day", &day)?, images.unsigned_abs()))).collect()
}

/// Finds a batch of an agreed schedule, with its User and the days of its schedule.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn find_agreed_batch(
    connection: &mut Connection,
    number: BatchNumber,
) -> Result<Option<FoundBatch>, StoreFault> {
    let row = firmware_batches::table.find(number.0).select(DeliveryBatchRow::as_select());
    let Some(row) = row.first::<DeliveryBatchRow>(connection).optional()? else { return Ok(None) };
    let batch = DeliveryBatch::try_from(row)?;
    let Some(schedule) = find(connection, batch.schedule)? else { return Ok(None) };
    if schedule.state != ScheduleState::Agreed {
        return Ok(None);
    }
    let days = batches_of(connection, &[batch.schedule])?.into_iter();
    let days = days.filter(|other| other.state == BatchState::Planned).map(|other| other.day).collect();
    Ok(Some(FoundBatch { user: schedule.user, days, batch }))
}

fn set_state(
    connection: &mut Connection,
    schedule: ScheduleNumber,
    state: ScheduleState,
) -> Result<(), StoreFault> {
    let row = diesel::update(firmware_schedules::table.find(schedule.0));
    row.set(firmware_schedules::state.eq(state.as_str())).execute(connection)?;
    Ok(())
}

fn place(
    connection: &mut Connection,
    batch: BatchNumber,
    day: Date,
    because: &str,
) -> Result<(), StoreFault> {
    let placed =
        (firmware_batches::day.eq(day.to_string()), firmware_batches::placed_because.eq(Some(because)));
    diesel::update(firmware_batches::table.find(batch.0)).set(placed).execute(connection)?;
    Ok(())
}

/// Agrees a schedule, with its batches where they were placed.
///
/// # Errors
/// When the database fails.
pub fn agree(
    connection: &mut Connection,
    schedule: ScheduleNumber,
    placed: &[PlacedBatch],
) -> Result<(), StoreFault> {
    set_state(connection, schedule, ScheduleState::Agreed)?;
    placed.iter().try_for_each(|one| place(connection, one.batch, one.day, &one.because))
}

/// Puts a batch on another day.
///
/// # Errors
/// When the database fails.
pub fn displace(
    connection: &mut Connection,
    displaced: &DisplacedBatch,
    because: &str,
) -> Result<(), StoreFault> {
    place(connection, displaced.batch, displaced.to, because)
}

/// Withdraws a schedule and the batches of it of today or later of which nothing was sent; returns how many these are. A batch whose
/// day is over has lapsed, and stays so in reports.
///
/// # Errors
/// When the database fails.
pub fn withdraw(
    connection: &mut Connection,
    schedule: ScheduleNumber,
    today: Date,
) -> Result<usize, StoreFault> {
    set_state(connection, schedule, ScheduleState::Withdrawn)?;
    let unsent = firmware_batches::table.filter(firmware_batches::schedule_id.eq(schedule.0));
    let unsent = unsent.filter(firmware_batches::sent.eq(0));
    let unsent = unsent.filter(firmware_batches::day.ge(today.to_string()));
    let withdrawn = firmware_batches::state.eq(BatchState::Withdrawn.as_str());
    Ok(diesel::update(unsent).set(withdrawn).execute(connection)?)
}

/// What was counted of a User's London day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedDay {
    /// The London day.
    pub day: Date,
    /// The User.
    pub user: Eui64,
    /// The large activations of it.
    pub images: u32,
    /// Whether they were over the limit.
    pub is_exceeded: bool,
}

/// Loads what was counted of the days from one to another, by day and User.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn counted_between(
    connection: &mut Connection,
    (from, to): (Date, Date),
) -> Result<Vec<CountedDay>, StoreFault> {
    let rows = firmware_days::table.filter(firmware_days::day.between(from.to_string(), to.to_string()));
    let rows = rows.order((firmware_days::day, firmware_days::user_id));
    let rows = rows.load::<(String, String, i64, bool)>(connection)?;
    let counted = |(user, day, number, is_exceeded): (String, String, i64, bool)| {
        Ok(CountedDay {
            day: DAYS.day("day", &day)?,
            user: SCHEDULES.value("user_id", &user)?,
            images: images(DAYS, "images", number)?,
            is_exceeded,
        })
    };
    rows.into_iter().map(counted).collect()
}
