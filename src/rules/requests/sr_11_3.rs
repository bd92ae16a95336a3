//! SR 11.3 Activate Firmware: a SMETS1 Device is to activate an image.
//!
//! The Device does not change before it reports the outcome. An accepted request is stored as awaited.

use crate::{
    domain::{
        ActivateFirmware, ActivateFirmwareFacts, AwaitedActivation, Device, DeviceType, Eui64,
        FirmwareChange, ImageModel, Now, Refusal, RegisteredImage, Request, SmiStatus, Trace, london_date,
    },
    rules::{
        accepted::Accepted,
        evidence::{is_among, known_device, saw_model, saw_suppliers},
        firmware::{FirmwareSettings, count},
        rulebook::{common, sr_11_3 as rules},
    },
};

/// The types that an SR 11.3 is for.
const METERS: [DeviceType; 2] = [DeviceType::Esme, DeviceType::Gsme];

/// Decides by the checks 12 to 15, by the rules a to e, and counts a large image (FW/e).
pub(in crate::rules) fn decide(
    activate: &ActivateFirmware,
    request: &Request,
    facts: &ActivateFirmwareFacts,
    (now, settings): (Now, &FirmwareSettings),
    trace: &mut Trace,
) -> Result<Accepted, Refusal> {
    let device = check_device(request.id.target, request.id.originator, facts, trace)?;
    let saw = match &activate.execution {
        None => "no ExecutionDateTime".to_owned(),
        Some(execution) => format!("ExecutionDateTime {execution}"),
    };
    trace.require(rules::SENT_NOW, activate.execution.is_none(), saw)?;
    let saw = if device.is_smets1() { "a SMETS1 Device" } else { "not a SMETS1 Device" };
    trace.require(rules::PRE_COMMAND, device.is_smets1(), saw)?;
    let image = check_image(activate, device, facts, trace)?;
    trace.require(rules::ON_CPL, facts.model.permits(), saw_model(facts.model))?;
    let saw = match &facts.awaited {
        None => "none".to_owned(),
        Some(awaited) => format!("image {} by {}", awaited.hash, awaited.request_id),
    };
    trace.require(rules::NOTHING_AWAITED, facts.awaited.is_none(), saw)?;
    let awaited = AwaitedActivation {
        request_id: request.id,
        schema_version: request.schema_version.clone(),
        device: device.id,
        hash: image.hash,
        size: image.size,
        version: image.version.clone(),
        received_at: now.0,
    };
    let (user, day) = (request.id.originator, london_date(now.0));
    let counted = count(user, day, image, &facts.day, settings, trace);
    Ok(Accepted::with_changes(vec![FirmwareChange::Await(Box::new(awaited), counted).into()]))
}

/// The checks 12 to 15: a Commissioned meter of the sender.
fn check_device<'f>(
    target: Eui64,
    sender: Eui64,
    facts: &'f ActivateFirmwareFacts,
    trace: &mut Trace,
) -> Result<&'f Device, Refusal> {
    let facts = known_device(target, facts.device.as_ref(), trace)?;
    let device = &facts.device;
    trace.require(common::DEVICE_TYPE, METERS.contains(&device.device_type), device.device_type.as_str())?;
    let is_responsible = is_among(&facts.responsible, sender);
    trace.require(common::AUTHORISED_NOW, is_responsible, saw_suppliers(facts, sender))?;
    let is_commissioned = device.status == Some(SmiStatus::Commissioned);
    trace.require(common::STATUS_SUITS, is_commissioned, device.status_text())?;
    Ok(device)
}

/// Rule c: the register has the image, for this Device Model.
fn check_image<'f>(
    activate: &ActivateFirmware,
    device: &Device,
    facts: &'f ActivateFirmwareFacts,
    trace: &mut Trace,
) -> Result<&'f RegisteredImage, Refusal> {
    let own = ImageModel {
        manufacturer: device.details.manufacturer.clone(),
        model: device.details.model.clone(),
        device_type: device.device_type,
    };
    let saw = match &facts.image {
        None => format!("the register does not have the image {}", activate.hash),
        Some(RegisteredImage { model: None, .. }) => {
            "the register has the image, for no Device Model".to_owned()
        }
        Some(RegisteredImage { model: Some(model), .. }) => {
            format!("the register has the image for {model}; the Device is a {own}")
        }
    };
    let suits = |image: &&RegisteredImage| image.model.as_ref().is_none_or(|model| *model == own);
    trace.require_some(rules::IMAGE, facts.image.as_ref().filter(suits), saw)
}
