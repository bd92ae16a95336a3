//! Decodes the Bodies of SR 8.11 and SR 8.14.1 to 8.14.4.

use super::{
    cursor::ElementCursor,
    schema_fault::SchemaFault,
    values::{
        BOOLEAN, CONNECTION, DATE_TIME, EUI, FAULT_REASON, FAULT_RETURN_TYPE, GIS_DATA, HAN_LOG_CHANGE,
        HUB_INFORMATION, HUB_LOCATION, HUB_MPAN, HUB_MPXN, IMPORT_MPXN, INCIDENT_REFERENCE, INSTALL_CODE,
        INSTALL_TYPE, JOIN_TIME, NO_FAULT_RETURN_TYPE, PREMISE_TYPE, USER_REF_ID,
    },
};
use crate::{
    domain::{
        HubFaultReturn, HubInstall, HubNoFaultReturn, Mpxns, Obstructions, UpdateHanDeviceLog, WhitelistEntry,
    },
    duis::xml::{Document, NodeId},
};

pub(super) fn update_log(document: &Document, id: NodeId) -> Result<UpdateHanDeviceLog, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("UpdateHANDeviceLog"))?;
    let execution = cursor.optional_value("ExecutionDateTime", &DATE_TIME)?;
    let device_id = cursor.value("DeviceID", &EUI)?;
    let change = cursor.value("RequestType", &HAN_LOG_CHANGE)?;
    let entry = cursor.optional("AddDeviceToCHFWhitelist")?;
    let whitelist = entry.map(|entry| whitelist_entry(document, entry)).transpose()?;
    cursor.end()?;
    Ok(UpdateHanDeviceLog { execution, device_id, change, whitelist })
}

fn whitelist_entry(document: &Document, id: NodeId) -> Result<WhitelistEntry, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("AddDeviceToCHFWhitelist"))?;
    let join_time = cursor.value("JoinTimePeriod", &JOIN_TIME)?;
    let install_code = cursor.value("InstallCode", &INSTALL_CODE)?;
    let mpxns = Mpxns {
        import: cursor.optional_value("ImportMPxN", &IMPORT_MPXN)?,
        secondary_import: cursor.optional_value("SecondaryImportMPAN", &HUB_MPAN)?,
        export: cursor.optional_value("ExportMPAN", &HUB_MPAN)?,
    };
    cursor.end()?;
    Ok(WhitelistEntry { join_time, install_code, mpxns })
}

pub(super) fn install(document: &Document, id: NodeId) -> Result<HubInstall, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("CHFInstallSuccessSMWAN"))?;
    let mut install = up_to_location(&mut cursor)?;
    install.information = cursor.optional_value("AdditionalInformation", &HUB_INFORMATION)?;
    cursor.end()?;
    Ok(install)
}

pub(super) fn install_no_sm_wan(
    document: &Document,
    id: NodeId,
) -> Result<(HubInstall, Obstructions), SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("CHFInstallSuccessNoSMWAN"))?;
    let mut install = up_to_location(&mut cursor)?;
    let obstructions = Obstructions {
        premises: cursor.value("PremiseType", &PREMISE_TYPE)?,
        metal: cursor.value("MetalObstructionCheck", &BOOLEAN)?,
        connectivity: cursor.value("ConnectivityObstructionCheck", &BOOLEAN)?,
        shared: cursor.value("SharedObstructionCheck", &BOOLEAN)?,
    };
    install.information = cursor.optional_value("AdditionalInformation", &HUB_INFORMATION)?;
    cursor.end()?;
    Ok((install, obstructions))
}

/// Reads the elements up to CHFLocation, which both kinds of installation start with.
fn up_to_location(cursor: &mut ElementCursor<'_, '_>) -> Result<HubInstall, SchemaFault> {
    Ok(HubInstall {
        device_id: cursor.value("DeviceID", &EUI)?,
        install_type: cursor.value("CHFInstallType", &INSTALL_TYPE)?,
        at: cursor.optional_value("InstallDateTime", &DATE_TIME)?,
        reference: cursor.optional_value("UserRefID", &USER_REF_ID)?,
        mpxn: cursor.value("MPxN", &HUB_MPXN)?,
        gis: cursor.optional_value("GISData", &GIS_DATA)?,
        aerial: cursor.value("AerialInstall", &BOOLEAN)?,
        location: cursor.value("CHFLocation", &HUB_LOCATION)?,
        information: None,
    })
}

pub(super) fn fault_return(document: &Document, id: NodeId) -> Result<HubFaultReturn, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("CHFFaultReturn"))?;
    let returned = HubFaultReturn {
        device_id: cursor.value("DeviceID", &EUI)?,
        return_type: cursor.value("CHFFaultReturnType", &FAULT_RETURN_TYPE)?,
        at: cursor.optional_value("UserRefDateTime", &DATE_TIME)?,
        reference: cursor.optional_value("UserRefID", &USER_REF_ID)?,
        other_device: cursor.value("OtherDeviceID", &EUI)?,
        incident: cursor.optional_value("IncidentReference", &INCIDENT_REFERENCE)?,
        connection: cursor.value("CHFConnectionMethod", &CONNECTION)?,
        reason: cursor.value("CHFFaultReason", &FAULT_REASON)?,
        information: cursor.optional_value("AdditionalInformation", &HUB_INFORMATION)?,
    };
    cursor.end()?;
    Ok(returned)
}

pub(super) fn no_fault_return(document: &Document, id: NodeId) -> Result<HubNoFaultReturn, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("CHFNoFaultReturn"))?;
    let returned = HubNoFaultReturn {
        device_id: cursor.value("DeviceID", &EUI)?,
        return_type: cursor.value("CHFNoFaultReturnType", &NO_FAULT_RETURN_TYPE)?,
        at: cursor.optional_value("UserRefDateTime", &DATE_TIME)?,
        reference: cursor.optional_value("UserRefID", &USER_REF_ID)?,
        incident: cursor.optional_value("IncidentReference", &INCIDENT_REFERENCE)?,
        information: cursor.optional_value("AdditionalInformation", &HUB_INFORMATION)?,
    };
    cursor.end()?;
    Ok(returned)
}
