//! What reports are made from: the operator's choices, and what is loaded.

use super::HubChoices;
use crate::{
    db::{Connection, StoreFault},
    domain::{Calendar, Charges, Date, FirmwareList, Parties, tsat::Tables},
    rules::hub_stock::StockFacts,
    store,
};

/// What the operator chose.
#[derive(Clone, Copy, Debug)]
pub struct HubBasis<'a> {
    /// The Working Days.
    pub calendar: &'a Calendar,
    /// `[hubs]`.
    pub choices: HubChoices,
    /// `[reflash] lead_working_days`.
    pub lead_working_days: u32,
}

/// The lists that judge hubs.
pub(in crate::service) struct Lists {
    pub(super) tables: Tables,
    pub(super) firmware: FirmwareList,
    pub(super) charges: Charges,
    pub(super) parties: Parties,
}

impl Lists {
    /// Loads them.
    pub(in crate::service) fn load(connection: &mut Connection) -> Result<Self, StoreFault> {
        Ok(Self {
            tables: store::tsat_tables(connection)?,
            firmware: store::firmware_list(connection)?.into_iter().collect(),
            charges: store::hub_charges(connection)?.into_iter().collect(),
            parties: store::parties(connection)?,
        })
    }

    /// What a report about a day is judged by.
    pub(in crate::service) const fn facts<'a>(&'a self, on: Date, basis: &HubBasis<'a>) -> StockFacts<'a> {
        StockFacts {
            on,
            tables: &self.tables,
            firmware: &self.firmware,
            charges: &self.charges,
            parties: &self.parties,
            calendar: basis.calendar,
            unit_cost: basis.choices.unit_cost,
            lead_working_days: basis.lead_working_days,
        }
    }
}
