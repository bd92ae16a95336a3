//! VARIANTS.md 5, and what is seldom.

use std::process::Command;

use smi::store::Kind;

use super::sample::{
    HEADER, REFERENCE, Served, esme, estate, good, meter, report, said, smi, suspects, world,
};
use crate::support::{SUPPLIER, Smi};

/// VARIANTS.md 5: line, column, reason; nothing is imported.
#[test]
fn a_bad_list_of_variants_is_refused_with_line_and_column() {
    let world = Smi::new();
    world.import(Kind::ModelVariants, &format!("{REFERENCE}AB01,M 1,,ADE,x\n"));
    let bad = "AB01,M 2,,E,x\n,M 3,,A,x\nAB01,M 4,,,x\nAB01,M 5,01,A,x\nAB01,M 5,01,B,x\nAB01,,,A;A,x\nAB01,M 6,,;,x\n";
    let file = world.folder().join("bad.csv");
    std::fs::write(&file, format!("{REFERENCE}{bad}")).unwrap();
    let output = smi(&world, &["import", "model-variants", "bad.csv"], &[]);
    assert!(!output.status.success());
    insta::assert_snapshot!(said(&output.stderr), @r"
    bad.csv: nothing imported
    line 2, column `esme_variants`: `E` is not an ESMEVariant: one of A, B, C, AD, BD, CD, ADE, BDE, CDE, ADF, BDF, CDF, ADEF, BDEF, CDEF, ADG, ADEG, AF, BF, CF, AEF, BEF, CEF, AG, AEG
    line 3, column `device_manufacturer`: empty, but must be a DeviceManufacturer
    line 4, column `esme_variants`: empty, but must be at least one ESMEVariant, with `;` between them
    line 6, column `device_model`: `AB01, M 5, 01` is on line 5 too
    line 7, column `esme_variants`: `A;A` names something twice
    line 7, column `device_model`: empty, but must be a DeviceModel
    line 8, column `esme_variants`: empty, but must be an ESMEVariant: one of A, B, C, AD, BD, CD, ADE, BDE, CDE, ADF, BDF, CDF, ADEF, BDEF, CDEF, ADG, ADEG, AF, BF, CF, AEF, BEF, CEF, AG, AEG
    line 8, column `esme_variants`: empty, but must be an ESMEVariant: one of A, B, C, AD, BD, CD, ADE, BDE, CDE, ADF, BDF, CDF, ADEF, BDEF, CDEF, ADG, ADEG, AF, BF, CF, AEF, BEF, CEF, AG, AEG
    ");
    assert_eq!(
        world.exported(Kind::ModelVariants),
        format!("{REFERENCE}AB01,M 1,,ADE,x\n"),
        "nothing is imported"
    );
    let served = Served::start(&world);
    let (status, refused) = served.put_reference(&format!("{REFERENCE}{bad}"));
    assert_eq!((status, refused["faults"][0]["line"].as_u64()), (422, Some(2)), "{refused}");
    let (status, _) = served.put_reference(&format!("{REFERENCE}AB01,M 7,01,A;ADE,\n"));
    assert_eq!(status, 200);
    assert_eq!(
        good(&world, &["export", "model-variants"]),
        format!("{REFERENCE}AB01,M 7,01,A;ADE,\n"),
        "replaced"
    );
}

/// VARIANTS.md 5: that there is no evidence is said, and not that there are no suspects.
/// A wrong folder is not an empty inventory, and a command that reads makes none.
#[test]
fn what_reads_makes_no_store() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["variants", "suspects"][..], &["variants", "report"], &["report", "status"], &["hubs", "list"]]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
        let output = command.args(arguments).current_dir(&folder).output().unwrap();
        let told = said(&output.stderr);
        assert_eq!(
            (output.status.code(), told.as_str()),
            (Some(1), "smi: there is no database yet: `smi import` or `smi serve` makes one\n")
        );
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Two files in one would be neither; and what fails leaves the old file.
#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let world = world(&estate(1, 3), "AB01,M 1,,ADE,x\n");
    let user = SUPPLIER.to_string();
    let asked =
        ["variants", "suspects", "--correctable-by", &user, "--out", "./a.csv", "--corrections", "a.csv"];
    let output = smi(&world, &asked, &[]);
    let told = said(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("name the same file") && told.contains("Usage: smi variants suspects"), "{told}");
    std::fs::write(world.folder().join("a.csv"), "mpxn\n1000000000001\n").unwrap();
    let told = said(&smi(&world, &["report", "read", "a.csv", "--out", "./a.csv"], &[]).stderr);
    assert!(
        told.contains("--out names the list of keys") && told.contains("Usage: smi report read"),
        "{told}"
    );
    let nobody = "90-B3-D5-1F-30-01-99-99";
    for (flag, value) in [("--party", "Inst"), ("--correctable-by", nobody)] {
        let output = smi(&world, &["variants", "suspects", flag, value], &[]);
        let told = said(&output.stderr);
        assert!(
            output.status.code() == Some(2) && told.contains(&format!("{flag}: `{value}` is not the ")),
            "{told}"
        );
    }
    std::fs::write(world.folder().join("a.csv"), "old").unwrap();
    let output = smi(
        &world,
        &["variants", "suspects", "--out", "a.csv", "--corrections", "none/b.csv", "--correctable-by", &user],
        &[],
    );
    assert!(!output.status.success() && said(&output.stderr).contains("none/b.csv: "));
    assert_eq!(std::fs::read_to_string(world.folder().join("a.csv")).unwrap(), "old");
    good(&world, &["report", "status", "--out", "a.csv"]);
    assert_eq!(std::fs::read_to_string(world.folder().join("a.csv")).unwrap().lines().count(), 4);
    let output = smi(&world, &["report", "status", "--month", "2026-03"], &[]);
    let told = said(&output.stderr);
    assert!(
        told.contains("--month: status takes none; it is asked of firmware-trt, ")
            && told.contains("Usage: smi report "),
        "{told}"
    );
}

