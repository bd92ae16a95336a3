//! Encodes DCC Alerts: notifications to a User that answer no request.

use crate::{
    domain::{DccAlert, Mpxns, ResponseCode, SchemaVersion, instant_text},
    duis::xml::builder::{Builder, UnsignedMessage},
};

/// The code of the alert that identifies a meter (schema: DCCAlertCode; that it is this one: ours).
const METER_IDENTITY: &str = "N16";

/// Encodes a DCC Alert as an unsigned `sr:Response`.
///
/// It always uses the newest schema version, since no request names one.
pub fn encode_alert(alert: &DccAlert) -> UnsignedMessage {
    let DccAlert { id, at, device, mpxns, esme_variant } = alert;
    Builder::message("Response", &SchemaVersion::newest(), |out| {
        out.element("Header", |out| {
            out.value("ResponseID", id);
            out.value("ResponseCode", ResponseCode::I0);
            out.value("ResponseDateTime", instant_text(*at));
        });
        out.element("Body", |out| {
            out.element("DCCAlertMessage", |out| {
                out.value("DCCAlertCode", METER_IDENTITY);
                out.element("DCCAlert", |out| {
                    out.element("DeviceStatusChangeEvent", |out| {
                        out.value("DeviceID", device);
                        out.element("DeviceStatusChange", |out| {
                            out.element("MeterIdentity", |out| {
                                out.element("MeterMPxNs", |out| supply_points(out, mpxns));
                                out.optional("ESMEVariant", *esme_variant);
                            });
                        });
                    });
                });
            });
        });
    })
}

fn supply_points(out: &mut Builder, mpxns: &Mpxns) {
    let Mpxns { import, secondary_import, export } = mpxns;
    out.optional("ImportMPxN", import.as_ref());
    out.optional("SecondaryImportMPAN", secondary_import.as_ref());
    out.optional("ExportMPAN", export.as_ref());
}
