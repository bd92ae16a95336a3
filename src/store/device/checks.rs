//! devices.csv: the values that depend on the Device Type, read from a line and checked.
//!
//! Devices are added, or replaced whole by their ID; a status that is new or changed enters the history.

use std::str::FromStr;

use super::DeviceLine;
use crate::{
    domain::{DeviceDetails, DeviceType, Eui64, Malformed, Mpxn, Mpxns, PropertyFilter, SmiStatus},
    store::csv::Fields,
};

impl DeviceLine {
    /// Present, unless the Device is of Type 2, and absent then (SMI.md 1).
    pub(super) fn status(
        &self,
        device_type: DeviceType,
        fields: &mut Fields<'_>,
    ) -> Option<Option<SmiStatus>> {
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
    pub(super) fn details(&self, device_type: DeviceType, fields: &mut Fields<'_>) -> Option<DeviceDetails> {
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

    pub(super) fn mpxns(&self, device_type: DeviceType, fields: &mut Fields<'_>) -> Option<Mpxns> {
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
    pub(super) fn property(&self, fields: &mut Fields<'_>) -> Option<Option<PropertyFilter>> {
        let post_code = fields.optional("postcode", &self.postcode);
        let address_identifier = fields.required("address_identifier", &self.address_identifier)?;
        if self.postcode.is_empty() && !self.address_identifier.is_empty() {
            let reason = format!("`{address_identifier}` stands without a postcode");
            fields.fault("address_identifier", &self.address_identifier, reason);
            return None;
        }
        Some(post_code?.map(|post_code| PropertyFilter { post_code, address_identifier }))
    }

    pub(super) fn relations(&self, device_type: DeviceType, fields: &mut Fields<'_>) -> Option<Relations> {
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

/// Whom or what a Device belongs to.
pub(super) struct Relations {
    pub(super) pre_notified_by: Option<Eui64>,
    pub(super) chf: Option<Eui64>,
    pub(super) associated_gpf: Option<Eui64>,
}
