//! Schedules as they stand: one with its batches, and a list of them.

use super::ScheduleFault;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, BatchProgress, Calendar, Date, DeliveryBatch, DeliverySchedule, Now, ScheduleNumber,
        Step, london_date,
    },
    rules::firmware::{
        BatchStanding, CapacityLedger, DisplacedBatch, FirmwareSettings, batch_standing, update_lasts,
    },
    service::App,
    store::{self, ActFilter, BatchTotals, ListOrder, PageRequest, Paged, ScheduleFilter},
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
    pub batches: u64,
    /// Its first and its last day.
    pub days: Option<(Date, Date)>,
    /// How many images were sent, done and failed.
    pub progress: (u64, u64, u64),
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
    let filter = ActFilter { area: Some(ActArea::Firmware), about: Some(number.to_string()) };
    let page = PageRequest::first(SHOWN_ACTS);
    let acts = store::acts_page(connection, &filter, ListOrder::OldestFirst, page)?;
    let stands = |batch: DeliveryBatch| {
        let standing = batch_standing(&batch, schedule.state, now, settings, calendar);
        (batch, standing)
    };
    let batches = batches.into_iter().map(stands).collect::<Vec<_>>();
    let warns = |(batch, _): &(DeliveryBatch, _)| {
        update_lasts(batch.day, batch.update_firmware_on, calendar, settings)
    };
    let may_late = batches.iter().filter(|(_, standing)| is_ahead(standing.progress));
    let warnings = may_late.filter_map(warns).filter(|step| !step.holds).collect();
    Ok(Some(ShownSchedule {
        room: batches.iter().map(|(batch, _)| (batch.day, ledger.room(batch.day))).collect(),
        batches,
        warnings,
        displaced: Vec::new(),
        acts: acts.rows.into_iter().map(|keyed| keyed.act).collect(),
        schedule,
    }))
}

/// Whether something of a batch may still be sent or awaited: FW/p warns of no other.
const fn is_ahead(progress: BatchProgress) -> bool {
    match progress {
        BatchProgress::Open | BatchProgress::Planned | BatchProgress::Sending => true,
        BatchProgress::Done | BatchProgress::Lapsed | BatchProgress::Withdrawn => false,
    }
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
    let totals = store::batch_totals_of(connection, &numbers)?;
    let listed = |schedule: DeliverySchedule| {
        let BatchTotals { batches, days, sent, done, failed } =
            totals.get(&schedule.number).copied().unwrap_or_default();
        ListedSchedule { batches, days, progress: (sent, done, failed), schedule }
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
