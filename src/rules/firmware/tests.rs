use super::*;
use crate::domain::{CplFacts, CplStatus, Device, DeviceDetails, EsmeVariant, Eui64, ImageRecipients};

fn meter(device_type: DeviceType, status: SmiStatus) -> Device {
    let details = DeviceDetails {
        manufacturer: "Sample Meters".parse().unwrap(),
        model: "SM-E1".parse().unwrap(),
        smets_chts_version: None,
        firmware_version: None,
        esme_variant: Some(EsmeVariant::A),
    };
    let id = Eui64::from_octets([3; 8]);
    Device { status: Some(status), ..Device::pre_notified(id, device_type, details, id) }
}

fn facts(device: Device) -> ImageRecipientFacts {
    ImageRecipientFacts { device, is_responsible: true, model: CplFacts::NotLoaded }
}

/// The first list that fits: what is wrong further down does not matter.
#[test]
fn sr_11_1_c_a_device_is_on_the_first_list_that_fits() {
    use ImageRecipient::{Accepted, Invalid, NotApplicable, NotCommissioned};
    let esme = || facts(meter(DeviceType::Esme, SmiStatus::Commissioned));
    let pending = || meter(DeviceType::Esme, SmiStatus::Pending);
    let is = |facts: ImageRecipientFacts| recipient(Some(&facts));
    assert_eq!((recipient(None), is(esme())), (Invalid, Accepted));
    assert_eq!(is(facts(meter(DeviceType::Gsme, SmiStatus::Commissioned))), Accepted);
    for other in DeviceType::ALL.iter().filter(|other| ![DeviceType::Esme, DeviceType::Gsme].contains(other))
    {
        assert_eq!(is(facts(meter(*other, SmiStatus::Commissioned))), Invalid, "{other}");
    }
    let of_another = ImageRecipientFacts { is_responsible: false, ..facts(pending()) };
    assert_eq!((is(of_another), is(facts(pending()))), (Invalid, NotCommissioned));
    for (model, expected) in [
        (CplFacts::Absent, NotApplicable),
        (CplFacts::Listed(CplStatus::Expired), NotApplicable),
        (CplFacts::Listed(CplStatus::Active), Accepted),
    ] {
        assert_eq!(is(ImageRecipientFacts { model, ..esme() }), expected, "{model:?}");
        assert_eq!(is(ImageRecipientFacts { model, ..facts(pending()) }), NotCommissioned, "{model:?}");
    }
}

#[test]
fn sr_11_1_d_devices_of_two_models_share_none() {
    let esme = meter(DeviceType::Esme, SmiStatus::Commissioned);
    let mut recipients = ImageRecipients::default();
    assert_eq!(recipients.model(), None);
    recipients.accept(&esme);
    recipients.accept(&esme);
    assert_eq!(recipients.model().unwrap().to_string(), "Sample Meters SM-E1 (ESME)");
    recipients.accept(&meter(DeviceType::Gsme, SmiStatus::Commissioned));
    recipients.accept(&esme);
    assert_eq!((recipients.model(), recipients.accepted()), (None, 4));
}

mod ask;
mod count;
mod place;
mod response;
