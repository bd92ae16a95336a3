//! A request written as the XML that decodes to it: what a User's own system would send, before it is signed.

use super::builder::Builder;
use crate::domain::{
    Body, ChangedDetails, DeviceDetails, DevicePrenotification, InventoryChange, Place, PropertyFilter,
    ReadInventory, Request, UpdateInventory,
};

/// Writes an unsigned `sr:Request`.
pub fn compose(request: &Request) -> String {
    Builder::message("Request", &request.schema_version, |message| {
        message.element("Header", |header| {
            header.value("RequestID", request.id);
            header.value("CommandVariant", request.command_variant.get());
            header.value("ServiceReference", request.variant.service_reference());
            header.value("ServiceReferenceVariant", request.variant);
        });
        message.element("Body", |content| body(content, &request.body));
    })
}

fn body(out: &mut Builder, body: &Body) {
    out.element(body.service().element(), |out| match body {
        Body::ReadInventory(key) => read_inventory(out, key),
        Body::UpdateInventory(update) => update_inventory(out, update),
        Body::RequestWanMatrix(asked) => place(out, asked),
        Body::DevicePrenotification(device) => prenotification(out, device),
    });
}

fn read_inventory(out: &mut Builder, key: &ReadInventory) {
    match key {
        ReadInventory::Uprn(uprn) => out.value("UPRN", uprn),
        ReadInventory::DeviceId(id) => out.value("DeviceID", id),
        ReadInventory::Mpxn(mpxn) => out.value("MPxN", mpxn),
        ReadInventory::PropertyFilter(filter) => address(out, "PropertyFilter", filter),
    }
}

fn update_inventory(out: &mut Builder, update: &UpdateInventory) {
    out.value("DeviceID", update.device_id);
    match &update.change {
        InventoryChange::StatusExceptCh(status) => out.value("UpdateDeviceStatusExceptCH", status),
        InventoryChange::StatusCh(status) => out.value("UpdateDeviceStatusCH", status),
        InventoryChange::Details(changed) => {
            out.element("UpdateDeviceDetails", |out| changed_details(out, changed));
        }
        InventoryChange::Delete => out.value("DeleteDevice", ""),
        InventoryChange::Mpxn(kind, mpxn) => out.element("UpdateMPxN", |out| out.value(kind.as_str(), mpxn)),
    }
}

fn changed_details(out: &mut Builder, changed: &ChangedDetails) {
    let ChangedDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = changed;
    out.optional("DeviceManufacturer", manufacturer.as_ref());
    out.optional("DeviceModel", model.as_ref());
    out.optional("SMETSCHTSVersion", smets_chts_version.as_ref());
    out.optional("FirmwareVersion", firmware_version.as_ref());
    out.optional("ESMEVariant", *esme_variant);
}

/// The place an SR 12.1 asks about; its answer repeats it.
pub(super) fn place(out: &mut Builder, place: &Place) {
    match place {
        Place::Uprn(uprn) => out.value("UPRN", uprn),
        Place::PartialAddress(partial) => address(out, "PartialAddress", partial),
    }
}

/// An address in an element of that name.
pub(super) fn address(out: &mut Builder, local: &str, address: &PropertyFilter) {
    out.element(local, |out| {
        out.value("PostCode", &address.post_code);
        out.value("AddressIdentifier", &address.address_identifier);
    });
}

fn prenotification(out: &mut Builder, device: &DevicePrenotification) {
    let DevicePrenotification { device_id, device_type, details, associated_gpf } = device;
    let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = details;
    out.value("DeviceID", device_id);
    out.value("DeviceManufacturer", manufacturer);
    out.value("DeviceModel", model);
    out.value("DeviceType", device_type);
    out.optional("SMETSCHTSVersion", smets_chts_version.as_ref());
    out.optional("FirmwareVersion", firmware_version.as_ref());
    out.optional("ESMEVariant", *esme_variant);
    out.optional("AssociatedGPFDeviceID", *associated_gpf);
}
