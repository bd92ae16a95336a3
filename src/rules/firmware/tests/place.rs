//! Capacity and where batches go: FW/i to FW/l, FW/q, FW/s.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use proptest::{collection::vec, prelude::*};

use crate::{
    domain::{BatchNumber, BatchState, Date, DeliveryBatch, Eui64, ScheduleNumber, Step, parse_date},
    rules::firmware::{CapacityLedger, FoundBatch, OtherBatch, Placement, Settlement, place, plan},
};

fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn batch(number: i64, schedule: i64, day: Date, images: u32) -> DeliveryBatch {
    DeliveryBatch {
        number: BatchNumber(number),
        schedule: ScheduleNumber(schedule),
        asked_day: day,
        day,
        images,
        update_firmware_on: None,
        placed_because: None,
        state: BatchState::Planned,
        sent: 0,
        sent_at: None,
        done: 0,
        failed: 0,
        outcome_at: None,
    }
}

fn other(batch: DeliveryBatch) -> OtherBatch {
    let days = BTreeSet::from([batch.day]);
    let (number, user) = (batch.number, Eui64::from_octets([9; 8]));
    OtherBatch { number, found: Some(FoundBatch { batch, user, days }) }
}

/// 12,000 a day, 5,000 on 3 March, and 12,000 agreed for 2 March.
fn ledger() -> CapacityLedger {
    CapacityLedger::new(12_000, [(day("2026-03-03"), 5_000)], [(day("2026-03-02"), 12_000)])
}

fn placed(result: &Result<Placement, Vec<Step>>) -> Vec<String> {
    let placement = result.as_ref().unwrap();
    placement.placed.iter().map(|one| format!("{} {}", one.day, one.because)).collect()
}

fn broken(result: Result<Placement, Vec<Step>>) -> Vec<String> {
    let refused = result.unwrap_err().into_iter().filter(|step| !step.holds);
    refused.map(|step| format!("{}: {}", step.rule.id, step.saw)).collect()
}

/// SERVICE.md 7/30, MP230-R11, R12.
#[test]
fn fw_k_a_clash_is_moved_or_displaced() {
    let (second, today) = (day("2026-03-02"), day("2026-03-01"));
    let asked = |images| [batch(7, 2, second, images)];
    let clash = place(&asked(8_000), ledger(), &Settlement::AsAsked, today);
    assert_eq!(broken(clash), ["FW/i: 2026-03-02: room for 0, 8000 asked"]);
    let moved = place(&asked(8_000), ledger(), &Settlement::Move, today);
    assert_eq!(placed(&moved), ["2026-03-04 moved from 2026-03-02, which had no room"]);
    let moved = place(&asked(5_000), ledger(), &Settlement::Move, today);
    assert_eq!(placed(&moved), ["2026-03-03 moved from 2026-03-02, which had no room"]);
    let others = Settlement::Displace(vec![other(batch(1, 1, second, 12_000))]);
    let displaced = place(&asked(8_000), ledger(), &others, today);
    assert_eq!(placed(&displaced), ["2026-03-02 as asked"]);
    let went = displaced.unwrap().displaced.pop().unwrap();
    assert_eq!((went.batch, went.from, went.to), (BatchNumber(1), second, day("2026-03-04")));
}

/// FW/j, MP230-R7.
#[test]
fn fw_j_batches_on_consecutive_days_go_as_they_are_asked() {
    let batches = [batch(1, 1, day("2026-03-03"), 5_000), batch(2, 1, day("2026-03-04"), 12_000)];
    let result = place(&batches, ledger(), &Settlement::AsAsked, day("2026-03-01"));
    assert_eq!(placed(&result), ["2026-03-03 as asked", "2026-03-04 as asked"]);
    let later = place(&batches, ledger(), &Settlement::AsAsked, day("2026-03-04"));
    assert_eq!(broken(later), ["FW/i: 2026-03-03: room for 0, 5000 asked, the day is past"]);
}

