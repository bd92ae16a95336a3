//! The life of the Devices of one premises: installed, joined, commissioned, recovered, sent back, through Service
//! Requests and events; and every rule on the way, passed and refused.

mod premises;
mod simulated;
mod statements;

use smi::{
    domain::{
        Body, CommandVariant, DeviceType, HanLogChange, Mpxns, Request, SmiStatus, UpdateHanDeviceLog,
        WebService,
    },
    duis::{signature, xml},
    rules::{RuleSettings, event::DeviceEvent},
    service::{EventOutcome, Reply},
    store::{self, Kind},
};

use crate::support::{DCC, OPERATOR, OTHER_SUPPLIER, SUPPLIER, Smi, bodies::pre_notification};

use premises::*;

/// SR 8.14.3 for a hub, for tests of what follows from it.
pub(crate) fn fault_return_of(chf: smi::domain::Eui64) -> Body {
    fault_return(chf)
}

/// SR 8.14.1 for a hub, for tests of what bears on it.
pub(crate) fn install_of(chf: smi::domain::Eui64, mpxn: &str) -> Body {
    Body::HubInstallSuccess(install(chf, mpxn))
}

/// SR 8.14.2 for a hub.
pub(crate) fn install_without_sm_wan_of(chf: smi::domain::Eui64, mpxn: &str) -> Body {
    Body::HubInstallNoSmWan(install(chf, mpxn), OBSTRUCTIONS)
}

/// SR 12.2 for a hub.
pub(crate) fn pre_notification_of(chf: smi::domain::Eui64, gpf: smi::domain::Eui64) -> Body {
    pre_notification(chf, DeviceType::Chf, Some(gpf))
}

#[test]
fn a_premises_is_installed_and_commissioned() {
    let smi = hub_installed();
    assert_eq!(status(&smi, CHF), Some(SmiStatus::InstalledNotCommissioned));
    assert_eq!(status(&smi, GPF), Some(SmiStatus::InstalledNotCommissioned));
    assert_eq!(ask(&smi, SUPPLIER, Body::HubInstallSuccess(install(CHF, MPAN))), by("I99", "SR/15"));
    assert_eq!(
        (status(&smi, CHF), status(&smi, GPF)),
        (Some(SmiStatus::Commissioned), Some(SmiStatus::InstalledNotCommissioned))
    );

    for (device, mpxn) in [(ESME, Some(MPAN)), (GSME, Some(MPRN)), (PPMID, None), (IHD, None)] {
        let before = found(&smi, device);
        assert_eq!(log(&smi, SUPPLIER, add(device, mpxn)), by("I99", "SR8.11/e"), "{device}");
        assert_eq!(found(&smi, device), before, "nothing changes before the CHF confirms");
        event(&smi, device, DeviceEvent::ChfWhitelistConfirmed).unwrap();
        let after = found(&smi, device);
        assert_eq!(after.status, before.status.map(|_| SmiStatus::Whitelisted));
        assert_eq!((after.chf, after.mpxns.import.as_ref().map(|mpxn| mpxn.as_str())), (Some(CHF), mpxn));
    }
    for (meter, moved, gpf) in
        [(ESME, 1, SmiStatus::InstalledNotCommissioned), (GSME, 2, SmiStatus::Commissioned)]
    {
        assert_eq!(event(&smi, meter, DeviceEvent::DeviceCommissioned), Ok(moved));
        assert_eq!(status(&smi, GPF), Some(gpf), "it is commissioned with the GSME (F16)");
        assert_eq!(status(&smi, meter), Some(SmiStatus::Commissioned));
        assert_eq!(found(&smi, meter).date_commissioned, Some(smi.now().date()));
    }
    let (told, alerts) = outbox(&smi)
        .into_iter()
        .partition::<Vec<_>, _>(|message| message.kind == store::MessageKind::Response);
    assert_eq!(alerts.len(), 4, "N24 tells of the outcome too (SMI.md 9)");
    assert_eq!(
        told.iter().map(|message| message.device).collect::<Vec<_>>(),
        [ESME, GSME, PPMID, IHD].map(Some)
    );
    assert!(told.iter().chain(&alerts).all(|message| message.user == SUPPLIER));
}