#[test]
fn without_a_list_and_without_enough_peers_there_is_no_evidence() {
    let world = world(&estate(1, 99), "");
    let reason = "there is no evidence: no model-variants are loaded, and of no Device Model are there 100 ESMEs (at most 99)";
    assert_eq!(report(&world, &[])["no_evidence"], reason);
    let text = good(&world, &["variants", "report"]);
    assert!(text.contains(reason), "{text}");
    let output = smi(&world, &["variants", "suspects"], &[]);
    assert!(said(&output.stderr).contains(reason), "{}", said(&output.stderr));
    let output = smi(&world, &["variants", "suspects"], &[("SMI_VARIANTS_MIN_PEERS", "99")]);
    assert!(!said(&output.stderr).contains("no evidence"), "{}", said(&output.stderr));
    assert_eq!(said(&output.stdout).lines().count(), 2, "1 of 99 is an outlier then");
}

/// MP125-R13: a Device Model that is written otherwise goes another way than SR 8.4.
#[test]
fn mp125_r13_a_model_that_seems_wrong_is_the_dccs_manual_process() {
    let devices =
        HEADER.to_owned() + &esme(0, "Commissioned", "m1", "01", "A") + &esme(1, "Pending", "m1", "01", "A");
    let world = world(&devices, "AB01,M 1,,ADE,x\n");
    assert_eq!(
        suspects(&world, &[], &["evidence", "suggested", "correctable_by", "rule"]),
        ["model  DCC EV/e".to_owned(), format!("model  {SUPPLIER} SR8.4/h")]
    );
}

/// EV/c, O7.
#[test]
fn ev_c_an_hcalcs_on_the_hub_is_a_hint_where_it_is_asked_for() {
    let (hub, load) = (meter(900), meter(901));
    let meters = [(0, "A"), (1, "ADE")].map(|(number, variant)| {
        esme(number, "Commissioned", "M 1", "01", variant)
            .replace(&format!("{SUPPLIER},,"), &format!("{SUPPLIER},{hub},"))
    });
    let others = format!(
        "{hub},CHF,Commissioned,Hubs,H1,CHTS V1.4,01,,,,,\n{load},HCALCS,Whitelisted,Loads,L1,,01,,,{hub},,\n"
    );
    let world = world(&(HEADER.to_owned() + &meters.concat() + &others), "");
    assert!(suspects(&world, &[], &["device_id"]).is_empty());
    let output = smi(&world, &["variants", "suspects"], &[("SMI_VARIANTS_HCALCS", "true")]);
    let text = said(&output.stdout);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains(&format!("hint,hint,EV/c: A; HCALCS {load} on the Communications Hub")), "{text}");
}

/// MP125-R6.
#[test]
fn mp125_r6_a_smets1_esme_is_neither_a_suspect_nor_a_peer() {
    let smets1 = esme(0, "Commissioned", "M 1", "01", "A").replace(",\n", ",S1SP\n");
    let world = world(&(HEADER.to_owned() + &smets1), "AB01,M 1,,ADE,x\n");
    assert!(suspects(&world, &[], &["device_id"]).is_empty());
    assert_eq!(report(&world, &[])["total"]["esmes"], 0);
}
