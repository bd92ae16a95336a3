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
    /// What a line of it has, for people.
    pub const fn holds(self) -> &'static str {
        match self {
            Self::Estate => "each MPxN with its Party, meter, GPF and hub side by side",
            Self::Status => "each Device: status, dates, supply points, hub",
            Self::Firmware => "each Device: model and firmware version",
            Self::Model => "each Device: model, versions, ESME Variant",
            Self::Hubs => "each Communications Hub",
            Self::SuspendedThoughActive => {
                "each Suspended Device whose Device Model is Active on the Central Products List"
            }
            Self::GainedNotCommissioned => {
                "each meter before Commissioned whose Responsible Supplier did not pre-notify it"
            }
        }
    }

    /// Whether it can be asked as at an instant that is over: those of the Self-Service Interface, RSMI_001 to 004 (U6), and the estate.
    pub const fn has_as_at(self) -> bool {
        match self {
            Self::Estate | Self::Status | Self::Firmware | Self::Model | Self::Hubs => true,
            Self::SuspendedThoughActive | Self::GainedNotCommissioned => false,
        }
    }
}
