//! DCC Alerts: messages that no request asked for. Their elements are the same in every published schema.

use crate::{
    domain::{
        AlertBody, AlertCode, DccAlert, DeviceType, Eui64, Mpxns, RequestId, ResponseCode, SchemaVersion,
        instant_text,
    },
    duis::xml::builder::{Builder, UnsignedMessage},
};

/// Writes an unsigned `sr:Response` with a DCC Alert.
pub fn encode_alert(alert: &DccAlert) -> UnsignedMessage {
    let DccAlert { id, version, at, code, body } = alert;
    Builder::message("Response", version, |out| {
        out.element("Header", |out| {
            out.value("ResponseID", id);
            out.value("ResponseCode", ResponseCode::I0);
            out.value("ResponseDateTime", instant_text(*at));
        });
        out.element("Body", |out| {
            out.element("DCCAlertMessage", |out| {
                out.value("DCCAlertCode", code);
                out.element("DCCAlert", |out| write_body(out, body, version));
            });
        });
    })
}

fn write_body(out: &mut Builder, body: &AlertBody, version: &SchemaVersion) {
    match body {
        AlertBody::HanLogResult(request) => out.element("UpdateHANDeviceLogResult", |out| {
            out.value("UpdateHANDeviceLogServiceRequestID", request);
        }),
        AlertBody::MeterDecommissioned(device, mpxns, associated) => status_change(out, *device, |out| {
            out.element("MeterDecommissioningOrWithdrawal", |out| decommissioned(out, mpxns, associated));
        }),
        AlertBody::MeterIdentity(device, mpxns, esme_variant) => status_change(out, *device, |out| {
            out.element("MeterIdentity", |out| {
                out.element("MeterMPxNs", |out| supply_points(out, mpxns));
                out.optional("ESMEVariant", *esme_variant);
            });
        }),
        AlertBody::DeviceSuspended(device) => empty_change(out, *device, "DeviceSuspended"),
        AlertBody::DeviceRestored(device) => empty_change(out, *device, "DeviceRestored"),
        AlertBody::DeviceRemoved(device) => empty_change(out, *device, "DeviceRemovedFromInventory"),
        AlertBody::ChfDecommissioned(device) => empty_change(out, *device, "CHFDecommissioning"),
        AlertBody::FirmwareMismatch(device, device_type, inventory, reported) => {
            out.element("FirmwareVersionMismatch", |out| {
                out.value("DeviceID", device);
                out.value("DeviceType", device_type);
                out.value("FirmwareVersionSMI", inventory);
                out.value("FirmwareVersionDevice", reported);
            });
        }
        AlertBody::VersionMismatch(code, device, request) => {
            version_mismatch(out, *code, *device, request.as_ref(), version);
        }
    }
}

fn status_change(out: &mut Builder, device: Eui64, change: impl FnOnce(&mut Builder)) {
    out.element("DeviceStatusChangeEvent", |out| {
        out.value("DeviceID", device);
        out.element("DeviceStatusChange", change);
    });
}

fn empty_change(out: &mut Builder, device: Eui64, change: &str) {
    status_change(out, device, |out| out.element(change, |_| {}));
}

fn decommissioned(out: &mut Builder, mpxns: &Mpxns, associated: &[(Eui64, DeviceType)]) {
    out.element("MeterDecommissionOrWithdrawal", |out| supply_points(out, mpxns));
    for (device, device_type) in associated {
        out.element("AssociatedType1Device", |out| {
            out.value("DeviceID", device);
            out.value("DeviceType", device_type);
        });
    }
}

fn version_mismatch(
    out: &mut Builder,
    code: AlertCode,
    device: Option<Eui64>,
    request: Option<&RequestId>,
    version: &SchemaVersion,
) {
    out.element("DUISVersionMismatch", |out| {
        out.element("DCCAlertVersionMismatch", |out| {
            out.value("DCCAlertCode", code);
            out.optional("DeviceID", device);
            out.optional("RequestID", request);
        });
        out.value("ServiceUserDUISVersion", version);
    });
}

fn supply_points(out: &mut Builder, mpxns: &Mpxns) {
    let Mpxns { import, secondary_import, export } = mpxns;
    out.optional("ImportMPxN", import.as_ref());
    out.optional("SecondaryImportMPAN", secondary_import.as_ref());
    out.optional("ExportMPAN", export.as_ref());
}
