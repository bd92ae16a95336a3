//! What reports of hubs are judged by.

use crate::domain::{
    Calendar, Charges, Date, FirmwareList, HubVersion, Parties, Pence, send_by,
    tsat::{Row, Table, Tables},
};

/// What reports are judged by: a day, and what is known as at it.
#[derive(Clone, Copy, Debug)]
pub struct StockFacts<'a> {
    /// The London day.
    pub on: Date,
    /// The Applicability Tables; the one in force on the day judges.
    pub tables: &'a Tables,
    /// The firmware list.
    pub firmware: &'a FirmwareList,
    /// The charges.
    pub charges: &'a Charges,
    /// The Parties of Users.
    pub parties: &'a Parties,
    /// The Working Days.
    pub calendar: &'a Calendar,
    /// What a hub cost (`[hubs] unit_cost_pence`).
    pub unit_cost: Pence,
    /// The Working Days from despatch to being back (`[reflash] lead_working_days`).
    pub lead_working_days: u32,
}

impl<'a> StockFacts<'a> {
    /// The table in force on the day.
    pub fn table(&self) -> Option<&'a Table> {
        self.tables.in_force(self.on)
    }

    /// The row of a version in it.
    pub fn row(&self, version: &HubVersion) -> Option<&'a Row> {
        self.table()?.find(&version.baseline())
    }

    /// The last Working Day on which hubs that are of use until that day can leave to be back in time; none where the calendar does
    /// not reach so far.
    pub(super) fn send_by(&self, use_by: Date) -> Option<Date> {
        send_by(use_by, self.lead_working_days, self.calendar).ok()
    }
}
