//! A window is saved: its form is checked alone (PM/s).

use super::{MaintenanceFault, WindowDetails, details};
use crate::{
    db::Connection,
    domain::{
        Act, ActArea, ActorName,
        maintenance::{MaintenanceWindow, WindowReference},
    },
    hash::Hasher,
    service::App,
    store::{self, PlanColumns},
};

/// What somebody who saves a window expects to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedWindow {
    /// Whatever is there is written over.
    Any,
    /// There is no window of that reference yet.
    New,
    /// The window says what it said when this mark was made of it ([`window_mark`]).
    Unchanged(String),
}

/// A mark of what is planned of a window: another plan has another one.
pub fn window_mark(window: &MaintenanceWindow) -> String {
    let mut hasher = Hasher::of("window");
    hasher.bytes(format!("{:?}", PlanColumns::from(window)).as_bytes());
    hasher.finish().to_string()
}

impl App {
    /// Saves what is planned of a window, which is an act. What was told of it stays in force until it is published again.
    ///
    /// # Errors
    /// When a value cannot be read, what is there is not what was expected, the window is closed or withdrawn, or the store fails.
    pub fn save_maintenance_window(
        &self,
        reference: &WindowReference,
        columns: PlanColumns,
        expected: ExpectedWindow,
        by: ActorName,
    ) -> Result<WindowDetails, MaintenanceFault> {
        let columns = PlanColumns { reference: reference.to_string(), ..columns };
        let draft = store::read_window_plan(&columns).map_err(MaintenanceFault::of_form)?;
        let (app, now) = (self.clone(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let before = store::find_window(connection, &draft.reference)?;
            saveable(&draft.reference, before.as_ref(), &expected)?;
            store::save_window_plans(connection, std::slice::from_ref(&draft))?;
            let after = details::window(connection, &draft.reference)?;
            let act = Act::new(ActArea::Maintenance, &draft.reference, "saved", by.clone(), now.0);
            let from = before.map(|before| before.state.to_string());
            store::record_act(connection, &Act { from, to: Some(after.state.to_string()), ..act })?;
            details::details(connection, &draft.reference, &app.choices().maintenance)
        })
    }
}

/// Whether a window may be saved over what is there: looked at in the transaction that saves it, so that of two who save at once one is
/// refused.
fn saveable(
    reference: &WindowReference,
    before: Option<&MaintenanceWindow>,
    expected: &ExpectedWindow,
) -> Result<(), MaintenanceFault> {
    let conflict = |reason: String| Err(MaintenanceFault::Conflict(reason));
    match (before, expected) {
        (Some(_), ExpectedWindow::New) => conflict(format!("there is a window {reference} already")),
        (Some(over), _) if over.is_over() => conflict(format!("{reference} is {}", over.state)),
        (Some(now), ExpectedWindow::Unchanged(mark)) if window_mark(now) != *mark => conflict(format!(
            "{reference} was changed since the form was opened: look at it first; who saves again writes over it"
        )),
        (None, ExpectedWindow::Unchanged(_)) => Err(MaintenanceFault::NoWindow(reference.clone())),
        (Some(_), ExpectedWindow::Any | ExpectedWindow::Unchanged(_))
        | (None, ExpectedWindow::Any | ExpectedWindow::New) => Ok(()),
    }
}
