use super::*;
use crate::domain::DetailsChange;

fn to_variant(variant: EsmeVariant) -> InventoryChange {
    InventoryChange::Details(ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() })
}

fn to_model(model: &str) -> InventoryChange {
    InventoryChange::Details(ChangedDetails {
        model: Some(model.parse().unwrap()),
        ..ChangedDetails::default()
    })
}

#[test]
fn sr_8_4_a_no_detail_is_refused() {
    let none = InventoryChange::Details(ChangedDetails::default());
    let pending = device(DeviceType::Esme, Some(SmiStatus::Pending));
    assert_eq!(summary(&update(none, facts(pending))), ("E080415", "SR8.4/a", false));
}

#[test]
fn sr_8_4_b_only_an_esme_has_a_variant() {
    for device_type in DeviceType::ALL.iter().filter(|device_type| **device_type != DeviceType::Esme) {
        let status = (!device_type.is_type_2()).then_some(SmiStatus::Pending);
        let decision = update(to_variant(EsmeVariant::A), facts(device(*device_type, status)));
        assert_eq!(summary(&decision), ("E080408", "SR8.4/b", false), "{device_type}");
    }
}

#[test]
fn sr_8_4_c_while_pending_only_the_pre_notifier_changes_details() {
    let pending = device(DeviceType::Esme, Some(SmiStatus::Pending));
    let decision = update(to_variant(EsmeVariant::Ade), facts(pending.clone()));
    assert_eq!(summary(&decision), ("I99", "SR8.4/c", true));
    let by_other = Device { pre_notified_by: Some(OTHER), ..pending };
    let facts = DeviceFacts { responsible: responsible(SENDER), ..facts(by_other) };
    assert_eq!(summary(&update(to_variant(EsmeVariant::Ade), facts)), ("E080405", "SR8.4/c", false));
}

#[test]
fn sr_8_4_d_a_mixed_change_after_pending_is_refused_whole() {
    let mixed = InventoryChange::Details(ChangedDetails {
        model: Some("X".parse().unwrap()),
        esme_variant: Some(EsmeVariant::Ade),
        ..ChangedDetails::default()
    });
    let commissioned = facts(device(DeviceType::Esme, Some(SmiStatus::Commissioned)));
    let facts = DeviceFacts { responsible: responsible(SENDER), ..commissioned };
    assert_eq!(summary(&update(mixed, facts)), ("E080406", "SR8.4/d", false));
}

#[test]
fn sr_8_4_e_f_g_the_correction_of_mp125() {
    for status in SmiStatus::ALL.iter().filter(|status| **status != SmiStatus::Pending) {
        let meter = device(DeviceType::Esme, Some(*status));
        let correct = |meter: Device, supplier: Eui64| {
            let facts = DeviceFacts { responsible: responsible(supplier), ..facts(meter) };
            let decision = update(to_variant(EsmeVariant::Ade), facts);
            (decision.code, decision.decided_by().unwrap().id)
        };
        let smets1 = Device { s1sp: Some("S1SP".parse().unwrap()), ..meter.clone() };
        let smets1_region = Device { csp_region: Some(CspRegion::Smets1), ..meter.clone() };
        let in_use = matches!(
            status,
            SmiStatus::Whitelisted | SmiStatus::InstalledNotCommissioned | SmiStatus::Commissioned
        );
        if in_use {
            assert_eq!(correct(meter.clone(), SENDER), (ResponseCode::I99, "SR8.4/g"), "{status}");
            assert_eq!(correct(meter, OTHER), (ResponseCode::E080407, "SR8.4/g"), "{status}");
            assert_eq!(correct(smets1, SENDER), (ResponseCode::E080409, "SR8.4/f"), "{status}");
            assert_eq!(correct(smets1_region, SENDER), (ResponseCode::E080409, "SR8.4/f"), "{status}");
        } else {
            assert_eq!(correct(meter, SENDER), (ResponseCode::E5, "SR8.4/e"), "{status}");
        }
    }
}

#[test]
fn mp125_r8_a_correction_changes_the_variant_and_nothing_else() {
    let meter = device(DeviceType::Esme, Some(SmiStatus::Commissioned));
    let facts = DeviceFacts { responsible: responsible(SENDER), ..facts(meter) };
    let decision = update(to_variant(EsmeVariant::Ade), facts);
    let [from, to] = [EsmeVariant::A, EsmeVariant::Ade].map(|variant| details(Some(variant)));
    let change = DetailsChange { from, to };
    assert_eq!(decision.changes, [DeviceChange::SetDetails(DEVICE, Box::new(change)).into()]);
}

