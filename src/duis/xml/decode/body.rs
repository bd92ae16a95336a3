//! Decodes the Bodies of the Service Requests that this service answers, one function for each.

use super::{
    cursor::{ElementCursor, empty},
    firmware, hub,
    schema_fault::SchemaFault,
    values::{
        ADDRESS_IDENTIFIER, DEVICE_MANUFACTURER, DEVICE_MODEL, DEVICE_TYPE, ESME_VARIANT, EUI,
        FIRMWARE_VERSION, IMPORT_MPXN, MPAN, POST_CODE, SMETS_CHTS_VERSION, STATUS_CH, STATUS_EXCEPT_CH,
        UPRN,
    },
};
use crate::{
    domain::{
        Body, ChangedDetails, DeviceDetails, DevicePrenotification, Eui64, InventoryChange, Mpxn, MpxnKind,
        PremisesKey, PropertyFilter, ReadInventory, ServiceRequest, UpdateInventory,
    },
    duis::xml::{Document, NodeId, excerpt},
};

/// Decodes the request element at `id` as a Body of `service`.
pub(super) fn body(document: &Document, id: NodeId, service: ServiceRequest) -> Result<Body, SchemaFault> {
    match service {
        ServiceRequest::ReadInventory => read_inventory(document, id).map(Body::ReadInventory),
        ServiceRequest::DecommissionDevice => decommission(document, id).map(Body::DecommissionDevice),
        ServiceRequest::UpdateHanDeviceLog => hub::update_log(document, id).map(Body::UpdateHanDeviceLog),
        ServiceRequest::HubInstallSuccess => hub::install(document, id).map(Body::HubInstallSuccess),
        ServiceRequest::HubInstallNoSmWan => hub::install_no_sm_wan(document, id)
            .map(|(install, obstructions)| Body::HubInstallNoSmWan(install, obstructions)),
        ServiceRequest::HubFaultReturn => hub::fault_return(document, id).map(Body::HubFaultReturn),
        ServiceRequest::HubNoFaultReturn => hub::no_fault_return(document, id).map(Body::HubNoFaultReturn),
        ServiceRequest::UpdateInventory => update_inventory(document, id).map(Body::UpdateInventory),
        ServiceRequest::UpdateFirmware => firmware::update(document, id).map(Body::UpdateFirmware),
        ServiceRequest::ActivateFirmware => firmware::activate(document, id).map(Body::ActivateFirmware),
        ServiceRequest::RequestWanMatrix => premises(document, id).map(Body::RequestWanMatrix),
        ServiceRequest::DevicePrenotification => {
            prenotification(document, id).map(Body::DevicePrenotification)
        }
    }
}

fn read_inventory(document: &Document, id: NodeId) -> Result<ReadInventory, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("ReadInventory"))?;
    let key = match cursor.choice()? {
        Some((key, "UPRN")) => ReadInventory::Uprn(UPRN.value_of(document, key)?),
        Some((key, "DeviceID")) => ReadInventory::DeviceId(EUI.value_of(document, key)?),
        Some((key, "MPxN")) => ReadInventory::Mpxn(IMPORT_MPXN.value_of(document, key)?),
        Some((key, "PropertyFilter")) => {
            ReadInventory::PropertyFilter(address(document, key, "PropertyFilter")?)
        }
        other => return Err(unexpected_choice(id, other, "UPRN, DeviceID, MPxN or PropertyFilter")),
    };
    cursor.end()?;
    Ok(key)
}

fn decommission(document: &Document, id: NodeId) -> Result<Eui64, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("DecommissionDevice"))?;
    let device_id = cursor.value("DeviceID", &EUI)?;
    cursor.end()?;
    Ok(device_id)
}

fn update_inventory(document: &Document, id: NodeId) -> Result<UpdateInventory, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("UpdateInventory"))?;
    let device_id = cursor.value("DeviceID", &EUI)?;
    let change = match cursor.choice()? {
        Some((change, "UpdateDeviceStatusExceptCH")) => {
            InventoryChange::StatusExceptCh(STATUS_EXCEPT_CH.value_of(document, change)?)
        }
        Some((change, "UpdateDeviceStatusCH")) => {
            InventoryChange::StatusCh(STATUS_CH.value_of(document, change)?)
        }
        Some((change, "UpdateDeviceDetails")) => InventoryChange::Details(details(document, change)?),
        Some((change, "DeleteDevice")) => {
            empty(document, change, "DeleteDevice")?;
            InventoryChange::Delete
        }
        Some((change, "UpdateMPxN")) => {
            let (kind, mpxn) = mpxn(document, change)?;
            InventoryChange::Mpxn(kind, mpxn)
        }
        other => return Err(unexpected_choice(id, other, "one of the five changes of SR 8.4")),
    };
    cursor.end()?;
    Ok(UpdateInventory { device_id, change })
}

