//! The placing of batches when the Service Desk agrees a schedule (FW/i to FW/l; MP230-R12, R13).

use std::collections::BTreeSet;

use super::CapacityLedger;
use crate::{
    domain::{BatchNumber, BatchState, Date, DeliveryBatch, Eui64, ScheduleNumber, Step},
    rules::rulebook::firmware as rules,
};

/// A batch of another schedule that is to make room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherBatch {
    /// Its number, as it was named.
    pub number: BatchNumber,
    /// The batch with its User, and the days of its schedule; none where there is no such batch of an agreed schedule.
    pub found: Option<FoundBatch>,
}

/// What is known of such a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundBatch {
    /// The batch.
    pub batch: DeliveryBatch,
    /// Its User.
    pub user: Eui64,
    /// The days of its schedule.
    pub days: BTreeSet<Date>,
}

/// How a clash is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It is not: every batch goes on its day, or nothing is agreed.
    AsAsked,
    /// Clashing batches go to a later day.
    Move,
    /// Batches of others go to a later day.
    Displace(Vec<OtherBatch>),
}

/// A batch with its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedBatch {
    /// The batch.
    pub batch: BatchNumber,
    /// Its day.
    pub day: Date,
    /// Why.
    pub because: String,
}

/// A batch that made room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplacedBatch {
    /// The batch.
    pub batch: BatchNumber,
    /// Its schedule.
    pub schedule: ScheduleNumber,
    /// Its User.
    pub user: Eui64,
    /// Its images.
    pub images: u32,
    /// Its day before.
    pub from: Date,
    /// Its day now.
    pub to: Date,
}

/// Where the batches of a schedule go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The checks, as they were seen.
    pub checks: Vec<Step>,
    /// The batches of the schedule.
    pub placed: Vec<PlacedBatch>,
    /// Those that made room.
    pub displaced: Vec<DisplacedBatch>,
}

/// Places the batches of a schedule. `batches` are in the order of their days, and none of them is in the ledger.
///
/// # Errors
/// The checks, where one refuses. Nothing is placed then.
pub fn place(
    batches: &[DeliveryBatch],
    ledger: CapacityLedger,
    settlement: &Settlement,
    today: Date,
) -> Result<Placement, Vec<Step>> {
    match settlement {
        Settlement::AsAsked => as_asked(batches, &ledger, today).map(|(checks, placed)| Placement {
            checks,
            placed,
            displaced: Vec::new(),
        }),
        Settlement::Move => move_clashing(batches, ledger, today),
        Settlement::Displace(others) => displace(batches, ledger, others, today),
    }
}

/// What a batch may be of on its day: nothing where the day is past.
fn room(ledger: &CapacityLedger, day: Date, today: Date) -> u64 {
    if day < today { 0 } else { ledger.room(day) }
}

/// FW/i for each batch.
fn capacity_checks(batches: &[DeliveryBatch], ledger: &CapacityLedger, today: Date) -> Vec<Step> {
    let check = |batch: &DeliveryBatch| {
        let room = room(ledger, batch.day, today);
        let past = if batch.day < today { ", the day is past" } else { "" };
        let saw = format!("{}: room for {room}, {} asked{past}", batch.day, batch.images);
        Step { rule: rules::CAPACITY, holds: room >= batch.images.into(), saw }
    };
    batches.iter().map(check).collect()
}

/// FW/j.
fn as_asked(
    batches: &[DeliveryBatch],
    ledger: &CapacityLedger,
    today: Date,
) -> Result<(Vec<Step>, Vec<PlacedBatch>), Vec<Step>> {
    let checks = capacity_checks(batches, ledger, today);
    if checks.iter().any(|check| !check.holds) {
        return Err(checks);
    }
    Ok((checks, batches.iter().map(|batch| placed(batch, batch.day, "as asked".to_owned())).collect()))
}

fn placed(batch: &DeliveryBatch, day: Date, because: String) -> PlacedBatch {
    PlacedBatch { batch: batch.number, day, because }
}