/// MP125-C3: each switch opens its own cell, the variant alone, and the explanation names the switch that decided.
#[test]
fn mp125_t2_the_switches_open_one_cell_each() {
    let correct = |status, pre_notifier, supplier, change: &InventoryChange, settings| {
        let device = Device { pre_notified_by: Some(pre_notifier), ..device(DeviceType::Esme, Some(status)) };
        let facts = DeviceFacts { responsible: responsible(supplier), ..facts(device) };
        let decision = update_as(change.clone(), Some(facts), settings);
        let saw = decision.steps.last().unwrap().saw.clone();
        (decision.code.as_str(), saw.contains("is on"))
    };
    let (variant, model) = (to_variant(EsmeVariant::Ade), to_model("X"));
    for responsible_supplier_while_pending in [false, true] {
        for pre_notifier_after_pending in [false, true] {
            let settings = RuleSettings {
                responsible_supplier_while_pending,
                pre_notifier_after_pending,
                ..RuleSettings::default()
            };
            let opened = |on, refused| if on { ("I99", true) } else { (refused, false) };
            let pending = |pre_notifier, supplier, change| {
                correct(SmiStatus::Pending, pre_notifier, supplier, change, settings)
            };
            let expected = opened(responsible_supplier_while_pending, "E080405");
            assert_eq!(pending(OTHER, SENDER, &variant), expected, "{settings:?}");
            assert_eq!(pending(OTHER, SENDER, &model), ("E080405", false), "{settings:?}");
            assert_eq!(pending(OTHER, OTHER, &variant), ("E080405", false), "{settings:?}");
            assert_eq!(pending(SENDER, SENDER, &variant), ("I99", false), "{settings:?}");
            for status in
                [SmiStatus::Whitelisted, SmiStatus::InstalledNotCommissioned, SmiStatus::Commissioned]
            {
                let later = |pre_notifier, supplier, change| {
                    correct(status, pre_notifier, supplier, change, settings)
                };
                let expected = opened(pre_notifier_after_pending, "E080407");
                assert_eq!(later(SENDER, OTHER, &variant), expected, "{settings:?}");
                assert_eq!(later(SENDER, OTHER, &model), ("E080406", false), "{settings:?}");
                assert_eq!(later(OTHER, OTHER, &variant), ("E080407", false), "{settings:?}");
                assert_eq!(later(OTHER, SENDER, &variant), ("I99", false), "{settings:?}");
            }
        }
    }
}

/// MP125-R6 holds for the switch too: a SMETS1 Device is not corrected by its Responsible Supplier.
#[test]
fn mp125_r6_the_switch_leaves_smets1_devices_out() {
    let smets1 = Device {
        pre_notified_by: Some(OTHER),
        s1sp: Some("S1SP".parse().unwrap()),
        ..device(DeviceType::Esme, Some(SmiStatus::Pending))
    };
    let facts = DeviceFacts { responsible: responsible(SENDER), ..facts(smets1) };
    let settings = RuleSettings { responsible_supplier_while_pending: true, ..RuleSettings::default() };
    let decision = update_as(to_variant(EsmeVariant::Ade), Some(facts), settings);
    assert_eq!(summary(&decision), ("E080405", "SR8.4/c", false));
}

#[test]
fn sr_8_4_h_the_resulting_model_must_be_active_on_the_cpl() {
    let pending = || facts(device(DeviceType::Esme, Some(SmiStatus::Pending)));
    for resulting_model in [CplFacts::Absent, CplFacts::Listed(CplStatus::Withdrawn)] {
        let decision = update(to_model("X"), DeviceFacts { resulting_model, ..pending() });
        assert_eq!(summary(&decision), ("E080410", "SR8.4/h", false));
        let decision = update(to_variant(EsmeVariant::B), DeviceFacts { resulting_model, ..pending() });
        assert_eq!(summary(&decision), ("I99", "SR8.4/c", true));
    }
    for resulting_model in [CplFacts::NotLoaded, CplFacts::Listed(CplStatus::Active)] {
        let decision = update(to_model("X"), DeviceFacts { resulting_model, ..pending() });
        assert_eq!(summary(&decision), ("I99", "SR8.4/h", true));
    }
}

#[test]
fn sr_8_4_i_the_status_element_suits_the_device_type() {
    let except_ch = InventoryChange::StatusExceptCh(StatusExceptCh::InstalledNotCommissioned);
    let ch = InventoryChange::StatusCh(StatusCh::InstalledNotCommissioned);
    for device_type in DeviceType::ALL {
        let status = (!device_type.is_type_2()).then_some(SmiStatus::Pending);
        let rule =
            |change: &InventoryChange| update(change.clone(), facts(device(*device_type, status))).code;
        let is_chf = *device_type == DeviceType::Chf;
        let expected = |suits: bool| if suits { ResponseCode::I99 } else { ResponseCode::E080412 };
        assert_eq!(rule(&ch), expected(is_chf), "{device_type}");
        assert_eq!(rule(&except_ch), expected(!is_chf && !device_type.is_type_2()), "{device_type}");
    }
}