fn details(document: &Document, id: NodeId) -> Result<ChangedDetails, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("UpdateDeviceDetails"))?;
    let details = ChangedDetails {
        manufacturer: cursor.optional_value("DeviceManufacturer", &DEVICE_MANUFACTURER)?,
        model: cursor.optional_value("DeviceModel", &DEVICE_MODEL)?,
        smets_chts_version: cursor.optional_value("SMETSCHTSVersion", &SMETS_CHTS_VERSION)?,
        firmware_version: cursor.optional_value("FirmwareVersion", &FIRMWARE_VERSION)?,
        esme_variant: cursor.optional_value("ESMEVariant", &ESME_VARIANT)?,
    };
    cursor.end()?;
    Ok(details)
}

fn mpxn(document: &Document, id: NodeId) -> Result<(MpxnKind, Mpxn), SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("UpdateMPxN"))?;
    let mpxn = match cursor.choice()? {
        Some((mpxn, "ImportMPxN")) => (MpxnKind::ImportMpxn, IMPORT_MPXN.value_of(document, mpxn)?),
        Some((mpxn, "SecondaryImportMPAN")) => {
            (MpxnKind::SecondaryImportMpan, MPAN.value_of(document, mpxn)?)
        }
        Some((mpxn, "ExportMPAN")) => (MpxnKind::ExportMpan, MPAN.value_of(document, mpxn)?),
        other => return Err(unexpected_choice(id, other, "ImportMPxN, SecondaryImportMPAN or ExportMPAN")),
    };
    cursor.end()?;
    Ok(mpxn)
}

fn premises(document: &Document, id: NodeId) -> Result<PremisesKey, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("RequestWANMatrix"))?;
    let premises = match cursor.choice()? {
        Some((premises, "UPRN")) => PremisesKey::Uprn(UPRN.value_of(document, premises)?),
        Some((premises, "PartialAddress")) => {
            PremisesKey::PartialAddress(address(document, premises, "PartialAddress")?)
        }
        other => return Err(unexpected_choice(id, other, "UPRN or PartialAddress")),
    };
    cursor.end()?;
    Ok(premises)
}

fn address(document: &Document, id: NodeId, type_name: &str) -> Result<PropertyFilter, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some(type_name))?;
    let address = PropertyFilter {
        post_code: cursor.value("PostCode", &POST_CODE)?,
        address_identifier: cursor.value("AddressIdentifier", &ADDRESS_IDENTIFIER)?,
    };
    cursor.end()?;
    Ok(address)
}

fn prenotification(document: &Document, id: NodeId) -> Result<DevicePrenotification, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("DevicePrenotification"))?;
    let device_id = cursor.value("DeviceID", &EUI)?;
    let manufacturer = cursor.value("DeviceManufacturer", &DEVICE_MANUFACTURER)?;
    let model = cursor.value("DeviceModel", &DEVICE_MODEL)?;
    let device_type = cursor.value("DeviceType", &DEVICE_TYPE)?;
    let details = DeviceDetails {
        manufacturer,
        model,
        smets_chts_version: cursor.optional_value("SMETSCHTSVersion", &SMETS_CHTS_VERSION)?,
        firmware_version: cursor.optional_value("FirmwareVersion", &FIRMWARE_VERSION)?,
        esme_variant: cursor.optional_value("ESMEVariant", &ESME_VARIANT)?,
    };
    let associated_gpf = cursor.optional_value("AssociatedGPFDeviceID", &EUI)?;
    cursor.end()?;
    Ok(DevicePrenotification { device_id, device_type, details, associated_gpf })
}

fn unexpected_choice(parent: NodeId, found: Option<(NodeId, &str)>, expected: &str) -> SchemaFault {
    match found {
        Some((id, local)) => {
            SchemaFault::new(id, format!("`{}` is not expected here, but {expected}", excerpt(local)))
        }
        None => SchemaFault::new(parent, format!("it must contain {expected}")),
    }
}
