//! `smi bench`: that it measures what it says; not how fast.

use std::process::{Command, Output};

use smi::{
    db::{Connection, Store},
    store::{self, ExportFault, Kind},
};

use crate::{
    oracles::{is_there, npm},
    support::{fresh_database, package},
};

/// Where the npm package of Smart DCC's signing tool has it.
const TOOL: &str = "tests/client/node_modules/@smartdcc/duis-sign-wrap/dist/tool.jar";
const SMALL: [&str; 11] = [
    "--devices",
    "40",
    "--requests",
    "3",
    "--connections",
    "1",
    "--rounds",
    "1",
    "--floor",
    "10ms",
    "--json",
];

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

/// The report of a run that succeeds.
fn report(arguments: &[&str]) -> serde_json::Value {
    let output = bench(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(of: &serde_json::Value, field: &str) -> f64 {
    of[field].as_f64().unwrap_or_else(|| panic!("no number {field}: {of}"))
}

/// Checks the numbers of a case. Returns its name, and its number of connections.
fn measured(case: &serde_json::Value) -> String {
    let rounds = case["rounds"].as_array().unwrap();
    for round in &[rounds, &vec![case.clone()][..]].concat() {
        for field in ["per_second", "ratio", "p50_micros", "p999_micros", "peak_memory_bytes"] {
            assert!(number(round, field) > 0.0, "{field}: {round}");
        }
        assert!(number(round, "net_ratio") >= number(round, "ratio"), "{round}");
        let shares = round["shares"].as_array().unwrap().iter().filter_map(serde_json::Value::as_f64);
        assert!((shares.sum::<f64>() - 1.0).abs() < 0.1, "{round}");
        if let Some(idle) = round["cores_idle"].as_f64() {
            assert!((0.0..=1.0).contains(&idle), "{round}");
        }
    }
    for round in rounds {
        let share = number(round, "per_second") / number(round, "floor_per_second");
        assert!((share - number(round, "ratio")).abs() < 1e-9, "{round}");
        assert!(number(round, "ratio") >= number(case, "ratio_low"), "{case}");
        assert!(number(round, "ratio") <= number(case, "ratio_high"), "{case}");
    }
    format!("{} {}", case["request"].as_str().unwrap(), case["connections"])
}

#[test]
fn a_run_measures_floor_stages_and_every_case() {
    let small =
        ["--devices", "40", "--requests", "6", "--connections", "1,2", "--rounds", "3", "--floor", "10ms"];
    let report = report(&[&small[..], &["--json"]].concat());
    assert_eq!(report["store"], "sqlite");
    assert_eq!([&report["rounds"], &report["instances"]], [3, 1]);
    assert!(report["round_trip"].is_null());
    assert!(number(&report["floor"], "per_second") > 0.0);
    assert_eq!(report["stages"].as_array().unwrap().len(), 7);
    let cases = report["cases"].as_array().unwrap();
    assert!(cases.iter().all(|case| case["rounds"].as_array().unwrap().len() == 3));
    assert!(cases.iter().all(|case| case["relay_cpu_micros"].is_null()));
    let (half, cases) = cases.split_last().unwrap();
    assert!(measured(half).starts_with("8.4 half "), "{half}");
    assert_eq!(
        cases.iter().map(measured).collect::<Vec<_>>(),
        ["SR 8.4 1", "SR 8.4 2", "SR 8.2 1", "SR 8.2 2", "SR 12.1 1", "SR 12.1 2", "SR 12.2 1", "SR 12.2 2"]
    );
}

/// All connections are one User's, who may not have so many messages answered at once by default.
#[test]
fn as_many_messages_as_connections_are_answered_at_once() {
    let small = ["--devices", "40", "--requests", "300", "--connections", "300", "--rounds", "1"];
    let report = report(&[&small[..], &["--floor", "10ms", "--json"]].concat());
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(cases.iter().map(measured).collect::<Vec<_>>().len(), 5);
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn instances_share_a_database_that_is_a_round_trip_away() {
    let database = fresh_database();
    let more = ["--requests", "40", "--connections", "4", "--store", &database.url, "--rounds", "2"];
    let network = ["--devices", "40", "--floor", "10ms", "--instances", "2", "--round-trip", "5ms", "--json"];
    let report = report(&[&more[..], &network].concat());
    assert_eq!([report["store"].as_str(), report["instances"].as_str()], [Some("postgres"), None]);
    assert_eq!(report["instances"], 2);
    let round_trip = &report["round_trip"];
    assert_eq!(number(round_trip, "asked_micros"), 5_000.0);
    let relayed = number(round_trip, "relayed_micros");
    // How much longer it takes is the machine's load: the relay's own tests show that it is little.
    assert!(relayed >= 5_000.0 && relayed > number(round_trip, "direct_micros"), "{round_trip}");
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(
        cases.iter().map(measured).collect::<Vec<_>>(),
        ["SR 8.4 4", "SR 8.2 4", "SR 12.1 4", "SR 12.2 4", "8.4 half 4"]
    );
    for case in cases {
        assert!(number(case, "relay_cpu_micros") > 0.0, "{case}");
        // Nothing is decided without a statement.
        assert!(number(case, "p50_micros") > 5_000.0, "{case}");
        assert!(case["shares"].as_array().unwrap().iter().all(|share| share.as_f64() > Some(0.0)), "{case}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn the_table_shows_the_round_trip_and_each_instances_share() {
    let database = fresh_database();
    let more = ["--store", &database.url, "--instances", "2", "--round-trip", "1ms"];
    let table = SMALL.iter().filter(|argument| **argument != "--json").copied().chain(more);
    let output = bench(&table.collect::<Vec<_>>());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("round trip to the database: 1 ms asked for; SELECT 1 takes "), "{table}");
    assert!(table.contains("relay us  share of each\nSR 8.4 "), "{table}");
    assert!(table.contains("instances: 2; "), "{table}");
}

#[test]
fn what_the_arguments_lack_is_told_by_their_names() {
    let told = |arguments: &[&str]| {
        let output = bench(arguments);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let text = told(&["--round-trip", "1"]);
    assert!(
        text.contains("'1' for '--round-trip <TIME>': a number with its unit, `us`, `ms` or `s`"),
        "{text}"
    );
    let text = told(&["--instances", "0"]);
    assert!(text.contains("'0' for '--instances <NUMBER>': at least 1"), "{text}");
    let text = told(&["--rounds", "0"]);
    assert!(text.contains("'0' for '--rounds <NUMBER>': at least 1"), "{text}");
    let text = told(&["--instances", "3"]);
    assert!(text.contains("--instances 3 needs a database server, `--store postgres://...`"), "{text}");
    let text = told(&["--round-trip", "1ms", "--store", "sqlite://smi.db"]);
    assert!(text.contains("--round-trip needs a database server, `--store postgres://...`"), "{text}");
}

#[test]
fn pages_of_the_console_are_loaded_beside_a_loaded_service() {
    let small = ["console", "--devices", "40", "--requests", "300", "--connections", "2", "--rounds", "2"];
    let report = report(&[&small[..], &["--pages", "200", "--json"]].concat());
    assert_eq!([&report["devices"], &report["rounds"], &report["connections"]], [40, 2, 2]);
    for field in ["alone_per_second", "beside_per_second", "ratio"] {
        assert!(number(&report, field) > 0.0, "{field}: {report}");
    }
    assert!(number(&report, "ratio_low") <= number(&report, "ratio_high"), "{report}");
    let pages = report["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 14, "{report}");
    for page in pages {
        assert!(number(page, "loads") >= 1.0 && number(page, "p50_ms") > 0.0, "{page}");
        assert!(number(page, "p99_ms") <= number(page, "longest_ms"), "{page}");
    }
}

/// SERVICE.md 7: the rate of SR 11.3 beside that of SR 8.4, and the writer beside an SR 11.1, with their bounds.
#[test]
fn activations_of_an_image_are_measured_beside_corrections() {
    let database = fresh_database();
    let small = ["firmware", "--activations", "45", "--requests", "20", "--connections", "2"];
    let report = report(&[&small[..], &["--store", &database.url, "--json"]].concat());
    assert_eq!([&report["activations"], &report["rounds"], &report["named"]], [45, 3, 45]);
    for field in ["per_second", "corrections_per_second", "ratio", "update_seconds", "memory_last_bytes"] {
        assert!(number(&report, field) > 0.0, "{field}: {report}");
    }
    assert!(number(&report, "memory_first_bytes") <= number(&report, "memory_last_bytes"), "{report}");
    assert_eq!((number(&report, "bound_ratio"), number(&report, "bound_held_seconds")), (0.8, 0.05));
    let awaited = Store::open(&database.url).unwrap().read(store::all_awaited_activations).unwrap();
    assert_eq!(awaited.len(), 45, "each meter activates once");
}

/// VARIANTS.md 3: a small country is searched, counted and corrected, and the bounds stand beside what each takes.
#[test]
fn wrong_variants_are_found_corrected_and_counted_beside_their_bounds() {
    let database = fresh_database();
    let small = ["variants", "--devices", "2000", "--models", "40", "--requests", "20", "--connections", "2"];
    let report = report(&[&small[..], &["--rounds", "2", "--store", &database.url, "--json"]].concat());
    assert_eq!([&report["devices"], &report["wrong"], &report["models"]], [2_000, 143, 40]);
    assert_eq!([&report["corrected"], &report["left"], &report["rounds"]], [143, 0, 2]);
    let lines = report["lines"].as_array().unwrap();
    let shown = lines.iter().map(|line| (line["name"].as_str().unwrap(), number(line, "esmes")));
    let expected = [
        ("suspects", 143.0),
        ("report", 2_000.0),
        ("suspects beside SR 8.4", 143.0),
        ("report beside the service", 2_000.0),
        ("correct", 143.0),
        ("report, all corrected", 2_000.0),
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    for line in lines.iter().filter(|line| line["name"] != "correct") {
        assert_eq!(
            (number(line, "bound_seconds"), number(line, "bound_memory_bytes")),
            (60.0, 104_857_600.0)
        );
        assert!(number(line, "seconds") > 0.0, "{line}");
    }
    assert_eq!(number(&report, "bound_ratio"), 0.9);
    assert!(number(&report, "ratio_low") <= number(&report, "ratio_high"), "{report}");
    // What it says was done stands in the store: of the models that can have one variant each ESME has it.
    let export = |connection: &mut Connection| {
        let mut csv = Vec::new();
        store::export(connection, Kind::Devices, &mut csv)?;
        Ok::<_, ExportFault>(csv)
    };
    let devices = Store::open(&database.url).unwrap().read(export).unwrap();
    let mut rows = csv::Reader::from_reader(devices.as_slice());
    let heads = rows.headers().unwrap().clone();
    let column = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let (model, variant) = (column("device_model"), column("esme_variant"));
    let mut seen = [0; 4];
    for row in rows.records().map(Result::unwrap) {
        let of_row = row[model].strip_prefix("B-V").unwrap().parse::<usize>().unwrap() % 4;
        let allowed = [&["A"][..], &["ADE"], &["ADE"], &["A", "ADE"]][of_row];
        assert!(allowed.contains(&&row[variant]), "{row:?}");
        seen[of_row] += 1;
    }
    assert_eq!(seen, [500; 4]);
}

#[test]
fn a_country_that_cannot_be_made_is_refused_by_name() {
    let told = refused(&["variants", "--devices", "8", "--wrong", "7", "--models", "4"], &[]);
    assert!(told.contains("of 8 ESMEs at most 6 can be wrong, and not 7"), "{told}");
    let told = refused(&["variants", "--devices", "8", "--models", "6"], &[]);
    assert!(told.contains("6 models are no multiple of 4"), "{told}");
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
fn an_import_of_devices_is_measured_beside_sqlites_own() {
    let arguments = ["import", "--lines", "40,400", "--rounds", "2", "--json"];
    // Without a search path there is no `sqlite3`.
    for environment in [&[][..], &[("PATH", "")]] {
        let output = bench_with(&arguments, environment);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let shell = environment.is_empty() && is_there("sqlite3");
        let by = if shell {
            "`.import` of sqlite3"
        } else {
            "a prepared INSERT a line (no `sqlite3` in the search path)"
        };
        assert_eq!(report["reference"], by);
        let sizes = report["sizes"].as_array().unwrap();
        assert_eq!(sizes.iter().map(|size| number(size, "lines") as u64).collect::<Vec<_>>(), [40, 400]);
        for size in sizes {
            assert!(number(&size["import"], "lines_per_second") > 0.0, "{size}");
            assert!(number(&size["reference"], "lines_per_second") > 0.0, "{size}");
            assert!(number(size, "ratio_low") <= number(size, "ratio"), "{size}");
        }
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

/// HUBS.md 6: the bounds stand beside what is measured.
#[test]
fn reports_of_hubs_are_measured_beside_their_bounds() {
    let database = fresh_database();
    let report = report(&["hubs", "--hubs", "100", "--rounds", "1", "--store", &database.url, "--json"]);
    let lines = report["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 12, "{report}");
    for line in lines {
        assert!(number(line, "seconds") > 0.0, "{line}");
    }
    let named = |name: &str| lines.iter().find(|line| line["name"] == name).unwrap();
    assert_eq!((number(named("list"), "lines"), number(named("outstanding"), "lines")), (100.0, 90.0));
    assert_eq!(number(named("at-risk"), "bound_seconds"), 5.0);
    // All thirty that may be asked for, half of them in each.
    let files = report["files"].as_array().unwrap();
    assert_eq!(files.iter().map(|file| number(file, "hubs")).collect::<Vec<_>>(), [15.0, 15.0], "{report}");
    for file in files {
        assert!(number(file, "writer_held_seconds") > 0.0, "{file}");
        assert_eq!((number(file, "bound_seconds"), number(file, "bound_held_seconds")), (3.0, 0.5));
    }
    let costs = report["indexes"].as_array().unwrap();
    assert_eq!(
        costs.iter().map(|cost| cost["name"].as_str()).collect::<Vec<_>>(),
        [Some("import devices"), Some("CSPM-N3 batch")]
    );
    for cost in costs {
        assert!(number(cost, "seconds_without") > 0.0 && number(cost, "ratio") > 0.0, "{cost}");
    }
}
