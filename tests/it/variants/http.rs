//! `/manage/variants`: pages, the report, and what is refused.

use serde_json::Value;

use super::sample::{HEADER, Served, esme, estate, ids, meter, world};
use crate::support::SUPPLIER;

#[test]
fn suspects_come_in_pages_each_once_with_every_check() {
    let meters = (0..7).map(|number| esme(number, "Commissioned", "M 1", "01", "A")).collect::<String>();
    let world = world(&(HEADER.to_owned() + &meters), "AB01,M 1,,ADE,x\n");
    let served = Served::start(&world);
    let pages = served.pages_of_suspects(3);
    assert_eq!(pages.iter().map(|page| &page["no_evidence"]).collect::<Vec<_>>(), [&Value::Null; 3]);
    assert_eq!(ids(&pages), (0..7).map(|number| meter(number).to_string()).collect::<Vec<_>>());
    let page = served.json(&format!(
        "/manage/variants/suspects?evidence=contradicted;hint&correctable_by={SUPPLIER}&limit=1"
    ));
    let one = &page["suspects"][0];
    assert_eq!((&one["correctable_by"][0], &one["rule"]), (&SUPPLIER.to_string().into(), &"SR8.4/g".into()));
    assert_eq!(one["esme_variant_type"], "Single Element Electricity Metering Equipment");
    assert_eq!((&one["checks"][0]["rule"], &one["checks"][0]["holds"]), (&"EV/a".into(), &false.into()));
    assert_eq!(served.json("/manage/variants/suspects?evidence=hint")["suspects"], serde_json::json!([]));
    assert_eq!(served.json("/manage/variants/suspects?party=GAIN")["suspects"], serde_json::json!([]));
    let report = served.json("/manage/variants/report?by=status&baseline=10&weeks=1");
    assert_eq!(
        (&report["by"], &report["total"]["strong"], &report["left_of_baseline"]),
        (&"status".into(), &7.into(), &10.into())
    );
}

/// More suspects in a range than the engine is asked about at a time, and than are asked for.
#[test]
fn pages_of_a_large_range_have_each_suspect_once() {
    let meters = (0..1_203).map(|number| esme(number, "Commissioned", "M 1", "01", "A")).collect::<String>();
    let world = world(&(HEADER.to_owned() + &meters), "AB01,M 1,,ADE,x\n");
    let served = Served::start(&world);
    let found = ids(&served.pages_of_suspects(401));
    assert_eq!(found, (0..1_203).map(|number| meter(number).to_string()).collect::<Vec<_>>());
}

#[test]
fn a_question_that_is_none_is_refused_with_its_place() {
    let world = world(HEADER, "");
    let served = Served::start(&world);
    for (path, place) in [
        ("suspects?evidence=loud", "evidence: "),
        ("suspects?correctable_by=x", "correctable_by: "),
        (
            "suspects?correctable_by=00-DB-12-34-56-78-00-99",
            "correctable_by: `00-DB-12-34-56-78-00-99` is not the ID of any User",
        ),
        ("suspects?party=inst", "party: `inst` is not the Party of any User; `INST` is"),
        ("suspects?party=", "party: `` is not the Party of any User"),
        ("suspects?after=x", "after: "),
        ("suspects?limit=0", "limit: "),
        ("suspects?colour=red", "query: "),
        ("report?by=colour", "by: "),
        ("report?baseline=-1", "baseline: "),
        ("report?weeks=x", "weeks: "),
    ] {
        let (status, body) = served.get(&format!("/manage/variants/{path}"));
        let error = body["error"].as_str().unwrap();
        assert!(status == 400 && error.starts_with(place), "{path}: {status} {error}");
    }
}

/// FACTS.md U5, U6: one list of reports, of the inventory and of a month; what a report does not have is refused by its place.
#[test]
fn u6_reports_are_served_by_their_names() {
    let world = world(&estate(1, 3), "");
    let served = Served::start(&world);
    let report = served.json("/manage/reports/estate?as_at=2026-06-01T12:00:00Z");
    let variants = report["rows"].as_array().unwrap().iter().map(|row| row["esme_variant"].clone());
    assert_eq!(variants.collect::<Vec<_>>(), ["A", "ADE", "ADE"]);
    assert_eq!(report["as_at"], "2026-06-01T12:00:00.000Z");
    let report = served.json("/manage/reports/changes?month=2026-03");
    assert_eq!([&report["report"], &report["month"]], ["changes", "2026-03"]);
    for (asked, status, reason) in [
        ("estates", 404, "report: `estates` is not a report: one of estate, status, "),
        ("hubs?month=2026-03", 400, "month: hubs takes none; it is asked of firmware-trt, "),
        ("changes?party=SUPA", 400, "party: changes is about a month; it is asked of estate, status, "),
        (
            "gained-not-commissioned?as_at=2026-03-01",
            400,
            "as_at: gained-not-commissioned takes none; it is asked of estate, ",
        ),
        ("hubs?as_at=yesterday", 400, "as_at: "),
        (
            "hubs?as_at=2099-01-01",
            400,
            "as_at: `2099-01-01T00:00:00.000Z` is still to come: it is 2026-06-01T",
        ),
        ("estate?party=NOBODY", 400, "party: `NOBODY` is not the Party of any User"),
        ("estate?party=", 400, "party: `` is not the Party of any User"),
        ("estate?party=Inst&format=csv", 400, "party: `Inst` is not the Party of any User; `INST` is"),
        ("hubs?format=xml", 400, "format: `xml` is not a format"),
        ("hubs?colour=red", 400, "query: "),
    ] {
        let (found, body) = served.get(&format!("/manage/reports/{asked}"));
        assert!(
            found == status && body["error"].as_str().unwrap().starts_with(reason),
            "{asked}: {found} {body}"
        );
    }
    assert_eq!(served.get("/manage/inventory/reports/estate").0, 404, "there is one name for it");
}

/// A CSV file has no place for what its report is about: the headers have it.
#[test]
fn u6_the_headers_of_a_report_say_what_it_is_about() {
    let world = world(&estate(1, 3), "");
    let served = Served::start(&world);
    let told = |query: &str| {
        let names = ["x-smi-made-at", "x-smi-as-at", "x-smi-unknown-before", "x-smi-nothing-before"];
        served.headers(&format!("/manage/reports/status?format=csv{query}"), names).join(" ")
    };
    let now = "2026-06-01T12:00:00.000Z";
    assert_eq!(told(""), format!("{now} - - -"));
    assert_eq!(told("&as_at=2026-06-01T12:00:00Z"), format!("{now} {now} - -"));
    assert_eq!(told("&as_at=2020-01-01"), format!("{now} 2020-01-01T00:00:00.000Z {now} {now}"));
}
