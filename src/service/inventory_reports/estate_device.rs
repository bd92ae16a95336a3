//! A Device in the estate, as it is or as it stood.

use super::rows::{Cell, UNKNOWN};
use crate::domain::{Device, DeviceField, DeviceType, Eui64, Mpxns, PastRecord, PastValue, SmiStatus};

/// The fields of its cells, behind its ID.
const FIELDS: [DeviceField; 4] = [
    DeviceField::Status,
    DeviceField::DeviceManufacturer,
    DeviceField::DeviceModel,
    DeviceField::FirmwareVersion,
];

/// What the estate shows of a Device, and what it is placed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EstateDevice {
    /// Its ID.
    pub(super) id: Eui64,
    /// Its type.
    pub(super) device_type: DeviceType,
    /// Its hub.
    pub(super) chf: Option<Eui64>,
    /// Its supply points.
    pub(super) mpxns: Mpxns,
    /// The cells of a line: ID, status, manufacturer, model, firmware version.
    pub(super) cells: [Cell; 5],
    /// Its ESME Variant.
    pub(super) variant: Cell,
    status: Option<SmiStatus>,
}

impl EstateDevice {
    /// A Device as it is.
    pub(super) fn of(device: &Device) -> Self {
        let [status, manufacturer, model, firmware] = FIELDS.map(|field| field.of(device));
        Self {
            id: device.id,
            device_type: device.device_type,
            chf: device.chf,
            mpxns: device.mpxns.clone(),
            cells: [
                Some(device.id.to_string()),
                status.or_else(|| Some(device.status_text().to_owned())),
                manufacturer,
                model,
                firmware,
            ],
            variant: DeviceField::EsmeVariant.of(device),
            status: device.status,
        }
    }

    /// A Device as it stood; none where it was not in the SMI, or its type of then is not known. What it is placed by and is not known
    /// of then is taken from the record of today.
    pub(super) fn as_it_stood(past: &PastRecord, today: Option<&Device>) -> Option<Self> {
        let values = past.record.values()?;
        let is_unknown = |field: DeviceField| values.get(&field) == Some(&PastValue::Unknown);
        let known = |field: DeviceField| match today.filter(|_| is_unknown(field)) {
            Some(today) => field.of(today),
            None => past.value(field).map(str::to_owned),
        };
        let cell = |field: DeviceField| {
            if is_unknown(field) { Some(UNKNOWN.to_owned()) } else { past.value(field).map(str::to_owned) }
        };
        let point = |field: DeviceField| known(field).and_then(|mpxn| mpxn.parse().ok());
        let [status, manufacturer, model, firmware] = FIELDS.map(cell);
        Some(Self {
            id: past.device,
            device_type: known(DeviceField::DeviceType)?.parse().ok()?,
            chf: known(DeviceField::Chf).and_then(|chf| chf.parse().ok()),
            mpxns: Mpxns {
                import: point(DeviceField::ImportMpxn),
                secondary_import: point(DeviceField::SecondaryImportMpan),
                export: point(DeviceField::ExportMpan),
            },
            cells: [Some(past.device.to_string()), status, manufacturer, model, firmware],
            variant: cell(DeviceField::EsmeVariant),
            status: past.value(DeviceField::Status).and_then(|status| status.parse().ok()),
        })
    }

    /// Of several Devices at a supply point the one that is in use stands in the line: the first of these statuses.
    pub(super) const fn rank(&self) -> u8 {
        match self.status {
            Some(SmiStatus::Commissioned) => 0,
            Some(SmiStatus::InstalledNotCommissioned) => 1,
            Some(SmiStatus::Suspended) => 2,
            Some(SmiStatus::Recovery | SmiStatus::Recovered) => 3,
            Some(SmiStatus::Whitelisted) => 4,
            Some(SmiStatus::Pending) => 5,
            Some(SmiStatus::Withdrawn) => 6,
            Some(SmiStatus::Decommissioned) | None => 7,
        }
    }
}