/// FW/k, move: each clashing batch goes whole to the first later day with room that holds no other batch of the schedule.
fn move_clashing(
    batches: &[DeliveryBatch],
    mut ledger: CapacityLedger,
    today: Date,
) -> Result<Placement, Vec<Step>> {
    let mut checks = capacity_checks(batches, &ledger, today);
    let fits = checks.iter().map(|check| check.holds).collect::<Vec<_>>();
    let mut held = batches.iter().map(|batch| batch.day).collect::<BTreeSet<_>>();
    for (batch, fits) in batches.iter().zip(&fits) {
        if *fits {
            ledger.add(batch.day, batch.images);
        }
    }
    let (mut places, mut moves, mut is_settled) = (Vec::new(), Vec::new(), true);
    for (batch, fits) in batches.iter().zip(&fits) {
        if *fits {
            places.push(placed(batch, batch.day, "as asked".to_owned()));
            continue;
        }
        let Some(day) = ledger.next_day(batch.day, today, batch.images, &held) else {
            is_settled = false;
            moves.push(format!("no later day has room for the {} of {}", batch.images, batch.day));
            continue;
        };
        held.remove(&batch.day);
        held.insert(day);
        ledger.add(day, batch.images);
        moves.push(format!("the batch of {} goes to {day}", batch.day));
        places.push(placed(batch, day, format!("moved from {}, which had no room", batch.day)));
    }
    let saw = if moves.is_empty() { "nothing clashes".to_owned() } else { moves.join("; ") };
    if !is_settled {
        checks.push(Step { rule: rules::SETTLED, holds: false, saw });
        return Err(checks);
    }
    let mut kept = checks.into_iter().filter(|check| check.holds).collect::<Vec<_>>();
    kept.push(Step { rule: rules::SETTLED, holds: true, saw });
    Ok(Placement { checks: kept, placed: places, displaced: Vec::new() })
}

/// FW/k, displace: the batches named make room, each whole on the first day after its own with room that holds no other batch of its
/// schedule; then every batch goes on the day that was asked for.
fn displace(
    batches: &[DeliveryBatch],
    mut ledger: CapacityLedger,
    others: &[OtherBatch],
    today: Date,
) -> Result<Placement, Vec<Step>> {
    let asked_days = batches.iter().map(|batch| batch.day).collect::<BTreeSet<_>>();
    let own = batches.first().map(|batch| batch.schedule);
    let faults = others.iter().filter_map(|other| not_displaced(other, own, &asked_days, today));
    let mut faults = faults.collect::<Vec<_>>();
    if others.is_empty() {
        faults.push("displace: missing".to_owned());
    }
    if !faults.is_empty() {
        let mut checks = capacity_checks(batches, &ledger, today);
        checks.push(Step { rule: rules::SETTLED, holds: false, saw: faults.join("; ") });
        return Err(checks);
    }
    let mut found = others.iter().filter_map(|other| other.found.clone()).collect::<Vec<_>>();
    found.sort_by_key(|found| (found.batch.day, found.batch.number));
    found.dedup_by_key(|found| found.batch.number);
    for FoundBatch { batch, .. } in &found {
        ledger.remove(batch.day, batch.images);
    }
    let (mut checks, places) = as_asked(batches, &ledger, today)?;
    for batch in batches {
        ledger.add(batch.day, batch.images);
    }
    let displaced =
        move_others(&found, &mut ledger, today).map_err(|step| [checks.clone(), vec![step]].concat())?;
    let went = |one: &DisplacedBatch| format!("batch {} goes from {} to {}", one.batch, one.from, one.to);
    let saw = displaced.iter().map(went).collect::<Vec<_>>().join("; ");
    checks.push(Step { rule: rules::SETTLED, holds: true, saw });
    Ok(Placement { checks, placed: places, displaced })
}

/// Why a batch may not be displaced.
fn not_displaced(
    other: &OtherBatch,
    own: Option<ScheduleNumber>,
    asked_days: &BTreeSet<Date>,
    today: Date,
) -> Option<String> {
    let number = other.number;
    let Some(FoundBatch { batch, .. }) = &other.found else {
        return Some(format!("batch {number} is of no agreed schedule"));
    };
    if Some(batch.schedule) == own {
        Some(format!("batch {number} is of this schedule"))
    } else if batch.state == BatchState::Withdrawn {
        Some(format!("batch {number} is withdrawn"))
    } else if batch.sent > 0 {
        Some(format!("batch {number} is sending: {} of {} were sent", batch.sent, batch.images))
    } else if batch.day <= today {
        Some(format!("batch {number} is of {}, which is not after today", batch.day))
    } else if !asked_days.contains(&batch.day) {
        Some(format!("batch {number} is of {}, for which nothing is asked", batch.day))
    } else {
        None
    }
}

fn move_others(
    found: &[FoundBatch],
    ledger: &mut CapacityLedger,
    today: Date,
) -> Result<Vec<DisplacedBatch>, Step> {
    let mut days = std::collections::BTreeMap::<ScheduleNumber, BTreeSet<Date>>::new();
    let mut displaced = Vec::new();
    for FoundBatch { batch, user, days: own } in found {
        let held = days.entry(batch.schedule).or_insert_with(|| own.clone());
        let Some(to) = ledger.next_day(batch.day, today, batch.images, held) else {
            let saw = format!("no later day has room for the {} of batch {}", batch.images, batch.number);
            return Err(Step { rule: rules::SETTLED, holds: false, saw });
        };
        held.remove(&batch.day);
        held.insert(to);
        ledger.add(to, batch.images);
        let (batch, schedule, images, from) = (batch.number, batch.schedule, batch.images, batch.day);
        displaced.push(DisplacedBatch { batch, schedule, user: *user, images, from, to });
    }
    Ok(displaced)
}
