use super::*;
use crate::domain::{
    Account, Body, Change, ChangedDetails, CodeOverrides, CommandVariant, ConnectivityLikelihood, Coverage,
    CoverageSource, CplFacts, CplStatus, CspRegion, CspRelease, Decision, Device, DeviceDetails, DeviceFacts,
    DevicePrenotification, DeviceType, EsmeVariant, Eui64, Facts, InventoryChange, InventoryEntry, MpxnKind,
    NewDeviceFacts, Now, Payload, Place, ReadInventory, RegionFacts, Request, RequestId, RequestIdUse,
    ResponseCode, Responsibility, Role, SchemaVersion, Service, SmiStatus, StatusCh, StatusExceptCh, Subject,
    Timestamp, Trace, UpdateInventory, User, UserStatus, WanTechnology, WebService, parse_date, rulebook,
};

const DCC: Eui64 = Eui64::from_octets([9; 8]);
const SENDER: Eui64 = Eui64::from_octets([1; 8]);
const OTHER: Eui64 = Eui64::from_octets([2; 8]);
const DEVICE: Eui64 = Eui64::from_octets([3; 8]);
const GPF: Eui64 = Eui64::from_octets([4; 8]);
const NOW: Now = Now(Timestamp::UNIX_EPOCH);

fn decide_as(body: Body, subject: Subject, settings: RuleSettings) -> Decision {
    let variant = body.service().as_str().parse().unwrap();
    let request = Request {
        schema_version: SchemaVersion::newest(),
        id: RequestId { originator: SENDER, target: DCC, counter: 0 },
        command_variant: CommandVariant::NON_DEVICE,
        variant,
        body,
    };
    let user = User {
        id: SENDER,
        party_signifier: String::new(),
        party_name: String::new(),
        roles: vec![Role::IS],
        status: UserStatus::Active,
        receive_response_url: None,
    };
    let facts = Facts { account: Account { request_id: RequestIdUse::New, user: Some(user) }, subject };
    let mut trace = Trace::new(CodeOverrides::default());
    let authorised =
        crate::access::authorise(&request, WebService::NonDevice, DCC, &facts.account, &mut trace).unwrap();
    decide(&authorised, &facts.subject, NOW, settings, trace).unwrap()
}

fn decide_on(body: Body, subject: Subject) -> Decision {
    decide_as(body, subject, RuleSettings::default())
}

/// The code, the rule that decided, and whether anything changes.
fn summary(decision: &Decision) -> (&'static str, &'static str, bool) {
    (decision.code.as_str(), decision.decided_by().unwrap().id, !decision.changes.is_empty())
}

fn details(variant: Option<EsmeVariant>) -> DeviceDetails {
    DeviceDetails {
        manufacturer: "AB01".parse().unwrap(),
        model: "010A030B".parse().unwrap(),
        smets_chts_version: Some("SMETS V1.58".parse().unwrap()),
        firmware_version: Some("0002012F".parse().unwrap()),
        esme_variant: variant,
    }
}

fn device(device_type: DeviceType, status: Option<SmiStatus>) -> Device {
    let variant = (device_type == DeviceType::Esme).then_some(EsmeVariant::A);
    Device { status, ..Device::pre_notified(DEVICE, device_type, details(variant), SENDER) }
}

fn facts(device: Device) -> DeviceFacts {
    DeviceFacts {
        device,
        gpf: None,
        responsible: Vec::new(),
        responsible_for_new_mpxn: Vec::new(),
        resulting_model: CplFacts::NotLoaded,
    }
}

fn responsible(user: Eui64) -> Vec<Responsibility> {
    let mpxn = "1012345678901".parse().unwrap();
    vec![Responsibility { user, role: Role::IS, mpxn, since: Timestamp::UNIX_EPOCH }]
}

fn update(change: InventoryChange, facts: DeviceFacts) -> Decision {
    let body = Body::UpdateInventory(UpdateInventory { device_id: DEVICE, change });
    decide_on(body, Subject::Device(Some(Box::new(facts))))
}

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
fn sr_12_an_unknown_device_is_refused() {
    let body = Body::UpdateInventory(UpdateInventory { device_id: DEVICE, change: InventoryChange::Delete });
    assert_eq!(summary(&decide_on(body, Subject::Device(None))), ("E19", "SR/12", false));
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
    assert_eq!(decision.changes, [Change::SetDetails(DEVICE, details(Some(EsmeVariant::Ade)))]);
}

