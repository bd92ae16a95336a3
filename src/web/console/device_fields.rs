//! The fields of a Device's record: what they are called, and what their values lead to.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::supply_point;
use crate::domain::{Device, DeviceField, EsmeVariant, PastRecord};

/// The value of a field.
#[derive(Clone, Debug)]
pub(super) struct FieldText {
    pub(super) text: String,
    /// The address of the page that an ID, an MPxN or a place leads to.
    pub(super) address: Option<String>,
}

/// A field of a record, and its value; none where it is not known.
#[derive(Clone, Debug)]
pub(super) struct FieldRow {
    pub(super) name: &'static str,
    pub(super) value: Option<FieldText>,
    /// What the value means, where it is a code.
    pub(super) meaning: Option<&'static str>,
}

impl FieldText {
    pub(super) fn of(field: DeviceField, text: &str) -> Self {
        Self { address: address_of(field, text), text: text.to_owned() }
    }
}

/// What a field is called.
pub(super) const fn name_of(field: DeviceField) -> &'static str {
    match field {
        DeviceField::DeviceType => "Device Type",
        DeviceField::Status => "SMI Status",
        DeviceField::DeviceManufacturer => "Manufacturer",
        DeviceField::DeviceModel => "Model",
        DeviceField::SmetsChtsVersion => "SMETS or CHTS version",
        DeviceField::FirmwareVersion => "Firmware version",
        DeviceField::EsmeVariant => "ESME Variant",
        DeviceField::PreNotifiedBy => "Pre-notified by",
        DeviceField::Chf => "CHF",
        DeviceField::AssociatedGpf => "GPF of the hub",
        DeviceField::ImportMpxn => "Import MPxN",
        DeviceField::SecondaryImportMpan => "Secondary import MPAN",
        DeviceField::ExportMpan => "Export MPAN",
        DeviceField::Uprn => "UPRN",
        DeviceField::PostCode => "Postcode",
        DeviceField::AddressIdentifier => "Address identifier",
        DeviceField::CspRegion => "CSP Region",
        DeviceField::GbcsVersion => "GBCS version",
        DeviceField::HanVariant => "HAN variant",
        DeviceField::S1sp => "S1SP",
        DeviceField::Connectivity => "Connectivity",
        DeviceField::DateCommissioned => "Date commissioned",
        DeviceField::AssociatedDevice => "Associated Device",
    }
}

fn address_of(field: DeviceField, text: &str) -> Option<String> {
    let path = match field {
        DeviceField::Chf | DeviceField::AssociatedGpf | DeviceField::AssociatedDevice => "/devices/",
        DeviceField::PreNotifiedBy => "/users/",
        DeviceField::ImportMpxn | DeviceField::SecondaryImportMpan | DeviceField::ExportMpan => {
            return Some(supply_point::address_of(text));
        }
        DeviceField::Uprn | DeviceField::PostCode => {
            return Some(format!("/search?q={}", utf8_percent_encode(text, NON_ALPHANUMERIC)));
        }
        DeviceField::DeviceType
        | DeviceField::Status
        | DeviceField::DeviceManufacturer
        | DeviceField::DeviceModel
        | DeviceField::SmetsChtsVersion
        | DeviceField::FirmwareVersion
        | DeviceField::EsmeVariant
        | DeviceField::AddressIdentifier
        | DeviceField::CspRegion
        | DeviceField::GbcsVersion
        | DeviceField::HanVariant
        | DeviceField::S1sp
        | DeviceField::Connectivity
        | DeviceField::DateCommissioned => return None,
    };
    Some(format!("{path}{text}"))
}

fn row(field: DeviceField, value: Option<&str>) -> FieldRow {
    let variant = value.filter(|_| field == DeviceField::EsmeVariant);
    FieldRow {
        name: name_of(field),
        value: value.map(|text| FieldText::of(field, text)),
        meaning: variant.and_then(|text| text.parse().ok()).map(EsmeVariant::type_text),
    }
}

/// The fields of a record that have a value.
pub(super) fn rows_of(device: &Device) -> Vec<FieldRow> {
    let fields = DeviceField::ALL.iter();
    fields.filter_map(|field| Some(row(*field, Some(&field.of(device)?)))).collect()
}

/// The fields of a past record that have a value, or one that is not known.
pub(super) fn past_rows_of(record: &PastRecord) -> Vec<FieldRow> {
    let unknown = record.unknown().collect::<Vec<_>>();
    let fields = DeviceField::ALL.iter().copied();
    let rows = fields.filter_map(|field| {
        let value = record.value(field);
        (value.is_some() || unknown.contains(&field)).then(|| row(field, value))
    });
    rows.collect()
}
