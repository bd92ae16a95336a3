//! The list of a Device's columns: declared once, for the inventory, the temporary table of an import, devices.csv and JSON.
//!
//! A new column gets a line in the list below, one in each of the two conversions of a row, and one in the reading of a
//! line of devices.csv. What depends on the Device Type is checked in `checks.rs`.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};
use serde::{Deserialize, Serialize};

use super::{checks, column_structs::device_columns};
use crate::{
    db::{
        StoreFault,
        prepared::{BindColumn, RowTable},
    },
    domain::{
        AddressIdentifier, Device, DeviceDetails, DeviceType, Mpxns, PostCode, PropertyFilter, parse_date,
    },
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        stored::{Table, text, uprn_number},
        table::{BoundValue, ColumnType, stored_table},
    },
};

pub(in crate::store) const TABLE: Table = Table("devices");

device_columns! {
    shown {
        device_id -> Text,
        device_type -> Text,
        status -> Nullable<Text>,
        device_manufacturer -> Text,
        device_model -> Text,
        smets_chts_version -> Nullable<Text>,
        firmware_version -> Nullable<Text>,
        esme_variant -> Nullable<Text>,
        pre_notified_by -> Nullable<Text>,
        chf_device_id -> Nullable<Text>,
        associated_gpf_device_id -> Nullable<Text>,
        import_mpxn -> Nullable<Text>,
        secondary_import_mpan -> Nullable<Text>,
        export_mpan -> Nullable<Text>,
        uprn -> Nullable<BigInt>,
        postcode -> Nullable<Text>,
        address_identifier -> Nullable<Text>,
        csp_region -> Nullable<Text>,
        gbcs_version -> Nullable<Text>,
        han_variant -> Nullable<Text>,
        s1sp -> Nullable<Text>,
        connectivity -> Nullable<Text>,
        date_commissioned -> Nullable<Text>,
        associated_device_id -> Nullable<Text>,
    }
    hidden {
        // The normalised postcode that queries search by: `ZZ1 1AA` and `zz11aa` are one.
        postcode_key -> Nullable<Text>,
    }
}

/// Every column of the inventory.
pub(super) const COLUMNS: &[&str] = <devices::table as RowTable>::COLUMNS;

impl From<&Device> for DeviceRow {
    fn from(device: &Device) -> Self {
        let Device {
            id,
            device_type,
            status,
            details,
            pre_notified_by,
            chf,
            associated_gpf,
            mpxns,
            uprn,
            property,
            csp_region,
            gbcs_version,
            han_variant,
            s1sp,
            connectivity,
            date_commissioned,
            associated_device,
        } = device;
        let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } =
            details;
        let Mpxns { import, secondary_import, export } = mpxns;
        Self {
            device_id: id.to_string(),
            device_type: device_type.to_string(),
            status: text(status.as_ref()),
            device_manufacturer: manufacturer.to_string(),
            device_model: model.to_string(),
            smets_chts_version: text(smets_chts_version.as_ref()),
            firmware_version: text(firmware_version.as_ref()),
            esme_variant: text(esme_variant.as_ref()),
            pre_notified_by: text(pre_notified_by.as_ref()),
            chf_device_id: text(chf.as_ref()),
            associated_gpf_device_id: text(associated_gpf.as_ref()),
            import_mpxn: text(import.as_ref()),
            secondary_import_mpan: text(secondary_import.as_ref()),
            export_mpan: text(export.as_ref()),
            uprn: uprn_number(*uprn),
            postcode: property.as_ref().map(|property| property.post_code.to_string()),
            postcode_key: property.as_ref().map(|property| property.post_code.key()),
            address_identifier: property.as_ref().map(|property| property.address_identifier.to_string()),
            csp_region: text(csp_region.as_ref()),
            gbcs_version: text(gbcs_version.as_ref()),
            han_variant: text(han_variant.as_ref()),
            s1sp: text(s1sp.as_ref()),
            connectivity: text(connectivity.as_ref()),
            date_commissioned: text(date_commissioned.as_ref()),
            associated_device_id: text(associated_device.as_ref()),
        }
    }
}

impl TryFrom<DeviceRow> for Device {
    type Error = StoreFault;

    fn try_from(row: DeviceRow) -> Result<Self, StoreFault> {
        Ok(Self {
            id: TABLE.value("device_id", &row.device_id)?,
            device_type: TABLE.value("device_type", &row.device_type)?,
            status: TABLE.optional("status", row.status.as_deref())?,
            details: row.details()?,
            pre_notified_by: TABLE.optional("pre_notified_by", row.pre_notified_by.as_deref())?,
            chf: TABLE.optional("chf_device_id", row.chf_device_id.as_deref())?,
            associated_gpf: TABLE
                .optional("associated_gpf_device_id", row.associated_gpf_device_id.as_deref())?,
            mpxns: row.mpxns()?,
            uprn: TABLE.uprn("uprn", row.uprn)?,
            property: row.property()?,
            csp_region: TABLE.optional("csp_region", row.csp_region.as_deref())?,
            gbcs_version: TABLE.optional("gbcs_version", row.gbcs_version.as_deref())?,
            han_variant: TABLE.optional("han_variant", row.han_variant.as_deref())?,
            s1sp: TABLE.optional("s1sp", row.s1sp.as_deref())?,
            connectivity: TABLE.optional("connectivity", row.connectivity.as_deref())?,
            date_commissioned: TABLE.date("date_commissioned", row.date_commissioned.as_deref())?,
            associated_device: TABLE.optional("associated_device_id", row.associated_device_id.as_deref())?,
        })
    }
}

