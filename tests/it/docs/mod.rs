//! What the documents say, held against the program.

mod settings;

use std::fs;

use crate::support::package;

fn read(name: &str) -> String {
    fs::read_to_string(package().join(name)).unwrap_or_else(|reason| panic!("{name}: {reason}"))
}
