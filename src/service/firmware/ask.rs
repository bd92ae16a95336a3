//! A schedule that a User asks for: checked, kept, and agreed at once where the Service Desk is simulated (FW/f to FW/h).

use super::{
    ScheduleFault, ShownSchedule,
    agree::{agree, state_of},
    list::{self, ScheduleBasis},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, ActCheck, ActorName, DeliverySchedule, FirmwareHash, ImageSize, ScheduleAsk,
        ScheduleNumber, ScheduleState, london_date,
    },
    rules::firmware::{AskFacts, CheckedAsk, Settlement, check_ask},
    service::{App, SimulatedServiceDesk},
    store,
};

/// The size of an image on the register; a part has that of its whole.
pub(super) fn registered_size(
    connection: &mut Connection,
    hash: FirmwareHash,
) -> Result<Option<ImageSize>, StoreFault> {
    let Some(image) = store::image_of(connection, hash)? else { return Ok(None) };
    let whole = image.part_of.map(|whole| store::image_of(connection, whole)).transpose()?.flatten();
    Ok(Some(whole.unwrap_or(image).size))
}

impl App {
    /// Takes a schedule that a User asks for.
    ///
    /// # Errors
    /// When a rule refuses it, or the store fails.
    pub fn ask_firmware_schedule(
        &self,
        ask: ScheduleAsk,
        by: ActorName,
    ) -> Result<ShownSchedule, ScheduleFault> {
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        self.store().transact(move |connection: &mut Connection| {
            let basis = ScheduleBasis { settings: &app.choices().rules.firmware, calendar: &calendar, now };
            let (number, checks) = take(connection, &ask, &by, basis)?;
            if let Some(SimulatedServiceDesk::Agree) = app.choices().simulated_service_desk {
                agree_unless_clashing(connection, number, basis)?;
            }
            let shown = list::load(connection, number, basis)?;
            let mut shown = shown.ok_or(ScheduleFault::NoSchedule(number))?;
            shown.warnings = checks.into_iter().filter(|check| !check.holds).collect();
            Ok(shown)
        })
    }
}

/// Checks an ask and keeps it, with its act. Returns its number, and what was looked at.
fn take(
    connection: &mut Connection,
    ask: &ScheduleAsk,
    by: &ActorName,
    basis: ScheduleBasis<'_>,
) -> Result<(ScheduleNumber, Vec<crate::domain::Step>), ScheduleFault> {
    let ScheduleBasis { settings, calendar, now } = basis;
    let user = store::find_user(connection, ask.user)?;
    let registered = registered_size(connection, ask.hash)?;
    let asked = ask.batches.iter().map(|batch| batch.day).collect();
    let days = store::firmware_days_of(connection, ask.user, &asked)?;
    let facts =
        AskFacts { user: user.as_ref(), registered, days: &days, today: london_date(now.0), calendar };
    let CheckedAsk { checks, accepted } = check_ask(ask, &facts, settings);
    let Some((size, images)) = accepted else { return Err(ScheduleFault::Refused(checks)) };
    let schedule = DeliverySchedule {
        // The store gives it.
        number: ScheduleNumber(0),
        user: ask.user,
        hash: ask.hash,
        size,
        images,
        security: ask.security,
        reason: ask.reason.clone(),
        state: ScheduleState::Open,
        asked_at: now.0,
    };
    let number = store::insert_delivery_schedule(connection, &schedule, &ask.batches)?;
    let security = if ask.security { ", security" } else { "" };
    let act = Act {
        to: Some(ScheduleState::Open.to_string()),
        reason: ask.reason.clone(),
        detail: Some(format!("images: {images}, batches: {}{security}", ask.batches.len())),
        checks: checks.iter().map(ActCheck::from).collect(),
        ..Act::new(ActArea::Firmware, number, "asked", by.clone(), now.0)
    };
    store::record_act(connection, &act)?;
    Ok((number, checks))
}

/// What the simulated Service Desk does: it agrees what clashes with nothing.
fn agree_unless_clashing(
    connection: &mut Connection,
    number: ScheduleNumber,
    basis: ScheduleBasis<'_>,
) -> Result<(), ScheduleFault> {
    let schedule = state_of(connection, number)?;
    let by = ActorName::token();
    match agree(connection, &schedule, (by, None), &Settlement::AsAsked, basis) {
        // It stays asked.
        Ok(_) | Err(ScheduleFault::Refused(_)) => Ok(()),
        Err(fault) => Err(fault),
    }
}
