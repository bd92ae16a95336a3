//! The reports of the inventory that Users get from the DCC's Self-Service Interface, and those that they ask for (FACTS.md U3 to U6).

use super::set::closed_set;

closed_set!(
    /// A report of the inventory: a line a Device, or of an estate a line a supply point.
    InventoryReport, "a report of the inventory", {
        Estate => "estate",
        Status => "status",
        Firmware => "firmware",
        Model => "model",
        Hubs => "hubs",
        SuspendedThoughActive => "suspended-though-active",
        GainedNotCommissioned => "gained-not-commissioned",
    }
);

impl InventoryReport {
    /// Whether it can be asked as at an instant that is over: those of the Self-Service Interface, RSMI_001 to 004 (U6).
    pub const fn has_as_at(self) -> bool {
        match self {
            Self::Status | Self::Firmware | Self::Model | Self::Hubs => true,
            Self::Estate | Self::SuspendedThoughActive | Self::GainedNotCommissioned => false,
        }
    }
}
