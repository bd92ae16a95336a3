//! A window with all that is known of it.

use std::collections::BTreeMap;

use super::MaintenanceFault;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, ChangeRecord, LondonMonth,
        maintenance::{MaintenanceWindow, PublishedWindow, WindowCategory, WindowReference},
    },
    rules::maintenance::{MaintenanceSettings, Planning, categorised, category_under, planning},
    service::App,
    store::{self, KeyedCase},
};

/// How many acts a window is shown with.
const SHOWN: usize = 1_000;

/// The act of a publication: of a month, and of each window that it tells.
pub(super) const PUBLISHED: &str = "published";

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
        Ok(Self::of_all(connection, window.into_iter().collect(), settings)?.pop())
    }

    /// Loads the rest of these windows, in their order: each table is asked once for a part of them.
    pub(super) fn of_all(
        connection: &mut Connection,
        windows: Vec<MaintenanceWindow>,
        settings: &MaintenanceSettings,
    ) -> Result<Vec<Self>, StoreFault> {
        let mut beside = Beside::load(connection, &windows)?;
        Ok(windows.into_iter().map(|window| Self::new(window, &mut beside, settings)).collect())
    }

    fn new(window: MaintenanceWindow, beside: &mut Beside, settings: &MaintenanceSettings) -> Self {
        let category = category_under(&window.plan, settings.rule_set(window.plan.month()));
        let reference = &window.reference;
        Self {
            planning: planning(&window.plan),
            category,
            category_because: category.map(|_| categorised(&window.plan).because),
            versions: beside.versions.remove(reference).unwrap_or_default(),
            changes: beside.changes.remove(reference).unwrap_or_default(),
            cases: beside.cases.remove(reference).unwrap_or_default(),
            acts: beside.acts.remove(reference.as_str()).unwrap_or_default(),
            window,
        }
    }

    /// What is in force of it.
    pub fn in_force(&self) -> Option<&PublishedWindow> {
        self.versions.last().filter(|newest| !newest.withdrawn)
    }
}

/// What is known of windows beside their working copies.
struct Beside {
    versions: BTreeMap<WindowReference, Vec<PublishedWindow>>,
    changes: BTreeMap<WindowReference, Vec<ChangeRecord>>,
    cases: BTreeMap<WindowReference, Vec<KeyedCase>>,
    acts: BTreeMap<String, Vec<Act>>,
}

impl Beside {
    fn load(connection: &mut Connection, windows: &[MaintenanceWindow]) -> Result<Self, StoreFault> {
        let texts = windows.iter().map(|window| window.reference.to_string()).collect::<Vec<_>>();
        let versions = store::versions_of_windows(connection, &texts)?;
        let changes = store::changes_of_windows(connection, &texts)?;
        let cases = store::cases_of_windows(connection, windows.iter().map(|window| &window.reference))?;
        let acts = store::acts_about(connection, ActArea::Maintenance, &texts)?;
        let changes = changes.into_iter().filter_map(|change| Some((change.window.clone()?, change)));
        let acts = acts.into_iter().filter(|act| !is_of_month(act));
        let mut acts = grouped(acts.map(|act| (act.about.clone(), act)));
        acts.values_mut().for_each(|acts| acts.truncate(SHOWN));
        Ok(Self {
            versions: grouped(versions.into_iter().map(|one| (one.reference.clone(), one))),
            changes: grouped(changes),
            cases: grouped(cases.into_iter().map(|one| (one.case.reference.clone(), one))),
            acts,
        })
    }
}

fn grouped<K: Ord, V>(values: impl Iterator<Item = (K, V)>) -> BTreeMap<K, Vec<V>> {
    let mut groups = BTreeMap::<K, Vec<V>>::new();
    for (key, value) in values {
        groups.entry(key).or_default().push(value);
    }
    groups
}

/// Whether an act is about a month: a window may be called as one. The publication of a month says which revision it is, that of a window
/// says no state.
fn is_of_month(act: &Act) -> bool {
    act.act == PUBLISHED && act.to.is_some() && act.about.parse::<LondonMonth>().is_ok()
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
