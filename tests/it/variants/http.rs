//! `/manage/variants`: pages, the report, and what is refused.

use serde_json::Value;

use super::sample::{HEADER, Served, esme, meter, world};
use crate::support::SUPPLIER;

#[test]
fn suspects_come_in_pages_each_once_with_every_check() {
    let meters = (0..7).map(|number| esme(number, "Commissioned", "M 1", "01", "A")).collect::<String>();
    let world = world(&(HEADER.to_owned() + &meters), "AB01,M 1,,ADE,x\n");
    let served = Served::start(&world);
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = served.json(&format!("/manage/variants/suspects?limit=3{after}"));
        assert_eq!(page["no_evidence"], Value::Null);
        let ids = page["suspects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["device_id"].as_str().unwrap().to_owned());
        found.extend(ids);
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(found, (0..7).map(|number| meter(number).to_string()).collect::<Vec<_>>());
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

#[test]
fn a_question_that_is_none_is_refused_with_its_place() {
    let served = Served::start(&world(HEADER, ""));
    for (path, place) in [
        ("suspects?evidence=loud", "evidence: "),
        ("suspects?correctable_by=x", "correctable_by: "),
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