#[test]
fn sr_8_4_j_the_status_is_the_pre_notifiers_while_pending_and_the_responsible_suppliers_always() {
    let to_installed = || InventoryChange::StatusExceptCh(StatusExceptCh::InstalledNotCommissioned);
    let by = |status, pre_notifier, supplier| {
        let device = Device { pre_notified_by: Some(pre_notifier), ..device(DeviceType::Esme, Some(status)) };
        let facts = DeviceFacts { responsible: responsible(supplier), ..facts(device) };
        update(to_installed(), facts).code
    };
    assert_eq!(by(SmiStatus::Pending, SENDER, OTHER), ResponseCode::I99);
    assert_eq!(by(SmiStatus::Pending, OTHER, SENDER), ResponseCode::I99);
    assert_eq!(by(SmiStatus::Pending, OTHER, OTHER), ResponseCode::E4);
    assert_eq!(by(SmiStatus::Whitelisted, OTHER, SENDER), ResponseCode::I99);
    assert_eq!(by(SmiStatus::Whitelisted, SENDER, OTHER), ResponseCode::E4);
}

#[test]
fn sr_8_4_k_a_gpf_that_stands_where_its_chf_stood_follows_it() {
    let chf = device(DeviceType::Chf, Some(SmiStatus::Whitelisted));
    let gpf = Device { id: GPF, ..device(DeviceType::Gpf, Some(SmiStatus::Whitelisted)) };
    let to = |to: StatusCh, gpf_with_chf: bool, gpf: &Device| {
        let gpf = Some(gpf.clone());
        let facts = DeviceFacts { gpf, responsible: responsible(SENDER), ..facts(chf.clone()) };
        let settings = RuleSettings { gpf_with_chf, ..RuleSettings::default() };
        let decision = update_as(InventoryChange::StatusCh(to), Some(facts), settings);
        let moved = |change: &Change| {
            let Change::Device(DeviceChange::SetStatus(moved)) = change else { panic!("{change:?}") };
            (moved.device, moved.to, moved.date_commissioned.is_some())
        };
        decision.changes.iter().map(moved).collect::<Vec<_>>()
    };
    let commissioned = |id| (id, SmiStatus::Commissioned, true);
    let installed = |id| (id, SmiStatus::InstalledNotCommissioned, false);
    let (commission, install) = (StatusCh::Commissioned, StatusCh::InstalledNotCommissioned);
    // It is installed with its CHF, and commissioned with a GSME (F16); or with its CHF by the switch.
    assert_eq!(to(install, false, &gpf), [installed(DEVICE), installed(GPF)]);
    assert_eq!(to(commission, false, &gpf), [commissioned(DEVICE), installed(GPF)]);
    assert_eq!(to(commission, true, &gpf), [commissioned(DEVICE), commissioned(GPF)]);
    let there = Device { status: Some(SmiStatus::InstalledNotCommissioned), ..gpf.clone() };
    assert_eq!(to(commission, false, &there), [commissioned(DEVICE)]);
    let elsewhere = Device { status: Some(SmiStatus::Decommissioned), ..gpf };
    for switch in [false, true] {
        assert_eq!(to(commission, switch, &elsewhere), [commissioned(DEVICE)]);
    }
}

#[test]
fn sr_8_4_l_a_chf_takes_its_gpf_with_it() {
    let chf = device(DeviceType::Chf, Some(SmiStatus::Pending));
    let gpf = Device { id: GPF, ..device(DeviceType::Gpf, Some(SmiStatus::Pending)) };
    let decision = update(InventoryChange::Delete, DeviceFacts { gpf: Some(gpf), ..facts(chf) });
    assert_eq!(decision.changes, [DeviceChange::Remove(DEVICE), DeviceChange::Remove(GPF)].map(Change::from));
}

#[test]
fn sr_8_4_m_the_mpxn_suits_the_meter() {
    let (mpan, mprn) = ("1012345678901", "9100000000");
    for device_type in DeviceType::ALL {
        for kind in MpxnKind::ALL {
            for mpxn in [mpan, mprn] {
                let status = (!device_type.is_type_2()).then_some(SmiStatus::Commissioned);
                let facts =
                    DeviceFacts { responsible: responsible(SENDER), ..facts(device(*device_type, status)) };
                let decision = update(InventoryChange::Mpxn(*kind, mpxn.parse().unwrap()), facts);
                let esme = *device_type == DeviceType::Esme && mpxn == mpan;
                let gsme = *device_type == DeviceType::Gsme && *kind == MpxnKind::ImportMpxn && mpxn == mprn;
                let expected = if esme || gsme { "I99" } else { "E080414" };
                assert_eq!(decision.code.as_str(), expected, "{device_type} {kind} {mpxn}");
            }
        }
    }
}
