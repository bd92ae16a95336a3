//! A month is published: judged, told and recorded in one transaction (PM/s).

use std::collections::BTreeSet;

use super::{
    MaintenanceFault, facts,
    notice_text::{schedule_subject, schedule_text},
    notices::{MaintenanceNotice, tell},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, ActReason, ActorName, Date, Now,
        maintenance::{LondonMonth, MaintenanceWindow, MonthSchedule, PublishedWindow, WindowState},
    },
    rules::maintenance::{MaintenanceCheck, PlanningContext, Publication, Publishing, publish},
    service::App,
    store,
};

/// A revision that was published.
#[derive(Clone, Debug)]
pub struct Published {
    /// The revision.
    pub schedule: MonthSchedule,
    /// The London day up to which the month's first schedule was in time.
    pub latest: Option<Date>,
    /// The windows of the month that are in force now.
    pub windows: Vec<PublishedWindow>,
    /// The number of the notice.
    pub notice: i64,
    /// The checks that were made, warnings among them.
    pub checks: Vec<MaintenanceCheck>,
}

impl App {
    /// Publishes the next revision of a month.
    ///
    /// # Errors
    /// When nothing differs from the revision before, a rule refuses, or the store fails.
    pub fn publish_maintenance(
        &self,
        month: LondonMonth,
        by: ActorName,
        note: Option<ActReason>,
    ) -> Result<Published, MaintenanceFault> {
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let facts = facts::of_month(connection, month)?;
            let context = app.planning(&calendar, now);
            match publish(&facts, by.clone(), note.clone(), context) {
                Publishing::Unchanged(check) => Err(MaintenanceFault::Conflict(check.step.saw)),
                Publishing::Refused(check) => Err(MaintenanceFault::Refused(check.checks)),
                Publishing::Published(publication) => Ok(record(connection, publication, context, now)?),
            }
        })
    }
}

fn record(
    connection: &mut Connection,
    publication: Publication,
    context: PlanningContext<'_>,
    now: Now,
) -> Result<Published, StoreFault> {
    let Publication { schedule, versions, check } = &publication;
    store::insert_schedule(connection, schedule)?;
    store::insert_published(connection, versions)?;
    mark_published(connection, versions)?;
    let mut windows = store::newest_published_of_month(connection, schedule.month)?;
    windows.retain(|window| !window.withdrawn);
    let kind = if schedule.revision == 1 { MaintenanceNotice::Schedule } else { MaintenanceNotice::Revised };
    let told = (schedule_subject(schedule), schedule_text(&publication, &windows));
    let notice = tell(connection, kind, (&told.0, told.1), &schedule.month, true, now)?;
    let act = Act {
        to: Some(schedule.revision.to_string()),
        reason: schedule.note.clone(),
        detail: Some(format!("{} windows changed, notice {notice}", versions.len())),
        checks: check.checks.iter().map(Into::into).collect(),
        ..Act::new(ActArea::Maintenance, schedule.month, "published", schedule.by.clone(), now.0)
    };
    store::record_act(connection, &act)?;
    for version in versions {
        let word = if version.withdrawn { "taken back" } else { "published" };
        let act = Act::new(ActArea::Maintenance, &version.reference, word, schedule.by.clone(), now.0);
        let detail = format!("{}, revision {}, notice {notice}", schedule.month, schedule.revision);
        store::record_act(connection, &Act { detail: Some(detail), ..act })?;
    }
    Ok(Published {
        latest: context.latest(schedule.month),
        windows,
        notice,
        checks: check.checks.clone(),
        schedule: publication.schedule,
    })
}

/// The working copies of what was told say what is in force now.
fn mark_published(connection: &mut Connection, versions: &[PublishedWindow]) -> Result<(), StoreFault> {
    let told = versions.iter().filter(|version| !version.withdrawn);
    let told = told.map(|version| &version.reference).collect::<BTreeSet<_>>();
    for reference in told {
        if let Some(window) = store::find_window(connection, reference)? {
            store::save_window(connection, &MaintenanceWindow { state: WindowState::Published, ..window })?;
        }
    }
    Ok(())
}