#[test]
fn a_premises_is_taken_down_again() {
    let smi = hub_installed();
    for (device, mpxn) in [(ESME, Some(MPAN)), (PPMID, None)] {
        log(&smi, SUPPLIER, add(device, mpxn));
        event(&smi, device, DeviceEvent::ChfWhitelistConfirmed).unwrap();
    }
    assert_eq!(log(&smi, SUPPLIER, remove(PPMID)), by("I99", "SR8.11/e"));
    event(&smi, PPMID, DeviceEvent::ChfWhitelistConfirmed).unwrap();
    assert_eq!((found(&smi, PPMID).chf, status(&smi, PPMID)), (None, Some(SmiStatus::Pending)));
    assert_eq!(ask(&smi, SUPPLIER, Body::DecommissionDevice(ESME)), by("I99", "SR/15"));
    assert_eq!(status(&smi, ESME), Some(SmiStatus::Decommissioned));
    assert_eq!(ask(&smi, SUPPLIER, fault_return(CHF)), by("I99", "SR/15"));
    for device in [CHF, GPF] {
        assert_eq!(status(&smi, device), Some(SmiStatus::Decommissioned));
    }
    let history = smi
        .read(|connection| store::history_of_device(connection, CHF, store::PageRequest::first(1_000)))
        .rows;
    let last = history.last().unwrap();
    assert_eq!((last.by, last.interface.as_str()), (Some(SUPPLIER), "8.14.3"));
    assert_eq!(last.reason.as_deref(), Some("Fault identified post installation"));
}

/// F16, SMI.md 2.
#[test]
fn a_gpf_is_commissioned_by_an_event_of_its_own_and_leaves_with_its_hub_anyway() {
    for by_event in [true, false] {
        let smi = hub_installed();
        ask(&smi, SUPPLIER, Body::HubInstallSuccess(install(CHF, MPAN)));
        if by_event {
            assert_eq!(event(&smi, GPF, DeviceEvent::DeviceCommissioned), Ok(1));
            assert_eq!(found(&smi, GPF).date_commissioned, Some(smi.now().date()));
        }
        log(&smi, SUPPLIER, add(GSME, Some(MPRN)));
        event(&smi, GSME, DeviceEvent::ChfWhitelistConfirmed).unwrap();
        assert_eq!(ask(&smi, SUPPLIER, fault_return(CHF)), by("I99", "SR/15"));
        assert_eq!(status(&smi, GPF), Some(SmiStatus::Decommissioned), "{by_event}");
    }
}

/// F16, SMI.md 2.
#[test]
fn a_gpf_follows_its_chf_to_commissioned_by_the_switch() {
    let smi = Smi::with_rules(RuleSettings { gpf_with_chf: true, ..RuleSettings::default() });
    let smi = with_registrations(smi);
    pre_notify(&smi);
    for to in [SmiStatus::InstalledNotCommissioned, SmiStatus::Commissioned] {
        ask(&smi, SUPPLIER, Body::HubInstallSuccess(install(CHF, MPAN)));
        assert_eq!((status(&smi, CHF), status(&smi, GPF)), (Some(to), Some(to)));
    }
}

