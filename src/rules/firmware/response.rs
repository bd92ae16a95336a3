//! Target Response Times, and how a batch stands (FW/m, FW/n, FW/o; MP230-R6, R18, R20).

use jiff::ToSpan as _;

use super::{FirmwareSettings, ResponseDayType};
use crate::domain::{
    BatchProgress, BatchState, Calendar, Date, DeliveryBatch, Now, ResponseResult, ScheduleState, Timestamp,
    london_date, london_instant, london_time,
};

/// The last day of a response time that begins on that day; none where there is no clock.
pub fn last_response_day(day: Date, settings: &FirmwareSettings, calendar: &Calendar) -> Option<Date> {
    match (settings.response_days, settings.response_day_type) {
        (0, _) => None,
        (days, ResponseDayType::Calendar) => day.checked_add(i64::from(days).days()).ok(),
        (days, ResponseDayType::Working) => calendar.working_days_after(day, days.into()).ok(),
    }
}

/// When a response time ends that begins then: the same London wall clock on its last day, an hour later where that is skipped.
pub fn response_due(
    begins: Timestamp,
    settings: &FirmwareSettings,
    calendar: &Calendar,
) -> Option<Timestamp> {
    let begins = london_time(begins);
    let last = last_response_day(begins.date(), settings, calendar)?;
    london_instant(last.to_datetime(begins.time()))
}

/// Whether a response time was met: what is done at its last instant is in time.
pub fn response_result(due: Option<Timestamp>, done: Option<Timestamp>, now: Now) -> ResponseResult {
    match (due, done) {
        (None, _) => ResponseResult::NoClock,
        (Some(due), Some(done)) if done <= due => ResponseResult::Met,
        (Some(due), None) if now.0 <= due => ResponseResult::Running,
        (Some(_), Some(_) | None) => ResponseResult::Missed,
    }
}

/// How a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchStanding {
    /// Its state.
    pub progress: BatchProgress,
    /// When its response time ends, once it has begun.
    pub due_at: Option<Timestamp>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// Whether its response time was met.
    pub result: ResponseResult,
}

/// How a batch of a schedule of that state stands now.
pub fn batch_standing(
    batch: &DeliveryBatch,
    schedule: ScheduleState,
    now: Now,
    settings: &FirmwareSettings,
    calendar: &Calendar,
) -> BatchStanding {
    let progress = progress(batch, schedule, now);
    let due_at = batch.sent_at.and_then(|begins| response_due(begins, settings, calendar));
    let done_at = batch.outcome_at.filter(|_| progress == BatchProgress::Done);
    BatchStanding { progress, due_at, done_at, result: response_result(due_at, done_at, now) }
}

fn progress(batch: &DeliveryBatch, schedule: ScheduleState, now: Now) -> BatchProgress {
    let is_over = batch.day < london_date(now.0);
    match (batch.state, schedule) {
        (BatchState::Withdrawn, _) => BatchProgress::Withdrawn,
        (BatchState::Planned, ScheduleState::Open) => BatchProgress::Open,
        (BatchState::Planned, ScheduleState::Agreed | ScheduleState::Withdrawn) => {
            if batch.sent == 0 {
                if is_over { BatchProgress::Lapsed } else { BatchProgress::Planned }
            } else if batch.has_all_outcomes() && (batch.sent >= batch.images || is_over) {
                BatchProgress::Done
            } else {
                BatchProgress::Sending
            }
        }
    }
}
