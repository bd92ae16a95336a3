//! Every rule both ways: the engine is run over made-up facts until each rule held and was broken.

use std::collections::{BTreeMap, BTreeSet};

use smi::{
    domain::{
        Account, Awaited, AwaitedChange, Body, Case, Change, CodeOverrides, CommandVariant,
        ConnectivityLikelihood, Coverage, CoverageSource, CplFacts, CplStatus, Csp, CspRegion, Decision,
        Device, DeviceDetails, DeviceFacts, DevicePrenotification, DeviceType, EsmeVariant, Eui64, Facts,
        HanLogChange, HanLogFacts, HubFacts, HubNotification, HubOrigin, InventoryEntry, MoveRequest, Mpxns,
        NewDeviceFacts, OrderedHub, Peer, PremisesKey, ReadInventory, RegionFacts, Request, RequestIdUse,
        ResponseCode, Responsibility, Role, ServiceRequest, SmiStatus, Step, Trace, UpdateHanDeviceLog, User,
        UserStatus, WanTechnology, WebService, WhitelistEntry, parse_date,
        tsat::{Baseline, Specification, Tables},
    },
    duis::xml,
    rules::{
        self, RuleSettings, TsatMode, access,
        event::{self, DeviceEvent, EventFacts},
        n3::{self, KnownHubs},
        rulebook::{all_rules, checks_of, common, sr_8_11 as sr_8_11_rules, sr_11_3 as sr_11_3_rules},
        what_if::{ChangeKind, Relation, WhatIf},
    },
};

use crate::support::{DCC, METER, OTHER_SUPPLIER, SUPPLIER, Smi};

/// Whether a rule was seen to hold, and to be broken; and the rules asked of each Service Request.
#[derive(Default)]
pub(super) struct Seen(
    BTreeMap<&'static str, (bool, bool)>,
    BTreeMap<ServiceRequest, BTreeSet<&'static str>>,
);

impl Seen {
    /// Of an interface that is no Service Request.
    pub(super) fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            let seen = self.0.entry(step.rule.id).or_default();
            *seen = (seen.0 || step.holds, seen.1 || !step.holds);
        }
    }

    pub(super) fn decision(&mut self, service: ServiceRequest, decision: &Decision) {
        for step in &decision.steps {
            let seen = self.0.entry(step.rule.id).or_default();
            if step.holds {
                seen.0 = true
            } else {
                seen.1 = true
            }
            self.1.entry(service).or_default().insert(step.rule.id);
        }
    }
}

#[test]
fn every_rule_held_and_was_broken() {
    let mut seen = Seen::default();
    before_the_decision(&mut seen);
    client_rule(&mut seen);
    access_rules(&mut seen);
    sr_8_2(&mut seen);
    sr_8_4(&mut seen);
    sr_12_1(&mut seen);
    sr_12_2(&mut seen);
    sr_8_3(&mut seen);
    sr_8_11(&mut seen);
    super::proven_firmware::sr_11_1(&mut seen);
    super::proven_firmware::sr_11_3(&mut seen);
    tsat(&mut seen);
    cspm_n3(&mut seen);
    super::proven_orders::orders(&mut seen);
    super::proven_orders::ssmi(&mut seen);
    super::proven_service::privacy(&mut seen);
    super::proven_service::changes(&mut seen);
    super::proven_service::variants(&mut seen);
    super::proven_schedules::schedules(&mut seen);
    super::proven_maintenance::maintenance(&mut seen);
    for rule in all_rules() {
        let (held, broken) = seen.0.get(rule.id).copied().unwrap_or_default();
        // A rule that answers a success shapes an answer and refuses nothing.
        let both = held && (broken || rule.code.is_success());
        assert!(both, "{}: held {held}, broken {broken}", rule.id);
    }
    // The rulebook lists for a Service Request what the engine asks of it: checks 3 and 4 come before the engine, a
    // client certificate is not part of what it is run over, and what a CHF or a meter reports comes after it.
    for (service, asked) in &seen.1 {
        let reported = [sr_8_11_rules::CHF_CONFIRMS, sr_11_3_rules::DEVICE_ACTIVATES];
        let outside = [common::SCHEMA, common::SIGNATURE, common::CLIENT].into_iter().chain(reported);
        let outside = outside.map(|rule| rule.id).collect::<Vec<_>>();
        let listed = checks_of(*service).map(|rule| rule.id).filter(|id| !outside.contains(id));
        let asked = asked.iter().copied().filter(|id| !outside.contains(id)).collect::<BTreeSet<_>>();
        assert_eq!(asked, listed.collect::<BTreeSet<_>>(), "{service}");
    }
    assert_eq!(seen.1.len(), 8, "{:?}", seen.1.keys());
}

