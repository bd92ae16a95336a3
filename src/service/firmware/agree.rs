//! What the Service Desk does with a schedule: it agrees or withdraws it (FW/i to FW/l, FW/q).

use super::{
    ScheduleFault, ShownSchedule,
    list::{self, ScheduleBasis},
    notices,
};
use crate::{
    db::Connection,
    domain::{
        Act, ActArea, ActCheck, ActReason, ActorName, BatchNumber, ClashSettlement, DeliverySchedule,
        ScheduleNumber, ScheduleState, london_date,
    },
    rules::firmware::{DisplacedBatch, OtherBatch, Placement, Settlement, place},
    service::App,
    store,
};

/// How a schedule is to be agreed.
#[derive(Clone, Debug)]
pub struct AgreeSchedule {
    /// Who does it.
    pub by: ActorName,
    /// Why.
    pub reason: ActReason,
    /// How a clash is settled, if it may be.
    pub clash: Option<ClashChoice>,
}

/// How the Service Desk settles a clash (FW/k).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClashChoice {
    /// Clashing batches go to a later day.
    Move,
    /// These batches of others make room.
    Displace(Vec<BatchNumber>),
}

impl ClashChoice {
    /// Takes the two fields of a form.
    ///
    /// # Errors
    /// Why batches are named in vain: what is named and not moved would stay where it is without a word.
    pub fn new(
        clash: Option<ClashSettlement>,
        displace: Vec<BatchNumber>,
    ) -> Result<Option<Self>, &'static str> {
        match clash {
            Some(ClashSettlement::Displace) => Ok(Some(Self::Displace(displace))),
            _ if !displace.is_empty() => Err("batches are named, and the clash is not settled by `displace`"),
            Some(ClashSettlement::Move) => Ok(Some(Self::Move)),
            None => Ok(None),
        }
    }
}

/// The schedule.
pub(super) fn state_of(
    connection: &mut Connection,
    number: ScheduleNumber,
) -> Result<DeliverySchedule, ScheduleFault> {
    store::find_delivery_schedule(connection, number)?.ok_or(ScheduleFault::NoSchedule(number))
}

/// Agrees a schedule with its act and its notices; returns the batches that made room.
pub(super) fn agree(
    connection: &mut Connection,
    schedule: &DeliverySchedule,
    (by, reason): (ActorName, Option<ActReason>),
    settlement: &Settlement,
    basis: ScheduleBasis<'_>,
) -> Result<Vec<DisplacedBatch>, ScheduleFault> {
    let (number, now) = (schedule.number, basis.now);
    let today = london_date(now.0);
    let batches = store::batches_of_schedules(connection, &[number])?;
    let first = batches.iter().map(|batch| batch.day).min().unwrap_or(today).min(today);
    let ledger = list::ledger(connection, basis.settings, first)?;
    let placement = place(&batches, ledger, settlement, today).map_err(ScheduleFault::Refused)?;
    let Placement { checks, placed, displaced } = placement;
    store::agree_schedule(connection, number, &placed)?;
    for one in &displaced {
        store::displace_batch(connection, one, &format!("displaced from {} by schedule {number}", one.from))?;
        let words = reason.as_ref().map_or("", ActReason::as_str);
        notices::altered(connection, one, (schedule, words), now)?;
        record_displaced(connection, schedule, one, (&by, reason.as_ref()), basis)?;
    }
    let security = schedule.security.then(|| "security".to_owned());
    let act = Act {
        from: Some(schedule.state.to_string()),
        to: Some(ScheduleState::Agreed.to_string()),
        reason,
        detail: security,
        checks: checks.iter().map(ActCheck::from).collect(),
        ..Act::new(ActArea::Firmware, number, "agreed", by, now.0)
    };
    store::record_act(connection, &act)?;
    let batches = store::batches_of_schedules(connection, &[number])?;
    notices::agreed(connection, schedule, &batches, now)?;
    Ok(displaced)
}

/// The act of a schedule whose batch made room.
fn record_displaced(
    connection: &mut Connection,
    by_schedule: &DeliverySchedule,
    displaced: &DisplacedBatch,
    (by, reason): (&ActorName, Option<&ActReason>),
    basis: ScheduleBasis<'_>,
) -> Result<(), ScheduleFault> {
    let act = Act {
        from: Some(displaced.from.to_string()),
        to: Some(displaced.to.to_string()),
        reason: reason.cloned(),
        detail: Some(format!("batch {} makes room for schedule {}", displaced.batch, by_schedule.number)),
        ..Act::new(ActArea::Firmware, displaced.schedule, "altered", by.clone(), basis.now.0)
    };
    Ok(store::record_act(connection, &act).map(drop)?)
}

impl App {
    /// Agrees a schedule that was asked for.
    ///
    /// # Errors
    /// When there is no such schedule, its state does not allow it, a rule refuses, or the store fails.
    pub fn agree_firmware_schedule(
        &self,
        number: ScheduleNumber,
        how: AgreeSchedule,
    ) -> Result<ShownSchedule, ScheduleFault> {
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let basis = ScheduleBasis { settings: &app.choices().rules.firmware, calendar: &calendar, now };
            let schedule = state_of(connection, number)?;
            if schedule.state != ScheduleState::Open {
                return Err(ScheduleFault::NotAllowed { number, state: schedule.state });
            }
            let settlement = settlement(connection, &how)?;
            let by = (how.by.clone(), Some(how.reason.clone()));
            let displaced = agree(connection, &schedule, by, &settlement, basis)?;
            let shown = list::load(connection, number, basis)?.ok_or(ScheduleFault::NoSchedule(number))?;
            Ok(ShownSchedule { displaced, ..shown })
        })
    }

    /// Withdraws a schedule and its batches of which nothing was sent.
    ///
    /// # Errors
    /// When there is no such schedule, it is withdrawn already, or the store fails.
    pub fn withdraw_firmware_schedule(
        &self,
        number: ScheduleNumber,
        by: ActorName,
        reason: ActReason,
    ) -> Result<ShownSchedule, ScheduleFault> {
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let basis = ScheduleBasis { settings: &app.choices().rules.firmware, calendar: &calendar, now };
            let schedule = state_of(connection, number)?;
            if schedule.state == ScheduleState::Withdrawn {
                return Err(ScheduleFault::NotAllowed { number, state: schedule.state });
            }
            let freed = store::withdraw_schedule(connection, number, london_date(now.0))?;
            let act = Act {
                from: Some(schedule.state.to_string()),
                to: Some(ScheduleState::Withdrawn.to_string()),
                reason: Some(reason.clone()),
                detail: Some(format!("batches freed: {freed}")),
                ..Act::new(ActArea::Firmware, number, "withdrawn", by.clone(), now.0)
            };
            store::record_act(connection, &act)?;
            notices::withdrawn(connection, &schedule, (freed, reason.as_str()), now)?;
            list::load(connection, number, basis)?.ok_or(ScheduleFault::NoSchedule(number))
        })
    }
}

fn settlement(connection: &mut Connection, how: &AgreeSchedule) -> Result<Settlement, ScheduleFault> {
    match &how.clash {
        None => Ok(Settlement::AsAsked),
        Some(ClashChoice::Move) => Ok(Settlement::Move),
        Some(ClashChoice::Displace(named)) => {
            let mut others = Vec::new();
            for number in named {
                others.push(OtherBatch {
                    number: *number,
                    found: store::find_agreed_batch(connection, *number)?,
                });
            }
            Ok(Settlement::Displace(others))
        }
    }
}