/// F6, SMI.md 2.
#[test]
fn a_reported_firmware_version_is_taken_and_ends_a_suspension_where_it_is_active() {
    let smi = smi();
    let list = |first: &str| {
        let header = "device_manufacturer,device_model,device_type,firmware_version,status\n";
        smi.import(
            Kind::Cpl,
            &format!("{header}A,M,ESME,1,{first}\nA,M,ESME,2,Withdrawn\nA,M,ESME,3,Active\n"),
        );
    };
    let report = |device, version: &str| {
        let outcome = smi.service.firmware_reported(device, version.parse().unwrap()).unwrap();
        let EventOutcome::Applied(changes) = outcome else { panic!("{outcome:?}") };
        (
            changes.len(),
            found(&smi, device).details.firmware_version.unwrap().to_string(),
            status(&smi, device),
        )
    };
    list("Active");
    let header = "device_id,device_type,status,device_manufacturer,device_model,firmware_version\n";
    let rows = format!("{ESME},ESME,Commissioned,A,M,1\n{GSME},ESME,Suspended,A,M,1\n");
    smi.import(Kind::Devices, &format!("{header}{rows}"));
    list("Withdrawn");
    assert_eq!(status(&smi, ESME), Some(SmiStatus::Suspended));
    let (suspended, commissioned) = (Some(SmiStatus::Suspended), Some(SmiStatus::Commissioned));
    assert_eq!(report(ESME, "1"), (0, "1".to_owned(), suspended), "nothing new");
    assert_eq!(report(ESME, "2"), (1, "2".to_owned(), suspended), "not Active");
    assert_eq!(report(ESME, "3"), (2, "3".to_owned(), commissioned));
    assert_eq!(report(ESME, "2"), (1, "2".to_owned(), commissioned), "it is taken in any status");
    assert_eq!(report(GSME, "3"), (1, "3".to_owned(), suspended), "where it was before is not known");
    let history = smi
        .read(|connection| store::history_of_device(connection, ESME, store::PageRequest::first(1_000)))
        .rows;
    let last = history.last().unwrap();
    assert_eq!((last.from, last.to, last.interface.as_str()), (suspended, commissioned, "event"));
}

/// F30, SMI.md 2.
#[test]
fn a_hub_goes_back_from_stock_with_its_reason_by_who_pre_notified_it() {
    for (body, reason) in [
        (fault_return(CHF), "Fault identified post installation"),
        (no_fault_return(CHF), "No Fault Return (general)"),
    ] {
        let smi = smi();
        pre_notify(&smi);
        assert_eq!(ask(&smi, OTHER_SUPPLIER, body.clone()), by("E4", "SR/14"));
        assert_eq!(ask(&smi, SUPPLIER, body), by("I99", "SR/15"));
        for device in [CHF, GPF] {
            assert_eq!(status(&smi, device), Some(SmiStatus::Decommissioned));
            let history = smi
                .read(|connection| {
                    store::history_of_device(connection, device, store::PageRequest::first(1_000))
                })
                .rows;
            let last = history.last().unwrap();
            assert_eq!((last.from, last.reason.as_deref()), (Some(SmiStatus::Pending), Some(reason)));
        }
    }
}

#[test]
fn without_sm_wan_a_hub_is_installed_and_can_be_sent_back_without_a_fault() {
    let smi = smi();
    pre_notify(&smi);
    let no_sm_wan = || Body::HubInstallNoSmWan(install(CHF, MPAN), OBSTRUCTIONS);
    assert_eq!(ask(&smi, SUPPLIER, no_sm_wan()), by("I99", "SR/15"));
    assert_eq!(status(&smi, CHF), Some(SmiStatus::InstalledNotCommissioned));
    assert_eq!(ask(&smi, SUPPLIER, no_sm_wan()), by("E5", "SR/15"));
    assert_eq!(ask(&smi, SUPPLIER, no_fault_return(CHF)), by("E4", "SR/14"), "no meter, so nobody's");
    log(&smi, SUPPLIER, add(ESME, Some(MPAN)));
    event(&smi, ESME, DeviceEvent::ChfWhitelistConfirmed).unwrap();
    assert_eq!(ask(&smi, SUPPLIER, no_fault_return(CHF)), by("I99", "SR/15"));
    assert_eq!(status(&smi, CHF), Some(SmiStatus::Decommissioned));
}

