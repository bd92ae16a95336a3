//! Encodes the Bodies of SR 8.11 and SR 8.14.1 to 8.14.4.

use crate::{
    domain::{
        HubFaultReturn, HubInstall, HubNoFaultReturn, Mpxns, Obstructions, UpdateHanDeviceLog, WhitelistEntry,
    },
    duis::xml::builder::Builder,
};

pub(super) fn update_log(out: &mut Builder, update: &UpdateHanDeviceLog) {
    let UpdateHanDeviceLog { execution, device_id, change, whitelist } = update;
    out.optional("ExecutionDateTime", execution.as_ref());
    out.value("DeviceID", device_id);
    out.value("RequestType", change);
    if let Some(WhitelistEntry { join_time, install_code, mpxns }) = whitelist {
        let Mpxns { import, secondary_import, export } = mpxns;
        out.element("AddDeviceToCHFWhitelist", |out| {
            out.value("JoinTimePeriod", join_time.seconds());
            out.value("InstallCode", install_code.to_hex());
            out.optional("ImportMPxN", import.as_ref());
            out.optional("SecondaryImportMPAN", secondary_import.as_ref());
            out.optional("ExportMPAN", export.as_ref());
        });
    }
}

pub(super) fn install(out: &mut Builder, install: &HubInstall, obstructions: Option<Obstructions>) {
    let HubInstall { device_id, install_type, at, reference, mpxn, gis, aerial, location, information } =
        install;
    out.value("DeviceID", device_id);
    out.value("CHFInstallType", install_type);
    out.optional("InstallDateTime", at.as_ref());
    out.optional("UserRefID", reference.as_ref());
    out.value("MPxN", mpxn);
    out.optional("GISData", gis.as_ref());
    out.value("AerialInstall", aerial);
    out.value("CHFLocation", location);
    if let Some(Obstructions { premises, metal, connectivity, shared }) = obstructions {
        out.value("PremiseType", premises);
        out.value("MetalObstructionCheck", metal);
        out.value("ConnectivityObstructionCheck", connectivity);
        out.value("SharedObstructionCheck", shared);
    }
    out.optional("AdditionalInformation", information.as_ref());
}

pub(super) fn fault_return(out: &mut Builder, returned: &HubFaultReturn) {
    let HubFaultReturn {
        device_id,
        return_type,
        at,
        reference,
        other_device,
        incident,
        connection,
        reason,
        information,
    } = returned;
    out.value("DeviceID", device_id);
    out.value("CHFFaultReturnType", return_type);
    out.optional("UserRefDateTime", at.as_ref());
    out.optional("UserRefID", reference.as_ref());
    out.value("OtherDeviceID", other_device);
    out.optional("IncidentReference", incident.as_ref());
    out.value("CHFConnectionMethod", connection);
    out.value("CHFFaultReason", reason);
    out.optional("AdditionalInformation", information.as_ref());
}

pub(super) fn no_fault_return(out: &mut Builder, returned: &HubNoFaultReturn) {
    let HubNoFaultReturn { device_id, return_type, at, reference, incident, information } = returned;
    out.value("DeviceID", device_id);
    out.value("CHFNoFaultReturnType", return_type);
    out.optional("UserRefDateTime", at.as_ref());
    out.optional("UserRefID", reference.as_ref());
    out.optional("IncidentReference", incident.as_ref());
    out.optional("AdditionalInformation", information.as_ref());
}
