//! London days: capacity, what is agreed, and what was sent (SERVICE.md 5.2).

use std::collections::BTreeMap;

use jiff::ToSpan as _;

use super::ScheduleFault;
use crate::{
    db::{Connection, StoreFault},
    domain::{ActReason, BatchNumber, Date, DeliveryBatch, Eui64, ScheduleNumber},
    rules::firmware::{CapacityLedger, FirmwareSettings, limit_of},
    service::App,
    store,
};

/// Some London days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirmwareDays {
    /// The days, in order.
    pub days: Vec<FirmwareDayUse>,
}

/// A London day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirmwareDayUse {
    /// The day.
    pub day: Date,
    /// Its capacity.
    pub capacity: u32,
    /// Why it is not the default.
    pub reason: Option<ActReason>,
    /// The images agreed for it.
    pub agreed: u64,
    /// How many more it takes.
    pub room: u64,
    /// How many too many are agreed (FW/q).
    pub over: u64,
    /// The Users that have agreed or sent something for it, by ID.
    pub users: Vec<UserDayUse>,
}

/// A User's part of a London day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDayUse {
    /// The User.
    pub user: Eui64,
    /// The images agreed for it.
    pub agreed: u32,
    /// The images it sent in agreed batches.
    pub batch: u32,
    /// Those that need none.
    pub free: u32,
    /// Those over its limit without agreement.
    pub unscheduled: u32,
    /// Its limit; none before MP230 is in force.
    pub limit: Option<u32>,
    /// Its agreed batches, which the Service Desk may displace for another schedule (FW/k).
    pub batches: Vec<AgreedBatch>,
}

/// A batch that is agreed for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgreedBatch {
    /// Its number.
    pub number: BatchNumber,
    /// Its schedule.
    pub schedule: ScheduleNumber,
    /// Its images.
    pub images: u32,
    /// Those of them that were sent.
    pub sent: u32,
}

impl FirmwareDayUse {
    /// The sum of a number over its Users.
    pub fn sum(&self, number: fn(&UserDayUse) -> u32) -> u64 {
        self.users.iter().map(|user| u64::from(number(user))).sum()
    }
}

/// What is agreed and sent, by day and User.
type Uses = BTreeMap<Date, BTreeMap<Eui64, DayUse>>;

/// What a User has agreed and sent for a day.
#[derive(Default)]
struct DayUse {
    batches: Vec<AgreedBatch>,
    /// All that was sent, within batches or not.
    sent: u32,
    is_exceeded: bool,
}

impl DayUse {
    fn sum(&self, number: fn(&AgreedBatch) -> u32) -> u32 {
        self.batches.iter().map(number).fold(0, u32::saturating_add)
    }

    fn agreed(&self) -> u32 {
        self.sum(|batch| batch.images)
    }
}

/// So many London days from one on.
///
/// # Errors
/// When the database fails.
pub fn firmware_days(
    connection: &mut Connection,
    settings: &FirmwareSettings,
    from: Date,
    number: u16,
) -> Result<FirmwareDays, StoreFault> {
    let days = from.series(1.day()).take(number.into()).collect::<Vec<_>>();
    let Some(last) = days.last().copied() else { return Ok(FirmwareDays { days: Vec::new() }) };
    let mut uses = Uses::new();
    for (schedule, batch) in store::agreed_batches(connection, (from, last))? {
        let of_user = uses.entry(batch.day).or_default().entry(schedule.user).or_default();
        let DeliveryBatch { number, images, sent, .. } = batch;
        of_user.batches.push(AgreedBatch { number, schedule: schedule.number, images, sent });
    }
    for counted in store::counted_firmware_days(connection, (from, last))? {
        let of_user = uses.entry(counted.day).or_default().entry(counted.user).or_default();
        (of_user.sent, of_user.is_exceeded) = (counted.images, counted.is_exceeded);
    }
    let capacities = store::firmware_capacities(connection)?;
    let own = capacities.iter().map(|own| (own.day, own.images));
    let agreed =
        uses.iter().map(|(day, users)| (*day, users.values().map(|of| u64::from(of.agreed())).sum()));
    let ledger = CapacityLedger::new(settings.capacity_per_day, own, agreed);
    let day_use = |day: Date| FirmwareDayUse {
        day,
        capacity: ledger.capacity(day),
        reason: capacities.iter().find(|own| own.day == day).and_then(|own| own.reason.clone()),
        agreed: ledger.agreed(day),
        room: ledger.room(day),
        over: ledger.over(day),
        users: uses.remove(&day).map(|users| users_of(day, users, settings)).unwrap_or_default(),
    };
    Ok(FirmwareDays { days: days.into_iter().map(day_use).collect() })
}

fn users_of(day: Date, users: BTreeMap<Eui64, DayUse>, settings: &FirmwareSettings) -> Vec<UserDayUse> {
    let user_use = |(user, of): (Eui64, DayUse)| {
        let (agreed, batch) = (of.agreed(), of.sum(|batch| batch.sent));
        let others = of.sent.saturating_sub(batch);
        let (free, unscheduled) = if of.is_exceeded { (0, others) } else { (others, 0) };
        let limit = limit_of(day, agreed, settings);
        UserDayUse { user, agreed, batch, free, unscheduled, limit, batches: of.batches }
    };
    users.into_iter().map(user_use).collect()
}

impl App {
    /// So many London days from one on, which is today by default.
    ///
    /// # Errors
    /// When the store fails.
    pub fn firmware_days(&self, from: Option<Date>, number: u16) -> Result<FirmwareDays, ScheduleFault> {
        let from = from.unwrap_or_else(|| self.london_today());
        let settings = &self.choices().rules.firmware;
        self.store().read(|connection| Ok(firmware_days(connection, settings, from, number)?))
    }
}