#[test]
fn sr_12_whatever_a_request_acts_on_must_be_there() {
    let smi = hub_installed();
    let unknown = device_id(0xFF);
    for body in [
        Body::DecommissionDevice(unknown),
        Body::HubInstallSuccess(install(unknown, MPAN)),
        Body::HubInstallNoSmWan(install(unknown, MPAN), OBSTRUCTIONS),
        fault_return(unknown),
        no_fault_return(unknown),
    ] {
        assert_eq!(ask(&smi, SUPPLIER, body), by("E19", "SR/12"));
    }
    assert_eq!(log(&smi, SUPPLIER, remove(unknown)), by("E19", "SR/12"));
    assert_eq!(log_of(&smi, unknown, SUPPLIER, remove(ESME)), by("E19", "SR/12"));
}

#[test]
fn sr_13_every_request_has_its_device_types() {
    let smi = hub_installed();
    for device in [CHF, GPF, IHD] {
        assert_eq!(ask(&smi, SUPPLIER, Body::DecommissionDevice(device)), by("E11", "SR/13"));
    }
    for device in [ESME, GPF, IHD] {
        for body in [
            Body::HubInstallSuccess(install(device, MPAN)),
            Body::HubInstallNoSmWan(install(device, MPAN), OBSTRUCTIONS),
            fault_return(device),
            no_fault_return(device),
        ] {
            assert_eq!(ask(&smi, SUPPLIER, body), by("E11", "SR/13"));
        }
    }
    assert_eq!(log_of(&smi, ESME, SUPPLIER, add(PPMID, None)), by("E11", "SR/13"));
    assert_eq!(log(&smi, SUPPLIER, add(GPF, None)), by("E11", "SR/13"));
    assert_eq!(log(&smi, SUPPLIER, add(CHF, None)), by("E11", "SR/13"));
}

#[test]
fn sr_14_only_the_responsible_supplier_is_authorised_now() {
    let smi = hub_installed();
    let others = "2000000000002";
    assert_eq!(ask(&smi, SUPPLIER, Body::HubInstallSuccess(install(CHF, others))), by("E4", "SR/14"));
    assert_eq!(ask(&smi, SUPPLIER, Body::DecommissionDevice(ESME)), by("E4", "SR/14"), "no MPxN yet");
    assert_eq!(log(&smi, SUPPLIER, add(ESME, None)), by("E4", "SR/14"));
    assert_eq!(log(&smi, OTHER_SUPPLIER, add(ESME, Some(MPAN))), by("E4", "SR/14"));
    assert_eq!(log(&smi, SUPPLIER, add(ESME, Some(MPAN))), by("I99", "SR8.11/e"));
    event(&smi, ESME, DeviceEvent::ChfWhitelistConfirmed).unwrap();
    assert_eq!(ask(&smi, OTHER_SUPPLIER, Body::DecommissionDevice(ESME)), by("E4", "SR/14"));

    // A change of Supplier moves all of it at its instant and not before.
    smi.import(
        Kind::Registrations,
        "mpxn,role,user_id,effective_from,effective_to\n\
         1012345678901,IS,90-B3-D5-1F-30-01-00-00,2025-01-01,2026-06-02\n\
         1012345678901,IS,90-B3-D5-1F-30-03-00-00,2026-06-02,\n",
    );
    smi.move_to("2026-06-01T23:59:59.999Z");
    assert_eq!(ask(&smi, OTHER_SUPPLIER, fault_return(CHF)), by("E4", "SR/14"));
    smi.move_to("2026-06-02T00:00:00Z");
    assert_eq!(ask(&smi, SUPPLIER, fault_return(CHF)), by("E4", "SR/14"));
    assert_eq!(ask(&smi, OTHER_SUPPLIER, fault_return(CHF)), by("I99", "SR/15"));
}

