//! Reports of the inventory for the console.

use super::{InventoryPreview, InventoryQuestion, inventory_preview};
use crate::service::{App, Fault};

impl App {
    /// The first lines of a report; at most so many.
    ///
    /// # Errors
    /// When the store fails.
    pub fn inventory_preview(
        &self,
        asked: &InventoryQuestion,
        most: usize,
    ) -> Result<InventoryPreview, Fault> {
        Ok(inventory_preview(self.store(), asked, self.clock(), most)?)
    }
}
