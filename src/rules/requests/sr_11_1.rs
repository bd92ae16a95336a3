//! SR 11.1 Update Firmware: an image is to be sent to Devices.
//!
//! An inventory sends no images. It sorts the Devices, notes the image, and keeps which parts of one came (MP230-R8 to R10).

use crate::{
    domain::{
        Eui64, FirmwareChange, FirmwareWarning, ImageRecipients, ImageSize, ImageSource, Now, PartSet,
        Payload, Refusal, RegisteredImage, Request, SetPart, Trace, UpdateFirmware, UpdateFirmwareFacts,
    },
    rules::{
        accepted::Accepted,
        rulebook::{sr_11_1 as rules, variants},
    },
};

/// Decides by the rules a to e.
pub(in crate::rules) fn decide(
    update: &UpdateFirmware,
    request: &Request,
    facts: &UpdateFirmwareFacts,
    now: Now,
    trace: &mut Trace,
) -> Result<Accepted, Refusal> {
    let UpdateFirmware { image, version, .. } = update;
    let saw = format!("{} bytes", image.bytes);
    let size = trace.require_some(rules::NOT_EMPTY, ImageSize::new(image.bytes), saw)?;
    check_register(update, size, facts, trace)?;
    let recipients = check_recipients(update, facts, trace)?;
    note_suspects(recipients, trace);
    let registered = register(update, size, facts, recipients, now);
    let saw = if registered.is_some() { "new" } else { "known" };
    trace.note(rules::REGISTERED, true, format!("image {}, version {version}: {saw}", image.hash));
    let part = kept_part(update, request, facts, now, trace);
    let changes = registered.into_iter().chain(part).map(Into::into).collect();
    Ok(Accepted::with_warning(changes, warning_of(recipients)))
}

/// Rule b: the register agrees, where it has the image.
fn check_register(
    update: &UpdateFirmware,
    size: ImageSize,
    facts: &UpdateFirmwareFacts,
    trace: &mut Trace,
) -> Result<(), Refusal> {
    let version = &update.version;
    let (agrees, saw) = match &facts.registered {
        None => (true, "the register does not have the image".to_owned()),
        Some(known) => (
            known.version == *version && known.size == size,
            format!(
                "version {version}, {size} bytes; the register has version {}, {} bytes",
                known.version, known.size
            ),
        ),
    };
    trace.require(rules::AS_REGISTERED, agrees, saw)
}

/// Rule c: a Device can take it.
fn check_recipients<'f>(
    update: &UpdateFirmware,
    facts: &'f UpdateFirmwareFacts,
    trace: &mut Trace,
) -> Result<&'f ImageRecipients, Refusal> {
    let named = update.devices.len();
    let saw = match facts.recipients.as_deref() {
        None => format!("{named} named, which were not looked at: the sender could not send it when it came"),
        Some(recipients) => {
            let FirmwareWarning { invalid, not_commissioned, not_applicable } = recipients.warning();
            format!(
                "{named} named: {} accepted; {} invalid, {} not Commissioned, {} not applicable",
                recipients.accepted(),
                invalid.len(),
                not_commissioned.len(),
                not_applicable.len()
            )
        }
    };
    let recipients = facts.recipients.as_deref().filter(|recipients| recipients.accepted() > 0);
    trace.require_some(rules::RECIPIENTS, recipients, saw)
}

/// EV/a, where the operator asks for it: Devices whose variant the list of model-variants contradicts. An update may fail for it.
fn note_suspects(recipients: &ImageRecipients, trace: &mut Trace) {
    let (suspects, more) = recipients.suspects();
    for saw in suspects {
        trace.note(variants::REFERENCE, false, saw.clone());
    }
    if more > 0 {
        trace.note(variants::REFERENCE, false, format!("{more} more Devices"));
    }
}

/// Rule d: the image as it joins the register; none where it is there.
fn register(
    update: &UpdateFirmware,
    size: ImageSize,
    facts: &UpdateFirmwareFacts,
    recipients: &ImageRecipients,
    now: Now,
) -> Option<FirmwareChange> {
    let image = || RegisteredImage {
        hash: update.image.hash,
        size,
        version: update.version.clone(),
        model: recipients.model().cloned(),
        part_of: None,
        name: None,
        source: ImageSource::UpdateFirmware,
        registered_at: now.0,
    };
    facts.registered.is_none().then(|| FirmwareChange::Register(Box::new(image())))
}

/// Rule e: the part that is kept, or that completes its set.
fn kept_part(
    update: &UpdateFirmware,
    request: &Request,
    facts: &UpdateFirmwareFacts,
    now: Now,
    trace: &mut Trace,
) -> Option<FirmwareChange> {
    let (whole, part) = (facts.registered.as_ref()?.part_of?, update.image.hash);
    let set = facts.set.as_ref()?;
    trace.note(rules::PARTS, true, saw_set(set, part, request.id.originator));
    let kept = Box::new(SetPart {
        user: request.id.originator,
        whole,
        part,
        request_id: request.id,
        schema_version: request.schema_version.clone(),
        received_at: now.0,
    });
    let is_last = set.is_completed_by(part);
    Some(if is_last { FirmwareChange::CompleteSet(kept) } else { FirmwareChange::KeepPart(kept) })
}

fn saw_set(set: &PartSet, part: crate::domain::FirmwareHash, user: Eui64) -> String {
    format!("part {part}: {user} has sent {} of {} parts", set.have_with(part), set.parts.len())
}

fn warning_of(recipients: &ImageRecipients) -> Option<Payload> {
    let warning = recipients.warning();
    (!warning.is_empty()).then(|| Payload::FirmwareWarning(warning.clone()))
}
