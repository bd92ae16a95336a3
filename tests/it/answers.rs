//! Answers: what they look like, and that the schema of the request's version accepts them.

use std::{fs, path::Path};

use smi::{
    domain::{
        Connectivity, ConnectivityLikelihood, CplStatus, CspRegion, Device, DeviceDetails, DeviceType,
        EsmeVariant, FirmwareWarning, InventoryEntry, Mpxns, Payload, PremisesKey, PropertyFilter,
        RegionAnswer, RenderedCoverage, Response, ResponseCode, Shape, SmiStatus, parse_date, parse_instant,
    },
    duis::{
        signature::canonical,
        xml::{decode, encode, parse, read_answer},
    },
};

use crate::{
    oracles::{is_there, schema, xmllint},
    support::{DCC, METER, OTHER_SUPPLIER, SUPPLIER},
};

/// Versions that messages may name, and the published schema that judges their answers.
const VERSIONS: &[(&str, &str)] = &[
    ("-1", "5.0"),
    ("5.0", "5.0"),
    ("5.1", "5.1"),
    ("5.2", "5.1"),
    ("5.3", "5.3"),
    ("5.4", "5.4"),
    ("99.9", "5.4"),
];

fn response(version: &str, variant: &str, code: ResponseCode, payload: Option<Payload>) -> Response {
    Response {
        schema_version: version.parse().unwrap(),
        request_id: "90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1000".parse().ok(),
        response_id: None,
        code,
        at: parse_instant("2026-01-31T09:30:00.007Z").unwrap(),
        variant: variant.parse().unwrap(),
        payload,
    }
}

fn device(id: &str, device_type: DeviceType) -> Device {
    let details = DeviceDetails {
        manufacturer: "Acme".parse().unwrap(),
        model: "".parse().unwrap(),
        smets_chts_version: None,
        firmware_version: None,
        esme_variant: None,
    };
    let by = "90-B3-D5-1F-30-01-00-00".parse().unwrap();
    Device::pre_notified(id.parse().unwrap(), device_type, details, by)
}

fn address() -> PropertyFilter {
    PropertyFilter {
        post_code: "M1 1AE".parse().unwrap(),
        address_identifier: "Flat <1> & \"2\"\r".parse().unwrap(),
    }
}

/// A Device about which everything is known, a Communications Hub, and one about which next to nothing is.
fn inventory() -> Payload {
    let mut meter = device("00-DB-12-34-56-78-90-A0", DeviceType::Esme);
    meter.status = Some(SmiStatus::Commissioned);
    meter.details.smets_chts_version = "SMETS V5.0".parse().ok();
    meter.details.firmware_version = "01020304".parse().ok();
    meter.details.esme_variant = Some(EsmeVariant::Bde);
    meter.mpxns = Mpxns {
        import: "1234567890123".parse().ok(),
        secondary_import: "1234567890124".parse().ok(),
        export: "1234567890125".parse().ok(),
    };
    meter.uprn = "7".parse().ok();
    meter.property = Some(address());
    meter.csp_region = Some(CspRegion::South4G);
    meter.gbcs_version = "4.1".parse().ok();
    meter.han_variant = "Single Band".parse().ok();
    meter.date_commissioned = parse_date("2025-12-01").ok();
    let mut hub = device("00-DB-12-34-56-78-90-A1", DeviceType::Chf);
    hub.csp_region = Some(CspRegion::Smets1);
    hub.s1sp = "S1SP & Co".parse().ok();
    hub.connectivity = Some(Connectivity::Virtual);
    let display = device("00-DB-12-34-56-78-90-A2", DeviceType::Ihd);
    let entry = |device, cpl_status| InventoryEntry { device, cpl_status };
    Payload::Inventory(vec![entry(meter, Some(CplStatus::Active)), entry(hub, None), entry(display, None)])
}

/// A Device or two on each list.
fn warning() -> Payload {
    Payload::FirmwareWarning(FirmwareWarning {
        invalid: vec![METER, DCC],
        not_commissioned: vec![SUPPLIER],
        not_applicable: vec![OTHER_SUPPLIER, METER],
    })
}

fn coverage(technology: &'static str) -> RenderedCoverage {
    RenderedCoverage {
        available: true,
        anticipated: parse_date("2027-03-31").ok(),
        technology,
        likelihood: ConnectivityLikelihood::High,
        auxiliary_equipment: "Aerial > 1 m".parse().ok(),
        additional_information: "".parse().ok(),
    }
}

fn answers(region: CspRegion, technology: &'static str) -> RegionAnswer {
    RegionAnswer { region, code: ResponseCode::I0, coverage: Some(coverage(technology)) }
}

const fn silent(region: CspRegion) -> RegionAnswer {
    RegionAnswer { region, code: ResponseCode::E120102, coverage: None }
}