/// No other batch of the schedule is on the day that a batch moves to.
#[test]
fn fw_k_a_moved_batch_passes_over_the_days_of_its_schedule() {
    let (second, fourth) = (day("2026-03-02"), day("2026-03-04"));
    let batches = [batch(1, 1, second, 6_000), batch(2, 1, fourth, 6_000)];
    let result = place(&batches, ledger(), &Settlement::Move, day("2026-03-01"));
    assert_eq!(
        placed(&result),
        ["2026-03-05 moved from 2026-03-02, which had no room", "2026-03-04 as asked"]
    );
}

/// SERVICE.md 6.
#[test]
fn fw_k_a_batch_of_today_or_one_that_is_sending_is_not_displaced() {
    let second = day("2026-03-02");
    let asked = [batch(7, 2, second, 8_000)];
    let refuse = |others: Vec<OtherBatch>, today: &str| {
        let result = place(&asked, ledger(), &Settlement::Displace(others), day(today));
        broken(result).pop().unwrap()
    };
    let whole = || batch(1, 1, second, 12_000);
    let sending = DeliveryBatch { sent: 3, ..whole() };
    let withdrawn = DeliveryBatch { state: BatchState::Withdrawn, ..whole() };
    let unknown = OtherBatch { number: BatchNumber(4), found: None };
    for (others, today, saw) in [
        (vec![other(whole())], "2026-03-02", "batch 1 is of 2026-03-02, which is not after today"),
        (vec![other(sending)], "2026-03-01", "batch 1 is sending: 3 of 12000 were sent"),
        (vec![other(withdrawn)], "2026-03-01", "batch 1 is withdrawn"),
        (vec![unknown], "2026-03-01", "batch 4 is of no agreed schedule"),
        (vec![other(asked[0].clone())], "2026-03-01", "batch 7 is of this schedule"),
        (
            vec![other(batch(5, 1, day("2026-03-09"), 1))],
            "2026-03-01",
            "batch 5 is of 2026-03-09, for which nothing is asked",
        ),
        (Vec::new(), "2026-03-01", "displace: missing"),
    ] {
        assert_eq!(refuse(others, today), format!("FW/k: {saw}"));
    }
}

/// FW/q, MP230-R17: lowering a capacity moves nothing.
#[test]
fn fw_q_a_day_may_be_over_its_capacity() {
    let third = day("2026-03-03");
    let ledger = CapacityLedger::new(12_000, [(third, 5_000)], [(third, 7_000)]);
    assert_eq!((ledger.room(third), ledger.over(third), ledger.over(day("2026-03-04"))), (0, 2_000, 0));
}

/// SERVICE.md 7/31, MP230-D1.
#[test]
fn fw_s_the_estate_needs_56_days() {
    let ledger = CapacityLedger::new(12_000, [], []);
    let planned = plan(670_000, day("2026-03-02"), None, &ledger).unwrap();
    assert_eq!(planned.len(), 56);
    assert!(planned.iter().rev().skip(1).all(|day| day.images == 12_000));
    let last = planned.last().unwrap();
    assert_eq!((last.day, last.images), (day("2026-04-26"), 10_000));
    let too_many = plan(366 * 12_000 + 1, day("2026-03-02"), None, &ledger).unwrap_err();
    assert_eq!((too_many.left, too_many.batches), (1, 366));
    assert!(plan(1, day("2026-03-02"), Some(0), &ledger).is_err());
}

/// Images by offsets of days.
type Offsets = Vec<(i64, u32)>;

/// What was agreed before, what is asked, and the days that have a capacity of their own.
fn world() -> impl Strategy<Value = (Offsets, Offsets, Offsets)> {
    let days = || vec((0_i64..12, 1_u32..=100), 0..10);
    (days(), days(), vec((0_i64..12, 0_u32..=150), 0..6))
}

