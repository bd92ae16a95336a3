//! `smi bench`: that it measures what it says; not how fast.

use std::process::{Command, Output};

use crate::{
    oracles::{is_there, npm},
    support::package,
};

/// Where the npm package of Smart DCC's signing tool has it.
const TOOL: &str = "tests/client/node_modules/@smartdcc/duis-sign-wrap/dist/tool.jar";
const SMALL: [&str; 7] = ["--devices", "40", "--requests", "3", "--connections", "1", "--json"];

fn bench(arguments: &[&str]) -> Output {
    bench_with(arguments, &[])
}

fn bench_with(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_smi"))
        .arg("bench")
        .args(arguments)
        .args(["--dir", folder.path().to_str().unwrap()])
        .envs(environment.iter().copied())
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "its folder goes");
    output
}

fn refused(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let output = bench_with(arguments, environment);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
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
        let share = case["per_second"].as_f64().unwrap() / case["floor_per_second"].as_f64().unwrap();
        assert!((share - case["ratio"].as_f64().unwrap()).abs() < 1e-9, "{case}");
        format!("{} {}", case["request"].as_str().unwrap(), case["connections"])
    };
    let (half, cases) = cases.split_last().unwrap();
    assert!(measured(half).starts_with("8.4 half "), "{half}");
    let rates = cases.iter().filter(|case| case["request"] == "SR 8.4").map(|case| &case["per_second"]);
    let peak = rates.filter_map(serde_json::Value::as_f64).fold(0.0, f64::max);
    assert!(half["per_second"].as_f64().unwrap() < peak, "{half}");
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

#[test]
fn smart_dccs_tool_signs_and_verifies_the_same_messages_beside_ours() {
    let (Some(tool), true) = (npm("duis-sign-wrap/dist/tool.jar"), is_there("java")) else { return };
    let arguments = [&SMALL[..], &["--peer", "java", "--peer-jar", tool.to_str().unwrap()]].concat();
    // A JVM that does little compiles little.
    let output = bench_with(&arguments, &[("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let peer = &report["peer"];
    assert!(peer["java"].as_str().unwrap().contains("version"), "{peer}");
    let ways = peer["ways"].as_array().unwrap();
    for way in ways {
        for field in ["sign_per_second", "verify_per_second", "per_second", "ratio"] {
            assert!(way[field].as_f64().unwrap() > 0.0, "{way}");
        }
    }
    let named = ways.iter().map(|way| way["name"].as_str().unwrap()).collect::<Vec<_>>();
    let (ours, tools) = named.split_first().unwrap();
    assert_eq!(*ours, "smi");
    // Without a compiler one way is left out, and the report says so.
    let staying = ["the tool, in JVMs that stay"].into_iter().filter(|_| peer["left_out"].is_null());
    assert_eq!(tools, staying.chain(["the tool as it ships, a JVM each"]).collect::<Vec<_>>());
}

#[test]
fn a_peer_that_is_not_there_is_named() {
    let told = refused(&["--peer", "java"], &[]);
    assert!(told.contains(&format!("no `{TOOL}`: `npm ci` in tests/client installs it")), "{told}");
    let told = refused(&["--peer", "java", "--peer-jar", "missing.jar"], &[]);
    assert!(told.contains("missing.jar: No such file"), "{told}");
    let no_jar = package().join("Cargo.toml");
    let no_jar = ["--peer", "java", "--peer-jar", no_jar.to_str().unwrap()];
    let told = refused(&no_jar, &[("PATH", "")]);
    assert!(told.contains("`java` does not run; --peer java needs it in the search path"), "{told}");
}

#[test]
fn a_peer_that_does_not_sign_is_not_counted() {
    if !is_there("java") {
        return;
    }
    let no_jar = package().join("Cargo.toml");
    let told =
        refused(&[&SMALL[..], &["--peer", "java", "--peer-jar", no_jar.to_str().unwrap()]].concat(), &[]);
    assert!(told.contains("signing") && told.contains("uk.co.smartdcc.boxed.xmldsig"), "{told}");
}
