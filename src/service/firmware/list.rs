//! Schedules as they stand: one with its batches, and a list of them.

use std::collections::BTreeMap;

use super::ScheduleFault;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, Calendar, Date, DeliveryBatch, DeliverySchedule, Now, ScheduleNumber, Step, london_date,
    },
    rules::firmware::{
        BatchStanding, CapacityLedger, DisplacedBatch, FirmwareSettings, batch_standing, update_lasts,
    },
    service::App,
    store::{self, ActFilter, ListOrder, PageRequest, Paged, ScheduleFilter},
};

/// The acts that a schedule is shown with.
const SHOWN_ACTS: u16 = 1_000;

/// What schedules are looked at by.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScheduleBasis<'a> {
    pub(super) settings: &'a FirmwareSettings,
    pub(super) calendar: &'a Calendar,
    pub(super) now: Now,
}

/// A schedule with its batches and what happened to it.
#[derive(Clone, Debug)]
pub struct ShownSchedule {
    /// The schedule.
    pub schedule: DeliverySchedule,
    /// Its batches by day, and how each stands.
    pub batches: Vec<(DeliveryBatch, BatchStanding)>,
    /// The room that is left on the day of each batch.
    pub room: Vec<(Date, u64)>,
    /// The warnings: FW/h of an ask, FW/p.
    pub warnings: Vec<Step>,
    /// The batches of others that made room, where it was agreed so just now.
    pub displaced: Vec<DisplacedBatch>,
    /// What happened, oldest first.
    pub acts: Vec<Act>,
}

/// A schedule in a list.
#[derive(Clone, Debug)]
pub struct ListedSchedule {
    /// The schedule.
    pub schedule: DeliverySchedule,
    /// How many batches it has.
    pub batches: usize,
    /// Its first and its last day.
    pub days: Option<(Date, Date)>,
    /// How many images were sent, done and failed.
    pub progress: (u32, u32, u32),
}

/// The capacity from a day on, with what is agreed.
pub(super) fn ledger(
    connection: &mut Connection,
    settings: &FirmwareSettings,
    from: Date,
) -> Result<CapacityLedger, StoreFault> {
    let own = store::firmware_capacities(connection)?.into_iter().map(|own| (own.day, own.images));
    let agreed = store::agreed_images(connection, from)?;
    Ok(CapacityLedger::new(settings.capacity_per_day, own, agreed))
}

pub(super) fn load(
    connection: &mut Connection,
    number: ScheduleNumber,
    basis: ScheduleBasis<'_>,
) -> Result<Option<ShownSchedule>, StoreFault> {
    let ScheduleBasis { settings, calendar, now } = basis;
    let Some(schedule) = store::find_delivery_schedule(connection, number)? else { return Ok(None) };
    let batches = store::batches_of_schedules(connection, &[number])?;
    let first = batches.iter().map(|batch| batch.day).min().unwrap_or_else(|| london_date(now.0));
    let ledger = ledger(connection, settings, first)?;
    let warns = |batch: &DeliveryBatch| update_lasts(batch.day, batch.update_firmware_on, calendar, settings);
    let warnings = batches.iter().filter_map(warns).filter(|step| !step.holds).collect();
    let filter = ActFilter { area: Some(ActArea::Firmware), about: Some(number.to_string()) };
    let page = PageRequest::first(SHOWN_ACTS);
    let acts = store::acts_page(connection, &filter, ListOrder::OldestFirst, page)?;
    let stands = |batch: DeliveryBatch| {
        let standing = batch_standing(&batch, schedule.state, now, settings, calendar);
        (batch, standing)
    };
    Ok(Some(ShownSchedule {
        room: batches.iter().map(|batch| (batch.day, ledger.room(batch.day))).collect(),
        batches: batches.into_iter().map(stands).collect(),
        warnings,
        displaced: Vec::new(),
        acts: acts.rows.into_iter().map(|keyed| keyed.act).collect(),
        schedule,
    }))
}

/// A schedule as it stands at that time; none where there is none of that number.
///
/// # Errors
/// When the database fails.
pub fn show_schedule(
    connection: &mut Connection,
    number: ScheduleNumber,
    settings: &FirmwareSettings,
    calendar: &Calendar,
    now: Now,
) -> Result<Option<ShownSchedule>, StoreFault> {
    load(connection, number, ScheduleBasis { settings, calendar, now })
}

/// A page of the schedules that fit.
///
/// # Errors
/// When the database fails.
pub fn list_schedules(
    connection: &mut Connection,
    filter: ScheduleFilter,
    order: ListOrder,
    page: PageRequest,
) -> Result<Paged<ListedSchedule>, StoreFault> {
    let Paged { rows, next } = store::delivery_schedules_page(connection, filter, order, page)?;
    let numbers = rows.iter().map(|schedule| schedule.number).collect::<Vec<_>>();
    let mut batches = BTreeMap::<ScheduleNumber, Vec<DeliveryBatch>>::new();
    for batch in store::batches_of_schedules(connection, &numbers)? {
        batches.entry(batch.schedule).or_default().push(batch);
    }
    let listed = |schedule: DeliverySchedule| {
        let batches = batches.remove(&schedule.number).unwrap_or_default();
        let days = batches.iter().map(|batch| batch.day);
        let sum = |number: fn(&DeliveryBatch) -> u32| batches.iter().map(number).fold(0, u32::saturating_add);
        ListedSchedule {
            batches: batches.len(),
            days: days.clone().min().zip(days.max()),
            progress: (sum(|batch| batch.sent), sum(|batch| batch.done), sum(|batch| batch.failed)),
            schedule,
        }
    };
    Ok(Paged { rows: rows.into_iter().map(listed).collect(), next })
}

impl App {
    /// A page of the schedules that fit.
    ///
    /// # Errors
    /// When the store fails.
    pub fn firmware_schedules(
        &self,
        filter: ScheduleFilter,
        order: ListOrder,
        page: PageRequest,
    ) -> Result<Paged<ListedSchedule>, ScheduleFault> {
        self.store().read(|connection| Ok(list_schedules(connection, filter, order, page)?))
    }

    /// A schedule as it stands.
    ///
    /// # Errors
    /// When there is none of that number, or the store fails.
    pub fn firmware_schedule(&self, number: ScheduleNumber) -> Result<ShownSchedule, ScheduleFault> {
        let (calendar, now) = (self.calendar(), self.clock().now());
        let basis = ScheduleBasis { settings: &self.choices().rules.firmware, calendar: &calendar, now };
        let shown =
            self.store().read(|connection| Ok::<_, ScheduleFault>(load(connection, number, basis)?))?;
        shown.ok_or(ScheduleFault::NoSchedule(number))
    }
}
