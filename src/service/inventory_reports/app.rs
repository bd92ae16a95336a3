//! Reports of the inventory for the listeners.

use super::{
    InventoryFault, InventoryHead, InventoryPreview, InventoryQuestion, inventory_head, inventory_preview,
};
use crate::service::App;

impl App {
    /// As [`inventory_head`].
    ///
    /// # Errors
    /// When the report is not made of what is asked, or the store fails.
    pub fn inventory_head(&self, asked: &InventoryQuestion) -> Result<InventoryHead, InventoryFault> {
        inventory_head(self.store(), asked, self.clock())
    }

    /// The first lines of a report; at most so many.
    ///
    /// # Errors
    /// When the report is not made of what is asked, or the store fails.
    pub fn inventory_preview(
        &self,
        asked: &InventoryQuestion,
        most: usize,
    ) -> Result<InventoryPreview, InventoryFault> {
        inventory_preview(self.store(), asked, self.clock(), most)
    }
}
