//! `smi bench`: that it measures what it says; not how fast.

use std::process::{Command, Output};

fn bench(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_smi"))
        .arg("bench")
        .args(arguments)
        .args(["--dir", folder.path().to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "its folder goes");
    output
}

#[test]
fn a_run_measures_floor_stages_and_every_case() {
    let output = bench(&["--devices", "40", "--requests", "6", "--connections", "1,2", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["store"], "sqlite");
    assert!(report["floor"]["per_second"].as_f64().unwrap() > 0.0);
    assert_eq!(report["stages"].as_array().unwrap().len(), 7);
    let cases = report["cases"].as_array().unwrap();
    let measured = |case: &serde_json::Value| {
        let positive = ["per_second", "ratio", "p50_micros", "p999_micros", "peak_memory_bytes"]
            .iter()
            .all(|field| case[field].as_f64().is_some_and(|value| value > 0.0));
        assert!(positive, "{case}");
        format!("{} {}", case["request"].as_str().unwrap(), case["connections"])
    };
    assert_eq!(
        cases.iter().map(measured).collect::<Vec<_>>(),
        ["SR 8.4 1", "SR 8.4 2", "SR 8.2 1", "SR 8.2 2", "SR 12.1 1", "SR 12.1 2", "SR 12.2 1", "SR 12.2 2"]
    );
}

#[test]
fn coverage_of_growing_size_is_loaded_and_asked() {
    let output = bench(&["coverage", "--rows", "7,700", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let sizes = report["sizes"].as_array().unwrap();
    assert_eq!(sizes.iter().map(|size| size["rows"].as_u64().unwrap()).collect::<Vec<_>>(), [7, 700]);
    for field in ["loaded_per_second", "peak_memory_bytes", "queries_per_second", "load_ratio", "query_ratio"]
    {
        assert!(sizes.iter().all(|size| size[field].as_f64().unwrap() > 0.0), "{field}");
    }
}

#[test]
fn a_store_that_cannot_be_opened_is_named() {
    let output = bench(&["--store", "sqlite://missing/smi.db"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("cannot open database `missing/smi.db`"), "{told}");
}
