//! The orders of one hub.

use crate::{
    domain::{Eui64, reflash::HubOrder},
    service::{App, Fault},
    store,
};

/// The most orders of a hub that are shown: one is re-flashed a few times in its life.
pub(in crate::service) const OF_A_HUB: u16 = 100;

impl App {
    /// The orders that a hub is, or was, on, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reflash_orders_of_hub(&self, chf: Eui64) -> Result<Vec<HubOrder>, Fault> {
        self.store().read(|connection| Ok(store::reflash_orders_of_hub(connection, chf, OF_A_HUB)?))
    }
}
