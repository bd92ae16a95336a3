//! Bulk reads (FACTS.md U4).

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use smi::store::Kind;

use super::{fixtures, run, said};
use crate::support::fixture_of;

/// U4: as SR 8.2 would answer each, and SR 12.1 beside it.
#[test]
fn u4_a_list_of_keys_is_answered_as_sr_8_2_would() {
    let smi = fixtures();
    smi.import(Kind::Coverage, &std::fs::read_to_string(fixture_of(Kind::Coverage)).unwrap());
    let keys = "mpxn,uprn,device_id\n2000000000015,,\n,100000000002,\n,,00-DB-12-34-56-78-90-AD\n,999,\n";
    std::fs::write(smi.folder().join("keys.csv"), keys).unwrap();
    std::fs::write(smi.folder().join("bad.csv"), "uprn\n100000000001\nx\n").unwrap();
    let output = run(&smi, &["report", "read", "keys.csv", "--wan"]);
    assert!(output.status.success(), "{output:?}");
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let lines = reader.records().map(|record| {
        let record = record.unwrap();
        let cell = |at: usize| record.get(at).unwrap().to_owned();
        let first = [0, 1, 2, 3, 4].map(cell).join(" ");
        format!(
            "{first} [{}]{}",
            cell(16),
            if cell(17).is_empty() { String::new() } else { format!(" by {}", cell(17)) }
        )
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    2000000000015 I0 00-DB-12-34-56-78-90-A2 ESME Commissioned [South: I0 Cellular; 4G South: I0 Cellular] by address
    2000000000015 I0 00-DB-12-34-56-78-90-A3 GSME Commissioned [South: I0 Cellular; 4G South: I0 Cellular] by address
    2000000000015 I0 00-DB-12-34-56-78-90-A1 GPF Commissioned [South: I0 Cellular; 4G South: I0 Cellular] by address
    2000000000015 I0 00-DB-12-34-56-78-90-A0 CHF Commissioned [South: I0 Cellular; 4G South: I0 Cellular] by address
    2000000000015 I0 00-DB-12-34-56-78-90-A4 PPMID Commissioned [South: I0 Cellular; 4G South: I0 Cellular] by address
    2000000000015 I0 00-DB-12-34-56-78-90-A5 IHD  [South: I0 Cellular; 4G South: I0 Cellular] by address
    100000000002 I0 00-DB-12-34-56-78-90-A8 ESME InstalledNotCommissioned [South: I0 Cellular+Mesh; 4G South: I0 Cellular] by uprn
    100000000002 I0 00-DB-12-34-56-78-90-A9 GSME Whitelisted [South: I0 Cellular+Mesh; 4G South: I0 Cellular] by uprn
    100000000002 I0 00-DB-12-34-56-78-90-A7 GPF Commissioned [South: I0 Cellular+Mesh; 4G South: I0 Cellular] by uprn
    100000000002 I0 00-DB-12-34-56-78-90-A6 CHF Commissioned [South: I0 Cellular+Mesh; 4G South: I0 Cellular] by uprn
    100000000002 I0 00-DB-12-34-56-78-90-B2 HCALCS Whitelisted [South: I0 Cellular+Mesh; 4G South: I0 Cellular] by uprn
    100000000002 I0 00-DB-12-34-56-78-90-B3 CAD  [South: I0 Cellular+Mesh; 4G South: I0 Cellular] by uprn
    00-DB-12-34-56-78-90-AD I0 00-DB-12-34-56-78-90-AD ESME Pending []
    999 E080201    []
    ");
    let output = run(&smi, &["report", "read", "bad.csv"]);
    let reason = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && output.stdout.is_empty() && reason.contains("line 3, uprn: "),
        "{reason}"
    );
    let output = run(&smi, &["report", "hubs", "--as-at", "2026-06-01T11:00:00Z", "--out", "hubs.csv"]);
    assert!(output.status.success(), "{output:?}");
    let file = std::fs::read_to_string(smi.folder().join("hubs.csv")).unwrap();
    assert_eq!(file.lines().count(), 1, "they joined at noon: {file}");
}

/// Keys that stand there twice are answered twice, and told; a pipe is read as a file is.
#[test]
fn u4_repeated_keys_are_told_and_a_list_may_come_by_a_pipe() {
    let smi = fixtures();
    let keys = "mpxn,uprn\n2000000000042,\n,999\n2000000000042,\n,999\n,998\n";
    std::fs::write(smi.folder().join("keys.csv"), keys).unwrap();
    let output = run(&smi, &["report", "read", "keys.csv"]);
    let told = said(&output.stderr);
    assert!(told.contains("2 of 5 keys stand further up, too; each is answered again"), "{told}");
    let answered = said(&output.stdout);
    assert_eq!(answered.lines().filter(|line| line.starts_with("999,")).count(), 2, "{answered}");
    // No coverage is loaded: neither UPRN nor address of the premises is known.
    let unknown = said(&run(&smi, &["report", "read", "keys.csv", "--wan"]).stdout);
    assert!(unknown.lines().nth(1).unwrap().ends_with(",E120101,"), "{unknown}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(["report", "read", "/dev/stdin"]).env("SMI_STORE_URL", smi.url());
    command.env("SMI_TEST_CLOCK", "2026-06-01T12:00:00Z").current_dir(smi.folder());
    let mut running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    running.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
    assert_eq!(said(&running.wait_with_output().unwrap().stdout), answered);
}
