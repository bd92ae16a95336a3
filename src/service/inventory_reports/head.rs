//! What a report of the inventory is about.

use crate::domain::{InventoryReport, Timestamp};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryQuestion {
    /// The report.
    pub report: InventoryReport,
    /// The instant that it is about; absent for the inventory as it is.
    pub as_at: Option<Timestamp>,
    /// Only Devices, or supply points, whose Responsible Supplier now is of this Party, by its signifier.
    pub party: Option<String>,
}

/// What stands above the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryHead {
    /// The report.
    pub report: InventoryReport,
    /// The instant that it is about.
    pub as_at: Option<Timestamp>,
    /// Before this instant not every change was kept: values that may have been others then are `unknown`. Absent where all are known.
    pub unknown_before: Option<Timestamp>,
    /// When it began to be made. The inventory may change while it is.
    pub made_at: Timestamp,
    /// The names of the columns.
    pub columns: &'static [&'static str],
}