#[test]
fn sr_14_an_other_user_joins_the_type_2_device_it_pre_notified_and_nothing_else() {
    let smi = hub_installed();
    smi.import(Kind::Users, "user_id,roles,status\n90-B3-D5-1F-30-03-00-00,OU,Active\n");
    let own = device_id(0xC6);
    let body = pre_notification(own, DeviceType::Cad, None);
    assert_eq!(smi.ask(OTHER_SUPPLIER, body).code, "I99");
    assert_eq!(log(&smi, OTHER_SUPPLIER, add(IHD, None)), by("E4", "SR/14"));
    assert_eq!(log(&smi, OTHER_SUPPLIER, add(PPMID, None)), by("E4", "SR/14"));
    assert_eq!(log(&smi, OTHER_SUPPLIER, add(own, None)), by("I99", "SR8.11/e"));
}

#[test]
fn sr_15_every_status_by_every_request_that_moves_a_device() {
    let smi = smi();
    let header = "device_id,device_type,status,device_manufacturer,device_model,chf_device_id,import_mpxn\n";
    for from in SmiStatus::ALL {
        let requests: [(Body, bool, Option<SmiStatus>); 5] = [
            (Body::DecommissionDevice(ESME), false, in_use(*from).then_some(SmiStatus::Decommissioned)),
            (Body::HubInstallSuccess(install(CHF, MPAN)), true, installed(*from)),
            (Body::HubInstallNoSmWan(install(CHF, MPAN), OBSTRUCTIONS), true, not_connected(*from)),
            (fault_return(CHF), true, can_go_back(*from).then_some(SmiStatus::Decommissioned)),
            (no_fault_return(CHF), true, can_go_back(*from).then_some(SmiStatus::Decommissioned)),
        ];
        for (body, is_hub, to) in requests {
            let rows = format!("{header}{ESME},ESME,{from},A,M,{CHF},{MPAN}\n{CHF},CHF,{from},A,M,,\n");
            smi.import(Kind::Devices, &rows);
            let expected = if to.is_some() { by("I99", "SR/15") } else { by("E5", "SR/15") };
            assert_eq!(ask(&smi, SUPPLIER, body), expected, "{from}");
            let moved = if is_hub { CHF } else { ESME };
            assert_eq!(status(&smi, moved), to.or(Some(*from)));
        }
        for (update, right) in
            [(add(PPMID, None), SmiStatus::Pending), (remove(PPMID), SmiStatus::Whitelisted)]
        {
            let rows = format!("{header}{PPMID},PPMID,{from},A,M,{CHF},\n{CHF},CHF,Commissioned,A,M,,\n");
            smi.import(Kind::Devices, &rows);
            let fits = *from == right;
            let expected = if fits { by("I99", "SR8.11/e") } else { by("E5", "SR/15") };
            assert_eq!(log(&smi, SUPPLIER, update), expected, "{from}");
            if fits {
                event(&smi, PPMID, DeviceEvent::ChfWhitelistFailed).unwrap();
            }
        }
        let rows = format!("{header}{PPMID},PPMID,Pending,A,M,{CHF},\n{CHF},CHF,{from},A,M,,\n");
        smi.import(Kind::Devices, &rows);
        let works = log(&smi, SUPPLIER, add(PPMID, None)) == by("I99", "SR8.11/e");
        assert_eq!(works, in_use(*from), "a CHF that is {from}");
        _ = event(&smi, PPMID, DeviceEvent::ChfWhitelistFailed);
    }
}

const fn in_use(from: SmiStatus) -> bool {
    matches!(from, SmiStatus::Whitelisted | SmiStatus::InstalledNotCommissioned | SmiStatus::Commissioned)
}

fn can_go_back(from: SmiStatus) -> bool {
    from == SmiStatus::Pending || in_use(from)
}

fn installed(from: SmiStatus) -> Option<SmiStatus> {
    let before = [SmiStatus::Whitelisted, SmiStatus::InstalledNotCommissioned].contains(&from);
    let pending = (from == SmiStatus::Pending).then_some(SmiStatus::InstalledNotCommissioned);
    pending.or(before.then_some(SmiStatus::Commissioned))
}

fn not_connected(from: SmiStatus) -> Option<SmiStatus> {
    let before = [SmiStatus::Pending, SmiStatus::Whitelisted].contains(&from);
    before.then_some(SmiStatus::InstalledNotCommissioned)
}

