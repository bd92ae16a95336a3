//! The step a change of Supplier gained: the gaining Supplier is asked to confirm the ESME Variant (MP125-R12).

use std::{
    fs,
    sync::{Mutex, mpsc},
};

use smi::{
    db::{Connection, StoreFault},
    domain::{Body, CodeOverrides, InventoryChange, MpxnKind, UpdateInventory},
    duis::{signature, xml},
    rules::RuleSettings,
    store::Kind,
};

use crate::{
    oracles::{is_there, schema, xmllint},
    support::{DCC, METER, OTHER_SUPPLIER, SUPPLIER, Smi},
};

const METERS: &str = "\
device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,esme_variant,import_mpxn,export_mpan
00-DB-12-34-56-78-90-A0,ESME,Commissioned,AB01,010A030B,2.0,0002012F,AD,1012345678901,1012345678902
00-DB-12-34-56-78-90-A1,ESME,Commissioned,AB01,010A030B,2.0,0002012F,B,1012345678903,
";

/// The second meter has the Supplier that it always had.
const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1012345678901,IS,90-B3-D5-1F-30-01-00-00,2025-01-01,2026-07-01
1012345678901,IS,90-B3-D5-1F-30-03-00-00,2026-07-01,
1012345678903,IS,90-B3-D5-1F-30-01-00-00,2026-06-15,
";

fn smi(confirm_variant: bool) -> Smi {
    let rules = RuleSettings { confirm_variant, ..RuleSettings::default() };
    let smi = Smi::under(rules, CodeOverrides::default(), Vec::new(), None);
    smi.import(Kind::Devices, METERS);
    smi.import(Kind::Registrations, REGISTRATIONS);
    smi
}

#[test]
fn mp125_r12_the_gaining_supplier_is_told_once_at_the_instant_and_the_losing_one_never() {
    let smi = smi(true);
    smi.move_to("2026-06-30T23:59:59.999Z");
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 0);
    smi.move_to("2026-07-01T00:00:00Z");
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1);
    smi.import(Kind::Registrations, REGISTRATIONS);
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 0);
    let [alert] = &smi.drained()[..] else { panic!("not one message") };
    assert_eq!(alert.user, OTHER_SUPPLIER);
    let text = str::from_utf8(&alert.message).unwrap();
    let document = xml::parse(text.as_bytes()).unwrap();
    signature::verify_document(&document, DCC, &smi.service.trust(), smi.now().0).unwrap();
    for part in
        [METER.to_string(), "<sr:ESMEVariant>AD<".to_owned(), "<sr:ImportMPxN>1012345678901<".to_owned()]
    {
        assert!(text.contains(&part), "{part} is not in {text}");
    }
}

#[test]
fn mp125_r12_nobody_is_told_where_it_is_off_or_long_past() {
    let off = smi(false);
    off.move_to("2026-07-02T00:00:00Z");
    assert_eq!(off.service.notify_gaining_suppliers().unwrap(), 0);
    let late = smi(true);
    late.move_to("2026-08-01T00:00:00Z");
    assert_eq!(late.service.notify_gaining_suppliers().unwrap(), 0);
    assert_eq!((off.drained().len(), late.drained().len()), (0, 0));
}

#[test]
fn the_alert_is_valid_against_every_published_schema() {
    let smi = smi(true);
    smi.move_to("2026-07-02T00:00:00Z");
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("alert.xml"), &smi.drained()[0].message).unwrap();
    for version in ["5.0", "5.1", "5.3", "5.4"] {
        if let (Some(schema), true) = (schema(version), is_there("xmllint")) {
            assert_eq!(xmllint(&schema, folder.path()).get("alert.xml"), Some(&true), "{version}");
        }
    }
}

