//! `/manage/tsat`: the answers as JSON, and what is refused with the name of the parameter.

use std::fs;

use serde_json::{Value, json};

use crate::support::{agent, package, served::Served};

const CLOCK: &str = "2022-01-01T12:00:00Z";
const DEVICES: &str = "\
device_id,device_type,status,smets_chts_version,gbcs_version,associated_gpf_device_id,csp_region,han_variant
00-DB-55-00-00-00-00-00,CHF,Pending,CHTS V1.0,1.1,00-DB-55-00-00-00-00-01,North,Single Band
00-DB-55-00-00-00-00-01,GPF,Pending,CHTS V1.0,1.1,,North,
00-DB-55-00-00-00-00-02,CHF,Pending,CHTS V1.0,,,,
00-DB-55-00-00-00-00-03,CAD,,,,,,
00-DB-55-00-00-00-00-04,CHF,Pending,v1.0,GBCS 1.1,,South,Dual Band
";

struct Asking {
    manage: String,
    _served: Served,
    _dir: tempfile::TempDir,
}

impl Asking {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = format!("[manage]\ntoken = 'open-sesame'\n[test]\nclock = '{CLOCK}'\n");
        fs::write(dir.path().join("smi.toml"), settings).unwrap();
        let load = dir.path().join("load");
        fs::create_dir(&load).unwrap();
        fs::write(load.join("devices.csv"), DEVICES).unwrap();
        for kind in ["tsat", "compatibility"] {
            let name = format!("{kind}.csv");
            fs::copy(package().join("fixtures/inventory").join(&name), load.join(name)).unwrap();
        }
        let served = Served::start(dir.path(), &load);
        Self { manage: served.address("manage"), _served: served, _dir: dir }
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let url = format!("http://{}/manage/{path}", self.manage);
        let mut reply = agent().get(url).header("authorization", "Bearer open-sesame").call().unwrap();
        let text = reply.body_mut().read_to_string().unwrap();
        (reply.status().as_u16(), serde_json::from_str(&text).unwrap())
    }

    fn told(&self, path: &str) -> Value {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

/// HUBS.md 6 and 8, rows 1, 4 and 5.
#[test]
fn the_routes_answer_as_the_tables_do() {
    let asking = Asking::start();
    let answer = asking.told("tsat/ask?specification=CHTS&version=CHTS%20V1.0&gbcs=1.1&on=2022-02-15");
    assert_eq!(
        answer,
        json!({
            "on": "2022-02-15", "as_at": "2022-01-01", "read": "CHTS 1.0 / GBCS 1.1", "table": "MP139",
            "row": "CHTS 1.0 / GBCS 1.1", "extended": true, "security": "assessment open", "warnings": [],
            "install": { "may": "no", "from": "2016-09-30", "to": "2022-01-31" },
            "maintain": { "may": "yes", "from": "2016-09-30", "to": "2022-02-28" },
            "operate": { "may": "yes", "from": "2017-11-06", "to": "ND" },
        })
    );
    let ended = asking.told("tsat/ask?specification=CHTS&version=1.1&gbcs=2.0&on=2022-03-01");
    assert_eq!(
        (&ended["install"]["may"], &ended["warnings"]),
        (&json!("yes"), &json!(["AP ended 2022-02-28"]))
    );
    let none = asking.told("tsat/ask?specification=CHTS&version=1.x&gbcs=1.1");
    assert_eq!(
        (&none["install"]["may"], &none["row"], &none["read"]),
        (&json!("no_row"), &Value::Null, &json!("CHTS not known / GBCS 1.1"))
    );
    let of = |id: &str| asking.told(&format!("tsat/ask?device_id=00-DB-55-00-00-00-00-{id}"));
    assert_eq!([&of("00")["row"], &of("01")["row"]], [&json!("CHTS 1.0 / GBCS 1.1"); 2]);
    assert_eq!(of("02")["read"], "CHTS 1.0 / GBCS not known");
    assert_eq!(of("03")["read"], "no specification not known / GBCS not known");
    // MP139-R11: region and band do not matter.
    assert_eq!(of("00"), of("04"));
    let smets1 = "tsat/ask?specification=SMETS1%20ESMSTS&version=1.2&on=2019-01-01";
    assert_eq!(asking.told(smets1)["install"]["may"], "no");
    let ppm = asking.told(&format!("{smets1}&ppm=true"));
    assert_eq!(
        (&ppm["install"], &ppm["operate"]),
        (
            &json!({ "may": "yes", "from": "2012-12-18", "to": "2019-03-15" }),
            &json!({ "may": "not_asked", "from": null, "to": null }),
        )
    );
}

/// HUBS.md 6 and 8, rows 7, 9 and 14.
#[test]
fn the_routes_give_tables_difference_review_dates_and_compatibility() {
    let asking = Asking::start();
    let table = asking.told("tsat?as_at=2021-01-20&specification=CHTS");
    assert_eq!((&table["version"], table["rows"].as_array().unwrap().len()), (&json!("9.0"), 4));
    assert_eq!(
        table["rows"][0]["way_up"],
        json!({ "deadline": "2021-02-28", "target": "CHTS 1.1 / GBCS 2.1" })
    );
    assert_eq!(table["versions_by_document"][3]["versions"]["SMETS1 of 1 February 2018"], "N/A");
    let all = asking.told("tsat");
    assert_eq!((&all["version"], all["rows"].as_array().unwrap().len()), (&json!("MP139"), 27));
    assert_eq!(
        all["versions"][2],
        json!({ "version": "EXAMPLE", "effective_from": "2030-01-01", "origin": "imported" })
    );
    let before = asking.told("tsat?as_at=2012-12-17");
    assert_eq!((&before["version"], &before["rows"]), (&Value::Null, &json!([])));

    let difference = asking.told("tsat/diff?from=9.0&to=MP139");
    assert_eq!(
        (difference["cells"].as_array().unwrap().len(), difference["extended"].as_array().unwrap().len()),
        (5, 3)
    );
    let review = asking.told("tsat/review?on=2021-12-01");
    assert_eq!(
        review,
        json!({
            "on": "2021-12-01", "table": "MP139", "months": 3, "next": "2022-03-01", "rows": [
                { "row": "CHTS 1.0 / GBCS 1.1", "ends": { "install_to": "2022-01-31", "maintain_to": "2022-02-28" } },
                { "row": "CHTS 1.1 / GBCS 2.0", "ends": { "operate_to": "2022-02-28" } },
            ],
        })
    );
    let dates = asking.told("tsat/effective?decision=2021-04-01");
    assert_eq!(
        dates,
        json!({ "decision": "2021-04-01", "effective_from": "2021-04-06", "referral_to": "2021-04-19" })
    );
    let tested = asking.told("tsat/compatibility?smets=V4.2&chts=CHTS%20V1.0");
    assert_eq!(
        (&tested["result"], &tested["records"][0]["devices_tested"]),
        (&json!("tested-ok"), &json!(3))
    );
    assert_eq!(asking.told("tsat/compatibility?smets=5.1&chts=1.4")["result"], "tested-failed");
    assert_eq!(asking.told("tsat/compatibility?smets=5.1&chts=1.0")["result"], "not-tested");
}

/// HUBS.md 5: the record of a CHF has its answers of today, that of any other Device has none.
#[test]
fn the_record_of_a_chf_has_its_validity() {
    let asking = Asking::start();
    let record = asking.told("devices/00-DB-55-00-00-00-00-00");
    assert_eq!(record["tsat"]["on"], "2022-01-01");
    assert_eq!(record["tsat"]["install"], json!({ "may": "yes", "from": "2016-09-30", "to": "2022-01-31" }));
    assert_eq!(asking.told("devices/00-DB-55-00-00-00-00-01").get("tsat"), None);
}

/// HUBS.md 7.
#[test]
fn what_cannot_be_read_is_refused_with_the_name_of_the_parameter() {
    let asking = Asking::start();
    let refused = [
        "tsat?as_at=2021-02-30",
        "tsat?specification=CHT",
        "tsat?day=1",
        "tsat/ask",
        "tsat/ask?specification=CHTS",
        "tsat/ask?version=1.0",
        "tsat/ask?device_id=00-DB-55-00-00-00-00-00&gbcs=1.1",
        "tsat/ask?device_id=1",
        "tsat/ask?device_id=00-DB-55-00-00-00-00-99",
        "tsat/ask?specification=CHTS&version=1.0&on=tomorrow",
        "tsat/ask?specification=CHTS&version=1.0&ppm=yes",
        "tsat/diff?from=9.0",
        "tsat/diff?from=9.0&to=MP140",
        "tsat/review?months=0",
        "tsat/review?months=three",
        "tsat/review?on=9999-12-01",
        "tsat/effective",
        "tsat/effective?decision=31/01/22",
        "tsat/compatibility?smets=4.2",
        "tsat/compatibility?smets=4.2&chts=1.x",
    ];
    let told = refused.map(|path| {
        let (status, body) = asking.get(path);
        format!("{path}: {status} {}", body["error"].as_str().unwrap())
    });
    insta::assert_snapshot!(told.join("\n"));
}
