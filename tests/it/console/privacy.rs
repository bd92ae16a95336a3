//! Privacy assessments: the activity that raises them, who pays, on pages, over HTTP and at the command line (SERVICE.md 3.4).

use std::process::Command;

use serde_json::{Value, json};
use smi::{
    domain::{Body, Eui64, ReadInventory},
    rules::privacy::PrivacySettings,
    service::Choices,
    store::{self, ImportFault, Kind},
};

use super::harness::{Browser, Console, TOKEN};
use crate::support::{METER, SUPPLIER, Smi};

const DAMSON: Eui64 = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0, 0x04]);
const COLUMNS: &str = "assessment_id,user_id,kind,trigger,raised_on,cost,reasonable\n";

fn console(threshold: Option<u64>) -> Console {
    let privacy = PrivacySettings { threshold, ..PrivacySettings::default() };
    Console::filled(Smi::choosing(Choices { privacy, ..Console::choices() }))
}

fn read(console: &Console, at: &str) {
    console.smi.move_to(at);
    let told = console.smi.ask(DAMSON, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    assert_eq!(told.code, "I0", "{}", told.text);
}

fn api(console: &Console, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let token = format!("Bearer {TOKEN}");
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let reply = console.call(method, path, &headers, &text);
    (reply.status, serde_json::from_str(&reply.text).unwrap())
}

fn evaluate(console: &Console) -> (u16, Value) {
    api(console, "POST", "/manage/privacy/evaluate", &json!({ "year": 2026, "by": "A. Auditor" }))
}

fn smi(console: &Console, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(arguments).current_dir(console.smi.folder());
    command.env("SMI_STORE_URL", console.smi.url()).env("SMI_TEST_CLOCK", "2026-06-01T12:00:00Z");
    command.env("SMI_PRIVACY_THRESHOLD", "3");
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

fn import_fault(console: &Console, lines: &str) -> String {
    let csv = format!("{COLUMNS}{lines}");
    let smi = &console.smi;
    let imported =
        store::import(smi.service.store(), Kind::Assessments, csv.as_bytes(), smi.now(), &mut |_| ());
    match imported {
        Err(fault @ ImportFault::Rows { .. }) => fault.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The ID of what the threshold raises.
const RAISED: &str = "2026-00-DB-12-34-56-78-00-04";

/// Four accepted Service Requests of the Other User in the year, over a threshold of three, and one before it.
fn over_the_threshold() -> Console {
    let console = console(Some(3));
    for at in [
        "2026-03-31T22:59:59.999Z",
        "2026-03-31T23:00:00.000Z",
        "2026-04-01T09:00:00Z",
        "2026-05-01T09:00:00Z",
        "2026-05-02T09:00:00Z",
    ] {
        read(&console, at);
    }
    console
}

/// What the two assessments of the year cost.
fn import_costs(console: &Console) {
    let lines = format!(
        "{RAISED},{DAMSON},random_sample,threshold,2026-05-02,25000.00,yes\nP-1,{DAMSON},random_sample,panel,2026-05-03,53000,yes\n"
    );
    console.smi.import(Kind::Assessments, &format!("{COLUMNS}{lines}"));
}

/// SERVICE.md 7 row 35; PA/b, PA/c, DP144-R7: activity is counted by the financial year in London; equal is not over.
#[test]
fn row_35_activity_is_that_of_the_financial_year_in_london_without_refusals() {
    let console = console(Some(3));
    for at in [
        "2026-03-31T22:59:59.999Z",
        "2026-03-31T23:00:00.000Z",
        "2026-04-01T09:00:00Z",
        "2026-05-01T09:00:00Z",
    ] {
        read(&console, at);
    }
    // A refusal is no activity, and a Supplier is not counted.
    let refused = console.smi.ask(DAMSON, Body::DecommissionDevice(METER));
    assert!(refused.code.starts_with('E'), "{}", refused.code);
    (0..5).for_each(|_| {
        console.smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    });
    let counted = |year: &str| {
        let (status, found) =
            api(&console, "GET", &format!("/manage/privacy/activity?year={year}"), &Value::Null);
        assert_eq!(status, 200, "{found}");
        assert_eq!(found["users"].as_array().unwrap().len(), 1, "{found}");
        (found["users"][0]["requests"].as_u64().unwrap(), found["users"][0]["over"].as_bool().unwrap())
    };
    assert_eq!((counted("2025"), counted("2026")), ((1, false), (3, false)), "equal is not over");
    assert_eq!(evaluate(&console), (200, json!({ "year": 2026, "raised": [], "existing": [] })));
}

/// SERVICE.md 7 row 35; PA/c, PA/d, PA/f, DP144-R3 to R7, R10: raised once; both allocations of the cost.
#[test]
fn row_35_passing_the_threshold_raises_one_assessment_and_both_sets_of_rules_share_its_cost() {
    let console = over_the_threshold();
    assert_eq!(evaluate(&console), (200, json!({ "year": 2026, "raised": [RAISED], "existing": [] })));
    assert_eq!(evaluate(&console), (200, json!({ "year": 2026, "raised": [], "existing": [RAISED] })));
    let (_, acts) = api(&console, "GET", "/manage/acts?area=privacy", &Value::Null);
    assert_eq!(acts["acts"].as_array().unwrap().len(), 1, "{acts}");
    insta::assert_snapshot!(acts["acts"][0], @r#"{"about":"2026-00-DB-12-34-56-78-00-04","act":"raised","area":"privacy","at":"2026-05-02T09:00:00.000Z","by":"A. Auditor","checks":[{"derogation":null,"holds":true,"rule":"PA/c","saw":"4 Service Requests in the year from 1 April 2026; the threshold is 3"}],"detail":null,"from":null,"id":1,"reason":null,"to":null}"#);
    import_costs(&console);
    assert_eq!(evaluate(&console).1["existing"], json!([RAISED]), "an import keeps what it was raised for");
    let (_, report) = api(&console, "GET", "/manage/privacy/report?year=2026&shares=true", &Value::Null);
    insta::assert_snapshot!("privacy_report", serde_json::to_string_pretty(&report).unwrap());
    let (_, other) = api(&console, "GET", "/manage/privacy/report?year=2025", &Value::Null);
    assert_eq!((other["total"]["assessments"].clone(), other.get("shares")), (json!(0), None));
}

/// SERVICE.md 5.1; PA/g, PA/h.
#[test]
fn the_command_prints_activity_report_shares_and_review() {
    let console = over_the_threshold();
    evaluate(&console);
    import_costs(&console);
    insta::assert_snapshot!(smi(&console, &["privacy", "activity", "--year", "2026"]), @r"
    Year from 1 April 2026; threshold 3
    00-DB-12-34-56-78-00-04          4  over the threshold  2026-00-DB-12-34-56-78-00-04  Damson Analytics (invented)
    ");
    insta::assert_snapshot!(smi(&console, &["privacy", "report", "--format", "csv"]), @r"
    user_id,party_name,assessments,cost,baseline_user,baseline_socialised,proposed_user,proposed_socialised
    00-DB-12-34-56-78-00-04,Damson Analytics (invented),2,78000.00,0.00,78000.00,25000.00,53000.00
    total,,2,78000.00,0.00,78000.00,25000.00,53000.00
    ");
    insta::assert_snapshot!(smi(&console, &["privacy", "report", "--year", "2026"]), @r"
    Assessments raised in the year from 1 April 2026, in pounds
    user_id                  assessments                cost       baseline_user baseline_socialised       proposed_user proposed_socialised  party_name
    00-DB-12-34-56-78-00-04            2            78000.00                0.00            78000.00            25000.00            53000.00  Damson Analytics (invented)
    total                              2            78000.00                0.00            78000.00            25000.00            53000.00
    ");
    insta::assert_snapshot!(smi(&console, &["privacy", "report", "--shares"]), @r"
    Shares of what all Users pay for the year from 1 April 2026: baseline, proposed
    00-DB-12-34-56-78-00-04      £19,500.00      £13,250.00
    90-B3-D5-1F-30-01-00-00      £19,500.00      £13,250.00
    90-B3-D5-1F-30-02-00-00      £19,500.00      £13,250.00
    90-B3-D5-1F-30-03-00-00      £19,500.00      £13,250.00
    ");
    insta::assert_snapshot!(smi(&console, &["privacy", "review"]), @r"
    Not assessed in the year from 1 April 2026: 1
    00-DB-12-34-56-78-00-04  Damson Analytics (invented)
    ");
}

/// SERVICE.md 6; PA/a, PA/e, DP144-R1, R8.
#[test]
fn a_file_of_assessments_is_refused_with_place_and_rule() {
    let console = console(None);
    let damson = |id: &str, rest: &str| format!("{id},{DAMSON},{rest}\n");
    let lines = [
        format!("A-1,{SUPPLIER},other,other,2026-05-02,,\n"),
        "A-2,90-B3-D5-1F-30-77-00-00,other,other,2026-05-02,,\n".to_owned(),
    ];
    insta::assert_snapshot!(import_fault(&console, &lines.concat()), @r"
    line 2, column `user_id`: PA/a: required: the User is an Other User: it has the role OU, and none of IS, ES, GS, ED and GT; found: IS, GS
    line 3, column `user_id`: is no User that is known
    ");
    let lines = [
        damson("A-3", "other,other,2026-05-02,25000.005,"),
        damson("A-4", "random_sample,panel,2026-05-02,25000,"),
        damson("A-5", "random_sample,panel,2026-05-02,25000,no"),
        damson("A-5", "yearly,nobody,2026-02-30,,maybe"),
    ];
    insta::assert_snapshot!(import_fault(&console, &lines.concat()), @r"
    line 2, column `cost`: `25000.005` is not pounds from 0 to 1000000 with at most two decimals, like `30.87`
    line 3, column `reasonable`: PA/e: required: a cost of a random sample is confirmed as reasonable; found: random_sample, cost 25000.00, reasonable: not said
    line 4, column `reasonable`: PA/e: required: a cost of a random sample is confirmed as reasonable; found: random_sample, cost 25000.00, reasonable: no
    line 5, column `kind`: `yearly` is not a kind of assessment: one of random_sample, other
    line 5, column `trigger`: `nobody` is not a trigger of an assessment: one of threshold, panel, other
    line 5, column `raised_on`: `2026-02-30` is not a date like `2026-01-31`
    line 5, column `reasonable`: `maybe` is not yes or no: one of yes, no
    ");
    let twice = [
        damson("A-6", "random_sample,threshold,2026-05-02,,"),
        damson("A-7", "random_sample,threshold,2027-03-31,,"),
        damson("A-6", "other,other,2026-05-02,,"),
    ];
    insta::assert_snapshot!(import_fault(&console, &twice.concat()), @r"
    line 3, column `trigger`: `threshold, 00-DB-12-34-56-78-00-04, year 2026` is on line 2 too
    line 4, column `assessment_id`: `A-6` is on line 2 too
    ");
    console.smi.import(
        Kind::Assessments,
        &format!("{COLUMNS}{}", damson("A-6", "random_sample,threshold,2026-05-02,,")),
    );
    let second = damson("A-7", "random_sample,threshold,2027-03-31,,");
    insta::assert_snapshot!(import_fault(&console, &second), @"line 2, column `trigger`: the threshold raised `A-6` for this User and the year 2026 already");
    let dates = "assessment_id,user_id,kind,trigger,raised_on,started_on,completed_on\n";
    let csv = format!("{dates}D-1,{DAMSON},other,other,2026-05-02,2026-05-01,2026-04-01\n");
    let smi = &console.smi;
    let fault = store::import(smi.service.store(), Kind::Assessments, csv.as_bytes(), smi.now(), &mut |_| ());
    insta::assert_snapshot!(fault.unwrap_err(), @r"
    line 2, column `started_on`: is before raised_on
    line 2, column `completed_on`: is before the assessment began
    ");
    assert_eq!(smi.exported(Kind::Assessments).lines().count(), 2, "nothing of a refused file is kept");
}

/// SERVICE.md 6.
#[test]
fn questions_and_evaluations_that_cannot_be_answered_name_the_reason() {
    let console = console(None);
    let (status, told) = evaluate(&console);
    assert_eq!(
        (status, told["error"].as_str().unwrap().starts_with("privacy.threshold is not set")),
        (409, true)
    );
    for (method, path, body) in [
        ("GET", "/manage/privacy/activity?year=26", Value::Null),
        ("GET", "/manage/privacy/report?years=2026", Value::Null),
        ("GET", "/manage/privacy/report?shares=perhaps", Value::Null),
        ("GET", "/manage/privacy/review?year=2026%2F27", Value::Null),
        ("POST", "/manage/privacy/evaluate", json!({ "year": 2026 })),
        ("POST", "/manage/privacy/evaluate", json!({ "year": -1, "by": "A" })),
        ("POST", "/manage/privacy/evaluate", json!({ "year": 2026, "by": "" })),
    ] {
        let (status, told) = api(&console, method, path, &body);
        assert_eq!(status, 400, "{path} {body}: {told}");
    }
    assert_eq!(api(&console, "GET", "/manage/acts?area=privacy", &Value::Null).1["acts"], json!([]));
}

/// Where the form led to.
fn led_to(console: &Console, browser: &Browser, path: &str, year: &str) -> String {
    let sent = console.post_as(browser, path, &[("year", year)]);
    assert_eq!(sent.status, 303, "{}", sent.text);
    console.page(browser, sent.header("location")).main()
}

/// PA/h, PA/i, DP144-R2, R9: the page, its jobs and its downloads.
#[test]
fn the_page_shows_a_year_and_what_activity_raises() {
    let console = console(Some(1));
    let (reader, operator) = (console.reader(), console.operator());
    let empty = console.page(&reader, "/privacy").main();
    assert!(empty.contains("No assessment was raised from 1 April 2026"), "{empty}");
    assert!(empty.contains("1 Active Other User without an assessment"), "{empty}");
    assert!(!empty.contains("action=\"/privacy/evaluate\""), "a reader raises nothing: {empty}");
    read(&console, "2026-06-01T12:00:00Z");
    read(&console, "2026-06-01T12:00:01Z");
    let counted = led_to(&console, &reader, "/privacy/count", "2026");
    insta::assert_snapshot!("privacy_activity", counted.replace(&reader.form_token, "[token]"));
    assert_eq!(console.post_as(&reader, "/privacy/evaluate", &[("year", "2026")]).status, 403);
    let raised = led_to(&console, &operator, "/privacy/evaluate", "2026");
    assert!(raised.contains("1 assessment raised; 0 had been raised before."), "{raised}");
    let again = led_to(&console, &operator, "/privacy/evaluate", "2026");
    assert!(again.contains("0 assessments raised; 1 had been raised before."), "{again}");
    assert!(
        led_to(&console, &operator, "/privacy/evaluate", "2020").contains("Nobody is over the threshold")
    );
    let jobs = console.page(&reader, "/jobs").main();
    assert!(jobs.contains("year 2026: 1 Other Users, 1 over the threshold"), "{jobs}");
    assert_eq!(console.post_as(&operator, "/privacy/evaluate", &[("year", "x")]).status, 400);
    let hostile = format!("{COLUMNS}<b>1,{DAMSON},random_sample,panel,2026-06-01,100.01,yes\n");
    console.smi.import(Kind::Assessments, &hostile);
    let page = console.page(&operator, "/privacy?year=2026").main();
    insta::assert_snapshot!("privacy", page.replace(&operator.form_token, "[token]"));
    let acts = console.page(&reader, "/acts?area=privacy").main();
    assert!(acts.contains("<a href=\"/privacy\">2026-00-DB-12-34-56-78-00-04</a>"), "{acts}");
    for (path, lines) in [
        ("/privacy.csv", 3),
        ("/privacy/shares.csv?year=2026", 5),
        ("/privacy/assessments.csv", 3),
        ("/privacy/review.csv", 2),
        ("/privacy/review.csv?year=2019", 2),
    ] {
        let text = console.get_as(&reader, path).text;
        assert_eq!(text.lines().count(), lines, "{path}: {text}");
    }
    let json = |path: &str| serde_json::from_str::<Value>(&console.get_as(&reader, path).text).unwrap();
    assert_eq!(json("/privacy.json")["total"]["cost_pence"], 10_001);
    assert_eq!(json("/privacy/shares.json")["shares"].as_array().unwrap().len(), 4);
    assert_eq!(json("/privacy/assessments.json")["assessments"][0]["pays"], "socialised");
    assert_eq!(json("/privacy/review.json")["users"].as_array().unwrap().len(), 1);
    assert_eq!(console.get_as(&reader, "/privacy?year=26").status, 400);
}