/// SR/3 and SR/4 refuse before there is a decision: the answer's code, which the operator set, tells which of them did.
fn before_the_decision(seen: &mut Seen) {
    let codes = [(common::SCHEMA, ResponseCode::E5), (common::SIGNATURE, ResponseCode::E4)];
    let smi = Smi::under(RuleSettings::default(), CodeOverrides::new(codes), Vec::new(), None);
    let request = smi.request(SUPPLIER, read());
    let message = xml::compose(&request);
    assert_eq!(smi.post(message.replace("DeviceID", "DeviceId").as_bytes()).code, "E5");
    assert_eq!(smi.post(&smi.sign(&message, OTHER_SUPPLIER)).code, "E4");
    for rule in [common::SCHEMA, common::SIGNATURE] {
        seen.0.entry(rule.id).or_default().1 = true;
    }
    seen.decision(ServiceRequest::ReadInventory, &smi.what_if(SUPPLIER, read()));
}

/// SR/4a looks at the connection and at nothing else.
fn client_rule(seen: &mut Seen) {
    let mut trace = Trace::default();
    for eui in [SUPPLIER, OTHER_SUPPLIER] {
        let peer = Peer { eui: Some(eui), bound_to_originator: true };
        let admitted = access::admit(&request(read()), Some(peer), &mut trace);
        assert_eq!(admitted.is_ok(), eui == SUPPLIER);
    }
    seen.steps(trace.steps());
}

fn read() -> Body {
    Body::ReadInventory(ReadInventory::DeviceId(METER))
}

pub(super) fn request(body: Body) -> Request {
    let smi_request = smi::domain::RequestId { originator: SUPPLIER, target: DCC, counter: 1 };
    Request {
        schema_version: smi::domain::SchemaVersion::newest(),
        id: smi_request,
        command_variant: CommandVariant::NON_DEVICE,
        variant: body.service().as_str().parse().unwrap(),
        body,
    }
}

pub(super) fn user() -> User {
    User {
        id: SUPPLIER,
        party_signifier: String::new(),
        party_name: String::new(),
        roles: vec![Role::IS],
        status: UserStatus::Active,
        receive_response_url: None,
        answer_version: None,
    }
}

/// Decides as the pipeline does.
pub(super) fn decide(request: &Request, at: WebService, facts: &Facts<'_>) -> Decision {
    decide_under(RuleSettings::default(), request, at, facts)
}

fn decide_under(settings: RuleSettings, request: &Request, at: WebService, facts: &Facts<'_>) -> Decision {
    let mut trace = Trace::new(CodeOverrides::default());
    let now = smi::domain::Now("2026-06-01T12:00:00Z".parse().unwrap());
    match access::authorise(request, at, DCC, &facts.account, &mut trace) {
        Err(refusal) => Decision::refuse(trace, refusal),
        Ok(authorised) => rules::decide(&authorised, &facts.case, now, settings, trace),
    }
}

pub(super) fn on(body: Body, case: Case<'_>) -> Decision {
    let account =
        Account { request_id: RequestIdUse::New, user: Some(user()), counts_as_import_supplier: false };
    decide(&request(body), WebService::NonDevice, &Facts { account, case })
}

fn access_rules(seen: &mut Seen) {
    let account = |user| Account { request_id: RequestIdUse::New, user, counts_as_import_supplier: false };
    let suspended = User { status: UserStatus::Suspended, ..user() };
    let valid = request(read());
    let to_a_device = Request { id: smi::domain::RequestId { target: METER, ..valid.id }, ..valid.clone() };
    let variant_1 = CommandVariant::try_from(1).unwrap();
    let asked = [
        (valid.clone(), WebService::NonDevice, account(Some(user()))),
        (
            valid.clone(),
            WebService::NonDevice,
            Account { request_id: RequestIdUse::ByAnother, ..account(Some(user())) },
        ),
        (valid.clone(), WebService::Transform, account(Some(user()))),
        (valid.clone(), WebService::NonDevice, account(None)),
        (valid.clone(), WebService::NonDevice, account(Some(suspended))),
        (to_a_device, WebService::NonDevice, account(Some(user()))),
        (
            Request { command_variant: variant_1, ..valid.clone() },
            WebService::SendCommand,
            account(Some(user())),
        ),
        // Nobody may send 8.6, so its roles fit no User.
        (Request { variant: "8.6".parse().unwrap(), ..valid }, WebService::NonDevice, account(Some(user()))),
    ];
    for (request, at, account) in asked {
        let case = Case::ReadInventory(Vec::new());
        seen.decision(ServiceRequest::ReadInventory, &decide(&request, at, &Facts { account, case }));
    }
}

