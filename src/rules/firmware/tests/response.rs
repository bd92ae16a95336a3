//! States and Target Response Times: FW/m, FW/n, FW/o.

use crate::{
    domain::{
        BatchNumber, BatchProgress, BatchState, Calendar, DeliveryBatch, Now, ResponseResult, ScheduleNumber,
        ScheduleState, parse_date, parse_instant,
    },
    rules::firmware::{
        BatchStanding, FirmwareSettings, ResponseDayType, batch_standing, response_due, response_result,
    },
};

fn batch(day: &str, images: u32) -> DeliveryBatch {
    let day = parse_date(day).unwrap();
    DeliveryBatch {
        number: BatchNumber(1),
        schedule: ScheduleNumber(1),
        asked_day: day,
        day,
        images,
        update_firmware_on: None,
        placed_because: Some("as asked".to_owned()),
        state: BatchState::Planned,
        sent: 0,
        sent_at: None,
        done: 0,
        failed: 0,
        outcome_at: None,
    }
}

fn sent(batch: DeliveryBatch, sent: u32, at: &str) -> DeliveryBatch {
    DeliveryBatch { sent, sent_at: Some(parse_instant(at).unwrap()), ..batch }
}

fn settled(batch: DeliveryBatch, done: u32, failed: u32, at: &str) -> DeliveryBatch {
    DeliveryBatch { done, failed, outcome_at: Some(parse_instant(at).unwrap()), ..batch }
}

fn stands(batch: &DeliveryBatch, now: &str) -> BatchStanding {
    let now = Now(parse_instant(now).unwrap());
    let (settings, calendar) = (FirmwareSettings::default(), Calendar::default());
    batch_standing(batch, ScheduleState::Agreed, now, &settings, &calendar)
}

/// SERVICE.md 7/33, MP230-R6: from a winter time to a summer time, so that five London days are an hour short.
#[test]
fn fw_n_a_response_time_ends_at_the_same_wall_clock_five_days_later() {
    let full = sent(batch("2026-03-26", 2), 2, "2026-03-26T10:00:00Z");
    for (done, now, result) in [
        (Some("2026-03-31T09:00:00.000Z"), "2026-03-31T12:00:00Z", ResponseResult::Met),
        (Some("2026-03-31T09:00:00.001Z"), "2026-03-31T12:00:00Z", ResponseResult::Missed),
        (None, "2026-03-31T09:00:00.000Z", ResponseResult::Running),
        (None, "2026-03-31T09:00:00.001Z", ResponseResult::Missed),
    ] {
        let batch = done.map_or_else(|| full.clone(), |at| settled(full.clone(), 1, 1, at));
        let standing = stands(&batch, now);
        assert_eq!(standing.due_at, Some(parse_instant("2026-03-31T09:00:00Z").unwrap()));
        assert_eq!(standing.result, result, "{done:?} at {now}");
    }
}

/// FW/n, FW/o; MP230-C31, R20.
#[test]
fn fw_o_days_are_calendar_days_or_working_days_or_none() {
    let due = |at: &str, settings: FirmwareSettings| {
        response_due(parse_instant(at).unwrap(), &settings, &Calendar::default()).map(|due| due.to_string())
    };
    let calendar = FirmwareSettings::default();
    let working = FirmwareSettings { response_day_type: ResponseDayType::Working, ..calendar };
    let off = FirmwareSettings { response_days: 0, ..calendar };
    // 01:30 is skipped on 29 March: an hour later.
    assert_eq!(due("2026-03-24T01:30:00Z", calendar).as_deref(), Some("2026-03-29T01:30:00Z"));
    // It stands twice on 25 October: the first.
    assert_eq!(due("2026-10-20T00:30:00Z", calendar).as_deref(), Some("2026-10-25T00:30:00Z"));
    // Good Friday and Easter Monday do not count.
    assert_eq!(due("2026-04-01T12:00:00Z", working).as_deref(), Some("2026-04-10T12:00:00Z"));
    assert_eq!(due("2026-03-26T10:00:00Z", off), None);
    let now = Now(parse_instant("2026-03-26").unwrap());
    assert_eq!(response_result(None, None, now), ResponseResult::NoClock);
}

/// FW/m.
#[test]
fn fw_m_a_batch_is_planned_sending_done_or_lapsed() {
    use BatchProgress::{Done, Lapsed, Open, Planned, Sending, Withdrawn};
    let day = "2026-03-26T10:00:00Z";
    let (plan, begun) = (batch("2026-03-26", 2), sent(batch("2026-03-26", 2), 1, day));
    let (full, part) = (sent(plan.clone(), 2, day), settled(begun.clone(), 0, 1, day));
    let whole = settled(full.clone(), 2, 0, day);
    // Midnight in London is midnight in UTC then.
    for (batch, at, progress) in [
        (&plan, "2026-03-26T23:59:59.999Z", Planned),
        (&plan, "2026-03-27T00:00:00Z", Lapsed),
        (&begun, day, Sending),
        (&begun, "2026-03-27T00:00:00Z", Sending),
        (&part, day, Sending),
        (&part, "2026-03-27T00:00:00Z", Done),
        (&full, "2026-03-27T00:00:00Z", Sending),
        (&whole, day, Done),
    ] {
        assert_eq!(stands(batch, at).progress, progress, "{batch:?} at {at}");
    }
    assert_eq!(stands(&whole, day).done_at, whole.outcome_at);
    let withdrawn = DeliveryBatch { state: BatchState::Withdrawn, ..plan.clone() };
    assert_eq!(stands(&withdrawn, day).progress, Withdrawn);
    let (settings, calendar) = (FirmwareSettings::default(), Calendar::default());
    let now = Now(parse_instant(day).unwrap());
    let asked = batch_standing(&plan, ScheduleState::Open, now, &settings, &calendar);
    assert_eq!((asked.progress, asked.result), (Open, ResponseResult::NoClock));
}
