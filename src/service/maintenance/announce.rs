//! A window that is not planned is announced by itself (PM/t).

use super::{
    MaintenanceFault, WindowDetails, details,
    notice_text::{announcement_text, window_subject},
    notices::{MaintenanceNotice, tell},
};
use crate::{
    db::Connection,
    domain::{
        Act, ActArea, ActorName, Now, Timestamp,
        maintenance::{MaintenanceWindow, PublishedWindow, WindowKind, WindowReference, WindowState},
    },
    rules::maintenance::{Announcement, MaintenanceCheck, announce},
    service::App,
    store,
};

/// A window that was announced.
#[derive(Clone, Debug)]
pub struct Announced {
    /// The window after it.
    pub details: WindowDetails,
    /// The number of the notice.
    pub notice: i64,
    /// Whether it lies in the past.
    pub retrospective: bool,
    /// The minutes from when the DCC knew of it to the notice.
    pub minutes_to_notice: u64,
    /// The checks that were made, warnings among them.
    pub checks: Vec<MaintenanceCheck>,
}

impl App {
    /// Announces a window that is not planned. Without an instant since when the DCC knew of it, that is the one it was announced with
    /// first, or now. The window keeps the first one.
    ///
    /// # Errors
    /// When there is no such window, it is planned, nothing of it differs from what was announced, a rule refuses, or the store fails.
    pub fn announce_maintenance(
        &self,
        reference: WindowReference,
        aware_at: Option<Timestamp>,
        is_for_rdp: bool,
        by: ActorName,
    ) -> Result<Announced, MaintenanceFault> {
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let window = announceable(connection, &reference)?;
            let aware_at = aware_at.or(window.aware_at).unwrap_or(now.0);
            let judged = announce(&window, aware_at, app.planning(&calendar, now));
            let Announcement { checks, retrospective, minutes_to_notice } = judged;
            let checks = MaintenanceFault::refuse(checks)?;
            let version = next_version(connection, &window, now)?;
            store::insert_published(connection, std::slice::from_ref(&version))?;
            let state = WindowState::Published;
            // What the report measures is the first notice: that of which the DCC learned later is in the act and the notice alone.
            let first_aware = Some(window.aware_at.unwrap_or(aware_at));
            let after = MaintenanceWindow { state, aware_at: first_aware, ..window.clone() };
            store::save_window(connection, &after)?;
            let subject = window_subject(window_word(&window), &reference);
            let text = announcement_text(&reference, &window.plan, aware_at, retrospective);
            let notice = tell(
                connection,
                MaintenanceNotice::Unplanned,
                (&subject, text),
                &reference,
                is_for_rdp,
                now,
            )?;
            let act = Act {
                from: Some(window.state.to_string()),
                to: Some(state.to_string()),
                detail: Some(format!(
                    "known since {aware_at}, {minutes_to_notice} minutes to notice {notice}"
                )),
                checks: checks.iter().map(Into::into).collect(),
                ..Act::new(ActArea::Maintenance, &reference, "announced", by.clone(), now.0)
            };
            store::record_act(connection, &act)?;
            let details = details::details(connection, &reference, &app.choices().maintenance)?;
            Ok(Announced { details, notice, retrospective, minutes_to_notice, checks })
        })
    }
}

/// The window, where it can be announced: it is not planned, not over, and differs from what was announced.
fn announceable(
    connection: &mut Connection,
    reference: &WindowReference,
) -> Result<MaintenanceWindow, MaintenanceFault> {
    let window = details::window(connection, reference)?;
    let conflict = |reason: &str| Err(MaintenanceFault::Conflict(format!("{reference} {reason}")));
    match window.plan.kind {
        WindowKind::Planned => return conflict("is planned: it is published with its month"),
        WindowKind::Unplanned | WindowKind::Emergency => {}
    }
    match window.state {
        WindowState::Draft | WindowState::Changed => Ok(window),
        WindowState::Published => conflict("is announced, and nothing of it was changed since"),
        WindowState::Withdrawn => conflict("is withdrawn"),
        WindowState::Closed => conflict("is closed"),
    }
}

fn window_word(window: &MaintenanceWindow) -> &'static str {
    match window.plan.kind {
        WindowKind::Emergency => "Emergency maintenance",
        WindowKind::Planned | WindowKind::Unplanned => "Unplanned maintenance",
    }
}

/// The version of a window that is told alone, with no category: limits do not apply.
fn next_version(
    connection: &mut Connection,
    window: &MaintenanceWindow,
    now: Now,
) -> Result<PublishedWindow, MaintenanceFault> {
    let before = details::newest(connection, &window.reference)?;
    let mut plan = window.plan.clone();
    plan.category = None;
    Ok(PublishedWindow {
        reference: window.reference.clone(),
        version: before.map_or(1, |before| before.version.saturating_add(1)),
        month: plan.month(),
        revision: 0,
        published_at: now.0,
        withdrawn: false,
        plan,
    })
}
