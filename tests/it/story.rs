//! Requests through the whole service: signed bytes in, verified answers out, and what stays in the store.

use smi::{
    domain::{
        Body, ChangedDetails, CommandVariant, CspRegion, DeviceDetails, DevicePrenotification, DeviceType,
        EsmeVariant, Eui64, InventoryChange, PremisesKey, PropertyFilter, ReadInventory, SmiStatus,
        UpdateInventory, WebService,
    },
    duis::xml,
    rules::{WanUnknown, explain::Explanation, rulebook},
    service::Reply,
    store::{self, Kind},
};

use crate::support::{METER, OPERATOR, OTHER_SUPPLIER, SUPPLIER, Smi};

fn meter(variant: EsmeVariant) -> Body {
    Body::DevicePrenotification(DevicePrenotification {
        device_id: METER,
        device_type: DeviceType::Esme,
        details: DeviceDetails {
            manufacturer: "AB01".parse().unwrap(),
            model: "010A030B".parse().unwrap(),
            smets_chts_version: Some("SMETS V1.58".parse().unwrap()),
            firmware_version: Some("0002012F".parse().unwrap()),
            esme_variant: Some(variant),
        },
        associated_gpf: None,
    })
}

fn variant(variant: EsmeVariant) -> Body {
    let changed = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
    Body::UpdateInventory(UpdateInventory { device_id: METER, change: InventoryChange::Details(changed) })
}

fn read() -> Body {
    Body::ReadInventory(ReadInventory::DeviceId(METER))
}

fn place(post_code: &str) -> Body {
    Body::RequestWanMatrix(PremisesKey::PartialAddress(PropertyFilter {
        post_code: post_code.parse().unwrap(),
        address_identifier: "1".parse().unwrap(),
    }))
}

const COMMISSIONED: &str = "\
device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,esme_variant,pre_notified_by,import_mpxn
00-DB-12-34-56-78-90-A0,ESME,Commissioned,AB01,010A030B,2.0,0002012F,A,90-B3-D5-1F-30-01-00-00,1012345678901
";

const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1012345678901,IS,90-B3-D5-1F-30-01-00-00,2025-01-01,2026-07-01
1012345678901,IS,90-B3-D5-1F-30-03-00-00,2026-07-01,
";

const COVERAGE: &str = "\
csp_region,postcode,address_identifier,uprn,coverage_availability,anticipated_coverage_date,wan_technology,connectivity_likelihood
North,ZZ1 1AA,,,true,2020-01-01,Standard 420,High
Central,ZZ1 1AA,,,true,2026-12-01, ,Medium
South,ZZ1 1AB,,,false,, ,Low
";

/// MP125-R4, Q2.
#[test]
fn the_responsible_supplier_changes_at_the_instant_and_not_before() {
    let smi = Smi::new();
    smi.import(Kind::Devices, COMMISSIONED);
    smi.import(Kind::Registrations, REGISTRATIONS);
    let codes = |smi: &Smi| {
        let ask = |supplier| smi.ask(supplier, variant(EsmeVariant::Ade)).code;
        [ask(SUPPLIER), ask(OTHER_SUPPLIER)]
    };
    smi.move_to("2026-06-30T23:59:59.999Z");
    assert_eq!(codes(&smi), ["I99", "E080407"]);
    smi.move_to("2026-07-01T00:00:00Z");
    assert_eq!(codes(&smi), ["E080407", "I99"]);
}

#[test]
fn mp125_r8_a_correction_leaves_every_other_field_as_it_was() {
    let smi = Smi::new();
    smi.import(Kind::Devices, COMMISSIONED);
    smi.import(Kind::Registrations, REGISTRATIONS);
    let record = |smi: &Smi| smi.read(|connection| store::find_device(connection, METER)).unwrap();
    let before = record(&smi);
    assert_eq!(smi.ask(SUPPLIER, variant(EsmeVariant::Ade)).code, "I99");
    let mut expected = before.clone();
    expected.details.esme_variant = Some(EsmeVariant::Ade);
    assert_eq!(record(&smi), expected);
    assert_ne!(before, expected);
}

#[test]
fn sr_6_the_same_message_gets_the_first_answer_and_another_is_refused() {
    let smi = Smi::new();
    let request = smi.request(SUPPLIER, meter(EsmeVariant::A));
    let message = smi.signed(&request);
    let first = smi.post(&message);
    assert_eq!(first.code, "I99");
    smi.move_to("2026-06-02T12:00:00Z");
    assert_eq!(smi.post(&message).text, first.text);
    let another = smi.signed(&request);
    assert_ne!(another, message, "a signature is never made twice the same");
    assert_eq!(smi.post(&another).code, "E100");
    assert_eq!(smi.post(&message).text, first.text);
    let decided = smi.decisions(request.id).into_iter();
    let decided =
        decided.map(|decision| format!("{} {}", decision.code, decision.rule.unwrap())).collect::<Vec<_>>();
    assert_eq!(decided, ["I99 SR12.2/e", "E100 SR/6"]);
}

