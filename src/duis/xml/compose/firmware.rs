//! Encodes the Bodies of SR 11.1 and SR 11.3.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    domain::{ActivateFirmware, UpdateFirmware},
    duis::xml::{builder::Builder, encode::device_id_list},
};

pub(super) fn update(out: &mut Builder, update: &UpdateFirmware, image: &[u8]) {
    let UpdateFirmware { image: _, version, devices } = update;
    out.value("FirmwareImage", STANDARD.encode(image));
    out.value("FirmwareVersion", version);
    out.value("DeviceIDList", device_id_list(devices));
}

pub(super) fn activate(out: &mut Builder, activate: &ActivateFirmware) {
    out.optional("ExecutionDateTime", activate.execution.as_ref());
    out.value("FirmwareHash", activate.hash);
}
