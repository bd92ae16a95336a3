//! The facts of SR 11.1 and SR 11.3.

use crate::{
    db::StoreFault,
    domain::{
        ActivateFirmware, ActivateFirmwareFacts, CplFacts, DeviceDetails, Now, RegisteredImage, Request,
        UpdateFirmware, UpdateFirmwareFacts, london_date,
    },
    store::{Session, device},
};

/// Loads the facts of an SR 11.1 but those of the Devices that it names: these are sorted before its transaction.
pub(in crate::store) fn load_update(
    session: &mut Session<'_>,
    request: &Request,
    update: &UpdateFirmware,
) -> Result<UpdateFirmwareFacts, StoreFault> {
    let registered = session.image(update.image.hash)?;
    let whole = registered.as_ref().and_then(|image| image.part_of);
    let set = whole.map(|whole| session.part_set(request.id.originator, whole)).transpose()?;
    Ok(UpdateFirmwareFacts { registered, set, recipients: None })
}

/// Loads the facts of an SR 11.3.
pub(in crate::store) fn load_activate(
    session: &mut Session<'_>,
    request: &Request,
    activate: &ActivateFirmware,
    now: Now,
) -> Result<ActivateFirmwareFacts, StoreFault> {
    let target = request.id.target;
    let day = session.firmware_day(request.id.originator, london_date(now.0))?;
    let device = device::load_with(session, target, &[], now)?.map(|device| *device);
    let image = image_in_full(session, activate)?;
    let model = match device.as_ref().zip(image.as_ref()) {
        None => CplFacts::NotLoaded,
        Some((facts, image)) => {
            let firmware_version = Some(image.version.clone());
            let details = DeviceDetails { firmware_version, ..facts.device.details.clone() };
            session.model(facts.device.device_type, &details)?
        }
    };
    Ok(ActivateFirmwareFacts { device, image, model, awaited: session.awaited_activation(target)?, day })
}

/// The image; a part has the size of its whole (SERVICE.md FW/b).
fn image_in_full(
    session: &mut Session<'_>,
    activate: &ActivateFirmware,
) -> Result<Option<RegisteredImage>, StoreFault> {
    let Some(image) = session.image(activate.hash)? else { return Ok(None) };
    let whole = image.part_of.map(|whole| session.image(whole)).transpose()?.flatten();
    let size = whole.map_or(image.size, |whole| whole.size);
    Ok(Some(RegisteredImage { size, ..image }))
}