#[test]
fn a_refused_request_uses_up_its_request_id_and_an_unsigned_one_does_not() {
    let smi = Smi::new();
    let request = smi.request(SUPPLIER, variant(EsmeVariant::A));
    assert_eq!(smi.post(xml::compose(&request).as_bytes()).code, "E100");
    assert!(smi.decisions(request.id).is_empty());
    assert_eq!(smi.post(&smi.signed(&request)).code, "E19");
    assert_eq!(smi.post(&smi.signed(&request)).code, "E100");
}

#[test]
fn sr_4_a_message_signed_by_another_user_is_refused() {
    let smi = Smi::new();
    let request = smi.request(SUPPLIER, read());
    let message = smi.sign(&xml::compose(&request), OTHER_SUPPLIER);
    assert_eq!(smi.post(&message).code, "E100");
}

#[test]
fn sr_4_a_tampered_message_is_refused_and_changes_nothing() {
    let smi = Smi::new();
    let message = String::from_utf8(smi.signed(&smi.request(SUPPLIER, meter(EsmeVariant::A)))).unwrap();
    let tampered = message.replace("<sr:ESMEVariant>A<", "<sr:ESMEVariant>B<");
    assert_ne!(message, tampered);
    assert_eq!(smi.post(tampered.as_bytes()).code, "E100");
    assert_eq!(smi.ask(SUPPLIER, read()).code, "E080201");
}

#[test]
fn sr_3_what_can_be_read_of_an_invalid_message_stands_in_the_answer() {
    let smi = Smi::new();
    let request = smi.request(SUPPLIER, read());
    let valid = xml::compose(&request);
    let invalid = valid.replace("DeviceID", "DeviceId");
    let told = smi.post(invalid.as_bytes());
    assert!(told.text.contains(&request.id.to_string()), "{}", told.text);
    insta::assert_snapshot!("answer_to_an_unreadable_message", smi.post(b"<nothing/>").masked());
}

#[test]
fn sr_3_what_duis_knows_and_this_service_does_not_is_named() {
    let smi = Smi::new();
    let valid = xml::compose(&smi.request(SUPPLIER, read()));
    let message = valid.replace(">8.2<", ">8.9<");
    let reply = smi.service.answer(message.as_bytes(), WebService::NonDevice).unwrap();
    let Reply::NotImplemented(variant) = reply else { panic!("{reply:?}") };
    assert_eq!(variant.as_str(), "8.9");
}

#[test]
fn checks_5_to_11_answer_in_their_order() {
    let smi = Smi::new();
    let code = |change: &dyn Fn(&mut smi::domain::Request)| {
        let mut request = smi.request(OPERATOR, read());
        change(&mut request);
        smi.post(&smi.signed(&request)).code
    };
    assert_eq!(code(&|request| request.id.target = METER), "E100");
    assert_eq!(code(&|request| request.command_variant = CommandVariant::try_from(1).unwrap()), "E13");
    assert_eq!(code(&|request| request.command_variant = CommandVariant::try_from(6).unwrap()), "E12");
    let unknown = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x00, 0x04]);
    assert_eq!(code(&|request| request.id.originator = unknown), "E1");
    smi.import(Kind::Users, "user_id,roles,status\n90-B3-D5-1F-30-02-00-00,ED,Suspended\n");
    assert_eq!(code(&|_| ()), "E3");
}

/// MP125-R1; SMI.md 8.
#[test]
fn effect_history_and_decision_are_there_together() {
    let smi = Smi::new();
    let request = smi.request(SUPPLIER, meter(EsmeVariant::A));
    assert_eq!(smi.post(&smi.signed(&request)).code, "I99");
    let history = smi
        .read(|connection| store::history_of_device(connection, METER, store::PageRequest::first(1_000)))
        .rows;
    let [change] = &history[..] else { panic!("{history:?}") };
    assert_eq!((change.from, change.to), (None, Some(SmiStatus::Pending)));
    let [decision] = &smi.decisions(request.id)[..] else { panic!("not one decision") };
    assert_eq!(decision.rule.as_deref(), Some("SR12.2/e"));
}