/// Batches with different days, in day order.
fn batches(schedule: i64, asked: &[(i64, u32)], first: Date) -> Vec<DeliveryBatch> {
    let by_day = asked.iter().copied().collect::<BTreeMap<_, _>>();
    let numbered = by_day.into_iter().zip(1..);
    numbered
        .map(|((offset, images), number)| {
            batch(schedule * 100 + number, schedule, first.checked_add(offset.days()).unwrap(), images)
        })
        .collect()
}

proptest! {
    /// What is agreed never exceeds a capacity, unless it did so before; and batches of a schedule have different days.
    #[test]
    fn fw_i_no_settlement_exceeds_a_capacity((before, asked, own) in world(), displaced in 0_usize..4) {
        let (first, today) = (day("2026-03-02"), day("2026-03-01"));
        let own = own.iter().map(|(offset, images)| (first.checked_add(offset.days()).unwrap(), *images));
        let own = own.collect::<BTreeMap<_, _>>();
        let capacity = |day: Date| u64::from(own.get(&day).copied().unwrap_or(100));
        let old = batches(1, &before, first);
        let old = old.into_iter().filter(|batch| u64::from(batch.images) <= capacity(batch.day)).collect::<Vec<_>>();
        let new = batches(2, &asked, first);
        let ledger = CapacityLedger::new(
            100,
            own.clone(),
            old.iter().map(|batch| (batch.day, batch.images.into())),
        );
        let days = old.iter().map(|batch| batch.day).collect::<BTreeSet<_>>();
        let others = old.iter().take(displaced).map(|batch| {
            let found = FoundBatch { batch: batch.clone(), user: Eui64::from_octets([9; 8]), days: days.clone() };
            OtherBatch { number: batch.number, found: Some(found) }
        });
        for settlement in [Settlement::AsAsked, Settlement::Move, Settlement::Displace(others.collect())] {
            let Ok(placement) = place(&new, ledger.clone(), &settlement, today) else { continue };
            let mut agreed = BTreeMap::<Date, u64>::new();
            let images = new.iter().map(|batch| (batch.number, u64::from(batch.images))).collect::<BTreeMap<_, _>>();
            let mut own_days = BTreeSet::new();
            for one in &placement.placed {
                *agreed.entry(one.day).or_default() += images[&one.batch];
                prop_assert!(own_days.insert(one.day), "two batches of a schedule on {}", one.day);
            }
            prop_assert_eq!(placement.placed.len(), new.len());
            let went = placement.displaced.iter().map(|one| (one.batch, one.to)).collect::<BTreeMap<_, _>>();
            let mut other_days = BTreeSet::new();
            for batch in &old {
                let day = went.get(&batch.number).copied().unwrap_or(batch.day);
                prop_assert!(day >= batch.day && other_days.insert(day));
                *agreed.entry(day).or_default() += u64::from(batch.images);
            }
            for (day, images) in agreed {
                prop_assert!(images <= capacity(day), "{images} on {day}, by {settlement:?}");
            }
        }
    }

    /// A plan gives every image a day, and no day more than its room.
    #[test]
    fn fw_s_a_plan_adds_up((before, _, own) in world(), images in 1_u64..3_000, per_day in proptest::option::of(1_u32..=100)) {
        let first = day("2026-03-02");
        let at = |offset: i64| first.checked_add(offset.days()).unwrap();
        let ledger = CapacityLedger::new(
            100,
            own.iter().map(|(offset, images)| (at(*offset), *images)),
            before.iter().map(|(offset, images)| (at(*offset), u64::from(*images))),
        );
        if let Ok(planned) = plan(images, first, per_day, &ledger) {
            prop_assert_eq!(planned.iter().map(|day| u64::from(day.images)).sum::<u64>(), images);
            prop_assert!(planned.is_sorted_by(|one, next| one.day < next.day));
            for one in planned {
                prop_assert!(u64::from(one.images) <= ledger.room(one.day));
                prop_assert!(one.images <= per_day.unwrap_or(100).min(100));
            }
        }
    }
}
