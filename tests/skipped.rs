//! Tells, after all other tests of `cargo test`, what they left out. Cargo runs test binaries in the order of their names.
#![expect(clippy::unwrap_used, reason = "a test that cannot read the records fails")]

use std::fs;

#[expect(dead_code, reason = "this reads what the tests record by the rest of it")]
#[path = "it/support/skip.rs"]
mod skip;

fn main() {
    let asked = std::env::args().any(|argument| argument == "--list");
    let records = skip::records();
    if asked || !records.exists() {
        return;
    }
    let mut lines = fs::read_to_string(&records).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    lines.sort();
    lines.dedup();
    println!("\nNot everything was tested; tests/run installs what is lacking. {} left out:", lines.len());
    for line in lines {
        println!("  {line}");
    }
    fs::remove_dir_all(records.parent().unwrap()).unwrap();
}
