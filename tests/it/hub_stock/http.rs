//! `/manage/hubs`: lists in pages, one hub, reports as JSON and CSV, and what is refused.

use serde_json::{Value, json};
use smi::store::Kind;

use super::sample::{Rows, eui, world};
use crate::support::managed::Managed;

fn managed() -> Managed {
    Managed::start(world())
}

/// Status and reason of a refusal.
fn refusal(managed: &Managed, path: &str) -> String {
    let answer = managed.call("GET", path, "");
    format!("{} {}", answer.status, answer.error())
}

#[test]
fn hubs_come_in_pages_each_once_and_the_soonest_first() {
    let managed = managed();
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = managed.get(&format!("/manage/hubs?limit=170{after}"));
        assert_eq!(page["total"], 1_000);
        let hubs = page["hubs"].as_array().unwrap();
        assert!(hubs.len() == 170 || page["next"].is_null());
        found.extend(hubs.iter().map(|hub| {
            (
                hub["use_by"].as_str().unwrap_or("~").to_owned(),
                hub["chf_device_id"].as_str().unwrap().to_owned(),
            )
        }));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert!(found.iter().map(|(use_by, _)| use_by).is_sorted());
    let mut ids = found.into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1_000);
}

#[test]
fn hubs_are_filtered_by_what_they_are_judged_by() {
    let managed = managed();
    let total = |query: &str| managed.get(&format!("/manage/hubs?limit=1&{query}"))["total"].clone();
    for (query, expected) in [
        ("party=SUPA", 750),
        ("party=SUPA&version=1.0&gbcs=1.1", 450),
        ("version=CHTS%20V1.1&gbcs=2.1", 200),
        ("within=30", 600),
        ("within=30&party=SUPC&region=North", 50),
        ("party=unknown", 0),
        ("region=4G%20North", 0),
    ] {
        assert_eq!(total(query), expected, "{query}");
    }
    let first = &managed.get("/manage/hubs?party=SUPA&region=North&limit=1")["hubs"][0];
    assert_eq!(
        *first,
        json!({
            "chf_device_id": eui(42), "party": "SUPA", "pre_notified_by": "90-B3-D5-1F-30-01-00-00",
            "device_manufacturer": "Sample Hubs", "device_model": "SH-C1", "firmware_version": "01000000",
            "chts_version": "CHTS V1.0", "gbcs_version": "1.1", "csp_region": "North", "band": "DBCH",
            "install_to": "2022-01-31", "use_by": "2022-01-31", "use_by_kind": "IVP",
            "stock": {
                "location_id": "SUPA-1", "delivered_on": "2021-03-01", "asn": null, "pallet": "P00000",
                "carton": null, "packaging": "sealed",
            },
        })
    );
}

/// A hub that leaves stock while somebody reads the list is still a place of it.
#[test]
fn a_list_goes_on_behind_a_hub_that_was_installed_meanwhile() {
    let managed = managed();
    let first = managed.get("/manage/hubs?limit=2");
    let next = first["next"].as_str().unwrap();
    super::installed::install(&managed.smi, next.parse().unwrap());
    let second = managed.get(&format!("/manage/hubs?limit=998&after={next}"));
    assert_eq!((second["hubs"].as_array().unwrap().len(), &second["next"]), (998, &Value::Null));
    assert_eq!(second["total"], 999);
}

#[test]
fn a_hub_is_shown_with_its_verdict_its_place_and_its_firmware() {
    let managed = managed();
    let hub = managed.get(&format!("/manage/hubs/{}?on=2022-02-15", eui(0)));
    assert_eq!(
        hub["validity"],
        json!({
            "on": "2022-02-15", "table": "MP139", "row": "CHTS 1.0 / GBCS 1.1", "warnings": [],
            "install": { "may": "no", "from": "2016-09-30", "to": "2022-01-31" },
            "maintain": { "may": "yes", "from": "2016-09-30", "to": "2022-02-28" },
            "operate": { "may": "yes", "from": "2017-11-06", "to": "ND" },
        })
    );
    assert_eq!(hub["stock"]["location_id"], "SUPA-1");
    assert_eq!((&hub["generation"], &hub["newest"]), (&json!("N-4 or older"), &json!("03000100")));
    assert_eq!((&hub["gpf_device_id"], &hub["status"]), (&json!(eui(1)), &json!("Pending")));
    assert_eq!(managed.get(&format!("/manage/hubs/{}", eui(0)))["validity"]["on"], "2022-01-01");
    let device = managed.get(&format!("/manage/devices/{}", eui(0)));
    assert_eq!(device["stock"], hub["stock"]);
    assert_eq!(managed.get(&format!("/manage/devices/{}", eui(1))).get("stock"), None);
}