/// MP125-C3: each switch opens its own cell, the variant alone, and the explanation names the switch that decided.
#[test]
fn mp125_t2_the_switches_open_one_cell_each() {
    let correct = |status, pre_notifier, supplier, change: &InventoryChange, settings| {
        let device = Device { pre_notified_by: Some(pre_notifier), ..device(DeviceType::Esme, Some(status)) };
        let facts = DeviceFacts { responsible: responsible(supplier), ..facts(device) };
        let update = UpdateInventory { device_id: DEVICE, change: change.clone() };
        let subject = Subject::Device(Some(Box::new(facts)));
        let decision = decide_as(Body::UpdateInventory(update), subject, settings);
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
    let update = UpdateInventory { device_id: DEVICE, change: to_variant(EsmeVariant::Ade) };
    let settings = RuleSettings { responsible_supplier_while_pending: true, ..RuleSettings::default() };
    let subject = Subject::Device(Some(Box::new(facts)));
    let decision = decide_as(Body::UpdateInventory(update), subject, settings);
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
    let chf = device(DeviceType::Chf, Some(SmiStatus::InstalledNotCommissioned));
    let gpf = Device { id: GPF, ..device(DeviceType::Gpf, Some(SmiStatus::InstalledNotCommissioned)) };
    let to = |gpf: Device| {
        let facts = DeviceFacts { gpf: Some(gpf), responsible: responsible(SENDER), ..facts(chf.clone()) };
        let decision = update(InventoryChange::StatusCh(StatusCh::Commissioned), facts);
        let moved = |change: &Change| {
            let Change::SetStatus(moved) = change else { panic!("{change:?}") };
            (moved.device, moved.to, moved.date_commissioned.is_some())
        };
        decision.changes.iter().map(moved).collect::<Vec<_>>()
    };
    let commissioned = |id| (id, SmiStatus::Commissioned, true);
    assert_eq!(to(gpf.clone()), [commissioned(DEVICE), commissioned(GPF)]);
    let elsewhere = Device { status: Some(SmiStatus::Decommissioned), ..gpf };
    assert_eq!(to(elsewhere), [commissioned(DEVICE)]);
}

#[test]
fn sr_8_4_l_a_chf_takes_its_gpf_with_it() {
    let chf = device(DeviceType::Chf, Some(SmiStatus::Pending));
    let gpf = Device { id: GPF, ..device(DeviceType::Gpf, Some(SmiStatus::Pending)) };
    let decision = update(InventoryChange::Delete, DeviceFacts { gpf: Some(gpf), ..facts(chf) });
    assert_eq!(decision.changes, [Change::Remove(DEVICE), Change::Remove(GPF)]);
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

#[test]
fn sr_8_2_finds_some_and_not_too_many() {
    let read = |count: usize| {
        let entry = InventoryEntry { device: device(DeviceType::Esme, None), cpl_status: None };
        let decision = decide_on(
            Body::ReadInventory(ReadInventory::DeviceId(DEVICE)),
            Subject::Inventory(vec![entry; count]),
        );
        (decision.code.as_str(), decision.decided_by().unwrap().id)
    };
    assert_eq!(read(0), ("E080201", "SR8.2/a"));
    assert_eq!(read(1), ("I0", "SR8.2/b"));
    assert_eq!(read(17), ("I0", "SR8.2/b"));
    assert_eq!(read(18), ("E080202", "SR8.2/b"));
}

fn region(region: CspRegion, technology: WanTechnology, date: Option<&str>) -> RegionFacts {
    let coverage = Coverage {
        available: true,
        anticipated: date.map(|date| parse_date(date).unwrap()),
        technology,
        likelihood: ConnectivityLikelihood::High,
        auxiliary_equipment: None,
        additional_information: None,
    };
    RegionFacts::of_extract(region, Some(coverage), CoverageSource::UndatedExtract)
}

fn matrix(regions: Vec<RegionFacts>, unknown: WanUnknown) -> Decision {
    let place = Place::Uprn("1".parse().unwrap());
    let settings = RuleSettings { wan_unknown: unknown, ..RuleSettings::default() };
    decide_as(Body::RequestWanMatrix(place), Subject::Coverage(regions), settings)
}

#[test]
fn sr_12_1_a_no_such_place() {
    assert_eq!(summary(&matrix(Vec::new(), WanUnknown::Word)), ("E120101", "SR12.1/a", false));
}

#[test]
fn sr_12_1_b_c_a_region_that_cannot_answer_says_so_and_the_others_answer() {
    let silent = RegionFacts::of_extract(CspRegion::North, None, CoverageSource::UndatedExtract);
    let central = region(CspRegion::Central, WanTechnology::Cellular, None);
    let Some(Payload::WanMatrix(_, answers)) =
        matrix(vec![silent.clone(), central], WanUnknown::Word).payload
    else {
        panic!("no matrix");
    };
    let codes =
        answers.iter().map(|answer| (answer.region.as_str(), answer.code.as_str())).collect::<Vec<_>>();
    assert_eq!(codes, [("North", "E120102"), ("Central", "I0")]);
    assert_eq!(summary(&matrix(vec![silent], WanUnknown::Word)), ("E120103", "SR12.1/c", false));
}

#[test]
fn sr_12_1_d_the_space_is_read_by_its_date() {
    let shown = |technology, date, unknown| {
        let Some(Payload::WanMatrix(_, answers)) =
            matrix(vec![region(CspRegion::North, technology, date)], unknown).payload
        else {
            panic!("no matrix");
        };
        let coverage = answers[0].coverage.clone().unwrap();
        (coverage.technology, coverage.available)
    };
    let date = Some("2027-01-01");
    assert_eq!(shown(WanTechnology::Space, date, WanUnknown::Word), ("Unknown", true));
    assert_eq!(shown(WanTechnology::Space, date, WanUnknown::Space), (" ", true));
    for unknown in WanUnknown::ALL {
        assert_eq!(shown(WanTechnology::Space, None, *unknown), ("No Coverage Intended", false));
        assert_eq!(shown(WanTechnology::NoCoverageIntended, date, *unknown), ("No Coverage Intended", true));
        assert_eq!(shown(WanTechnology::Standard420, None, *unknown), ("420", true));
        assert_eq!(shown(WanTechnology::Variant450, None, *unknown), ("450", true));
    }
}

/// MP106-R6, R9 and T1.
#[test]
fn sr_12_1_the_names_are_those_of_the_release_and_what_is_outside_table_3_is_said_to_be() {
    let decided = |technology, release| {
        let settings = RuleSettings { csp_release: release, ..RuleSettings::default() };
        let place = Place::Uprn("1".parse().unwrap());
        let regions = vec![region(CspRegion::North, technology, None)];
        decide_as(Body::RequestWanMatrix(place), Subject::Coverage(regions), settings)
    };
    let shown = |technology, release| {
        let Some(Payload::WanMatrix(_, answers)) = decided(technology, release).payload else {
            panic!("no matrix");
        };
        answers[0].coverage.clone().unwrap().technology
    };
    for (before, since) in
        [(WanTechnology::Standard420, WanTechnology::N420), (WanTechnology::Variant450, WanTechnology::N450)]
    {
        for either in [before, since] {
            assert_eq!(shown(either, CspRelease::R1_3), before.as_str());
            assert_eq!(shown(either, CspRelease::R2_0), since.as_str());
        }
    }
    let outside = decided(WanTechnology::SpecialInstallationMesh, CspRelease::R2_0);
    let said = outside.steps.iter().find(|step| step.rule.id == "SR12.1/e").unwrap();
    assert_eq!(said.saw, "North: Special Installation Mesh is outside Table 3");
    let inside = decided(WanTechnology::Cellular, CspRelease::R2_0);
    assert!(inside.steps.iter().all(|step| step.rule.id != "SR12.1/e"));
}

fn new_device(device_type: DeviceType, gpf: Option<Eui64>, details: DeviceDetails) -> DevicePrenotification {
    DevicePrenotification { device_id: DEVICE, device_type, details, associated_gpf: gpf }
}

fn pre_notify(new: DevicePrenotification, facts: NewDeviceFacts) -> Decision {
    decide_on(Body::DevicePrenotification(new), Subject::NewDevice(facts))
}

const UNKNOWN: NewDeviceFacts =
    NewDeviceFacts { device_known: false, gpf_known: false, model: CplFacts::NotLoaded };

#[test]
fn sr_12_2_a_what_is_in_the_smi_is_refused() {
    let esme = || new_device(DeviceType::Esme, None, details(Some(EsmeVariant::A)));
    let known = NewDeviceFacts { device_known: true, ..UNKNOWN };
    assert_eq!(summary(&pre_notify(esme(), known)), ("E120201", "SR12.2/a", false));
    let gpf_known = NewDeviceFacts { gpf_known: true, ..UNKNOWN };
    let chf = |gpf| new_device(DeviceType::Chf, Some(gpf), details(None));
    assert_eq!(summary(&pre_notify(chf(GPF), gpf_known)), ("E120201", "SR12.2/a", false));
    assert_eq!(summary(&pre_notify(chf(DEVICE), UNKNOWN)), ("E120201", "SR12.2/a", false));
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
        let Change::Add(device) = change else { panic!("{change:?}") };
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

#[test]
fn own_rules_carry_the_name_of_their_service_request() {
    for service in Service::ALL {
        assert!(
            rulebook::own_rules(*service).iter().all(|rule| rule.id.starts_with(&format!("SR{service}/")))
        );
    }
}
