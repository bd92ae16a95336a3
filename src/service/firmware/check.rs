//! Questions before an ask: whether a delivery needs a schedule, and how images fill days (FW/a to FW/d, FW/s).

use super::{ScheduleFault, list::ledger};
use crate::{
    db::{Connection, StoreFault},
    domain::{Date, Eui64, FirmwareDay},
    rules::firmware::{ContactCheck, FirmwareSettings, PlannedDay, ProposedDelivery, check_delivery, plan},
    service::App,
    store,
};

/// A question whether a delivery needs a schedule.
#[derive(Clone, Copy, Debug)]
pub struct FirmwareCheck {
    /// What would be sent.
    pub delivery: ProposedDelivery,
    /// On top of what this User sent and agreed for the day; of nothing where absent.
    pub user: Option<Eui64>,
}

/// Looks at a delivery.
///
/// # Errors
/// When the database fails.
pub fn check_firmware(
    connection: &mut Connection,
    settings: &FirmwareSettings,
    asked: &FirmwareCheck,
) -> Result<ContactCheck, StoreFault> {
    let day = asked.delivery.day;
    let before = match asked.user {
        None => FirmwareDay::default(),
        Some(user) => store::firmware_day_of(connection, user, day)?,
    };
    Ok(check_delivery(&asked.delivery, &before, settings))
}

/// Fills London days from one on.
///
/// # Errors
/// When the images need more batches than a schedule has, or the database fails.
pub fn plan_firmware(
    connection: &mut Connection,
    settings: &FirmwareSettings,
    (images, from, per_day): (u64, Date, Option<u32>),
) -> Result<Vec<PlannedDay>, ScheduleFault> {
    let ledger = ledger(connection, settings, from)?;
    Ok(plan(images, from, per_day, &ledger)?)
}

impl App {
    /// Looks at a delivery.
    ///
    /// # Errors
    /// When the store fails.
    pub fn check_firmware(&self, asked: &FirmwareCheck) -> Result<ContactCheck, ScheduleFault> {
        let settings = &self.choices().rules.firmware;
        self.store().read(|connection| Ok(check_firmware(connection, settings, asked)?))
    }

    /// Fills London days from one on.
    ///
    /// # Errors
    /// When the images need more batches than a schedule has, or the store fails.
    pub fn plan_firmware(
        &self,
        images: u64,
        from: Date,
        per_day: Option<u32>,
    ) -> Result<Vec<PlannedDay>, ScheduleFault> {
        let settings = &self.choices().rules.firmware;
        self.store().read(|connection| plan_firmware(connection, settings, (images, from, per_day)))
    }
}