/// F1, F2: who supplies a meter without an Import MPAN counts as its Import Supplier, in the check of roles too.
#[test]
fn an_export_supplier_acts_on_a_meter_that_only_exports_and_on_its_hub() {
    let smi = hub_installed();
    let exports = smi::domain::Eui64::from_octets([0, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, 0xEE]);
    let mpan = "2000000000998";
    smi.import(Kind::Users, &format!("user_id,status,roles\n{OPERATOR},Active,ES\n"));
    let registered = |user| format!("mpxn,role,user_id,effective_from\n{mpan},ES,{user},2025-01-01\n");
    smi.import(Kind::Registrations, &registered(OTHER_SUPPLIER));
    smi.import(
        Kind::Devices,
        &format!("device_id,device_type,status,export_mpan,chf_device_id\n{exports},ESME,Commissioned,{mpan},{CHF}\n"),
    );
    let returned = || fault_return(CHF);
    for body in [Body::DecommissionDevice(exports), returned()] {
        assert_eq!(ask(&smi, OPERATOR, body), by("E2", "SR/11"), "another's meter");
    }
    smi.import(Kind::Registrations, &registered(OPERATOR));
    assert_eq!(log(&smi, OPERATOR, add(PPMID, None)), by("I99", "SR8.11/e"));
    assert_eq!(ask(&smi, OPERATOR, Body::DecommissionDevice(PPMID)).0, "E2");
    assert_eq!(ask(&smi, OPERATOR, Body::DecommissionDevice(exports)), by("I99", "SR/15"));
    assert_eq!(ask(&smi, OPERATOR, returned()), by("I99", "SR/15"));
}

#[test]
fn sr_8_11_a_b_c_what_does_not_belong_together_is_refused() {
    let smi = hub_installed();
    let later =
        UpdateHanDeviceLog { execution: "2026-07-01T00:00:00Z".parse().ok(), ..add(ESME, Some(MPAN)) };
    assert_eq!(log(&smi, SUPPLIER, later), by("E100", "SR8.11/a"));
    log(&smi, SUPPLIER, add(ESME, Some(MPAN)));
    event(&smi, ESME, DeviceEvent::ChfWhitelistConfirmed).unwrap();
    let bare = UpdateHanDeviceLog { whitelist: None, ..add(PPMID, None) };
    assert_eq!(log(&smi, SUPPLIER, bare), by("E100", "SR8.11/b"));
    let with_entry = UpdateHanDeviceLog { change: HanLogChange::Remove, ..add(ESME, None) };
    assert_eq!(log(&smi, SUPPLIER, with_entry), by("E100", "SR8.11/b"));
    for (device, mpxn) in [(GSME, MPAN), (PPMID, MPAN), (IHD, MPRN)] {
        assert_eq!(log(&smi, SUPPLIER, add(device, Some(mpxn))), by("E11", "SR8.11/c"));
    }
    let export = Mpxns { export: MPAN.parse().ok(), ..Mpxns::default() };
    assert_eq!(log(&smi, SUPPLIER, add_with(GSME, export)), by("E11", "SR8.11/c"));
    assert_eq!(log(&smi, SUPPLIER, add(GSME, None)), by("I99", "SR8.11/e"), "a meter may get none");
}

/// A slip in the code leaves most of the secret in the message.
#[test]
fn a_wrong_install_code_is_named_by_its_place_and_never_shown() {
    let smi = hub_installed();
    let request = smi.request_to(CHF, SUPPLIER, Body::UpdateHanDeviceLog(add(ESME, Some(MPAN))));
    let message = String::from_utf8(smi.signed(&request)).unwrap();
    let code = "00112233445566778899AABBCCDDEEFF";
    assert!(message.contains(code));
    for wrong in [format!("{code}0"), code.replace("FF", "GG"), format!(" {code}."), code.replace('0', "0 ")]
    {
        let invalid = message.replace(code, &wrong);
        let xml::Undecodable::Invalid(invalid) = xml::decode(invalid.as_bytes()).unwrap_err() else {
            panic!("{wrong} is well-formed");
        };
        let told = format!("{invalid:?} {invalid}");
        assert!(told.contains("InstallCode"), "{told}");
        assert!(!told.contains("112233") && !told.contains("AABB"), "{told}");
    }
}