fn details(variant: Option<EsmeVariant>, versions: bool) -> DeviceDetails {
    DeviceDetails {
        manufacturer: "AB01".parse().unwrap(),
        model: "MODEL".parse().unwrap(),
        smets_chts_version: versions.then(|| "2.0".parse().unwrap()),
        firmware_version: versions.then(|| "1".parse().unwrap()),
        esme_variant: variant,
    }
}

fn sr_8_2(seen: &mut Seen) {
    let device = Device::pre_notified(METER, DeviceType::Esme, details(Some(EsmeVariant::A), true), SUPPLIER);
    let entry = InventoryEntry { device, cpl_status: None };
    for count in [0, 1, 17, 18] {
        seen.decision(
            ServiceRequest::ReadInventory,
            &on(read(), Case::ReadInventory(vec![entry.clone(); count])),
        );
    }
}

/// Every question that `smi explain --what-if` can be asked, and an unknown Device.
fn sr_8_4(seen: &mut Seen) {
    let now = smi::domain::Now("2026-06-01T12:00:00Z".parse().unwrap());
    for device_type in DeviceType::ALL {
        let statuses = SmiStatus::ALL.iter().copied().map(Some).filter(|_| !device_type.is_type_2());
        for status in statuses.chain(device_type.is_type_2().then_some(None)) {
            for (sender, change) in
                Relation::ALL.iter().flat_map(|sender| ChangeKind::all().map(move |change| (*sender, change)))
            {
                for (smets1, model) in
                    [(false, CplFacts::NotLoaded), (false, CplFacts::Absent), (true, CplFacts::NotLoaded)]
                {
                    let mut asked = WhatIf::new(*device_type, status, sender, change).unwrap();
                    (asked.smets1, asked.resulting_model) = (smets1, model);
                    let codes = CodeOverrides::default();
                    seen.decision(
                        ServiceRequest::UpdateInventory,
                        &asked.decide(now, RuleSettings::default(), &codes).unwrap(),
                    );
                }
            }
        }
    }
    let change = smi::domain::InventoryChange::Delete;
    let update = smi::domain::UpdateInventory { device_id: METER, change };
    let body = Body::UpdateInventory(update.clone());
    seen.decision(ServiceRequest::UpdateInventory, &on(body, Case::UpdateInventory(&update, None)));
}

fn sr_12_1(seen: &mut Seen) {
    let coverage = |technology| Coverage {
        available: true,
        anticipated: Some(parse_date("2027-01-01").unwrap()),
        technology,
        likelihood: ConnectivityLikelihood::High,
        auxiliary_equipment: None,
        additional_information: None,
    };
    let source = CoverageSource::UndatedExtract;
    let silent = RegionFacts::of_extract(CspRegion::South, None, source.clone());
    let answers =
        |technology| RegionFacts::of_extract(CspRegion::Central, Some(coverage(technology)), source.clone());
    let unknown = answers(WanTechnology::Space);
    let outside = answers(WanTechnology::SpecialInstallationMesh);
    for regions in [vec![], vec![silent.clone()], vec![silent, unknown], vec![outside]] {
        let place = PremisesKey::Uprn("1".parse().unwrap());
        seen.decision(
            ServiceRequest::RequestWanMatrix,
            &on(Body::RequestWanMatrix(place.clone()), Case::RequestWanMatrix(&place, regions)),
        );
    }
}

