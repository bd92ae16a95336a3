//! DCC Alerts (SMI.md 9): who is told of what, once, in the transaction of the change, in messages that the schemas accept.

use std::{collections::BTreeSet, fs};

use smi::{
    domain::{
        AlertKind, Body, ChangedDetails, CodeSource, DeviceField, EsmeVariant, Eui64, HanLogChange,
        InventoryChange, Request, UpdateHanDeviceLog, UpdateInventory, WebService,
    },
    duis::{signature, xml},
    rules::{RuleSettings, alert::AlertSettings, event::DeviceEvent},
    service::EventOutcome,
    store::{DueMessage, Kind},
};

use crate::{
    oracles::{is_there, schema, xmllint},
    support::{DCC, OPERATOR, OTHER_SUPPLIER, SUPPLIER, Smi},
};

const TRANSPORTER: Eui64 = Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x09, 0, 0]);
const CHF: Eui64 = device_id(0xC0);
const ESME: Eui64 = device_id(0xC2);
const GSME: Eui64 = device_id(0xC3);
const PPMID: Eui64 = device_id(0xC4);
const SWITCH: Eui64 = device_id(0xC6);
const OTHER_SWITCH: Eui64 = device_id(0xC7);
const STOCK: Eui64 = device_id(0xC9);

const fn device_id(last: u8) -> Eui64 {
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, last])
}

const DEVICES: &str = "\
device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,esme_variant,pre_notified_by,chf_device_id,associated_gpf_device_id,import_mpxn,export_mpan
00-DB-12-34-56-78-90-C0,CHF,Commissioned,Acme,HUB,CHTS V1.3,1,,90-B3-D5-1F-30-01-00-00,,00-DB-12-34-56-78-90-C1,,
00-DB-12-34-56-78-90-C1,GPF,Commissioned,Acme,HUB,CHTS V1.3,1,,90-B3-D5-1F-30-01-00-00,00-DB-12-34-56-78-90-C0,,9100000001,
00-DB-12-34-56-78-90-C2,ESME,InstalledNotCommissioned,Acme,E1,SMETS2 V5.1,01020304,ADE,90-B3-D5-1F-30-01-00-00,00-DB-12-34-56-78-90-C0,,1012345678901,1012345678902
00-DB-12-34-56-78-90-C3,GSME,Commissioned,Acme,G1,SMETS2 V5.1,01020304,,90-B3-D5-1F-30-01-00-00,00-DB-12-34-56-78-90-C0,,9100000001,
00-DB-12-34-56-78-90-C4,PPMID,Commissioned,Acme,P1,SMETS2 V5.1,01020304,,90-B3-D5-1F-30-01-00-00,00-DB-12-34-56-78-90-C0,,,
00-DB-12-34-56-78-90-C5,IHD,,Acme,I1,,,,90-B3-D5-1F-30-01-00-00,00-DB-12-34-56-78-90-C0,,,
00-DB-12-34-56-78-90-C6,HCALCS,Whitelisted,Acme,H1,SMETS2 V5.1,01020304,,90-B3-D5-1F-30-01-00-00,00-DB-12-34-56-78-90-C0,,,
00-DB-12-34-56-78-90-C7,HCALCS,Whitelisted,Acme,H1,SMETS2 V5.1,01020304,,90-B3-D5-1F-30-01-00-00,00-DB-12-34-56-78-90-C0,,,
00-DB-12-34-56-78-90-C9,ESME,Pending,Acme,E1,SMETS2 V5.1,01020304,B,90-B3-D5-1F-30-03-00-00,,,,
";

const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1012345678901,IS,90-B3-D5-1F-30-01-00-00,2025-01-01,
1012345678901,ED,90-B3-D5-1F-30-02-00-00,2025-01-01,
1012345678902,ED,90-B3-D5-1F-30-02-00-00,2025-01-01,
9100000001,GS,90-B3-D5-1F-30-01-00-00,2025-01-01,
9100000001,GT,90-B3-D5-1F-30-08-00-00,2024-01-01,2025-01-01
9100000001,GT,90-B3-D5-1F-30-09-00-00,2025-01-01,
";

/// All alerts, with made-up codes for those that have no source.
fn all_on() -> AlertSettings {
    let code = |kind, code: &str| (kind, code.parse().unwrap(), CodeSource::Data);
    let codes = [
        code(AlertKind::HanLogUnconfirmed, "N25"),
        code(AlertKind::DeviceSuspended, "N28"),
        code(AlertKind::DeviceRestored, "N29"),
        code(AlertKind::DeviceRemoved, "N33"),
        code(AlertKind::ChfDecommissioned, "N34"),
        code(AlertKind::FirmwareMismatch, "N35"),
    ];
    AlertSettings::new(AlertKind::ALL, &codes)
}

