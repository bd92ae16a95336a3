//! The schema, xmllint and the decoder say the same of every message.

use std::fs;

use smi::duis::xml::{HubBatchFault, decode_hubs};

use super::{Gated, Hub, hub};
use crate::{
    oracles::{is_there, xmllint},
    support::package,
};

const SCHEMA: &str = "schemas/csp/n3.xsd";

/// Messages that are right or wrong in one thing each.
fn messages() -> Vec<String> {
    let hub = Hub::new(1);
    let plain = hub::message(1, std::slice::from_ref(&hub));
    let mut all =
        vec![plain.clone(), hub::message(u64::MAX, &[hub.clone(), Hub::new(2)]), hub::message(1, &[])];
    for name in Hub::names() {
        all.push(hub::message(1, &[hub.clone().without(name)]));
        let twenty_one = "x".repeat(21);
        let values = [
            "",
            " ",
            "x",
            " 00-db-12-c0-00-00-00-01 ",
            "00-DB-12-C0-00-00-00-0G",
            "4G South",
            "Unknown",
            "SMETS1",
        ];
        let long =
            ["123456789", &twenty_one, &"é".repeat(30), &"é".repeat(31), &"x".repeat(100), &"x".repeat(101)];
        for value in values.into_iter().chain(long.map(|text| text as &str)) {
            let mut changed = hub.clone();
            changed.set(name, value);
            all.push(hub::message(1, &[changed]));
        }
        all.push(plain.replace(name, &format!("{name}X")));
        all.push(plain.replace("<Hub ", &format!("<Hub x:{name}=\"1\" xmlns:x=\"urn:x\" ")));
    }
    let ids = ["", "01", "+1", "-1", " 7 ", "1.0", "1e3", "18446744073709551616", "0", "x"];
    all.extend(ids.map(|id| plain.replace("batchId=\"1\"", &format!("batchId=\"{id}\""))));
    let inside = |content: &str| plain.replace("/>", &format!(">{content}</Hub>"));
    all.extend(["", " ", "<!-- c -->", "<?i?>", "x", "<a/>"].map(inside));
    let beside = |content: &str| plain.replace("</HubN", &format!("{content}</HubN"));
    all.extend(
        ["<!-- c -->", "<?i?>", "x", "<Hub/>", "<a/>", "<Hub xmlns=\"urn:x\"/>", "\u{A0}"].map(beside),
    );
    let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    for attribute in [
        "xsi:schemaLocation=\"urn:a b\"",
        "xsi:nil=\"false\"",
        "xsi:type=\"Hub\"",
        "xsi:other=\"\"",
        "xml:lang=\"en\"",
    ] {
        all.push(plain.replace("<Hub ", &format!("<Hub {xsi} {attribute} ")));
        all.push(plain.replace("<HubNotifications ", &format!("<HubNotifications {xsi} {attribute} ")));
    }
    all.push(plain.replace("batchId", "more=\"1\" batchId"));
    all.push(plain.replace("urn:smi:cspm-n3:1", "urn:smi:cspm-n3:2"));
    all.push(plain.replace(" xmlns=\"urn:smi:cspm-n3:1\"", ""));
    all.push(plain.replace("HubNotifications", "HubNotificationsAnswers"));
    all.push(plain.replace("<Hub", "<n:Hub").replace("</Hub", "</n:Hub").replace("xmlns=", "xmlns:n="));
    all.push(plain.replace("Sample Hubs", "&#9;&amp;&lt;&quot;"));
    all
}

#[test]
fn the_decoder_takes_what_the_schema_takes() {
    if !is_there("xmllint") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let messages = messages();
    for (number, message) in messages.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.xml")), message).unwrap();
    }
    let verdicts = xmllint(&package().join(SCHEMA), folder.path());
    let (mut valid, mut invalid) = (0, 0);
    for (number, message) in messages.iter().enumerate() {
        let verdict = verdicts[&format!("{number}.xml")];
        let ours = match decode_hubs(message.as_bytes()) {
            Ok(_) => true,
            Err(HubBatchFault::Invalid { .. }) => false,
            Err(other) => panic!("{message}: {other}"),
        };
        assert_eq!(ours, verdict, "{message}");
        if verdict { valid += 1 } else { invalid += 1 }
    }
    assert!(valid > 30 && invalid > 100, "{valid} valid, {invalid} invalid");
}

#[test]
fn answers_and_the_fixture_are_valid() {
    if !is_there("xmllint") {
        return;
    }
    let gated = Gated::with_updates();
    let folder = tempfile::tempdir().unwrap();
    let fixture = fs::read_to_string(package().join("fixtures/csp/n3.xml")).unwrap();
    let (status, answer) = gated.post("csp-central-south", &fixture);
    assert_eq!(status, 200, "{answer}");
    fs::write(folder.path().join("fixture.xml"), fixture).unwrap();
    fs::write(folder.path().join("answer.xml"), answer).unwrap();
    let mut odd = Hub::new(1);
    odd.set("manufacturer", "&quot;&lt;&amp;&#10;");
    let (_, answer) = gated.post("csp-north", &hub::message(1, &[odd.clone(), Hub::new(2)]));
    fs::write(folder.path().join("odd.xml"), answer).unwrap();
    odd.set("cspRegion", "South");
    let (_, answer) = gated.post("csp-north", &hub::message(2, &[odd, Hub::new(2)]));
    fs::write(folder.path().join("refused.xml"), answer).unwrap();
    let verdicts = xmllint(&package().join(SCHEMA), folder.path());
    assert_eq!((verdicts.len(), verdicts.values().all(|valid| *valid)), (4, true), "{verdicts:?}");
    gated.server.stop().unwrap();
}