#[test]
fn sr_8_11_d_e_one_hub_and_one_request_at_a_time() {
    let smi = hub_installed();
    assert_eq!(log(&smi, SUPPLIER, add(ESME, Some(MPAN))), by("I99", "SR8.11/e"));
    assert_eq!(log(&smi, SUPPLIER, add(ESME, Some(MPAN))), by("E5", "SR8.11/e"));
    event(&smi, ESME, DeviceEvent::ChfWhitelistConfirmed).unwrap();
    let header = "device_id,device_type,status,device_manufacturer,device_model,chf_device_id\n";
    let elsewhere = device_id(0xD0);
    let rows =
        format!("{header}{PPMID},PPMID,Pending,A,M,{elsewhere}\n{GSME},GSME,Whitelisted,A,M,{elsewhere}\n");
    smi.import(Kind::Devices, &rows);
    assert_eq!(log(&smi, SUPPLIER, add(PPMID, None)), by("E5", "SR8.11/d"));
    assert_eq!(log(&smi, SUPPLIER, remove(GSME)), by("E5", "SR8.11/d"));
    assert_eq!(log(&smi, SUPPLIER, remove(IHD)), by("E5", "SR8.11/d"), "associated with none");
    assert_eq!(log(&smi, SUPPLIER, remove(ESME)), by("I99", "SR8.11/e"));
}

#[test]
fn sr_8_11_f_the_answer_follows_once_the_outcome_is_known() {
    for (event_told, code, to) in [
        (DeviceEvent::ChfWhitelistConfirmed, "I0", SmiStatus::Whitelisted),
        (DeviceEvent::ChfWhitelistFailed, "E21", SmiStatus::Pending),
    ] {
        let smi = hub_installed();
        let request = smi.request_to(CHF, SUPPLIER, Body::UpdateHanDeviceLog(add(ESME, Some(MPAN))));
        assert_eq!(smi.post_to(WebService::SendCommand, &smi.signed(&request)).code, "I99");
        assert!(outbox(&smi).is_empty());
        event(&smi, ESME, event_told).unwrap();
        assert_eq!(status(&smi, ESME), Some(to));
        let now = smi.now();
        let due = smi.drained();
        // The alert that confirms it is N24; the one of a failure has no code (SMI.md 9).
        assert_eq!(due.len(), if code == "I0" { 2 } else { 1 });
        let message = &due[0];
        let document = xml::parse(&message.message).unwrap();
        signature::verify_document(&document, DCC, &smi.service.trust(), now.0).unwrap();
        let text = String::from_utf8(message.message.clone()).unwrap();
        let header = format!(
            "<sr:RequestID>{}</sr:RequestID><sr:ResponseID>{CHF}:{SUPPLIER}:{}</sr:ResponseID><sr:ResponseCode>{code}<",
            request.id, request.id.counter
        );
        assert!(text.contains(&header), "{text}");
        let decisions = smi.decisions(request.id);
        let rules = decisions.iter().map(|decision| decision.rule.as_deref()).collect::<Vec<_>>();
        assert_eq!(rules, [Some("SR8.11/e"), Some("SR8.11/f")]);
        let again = event(&smi, ESME, event_told).unwrap_err();
        assert_eq!(
            again,
            format!("`{event_told}`: no outcome of an SR 8.11 is awaited for `00-DB-12-34-56-78-90-C2`")
        );
        assert_eq!(outbox(&smi).len(), due.len());
    }
}