/// HUBS.md 6: JSON has pence as whole numbers, CSV pounds with two places.
#[test]
fn reports_are_json_and_csv() {
    let managed = managed();
    let report = managed.get("/manage/hubs/reports/at-risk?within=30");
    assert_eq!(
        (&report["report"], &report["on"], &report["table"], &report["within"]),
        (&json!("at-risk"), &json!("2022-01-01"), &json!("MP139"), &json!(30))
    );
    assert_eq!(
        report["rows"][0],
        json!({
            "party_signifier": "SUPA", "chts_version": "1.0", "gbcs_version": "1.1", "install_to": "2022-01-31",
            "days_left": 30, "in_stock": 450, "at_risk": 450, "expired": 0, "no_row": 0, "in_reflash": 0,
            "at_risk_pence": 1_800_000, "expired_pence": 0,
        })
    );
    assert_eq!(
        report["total"],
        json!({
            "in_stock": 1_000, "at_risk": 600, "expired": 0, "no_row": 0, "in_reflash": 0,
            "at_risk_pence": 2_400_000, "expired_pence": 0,
        })
    );
    let default = managed.get("/manage/hubs/reports/at-risk");
    assert_eq!(default["within"], 90);
    let (status, media_type, csv) =
        managed.send("GET", "/manage/hubs/reports/at-risk?within=30&by=region&format=csv", "");
    assert_eq!((status, media_type.as_str()), (200, "text/csv; charset=utf-8"));
    let rows = Rows::read(csv.as_bytes());
    assert!(rows.columns(&["csp_region", "at_risk_gbp"]).contains(&"North 6000.00".to_owned()), "{csv}");
    for (name, rows) in
        [("candidates", 7), ("plan", 4), ("age", 12), ("outstanding", 0), ("non-compliant", 0)]
    {
        let report = managed.get(&format!("/manage/hubs/reports/{name}"));
        assert_eq!(report["rows"].as_array().unwrap().len(), rows, "{name}");
    }
    let totals = &managed.get("/manage/hubs/reports/non-compliant")["total"];
    assert_eq!(*totals, json!({ "compliant": 0, "non_compliant": 0, "no_row": 0, "unknown_date": 0 }));
}

/// What others wrote is no formula in a CSV file; a negative number stays one, and JSON has the text as it is.
#[test]
fn a_report_as_csv_has_no_formula() {
    let managed = managed();
    let hub = super::sample::hub(5_000, "Pending", "").replace("Sample Hubs", "=1+1");
    managed.smi.import(Kind::Devices, &(super::sample::DEVICES.to_owned() + &hub));
    let stock = format!(
        "chf_device_id,location_id,delivered_on,packaging\n{},SUPA-1,2021-03-01,sealed\n",
        eui(10_000)
    );
    managed.smi.import(Kind::Stock, &stock);
    for report in ["/manage/hubs/reports/candidates", "/manage/reports/model"] {
        let (status, csv) = managed.page(&format!("{report}?format=csv"));
        assert!(status == 200 && csv.contains(",'=1+1,") && !csv.contains(",=1+1,"), "{csv}");
        let (_, json) = managed.page(report);
        assert!(json.contains("\"=1+1\""), "{json}");
    }
    let (_, csv) = managed.page("/manage/hubs/reports/at-risk?on=2022-03-01&format=csv");
    let rows = Rows::read(csv.as_bytes());
    assert!(rows.columns(&["install_to", "days_left"]).contains(&"2022-01-31 -29".to_owned()), "{csv}");
}

