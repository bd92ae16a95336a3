//! What is refused, with its reason; and what a service without `[test]` has of the bench: nothing.

use std::fmt::Write as _;

use serde_json::json;
use smi::{
    service::Choices,
    settings::{Overrides, SECTIONS, Settings},
    web,
};

use super::bench::Bench;
use crate::support::{DCC, Smi};

/// HARNESS.md 5: unknown faults, percent 101 and whatever else is no fault: 400 with place and reason, and the list before stands.
#[test]
fn a_list_that_cannot_stand_is_refused_with_its_place() {
    let bench = Bench::start();
    bench.faults(r#"[{"id": "stands", "do": "drop_after"}]"#);
    let mut table = String::new();
    for list in [
        r#"[{"id": "a", "do": "explode"}]"#,
        r#"[{"id": "a", "when": {"percent": 101}, "do": "truncate"}]"#,
        r#"[{"id": "a", "when": {"nth": 0}, "do": "truncate"}]"#,
        r#"[{"id": "a", "when": {"service": "8"}, "do": "truncate"}]"#,
        r#"[{"id": "a", "when": {"variant": "8.14"}, "do": "truncate"}]"#,
        r#"[{"id": "a", "when": {"user": "90"}, "do": "truncate"}]"#,
        r#"[{"id": "a", "when": {"colour": "red"}, "do": "truncate"}]"#,
        r#"[{"id": "a/b", "do": "truncate"}]"#,
        r#"[{"id": "", "do": "truncate"}]"#,
        r#"[{"id": "a", "do": "truncate"}, {"id": "a", "do": "truncate"}]"#,
        r#"[{"id": "a", "do": "truncate", "times": 0}]"#,
        r#"[{"id": "a"}]"#,
        r#"{"id": "a", "do": "truncate"}"#,
        "",
    ] {
        let (status, body) = bench.call("PUT", "/manage/faults", list);
        assert_eq!(status, 400, "{list}: {body}");
        writeln!(table, "{list}\n    {}", body["error"].as_str().unwrap()).unwrap();
    }
    insta::assert_snapshot!("a_list_that_cannot_stand", table);
    let (status, body) = bench.call("PUT", "/manage/faults?seed=x", "[]");
    assert_eq!((status, body["error"].as_str().unwrap()), (400, "seed: give a number from 0 to 4294967295"));
    let many = format!("[{}]", vec![r#"{"id": "a", "do": "truncate"}"#; 101].join(","));
    assert_eq!(bench.call("PUT", "/manage/faults", &many).0, 400);
    assert_eq!(bench.get("/manage/faults")["faults"][0]["id"], json!("stands"));
}

/// HARNESS.md, opening: every path of the bench is refused without `[test]`, and no other setting switches any of it on.
#[test]
fn without_test_nothing_of_the_bench_is_there() {
    let bench = Bench::of(Smi::choosing(Choices::of(DCC)));
    let of_bench = ["/manage/faults", "/manage/journal", "/manage/states"];
    let paths = web::manage_routes().filter(|(_, path)| of_bench.iter().any(|of| path.starts_with(of)));
    let paths = paths.map(|(method, path)| (method, path.replace("{n}", "1").replace("{name}", "a")));
    let paths = paths.collect::<Vec<_>>();
    assert!(paths.len() >= 7, "{paths:?}");
    for (method, path) in paths {
        let (status, body) = bench.call(method, &path, r#"[{"id": "a", "do": "drop_after"}]"#);
        let error = body["error"].as_str().unwrap();
        assert!(
            status == 403 && error.starts_with("this needs `[test]"),
            "{method} {path}: {status} {error}"
        );
    }
    let (request, message) = bench.deletion();
    assert_eq!(bench.shown(&bench.send(&message)), "I99");
    assert_eq!(bench.smi.decisions(request.id).len(), 1);
    assert!(bench.smi.service.test_bench().is_err());
    // Each setting alone, with each of these values: no other than those of `[test]` makes a test bench.
    let values = ["1", "true", "a", "http://127.0.0.1:9", "2026-01-01", "North", "succeed", "[\"North\"]"];
    for section in SECTIONS {
        for key in section.keys {
            let is_test = section.name == "test";
            let default = key.default.map(|text| text.trim_matches('"'));
            let tried = values.iter().copied().chain(default).filter_map(|value| {
                let variable = (section.variable(key), value.to_owned());
                Settings::load(None, &[variable], Overrides::default()).ok()
            });
            let tried = tried.collect::<Vec<_>>();
            let name = format!("{}.{}", section.name, key.name);
            assert!(tried.iter().all(|settings| settings.test.is_some() == is_test), "{name}");
            assert!(!is_test || !tried.is_empty(), "{name} is never set");
        }
    }
}
