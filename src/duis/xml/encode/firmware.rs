//! Encodes the warning of an SR 11.1 answer: the Devices that the image is not sent to.

use crate::{
    domain::{Eui64, FirmwareWarning},
    duis::xml::builder::Builder,
};

/// Writes a DSPUpdateFirmwareWarning. A list without Devices is left out: the schema has no empty one.
pub(super) fn warning(out: &mut Builder, warning: &FirmwareWarning) {
    let FirmwareWarning { invalid, not_commissioned, not_applicable } = warning;
    out.element("DSPUpdateFirmwareWarning", |out| {
        for (local, devices) in [
            ("InvalidDeviceIDList", invalid),
            ("NotCommissionedDeviceIDList", not_commissioned),
            ("NotApplicableFirmwareDeviceIDList", not_applicable),
        ] {
            out.optional(
                local,
                Some(devices).filter(|devices| !devices.is_empty()).map(|list| device_id_list(list)),
            );
        }
    });
}

/// A DeviceIDList (schema): EUI-64s joined by `,`.
pub(in crate::duis::xml) fn device_id_list(devices: &[Eui64]) -> String {
    let mut list = String::with_capacity(devices.len() * 24);
    for (at, device) in devices.iter().enumerate() {
        if at > 0 {
            list.push(',');
        }
        list.push_str(&device.to_string());
    }
    list
}
