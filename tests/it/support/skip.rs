//! The one way for a test to be left out: what it lacks is recorded, and fails the test where every test must run.
//!
//! `tests/run` sets `TESTS_MUST_RUN` and installs what is lacking. Elsewhere the skip is told at once, past libtest's
//! capture of what a passing test prints, and again at the end: by `tests/skipped.rs` under `cargo test`, and by
//! `tests/run` and `tests/quick`, which name the folder of records in `TESTS_RECORDS`.

use std::{
    env,
    ffi::OsString,
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::process::parent_id,
    path::PathBuf,
    thread,
};

/// Leaves out a test, or a part of one, as it lacks this.
pub(crate) fn skip(lacks: &str) {
    assert!(
        set("TESTS_MUST_RUN").is_none(),
        "this test must run, as TESTS_MUST_RUN is set, and it lacks {lacks}"
    );
    record(&format!("skipped: {}: it lacks {lacks}", test()));
}

/// Leaves out a judge that the tree may not contain and nothing installs: a fresh clone is not the worse for it.
pub(crate) fn not_judged(by: &str) {
    record(&format!("not judged: {}: by {by}", test()));
}

/// What is asked for; where it is lacking, the test is to be left out.
pub(crate) fn or_skip<T>(found: Option<T>, lacks: &str) -> Option<T> {
    if found.is_none() {
        skip(lacks);
    }
    found
}

/// Where skips are recorded. The parent is the command that runs all test binaries, so that no run reads of another.
pub(crate) fn records() -> PathBuf {
    let of_this_command = || {
        let binary = env::current_exe().unwrap();
        binary.ancestors().nth(2).unwrap().join("records").join(parent_id().to_string())
    };
    set("TESTS_RECORDS").map_or_else(of_this_command, PathBuf::from).join("skipped")
}

fn set(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// The name of the running test. nextest may run it on the main thread, whose name says nothing.
fn test() -> String {
    let by_nextest = set("NEXTEST_TEST_NAME").and_then(|name| name.into_string().ok());
    by_nextest.unwrap_or_else(|| thread::current().name().unwrap_or("a test").to_owned())
}

fn record(line: &str) {
    let path = records();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
    // Not by a macro of printing: a test that passes would keep it to itself.
    drop(std::io::stderr().write_all(format!("{line}\n").as_bytes()));
}
