//! `[firmware]`: large SMETS1 firmware images (SERVICE.md 5.4).

use std::fmt;

use super::{fault::SettingsFault, raw::RawFirmware};
use crate::rules::firmware::FirmwareSettings;

/// The most days of a response time: a year of them.
const MAX_DAYS: u16 = 366;

/// Checks the section, and fills in the defaults.
pub(super) fn read(raw: &RawFirmware) -> Result<FirmwareSettings, SettingsFault> {
    let unset = FirmwareSettings::default();
    let response_days = raw.response_days.unwrap_or(unset.response_days);
    if response_days > MAX_DAYS {
        let reason = format!("firmware.response_days: `{response_days}` is not from 0 to {MAX_DAYS}");
        return Err(SettingsFault::Unusable(reason));
    }
    Ok(FirmwareSettings {
        large_above_bytes: raw.large_above_bytes.unwrap_or(unset.large_above_bytes),
        contact_above_images: raw.contact_above_images.unwrap_or(unset.contact_above_images),
        capacity_per_day: raw.capacity_per_day.map_or(unset.capacity_per_day, Into::into),
        response_days,
        response_day_type: raw.response_day_type.unwrap_or(unset.response_day_type),
        mp230_from: raw.mp230_from.unwrap_or(unset.mp230_from),
    })
}

/// Writes the section in the form of the settings file.
pub(super) fn write(f: &mut fmt::Formatter<'_>, settings: &FirmwareSettings) -> fmt::Result {
    let FirmwareSettings { large_above_bytes, contact_above_images, capacity_per_day, .. } = settings;
    writeln!(f, "\n[firmware]\nlarge_above_bytes = {large_above_bytes}")?;
    writeln!(f, "contact_above_images = {contact_above_images}\ncapacity_per_day = {capacity_per_day}")?;
    let FirmwareSettings { response_days, response_day_type, mp230_from, .. } = settings;
    writeln!(f, "response_days = {response_days}\nresponse_day_type = \"{response_day_type}\"")?;
    writeln!(f, "mp230_from = \"{mp230_from}\"")
}
