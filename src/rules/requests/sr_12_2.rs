//! SR 12.2 Device Pre-notification: a Device joins the SMI (SMI.md 5, MP125-R1).

use crate::{
    domain::{
        Change, Device, DeviceChange, DeviceDetails, DevicePrenotification, DeviceType, Eui64,
        NewDeviceFacts, Refusal, Trace,
    },
    rules::{accepted::Accepted, evidence::saw_model, rulebook::sr_12_2 as rules, tsat},
};

/// Decides by the rules a to e.
pub(in crate::rules) fn decide(
    new: &DevicePrenotification,
    facts: &NewDeviceFacts,
    sender: Eui64,
    trace: &mut Trace,
) -> Result<Accepted, Refusal> {
    let device_type = new.device_type;
    trace.require(rules::NEW_DEVICE, !facts.device_known && !facts.gpf_known, saw_ids(new, facts))?;
    // The same ID for both would make a CHF its own GPF.
    let differ = new.associated_gpf != Some(new.device_id);
    let saw = if differ { "no two of its IDs are the same" } else { "the CHF and the GPF have the same ID" };
    trace.require(rules::TWO_DEVICES, differ, saw)?;
    let variant = new.details.esme_variant;
    let saw = format!("{device_type}, ESMEVariant {}", variant.map_or("absent", |variant| variant.as_str()));
    trace.require(rules::VARIANT_OF_AN_ESME, variant.is_some() == (device_type == DeviceType::Esme), saw)?;
    let has_versions = new.details.smets_chts_version.is_some() && new.details.firmware_version.is_some();
    let saw = format!("{device_type}, versions {}", if has_versions { "there" } else { "missing" });
    trace.require(rules::VERSIONS, has_versions || device_type.is_type_2(), saw)?;
    trace.require(rules::MODEL_ON_CPL, facts.model.permits(), saw_model(facts.model))?;
    // Before the last check, which decides: the day of an installation is not known yet.
    if let Some(validity) = &facts.validity {
        tsat::note(validity, trace);
    }
    let gpf_suits = new.associated_gpf.is_some() == (device_type == DeviceType::Chf);
    let saw = format!("{device_type}, AssociatedGPFDeviceID {}", presence(new.associated_gpf.is_some()));
    // A GPF joins only together with its CHF. By itself it would be part of no hub.
    trace.require(rules::GPF_OF_A_CHF, gpf_suits && device_type != DeviceType::Gpf, saw)?;
    Ok(Accepted::with_changes(joining(new, sender)))
}

/// The Devices that join: the Device and, for a CHF, its GPF, with the same model and associated with each other.
fn joining(new: &DevicePrenotification, sender: Eui64) -> Vec<Change> {
    let mut device = Device::pre_notified(new.device_id, new.device_type, new.details.clone(), sender);
    device.associated_gpf = new.associated_gpf;
    let gpf = new.associated_gpf.map(|id| {
        let details = DeviceDetails { esme_variant: None, ..new.details.clone() };
        Device { chf: Some(new.device_id), ..Device::pre_notified(id, DeviceType::Gpf, details, sender) }
    });
    std::iter::once(device).chain(gpf).map(|device| DeviceChange::Add(Box::new(device)).into()).collect()
}

fn saw_ids(new: &DevicePrenotification, facts: &NewDeviceFacts) -> String {
    let known = |known| if known { "in the SMI" } else { "new" };
    match new.associated_gpf {
        None => format!("DeviceID {} {}", new.device_id, known(facts.device_known)),
        Some(gpf) => {
            format!(
                "DeviceID {} {}, GPF {gpf} {}",
                new.device_id,
                known(facts.device_known),
                known(facts.gpf_known)
            )
        }
    }
}

const fn presence(present: bool) -> &'static str {
    if present { "present" } else { "absent" }
}
