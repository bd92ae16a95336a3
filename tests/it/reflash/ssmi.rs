//! SSMI, option B of MP155: the file by which the DCC updates the firmware of hubs (SSMI/a to h).

use std::fmt::Write as _;

use serde_json::Value;
use smi::{
    domain::{Device, DeviceField, reflash::SmiUpdate},
    rules::reflash::ReflashSettings,
    store::{self, Kind},
};

use super::{
    commands::smi,
    harness::{DEVICE_COLUMNS, World, chf, device_rows},
};
use crate::support::{DCC, managed::Answer};

/// W with so many hubs, under option B.
fn world(hubs: u32) -> World {
    let settings =
        ReflashSettings { enabled: true, smi_update: SmiUpdate::Ssmi, ..ReflashSettings::default() };
    World::choosing(hubs, settings)
}

fn file(lines: &[(&str, &str)]) -> String {
    lines.iter().fold("chf_device_id,firmware_version\n".to_owned(), |mut csv, (chf, firmware)| {
        writeln!(csv, "{chf},{firmware}").unwrap();
        csv
    })
}

fn upload(world: &World, id: &str, lines: &[(&str, &str)]) -> Answer {
    world.call("PUT", &format!("/manage/ssmi/firmware?upload_id={id}"), &file(lines))
}

/// For each line its outcome, and the rule that refused it.
fn outcomes(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let one = |hub: &Value| {
        let words = [&hub["outcome"], &hub["rule"]].into_iter().filter_map(Value::as_str);
        words.collect::<Vec<_>>().join(" ")
    };
    answer.body.get("hubs").and_then(Value::as_array).unwrap().iter().map(one).collect()
}

fn device(world: &World, id: &str) -> Device {
    world.smi.read(|connection| store::find_device(connection, id.parse().unwrap())).unwrap()
}

/// Firmware, CHTS and GBCS version, and SMI Status.
fn shown(device: &Device) -> [String; 4] {
    let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
    [
        text(device.details.firmware_version.as_ref().map(|value| value.as_str())),
        text(device.details.smets_chts_version.as_ref().map(|value| value.as_str())),
        text(device.gbcs_version.as_ref().map(|value| value.as_str())),
        device.status_text().to_owned(),
    ]
}

/// HUBS.md 8 row 27, as far as no order is concerned; MP155-R28, R29.
#[test]
fn row_27_each_hub_of_a_file_is_decided_by_itself() {
    let world = world(10);
    world.smi.import(Kind::Devices, &(DEVICE_COLUMNS.to_owned() + &device_rows(6, "Commissioned")));
    let (one, five, six) = (chf(1), chf(5), chf(6));
    let before = device(&world, &six);
    let unknown = "00-DB-55-00-00-FF-00-00";
    let lines = [(one.as_str(), "03000100"), (&five, "03000100"), (&six, "03000100"), (unknown, "03000100")];
    let first = upload(&world, "1", &lines);
    assert_eq!(outcomes(&first), ["updated", "updated", "refused SSMI/e", "refused SSMI/d"]);
    let gpf = device(&world, &one).associated_gpf.unwrap().to_string();
    for id in [one.as_str(), &gpf, &five] {
        assert_eq!(shown(&device(&world, id)), ["03000100", "CHTS V1.3", "3.2", "Pending"], "{id}");
    }
    assert_eq!(device(&world, &six), before, "what is refused stays as it was");

    assert_eq!(upload(&world, "1", &lines).body, first.body, "the same bytes get the first answer again");
    let other = upload(&world, "1", &lines[1..2]);
    assert_eq!((other.status, &other.body["rule"]), (409, &"SSMI/a".into()), "{other:?}");
    assert_eq!(outcomes(&upload(&world, "2", &lines[..1])), ["unchanged"]);
}

