//! Schedules and their batches.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Date, DeliveryBatch, DeliverySchedule, instant_text},
    rules::firmware::{BatchStanding, DisplacedBatch},
    service::{ListedSchedule, ShownSchedule},
    store::Paged,
    web::history_act::{HistoryAct, RuleCheck},
};

/// A schedule in a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScheduleSummary {
    /// Its number.
    pub id: i64,
    /// The User.
    pub user_id: String,
    /// The image.
    pub firmware_hash: String,
    /// Its size.
    pub size_bytes: u32,
    /// The number of images.
    pub images: u32,
    /// Whether the image is a security update.
    pub security: bool,
    /// Why it was asked for.
    pub reason: Option<String>,
    /// Its state.
    pub state: String,
    /// When it was asked for.
    pub asked_at: String,
    /// How many batches it has.
    pub number_of_batches: u64,
    /// Its first day.
    pub first_day: Option<String>,
    /// Its last day.
    pub last_day: Option<String>,
    /// How many images were sent.
    pub sent: u64,
    /// How many Devices activated the image.
    pub done: u64,
    /// How many did not.
    pub failed: u64,
}

/// A page of schedules.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListedSchedules {
    /// The schedules, oldest first.
    pub schedules: Vec<ScheduleSummary>,
    /// What `after` of the next page says; null on the last one.
    pub next: Option<String>,
}

/// A batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownDeliveryBatch {
    /// Its number.
    pub id: i64,
    /// The London day that was asked for.
    pub asked_day: String,
    /// The London day that it has.
    pub day: String,
    /// The number of images.
    pub images: u32,
    /// The London day of its SR 11.1.
    pub update_firmware_on: Option<String>,
    /// Why it has its day.
    pub placed_because: Option<String>,
    /// Its state.
    pub state: String,
    /// How many images were sent.
    pub sent: u32,
    /// How many Devices activated the image.
    pub done: u32,
    /// How many did not.
    pub failed: u32,
    /// When the first image was sent.
    pub sent_at: Option<String>,
    /// When its response time ends.
    pub due_at: Option<String>,
    /// When it was done.
    pub done_at: Option<String>,
    /// Whether its response time was met.
    pub result: String,
}

/// What is left of a day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScheduleRoom {
    /// The London day.
    pub day: String,
    /// How many more images it takes.
    pub room: u64,
}

/// A batch of another schedule that made room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DisplacedDelivery {
    /// The batch.
    pub batch: i64,
    /// Its User.
    pub user_id: String,
    /// Its day before.
    pub from: String,
    /// Its day now.
    pub to: String,
}

/// A schedule with its batches.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownDeliverySchedule {
    /// The schedule.
    #[serde(flatten)]
    pub summary: ScheduleSummary,
    /// Its batches, by day.
    pub batches: Vec<ShownDeliveryBatch>,
    /// What is left of the day of each.
    pub room: Vec<ScheduleRoom>,
    /// The warnings.
    pub warnings: Vec<RuleCheck>,
    /// The batches of others that made room, where it was agreed so just now.
    pub displaced: Vec<DisplacedDelivery>,
    /// What happened, oldest first.
    pub acts: Vec<HistoryAct>,
}

fn summary(
    schedule: &DeliverySchedule,
    number_of_batches: u64,
    days: Option<(Date, Date)>,
    (sent, done, failed): (u64, u64, u64),
) -> ScheduleSummary {
    ScheduleSummary {
        id: schedule.number.0,
        user_id: schedule.user.to_string(),
        firmware_hash: schedule.hash.to_string(),
        size_bytes: schedule.size.bytes(),
        images: schedule.images,
        security: schedule.security,
        reason: schedule.reason.as_ref().map(ToString::to_string),
        state: schedule.state.to_string(),
        asked_at: instant_text(schedule.asked_at),
        number_of_batches,
        first_day: days.map(|(first, _)| first.to_string()),
        last_day: days.map(|(_, last)| last.to_string()),
        sent,
        done,
        failed,
    }
}

impl From<&ListedSchedule> for ScheduleSummary {
    fn from(ListedSchedule { schedule, batches, days, progress }: &ListedSchedule) -> Self {
        summary(schedule, *batches, *days, *progress)
    }
}

impl From<Paged<ListedSchedule>> for ListedSchedules {
    fn from(Paged { rows, next }: Paged<ListedSchedule>) -> Self {
        Self {
            schedules: rows.iter().map(ScheduleSummary::from).collect(),
            next: next.map(|id| id.to_string()),
        }
    }
}

impl From<&(DeliveryBatch, BatchStanding)> for ShownDeliveryBatch {
    fn from((batch, standing): &(DeliveryBatch, BatchStanding)) -> Self {
        Self {
            id: batch.number.0,
            asked_day: batch.asked_day.to_string(),
            day: batch.day.to_string(),
            images: batch.images,
            update_firmware_on: batch.update_firmware_on.map(|day| day.to_string()),
            placed_because: batch.placed_because.clone(),
            state: standing.progress.to_string(),
            sent: batch.sent,
            done: batch.done,
            failed: batch.failed,
            sent_at: batch.sent_at.map(instant_text),
            due_at: standing.due_at.map(instant_text),
            done_at: standing.done_at.map(instant_text),
            result: standing.result.to_string(),
        }
    }
}

impl From<ShownSchedule> for ShownDeliverySchedule {
    fn from(shown: ShownSchedule) -> Self {
        let ShownSchedule { schedule, batches, room, warnings, displaced, acts } = shown;
        let sum = |number: fn(&DeliveryBatch) -> u32| {
            batches.iter().map(|(batch, _)| u64::from(number(batch))).sum::<u64>()
        };
        let days = batches.iter().map(|(batch, _)| batch.day);
        let days = days.clone().min().zip(days.max());
        let progress = (sum(|batch| batch.sent), sum(|batch| batch.done), sum(|batch| batch.failed));
        let gone = |one: DisplacedBatch| DisplacedDelivery {
            batch: one.batch.0,
            user_id: one.user.to_string(),
            from: one.from.to_string(),
            to: one.to.to_string(),
        };
        Self {
            summary: summary(&schedule, u64::try_from(batches.len()).unwrap_or(u64::MAX), days, progress),
            batches: batches.iter().map(ShownDeliveryBatch::from).collect(),
            room: room.into_iter().map(|(day, room)| ScheduleRoom { day: day.to_string(), room }).collect(),
            warnings: warnings.iter().map(RuleCheck::from).collect(),
            displaced: displaced.into_iter().map(gone).collect(),
            acts: acts.into_iter().map(HistoryAct::from).collect(),
        }
    }
}