/// A report of more lines than a chunk is sent whole.
#[test]
fn a_long_report_is_sent_as_it_is_made() {
    let managed = managed();
    let csv = (0..3_000).map(|number| super::sample::hub(number, "Commissioned", "2021-06-01"));
    managed.smi.import(Kind::Devices, &(super::sample::DEVICES.to_owned() + &csv.collect::<String>()));
    let report = managed.get("/manage/hubs/reports/outstanding?on=2022-06-01");
    assert_eq!(report["rows"].as_array().unwrap().len(), 2_700);
    let (_, csv) = managed.page("/manage/hubs/reports/outstanding?on=2022-06-01&format=csv");
    assert_eq!(Rows::read(csv.as_bytes()).len(), 2_700);
    assert!(csv.len() > 100_000, "{}", csv.len());
}

/// HUBS.md 7.
#[test]
fn what_cannot_be_read_is_refused_by_its_name() {
    let managed = managed();
    let refusals = [
        "/manage/hubs?within=-1",
        "/manage/hubs?version=1.x",
        "/manage/hubs?gbcs=",
        "/manage/hubs?region=East",
        "/manage/hubs?after=7",
        "/manage/hubs?after=00-DB-55-FF-FF-FF-FF-FF",
        "/manage/hubs?limit=1001",
        "/manage/hubs?colour=red",
        "/manage/hubs/7",
        "/manage/hubs/00-DB-55-FF-FF-FF-FF-FF",
        "/manage/hubs/00-DB-55-00-00-00-00-01",
        "/manage/hubs/00-DB-55-00-00-00-00-00?on=2021-02-30",
        "/manage/hubs/reports/stock",
        "/manage/hubs/reports/at-risk?on=31/01/22",
        "/manage/hubs/reports/at-risk?by=colour",
        "/manage/hubs/reports/at-risk?format=xml",
        "/manage/hubs/reports/plan?within=3",
        "/manage/hubs/reports/age?by=region",
    ]
    .map(|path| format!("{path}: {}", refusal(&managed, path)));
    insta::assert_snapshot!(refusals.join("\n"), @"
    /manage/hubs?within=-1: 400 within: give a number of days from 0 to 36500
    /manage/hubs?version=1.x: 400 version: give a text that ends with a version like `1.0`
    /manage/hubs?gbcs=: 400 gbcs: give a text that ends with a version like `1.0`
    /manage/hubs?region=East: 400 region: `East` is not a CSPRegion: one of North, Central, South, 4G North, 4G Central, 4G South, Unknown, SMETS1
    /manage/hubs?after=7: 400 after: give what `next` of the page before says
    /manage/hubs?after=00-DB-55-FF-FF-FF-FF-FF: 400 after: give what `next` of the page before says
    /manage/hubs?limit=1001: 400 limit: give a number from 1 to 1000
    /manage/hubs?colour=red: 400 query: Query deserialize error: unknown field `colour`, expected one of `party`, `version`, `gbcs`, `region`, `within`, `after`, `limit`
    /manage/hubs/7: 400 device id: `7` is not an EUI-64: 16 hex digits in pairs joined by `-`
    /manage/hubs/00-DB-55-FF-FF-FF-FF-FF: 404 `00-DB-55-FF-FF-FF-FF-FF` is no hub in the SMI
    /manage/hubs/00-DB-55-00-00-00-00-01: 404 `00-DB-55-00-00-00-00-01` is no hub in the SMI
    /manage/hubs/00-DB-55-00-00-00-00-00?on=2021-02-30: 400 on: `2021-02-30` is not a date like `2026-01-31`
    /manage/hubs/reports/stock: 404 report: `stock` is not a report of hubs: one of at-risk, candidates, plan, outstanding, non-compliant, age
    /manage/hubs/reports/at-risk?on=31/01/22: 400 on: `31/01/22` is not a date like `2026-01-31`
    /manage/hubs/reports/at-risk?by=colour: 400 by: `colour` is not a division of stock: one of region, band, location
    /manage/hubs/reports/at-risk?format=xml: 400 format: `xml` is not a format: one of json, csv
    /manage/hubs/reports/plan?within=3: 400 within: it is asked of at-risk; it says nothing about plan
    /manage/hubs/reports/age?by=region: 400 by: it is asked of at-risk; it says nothing about age
    ");
}