#[test]
fn a_device_request_belongs_to_service_s_and_to_a_device() {
    let smi = hub_installed();
    let body = || Body::UpdateHanDeviceLog(add(ESME, Some(MPAN)));
    let to_chf = smi.request_to(CHF, SUPPLIER, body());
    assert_eq!(smi.post(&smi.signed(&to_chf)).code, "E13");
    let to_dcc = smi.request_to(DCC, SUPPLIER, body());
    assert_eq!(smi.post_to(WebService::SendCommand, &smi.signed(&to_dcc)).code, "E100");
}

/// F20, SMI.md 3/7 and SMI.md 3/8.
#[test]
fn a_command_for_local_delivery_belongs_to_service_d_and_is_not_made() {
    let smi = hub_installed();
    let local = || {
        let command_variant = CommandVariant::LOCAL_DELIVERY;
        let body = Body::UpdateHanDeviceLog(add(ESME, Some(MPAN)));
        Request { command_variant, ..smi.request_to(CHF, SUPPLIER, body) }
    };
    assert_eq!(smi.post_to(WebService::SendCommand, &smi.signed(&local())).code, "E13");
    let request = local();
    let reply = smi.service.answer(&smi.signed(&request), WebService::NonDevice).unwrap();
    let Reply::LocalDelivery(variant) = reply else { panic!("{reply:?}") };
    assert_eq!(variant.as_str(), "8.11");
    assert!(smi.decisions(request.id).is_empty(), "it leaves no record, and its RequestID is new");
    let again = Request { command_variant: CommandVariant::SEND, ..request };
    assert_eq!(smi.post_to(WebService::SendCommand, &smi.signed(&again)).code, "I99");
}

#[test]
fn events_move_a_device_as_the_table_says_or_not_at_all() {
    let smi = hub_installed();
    log(&smi, SUPPLIER, add(ESME, Some(MPAN)));
    event(&smi, ESME, DeviceEvent::ChfWhitelistConfirmed).unwrap();
    let steps = [
        (DeviceEvent::Suspended, Some(SmiStatus::Suspended)),
        (DeviceEvent::DeviceCommissioned, None),
        (DeviceEvent::Restored, Some(SmiStatus::Whitelisted)),
        (DeviceEvent::Restored, None),
        (DeviceEvent::RecoveryStarted, None),
        (DeviceEvent::DeviceCommissioned, Some(SmiStatus::Commissioned)),
        (DeviceEvent::RecoveryStarted, Some(SmiStatus::Recovery)),
        (DeviceEvent::RecoveryComplete, None),
        (DeviceEvent::Recovered, Some(SmiStatus::Recovered)),
        (DeviceEvent::RecoveryComplete, Some(SmiStatus::Commissioned)),
        (DeviceEvent::DeviceCommissioned, None),
    ];
    for (told, to) in steps {
        let before = found(&smi, ESME);
        let outcome = event(&smi, ESME, told);
        assert_eq!(outcome.is_ok(), to.is_some(), "{told}: {outcome:?}");
        assert_eq!(status(&smi, ESME), to.or(before.status), "{told}");
    }
    let refused = event(&smi, ESME, DeviceEvent::Restored).unwrap_err();
    insta::assert_snapshot!(refused, @"`Restored` does not fit ESME `00-DB-12-34-56-78-90-C2`, whose status is Commissioned: SMI.md 2 has no such move");
    insta::assert_snapshot!(event(&smi, device_id(0xFF), DeviceEvent::Restored).unwrap_err(), @"device `00-DB-12-34-56-78-90-FF` is not in the inventory");
    assert!(event(&smi, CHF, DeviceEvent::DeviceCommissioned).is_err(), "a CHF is commissioned by SR 8.14.1");
    for told in DeviceEvent::ALL {
        assert!(event(&smi, IHD, *told).is_err(), "a Type 2 Device has no status: {told}");
    }
    let history = smi
        .read(|connection| store::history_of_device(connection, ESME, store::PageRequest::first(1_000)))
        .rows;
    assert!(history.iter().skip(1).all(|change| change.interface == "event"));
}
