//! The checks of those values of devices.csv that depend on the Device Type.

use std::str::FromStr;

use crate::{
    domain::{DeviceType, Eui64, Malformed, Mpxn, Mpxns, PropertyFilter, SmiStatus},
    store::csv::Fields,
};

/// Parses the SMI Status: absent for a Type 2 Device, present for any other (SMI.md 1).
pub(super) fn status(
    cell: &str,
    device_type: DeviceType,
    fields: &mut Fields<'_>,
) -> Option<Option<SmiStatus>> {
    match (device_type.is_type_2(), cell.is_empty()) {
        (true, false) => {
            let reason = format!("`{cell}` cannot be: Device Type {device_type} has no SMI Status");
            fields.fault("status", cell, reason);
            None
        }
        (false, true) => fields.required("status", cell).map(Some),
        (true, true) | (false, false) => fields.optional("status", cell),
    }
}

/// Parses a value that only some Device Types have; `belongs` says whether this one does. Only an ESME has an ESME Variant
/// (MP125-R7).
pub(super) fn only_if<T: FromStr<Err = Malformed>>(
    belongs: bool,
    device_type: DeviceType,
    column: &str,
    cell: &str,
    fields: &mut Fields<'_>,
) -> Option<Option<T>> {
    if belongs || cell.is_empty() {
        return fields.optional(column, cell);
    }
    fields.fault(column, cell, format!("`{cell}` cannot be: Device Type {device_type} has none"));
    None
}

/// Parses the supply points: MPANs for electricity, MPRNs for gas.
pub(super) fn mpxns(
    [import, secondary_import, export]: [&str; 3],
    device_type: DeviceType,
    fields: &mut Fields<'_>,
) -> Option<Mpxns> {
    let import = match device_type {
        DeviceType::Esme => fields.mpan("import_mpxn", import),
        DeviceType::Gsme | DeviceType::Gpf => fields.mprn("import_mpxn", import),
        DeviceType::Chf | DeviceType::Hcalcs | DeviceType::Ppmid | DeviceType::Ihd | DeviceType::Cad => {
            fields.optional::<Mpxn>("import_mpxn", import)
        }
    };
    let secondary_import = fields.mpan("secondary_import_mpan", secondary_import);
    let export = fields.mpan("export_mpan", export);
    Some(Mpxns { import: import?, secondary_import: secondary_import?, export: export? })
}

/// Parses the address. An address identifier without a postcode is a fault: it identifies nothing.
pub(super) fn property(
    post_code: &str,
    address_identifier: &str,
    fields: &mut Fields<'_>,
) -> Option<Option<PropertyFilter>> {
    let (post_code_cell, address_cell) = (post_code, address_identifier);
    let post_code = fields.optional("postcode", post_code_cell);
    let address_identifier = fields.required("address_identifier", address_cell)?;
    if post_code_cell.is_empty() && !address_cell.is_empty() {
        let reason = format!("`{address_identifier}` stands without a postcode");
        fields.fault("address_identifier", address_cell, reason);
        return None;
    }
    Some(post_code?.map(|post_code| PropertyFilter { post_code, address_identifier }))
}

/// Parses the CHF that a Device is associated with. A CHF has none; some inventories name a CHF as its own, which is read as none.
pub(super) fn chf(
    device_id: &str,
    chf: &str,
    device_type: DeviceType,
    fields: &mut Fields<'_>,
) -> Option<Option<Eui64>> {
    let is_chf = device_type == DeviceType::Chf;
    let chf = if is_chf && chf == device_id { "" } else { chf };
    only_if(!is_chf, device_type, "chf_device_id", chf, fields)
}

/// Parses the meter or GPF that a Device is associated with: only a Device that is neither a meter nor part of a hub has one.
pub(super) fn associated_device(
    cell: &str,
    device_type: DeviceType,
    fields: &mut Fields<'_>,
) -> Option<Option<Eui64>> {
    let belongs = match device_type {
        DeviceType::Hcalcs | DeviceType::Ppmid | DeviceType::Ihd | DeviceType::Cad => true,
        DeviceType::Esme | DeviceType::Gsme | DeviceType::Gpf | DeviceType::Chf => false,
    };
    only_if(belongs, device_type, "associated_device_id", cell, fields)
}