/// SSMI/c, f and g; that a change of the SMI is a decision with its history.
#[test]
fn ssmi_c_f_a_hub_twice_and_a_version_that_is_not_listed_are_refused() {
    let world = world(10);
    let (one, two, four) = (chf(1), chf(2), chf(4));
    let lines = [(one.as_str(), "03000100"), (&two, "09000000"), (&one, "03000000"), (&four, "03000100")];
    let answer = upload(&world, "7", &lines);
    assert_eq!(outcomes(&answer), ["refused SSMI/c", "refused SSMI/f", "refused SSMI/c", "updated"]);
    assert_eq!(answer.body["refused"], 3);
    insta::assert_snapshot!(answer.body["hubs"][1].to_string(), @r#"{"chf_device_id":"00-DB-55-00-00-00-00-04","code":"E120204","line":3,"outcome":"refused","reason":"required: the firmware list has the version for the hub's model, in production from today or earlier; it gives the CHTS and GBCS versions; found: 09000000 is not listed for its model","rule":"SSMI/f"}"#);
    world.smi.import(Kind::Cpl, "device_manufacturer,device_model,device_type,firmware_version,status\nSample Hubs,SH-C1,CHF,03000000,Active\n");
    let listed = upload(&world, "8", &[(&one, "03000100"), (&two, "03000000")]);
    assert_eq!(outcomes(&listed), ["refused SSMI/g", "updated"]);
    let history = world.get(&format!("/manage/devices/{four}/history"));
    let changed = history["changes"].as_array().unwrap().last().unwrap();
    assert_eq!(changed["interface"], "SSMI", "{history}");
}

/// VARIANTS.md 4: the versions of a hub and of its GPF as they stood before the DCC's file, and since.
#[test]
fn variants_4_the_record_as_it_stood_covers_ssmi() {
    let world = world(2);
    let hub = device(&world, &chf(1));
    world.smi.move_to("2022-01-02T12:00:00Z");
    assert_eq!(outcomes(&upload(&world, "1", &[(&chf(1), "03000100")])), ["updated"]);
    for id in [hub.id, hub.associated_gpf.unwrap()] {
        let stood = |at: &str| {
            let fields =
                [DeviceField::FirmwareVersion, DeviceField::SmetsChtsVersion, DeviceField::GbcsVersion];
            fields.map(|field| world.smi.stood(id, at, field).unwrap_or_default())
        };
        let before = shown(&hub);
        assert_eq!(stood("2022-01-02T11:59:59Z")[..], before[..3], "{id}");
        assert_eq!(stood("2022-01-02T12:00:00Z"), ["03000100", "CHTS V1.3", "3.2"], "{id}");
    }
}

/// HUBS.md 5: `smi explain` shows what SSMI decided as it shows CSPM-N3: by name, rule and what was found.
#[test]
fn a_decision_of_ssmi_is_explained_by_its_name_and_rules() {
    let world = world(10);
    world.smi.import(Kind::Devices, &(DEVICE_COLUMNS.to_owned() + &device_rows(6, "Commissioned")));
    upload(&world, "1", &[(&chf(1), "03000100"), (&chf(6), "03000100")]);
    let explained = |arguments: &[&str]| {
        let (code, out, _) = smi(&world, &[&["explain"], arguments].concat());
        assert_eq!(code, Some(0), "{out}");
        // Each check has its source too, which the rulebook's page shows.
        out.lines().filter(|line| !line.contains(" source: ")).collect::<Vec<_>>().join("\n")
    };
    let refused = explained(&["--device", &chf(6)]);
    insta::assert_snapshot!(refused, @"
        2022-01-01T12:00:00.000Z 90-B3-D5-1F-30-00-00-02:90-B3-D5-1F-30-00-00-02:1 SSMI from 90-B3-D5-1F-30-00-00-02 about 00-DB-55-00-00-00-00-0C
        SSMI/c   passed    the ID stands once in the file: of two lines nobody could say which holds
                           saw: CHF 00-DB-55-00-00-00-00-0C stands in one line
        SSMI/d   passed    it is a CHF with its GPF in the SMI, and not SMETS1
                           saw: a CHF with GPF 00-DB-55-00-00-00-00-0D
        SSMI/e   FAILED    CHF and GPF are Pending
                           saw: CHF Commissioned, GPF Commissioned
                           who could: nobody by a file, once the hub is not Pending: its firmware is updated over the air
        outcome: E5, decided by SSMI/e
        ");
    let both = explained(&["--request-id", &format!("{DCC}:{DCC}:1")]);
    assert!(both.ends_with(&refused), "{both}");
    assert_eq!(both.matches(" SSMI from ").count(), 2);
}

/// HUBS.md 7: option A, a number that is none, a file that cannot be read, none, and one that is too long: nothing is changed.
#[test]
fn a_file_that_is_not_taken_changes_nothing() {
    let option_a = World::new(4);
    let refused = upload(&option_a, "1", &[(&chf(1), "03000100")]);
    assert_eq!((refused.status, &refused.body["rule"]), (409, &"SSMI/a".into()), "{refused:?}");
    let world = world(4);
    let before = device(&world, &chf(1));
    let id = chf(1);
    let many = vec![(id.as_str(), "03000100"); 10_001];
    for (upload_id, body, status) in [
        ("-1", file(&[(&id, "03000100")]), 400),
        ("01", file(&[(&id, "03000100")]), 400),
        ("1", file(&[(&id, "03000100"), ("00-DB-55", "03000100")]), 422),
        ("1", "chf_device_id\n".to_owned(), 422),
        ("1", file(&[]), 422),
        ("1", file(&many), 413),
    ] {
        let answer = world.call("PUT", &format!("/manage/ssmi/firmware?upload_id={upload_id}"), &body);
        assert_eq!(answer.status, status, "{answer:?}");
    }
    assert_eq!(device(&world, &id), before);
    assert_eq!(
        outcomes(&upload(&world, "1", &[(&id, "03000100")])),
        ["updated"],
        "the number is not used up"
    );
}