fn sr_12_2(seen: &mut Seen) {
    let gpf = Eui64::from_octets([7; 8]);
    for device_type in DeviceType::ALL {
        for variant in [None, Some(EsmeVariant::A)] {
            for versions in [true, false] {
                for associated_gpf in [None, Some(gpf), Some(METER)] {
                    for (device_known, model) in [
                        (true, CplFacts::NotLoaded),
                        (false, CplFacts::Absent),
                        (false, CplFacts::Listed(CplStatus::Active)),
                    ] {
                        let details = details(variant, versions);
                        let new = DevicePrenotification {
                            device_id: METER,
                            device_type: *device_type,
                            details,
                            associated_gpf,
                        };
                        let facts = NewDeviceFacts { device_known, gpf_known: false, model, validity: None };
                        seen.decision(
                            ServiceRequest::DevicePrenotification,
                            &on(
                                Body::DevicePrenotification(new.clone()),
                                Case::DevicePrenotification(&new, facts),
                            ),
                        );
                    }
                }
            }
        }
    }
}

/// A Device in that status, the sender its Responsible Supplier or not.
pub(super) fn facts(device_type: DeviceType, status: Option<SmiStatus>, responsible: bool) -> DeviceFacts {
    let variant = (device_type == DeviceType::Esme).then_some(EsmeVariant::A);
    let device = Device::pre_notified(METER, device_type, details(variant, true), OTHER_SUPPLIER);
    let supplier = Responsibility {
        user: if responsible { SUPPLIER } else { OTHER_SUPPLIER },
        role: Role::IS,
        mpxn: "1012345678901".parse().unwrap(),
        since: "2020-01-01T00:00:00Z".parse().unwrap(),
    };
    DeviceFacts {
        device: Device { status, ..device },
        gpf: None,
        responsible: vec![supplier],
        responsible_for_new_mpxn: Vec::new(),
        resulting_model: CplFacts::NotLoaded,
        validity: None,
    }
}

/// SR/13 to SR/15.
fn sr_8_3(seen: &mut Seen) {
    for device_type in [DeviceType::Esme, DeviceType::Chf] {
        for status in SmiStatus::ALL {
            for responsible in [false, true] {
                let facts = facts(device_type, Some(*status), responsible);
                let case = Case::MoveDevice(MoveRequest::Decommission, METER, Some(Box::new(facts)));
                seen.decision(ServiceRequest::DecommissionDevice, &on(Body::DecommissionDevice(METER), case));
            }
        }
    }
}

const HUB: Eui64 = Eui64::from_octets([8; 8]);

fn add(change: HanLogChange, mpxn: &str) -> UpdateHanDeviceLog {
    let whitelist = WhitelistEntry {
        join_time: 60.try_into().unwrap(),
        install_code: "000102030405".parse().unwrap(),
        mpxns: Mpxns { import: Some(mpxn.parse().unwrap()), ..Mpxns::default() },
    };
    UpdateHanDeviceLog { execution: None, device_id: METER, change, whitelist: Some(whitelist) }
}

fn sr_8_11(seen: &mut Seen) {
    let good = add(HanLogChange::Add, "1012345678901");
    let dated =
        UpdateHanDeviceLog { execution: Some("2026-07-01T00:00:00Z".parse().unwrap()), ..good.clone() };
    let mprn = add(HanLogChange::Add, "9100000000");
    let remove = add(HanLogChange::Remove, "1012345678901");
    let hub = facts(DeviceType::Chf, Some(SmiStatus::Commissioned), true);
    let hub = DeviceFacts { device: Device { id: HUB, ..hub.device.clone() }, ..hub };
    let meter = |status, chf| Device { chf, ..facts(DeviceType::Esme, Some(status), true).device };
    let pending = meter(SmiStatus::Pending, None);
    let elsewhere = meter(SmiStatus::Pending, Some(OTHER_SUPPLIER));
    let whitelisted = meter(SmiStatus::Whitelisted, Some(HUB));
    let mut ask = |update: &UpdateHanDeviceLog, device: &Device, awaited: Option<Awaited>| {
        let chf = Some(hub.clone());
        let log = HanLogFacts { chf, device: Some(device.clone()), awaited };
        let mut request = request(Body::UpdateHanDeviceLog(update.clone()));
        request.id.target = HUB;
        request.command_variant = CommandVariant::SEND;
        let account =
            Account { request_id: RequestIdUse::New, user: Some(user()), counts_as_import_supplier: false };
        let facts = Facts { account, case: Case::UpdateHanDeviceLog(update, Box::new(log)) };
        let decision = decide(&request, WebService::SendCommand, &facts);
        seen.decision(ServiceRequest::UpdateHanDeviceLog, &decision);
        decision
    };
    let accepted = ask(&good, &pending, None);
    let [Change::HanLog(AwaitedChange::Await(awaited))] = &accepted.changes[..] else {
        panic!("{accepted:?}")
    };
    ask(&good, &pending, Some((**awaited).clone()));
    ask(&dated, &pending, None);
    ask(&mprn, &pending, None);
    ask(&remove, &whitelisted, None);
    ask(&good, &elsewhere, None);
    for event in [DeviceEvent::ChfWhitelistConfirmed, DeviceEvent::ChfWhitelistFailed] {
        let facts = EventFacts {
            device: pending.clone(),
            before_suspension: None,
            gpf: None,
            firmware: None,
            awaited: Some((**awaited).clone()),
            activation: None,
        };
        let now = smi::domain::Now("2026-06-01T12:00:00Z".parse().unwrap());
        let happened =
            event::decide(event, &facts, now, RuleSettings::default(), &CodeOverrides::default()).unwrap();
        seen.decision(ServiceRequest::UpdateHanDeviceLog, &happened.completes.unwrap().1);
    }
}

