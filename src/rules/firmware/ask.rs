//! The checks of a schedule that a User asks for (FW/f to FW/h, FW/p).

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;

use super::{FirmwareSettings, last_response_day};
use crate::{
    domain::{
        AskedBatch, Calendar, Date, FirmwareDay, ImageSize, Role, ScheduleAsk, Step, Timestamp, User,
        UserStatus, london_date,
    },
    rules::rulebook::firmware as rules,
};

/// A schedule has at most so many batches (FW/g).
pub const MAX_BATCHES: usize = 366;

/// After an SR 11.1 its image is to be activated within so many days (FW/p; MP230-R16).
const UPDATE_DAYS: i64 = 7;

/// What the checks of an ask see beside it.
#[derive(Clone, Copy, Debug)]
pub struct AskFacts<'a> {
    /// The User, if it is known.
    pub user: Option<&'a User>,
    /// The size of the image on the register, if it is there; a part has the size of its whole.
    pub registered: Option<ImageSize>,
    /// What the User agreed and sent for the days of the ask, where that is something.
    pub days: &'a BTreeMap<Date, FirmwareDay>,
    /// The London day of today.
    pub today: Date,
    /// The calendar, for the warning of FW/p.
    pub calendar: &'a Calendar,
}

/// An ask as it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedAsk {
    /// FW/f, FW/g, FW/h, and FW/p for each batch that it warns of.
    pub checks: Vec<Step>,
    /// The size and the number of images, where FW/f and FW/g hold.
    pub accepted: Option<(ImageSize, u32)>,
}

/// Checks an ask. Every check is made.
pub fn check_ask(ask: &ScheduleAsk, facts: &AskFacts<'_>, settings: &FirmwareSettings) -> CheckedAsk {
    let size = size_of(ask, facts);
    let complete = is_complete(ask, facts, &size);
    let split = is_split(ask, facts.today, settings);
    let is_accepted = complete.holds && split.holds;
    let accepted = size.ok().zip(ask.images).filter(|_| is_accepted);
    let mut checks = vec![complete, split];
    if let Some((size, _)) = accepted {
        checks.push(needs_schedule(size, &ask.batches, facts.days, settings));
        checks.extend(late_batches(ask, facts.calendar, settings));
    }
    CheckedAsk { checks, accepted }
}

/// The size: of the register, or given; if both, they agree.
fn size_of(ask: &ScheduleAsk, facts: &AskFacts<'_>) -> Result<ImageSize, String> {
    match (ask.size, facts.registered) {
        (Some(given), Some(registered)) if given != registered => {
            Err(format!("size_bytes: {given}, and the register has {registered}"))
        }
        (Some(size), _) | (None, Some(size)) => Ok(size),
        (None, None) => Err("size_bytes: missing, and the register does not have the image".to_owned()),
    }
}

/// FW/f.
fn is_complete(ask: &ScheduleAsk, facts: &AskFacts<'_>, size: &Result<ImageSize, String>) -> Step {
    let of_user = match facts.user {
        None => Some(format!("user_id: {} is not known", ask.user)),
        Some(user) if user.status != UserStatus::Active => {
            Some(format!("user_id: {} is not Active", ask.user))
        }
        Some(user) if !user.roles.iter().any(|role| matches!(role, Role::IS | Role::GS)) => {
            Some(format!("user_id: {} has neither the role IS nor GS", ask.user))
        }
        Some(_) => None,
    };
    let of_images = match ask.images {
        None => Some("images: missing".to_owned()),
        Some(0) => Some("images: 0".to_owned()),
        Some(_) => None,
    };
    let gaps = [of_user, size.as_ref().err().cloned(), of_images].into_iter().flatten().collect::<Vec<_>>();
    let saw = if gaps.is_empty() {
        let size = size.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} images of {size} bytes", ask.images.unwrap_or_default())
    } else {
        gaps.join("; ")
    };
    Step { rule: rules::ASK_COMPLETE, holds: gaps.is_empty(), saw }
}

/// FW/g.
fn is_split(ask: &ScheduleAsk, today: Date, settings: &FirmwareSettings) -> Step {
    let batches = &ask.batches;
    let mut faults = Vec::new();
    if batches.is_empty() {
        faults.push("no batches".to_owned());
    } else if batches.len() > MAX_BATCHES {
        faults.push(format!("{} batches; a schedule has at most {MAX_BATCHES}", batches.len()));
    }
    let mut days = BTreeSet::new();
    for AskedBatch { day, images, .. } in batches {
        if *images == 0 || *images > settings.capacity_per_day {
            faults.push(format!(
                "{day}: a batch of {images}; it has 1 to {} images",
                settings.capacity_per_day
            ));
        }
        if *day < today {
            faults.push(format!("{day}: is past"));
        }
        if !days.insert(*day) {
            faults.push(format!("{day}: stands twice"));
        }
    }
    let sum = batches.iter().map(|batch| u64::from(batch.images)).sum::<u64>();
    if let Some(images) = ask.images.filter(|images| !batches.is_empty() && sum != u64::from(*images)) {
        faults.push(format!("{sum} of {images}"));
    }
    let saw = if faults.is_empty() {
        format!("{sum} images in {} batches", batches.len())
    } else {
        format!("returned for batching: {}", faults.join("; "))
    };
    Step { rule: rules::SPLIT, holds: faults.is_empty(), saw }
}

/// FW/h: a warning where no schedule is needed. The limit is of all that the User has for a day (FW/d), so that counts, too.
fn needs_schedule(
    size: ImageSize,
    batches: &[AskedBatch],
    days: &BTreeMap<Date, FirmwareDay>,
    settings: &FirmwareSettings,
) -> Step {
    let of_day = |batch: &AskedBatch| {
        let planned = days.get(&batch.day).map(FirmwareDay::planned).unwrap_or_default();
        planned.saturating_add(batch.images)
    };
    let most = batches.iter().map(of_day).max().unwrap_or_default();
    let holds = size.is_above(settings.large_above_bytes) && most > settings.contact_above_images;
    Step { rule: rules::NEEDS_SCHEDULE, holds, saw: format!("{size} bytes, at most {most} images a day") }
}

/// FW/p: the batches whose last day is too long after their SR 11.1.
fn late_batches(ask: &ScheduleAsk, calendar: &Calendar, settings: &FirmwareSettings) -> Vec<Step> {
    let warn = |batch: &AskedBatch| update_lasts(batch.day, batch.update_firmware_on, calendar, settings);
    ask.batches.iter().filter_map(warn).filter(|step| !step.holds).collect()
}

/// FW/p of a part set: whether its first part came too long ago, by London days.
pub fn part_set_waits_too_long(since: Timestamp, today: Date) -> bool {
    london_date(since).checked_add(UPDATE_DAYS.days()).is_ok_and(|end| end < today)
}

/// FW/p of a batch; nothing where there is no clock.
pub fn update_lasts(
    day: Date,
    update_firmware_on: Option<Date>,
    calendar: &Calendar,
    settings: &FirmwareSettings,
) -> Option<Step> {
    let last = last_response_day(day, settings, calendar)?;
    let updated = update_firmware_on.unwrap_or(day);
    let holds = updated.checked_add(UPDATE_DAYS.days()).is_ok_and(|end| last <= end);
    let saw = format!("the batch of {day} may take until {last}; its SR 11.1 is of {updated}");
    Some(Step { rule: rules::UPDATE_LASTS, holds, saw })
}
