//! What is planned of windows, saved beside what was told of them.

use std::collections::BTreeSet;

use super::{published, windows};
use crate::{
    db::{Connection, StoreFault},
    domain::maintenance::{MaintenanceWindow, WindowState},
};

/// Saves what is planned of these windows, and keeps what else is known of them. One that is in force changes its state alone: what was
/// told stays in force (PM/s). What is closed or withdrawn stays as it is.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn save_plans(connection: &mut Connection, drafts: &[MaintenanceWindow]) -> Result<(), StoreFault> {
    let references = drafts.iter().map(|draft| &draft.reference).collect::<BTreeSet<_>>();
    let before = windows::of_references(connection, &references)?;
    let told = published::newest_of(connection, &references)?;
    let saved = drafts.iter().filter_map(|draft| {
        let known = before.iter().find(|window| window.reference == draft.reference);
        if known.is_some_and(MaintenanceWindow::is_over) {
            return None;
        }
        let told = told.get(&draft.reference).filter(|told| !told.withdrawn);
        let state = match told {
            None => WindowState::Draft,
            Some(told) if told.tells(&draft.plan) => WindowState::Published,
            Some(_) => WindowState::Changed,
        };
        let known = known.unwrap_or(draft).clone();
        Some(MaintenanceWindow { plan: draft.plan.clone(), state, ..known })
    });
    windows::replace(connection, &saved.collect::<Vec<_>>())
}
