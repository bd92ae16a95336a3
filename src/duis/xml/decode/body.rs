//! The Bodies of the requests answered here, one function each.

use super::{
    cursor::{Cursor, empty},
    fault::Fault,
    hub,
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

/// Reads the element of that service that starts there.
pub(super) fn body(document: &Document, id: NodeId, service: ServiceRequest) -> Result<Body, Fault> {
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
        ServiceRequest::RequestWanMatrix => place(document, id).map(Body::RequestWanMatrix),
        ServiceRequest::DevicePrenotification => {
            prenotification(document, id).map(Body::DevicePrenotification)
        }
    }
}

fn read_inventory(document: &Document, id: NodeId) -> Result<ReadInventory, Fault> {
    let mut cursor = Cursor::inside(document, id, Some("ReadInventory"))?;
    let key = match cursor.alternative()? {
        Some((key, "UPRN")) => ReadInventory::Uprn(UPRN.value_of(document, key)?),
        Some((key, "DeviceID")) => ReadInventory::DeviceId(EUI.value_of(document, key)?),
        Some((key, "MPxN")) => ReadInventory::Mpxn(IMPORT_MPXN.value_of(document, key)?),
        Some((key, "PropertyFilter")) => {
            ReadInventory::PropertyFilter(address(document, key, "PropertyFilter")?)
        }
        other => return Err(no_alternative(id, other, "UPRN, DeviceID, MPxN or PropertyFilter")),
    };
    cursor.end()?;
    Ok(key)
}

fn decommission(document: &Document, id: NodeId) -> Result<Eui64, Fault> {
    let mut cursor = Cursor::inside(document, id, Some("DecommissionDevice"))?;
    let device_id = cursor.value("DeviceID", &EUI)?;
    cursor.end()?;
    Ok(device_id)
}

fn update_inventory(document: &Document, id: NodeId) -> Result<UpdateInventory, Fault> {
    let mut cursor = Cursor::inside(document, id, Some("UpdateInventory"))?;
    let device_id = cursor.value("DeviceID", &EUI)?;
    let change = match cursor.alternative()? {
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
        other => return Err(no_alternative(id, other, "one of the five changes of SR 8.4")),
    };
    cursor.end()?;
    Ok(UpdateInventory { device_id, change })
}

fn details(document: &Document, id: NodeId) -> Result<ChangedDetails, Fault> {
    let mut cursor = Cursor::inside(document, id, Some("UpdateDeviceDetails"))?;
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

fn mpxn(document: &Document, id: NodeId) -> Result<(MpxnKind, Mpxn), Fault> {
    let mut cursor = Cursor::inside(document, id, Some("UpdateMPxN"))?;
    let mpxn = match cursor.alternative()? {
        Some((mpxn, "ImportMPxN")) => (MpxnKind::ImportMpxn, IMPORT_MPXN.value_of(document, mpxn)?),
        Some((mpxn, "SecondaryImportMPAN")) => {
            (MpxnKind::SecondaryImportMpan, MPAN.value_of(document, mpxn)?)
        }
        Some((mpxn, "ExportMPAN")) => (MpxnKind::ExportMpan, MPAN.value_of(document, mpxn)?),
        other => return Err(no_alternative(id, other, "ImportMPxN, SecondaryImportMPAN or ExportMPAN")),
    };
    cursor.end()?;
    Ok(mpxn)
}

fn place(document: &Document, id: NodeId) -> Result<PremisesKey, Fault> {
    let mut cursor = Cursor::inside(document, id, Some("RequestWANMatrix"))?;
    let place = match cursor.alternative()? {
        Some((place, "UPRN")) => PremisesKey::Uprn(UPRN.value_of(document, place)?),
        Some((place, "PartialAddress")) => {
            PremisesKey::PartialAddress(address(document, place, "PartialAddress")?)
        }
        other => return Err(no_alternative(id, other, "UPRN or PartialAddress")),
    };
    cursor.end()?;
    Ok(place)
}

fn address(document: &Document, id: NodeId, type_name: &str) -> Result<PropertyFilter, Fault> {
    let mut cursor = Cursor::inside(document, id, Some(type_name))?;
    let address = PropertyFilter {
        post_code: cursor.value("PostCode", &POST_CODE)?,
        address_identifier: cursor.value("AddressIdentifier", &ADDRESS_IDENTIFIER)?,
    };
    cursor.end()?;
    Ok(address)
}

fn prenotification(document: &Document, id: NodeId) -> Result<DevicePrenotification, Fault> {
    let mut cursor = Cursor::inside(document, id, Some("DevicePrenotification"))?;
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

fn no_alternative(parent: NodeId, found: Option<(NodeId, &str)>, expected: &str) -> Fault {
    match found {
        Some((id, local)) => {
            Fault::new(id, format!("`{}` is not expected here, but {expected}", excerpt(local)))
        }
        None => Fault::new(parent, format!("it must contain {expected}")),
    }
}
