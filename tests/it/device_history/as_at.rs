//! The record as it stood, as people and programs are shown it.

use std::process::{Command, Output};

use smi::{
    domain::{ActorName, Body, ChangedDetails, EsmeVariant, InventoryChange, MpxnKind, UpdateInventory},
    rules::event::DeviceEvent,
    store::{self, Kind},
};

use crate::support::{
    METER, SUPPLIER, Smi,
    managed::{Answer, Management},
};

/// VARIANTS.md 6/6: pre-notified with A, corrected to ADE, commissioned; then supplied.
pub(super) fn corrected() -> Smi {
    let smi = Smi::new();
    let pre_notified = smi::domain::DevicePrenotification {
        device_id: METER,
        device_type: smi::domain::DeviceType::Esme,
        details: smi::domain::DeviceDetails {
            manufacturer: "Sample Meters".parse().unwrap(),
            model: "SM-E1".parse().unwrap(),
            smets_chts_version: "SMETS2 V5.1".parse().ok(),
            firmware_version: "01020304".parse().ok(),
            esme_variant: Some(EsmeVariant::A),
        },
        associated_gpf: None,
    };
    smi.move_to("2026-06-02T10:00:00Z");
    assert_eq!(smi.ask(SUPPLIER, Body::DevicePrenotification(pre_notified)).code, "I99");
    smi.move_to("2026-06-03T10:00:00Z");
    let change = ChangedDetails { esme_variant: Some(EsmeVariant::Ade), ..ChangedDetails::default() };
    assert_eq!(update(&smi, InventoryChange::Details(change)), "I99");
    smi.move_to("2026-06-04T10:00:00Z");
    let whitelisted = smi.exported(Kind::Devices).replace(",Pending,", ",Whitelisted,");
    smi.import(Kind::Devices, &whitelisted);
    smi.move_to("2026-06-05T10:00:00Z");
    smi.service.device_event(METER, DeviceEvent::DeviceCommissioned).unwrap();
    smi.import(
        Kind::Registrations,
        "mpxn,role,user_id,effective_from,effective_to\n1000000000001,IS,90-B3-D5-1F-30-01-00-00,2020-01-01,\n",
    );
    smi.move_to("2026-06-06T10:00:00Z");
    let mpxn = InventoryChange::Mpxn(MpxnKind::ImportMpxn, "1000000000001".parse().unwrap());
    assert_eq!(update(&smi, mpxn), "I99");
    smi
}

fn update(smi: &Smi, change: InventoryChange) -> String {
    smi.ask(SUPPLIER, Body::UpdateInventory(UpdateInventory { device_id: METER, change })).code
}

fn explain(smi: &Smi, url: &str, at: &str) -> Output {
    let arguments = ["explain", "--device", &METER.to_string(), "--as-at", at];
    let mut explain = Command::new(env!("CARGO_BIN_EXE_smi"));
    explain.args(arguments).env("SMI_STORE_URL", url).env("SMI_TEST_CLOCK", "2026-07-01T00:00:00Z");
    explain.current_dir(smi.folder()).output().unwrap()
}

pub(super) fn explained(smi: &Smi, url: &str, at: &str) -> String {
    let Output { stdout, stderr, status } = explain(smi, url, at);
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    format!("{out}{err}exit {}\n", status.code().unwrap())
}

/// The status and the body of an answer.
fn get(manage: &Management, path: &str) -> (u16, serde_json::Value) {
    let Answer { status, body } = manage.call("GET", &format!("/manage/devices/{METER}{path}"), "");
    (status, body)
}

#[test]
fn the_record_of_each_instant_is_explained() {
    let smi = corrected();
    let instants = [
        "2026-06-02T09:59:59.999Z",
        "2026-06-02T10:00:00Z",
        "2026-06-03",
        "2026-06-03T10:00:00Z",
        "2026-06-05T10:00:00Z",
        "2026-06-07",
    ];
    let all = instants.map(|at| {
        format!("$ smi explain --device {METER} --as-at {at}\n{}\n", explained(&smi, smi.url(), at))
    });
    insta::assert_snapshot!("explained_as_at", all.concat());
    let refused = explain(&smi, smi.url(), "yesterday");
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("invalid value 'yesterday' for '--as-at <INSTANT>'"), "{said}");
}

#[test]
fn the_history_and_the_record_of_an_instant_are_served() {
    let smi = corrected();
    let manage = Management::start(&smi);
    let (status, past) = get(&manage, "?as_at=2026-06-04T00:00:00Z");
    assert_eq!(status, 200);
    insta::assert_snapshot!("record_as_at", serde_json::to_string_pretty(&past).unwrap());
    let (status, mut first) = get(&manage, "/history?limit=3");
    assert_eq!(status, 200);
    // The numbers of rows, which a retried transaction may raise.
    let next = first["next"].take();
    let (status, second) = get(&manage, &format!("/history?limit=3&after={}", next.as_str().unwrap()));
    assert_eq!((status, &second["next"]), (200, &serde_json::Value::Null));
    let pages = [first, second].map(|page| serde_json::to_string_pretty(&page).unwrap());
    insta::assert_snapshot!("history_pages", pages.join("\n"));
    // The record of today has the same fields, and the status alone in its history.
    let (_, today) = get(&manage, "");
    smi.move_to("2026-07-01T00:00:00Z");
    let (_, at_last) = get(&manage, "?as_at=2026-07-01");
    assert_eq!(today["device"], at_last["device"]);
    assert_eq!(today["history"].as_array().unwrap().len(), 3);
    manage.stop();
}

