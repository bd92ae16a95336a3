//! VARIANTS.md section 6, row by row.

use std::fs;

use serde_json::Value;
use smi::{
    domain::{Body, ChangedDetails, EsmeVariant, Eui64, InventoryChange, UpdateInventory},
    store::Kind,
};

use super::sample::{HEADER, Served, esme, estate, good, meter, mpan, report, said, smi, suspects, world};
use crate::support::{OTHER_SUPPLIER, SUPPLIER, Smi};

/// VARIANTS.md 6/1, EV/b.
#[test]
fn row_1_ev_b_outliers_are_fewer_than_2_percent_of_at_least_100() {
    let few = world(&estate(15, 1_000), "");
    let found =
        suspects(&few, &[], &["esme_variant", "suggested", "evidence", "strength", "correctable_by", "rule"]);
    assert_eq!(found, vec![format!("A ADE outlier weak {SUPPLIER} SR8.4/g"); 15]);
    let proof = suspects(&few, &["--evidence", "outlier"], &["proof"]);
    assert_eq!(proof[0], "EV/b: 15 of 1000 ESMEs of `AB01` `M 1` hold A, 985 hold ADE (counted in the SMI)");
    let total = &report(&few, &[])["total"];
    assert_eq!([&total["esmes"], &total["weak"], &total["left"]], [1_000, 15, 15]);
    assert!(suspects(&world(&estate(20, 1_000), ""), &[], &["device_id"]).is_empty(), "2.0%");
    assert!(suspects(&world(&estate(1, 99), ""), &[], &["device_id"]).is_empty(), "99 in all");
}

/// VARIANTS.md 6/2.
#[test]
fn row_2_ev_a_a_variant_of_the_list_is_not_contradicted_and_stays_an_outlier() {
    let world = world(&estate(15, 1_000), "AB01,M 1,,A;ADE,the manufacturer\n");
    assert_eq!(suspects(&world, &[], &["evidence"]), vec!["outlier"; 15]);
    assert!(suspects(&world, &["--evidence", "contradicted"], &["evidence"]).is_empty());
}

/// VARIANTS.md 6/3, EV/a, MP125-R3, D1: found, proven, corrected by `smi correct`, reported.
#[test]
fn row_3_mp125_d1_a_contradicted_esme_is_corrected_with_the_file_of_corrections() {
    let devices = HEADER.to_owned()
        + &esme(0, "Commissioned", "M 1", "01", "A")
        + &esme(1, "Suspended", "M 1", "01", "A")
        + &esme(2, "Commissioned", "M 1", "01", "ADE");
    let world = world(&devices, "AB01,M 1,,ADE,letter of 1 May\n");
    let columns = ["device_id", "suggested", "evidence", "strength", "correctable_by", "rule"];
    let (first, second) = (meter(0), meter(1));
    assert_eq!(
        suspects(&world, &[], &columns),
        [
            format!("{first} ADE contradicted strong {SUPPLIER} SR8.4/g"),
            // VARIANTS.md 6/5.
            format!("{second} ADE contradicted strong nobody SR8.4/e"),
        ]
    );
    let mine = ["--correctable-by", &SUPPLIER.to_string(), "--corrections", "mine.csv"];
    assert_eq!(good(&world, &[&["variants", "suspects"], &mine[..]].concat()), "", "the file alone");
    let file = fs::read_to_string(world.folder().join("mine.csv")).unwrap();
    assert_eq!(file, format!("device_id,esme_variant\n{first},ADE\n"));
    let theirs = ["variants", "suspects", "--correctable-by", &OTHER_SUPPLIER.to_string()];
    assert_eq!(good(&world, &theirs).lines().count(), 1, "the header alone");

    let served = Served::start(&world);
    let url = format!("http://{}", served.duis.address());
    let correct = ["correct", "mine.csv", "--url", &url, "--as", &SUPPLIER.to_string()];
    let output = smi(&world, &correct, &[]);
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
    let told = fs::read_to_string(world.folder().join("mine.csv.report.csv")).unwrap();
    assert!(told.contains("I99"), "{told}");

    assert_eq!(suspects(&world, &[], &["device_id"]), [second.to_string()], "it is one no more");
    let report = report(&world, &["--baseline", "719000"]);
    let corrections = &report["corrections"];
    assert_eq!((&corrections["to_date"], &corrections["against_evidence"]), (&1.into(), &0.into()));
    assert_eq!(corrections["weeks"], serde_json::json!([{ "from": "2026-06-01", "corrections": 1 }]));
    assert_eq!(corrections["pairs"], serde_json::json!([{ "from": "A", "to": "ADE", "corrections": 1 }]));
    assert_eq!((&report["baseline"], &report["left_of_baseline"]), (&719_000.into(), &718_999.into()));
    assert_eq!(report["total"]["left"], 1);
}