impl DeviceRow {
    fn details(&self) -> Result<DeviceDetails, StoreFault> {
        Ok(DeviceDetails {
            manufacturer: TABLE.value("device_manufacturer", &self.device_manufacturer)?,
            model: TABLE.value("device_model", &self.device_model)?,
            smets_chts_version: TABLE.optional("smets_chts_version", self.smets_chts_version.as_deref())?,
            firmware_version: TABLE.optional("firmware_version", self.firmware_version.as_deref())?,
            esme_variant: TABLE.optional("esme_variant", self.esme_variant.as_deref())?,
        })
    }

    fn mpxns(&self) -> Result<Mpxns, StoreFault> {
        Ok(Mpxns {
            import: TABLE.optional("import_mpxn", self.import_mpxn.as_deref())?,
            secondary_import: TABLE
                .optional("secondary_import_mpan", self.secondary_import_mpan.as_deref())?,
            export: TABLE.optional("export_mpan", self.export_mpan.as_deref())?,
        })
    }

    fn property(&self) -> Result<Option<PropertyFilter>, StoreFault> {
        let post_code: Option<PostCode> = TABLE.optional("postcode", self.postcode.as_deref())?;
        let address_identifier = self.address_identifier.as_deref().unwrap_or_default();
        let address_identifier: AddressIdentifier = TABLE.value("address_identifier", address_identifier)?;
        Ok(post_code.map(|post_code| PropertyFilter { post_code, address_identifier }))
    }
}

impl Sheet for DeviceLine {
    const COLUMNS: &'static [&'static str] = CSV_COLUMNS;
    const REQUIRED: &'static [&'static str] = &["device_id", "device_type"];
    type Value = Device;

    fn read(&self, fields: &mut Fields<'_>) -> Option<Device> {
        let id = fields.required("device_id", &self.device_id);
        let uprn = fields.optional("uprn", &self.uprn);
        let property = checks::property(&self.postcode, &self.address_identifier, fields);
        let csp_region = fields.optional("csp_region", &self.csp_region);
        let gbcs_version = fields.optional("gbcs_version", &self.gbcs_version);
        let han_variant = fields.optional("han_variant", &self.han_variant);
        let s1sp = fields.optional("s1sp", &self.s1sp);
        let connectivity = fields.optional("connectivity", &self.connectivity);
        let date_commissioned = fields.optional_by("date_commissioned", &self.date_commissioned, parse_date);
        // The values below depend on the Device Type: without it they cannot be checked, and their faults would mislead.
        let device_type = fields.required("device_type", &self.device_type)?;
        let status = checks::status(&self.status, device_type, fields);
        let details = self.details(device_type, fields);
        let pre_notified_by = fields.optional("pre_notified_by", &self.pre_notified_by);
        let chf = checks::chf(&self.device_id, &self.chf_device_id, device_type, fields);
        let (column, gpf) = ("associated_gpf_device_id", &self.associated_gpf_device_id);
        let is_chf = device_type == DeviceType::Chf;
        let associated_gpf = checks::only_if(is_chf, device_type, column, gpf, fields);
        let associated_device = checks::associated_device(&self.associated_device_id, device_type, fields);
        let mpxns = [&*self.import_mpxn, &*self.secondary_import_mpan, &*self.export_mpan];
        let mpxns = checks::mpxns(mpxns, device_type, fields);
        Some(Device {
            id: id?,
            device_type,
            status: status?,
            details: details?,
            pre_notified_by: pre_notified_by?,
            chf: chf?,
            associated_gpf: associated_gpf?,
            mpxns: mpxns?,
            uprn: uprn?,
            property: property?,
            csp_region: csp_region?,
            gbcs_version: gbcs_version?,
            han_variant: han_variant?,
            s1sp: s1sp?,
            connectivity: connectivity?,
            date_commissioned: date_commissioned?,
            associated_device: associated_device?,
        })
    }

    fn compare(lines: &[Line<Device>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "device_id", |device| Some((device.id, device.id.to_string())));
    }
}

impl DeviceLine {
    fn details(&self, device_type: DeviceType, fields: &mut Fields<'_>) -> Option<DeviceDetails> {
        let manufacturer = fields.required("device_manufacturer", &self.device_manufacturer);
        let model = fields.required("device_model", &self.device_model);
        let smets_chts_version = fields.optional("smets_chts_version", &self.smets_chts_version);
        let firmware_version = fields.optional("firmware_version", &self.firmware_version);
        let is_esme = device_type == DeviceType::Esme;
        let esme_variant = checks::only_if(is_esme, device_type, "esme_variant", &self.esme_variant, fields);
        Some(DeviceDetails {
            manufacturer: manufacturer?,
            model: model?,
            smets_chts_version: smets_chts_version?,
            firmware_version: firmware_version?,
            esme_variant: esme_variant?,
        })
    }
}
