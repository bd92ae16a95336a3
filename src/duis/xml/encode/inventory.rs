//! Encodes the Devices of an SR 8.2 answer.

use crate::{
    domain::{CspRegion, Device, DeviceDetails, InventoryEntry, Mpxn, Shape},
    duis::xml::{builder::Builder, compose::address},
};

/// The length of an MPAN in the schema, its only constraint.
const MPAN_CHARACTERS: usize = 13;

/// Writes a DSPInventory, or nothing for no Devices: the schema requires at least one.
pub(super) fn inventory(out: &mut Builder, entries: &[InventoryEntry], shape: Shape) {
    if entries.is_empty() {
        return;
    }
    out.element("DSPInventory", |out| {
        for entry in entries {
            out.element("Device", |out| device(out, entry, shape));
        }
    });
}

fn device(out: &mut Builder, entry: &InventoryEntry, shape: Shape) {
    let InventoryEntry { device, cpl_status } = entry;
    let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } =
        &device.details;
    out.value("DeviceID", device.id);
    out.value("DeviceType", device.device_type);
    out.optional("DeviceStatus", device.status);
    out.value("DeviceManufacturer", manufacturer);
    out.value("DeviceModel", model);
    out.optional("SMETSCHTSVersion", smets_chts_version.as_ref());
    out.optional("DeviceFirmwareVersion", firmware_version.as_ref());
    // Two elements with the same value: the schema has both.
    out.optional("DeviceFirmwareVersionStatus", *cpl_status);
    out.optional("CPLStatus", *cpl_status);
    out.optional("DateCommissioned", device.date_commissioned);
    supply_points(out, device);
    out.optional("ESMEVariant", *esme_variant);
    premises(out, device, shape);
}

fn supply_points(out: &mut Builder, device: &Device) {
    // A value of another length would make the answer invalid by the schema, so it is left out.
    let mpan = |mpxn: &&Mpxn| mpxn.as_str().chars().count() == MPAN_CHARACTERS;
    out.optional("ImportMPxN", device.mpxns.import.as_ref());
    out.optional("SecondaryImportMPAN", device.mpxns.secondary_import.as_ref().filter(mpan));
    out.optional("ExportMPAN", device.mpxns.export.as_ref().filter(mpan));
}

fn premises(out: &mut Builder, device: &Device, shape: Shape) {
    out.optional("UPRN", device.uprn);
    if let Some(property) = &device.property {
        address(out, "PropertyFilter", property);
    }
    out.optional("CSPRegion", device.csp_region.map(|region| known_region(region, shape)));
    out.optional("DeviceGBCSVersion", device.gbcs_version.as_ref());
    out.optional("HANVariant", device.han_variant.as_ref());
    out.optional("S1SP", device.s1sp.as_ref());
    out.optional("Connectivity", device.connectivity.filter(|_| shape >= Shape::V5_4));
}

/// The region as a schema version knows it: before 5.3 there are no 4G regions.
pub(super) fn known_region(region: CspRegion, shape: Shape) -> CspRegion {
    if shape >= Shape::V5_3 { region } else { region.plain() }
}
