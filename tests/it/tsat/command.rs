//! `smi tsat`: what is printed, in each format, and the exit codes.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use serde_json::Value;

const DEVICES: &str = "\
device_id,device_type,status,smets_chts_version,gbcs_version
00-DB-55-00-00-00-00-00,CHF,Pending,CHTS V1.0,1.1
";

fn smi(dir: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(["--config", "smi.toml"]).args(arguments).current_dir(dir).env_remove("SMI_TEST_POSTGRES");
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder whose clock stands at that day.
fn folder(day: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("smi.toml"), format!("[test]\nclock = '{day}T12:00:00Z'\n")).unwrap();
    dir
}

/// MP139-T1, T13, T14: the lookup first, then the tables with footnote 1 at their heading and no other, then the notes.
#[test]
fn mp139_t14_the_tables_are_shown_with_footnote_1_and_the_notes() {
    let dir = folder("2021-12-01");
    let shown = smi(dir.path(), &["tsat", "show"]);
    assert!(shown.status.success(), "{}", text(&shown.stderr));
    insta::assert_snapshot!(text(&shown.stdout));
    let one = text(&smi(dir.path(), &["tsat", "show", "--as-at", "2021-01-20", "--spec", "CHTS"]).stdout);
    assert!(one.contains("Version 9.0, in force from 2012-12-18; as at 2021-01-20."), "{one}");
    assert_eq!((one.matches("\n## ").count(), one.matches("[^1]").count()), (1, 2), "{one}");
    assert!(!one.contains("[^2]") && !one.contains("extended"), "{one}");
    let before = text(&smi(dir.path(), &["tsat", "show", "--as-at", "2012-12-17"]).stdout);
    assert!(before.contains("No version was in force as at 2012-12-17."), "{before}");
}

