//! What is planned of windows, saved beside what was told of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{published, windows};
use crate::{
    db::{Connection, StoreFault},
    domain::maintenance::{MaintenanceWindow, PublishedWindow, WindowReference, WindowState},
    rules::maintenance::planned_state,
};

/// A window of which something else is planned now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedPlan {
    /// The window.
    pub reference: WindowReference,
    /// Its state before; none of a new one.
    pub from: Option<WindowState>,
    /// Its state now.
    pub to: WindowState,
}

/// Saves what is planned of these windows, and keeps what else is known of them; returns those of which something else is planned now. One
/// that is in force changes its state alone: what was told stays in force (PM/s). What is closed or withdrawn stays as it is.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn save_plans(
    connection: &mut Connection,
    drafts: &[MaintenanceWindow],
) -> Result<Vec<SavedPlan>, StoreFault> {
    let references = drafts.iter().map(|draft| &draft.reference).collect::<BTreeSet<_>>();
    let before = windows::of_references(connection, &references)?;
    let before = before.iter().map(|window| (&window.reference, window)).collect::<BTreeMap<_, _>>();
    let told = published::newest_of(connection, &references)?;
    let (mut saved, mut changed) = (Vec::new(), Vec::new());
    for draft in drafts {
        let known = before.get(&draft.reference).copied();
        if known.is_some_and(MaintenanceWindow::is_over) {
            continue;
        }
        let to = planned_state(&draft.plan, told.get(&draft.reference));
        if known.is_none_or(|known| known.plan != draft.plan) {
            let from = known.map(|known| known.state);
            changed.push(SavedPlan { reference: draft.reference.clone(), from, to });
        }
        let known = known.unwrap_or(draft).clone();
        saved.push(MaintenanceWindow { plan: draft.plan.clone(), state: to, ..known });
    }
    windows::replace(connection, &saved)?;
    Ok(changed)
}

/// Marks the working copies of what was told as published, all in one step: they say what is in force now.
///
/// # Errors
/// As [`save_plans`].
pub fn mark_published(connection: &mut Connection, told: &[PublishedWindow]) -> Result<(), StoreFault> {
    let references = told.iter().filter(|version| !version.withdrawn).map(|version| &version.reference);
    let windows = windows::of_references(connection, &references.collect())?;
    let published =
        windows.into_iter().map(|window| MaintenanceWindow { state: WindowState::Published, ..window });
    windows::replace(connection, &published.collect::<Vec<_>>())
}
