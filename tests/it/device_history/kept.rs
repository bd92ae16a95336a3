//! A backup keeps the history of Devices; one of an older version has none, and that is said.

use smi::store::{self, Kind};

use super::as_at::{corrected, explained};
use crate::{
    backup::{back_up, restored_service, with_header},
    support::{METER, Smi},
};

const INSTANTS: [&str; 4] = ["2026-06-02T09:00:00Z", "2026-06-03", "2026-06-05", "2026-06-07"];

fn all(smi: &Smi, url: &str) -> String {
    INSTANTS.map(|at| explained(smi, url, at)).concat()
}

#[test]
fn a_backup_keeps_the_history_of_devices() {
    let smi = corrected();
    let file = smi.folder().join("backup");
    back_up(smi.url(), &file, smi.now()).unwrap();
    let restored = restored_service(&smi, &file);
    assert_eq!(all(&smi, &restored), all(&smi, smi.url()));
}

/// As a backup of the version before has it: no row of a Device that joined has fields, so it differs by its first line alone.
#[test]
fn a_backup_of_an_older_version_says_what_it_did_not_keep() {
    let smi = Smi::new();
    smi.import(
        Kind::Devices,
        &format!(
            "device_id,device_type,status,device_manufacturer,device_model,esme_variant\n{METER},ESME,Pending,AB01,M,A\n"
        ),
    );
    smi.move_to("2026-06-03T00:00:00Z");
    let file = smi.folder().join("backup");
    back_up(smi.url(), &file, smi.now()).unwrap();
    let older = with_header(&file, smi.folder().join("older"), |header| {
        let (before, after) = header.split_once("\"schema\":\"").unwrap();
        format!("{before}\"schema\":\"20261128000010{}", &after[14..])
    });
    let restored = restored_service(&smi, &older);
    insta::assert_snapshot!(explained(&smi, &restored, "2026-06-02"), @"
    00-DB-12-34-56-78-90-A0 as at 2026-06-02T00:00:00.000Z
    device_type              not known
    status                   Pending
    device_manufacturer      not known
    device_model             not known
    smets_chts_version       not known
    firmware_version         not known
    esme_variant             not known
    pre_notified_by          not known
    chf_device_id            not known
    associated_gpf_device_id not known
    import_mpxn              not known
    secondary_import_mpan    not known
    export_mpan              not known
    uprn                     not known
    postcode                 not known
    address_identifier       not known
    csp_region               not known
    gbcs_version             not known
    han_variant              not known
    s1sp                     not known
    connectivity             not known
    date_commissioned        not known
    associated_device_id     not known
    not every change before 2026-06-03T00:00:00.001Z was kept
    joined at 2026-06-01T12:00:00.000Z through import
    status                   none to Pending
    exit 0
    ");
    let since = explained(&smi, &restored, "2026-06-03T00:00:00.001Z");
    assert!(since.contains("esme_variant             A (Single") && !since.contains("not known"), "{since}");
    let before = explained(&smi, &restored, "2026-05-01");
    assert!(before.contains("was not in the inventory at 2026-05-01"), "{before}");
    let store = smi::db::Store::open(&restored).unwrap();
    let unknown = store.read(|connection| store::counter_value(connection, store::Counter::UnknownBefore));
    assert!(unknown.unwrap().is_some());
}

/// What a decision may have changed of a Device is what its type can have: a hub never had a variant that is not known.
#[test]
fn a_purge_leaves_unknown_what_a_device_can_have() {
    let smi = corrected();
    let hub = "00-DB-12-34-56-78-90-AF";
    smi.move_to("2026-06-02T11:00:00Z");
    let header = "device_id,device_type,status,device_manufacturer,device_model,firmware_version";
    smi.import(Kind::Devices, &format!("{header}\n{hub},CHF,Pending,AB01,H,01\n"));
    let before = smi::domain::parse_instant("2026-06-04").unwrap();
    let purge = move |connection: &mut smi::db::Connection| store::purge_decisions(connection, before);
    assert!(smi.service.store().transact(purge).unwrap().rows >= 2);
    let report = std::process::Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(["report", "model", "--as-at", "2026-06-02T12:00:00Z", "--format", "json"])
        .env("SMI_STORE_URL", smi.url())
        .current_dir(smi.folder())
        .output()
        .unwrap();
    let report = serde_json::from_slice::<serde_json::Value>(&report.stdout).unwrap();
    let rows = report["rows"].as_array().unwrap();
    let of = |id: &str| {
        let row = rows.iter().find(|row| row["device_id"] == id).unwrap();
        [&row["smets_chts_version"], &row["esme_variant"]]
            .map(|value| value.as_str().unwrap_or("").to_owned())
    };
    assert_eq!(of(&METER.to_string()), ["unknown", "unknown"]);
    assert_eq!(of(hub), ["unknown", ""]);
}
