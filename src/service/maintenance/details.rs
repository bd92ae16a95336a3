//! A window with all that is known of it.

use super::MaintenanceFault;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, ChangeRecord,
        maintenance::{MaintenanceWindow, PublishedWindow, WindowCategory, WindowReference},
    },
    rules::maintenance::{MaintenanceSettings, Planning, categorised, category_under, planning},
    service::App,
    store::{self, ActFilter, KeyedCase, ListOrder, PageRequest},
};

/// How many acts a window is shown with.
const SHOWN: u16 = 1_000;

/// A window with all that is known of it.
#[derive(Clone, Debug)]
pub struct WindowDetails {
    /// The working copy.
    pub window: MaintenanceWindow,
    /// Whether it is Planned Maintenance.
    pub planning: Planning,
    /// The category that follows; none where it has none.
    pub category: Option<WindowCategory>,
    /// The column that gave the category.
    pub category_because: Option<&'static str>,
    /// What was told of it, the first time first.
    pub versions: Vec<PublishedWindow>,
    /// The changes that are made in it (MP092-R26).
    pub changes: Vec<ChangeRecord>,
    /// The cases about it.
    pub cases: Vec<KeyedCase>,
    /// What was done with it.
    pub acts: Vec<Act>,
}

impl WindowDetails {
    /// Loads a window; none where there is none of that reference.
    ///
    /// # Errors
    /// When the store fails.
    pub fn load(
        connection: &mut Connection,
        reference: &WindowReference,
        settings: &MaintenanceSettings,
    ) -> Result<Option<Self>, StoreFault> {
        let window = store::find_window(connection, reference)?;
        window.map(|window| Self::of(connection, window, settings)).transpose()
    }

    /// Loads the rest of a window.
    pub(super) fn of(
        connection: &mut Connection,
        window: MaintenanceWindow,
        settings: &MaintenanceSettings,
    ) -> Result<Self, StoreFault> {
        let filter =
            ActFilter { area: Some(ActArea::Maintenance), about: Some(window.reference.to_string()) };
        let acts = store::acts_page(connection, &filter, ListOrder::OldestFirst, PageRequest::first(SHOWN))?;
        let category = category_under(&window.plan, settings.rule_set(window.plan.month()));
        Ok(Self {
            planning: planning(&window.plan),
            category,
            category_because: category.map(|_| categorised(&window.plan).because),
            versions: store::versions_of_window(connection, &window.reference)?,
            changes: changes_in(connection, &window.reference)?,
            cases: store::cases_of_windows(connection, [&window.reference])?,
            acts: acts.rows.into_iter().map(|keyed| keyed.act).collect(),
            window,
        })
    }

    /// What is in force of it.
    pub fn in_force(&self) -> Option<&PublishedWindow> {
        self.versions.last().filter(|newest| !newest.withdrawn)
    }
}

/// The changes that are made in a window, in the order of their IDs.
fn changes_in(
    connection: &mut Connection,
    reference: &WindowReference,
) -> Result<Vec<ChangeRecord>, StoreFault> {
    let mut changes = store::all_changes(connection)?;
    changes.retain(|change| change.window.as_ref() == Some(reference));
    Ok(changes)
}

/// The window, which is there.
pub(super) fn window(
    connection: &mut Connection,
    reference: &WindowReference,
) -> Result<MaintenanceWindow, MaintenanceFault> {
    let found = store::find_window(connection, reference)?;
    found.ok_or_else(|| MaintenanceFault::NoWindow(reference.clone()))
}

/// The newest version of a window that was ever told.
pub(super) fn newest(
    connection: &mut Connection,
    reference: &WindowReference,
) -> Result<Option<PublishedWindow>, StoreFault> {
    Ok(store::newest_published(connection, &[reference].into())?.remove(reference))
}

/// The window with all that is known of it, after a change.
pub(super) fn details(
    connection: &mut Connection,
    reference: &WindowReference,
    settings: &MaintenanceSettings,
) -> Result<WindowDetails, MaintenanceFault> {
    let loaded = WindowDetails::load(connection, reference, settings)?;
    loaded.ok_or_else(|| MaintenanceFault::NoWindow(reference.clone()))
}

impl App {
    /// A window with all that is known of it; none where there is none of that reference.
    ///
    /// # Errors
    /// When the store fails.
    pub fn maintenance_window(
        &self,
        reference: &WindowReference,
    ) -> Result<Option<WindowDetails>, MaintenanceFault> {
        let settings = &self.choices().maintenance;
        self.store().read(|connection| Ok(WindowDetails::load(connection, reference, settings)?))
    }
}