/// VARIANTS.md 6/4, EV/a.
#[test]
fn row_4_ev_a_the_line_of_the_firmware_version_wins() {
    let devices = HEADER.to_owned()
        + &esme(0, "Commissioned", "M 1", "01", "A")
        + &esme(1, "Commissioned", "M 1", "02", "A");
    let world = world(&devices, "AB01,M 1,01,A,x\nAB01,M 1,,ADE,x\n");
    assert_eq!(suspects(&world, &[], &["device_id", "suggested"]), [format!("{} ADE", meter(1))]);
}

/// VARIANTS.md 6/5: whichever status keeps everybody out, the rule is said.
#[test]
fn row_5_sr_8_4_e_nobody_corrects_a_suspended_esme() {
    let statuses =
        ["Pending", "Whitelisted", "InstalledNotCommissioned", "Commissioned", "Suspended", "Decommissioned"];
    let devices = (0..).zip(statuses).map(|(number, status)| esme(number, status, "M 1", "01", "A"));
    let world = world(&(HEADER.to_owned() + &devices.collect::<String>()), "AB01,M 1,,ADE,x\n");
    world.import(Kind::Registrations, &super::sample::registered(6, OTHER_SUPPLIER));
    let other = OTHER_SUPPLIER;
    assert_eq!(
        suspects(&world, &[], &["status", "correctable_by", "rule"]),
        [
            format!("Pending {SUPPLIER} SR8.4/c"),
            format!("Whitelisted {other} SR8.4/g"),
            format!("InstalledNotCommissioned {other} SR8.4/g"),
            format!("Commissioned {other} SR8.4/g"),
            "Suspended nobody SR8.4/e".to_owned(),
            "Decommissioned nobody SR8.4/e".to_owned(),
        ]
    );
}

fn correct(variant: EsmeVariant) -> Body {
    let changed = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
    Body::UpdateInventory(UpdateInventory { device_id: meter(0), change: InventoryChange::Details(changed) })
}

/// VARIANTS.md 6/6: the record as it stood, each change with who made it and by which request.
#[test]
fn row_6_the_record_of_a_corrected_esme_as_it_stood() {
    let world = Smi::new();
    world.move_to("2026-06-01T10:00:00Z");
    super::sample::load(&world, &(HEADER.to_owned() + &esme(0, "Pending", "M 1", "01", "A")), "");
    world.move_to("2026-06-01T11:00:00Z");
    assert_eq!(world.ask(SUPPLIER, correct(EsmeVariant::Ade)).code, "I99");
    world.move_to("2026-06-01T12:00:00Z");
    super::sample::load(&world, &(HEADER.to_owned() + &esme(0, "Commissioned", "M 1", "01", "ADE")), "");
    let served = Served::start(&world);
    let at = |instant: &str| {
        let record = served.json(&format!("/manage/devices/{}?as_at=2026-06-01T{instant}", meter(0)));
        let device = record.get("device").unwrap_or(&record);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        [text(&device["esme_variant"]), text(&device["status"])]
    };
    assert_eq!(at("10:00:00Z"), ["A", "Pending"]);
    assert_eq!(at("10:59:59.999Z"), ["A", "Pending"]);
    assert_eq!(at("11:00:00Z"), ["ADE", "Pending"]);
    assert_eq!(at("12:00:00Z"), ["ADE", "Commissioned"]);
    let history = served.json(&format!("/manage/devices/{}/history", meter(0)));
    let shown = |change: &Value| format!("{} {}", change["interface"].as_str().unwrap(), change["by"]);
    let found = history["changes"].as_array().unwrap().iter().map(shown).collect::<Vec<_>>();
    assert_eq!(found, ["import null".to_owned(), format!("8.4 \"{SUPPLIER}\""), "import null".to_owned()]);
    assert!(history["changes"][1]["request_id"].as_str().unwrap().starts_with(&SUPPLIER.to_string()));
}

/// VARIANTS.md 3: a correction against the evidence is not refused, and is listed as such.
#[test]
fn a_correction_against_the_evidence_is_made_and_listed() {
    let devices = HEADER.to_owned() + &esme(0, "Commissioned", "M 1", "01", "ADE");
    let world = world(&devices, "AB01,M 1,,ADE,x\n");
    assert_eq!(world.ask(SUPPLIER, correct(EsmeVariant::B)).code, "I99");
    let corrections = &report(&world, &[])["corrections"];
    assert_eq!(corrections["against_evidence"], 1);
    let named = &corrections["named"][0];
    assert_eq!(
        (named["device_id"].as_str(), &named["from"], &named["to"]),
        (Some(meter(0).to_string().as_str()), &"ADE".into(), &"B".into())
    );
    assert_eq!(world.ask(SUPPLIER, correct(EsmeVariant::Ade)).code, "I99");
    let report = report(&world, &["--baseline", "10"]);
    let corrections = &report["corrections"];
    assert_eq!([&corrections["to_date"], &corrections["against_evidence"]], [2, 0], "it was corrected since");
    assert_eq!([&corrections["esmes"], &report["left_of_baseline"]], [1, 9], "two corrections of one ESME");
}

