//! The names of the columns of each report.

use super::{current, estate};
use crate::domain::InventoryReport;

/// The names of the columns of a report.
pub(super) const fn columns(report: InventoryReport) -> &'static [&'static str] {
    match report {
        InventoryReport::Estate => estate::COLUMNS,
        InventoryReport::Status => &[
            "device_id",
            "device_type",
            "status",
            "date_commissioned",
            "import_mpxn",
            "secondary_import_mpan",
            "export_mpan",
            "chf_device_id",
            "associated_device_id",
            "pre_notified_by",
        ],
        InventoryReport::Firmware => {
            &["device_id", "device_type", "status", "device_manufacturer", "device_model", "firmware_version"]
        }
        InventoryReport::Model => &[
            "device_id",
            "device_type",
            "status",
            "device_manufacturer",
            "device_model",
            "smets_chts_version",
            "gbcs_version",
            "esme_variant",
        ],
        InventoryReport::Hubs => &[
            "chf_device_id",
            "gpf_device_id",
            "status",
            "device_manufacturer",
            "device_model",
            "firmware_version",
            "chts_version",
            "gbcs_version",
            "csp_region",
            "han_variant",
            "connectivity",
            "date_commissioned",
            "pre_notified_by",
        ],
        InventoryReport::SuspendedThoughActive => current::SUSPENDED,
        InventoryReport::GainedNotCommissioned => current::GAINED,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::rows::fields, *};

    #[test]
    fn columns_and_fields_are_the_same() {
        for report in InventoryReport::ALL.iter().filter(|report| !fields(**report).is_empty()) {
            let names = fields(*report).iter().map(|(name, _)| *name).collect::<Vec<_>>();
            assert_eq!(columns(*report).get(1..).unwrap(), names, "{report}");
        }
    }
}