fn smi(alerts: AlertSettings) -> Smi {
    let smi = Smi::alerting(alerts, RuleSettings::default());
    smi.import(Kind::Devices, DEVICES);
    smi.import(Kind::Registrations, REGISTRATIONS);
    smi
}

fn event(smi: &Smi, device: Eui64, event: DeviceEvent) {
    let outcome = smi.service.device_event(device, event).unwrap();
    assert!(matches!(outcome, EventOutcome::Applied(_)), "{outcome:?}");
}

fn correction(variant: EsmeVariant) -> Body {
    let details = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
    Body::UpdateInventory(UpdateInventory { device_id: ESME, change: InventoryChange::Details(details) })
}

fn remove_from_log(device_id: Eui64) -> Body {
    let change = HanLogChange::Remove;
    Body::UpdateHanDeviceLog(UpdateHanDeviceLog { execution: None, device_id, change, whitelist: None })
}

/// Asks for a Device to leave the HAN device log.
fn log_out(smi: &Smi, device: Eui64, version: &str) -> Request {
    let mut request = smi.request_to(CHF, SUPPLIER, remove_from_log(device));
    request.schema_version = version.parse().unwrap();
    let told = smi.post_to(WebService::SendCommand, &smi.signed(&request));
    assert_eq!(told.code, "I99");
    request
}

/// The alerts of a message list: whom for, and the message without the prefix of names.
fn shown(messages: &[DueMessage]) -> Vec<String> {
    let alerts = messages.iter().filter_map(|message| {
        let text = str::from_utf8(&message.message).unwrap();
        let (_, alert) = text.split_once("<sr:DCCAlertMessage>")?;
        let (alert, _) = alert.split_once("</sr:DCCAlertMessage>")?;
        let last = message.user.to_string().split('-').nth(5).map(str::to_owned);
        Some(format!("{} {}", last.unwrap(), alert.replace("sr:", "")))
    });
    alerts.collect()
}

/// Every published schema accepts these messages, and they are signed by the DCC.
fn assert_valid(smi: &Smi, messages: &[DueMessage], versions: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    for message in messages {
        let document = xml::parse(&message.message).unwrap();
        signature::verify_document(&document, DCC, &smi.service.trust(), smi.now().0).unwrap();
        fs::write(folder.path().join(format!("{}.xml", message.id)), &message.message).unwrap();
    }
    for version in versions {
        if let (Some(schema), true) = (schema(version), is_there("xmllint")) {
            let judged = xmllint(&schema, folder.path());
            assert_eq!(judged.len(), messages.len());
            let invalid = judged.iter().filter(|(_, is_valid)| !**is_valid).collect::<Vec<_>>();
            assert!(invalid.is_empty(), "{version}: {invalid:?} of {:#?}", shown(messages));
        }
    }
}

const VERSIONS: [&str; 4] = ["5.0", "5.1", "5.3", "5.4"];

