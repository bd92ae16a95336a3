//! What the documents say, held against the program: settings, commands, names, links, and the length of the README.

mod commands;
mod glossary;
mod links;
mod readme;
mod settings;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::package;

fn read(name: &str) -> String {
    fs::read_to_string(package().join(name)).unwrap_or_else(|reason| panic!("{name}: {reason}"))
}

/// Every document of the tree, by its path within it.
fn documents() -> Vec<String> {
    let mut found = Vec::new();
    for folder in [".", "docs", "fixtures", "fixtures/hostile", "migrations", "packaging", "schemas"] {
        for entry in fs::read_dir(package().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                found.push(within(&path));
            }
        }
    }
    assert!(found.len() > 15, "{found:?}");
    found.sort();
    found
}

fn within(path: &Path) -> String {
    let path = path.components().collect::<PathBuf>();
    let path = path.strip_prefix(package()).unwrap_or(&path);
    path.strip_prefix("./").unwrap_or(path).display().to_string()
}
