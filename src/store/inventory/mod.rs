//! Reads of the inventory for reports that pass on every Device: some at a time, each time in a read of its own, so that memory does not
//! grow with the inventory and no read lasts.

mod changed_points;
mod past;
mod suppliers;
mod supply_points;

pub use changed_points::{ChangedPoints, points_changed_since};
pub(in crate::store) use past::changes_of;
pub use past::{PastReach, history_begins, left_since, past_records};
pub(in crate::store) use suppliers::suppliers_of_points;
pub use suppliers::{registered_suppliers, suppliers_of_devices};
pub use supply_points::{devices_of_points, points_after};
