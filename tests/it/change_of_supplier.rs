//! The step a change of Supplier gained: the gaining Supplier is asked to confirm the ESME Variant (MP125-R12).

use std::fs;

use smi::{
    domain::CodeOverrides,
    duis::{signature, xml},
    rules::RuleSettings,
    store::{self, DueMessage, Kind},
};

use crate::{
    oracles::{is_there, schema, xmllint},
    support::{DCC, METER, OTHER_SUPPLIER, Smi},
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

fn waiting(smi: &Smi) -> Vec<DueMessage> {
    let now = smi.now();
    smi.read(|connection| store::due_messages(connection, now, &[], 100))
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
    let [alert] = &waiting(&smi)[..] else { panic!("not one message") };
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
    assert_eq!((waiting(&off).len(), waiting(&late).len()), (0, 0));
}

#[test]
fn the_alert_is_valid_against_every_published_schema() {
    let smi = smi(true);
    smi.move_to("2026-07-02T00:00:00Z");
    assert_eq!(smi.service.notify_gaining_suppliers().unwrap(), 1);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("alert.xml"), &waiting(&smi)[0].message).unwrap();
    for version in ["5.0", "5.1", "5.3", "5.4"] {
        if let (Some(schema), true) = (schema(version), is_there("xmllint")) {
            assert_eq!(xmllint(&schema, folder.path()).get("alert.xml"), Some(&true), "{version}");
        }
    }
}
