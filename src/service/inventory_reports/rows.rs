//! The columns of the reports about Devices, and their rows.

use crate::domain::{Device, DeviceField, InventoryReport, PastRecord, PastValue};

/// A value of a row; none where there is nothing.
pub(super) type Cell = Option<String>;

/// Rows of a report.
pub(super) type Rows = Vec<Vec<Cell>>;

/// What stands for a value that is not known.
pub(super) const UNKNOWN: &str = "unknown";

/// A column of a report about Devices as they stand or stood: its name, and the field that it has.
pub(super) type Column = (&'static str, DeviceField);

const STATUS: &[Column] = &[
    ("device_type", DeviceField::DeviceType),
    ("status", DeviceField::Status),
    ("date_commissioned", DeviceField::DateCommissioned),
    ("import_mpxn", DeviceField::ImportMpxn),
    ("secondary_import_mpan", DeviceField::SecondaryImportMpan),
    ("export_mpan", DeviceField::ExportMpan),
    ("chf_device_id", DeviceField::Chf),
    ("associated_device_id", DeviceField::AssociatedDevice),
    ("pre_notified_by", DeviceField::PreNotifiedBy),
];

const FIRMWARE: &[Column] = &[
    ("device_type", DeviceField::DeviceType),
    ("status", DeviceField::Status),
    ("device_manufacturer", DeviceField::DeviceManufacturer),
    ("device_model", DeviceField::DeviceModel),
    ("firmware_version", DeviceField::FirmwareVersion),
];

const MODEL: &[Column] = &[
    ("device_type", DeviceField::DeviceType),
    ("status", DeviceField::Status),
    ("device_manufacturer", DeviceField::DeviceManufacturer),
    ("device_model", DeviceField::DeviceModel),
    ("smets_chts_version", DeviceField::SmetsChtsVersion),
    ("gbcs_version", DeviceField::GbcsVersion),
    ("esme_variant", DeviceField::EsmeVariant),
];

const HUBS: &[Column] = &[
    ("gpf_device_id", DeviceField::AssociatedGpf),
    ("status", DeviceField::Status),
    ("device_manufacturer", DeviceField::DeviceManufacturer),
    ("device_model", DeviceField::DeviceModel),
    ("firmware_version", DeviceField::FirmwareVersion),
    ("chts_version", DeviceField::SmetsChtsVersion),
    ("gbcs_version", DeviceField::GbcsVersion),
    ("csp_region", DeviceField::CspRegion),
    ("han_variant", DeviceField::HanVariant),
    ("connectivity", DeviceField::Connectivity),
    ("date_commissioned", DeviceField::DateCommissioned),
    ("pre_notified_by", DeviceField::PreNotifiedBy),
];

/// The fields of a report whose rows are Devices.
pub(super) const fn fields(report: InventoryReport) -> &'static [Column] {
    match report {
        InventoryReport::Status => STATUS,
        InventoryReport::Firmware => FIRMWARE,
        InventoryReport::Model => MODEL,
        InventoryReport::Hubs => HUBS,
        InventoryReport::Estate
        | InventoryReport::SuspendedThoughActive
        | InventoryReport::GainedNotCommissioned => &[],
    }
}

/// The row of a Device as it is.
pub(super) fn of_device(report: InventoryReport, device: &Device) -> Vec<Cell> {
    let values = fields(report).iter().map(|(_, field)| field.of(device));
    std::iter::once(Some(device.id.to_string())).chain(values).collect()
}

/// The row of a Device as it stood; none where it was not in the SMI.
pub(super) fn of_past(report: InventoryReport, past: &PastRecord) -> Option<Vec<Cell>> {
    let values = past.record.values()?;
    let value = |field: &DeviceField| match values.get(field) {
        Some(PastValue::Known(value)) => value.clone(),
        Some(PastValue::Unknown) => Some(UNKNOWN.to_owned()),
        None => None,
    };
    let cells = fields(report).iter().map(|(_, field)| value(field));
    Some(std::iter::once(Some(past.device.to_string())).chain(cells).collect())
}
