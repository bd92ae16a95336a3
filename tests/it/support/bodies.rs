//! Bodies of requests that many tests send.

use smi::domain::{Body, DeviceDetails, DevicePrenotification, DeviceType, EsmeVariant, Eui64};

/// SR 12.2 about a new Device; an ESME is of variant A.
pub(crate) fn pre_notification(
    device_id: Eui64,
    device_type: DeviceType,
    associated_gpf: Option<Eui64>,
) -> Body {
    let details = DeviceDetails {
        manufacturer: "Acme".parse().unwrap(),
        model: "M1".parse().unwrap(),
        smets_chts_version: "SMETS2 V5.1".parse().ok(),
        firmware_version: "01020304".parse().ok(),
        esme_variant: (device_type == DeviceType::Esme).then_some(EsmeVariant::A),
    };
    Body::DevicePrenotification(DevicePrenotification { device_id, device_type, details, associated_gpf })
}
