//! A month is published: judged, told and recorded in one transaction (PM/s).

use super::{
    MaintenanceFault,
    details::PUBLISHED,
    facts,
    notice_text::{schedule_subject, schedule_text},
    notices::{MaintenanceNotice, tell},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, ActReason, ActorName, Date, LondonMonth, Now,
        maintenance::{MonthSchedule, PublishedWindow},
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
    let Publication { schedule, versions, changes: _, check } = &publication;
    store::insert_schedule(connection, schedule)?;
    store::insert_published(connection, versions)?;
    store::mark_windows_published(connection, versions)?;
    let mut windows = store::newest_published_of_month(connection, schedule.month)?;
    windows.retain(|window| !window.withdrawn);
    let kind = if schedule.revision == 1 { MaintenanceNotice::Schedule } else { MaintenanceNotice::Revised };
    let told = (schedule_subject(schedule), schedule_text(&publication, &windows));
    let notice = tell(connection, kind, (&told.0, told.1), &schedule.month, true, now)?;
    store::record_acts(connection, &acts(&publication, notice))?;
    Ok(Published {
        latest: context.latest(schedule.month),
        windows,
        notice,
        checks: check.checks.clone(),
        schedule: publication.schedule,
    })
}

/// The act of the month, and one of each window that it tells.
fn acts(publication: &Publication, notice: i64) -> Vec<Act> {
    let Publication { schedule, versions, changes: _, check } = publication;
    let MonthSchedule { month, revision, by, published_at, .. } = schedule;
    let act =
        |about: String, word: &str| Act::new(ActArea::Maintenance, about, word, by.clone(), *published_at);
    let of_month = Act {
        to: Some(revision.to_string()),
        reason: schedule.note.clone(),
        detail: Some(format!("{} windows changed, notice {notice}", versions.len())),
        checks: check.checks.iter().map(Into::into).collect(),
        ..act(month.to_string(), PUBLISHED)
    };
    let of_window = |version: &PublishedWindow| Act {
        detail: Some(format!("{month}, revision {revision}, notice {notice}")),
        ..act(version.reference.to_string(), if version.withdrawn { "taken back" } else { PUBLISHED })
    };
    std::iter::once(of_month).chain(versions.iter().map(of_window)).collect()
}