/// A hub on the last day of its Installation Validity Period and on the next one, under each setting.
fn tsat(seen: &mut Seen) {
    for tsat in TsatMode::ALL {
        for day in ["2022-01-31", "2022-02-01"] {
            let baseline = Baseline::read(Some(Specification::Chts), Some("1.0"), Some("1.1"));
            let validity = Tables::shipped().install_validity(baseline, parse_date(day).unwrap());
            let hub = facts(DeviceType::Chf, Some(SmiStatus::Pending), true);
            let hub = DeviceFacts { validity: Some(validity), ..hub };
            let body = Body::DecommissionDevice(METER);
            let case = Case::MoveDevice(MoveRequest::InstallSuccess, METER, Some(Box::new(hub)));
            let account = Account {
                request_id: RequestIdUse::New,
                user: Some(user()),
                counts_as_import_supplier: false,
            };
            let settings = RuleSettings { tsat: *tsat, ..RuleSettings::default() };
            let facts = Facts { account, case };
            seen.steps(&decide_under(settings, &request(body), WebService::NonDevice, &facts).steps);
        }
    }
}

/// Each fact alone is enough to refuse a hub, and with none of them it is accepted.
fn cspm_n3(seen: &mut Seen) {
    let hub = HubNotification {
        chf: HUB,
        gpf: METER,
        manufacturer: "AB01".parse().unwrap(),
        model: "MODEL".parse().unwrap(),
        firmware_version: "1".parse().unwrap(),
        chts_version: "1.0".parse().unwrap(),
        gbcs_version: "4.1".parse().unwrap(),
        han_variant: "Dual Band".parse().unwrap(),
        csp_region: CspRegion::North,
        receiving_user: SUPPLIER,
    };
    let (devices, codes) = (hub.devices(), CodeOverrides::default());
    let new = HubFacts {
        is_duplicated: false,
        receiver_known: true,
        model: CplFacts::NotLoaded,
        chf: None,
        gpf: None,
        claimed_by: None,
        origin: None,
        order: OrderedHub::OnNone,
    };
    let origin = Some(HubOrigin::CspmN3);
    let known =
        HubFacts { chf: Some(devices.chf.clone()), gpf: Some(devices.gpf.clone()), origin, ..new.clone() };
    let installed = Device { status: Some(SmiStatus::Commissioned), ..devices.chf.clone() };
    let older = Device { gbcs_version: None, ..devices.chf };
    let by_ssmi = OrderedHub::BySsmi { order: "RF-000001".parse().unwrap() };
    let facts = [
        HubFacts { is_duplicated: true, ..new.clone() },
        HubFacts { receiver_known: false, ..new.clone() },
        HubFacts { model: CplFacts::Absent, ..new.clone() },
        HubFacts { gpf: None, ..known.clone() },
        HubFacts { chf: Some(installed), ..known.clone() },
        HubFacts { origin: Some(HubOrigin::Prenotification), ..known.clone() },
        HubFacts { chf: Some(older.clone()), ..known.clone() },
        HubFacts { chf: Some(older), order: by_ssmi, ..known.clone() },
        new,
        known,
    ];
    for region in [CspRegion::North, CspRegion::South] {
        let csp = Csp { id: SUPPLIER, regions: vec![region] };
        for facts in &facts {
            seen.steps(&n3::decide(&hub, facts, &csp, KnownHubs::Stay, &codes).steps);
        }
    }
}
