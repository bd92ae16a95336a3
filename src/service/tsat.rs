//! The TS Applicability Tables and compatibility tests that hold: those imported, over those shipped (HUBS.md 3).

use super::{App, Fault};
use crate::{
    domain::{
        Device, Eui64,
        tsat::{CompatibilityRecords, Tables},
    },
    store,
};

impl App {
    /// All versions of the tables.
    ///
    /// # Errors
    /// When the store fails.
    pub fn tsat_tables(&self) -> Result<Tables, Fault> {
        self.store().read(|connection| Ok(store::tsat_tables(connection)?))
    }

    /// All versions of the tables, and a Device to ask them about; the Device is absent where it is not in the SMI.
    ///
    /// # Errors
    /// When the store fails.
    pub fn tsat_tables_and_device(&self, id: Eui64) -> Result<(Tables, Option<Device>), Fault> {
        self.store().read(|connection| {
            let device = store::find_device(connection, id)?;
            Ok((store::tsat_tables(connection)?, device))
        })
    }

    /// The compatibility tests.
    ///
    /// # Errors
    /// When the store fails.
    pub fn compatibility_records(&self) -> Result<CompatibilityRecords, Fault> {
        self.store().read(|connection| Ok(store::compatibility_records(connection)?))
    }
}
