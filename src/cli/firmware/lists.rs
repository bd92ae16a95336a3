//! `smi firmware list`, `show`, `days` and `scope`: read from the store.

use std::process::ExitCode;

use anyhow::Context as _;

use super::{arguments::ListArguments, print};
use crate::{
    cli::{open, say::say},
    domain::{Date, ScheduleNumber, london_date},
    service::{firmware_days, firmware_scope, list_schedules, show_schedule},
    settings::Settings,
    store::{ListOrder, PageRequest, ScheduleFilter},
    web::{ListedSchedules, ShownAgreedBatch, ShownDeliverySchedule, ShownFirmwareDays, ShownFirmwareScope},
};

/// The schedules that are read at once.
const PAGE: u16 = 100;

pub(super) fn list(settings: &Settings, asked: &ListArguments) -> anyhow::Result<ExitCode> {
    let filter = ScheduleFilter { state: asked.state, user: asked.user };
    let store = open::store_to_read(settings)?;
    let mut page = PageRequest::first(PAGE);
    let mut all = Vec::new();
    loop {
        let listed =
            store.read(|connection| list_schedules(connection, filter, ListOrder::OldestFirst, page))?;
        page.after = listed.next;
        let ListedSchedules { schedules, next } = listed.into();
        if asked.json {
            all.extend(schedules);
        } else {
            schedules.iter().for_each(print::summary);
        }
        if next.is_none() {
            break;
        }
    }
    if asked.json {
        print::json(&ListedSchedules { schedules: all, next: None })?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn show(settings: &Settings, id: ScheduleNumber, json: bool) -> anyhow::Result<ExitCode> {
    let (rules, calendar, now) =
        (&settings.rules.firmware, &settings.calendar.calendar, open::clock(settings).now());
    let store = open::store_to_read(settings)?;
    let found = store.read(|connection| show_schedule(connection, id, rules, calendar, now))?;
    let shown = ShownDeliverySchedule::from(found.with_context(|| format!("there is no schedule {id}"))?);
    if json {
        print::json(&shown)?;
    } else {
        print::schedule(&shown);
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn days(
    settings: &Settings,
    from: Option<Date>,
    number: u16,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let from = from.unwrap_or_else(|| london_date(open::clock(settings).now().0));
    let store = open::store_to_read(settings)?;
    let found = store.read(|connection| firmware_days(connection, &settings.rules.firmware, from, number))?;
    let shown = ShownFirmwareDays::from(found);
    if json {
        print::json(&shown)?;
        return Ok(ExitCode::SUCCESS);
    }
    for day in &shown.days {
        let over = if day.over > 0 { format!("  over by {}", day.over) } else { String::new() };
        let reason = day.reason.as_ref().map(|reason| format!("  {reason}")).unwrap_or_default();
        say!(
            "{}  capacity {:>6}  agreed {:>6}  room {:>6}  batch {:>6}  free {:>6}  unscheduled {:>6}{over}{reason}",
            day.day,
            day.capacity,
            day.agreed,
            day.room,
            day.batch,
            day.free,
            day.unscheduled
        );
        for user in &day.users {
            for batch in &user.batches {
                let ShownAgreedBatch { id, schedule, images, sent } = batch;
                say!("  {}  batch {id} of schedule {schedule}: {images} images, {sent} sent", user.user_id);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn scope(settings: &Settings, json: bool) -> anyhow::Result<ExitCode> {
    let now = open::clock(settings).now();
    let store = open::store_to_read(settings)?;
    let found = firmware_scope(&store, &settings.rules.firmware, now)?;
    let shown = ShownFirmwareScope::from(found);
    if json {
        print::json(&shown)?;
    } else {
        shown.suppliers.iter().for_each(|supplier| {
            say!("{}  {:>9}  {}", supplier.user_id, supplier.devices, supplier.party_name)
        });
    }
    Ok(ExitCode::SUCCESS)
}