/// The CSV of a version can be imported under another name.
#[test]
fn the_csv_of_a_version_is_the_form_of_an_import() {
    let dir = folder("2021-12-01");
    let csv = text(&smi(dir.path(), &["tsat", "show", "--format", "csv"]).stdout);
    assert_eq!(csv.lines().count(), 28);
    let next = csv.replace("MP139,2021-01-21,", "NEXT,2022-01-01,").replace("2022-01-31", "2023-01-31");
    fs::write(dir.path().join("next.csv"), next).unwrap();
    let imported = smi(dir.path(), &["import", "tsat", "next.csv"]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    let exported = text(&smi(dir.path(), &["export", "tsat"]).stdout);
    assert_eq!(exported, fs::read_to_string(dir.path().join("next.csv")).unwrap());
    let difference = smi(dir.path(), &["tsat", "diff", "MP139", "NEXT"]);
    insta::assert_snapshot!(text(&difference.stdout), @"
    | row | date | MP139 | NEXT |
    | --- | --- | --- | --- |
    | CHTS 1.0 / GBCS 1.1 | install_to | 2022-01-31 | 2023-01-31 |

    extended: CHTS 1.0 / GBCS 1.1
    ");
    let json = smi(dir.path(), &["tsat", "show", "--as-at", "2022-01-01", "--format", "json"]);
    let json = serde_json::from_slice::<Value>(&json.stdout).unwrap();
    assert_eq!((&json["version"], &json["rows"][23]["extended"]), (&"NEXT".into(), &true.into()));
}

/// HUBS.md 8, rows 1 and 2: the answers with their exit codes.
#[test]
fn a_question_is_answered_and_may_ends_with_1_unless_it_is_permitted() {
    let dir = folder("2022-01-01");
    let chts = ["tsat", "ask", "--spec", "CHTS", "--version", "CHTS V1.0", "--gbcs", "1.1"];
    let ask = |more: &[&str]| smi(dir.path(), &[&chts, more].concat());
    insta::assert_snapshot!(text(&ask(&["--on", "2022-02-01"]).stdout), @"
    CHTS 1.0 / GBCS 1.1 on 2022-02-01, by version MP139 as at 2022-01-01
    row: CHTS 1.0 / GBCS 1.1, extended, assessment open

    | test | may | from | to |
    | --- | --- | --- | --- |
    | install | no | 2016-09-30 | 2022-01-31 |
    | maintain | yes | 2016-09-30 | 2022-02-28 |
    | operate | yes | 2017-11-06 | ND |
    ");
    for (on, test, code) in [
        ("2022-01-31", "install", 0),
        ("2022-02-01", "install", 1),
        ("2022-02-28", "maintain", 0),
        ("2022-03-01", "maintain", 1),
        ("2022-03-01", "operate", 0),
    ] {
        assert_eq!(ask(&["--on", on, "--may", test]).status.code(), Some(code), "{on} {test}");
    }
    assert_eq!(
        ask(&["--on", "2021-02-01", "--as-at", "2021-01-20", "--may", "install"]).status.code(),
        Some(1)
    );
    assert_eq!(
        ask(&["--on", "2021-02-01", "--as-at", "2021-01-21", "--may", "install"]).status.code(),
        Some(0)
    );
}

/// HUBS.md 8, rows 4 and 5: as CSV and JSON, about a Device, and where there is no row or no such test.
#[test]
fn a_question_about_a_device_and_one_without_a_row_are_answered() {
    let dir = folder("2022-01-01");
    fs::write(dir.path().join("devices.csv"), DEVICES).unwrap();
    assert!(smi(dir.path(), &["import", "devices", "devices.csv"]).status.success());
    let chts = ["tsat", "ask", "--spec", "CHTS", "--version", "CHTS V1.0", "--gbcs", "1.1"];
    let csv = smi(dir.path(), &[&chts[..], &["--on", "2022-03-01", "--format", "csv"]].concat());
    let csv = text(&csv.stdout);
    insta::assert_snapshot!(csv, @"
    on,as_at,read,table,row,extended,security,warnings,install,install_from,install_to,maintain,maintain_from,maintain_to,operate,operate_from,operate_to
    2022-03-01,2022-01-01,CHTS 1.0 / GBCS 1.1,MP139,CHTS 1.0 / GBCS 1.1,true,assessment open,,no,2016-09-30,2022-01-31,no,2016-09-30,2022-02-28,yes,2017-11-06,ND
    ");
    let device = ["tsat", "ask", "--device", "00-DB-55-00-00-00-00-00", "--format", "json"];
    let json = serde_json::from_slice::<Value>(&smi(dir.path(), &device).stdout).unwrap();
    assert_eq!((&json["row"], &json["on"]), (&"CHTS 1.0 / GBCS 1.1".into(), &"2022-01-01".into()));
    let absent = smi(dir.path(), &["tsat", "ask", "--device", "00-DB-55-00-00-00-00-99"]);
    assert_eq!(absent.status.code(), Some(1));
    assert!(text(&absent.stderr).contains("`00-DB-55-00-00-00-00-99` is not in the inventory"));
    let unknown =
        ["tsat", "ask", "--spec", "CHTS", "--version", "CHTS V1.4", "--gbcs", "4.1", "--may", "install"];
    let unknown = smi(dir.path(), &unknown);
    assert_eq!(unknown.status.code(), Some(1), "no row is not permitted");
    insta::assert_snapshot!(text(&unknown.stdout), @"
    CHTS 1.4 / GBCS 4.1 on 2022-01-01, by version MP139 as at 2022-01-01
    row: none; it is older than what is published, or newer than what is loaded

    | test | may | from | to |
    | --- | --- | --- | --- |
    | install | no_row |  |  |
    | maintain | no_row |  |  |
    | operate | no_row |  |  |
    ");
    let ended = smi(
        dir.path(),
        &["tsat", "ask", "--spec", "CHTS", "--version", "1.1", "--gbcs", "2.0", "--on", "2022-03-01"],
    );
    assert!(text(&ended.stdout).ends_with("\nwarning: AP ended 2022-02-28\n"));
    let smets1 =
        ["tsat", "ask", "--spec", "SMETS1 ESMSTS", "--version", "1.2", "--on", "2019-03-15", "--may"];
    assert_eq!(smi(dir.path(), &[&smets1[..], &["install"]].concat()).status.code(), Some(1));
    assert_eq!(smi(dir.path(), &[&smets1[..], &["install", "--ppm"]].concat()).status.code(), Some(0));
    assert_eq!(
        smi(dir.path(), &[&smets1[..], &["operate"]].concat()).status.code(),
        Some(1),
        "it is not asked"
    );
}

/// HUBS.md 8, rows 7, 9 and 14.
#[test]
fn versions_are_compared_reviewed_and_dated() {
    let dir = folder("2021-12-01");
    let told = |arguments: &[&str]| text(&smi(dir.path(), &[&["tsat"], arguments].concat()).stdout);
    let all = [
        told(&["diff", "9.0", "MP139"]),
        told(&["diff", "9.0", "9.0"]),
        told(&["review"]),
        told(&["review", "--on", "2024-01-01", "--months", "12"]),
        told(&["effective", "--decision", "2021-01-20"]),
        told(&["compatibility", "--smets", "V4.2", "--chts", "CHTS V1.0"]),
        told(&["compatibility", "--smets", "4.2", "--chts", "1.1"]),
        told(&["review", "--format", "csv"]),
        told(&["effective", "--decision", "2024-02-28", "--format", "csv"]),
        told(&["compatibility", "--smets", "4.2", "--chts", "1.0", "--format", "csv"]),
        told(&["diff", "9.0", "MP139", "--format", "csv"]),
    ];
    insta::assert_snapshot!(all.join("----\n"));
}

#[test]
fn mistakes_are_told_with_their_place() {
    let dir = folder("2021-12-01");
    for (arguments, code, told) in [
        (&["show", "--as-at", "2021-02-30"][..], 2, "2021-02-30"),
        (&["show", "--spec", "CHT"], 2, "a specification: one of"),
        (&["show", "--format", "html"], 2, "possible values: md, json, csv"),
        (&["ask"], 2, "--device"),
        (&["ask", "--spec", "CHTS"], 2, "--version"),
        (&["ask", "--version", "1.0"], 2, "--spec"),
        (&["ask", "--device", "00-DB-55-00-00-00-00-99"], 1, "there is no database yet"),
        (&["ask", "--device", "00-DB-55-00-00-00-00-99", "--gbcs", "1.1"], 2, "--spec"),
        (&["diff", "9.0", "MP140"], 1, "there is no version `MP140` of the tables; there are 9.0, MP139"),
        (&["review", "--months", "0"], 2, "--months"),
        (&["effective"], 2, "--decision"),
        (&["compatibility", "--smets", "4.2", "--chts", "1.x"], 2, "1.x"),
    ] {
        let output = smi(dir.path(), &[&["tsat"], arguments].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
}

/// The commands read: without a database they answer by what is shipped and make none, and they leave one of an older version to
/// the service that has it open.
#[test]
fn no_question_makes_or_migrates_a_database() {
    let dir = folder("2021-12-01");
    let questions = [
        &["show"][..],
        &["ask", "--spec", "CHTS", "--version", "1.0", "--gbcs", "1.1"],
        &["diff", "9.0", "MP139"],
        &["review"],
        &["compatibility", "--smets", "4.2", "--chts", "1.0"],
    ];
    let ask = |question: &[&str]| smi(dir.path(), &[&["tsat"], question].concat());
    let shipped = questions.map(|question| {
        let output = ask(question);
        let told = (output.status.code(), text(&output.stderr));
        let expected = "smi: there is no database yet: this is as it is shipped\n".to_owned();
        assert_eq!(told, (Some(0), expected), "{question:?}");
        output.stdout
    });
    let effective = ask(&["effective", "--decision", "2021-01-20"]);
    assert_eq!(
        (effective.status.code(), text(&effective.stderr)),
        (Some(0), String::new()),
        "it asks no store"
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "the settings alone");
    fs::write(dir.path().join("devices.csv"), DEVICES).unwrap();
    assert!(smi(dir.path(), &["import", "devices", "devices.csv"]).status.success());
    for (question, shipped) in questions.iter().zip(&shipped) {
        let output = ask(question);
        assert_eq!((&output.stdout, text(&output.stderr)), (shipped, String::new()), "nothing was imported");
    }
    let database = dir.path().join("smi.db");
    let older = "DELETE FROM __diesel_schema_migrations WHERE version = \
        (SELECT MAX(version) FROM __diesel_schema_migrations)";
    let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    assert_eq!(diesel::sql_query(older).execute(&mut connection).unwrap(), 1);
    for question in questions {
        let output = ask(question);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{question:?}: {told}");
        assert!(told.contains("is from an older version of smi"), "{question:?}: {told}");
    }
}