/// VARIANTS.md 3: what evidence is against is left, whether SR 8.4 made it so or a later import.
#[test]
fn an_esme_that_was_corrected_and_is_wrong_today_is_left_of_the_baseline() {
    let devices = |variant: &str| HEADER.to_owned() + &esme(0, "Commissioned", "M 1", "01", variant);
    let world = world(&devices("A"), "AB01,M 1,,ADE,x\n");
    let left = |world: &Smi| {
        let report = report(world, &["--baseline", "10"]);
        let corrections = &report["corrections"];
        [&corrections["esmes"], &corrections["still_wrong"], &report["left_of_baseline"]]
            .map(|one| one.as_u64().unwrap())
    };
    assert_eq!(left(&world), [0, 0, 10]);
    assert_eq!(world.ask(SUPPLIER, correct(EsmeVariant::B)).code, "I99");
    assert_eq!(left(&world), [1, 1, 10], "against the evidence");
    assert_eq!(world.ask(SUPPLIER, correct(EsmeVariant::Ade)).code, "I99");
    assert_eq!(left(&world), [1, 0, 9]);
    world.import(Kind::Devices, &devices("A"));
    assert_eq!(left(&world), [1, 1, 10], "imported as it was");
    let text = good(&world, &["variants", "report", "--baseline", "10"]);
    assert!(
        text.ends_with(
            "\nof 10 at the start, 10 are left; among them 1 that were corrected and are wrong today\n"
        ),
        "{text}"
    );
}

/// SMI.md 1: the secondary Import MPAN makes a Supplier responsible as the first one does.
#[test]
fn an_esme_counts_for_the_supplier_of_the_first_import_mpan_that_has_one() {
    let world = Smi::new();
    let header = HEADER.trim_end().to_owned() + ",secondary_import_mpan\n";
    let line = esme(0, "Commissioned", "M 1", "01", "A").trim_end().to_owned() + "," + &mpan(1) + "\n";
    world.import(Kind::Devices, &(header + &line));
    let supplied = |mpans: &[(u16, Eui64)]| {
        let lines = mpans.iter().map(|(number, user)| format!("{},IS,{user},2020-01-01,\n", mpan(*number)));
        world.import(
            Kind::Registrations,
            &format!("mpxn,role,user_id,effective_from,effective_to\n{}", lines.collect::<String>()),
        );
        let text = good(&world, &["variants", "report", "--by", "party", "--format", "csv"]);
        text.lines().nth(1).unwrap().to_owned()
    };
    assert_eq!(supplied(&[]), "unknown,1,0,0,0,0");
    assert_eq!(supplied(&[(1, OTHER_SUPPLIER)]), "GAIN,1,0,0,0,0");
    assert_eq!(supplied(&[(0, SUPPLIER), (1, OTHER_SUPPLIER)]), "INST,1,0,0,0,0");
}

/// MP125-D2: who could have seen it, by what the report is divided by.
#[test]
fn mp125_d2_the_report_is_divided_by_manufacturer_installer_party_model_and_status() {
    let devices = HEADER.to_owned()
        + &esme(0, "Commissioned", "M 1", "01", "A")
        + &esme(1, "Suspended", "M 1", "01", "ADE")
        + &esme(2, "Commissioned", "M 2", "01", "A");
    let world = world(&devices, "AB01,M 1,,ADE,x\n");
    world.import(
        Kind::Registrations,
        &format!(
            "mpxn,role,user_id,effective_from,effective_to\n{},IS,{SUPPLIER},2020-01-01,\n{},IS,{OTHER_SUPPLIER},2020-01-01,\n",
            mpan(0),
            mpan(1)
        ),
    );
    let by = |division: &str| {
        let text = good(&world, &["variants", "report", "--by", division, "--format", "csv"]);
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let total = "total,3,1,0,0,1";
    assert_eq!(by("manufacturer"), ["AB01,3,1,0,0,1", total]);
    assert_eq!(by("model"), ["\"AB01, M 1\",2,1,0,0,1", "\"AB01, M 2\",1,0,0,0,0", total]);
    assert_eq!(by("status"), ["Commissioned,2,1,0,0,1", "Suspended,1,0,0,0,0", total]);
    assert_eq!(by("pre-notifier"), [format!("{SUPPLIER},3,1,0,0,1"), total.to_owned()]);
    assert_eq!(by("party"), ["GAIN,1,0,0,0,0", "INST,2,1,0,0,1", total]);
    assert_eq!(suspects(&world, &["--party", "INST"], &["device_id"]), [meter(0).to_string()]);
    assert!(suspects(&world, &["--party", "GAIN"], &["device_id"]).is_empty());
}
