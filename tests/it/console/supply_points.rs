//! Supply points: who is registered for an MPxN, past, now and to come, and the Devices that have it.

use serde_json::{Value, json};
use smi::store::Kind;

use super::harness::Console;

/// The fixtures' MPAN whose Import Supplier changed on 15 January 2026.
const MPAN: &str = "/mpxns/2000000000024";

/// Another change of its Import Supplier is to come, and it is exported to.
const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
2000000000024,IS,90-B3-D5-1F-30-01-00-00,2023-06-01,2026-01-15
2000000000024,IS,90-B3-D5-1F-30-03-00-00,2026-01-15,2026-09-01
2000000000024,IS,90-B3-D5-1F-30-01-00-00,2026-09-01,
2000000000024,ES,90-B3-D5-1F-30-01-00-00,2025-06-01,
";

fn console() -> Console {
    let console = Console::start();
    console.smi.import(Kind::Registrations, REGISTRATIONS);
    console
}

#[test]
fn suppliers_are_a_time_line_with_import_and_export_apart() {
    let console = console();
    let browser = console.reader();
    insta::assert_snapshot!("supply_point", console.page(&browser, MPAN).main());
    let csv = console.page(&browser, &format!("{MPAN}/registrations.csv")).text;
    insta::assert_snapshot!(csv, @r#"
    mpxn,role,user_id,effective_from,effective_to,party_signifier,party_name,holds
    2000000000024,IS,90-B3-D5-1F-30-01-00-00,2023-06-01T00:00:00.000Z,2026-01-15T00:00:00.000Z,SUPA,Alder Energy (invented),past
    2000000000024,IS,90-B3-D5-1F-30-03-00-00,2026-01-15T00:00:00.000Z,2026-09-01T00:00:00.000Z,SUPC,"""Cedar"", Gas & Power (invented)",now
    2000000000024,IS,90-B3-D5-1F-30-01-00-00,2026-09-01T00:00:00.000Z,,SUPA,Alder Energy (invented),to come
    2000000000024,ES,90-B3-D5-1F-30-01-00-00,2025-06-01T00:00:00.000Z,,SUPA,Alder Energy (invented),now
    "#);
    let listed = console.page(&browser, &format!("{MPAN}/registrations.json")).text;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let holds = listed["registrations"].as_array().unwrap().iter().map(|row| row["holds"].as_str().unwrap());
    assert_eq!(holds.collect::<Vec<_>>(), ["past", "now", "to come", "now"]);
    let devices = json!([{
        "device_id": "00-DB-12-34-56-78-90-A8", "device_type": "ESME", "status": "InstalledNotCommissioned",
        "mpxn_kinds": ["ImportMPxN"],
    }]);
    assert_eq!((&listed["devices"], &listed["is_cut"]), (&devices, &json!(false)));
}

#[test]
fn an_mpxn_leads_to_its_page_from_devices() {
    let console = console();
    let browser = console.reader();
    let page = console.page(&browser, "/devices/00-DB-12-34-56-78-90-A2").main();
    assert!(page.contains("<a class=\"id\" href=\"/mpxns/2000000000015\">2000000000015</a>"), "{page}");
    let page = console.page(&browser, "/mpxns/2000000000015").main();
    assert!(page.contains("<a class=\"id\" href=\"/devices/00-DB-12-34-56-78-90-A2\">"), "{page}");
}

#[test]
fn an_mpxn_that_nobody_has_says_what_to_do() {
    let console = console();
    let browser = console.reader();
    let unknown = console.page(&browser, "/mpxns/2000000009999").main();
    assert!(unknown.contains("No registration and no Device has this MPxN."), "{unknown}");
    assert!(unknown.contains("smi import registrations FILE"), "{unknown}");
    // An MPxN may hold any character: the schema bounds its length alone.
    let odd = console.page(&browser, "/mpxns/%3Cb%3Ea%2Fb%3F").main();
    assert!(odd.contains("<h1>MPxN &#60;b&#62;a/b?</h1>") && !odd.contains("<b>"), "{odd}");
    assert_eq!(console.get_as(&browser, "/mpxns/12345678901234").status, 404);
    assert_eq!(console.get_as(&browser, &format!("{MPAN}?after=1")).status, 400);
}

#[test]
fn what_parties_are_called_is_shown_as_text() {
    let console = console();
    let users = console.smi.exported(Kind::Users).replace("SUPA", "<script>").replace("SUPC", "=1+1");
    console.smi.import(Kind::Users, &users);
    let browser = console.reader();
    let page = console.page(&browser, MPAN).main();
    assert!(page.contains("<title>&#60;script&#62;</title>") && !page.contains("<script"), "{page}");
    let csv = console.page(&browser, &format!("{MPAN}/registrations.csv")).text;
    assert!(csv.contains(",<script>,") && !csv.contains(",=1"), "{csv}");
}