/// F11 to F14: the table of SMI.md 9, one change a line.
#[test]
fn every_change_is_told_to_those_it_concerns() {
    let smi = smi(all_on());
    event(&smi, ESME, DeviceEvent::DeviceCommissioned);
    assert_eq!(smi.ask(SUPPLIER, correction(EsmeVariant::B)).code, "I99");
    assert_eq!(smi.ask(SUPPLIER, correction(EsmeVariant::B)).code, "I99");
    event(&smi, PPMID, DeviceEvent::Suspended);
    event(&smi, PPMID, DeviceEvent::Restored);
    assert_eq!(smi.ask(SUPPLIER, Body::DecommissionDevice(GSME)).code, "I99");
    let delete = UpdateInventory { device_id: STOCK, change: InventoryChange::Delete };
    assert_eq!(smi.ask(OTHER_SUPPLIER, Body::UpdateInventory(delete)).code, "I99");
    let fault = crate::life::fault_return_of(CHF);
    assert_eq!(smi.ask(SUPPLIER, fault).code, "I99");
    let messages = smi.drained();
    assert_valid(&smi, &messages, &VERSIONS);
    insta::assert_snapshot!(shown(&messages).join("\n"), @r#"
        02 <DCCAlertCode>N16</DCCAlertCode><DCCAlert><DeviceStatusChangeEvent><DeviceID>00-DB-12-34-56-78-90-C2</DeviceID><DeviceStatusChange><MeterIdentity><MeterMPxNs><ImportMPxN>1012345678901</ImportMPxN><ExportMPAN>1012345678902</ExportMPAN></MeterMPxNs><ESMEVariant>ADE</ESMEVariant></MeterIdentity></DeviceStatusChange></DeviceStatusChangeEvent></DCCAlert>
        02 <DCCAlertCode>N16</DCCAlertCode><DCCAlert><DeviceStatusChangeEvent><DeviceID>00-DB-12-34-56-78-90-C2</DeviceID><DeviceStatusChange><MeterIdentity><MeterMPxNs><ImportMPxN>1012345678901</ImportMPxN><ExportMPAN>1012345678902</ExportMPAN></MeterMPxNs><ESMEVariant>B</ESMEVariant></MeterIdentity></DeviceStatusChange></DeviceStatusChangeEvent></DCCAlert>
        01 <DCCAlertCode>N28</DCCAlertCode><DCCAlert><DeviceStatusChangeEvent><DeviceID>00-DB-12-34-56-78-90-C4</DeviceID><DeviceStatusChange><DeviceSuspended></DeviceSuspended></DeviceStatusChange></DeviceStatusChangeEvent></DCCAlert>
        01 <DCCAlertCode>N29</DCCAlertCode><DCCAlert><DeviceStatusChangeEvent><DeviceID>00-DB-12-34-56-78-90-C4</DeviceID><DeviceStatusChange><DeviceRestored></DeviceRestored></DeviceStatusChange></DeviceStatusChangeEvent></DCCAlert>
        09 <DCCAlertCode>N1</DCCAlertCode><DCCAlert><DeviceStatusChangeEvent><DeviceID>00-DB-12-34-56-78-90-C3</DeviceID><DeviceStatusChange><MeterDecommissioningOrWithdrawal><MeterDecommissionOrWithdrawal><ImportMPxN>9100000001</ImportMPxN></MeterDecommissionOrWithdrawal><AssociatedType1Device><DeviceID>00-DB-12-34-56-78-90-C1</DeviceID><DeviceType>GPF</DeviceType></AssociatedType1Device><AssociatedType1Device><DeviceID>00-DB-12-34-56-78-90-C2</DeviceID><DeviceType>ESME</DeviceType></AssociatedType1Device><AssociatedType1Device><DeviceID>00-DB-12-34-56-78-90-C4</DeviceID><DeviceType>PPMID</DeviceType></AssociatedType1Device><AssociatedType1Device><DeviceID>00-DB-12-34-56-78-90-C6</DeviceID><DeviceType>HCALCS</DeviceType></AssociatedType1Device><AssociatedType1Device><DeviceID>00-DB-12-34-56-78-90-C7</DeviceID><DeviceType>HCALCS</DeviceType></AssociatedType1Device></MeterDecommissioningOrWithdrawal></DeviceStatusChange></DeviceStatusChangeEvent></DCCAlert>
        03 <DCCAlertCode>N33</DCCAlertCode><DCCAlert><DeviceStatusChangeEvent><DeviceID>00-DB-12-34-56-78-90-C9</DeviceID><DeviceStatusChange><DeviceRemovedFromInventory></DeviceRemovedFromInventory></DeviceStatusChange></DeviceStatusChangeEvent></DCCAlert>
        01 <DCCAlertCode>N34</DCCAlertCode><DCCAlert><DeviceStatusChangeEvent><DeviceID>00-DB-12-34-56-78-90-C0</DeviceID><DeviceStatusChange><CHFDecommissioning></CHFDecommissioning></DeviceStatusChange></DeviceStatusChangeEvent></DCCAlert>
        "#);
}

#[test]
fn the_outcome_of_sr_8_11_is_told_to_its_sender() {
    let smi = smi(all_on());
    let confirmed = log_out(&smi, SWITCH, "5.1");
    event(&smi, SWITCH, DeviceEvent::ChfWhitelistConfirmed);
    let failed = log_out(&smi, OTHER_SWITCH, "5.4");
    event(&smi, OTHER_SWITCH, DeviceEvent::ChfWhitelistFailed);
    let messages = smi.drained();
    assert_eq!(messages.len(), 4, "an answer and an alert each");
    assert_valid(&smi, &messages, &["5.1", "5.3", "5.4"]);
    let tell = |code: &str, request: &Request| {
        let id = request.id;
        format!(
            "01 <DCCAlertCode>{code}</DCCAlertCode><DCCAlert><UpdateHANDeviceLogResult>\
            <UpdateHANDeviceLogServiceRequestID>{id}</UpdateHANDeviceLogServiceRequestID>\
            </UpdateHANDeviceLogResult></DCCAlert>"
        )
    };
    assert_eq!(shown(&messages), [tell("N24", &confirmed), tell("N25", &failed)]);
    let first = str::from_utf8(&messages[1].message).unwrap();
    assert!(first.contains("schemaVersion=\"5.1\""), "{first}");
}

#[test]
fn only_the_outcome_of_sr_8_11_is_told_by_default_and_its_failure_has_no_code() {
    let smi = smi(AlertSettings::default());
    event(&smi, ESME, DeviceEvent::DeviceCommissioned);
    event(&smi, ESME, DeviceEvent::Suspended);
    assert_eq!(smi.ask(SUPPLIER, Body::DecommissionDevice(GSME)).code, "I99");
    log_out(&smi, OTHER_SWITCH, "5.4");
    event(&smi, OTHER_SWITCH, DeviceEvent::ChfWhitelistFailed);
    log_out(&smi, OTHER_SWITCH, "5.4");
    event(&smi, OTHER_SWITCH, DeviceEvent::ChfWhitelistConfirmed);
    let told = shown(&smi.drained());
    assert!(told.len() == 1 && told[0].contains("N24"), "{told:#?}");
}

/// F23.
#[test]
fn a_version_without_the_alert_gets_duis_version_mismatch() {
    let code = [(AlertKind::HanLogConfirmed, "N63".parse().unwrap(), CodeSource::Data)];
    let on = [AlertKind::HanLogConfirmed, AlertKind::VersionMismatch];
    for (alerts, version, told) in [
        (AlertSettings::new(&on, &code), "5.1", Some("N63")),
        (AlertSettings::new(&on, &code), "5.0", Some("N999")),
        (AlertSettings::new(&on[..1], &code), "5.0", None),
    ] {
        let smi = smi(alerts);
        let request = log_out(&smi, SWITCH, version);
        event(&smi, SWITCH, DeviceEvent::ChfWhitelistConfirmed);
        let messages = smi.drained();
        assert_valid(&smi, &messages, &[version]);
        let alerts = shown(&messages);
        assert_eq!(alerts.len(), usize::from(told.is_some()), "{alerts:?}");
        if let (Some(told), [alert]) = (told, &alerts[..]) {
            assert!(alert.contains(&format!("01 <DCCAlertCode>{told}</DCCAlertCode>")), "{alert}");
            let mismatch = format!(
                "<DCCAlertVersionMismatch><DCCAlertCode>N63</DCCAlertCode><RequestID>{}</RequestID>\
                </DCCAlertVersionMismatch><ServiceUserDUISVersion>5.0</ServiceUserDUISVersion>",
                request.id
            );
            assert_eq!(alert.contains(&mismatch), told == "N999", "{alert}");
        }
    }
}

#[test]
fn a_repeated_message_tells_nobody_again_and_a_refused_one_nobody() {
    let smi = smi(all_on());
    let request = smi.request(SUPPLIER, Body::DecommissionDevice(GSME));
    let message = smi.signed(&request);
    for _ in 0..3 {
        assert_eq!(smi.post(&message).code, "I99");
    }
    assert_eq!(smi.ask(SUPPLIER, Body::DecommissionDevice(GSME)).code, "E5");
    assert_eq!(smi.ask(OPERATOR, Body::DecommissionDevice(ESME)).code, "E2");
    let messages = smi.drained();
    assert_eq!(messages.iter().map(|message| message.user).collect::<Vec<_>>(), [TRANSPORTER]);
}

#[test]
fn an_export_only_meter_has_no_place_in_the_schema_and_harms_nothing() {
    let smi = smi(all_on());
    smi.import(Kind::Devices, &DEVICES.replace("1012345678901,1012345678902", ",1012345678902"));
    event(&smi, ESME, DeviceEvent::DeviceCommissioned);
    assert!(smi.drained().is_empty());
}

/// R15: with a clock that stands, each look began to count anew.
#[test]
fn no_two_alerts_have_the_same_number_though_the_clock_stands() {
    let smi = smi(all_on());
    for _ in 0..3 {
        event(&smi, PPMID, DeviceEvent::Suspended);
        event(&smi, PPMID, DeviceEvent::Restored);
    }
    smi.move_to("2026-05-01T00:00:00Z");
    event(&smi, PPMID, DeviceEvent::Suspended);
    let messages = smi.drained();
    let ids = messages.iter().map(|message| {
        let text = str::from_utf8(&message.message).unwrap();
        text.split_once("<sr:ResponseID>").unwrap().1.split_once('<').unwrap().0.to_owned()
    });
    let ids = ids.collect::<BTreeSet<_>>();
    assert_eq!((ids.len(), messages.len()), (7, 7), "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with(&format!("{DCC}:{SUPPLIER}:17"))), "{ids:?}");
}

const CPL: &str = "\
device_manufacturer,device_model,device_type,firmware_version,smets_chts_version,gbcs_version,status
Acme,E1,ESME,01020304,SMETS2 V5.1,,Active
Acme,G1,GSME,01020304,SMETS2 V5.1,,Active
Acme,P1,PPMID,01020304,SMETS2 V5.1,,Active
";

#[test]
fn devices_that_an_import_suspends_and_restores_are_told_of_once_and_never_of_the_past() {
    let smi = smi(all_on());
    let without = CPL.replace("Acme,G1,GSME,01020304,SMETS2 V5.1,,Active\n", "");
    smi.import(Kind::Cpl, CPL);
    smi.import(Kind::Cpl, &without);
    assert_eq!(smi.service.notify_of_imported_moves().unwrap(), 0, "before anybody looked");
    // As `smi import` does it, in a process of its own.
    smi.import(Kind::Cpl, CPL);
    let other = smi.another_instance();
    assert_eq!(other.notify_of_imported_moves().unwrap(), 1);
    assert_eq!(smi.service.notify_of_imported_moves().unwrap(), 0);
    // As the management listener does it: told of when the import is answered.
    smi.service.import(Kind::Cpl, without.as_bytes()).unwrap();
    let messages = smi.drained();
    assert_valid(&smi, &messages, &VERSIONS);
    let told = shown(&messages);
    assert_eq!(told.len(), 2, "{told:#?}");
    for (alert, body) in told.iter().zip(["DeviceRestored", "DeviceSuspended"]) {
        assert!(alert.starts_with("01 ") && alert.contains(&format!("<{body}></{body}>")), "{alert}");
        assert!(alert.contains(&format!("<DeviceID>{GSME}<")), "{alert}");
    }
}

#[test]
fn another_firmware_version_than_the_inventory_has_is_told() {
    let smi = smi(all_on());
    for reported in ["01020304", "01020305"] {
        let outcome = smi.service.firmware_reported(GSME, reported.parse().unwrap()).unwrap();
        assert!(matches!(outcome, EventOutcome::Applied(_)), "{outcome:?}");
    }
    let messages = smi.drained();
    assert_valid(&smi, &messages, &VERSIONS);
    insta::assert_snapshot!(shown(&messages).join("\n"), @"01 <DCCAlertCode>N35</DCCAlertCode><DCCAlert><FirmwareVersionMismatch><DeviceID>00-DB-12-34-56-78-90-C3</DeviceID><DeviceType>GSME</DeviceType><FirmwareVersionSMI>01020304</FirmwareVersionSMI><FirmwareVersionDevice>01020305</FirmwareVersionDevice></FirmwareVersionMismatch></DCCAlert>");
}

/// VARIANTS.md 4: what an alert told of is the record as it stood when it was told, and not before: commissioned, corrected, suspended, restored.
#[test]
fn variants_4_the_record_as_it_stood_covers_what_alerts_tell_of() {
    let smi = smi(all_on());
    let before = smi.stood(ESME, "2026-06-01T12:00:00Z", DeviceField::EsmeVariant);
    smi.move_to("2026-06-02T09:00:00Z");
    event(&smi, ESME, DeviceEvent::DeviceCommissioned);
    smi.move_to("2026-06-02T10:00:00Z");
    assert_eq!(smi.ask(SUPPLIER, correction(EsmeVariant::B)).code, "I99");
    smi.move_to("2026-06-02T11:00:00Z");
    event(&smi, PPMID, DeviceEvent::Suspended);
    smi.move_to("2026-06-02T12:00:00Z");
    event(&smi, PPMID, DeviceEvent::Restored);
    let told = shown(&smi.drained());
    assert_eq!(told.len(), 4, "{told:?}");
    let stood = |id, hour: u8, field| smi.stood(id, &format!("2026-06-02T{hour:02}:00:00Z"), field);
    assert_ne!(stood(ESME, 8, DeviceField::Status).as_deref(), Some("Commissioned"));
    assert_eq!(stood(ESME, 9, DeviceField::Status).as_deref(), Some("Commissioned"));
    let variants = [9, 10].map(|hour| stood(ESME, hour, DeviceField::EsmeVariant));
    assert_eq!(variants, [before, Some("B".to_owned())]);
    let statuses = [10, 11, 12].map(|hour| stood(PPMID, hour, DeviceField::Status));
    assert_eq!(statuses[1].as_deref(), Some("Suspended"));
    assert!(statuses[0] == statuses[2] && statuses[0] != statuses[1], "{statuses:?}");
}