/// R6: the minute's look walked all changes ever told, in the transaction of the writer.
#[test]
fn a_look_that_finds_nothing_leaves_the_writer_alone() {
    let smi = smi(true);
    smi.move_to("2026-07-02T00:00:00Z");
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1);
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let hold = move |_: &mut Connection| {
        held.lock().unwrap().recv().unwrap();
        Ok::<_, StoreFault>(())
    };
    let (tell, told) = mpsc::channel();
    smi.service.store().submit(hold, move |outcome| tell.send(outcome.is_ok()).unwrap());
    // Would wait for ever, were it a transaction of the writer.
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 0);
    release.send(()).unwrap();
    assert!(told.recv().unwrap());
}

#[test]
fn a_look_reads_what_is_new_alone_until_registrations_or_mpxns_are_replaced() {
    let smi = smi(true);
    smi.move_to("2026-07-02T00:00:00Z");
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1);
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 0);
    let forget = |connection: &mut Connection| {
        let forget = diesel::sql_query("DELETE FROM supplier_notices");
        diesel::RunQueryDsl::execute(forget, connection)?;
        Ok(())
    };
    smi.service.store().transact::<_, StoreFault, _>(forget).unwrap();
    smi.move_to("2026-07-02T00:01:00Z");
    assert_eq!(
        smi.service.notify_gaining_suppliers().unwrap(),
        0,
        "what took effect before is not read again"
    );
    smi.import(Kind::Registrations, REGISTRATIONS);
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1);
    smi.service.store().transact::<_, StoreFault, _>(forget).unwrap();
    let change = InventoryChange::Mpxn(MpxnKind::ImportMpxn, "1012345678901".parse().unwrap());
    let update = Body::UpdateInventory(UpdateInventory { device_id: METER, change });
    assert_eq!(smi.ask(OTHER_SUPPLIER, update).code, "I99");
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1);
}

#[test]
fn every_change_is_told_of_in_one_look_however_many_there_are() {
    let rules = RuleSettings { confirm_variant: true, ..RuleSettings::default() };
    let smi = Smi::under(rules, CodeOverrides::default(), Vec::new(), None);
    let mut devices =
        "device_id,device_type,status,device_manufacturer,device_model,esme_variant,import_mpxn\n".to_owned();
    let mut registrations = "mpxn,role,user_id,effective_from,effective_to\n".to_owned();
    for number in 0..1_100_u64 {
        let (high, low, mpan) = (number / 256, number % 256, 1_000_000_000_000 + number);
        devices.push_str(&format!("00-DB-12-34-56-78-{high:02X}-{low:02X},ESME,Commissioned,A,B,A,{mpan}\n"));
        registrations.push_str(&format!(
            "{mpan},IS,{SUPPLIER},2025-01-01,2026-06-01\n{mpan},IS,{OTHER_SUPPLIER},2026-06-01,\n"
        ));
    }
    smi.import(Kind::Devices, &devices);
    smi.import(Kind::Registrations, &registrations);
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1_100);
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 0);
}

/// R15: two looks under a clock that stands gave their alerts the same RequestID.
#[test]
fn alerts_of_two_imports_at_one_instant_have_numbers_of_their_own() {
    let smi = smi(true);
    smi.move_to("2026-07-02T00:00:00Z");
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1);
    let second = "1012345678903,IS,90-B3-D5-1F-30-01-00-00,2026-06-15,2026-07-01\n\
        1012345678903,IS,90-B3-D5-1F-30-03-00-00,2026-07-01,\n";
    let (header, _) = REGISTRATIONS.split_once('\n').unwrap();
    smi.import(Kind::Registrations, &format!("{header}\n{second}"));
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1);
    let ids = smi.drained().into_iter().map(|message| {
        let text = String::from_utf8(message.message).unwrap();
        text.split_once("<sr:ResponseID>").unwrap().1.split_once('<').unwrap().0.to_owned()
    });
    let ids = ids.collect::<Vec<_>>();
    assert!(ids.len() == 2 && ids[0] != ids[1], "{ids:?}");
}
