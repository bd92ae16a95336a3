//! A window that runs is extended, and one that is over is closed (PM/u, PM/v).

use super::{
    MaintenanceFault, WindowDetails, details,
    notice_text::{update_text, window_subject},
    notices::{MaintenanceNotice, concerns_rdp, tell},
};
use crate::{
    db::Connection,
    domain::{
        Act, ActArea, ActReason, ActorName, Timestamp, YesNo,
        maintenance::{
            MaintenanceWindow, PublishedWindow, WindowEnding, WindowPlan, WindowReference, WindowState,
        },
    },
    rules::maintenance::{end, extend, is_as_told, planned_state, span},
    service::App,
    store,
};

/// How a window is closed.
#[derive(Clone, Copy, Debug)]
pub struct WindowClosing {
    /// When work began; by default as it was told.
    pub started_at: Option<Timestamp>,
    /// When it was done; by default as it was told, or now where that is ahead.
    pub ended_at: Option<Timestamp>,
    /// Whether end-to-end communications were disrupted unexpectedly.
    pub disrupted: YesNo,
}

impl App {
    /// Moves the end of a window that runs, and tells what differs from what was said; returns the window and the notice's number.
    ///
    /// # Errors
    /// When there is no such window, it does not run, a rule refuses, or the store fails.
    pub fn extend_maintenance(
        &self,
        reference: WindowReference,
        ends_at: Timestamp,
        note: ActReason,
        by: ActorName,
    ) -> Result<(WindowDetails, i64), MaintenanceFault> {
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let (window, told) = begun(connection, &reference, now.0)?;
            if !told.is_in_force(now.0) {
                let reason = format!("{reference} is over since {}: close it", told.plan.ends_at);
                return Err(MaintenanceFault::Conflict(reason));
            }
            let checks =
                MaintenanceFault::refuse(vec![extend(&told, ends_at, app.planning(&calendar, now))])?;
            let before = told.plan.ends_at;
            let mut version = PublishedWindow {
                version: told.version.saturating_add(1),
                revision: 0,
                published_at: now.0,
                ..told
            };
            version.plan.ends_at = ends_at;
            store::insert_published(connection, std::slice::from_ref(&version))?;
            store::save_window(connection, &extended(window, before, &version, &note))?;
            let was = span(version.plan.starts_at, before);
            let what = format!("The window ends at another time than was said: before, it was {was}.");
            let text = update_text(&reference, &version.plan, &what, note.as_str());
            let subject = window_subject("Maintenance ends at another time", &reference);
            let is_for_rdp = concerns_rdp(connection, &reference)?;
            let notice =
                tell(connection, MaintenanceNotice::Update, (&subject, text), &reference, is_for_rdp, now)?;
            let act = Act {
                from: Some(before.to_string()),
                to: Some(ends_at.to_string()),
                reason: Some(note.clone()),
                detail: Some(format!("notice {notice}")),
                checks: checks.iter().map(Into::into).collect(),
                ..Act::new(ActArea::Maintenance, &reference, "extended", by.clone(), now.0)
            };
            store::record_act(connection, &act)?;
            Ok((details::details(connection, &reference, &app.choices().maintenance)?, notice))
        })
    }

    /// Closes a window that has begun.
    ///
    /// # Errors
    /// When there is no such window, it has not begun or is over already, a rule refuses its times, or the store fails.
    pub fn close_maintenance(
        &self,
        reference: WindowReference,
        closing: WindowClosing,
        by: ActorName,
    ) -> Result<WindowDetails, MaintenanceFault> {
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let (window, told) = begun(connection, &reference, now.0)?;
            let WindowClosing { started_at, ended_at, disrupted } = closing;
            let ending = WindowEnding {
                started_at: started_at.unwrap_or(told.plan.starts_at),
                ended_at: ended_at.unwrap_or(told.plan.ends_at.min(now.0)),
                disrupted,
            };
            let checks = MaintenanceFault::refuse(vec![end(&window, &ending, app.planning(&calendar, now))])?;
            let state = WindowState::Closed;
            let plan = worked(&window.plan, &told);
            let dropped =
                if plan == window.plan { "" } else { "; what was changed and not published is dropped" };
            let after = MaintenanceWindow { state, ending: Some(ending), plan, ..window.clone() };
            store::save_window(connection, &after)?;
            let act = Act {
                from: Some(window.state.to_string()),
                to: Some(state.to_string()),
                detail: Some(format!(
                    "{}, {} minutes, disrupted: {disrupted}{dropped}",
                    span(ending.started_at, ending.ended_at),
                    ending.minutes()
                )),
                checks: checks.iter().map(Into::into).collect(),
                ..Act::new(ActArea::Maintenance, &reference, "closed", by.clone(), now.0)
            };
            store::record_act(connection, &act)?;
            details::details(connection, &reference, &app.choices().maintenance)
        })
    }
}

/// The working copy after an extension. One that is planned for other times keeps them.
fn extended(
    window: MaintenanceWindow,
    before: Timestamp,
    version: &PublishedWindow,
    note: &ActReason,
) -> MaintenanceWindow {
    let mut plan = window.plan.clone();
    if (plan.starts_at, plan.ends_at) == (version.plan.starts_at, before) {
        plan.ends_at = version.plan.ends_at;
    }
    let state = planned_state(&plan, Some(version));
    MaintenanceWindow { plan, state, note: Some(note.clone()), ..window }
}

/// What was worked: the plan as it was told, whatever was planned since. A category that is not stated stays so where it follows.
fn worked(plan: &WindowPlan, told: &PublishedWindow) -> WindowPlan {
    let worked = WindowPlan { category: plan.category, ..told.plan.clone() };
    if is_as_told(&worked, told) { worked } else { told.plan.clone() }
}

/// The window and what is in force of it, where it has begun and is not closed.
fn begun(
    connection: &mut Connection,
    reference: &WindowReference,
    now: Timestamp,
) -> Result<(MaintenanceWindow, PublishedWindow), MaintenanceFault> {
    let window = details::window(connection, reference)?;
    let conflict = |reason: String| Err(MaintenanceFault::Conflict(format!("{reference} {reason}")));
    if window.is_over() {
        return conflict(format!("is {}", window.state));
    }
    match details::newest(connection, reference)?.filter(|told| !told.withdrawn) {
        None => conflict("was never published".to_owned()),
        Some(told) if told.plan.starts_at > now => conflict(format!("begins at {}", told.plan.starts_at)),
        Some(told) => Ok((window, told)),
    }
}
