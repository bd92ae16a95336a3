//! The rules of delivery schedules both ways (SERVICE.md 3.2).

use std::collections::BTreeMap;

use smi::{
    domain::{
        AskedBatch, BatchNumber, BatchState, Calendar, Date, DeliveryBatch, FirmwareDay, FirmwareHash,
        ImageSize, ScheduleAsk, ScheduleNumber,
    },
    rules::firmware::{
        AskFacts, CapacityLedger, FirmwareSettings, ProposedDelivery, Settlement, check_ask, check_delivery,
        place,
    },
};

use super::proven::{Seen, user};
use crate::support::SUPPLIER;

const DAY: Date = Date::constant(2026, 3, 2);

/// FW/a, FW/b, FW/d, FW/f, FW/g, FW/h, FW/i, FW/k, FW/p.
pub(super) fn schedules(seen: &mut Seen) {
    let (settings, calendar) = (FirmwareSettings::default(), Calendar::default());
    for (bytes, is_smets1, images) in [(900_000, true, 500), (1, false, 501), (900_000, true, 501)] {
        let size = ImageSize::new(bytes).unwrap();
        let delivery = ProposedDelivery { size, images, is_smets1, day: DAY };
        seen.steps(&check_delivery(&delivery, &FirmwareDay::default(), &settings).checks);
    }
    for (images, of_batch, updated) in
        [(Some(600), 600, DAY), (None, 1, DAY), (Some(600), 600, Date::constant(2026, 2, 20))]
    {
        let update_firmware_on = Some(updated);
        let ask = ScheduleAsk {
            user: SUPPLIER,
            hash: FirmwareHash::from_octets([1; 32]),
            size: ImageSize::new(900_000),
            images,
            batches: vec![AskedBatch { day: DAY, images: of_batch, update_firmware_on }],
            security: false,
            reason: None,
        };
        let user = user();
        let facts = AskFacts {
            user: Some(&user),
            registered: None,
            days: &BTreeMap::new(),
            today: DAY,
            calendar: &calendar,
        };
        seen.steps(&check_ask(&ask, &facts, &settings).checks);
        let late = ScheduleAsk { batches: Vec::new(), ..ask };
        seen.steps(&check_ask(&late, &facts, &settings).checks);
    }
    seen.steps(
        &smi::rules::firmware::update_lasts(DAY, None, &calendar, &settings).into_iter().collect::<Vec<_>>(),
    );
    for (settlement, own) in
        [(Settlement::AsAsked, 0), (Settlement::Move, 0), (Settlement::Displace(Vec::new()), 600)]
    {
        let ledger = CapacityLedger::new(12_000, [(DAY, own)], []);
        match place(&[batch()], ledger, &settlement, DAY) {
            Ok(placement) => seen.steps(&placement.checks),
            Err(checks) => seen.steps(&checks),
        }
    }
    let roomy = CapacityLedger::new(12_000, [], []);
    seen.steps(&place(&[batch()], roomy, &Settlement::AsAsked, DAY).unwrap().checks);
}

fn batch() -> DeliveryBatch {
    DeliveryBatch {
        number: BatchNumber(1),
        schedule: ScheduleNumber(1),
        asked_day: DAY,
        day: DAY,
        images: 600,
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
