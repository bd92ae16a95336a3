//! A window is saved: its form is checked alone (PM/s).

use super::{MaintenanceFault, WindowDetails, details};
use crate::{
    db::Connection,
    domain::{Act, ActArea, ActorName, maintenance::WindowReference},
    service::App,
    store::{self, PlanColumns},
};

impl App {
    /// Saves what is planned of a window, which is an act. What was told of it stays in force until it is published again.
    ///
    /// # Errors
    /// When a value cannot be read, the reference is another one, the window is closed or withdrawn, or the store fails.
    pub fn save_maintenance_window(
        &self,
        reference: &WindowReference,
        columns: PlanColumns,
        by: ActorName,
    ) -> Result<WindowDetails, MaintenanceFault> {
        let columns = PlanColumns { reference: reference.to_string(), ..columns };
        let draft = store::read_window_plan(&columns).map_err(MaintenanceFault::of_form)?;
        let (app, now) = (self.clone(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let before = store::find_window(connection, &draft.reference)?;
            if let Some(over) = before.as_ref().filter(|before| before.is_over()) {
                return Err(MaintenanceFault::Conflict(format!("{} is {}", over.reference, over.state)));
            }
            store::save_window_plans(connection, std::slice::from_ref(&draft))?;
            let after = details::details(connection, &draft.reference, &app.choices().maintenance)?;
            let act = Act::new(ActArea::Maintenance, &draft.reference, "saved", by.clone(), now.0);
            let from = before.map(|before| before.state.to_string());
            store::record_act(connection, &Act { from, to: Some(after.window.state.to_string()), ..act })?;
            details::details(connection, &draft.reference, &app.choices().maintenance)
        })
    }
}
