//! A window is withdrawn, and a replacement is asked for (PM/w).

use super::{
    MaintenanceFault, WindowDetails, details,
    notice_text::{update_text, window_subject},
    notices::{MaintenanceNotice, concerns_rdp, tell},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, ActReason, ActorName, Now,
        maintenance::{
            CaseKind, MaintenanceCase, MaintenanceWindow, PublishedWindow, WindowKind, WindowReference,
            WindowState,
        },
    },
    rules::maintenance::withdraw,
    service::App,
    store,
};

impl App {
    /// Withdraws a window, and opens a case for each of its providers. It is in force no more. Of a planned one the next revision of its
    /// month tells; one that was announced alone is taken back at once.
    ///
    /// # Errors
    /// When there is no such window, it is over, a rule refuses, or the store fails.
    pub fn withdraw_maintenance(
        &self,
        reference: WindowReference,
        reason: ActReason,
        by: ActorName,
    ) -> Result<(WindowDetails, Option<i64>), MaintenanceFault> {
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let window = details::window(connection, &reference)?;
            if window.is_over() {
                return Err(MaintenanceFault::Conflict(format!("{reference} is {}", window.state)));
            }
            let told = details::newest(connection, &reference)?.filter(|told| !told.withdrawn);
            let check = withdraw(&window, told.as_ref(), app.planning(&calendar, now));
            let checks = MaintenanceFault::refuse(vec![check])?;
            let state = WindowState::Withdrawn;
            let after = MaintenanceWindow { state, note: Some(reason.clone()), ..window.clone() };
            store::save_window(connection, &after)?;
            open_replacements(connection, &window, now)?;
            let notice = match told.filter(|told| told.plan.kind != WindowKind::Planned) {
                None => None,
                Some(told) => Some(take_back(connection, told, &reason, now)?),
            };
            let act = Act {
                from: Some(window.state.to_string()),
                to: Some(state.to_string()),
                reason: Some(reason.clone()),
                checks: checks.iter().map(Into::into).collect(),
                ..Act::new(ActArea::Maintenance, &reference, "withdrawn", by.clone(), now.0)
            };
            store::record_act(connection, &act)?;
            Ok((details::details(connection, &reference, &app.choices().maintenance)?, notice))
        })
    }
}

/// A case for each provider of the window, or one for the DCC where it names none.
fn open_replacements(
    connection: &mut Connection,
    window: &MaintenanceWindow,
    now: Now,
) -> Result<(), StoreFault> {
    let named = window.plan.providers.iter().map(|provider| provider.as_str()).collect::<Vec<_>>();
    let parties = if named.is_empty() { vec!["DCC"] } else { named };
    for party in parties {
        let party = party.parse().map_err(|reason: crate::domain::Malformed| StoreFault::Corrupt {
            table: "maintenance_cases",
            column: "party",
            reason: reason.to_string(),
        })?;
        let case = MaintenanceCase {
            reference: window.reference.clone(),
            kind: CaseKind::Replacement,
            party,
            reasons: None,
            opened_at: now.0,
            closed: None,
        };
        store::insert_case(connection, &case)?;
    }
    Ok(())
}

/// Takes back what was announced alone, and tells so.
fn take_back(
    connection: &mut Connection,
    told: PublishedWindow,
    reason: &ActReason,
    now: Now,
) -> Result<i64, StoreFault> {
    let version = PublishedWindow {
        version: told.version.saturating_add(1),
        revision: 0,
        published_at: now.0,
        withdrawn: true,
        ..told
    };
    store::insert_published(connection, std::slice::from_ref(&version))?;
    let text = update_text(&version.reference, &version.plan, "The window is withdrawn.", reason.as_str());
    let subject = window_subject("Maintenance is withdrawn", &version.reference);
    let is_for_rdp = concerns_rdp(connection, &version.reference)?;
    tell(connection, MaintenanceNotice::Update, (&subject, text), &version.reference, is_for_rdp, now)
}