#[test]
fn a_bad_instant_and_one_before_the_device_are_told_apart() {
    let smi = corrected();
    let manage = Management::start(&smi);
    let paths = [
        "?as_at=yesterday",
        "?as_at=2026-06-31",
        "?as_at=2026-06-03&limit=3",
        "?as_at=2026-06-01",
        "?as_at=2099-01-01",
        "/history?after=1",
        "/history?after=-1.2",
        "/history?limit=0",
        "/history?page=2",
    ];
    let told = paths.map(|path| {
        let (status, body) = get(&manage, path);
        format!("{path}: {status} {}\n", body["error"].as_str().unwrap())
    });
    insta::assert_snapshot!(told.concat(), @"
    ?as_at=yesterday: 400 as_at: `yesterday` is not a date like `2026-01-31` or a UTC time like `2026-01-31T09:30:00Z`
    ?as_at=2026-06-31: 400 as_at: `2026-06-31` is not a date like `2026-01-31` or a UTC time like `2026-01-31T09:30:00Z`
    ?as_at=2026-06-03&limit=3: 400 as_at: a past record has no pages
    ?as_at=2026-06-01: 404 device `00-DB-12-34-56-78-90-A0` was not in the inventory at 2026-06-01T00:00:00.000Z; it joined at 2026-06-02T10:00:00.000Z
    ?as_at=2099-01-01: 400 as_at: `2099-01-01T00:00:00.000Z` is still to come: it is 2026-06-06T10:00:00.000Z now
    /history?after=1: 400 after: give what `next` of the page before says
    /history?after=-1.2: 400 after: give what `next` of the page before says
    /history?limit=0: 400 limit: give a number from 1 to 1000
    /history?page=2: 400 query: Query deserialize error: unknown field `page`, expected `after` or `limit`
    ");
    smi.service.reset(ActorName::token()).unwrap();
    assert_eq!(get(&manage, "?as_at=2026-06-03").0, 404);
    assert_eq!(get(&manage, "/history").0, 404);
    manage.stop();
}

/// What a decision carries goes with it: the fields that it may have changed are named, and no others.
#[test]
fn purged_decisions_leave_their_fields_unknown() {
    let smi = corrected();
    let before = smi::domain::parse_instant("2026-06-04").unwrap();
    let purge = move |connection: &mut smi::db::Connection| store::purge_decisions(connection, before);
    let purged = smi.service.store().transact(purge).unwrap();
    assert!(purged.rows >= 2);
    insta::assert_snapshot!(explained(&smi, smi.url(), "2026-06-02T12:00:00Z"), @"
    00-DB-12-34-56-78-90-A0 as at 2026-06-02T12:00:00.000Z
    device_type              ESME
    status                   Pending
    device_manufacturer      not known
    device_model             not known
    smets_chts_version       not known
    firmware_version         not known
    esme_variant             not known
    pre_notified_by          90-B3-D5-1F-30-01-00-00
    import_mpxn              not known
    secondary_import_mpan    not known
    export_mpan              not known
    not every change before 2026-06-03T10:00:00.000Z was kept
    joined at 2026-06-02T10:00:00.000Z by 90-B3-D5-1F-30-01-00-00 through 12.2, request 90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:0
    status                   none to Pending
    exit 0
    ");
    let known = explained(&smi, smi.url(), "2026-06-03T10:00:00Z");
    assert!(known.contains("ADE (Single") && !known.contains("not known"), "{known}");
}

/// The history says since when it is whole, and the record as it stood, which change may not have been the last.
#[test]
fn a_history_with_holes_says_so() {
    let smi = corrected();
    let manage = Management::start(&smi);
    let whole = |path: &str| get(&manage, path).1["kept_since"].clone();
    let paths = ["/history", "/history?limit=1", "?as_at=2026-06-03T12:00:00Z", "?as_at=2026-06-05"];
    assert_eq!(paths.map(whole), [const { serde_json::Value::Null }; 4]);
    let before = smi::domain::parse_instant("2026-06-04").unwrap();
    let purge = move |connection: &mut smi::db::Connection| store::purge_decisions(connection, before);
    assert!(smi.service.store().transact(purge).unwrap().rows >= 2);
    let since = "2026-06-03T10:00:00.001Z";
    assert_eq!(paths[..3].iter().map(|path| whole(path)).collect::<Vec<_>>(), [since; 3]);
    // Behind the purge the record is known, but not which change made it so.
    let past = get(&manage, "?as_at=2026-06-03T12:00:00Z").1;
    let told = (&past["device"]["esme_variant"], &past["unknown_before"], &past["last_change"]["event"]);
    assert_eq!(told, (&"ADE".into(), &serde_json::Value::Null, &"joined".into()));
    let told = explained(&smi, smi.url(), "2026-06-03T12:00:00Z");
    assert!(
        told.contains(&format!("\nothers before {since} may have followed the last change that is kept\n")),
        "{told}"
    );
    // What came later is kept.
    assert_eq!(whole("?as_at=2026-06-04T12:00:00Z"), serde_json::Value::Null);
    manage.stop();
    // A Device that joined later has all of its history.
    let later = "00-DB-12-34-56-78-90-A9".parse().unwrap();
    let device = format!(
        "device_id,device_type,status,device_manufacturer,device_model\n{later},GSME,Pending,AB01,M\n"
    );
    smi.import(Kind::Devices, &device);
    let history = smi.service.device_history(later, None, 10).unwrap().unwrap();
    assert_eq!((history.changes.len(), history.kept_since), (1, None));
}
