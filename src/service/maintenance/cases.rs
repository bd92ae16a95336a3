//! Cases about windows are opened and closed (PM/x).

use super::{MaintenanceFault, WindowDetails, details};
use crate::{
    db::Connection,
    domain::{
        Act, ActArea, ActReason, ActorName, FreeText,
        maintenance::{
            CaseId, CaseKind, CaseOutcome, ClosedCase, MaintenanceCase, WindowReference, WindowText,
        },
    },
    rules::maintenance::{close_case, open_case},
    service::App,
    store,
};

/// What somebody says about a window.
#[derive(Clone, Debug)]
pub struct CaseOpening {
    /// The window.
    pub reference: WindowReference,
    /// What it is about.
    pub kind: CaseKind,
    /// Who brings it.
    pub party: FreeText,
    /// Why.
    pub reasons: Option<WindowText>,
}

impl App {
    /// Opens a case; returns the window and the case's number.
    ///
    /// # Errors
    /// When there is no such window, a rule refuses, or the store fails.
    pub fn open_maintenance_case(
        &self,
        opening: CaseOpening,
        by: ActorName,
    ) -> Result<(WindowDetails, CaseId), MaintenanceFault> {
        let (app, now) = (self.clone(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let CaseOpening { reference, kind, party, reasons } = opening.clone();
            details::window(connection, &reference)?;
            let opened_at = now.0;
            let case = MaintenanceCase { reference, kind, party, reasons, opened_at, closed: None };
            let checks = MaintenanceFault::refuse(vec![open_case(&case)])?;
            let id = store::insert_case(connection, &case)?;
            let act = Act {
                detail: Some(format!("case {id}: {kind} of {}", case.party)),
                checks: checks.iter().map(Into::into).collect(),
                ..Act::new(ActArea::Maintenance, &case.reference, "case opened", by.clone(), now.0)
            };
            store::record_act(connection, &act)?;
            Ok((details::details(connection, &case.reference, &app.choices().maintenance)?, id))
        })
    }

    /// The window that a case is about.
    ///
    /// # Errors
    /// When there is no such case, or the store fails.
    pub fn window_of_case(&self, id: CaseId) -> Result<WindowReference, MaintenanceFault> {
        let found =
            self.store().read(|connection| Ok::<_, MaintenanceFault>(store::find_case(connection, id)?));
        found?.map(|keyed| keyed.case.reference).ok_or(MaintenanceFault::NoCase(id))
    }

    /// Closes a case; returns its window.
    ///
    /// # Errors
    /// When there is no such case, it is closed, outcome or reason are missing, or the store fails.
    pub fn close_maintenance_case(
        &self,
        id: CaseId,
        outcome: Option<CaseOutcome>,
        reason: Option<ActReason>,
        by: ActorName,
    ) -> Result<WindowDetails, MaintenanceFault> {
        let (app, now) = (self.clone(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let case = store::find_case(connection, id)?.ok_or(MaintenanceFault::NoCase(id))?.case;
            if case.closed.is_some() {
                return Err(MaintenanceFault::Conflict(format!("case {id} is closed")));
            }
            let check = close_case(&case, outcome.is_some(), reason.is_some());
            let checks = MaintenanceFault::refuse(vec![check])?;
            let Some((outcome, reason)) = outcome.zip(reason.clone()) else {
                return Err(MaintenanceFault::Refused(checks));
            };
            let closed = ClosedCase { outcome, reason: reason.clone(), at: now.0 };
            store::close_case(connection, id, &closed)?;
            let act = Act {
                to: Some(outcome.to_string()),
                reason: Some(reason),
                detail: Some(format!("case {id}: {} of {}", case.kind, case.party)),
                checks: checks.iter().map(Into::into).collect(),
                ..Act::new(ActArea::Maintenance, &case.reference, "case closed", by.clone(), now.0)
            };
            store::record_act(connection, &act)?;
            details::details(connection, &case.reference, &app.choices().maintenance)
        })
    }
}