/// One of each kind of answer, by name.
fn samples(version: &str) -> Vec<(&'static str, Response)> {
    let by_address = || PremisesKey::PartialAddress(address());
    let by_number = || PremisesKey::Uprn("999999999999".parse().unwrap());
    let matrix = |place, regions| Some(Payload::WanMatrix(place, regions));
    let mut unreadable = response(version, "6.15.1", ResponseCode::E100, None);
    unreadable.request_id = None;
    let short = FirmwareWarning { not_commissioned: vec![METER], ..FirmwareWarning::default() };
    vec![
        ("done", response(version, "8.4", ResponseCode::I99, None)),
        ("used_request_id", response(version, "12.2", ResponseCode::E65, None)),
        ("unreadable", unreadable),
        ("inventory", response(version, "8.2", ResponseCode::I0, Some(inventory()))),
        (
            "nothing_found",
            response(version, "8.2", ResponseCode::E080201, Some(Payload::Inventory(Vec::new()))),
        ),
        ("firmware_warning", response(version, "11.1", ResponseCode::W110101, Some(warning()))),
        (
            "firmware_warning_short",
            response(version, "11.1", ResponseCode::W110101, Some(Payload::FirmwareWarning(short))),
        ),
        (
            "wan_matrix",
            response(
                version,
                "12.1",
                ResponseCode::I0,
                matrix(
                    by_address(),
                    vec![
                        silent(CspRegion::North),
                        answers(CspRegion::North4G, "Cellular"),
                        answers(CspRegion::South, " "),
                        answers(CspRegion::Central, "Cellular+Mesh"),
                    ],
                ),
            ),
        ),
        (
            "wan_matrix_4g",
            response(
                version,
                "12.1",
                ResponseCode::I0,
                matrix(by_number(), vec![silent(CspRegion::South), answers(CspRegion::South4G, "Cellular")]),
            ),
        ),
        (
            "wan_matrix_silent",
            response(
                version,
                "12.1",
                ResponseCode::E120103,
                matrix(by_number(), vec![silent(CspRegion::Central)]),
            ),
        ),
        (
            "wan_matrix_empty",
            response(version, "12.1", ResponseCode::E120101, matrix(by_number(), Vec::new())),
        ),
    ]
}

/// A line for each start tag, which an answer itself does not have.
fn lines(response: &Response) -> String {
    encode(response).as_str().replace("><sr:", ">\n<sr:")
}

#[test]
fn each_kind_of_answer_looks_as_it_did() {
    for (name, response) in samples("5.4") {
        insta::assert_snapshot!(format!("answer_5_4_{name}"), lines(&response));
    }
}

#[test]
fn older_versions_have_their_own_shape() {
    for (name, response) in samples("5.2") {
        if name.starts_with("wan_matrix") {
            insta::assert_snapshot!(format!("answer_5_2_{name}"), lines(&response));
        }
    }
}

#[test]
fn a_single_space_stays_one() {
    let (_, matrix) = samples("5.4").into_iter().find(|(name, _)| *name == "wan_matrix").unwrap();
    assert!(encode(&matrix).as_str().contains("<sr:WANTechnology> </sr:WANTechnology>"));
}

#[test]
fn codes_and_elements_are_those_the_version_knows() {
    let of = |version: &str, wanted: &str| {
        let (_, response) = samples(version).into_iter().find(|(name, _)| *name == wanted).unwrap();
        String::from(encode(&response))
    };
    assert!(of("5.0", "used_request_id").contains(">E100<"));
    assert!(of("5.1", "used_request_id").contains(">E65<"));
    assert!(of("5.2", "wan_matrix_silent").contains(">E120102<"));
    assert!(!of("5.2", "wan_matrix_silent").contains("DSPWANMatrix"));
    assert!(of("5.3", "wan_matrix_silent").contains(">E120103<"));
    assert!(of("5.2", "wan_matrix_4g").contains("<sr:CSPRegion>South</sr:CSPRegion>"));
    assert!(of("5.3", "wan_matrix_4g").contains("<sr:CSPRegion>4G South</sr:CSPRegion>"));
    assert!(!of("5.3", "inventory").contains("Connectivity"));
    assert!(of("5.4", "inventory").contains("<sr:Connectivity>Virtual</sr:Connectivity>"));
}

#[test]
fn a_client_reads_what_was_written() {
    for (name, response) in samples("5.3") {
        let text = String::from(encode(&response));
        let summary = read_answer(&parse(text.as_bytes()).unwrap()).unwrap();
        assert_eq!(summary.request_id, response.request_id, "{name}");
        assert_eq!(summary.code, response.code.as_str(), "{name}");
        assert_eq!(summary.date_time, "2026-01-31T09:30:00.007Z", "{name}");
        assert_eq!(summary.variant, Some(response.variant), "{name}");
        assert!(decode(text.as_bytes()).is_err(), "{name}: an answer is no request");
    }
}

#[test]
fn every_kind_of_answer_is_written_in_its_canonical_form() {
    for version in ["5.0", "5.2", "5.4"] {
        for (name, response) in samples(version) {
            let answer = encode(&response);
            let document = parse(answer.as_str().as_bytes()).unwrap();
            let canonical = String::from_utf8(canonical::inclusive(&document)).unwrap();
            assert_eq!(answer.canonical(), canonical, "{version} {name}");
        }
    }
}

/// Writes every kind of answer in that version to a file each.
fn write(directory: &Path, version: &str) {
    for (name, response) in samples(version) {
        fs::write(directory.join(format!("{name}.xml")), encode(&response).as_str()).unwrap();
    }
}

fn assert_all_valid(version: &str, schema: &Path) {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), version);
    let verdicts = xmllint(schema, directory.path());
    assert_eq!(verdicts.len(), samples(version).len());
    for (file, valid) in verdicts {
        let text = fs::read_to_string(directory.path().join(&file)).unwrap();
        assert!(valid, "{file} in {version} against {}: {text}", schema.display());
    }
}

#[test]
fn the_published_schema_of_each_version_accepts_every_kind_of_answer() {
    assert_eq!(Shape::ALL.len(), 4);
    for (version, published) in VERSIONS {
        if let (Some(schema), true) = (schema(published), is_there("xmllint")) {
            assert_all_valid(version, &schema);
        }
    }
}

#[test]
fn our_own_schema_accepts_every_kind_of_answer() {
    if !is_there("xmllint") {
        return;
    }
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/smi-answers.xsd");
    for (version, _) in VERSIONS {
        assert_all_valid(version, &schema);
    }
}