/// MP106-R2, R3, R4, R8, R11.
#[test]
fn the_space_of_an_unknown_wan_variant_survives_every_room() {
    for (unknown, shown) in [(WanUnknown::Word, "Unknown"), (WanUnknown::Space, " ")] {
        let smi = Smi::with(unknown, Vec::new());
        smi.import(Kind::Coverage, COVERAGE);
        let told = smi.ask(OPERATOR, place("zz11aa"));
        assert_eq!(told.code, "I0");
        let regions = [
            "<sr:WANTechnology>420</sr:WANTechnology>".to_owned(),
            format!("<sr:WANTechnology>{shown}</sr:WANTechnology>"),
        ];
        assert!(regions.iter().all(|text| told.text.contains(text)), "{}", told.text);
        let planned = smi.ask(OPERATOR, place("ZZ1 1AB")).text;
        assert!(planned.contains("<sr:CoverageAvailability>false<"), "{planned}");
        assert!(planned.contains("<sr:WANTechnology>No Coverage Intended<"), "{planned}");
        let exported = smi.exported(Kind::Coverage);
        let spaces = exported.lines().filter(|line| line.contains(", ,") || line.contains(",\" \",")).count();
        assert_eq!(spaces, 2, "{exported}");
    }
}

#[test]
fn a_csp_region_that_cannot_answer_says_so() {
    let smi = Smi::with(WanUnknown::Word, vec![CspRegion::North, CspRegion::South]);
    smi.import(Kind::Coverage, COVERAGE);
    let told = smi.ask(OPERATOR, place("ZZ1 1AA"));
    assert_eq!(told.code, "I0");
    assert!(
        told.text.contains("<sr:CSPRegion>North</sr:CSPRegion><sr:CSPRegionResponseCode>E120102<"),
        "{}",
        told.text
    );
    assert_eq!(smi.ask(OPERATOR, place("ZZ1 1AB")).code, "E120103");
    assert_eq!(smi.ask(OPERATOR, place("ZZ9 9ZZ")).code, "E120101");
}

/// MP106-R1: date and variant stand in the answer to SR 12.1.
#[test]
fn answers_are_kept_as_snapshots() {
    let smi = Smi::new();
    smi.import(Kind::Devices, COMMISSIONED);
    smi.import(Kind::Registrations, REGISTRATIONS);
    smi.import(Kind::Coverage, COVERAGE);
    insta::assert_snapshot!("answer_8_4_accepted", smi.ask(SUPPLIER, variant(EsmeVariant::Ade)).masked());
    insta::assert_snapshot!(
        "answer_8_4_refused",
        smi.ask(OTHER_SUPPLIER, variant(EsmeVariant::Ade)).masked()
    );
    insta::assert_snapshot!("answer_8_2", smi.ask(OPERATOR, read()).masked());
    insta::assert_snapshot!("answer_12_1", smi.ask(OPERATOR, place("ZZ1 1AA")).masked());
    for (name, version) in [("5_0", "5.0"), ("5_3", "5.3")] {
        let mut request = smi.request(OPERATOR, place("ZZ1 1AA"));
        request.schema_version = version.parse().unwrap();
        let told = smi.post(&smi.signed(&request));
        insta::assert_snapshot!(format!("answer_12_1_in_{name}"), told.masked());
    }
}

/// SMI.md 8, and MP125-R10: the type text stands beside the variant.
#[test]
fn explanations_are_kept_as_snapshots() {
    let smi = Smi::new();
    smi.import(Kind::Devices, COMMISSIONED);
    smi.import(Kind::Registrations, REGISTRATIONS);
    smi.import(Kind::Coverage, COVERAGE);
    let explain = |sender, body: Body| {
        let service = body.service();
        let decision = smi.what_if(sender, body);
        Explanation { service, decision: &decision, codes: &smi.service.choices().codes }.to_string()
    };
    insta::assert_snapshot!("explanation_8_4_accepted", explain(SUPPLIER, variant(EsmeVariant::Ade)));
    insta::assert_snapshot!("explanation_8_4_refused", explain(OTHER_SUPPLIER, variant(EsmeVariant::Ade)));
    insta::assert_snapshot!("explanation_8_2", explain(OPERATOR, read()));
    insta::assert_snapshot!("explanation_12_1", explain(OPERATOR, place("ZZ1 1AA")));
    insta::assert_snapshot!("explanation_12_2_refused", explain(SUPPLIER, meter(EsmeVariant::A)));
}

#[test]
fn every_rule_of_a_service_request_is_in_its_explanation() {
    let smi = Smi::new();
    for body in [read(), variant(EsmeVariant::A), place("ZZ1 1AA"), meter(EsmeVariant::A)] {
        let service = body.service();
        let decision = smi.what_if(SUPPLIER, body);
        let text =
            Explanation { service, decision: &decision, codes: &smi.service.choices().codes }.to_string();
        for rule in rulebook::rules_for(service) {
            assert!(text.contains(rule.requires) && text.contains(rule.source), "{}", rule.id);
        }
    }
}
