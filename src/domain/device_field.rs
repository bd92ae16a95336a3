//! The fields of a Device's record as texts, for code that handles all of them alike: its history, and its record as it stood.

use super::{Device, DeviceDetails, MpxnKind, set::closed_set};

closed_set!(
    /// A field of the SMI record of a Device, by its column of devices.csv.
    DeviceField, "a field of a Device", {
        DeviceType => "device_type",
        Status => "status",
        DeviceManufacturer => "device_manufacturer",
        DeviceModel => "device_model",
        SmetsChtsVersion => "smets_chts_version",
        FirmwareVersion => "firmware_version",
        EsmeVariant => "esme_variant",
        PreNotifiedBy => "pre_notified_by",
        Chf => "chf_device_id",
        AssociatedGpf => "associated_gpf_device_id",
        ImportMpxn => "import_mpxn",
        SecondaryImportMpan => "secondary_import_mpan",
        ExportMpan => "export_mpan",
        Uprn => "uprn",
        PostCode => "postcode",
        AddressIdentifier => "address_identifier",
        CspRegion => "csp_region",
        GbcsVersion => "gbcs_version",
        HanVariant => "han_variant",
        S1sp => "s1sp",
        Connectivity => "connectivity",
        DateCommissioned => "date_commissioned",
        AssociatedDevice => "associated_device_id",
    }
);

fn text<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

impl DeviceField {
    /// Its value of a Device.
    pub fn of(self, device: &Device) -> Option<String> {
        let Device { details, mpxns, property, .. } = device;
        match self {
            Self::DeviceType => text(Some(&device.device_type)),
            Self::Status => text(device.status.as_ref()),
            Self::DeviceManufacturer => text(Some(&details.manufacturer)),
            Self::DeviceModel => text(Some(&details.model)),
            Self::SmetsChtsVersion => text(details.smets_chts_version.as_ref()),
            Self::FirmwareVersion => text(details.firmware_version.as_ref()),
            Self::EsmeVariant => text(details.esme_variant.as_ref()),
            Self::PreNotifiedBy => text(device.pre_notified_by.as_ref()),
            Self::Chf => text(device.chf.as_ref()),
            Self::AssociatedGpf => text(device.associated_gpf.as_ref()),
            Self::ImportMpxn => text(mpxns.import.as_ref()),
            Self::SecondaryImportMpan => text(mpxns.secondary_import.as_ref()),
            Self::ExportMpan => text(mpxns.export.as_ref()),
            Self::Uprn => device.uprn.map(|uprn| uprn.get().to_string()),
            Self::PostCode => property.as_ref().map(|property| property.post_code.to_string()),
            Self::AddressIdentifier => {
                property.as_ref().map(|property| property.address_identifier.to_string())
            }
            Self::CspRegion => text(device.csp_region.as_ref()),
            Self::GbcsVersion => text(device.gbcs_version.as_ref()),
            Self::HanVariant => text(device.han_variant.as_ref()),
            Self::S1sp => text(device.s1sp.as_ref()),
            Self::Connectivity => text(device.connectivity.as_ref()),
            Self::DateCommissioned => text(device.date_commissioned.as_ref()),
            Self::AssociatedDevice => text(device.associated_device.as_ref()),
        }
    }
}

impl From<MpxnKind> for DeviceField {
    fn from(kind: MpxnKind) -> Self {
        match kind {
            MpxnKind::ImportMpxn => Self::ImportMpxn,
            MpxnKind::SecondaryImportMpan => Self::SecondaryImportMpan,
            MpxnKind::ExportMpan => Self::ExportMpan,
        }
    }
}

/// A change of one field of a Device's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub field: DeviceField,
    /// Its value before; absent where it had none.
    pub before: Option<String>,
    /// Its value since; absent where it has none.
    pub after: Option<String>,
}

impl FieldChange {
    /// The change between two values; none where they are equal.
    pub fn between<T: ToString + PartialEq>(
        field: DeviceField,
        before: Option<&T>,
        after: Option<&T>,
    ) -> Option<Self> {
        (before != after).then(|| Self { field, before: text(before), after: text(after) })
    }

    /// The changes from a Device's record to no record: every field that has a value.
    pub fn all_of_removed(device: &Device) -> Vec<Self> {
        let values = DeviceField::ALL.iter().filter_map(|field| Some((*field, field.of(device)?)));
        values.map(|(field, before)| Self { field, before: Some(before), after: None }).collect()
    }
}

/// A change of a Device's details: all of them before, and all of them afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailsChange {
    /// The details before.
    pub from: DeviceDetails,
    /// The details afterwards.
    pub to: DeviceDetails,
}

impl DetailsChange {
    /// The fields that it changes. Equal values are compared without writing them as texts: most are equal, and SR 8.4 comes by the
    /// hundred thousand.
    pub fn fields(&self) -> Vec<FieldChange> {
        let Self { from, to } = self;
        let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = from;
        [
            FieldChange::between(DeviceField::DeviceManufacturer, Some(manufacturer), Some(&to.manufacturer)),
            FieldChange::between(DeviceField::DeviceModel, Some(model), Some(&to.model)),
            FieldChange::between(
                DeviceField::SmetsChtsVersion,
                smets_chts_version.as_ref(),
                to.smets_chts_version.as_ref(),
            ),
            FieldChange::between(
                DeviceField::FirmwareVersion,
                firmware_version.as_ref(),
                to.firmware_version.as_ref(),
            ),
            FieldChange::between(DeviceField::EsmeVariant, esme_variant.as_ref(), to.esme_variant.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
