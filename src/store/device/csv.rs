//! devices.csv: Devices are added, or replaced whole by their ID; a status that is new or changed enters the history.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        Device, DeviceDetails, DeviceType, Eui64, Malformed, Mpxn, Mpxns, PropertyFilter, SmiStatus,
        parse_date,
    },
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_doubles},
        stored::text,
    },
};

/// One line of devices.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct DeviceLine {
    device_id: String,
    device_type: String,
    status: String,
    device_manufacturer: String,
    device_model: String,
    smets_chts_version: String,
    firmware_version: String,
    esme_variant: String,
    pre_notified_by: String,
    chf_device_id: String,
    associated_gpf_device_id: String,
    import_mpxn: String,
    secondary_import_mpan: String,
    export_mpan: String,
    uprn: String,
    postcode: String,
    address_identifier: String,
    csp_region: String,
    gbcs_version: String,
    han_variant: String,
    s1sp: String,
    connectivity: String,
    date_commissioned: String,
}

/// The text of an optional value, empty where it is absent.
fn shown<T: ToString>(value: Option<&T>) -> String {
    text(value).unwrap_or_default()
}

impl From<&Device> for DeviceLine {
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
        } = device;
        let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } =
            details;
        let Mpxns { import, secondary_import, export } = mpxns;
        Self {
            device_id: id.to_string(),
            device_type: device_type.to_string(),
            status: shown(status.as_ref()),
            device_manufacturer: manufacturer.to_string(),
            device_model: model.to_string(),
            smets_chts_version: shown(smets_chts_version.as_ref()),
            firmware_version: shown(firmware_version.as_ref()),
            esme_variant: shown(esme_variant.as_ref()),
            pre_notified_by: shown(pre_notified_by.as_ref()),
            chf_device_id: shown(chf.as_ref()),
            associated_gpf_device_id: shown(associated_gpf.as_ref()),
            import_mpxn: shown(import.as_ref()),
            secondary_import_mpan: shown(secondary_import.as_ref()),
            export_mpan: shown(export.as_ref()),
            uprn: shown(uprn.as_ref()),
            postcode: shown(property.as_ref().map(|property| &property.post_code)),
            address_identifier: shown(property.as_ref().map(|property| &property.address_identifier)),
            csp_region: shown(csp_region.as_ref()),
            gbcs_version: shown(gbcs_version.as_ref()),
            han_variant: shown(han_variant.as_ref()),
            s1sp: shown(s1sp.as_ref()),
            connectivity: shown(connectivity.as_ref()),
            date_commissioned: shown(date_commissioned.as_ref()),
        }
    }
}

impl DeviceLine {
    /// Present, unless the Device is of Type 2, and absent then (SMI.md 1).
    fn status(&self, device_type: DeviceType, fields: &mut Fields<'_>) -> Option<Option<SmiStatus>> {
        match (device_type.is_type_2(), self.status.is_empty()) {
            (true, false) => {
                let reason =
                    format!("`{}` cannot be: Device Type {device_type} has no SMI Status", self.status);
                fields.fault("status", &self.status, reason);
                None
            }
            (false, true) => fields.required("status", &self.status).map(Some),
            (true, true) | (false, false) => fields.optional("status", &self.status),
        }
    }

    /// The ESME Variant is for an ESME alone (MP125-R7).
    fn details(&self, device_type: DeviceType, fields: &mut Fields<'_>) -> Option<DeviceDetails> {
        let manufacturer = fields.required("device_manufacturer", &self.device_manufacturer);
        let model = fields.required("device_model", &self.device_model);
        let smets_chts_version = fields.optional("smets_chts_version", &self.smets_chts_version);
        let firmware_version = fields.optional("firmware_version", &self.firmware_version);
        let belongs = device_type == DeviceType::Esme;
        let esme_variant = Self::only_if(belongs, device_type, "esme_variant", &self.esme_variant, fields);
        Some(DeviceDetails {
            manufacturer: manufacturer?,
            model: model?,
            smets_chts_version: smets_chts_version?,
            firmware_version: firmware_version?,
            esme_variant: esme_variant?,
        })
    }

    /// A value that only some Device Types have.
    fn only_if<T: FromStr<Err = Malformed>>(
        belongs: bool,
        device_type: DeviceType,
        column: &str,
        value: &str,
        fields: &mut Fields<'_>,
    ) -> Option<Option<T>> {
        if belongs || value.is_empty() {
            return fields.optional(column, value);
        }
        fields.fault(column, value, format!("`{value}` cannot be: Device Type {device_type} has none"));
        None
    }

