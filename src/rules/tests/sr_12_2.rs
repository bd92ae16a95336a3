use super::*;

fn new_device(device_type: DeviceType, gpf: Option<Eui64>, details: DeviceDetails) -> DevicePrenotification {
    DevicePrenotification { device_id: DEVICE, device_type, details, associated_gpf: gpf }
}

fn pre_notify(new: DevicePrenotification, facts: NewDeviceFacts) -> Decision {
    decide_on(Body::DevicePrenotification(new.clone()), Case::DevicePrenotification(&new, facts))
}

const UNKNOWN: NewDeviceFacts =
    NewDeviceFacts { device_known: false, gpf_known: false, model: CplFacts::NotLoaded, validity: None };

#[test]
fn sr_12_2_a_what_is_in_the_smi_is_refused() {
    let esme = || new_device(DeviceType::Esme, None, details(Some(EsmeVariant::A)));
    let known = NewDeviceFacts { device_known: true, ..UNKNOWN };
    assert_eq!(summary(&pre_notify(esme(), known)), ("E120201", "SR12.2/a", false));
    let gpf_known = NewDeviceFacts { gpf_known: true, ..UNKNOWN };
    let chf = |gpf| new_device(DeviceType::Chf, Some(gpf), details(None));
    assert_eq!(summary(&pre_notify(chf(GPF), gpf_known.clone())), ("E120201", "SR12.2/a", false));
    assert_eq!(summary(&pre_notify(chf(DEVICE), gpf_known.clone())), ("E120201", "SR12.2/a", false));
    assert_eq!(summary(&pre_notify(chf(DEVICE), UNKNOWN)), ("E120201", "SR12.2/a2", false));
    assert_eq!(summary(&pre_notify(esme(), UNKNOWN)), ("I99", "SR12.2/e", true));
}

#[test]
fn sr_12_2_b_to_e_every_device_type_by_variant_versions_and_gpf() {
    let mut table = String::new();
    for device_type in DeviceType::ALL {
        for variant in [None, Some(EsmeVariant::A)] {
            for versions in [true, false] {
                for gpf in [None, Some(GPF)] {
                    let mut details = details(variant);
                    if !versions {
                        details.firmware_version = None;
                    }
                    let decision = pre_notify(new_device(*device_type, gpf, details), UNKNOWN);
                    let (code, rule, _) = summary(&decision);
                    use std::fmt::Write as _;
                    let shows = |present: bool, name: &'static str| if present { name } else { "-" };
                    writeln!(
                        table,
                        "{device_type:6} {:7} {:8} {:3} {code} {rule}",
                        shows(variant.is_some(), "variant"),
                        shows(versions, "versions"),
                        shows(gpf.is_some(), "gpf"),
                    )
                    .unwrap();
                }
            }
        }
    }
    insta::assert_snapshot!("sr_12_2_decision_table", table);
}

#[test]
fn sr_12_2_d_the_model_must_be_active_on_the_cpl() {
    let esme = || new_device(DeviceType::Esme, None, details(Some(EsmeVariant::A)));
    for model in [CplFacts::Absent, CplFacts::Listed(CplStatus::Expired)] {
        let decision = pre_notify(esme(), NewDeviceFacts { model, ..UNKNOWN });
        assert_eq!(summary(&decision), ("E120204", "SR12.2/d", false));
    }
    let listed = NewDeviceFacts { model: CplFacts::Listed(CplStatus::Active), ..UNKNOWN };
    assert_eq!(summary(&pre_notify(esme(), listed)), ("I99", "SR12.2/e", true));
}

#[test]
fn mp125_r1_a_device_joins_pending_and_a_chf_brings_its_gpf() {
    let decision = pre_notify(new_device(DeviceType::Chf, Some(GPF), details(None)), UNKNOWN);
    let joined = decision.changes.iter().map(|change| {
        let Change::Device(DeviceChange::Add(device)) = change else { panic!("{change:?}") };
        (
            device.id,
            device.device_type,
            device.status,
            device.pre_notified_by,
            device.chf,
            device.associated_gpf,
        )
    });
    let pending = Some(SmiStatus::Pending);
    assert_eq!(
        joined.collect::<Vec<_>>(),
        [
            (DEVICE, DeviceType::Chf, pending, Some(SENDER), None, Some(GPF)),
            (GPF, DeviceType::Gpf, pending, Some(SENDER), Some(DEVICE), None),
        ]
    );
}
