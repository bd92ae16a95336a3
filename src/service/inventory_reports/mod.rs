//! Reports of the inventory that pass on every Device or supply point: as files, self-service, some of them as at any instant (FACTS.md
//! U3 to U6). They are written as they are made, some Devices a read: neither memory nor a read grows with the inventory.

mod app;
mod columns;
mod current;
mod estate;
mod estate_device;
mod estate_read;
mod fault;
mod head;
mod keys;
mod make;
mod parties;
mod past;
mod preview;
mod read;
mod rows;
mod write;

pub use fault::InventoryFault;
pub use head::{InventoryHead, InventoryQuestion, inventory_head};
pub use keys::{KeyCount, KeyFault, Keys, ReadKey, check_keys};
pub use make::{make_inventory_report, write_inventory_report};
pub use preview::{InventoryPreview, inventory_preview};
pub use read::{BulkRead, bulk_read};
pub use write::{InventoryFormat, InventorySink, inventory_sink};