    fn mpxns(&self, device_type: DeviceType, fields: &mut Fields<'_>) -> Option<Mpxns> {
        let import = match device_type {
            DeviceType::Esme => fields.mpan("import_mpxn", &self.import_mpxn),
            DeviceType::Gsme | DeviceType::Gpf => fields.mprn("import_mpxn", &self.import_mpxn),
            DeviceType::Chf | DeviceType::Hcalcs | DeviceType::Ppmid | DeviceType::Ihd | DeviceType::Cad => {
                fields.optional::<Mpxn>("import_mpxn", &self.import_mpxn)
            }
        };
        let secondary_import = fields.mpan("secondary_import_mpan", &self.secondary_import_mpan);
        let export = fields.mpan("export_mpan", &self.export_mpan);
        Some(Mpxns { import: import?, secondary_import: secondary_import?, export: export? })
    }

    /// An address identifier says nothing without its postcode.
    fn property(&self, fields: &mut Fields<'_>) -> Option<Option<PropertyFilter>> {
        let post_code = fields.optional("postcode", &self.postcode);
        let address_identifier = fields.required("address_identifier", &self.address_identifier)?;
        if self.postcode.is_empty() && !self.address_identifier.is_empty() {
            let reason = format!("`{address_identifier}` stands without a postcode");
            fields.fault("address_identifier", &self.address_identifier, reason);
            return None;
        }
        Some(post_code?.map(|post_code| PropertyFilter { post_code, address_identifier }))
    }

    fn relations(&self, device_type: DeviceType, fields: &mut Fields<'_>) -> Option<Relations> {
        let pre_notified_by = fields.optional("pre_notified_by", &self.pre_notified_by);
        let is_chf = device_type == DeviceType::Chf;
        // An extract may name a CHF as its own; that says nothing.
        let own = is_chf && self.chf_device_id == self.device_id;
        let chf = if own { "" } else { &self.chf_device_id };
        let chf = Self::only_if(!is_chf, device_type, "chf_device_id", chf, fields);
        let (column, gpf) = ("associated_gpf_device_id", &self.associated_gpf_device_id);
        let associated_gpf = Self::only_if(is_chf, device_type, column, gpf, fields);
        Some(Relations { pre_notified_by: pre_notified_by?, chf: chf?, associated_gpf: associated_gpf? })
    }
}

struct Relations {
    pre_notified_by: Option<Eui64>,
    chf: Option<Eui64>,
    associated_gpf: Option<Eui64>,
}

impl Sheet for DeviceLine {
    const COLUMNS: &'static [&'static str] = &[
        "device_id",
        "device_type",
        "status",
        "device_manufacturer",
        "device_model",
        "smets_chts_version",
        "firmware_version",
        "esme_variant",
        "pre_notified_by",
        "chf_device_id",
        "associated_gpf_device_id",
        "import_mpxn",
        "secondary_import_mpan",
        "export_mpan",
        "uprn",
        "postcode",
        "address_identifier",
        "csp_region",
        "gbcs_version",
        "han_variant",
        "s1sp",
        "connectivity",
        "date_commissioned",
    ];
    const REQUIRED: &'static [&'static str] = &["device_id", "device_type"];
    type Value = Device;

    fn read(&self, fields: &mut Fields<'_>) -> Option<Device> {
        let id = fields.required("device_id", &self.device_id);
        let uprn = fields.optional("uprn", &self.uprn);
        let property = self.property(fields);
        let csp_region = fields.optional("csp_region", &self.csp_region);
        let gbcs_version = fields.optional("gbcs_version", &self.gbcs_version);
        let han_variant = fields.optional("han_variant", &self.han_variant);
        let s1sp = fields.optional("s1sp", &self.s1sp);
        let connectivity = fields.optional("connectivity", &self.connectivity);
        let date_commissioned = fields.optional_by("date_commissioned", &self.date_commissioned, parse_date);
        // What remains depends on the Device Type.
        let device_type = fields.required("device_type", &self.device_type)?;
        let status = self.status(device_type, fields);
        let details = self.details(device_type, fields);
        let relations = self.relations(device_type, fields);
        let mpxns = self.mpxns(device_type, fields);
        let Relations { pre_notified_by, chf, associated_gpf } = relations?;
        Some(Device {
            id: id?,
            device_type,
            status: status?,
            details: details?,
            pre_notified_by,
            chf,
            associated_gpf,
            mpxns: mpxns?,
            uprn: uprn?,
            property: property?,
            csp_region: csp_region?,
            gbcs_version: gbcs_version?,
            han_variant: han_variant?,
            s1sp: s1sp?,
            connectivity: connectivity?,
            date_commissioned: date_commissioned?,
        })
    }

    fn compare(lines: &[Line<Device>], faults: &mut Faults) {
        refuse_doubles(lines, faults, "device_id", |device| Some((device.id, device.id.to_string())));
    }
}
