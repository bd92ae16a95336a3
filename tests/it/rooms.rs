//! Who may import whom: read from the `use` lines, as ARCHITECTURE.md says it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::package;

/// A room, the rooms it may name, and the packages it must not.
const ROOMS: [(&str, &[&str], &[&str]); 9] = [
    ("domain", &["domain"], FRAMEWORKS),
    ("rules", &["domain", "rules"], FRAMEWORKS),
    ("duis", &["domain", "duis"], &["actix_web", "diesel"]),
    ("metrics", &["domain", "metrics"], &["actix_web", "diesel", "quick_xml", "aws_lc_rs"]),
    ("db", &["clock", "db", "metrics", "domain"], &["actix_web", "quick_xml", "aws_lc_rs"]),
    (
        "store",
        &["clock", "db", "domain", "hash", "metrics", "rules", "store"],
        &["actix_web", "quick_xml", "aws_lc_rs"],
    ),
    (
        "tools",
        &["clock", "domain", "duis", "hash", "rules", "service", "store", "tls", "tools", "web", "db"],
        &["diesel"],
    ),
    ("tls", &["clock", "domain", "duis", "tls"], &["actix_web", "diesel", "quick_xml"]),
    (
        "web",
        &["clock", "domain", "metrics", "service", "secret", "tls", "web"],
        &["diesel", "quick_xml", "aws_lc_rs"],
    ),
];

const FRAMEWORKS: &[&str] = &[
    "actix_web",
    "diesel",
    "serde",
    "quick_xml",
    "tokio",
    "aws_lc_rs",
    "toml",
    "csv",
    "tracing",
    "prometheus_client",
    "std::fs",
    "std::net",
    "std::env",
    "std::time",
];

fn sources(room: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(room).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The part of a file that ships: tests may import what they like.
fn shipped(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let is_tests = path
        .strip_prefix(package())
        .unwrap()
        .components()
        .any(|part| ["tests", "tests.rs"].iter().any(|name| part.as_os_str() == *name));
    if is_tests { String::new() } else { text.split("#[cfg(test)]").next().unwrap().to_owned() }
}

/// Every room named after `crate::`, whether in a list or alone.
fn rooms_named(text: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => named.push(std::mem::take(&mut word)),
                    c if depth == 0 => word.push(c),
                    _ => {}
                }
            }
            named.push(word);
        } else {
            named.push(rest.to_owned());
        }
    }
    let first = |path: &String| {
        path.trim().split(|c: char| !(c.is_alphanumeric() || c == '_')).next().map(str::to_owned)
    };
    named.iter().filter_map(first).filter(|room| !room.is_empty()).collect()
}

#[test]
fn imports_point_inwards() {
    let mut files = 0;
    for (room, allowed, banned) in ROOMS {
        let folder = package().join("src").join(room);
        for path in sources(&folder) {
            let text = shipped(&path);
            files += 1;
            for named in rooms_named(&text) {
                assert!(allowed.contains(&named.as_str()), "{}: imports {named}", path.display());
            }
            for package in banned {
                let used = text.lines().any(|line| {
                    !line.trim_start().starts_with("//") && line.contains(&format!("{package}::"))
                });
                assert!(!used, "{}: uses {package}", path.display());
            }
        }
    }
    assert!(files > 30, "only {files} files were read");
}

#[test]
fn the_clock_is_read_in_one_file() {
    let reads = |path: &PathBuf| shipped(path).contains("Instant::now");
    // Measuring time is all that `bench` does.
    let others = sources(&package().join("src")).into_iter();
    let others = others.filter(|path| !path.starts_with(package().join("src/tools/bench")));
    let reading = others.filter(reads).collect::<Vec<_>>();
    assert_eq!(reading, [package().join("src/clock.rs")]);
}

#[test]
fn every_file_that_architecture_names_exists() {
    let text = fs::read_to_string(package().join("ARCHITECTURE.md")).unwrap();
    let named = text.split('`').filter(|word| word.starts_with("src/") || word.starts_with("tests/"));
    let missing = named.clone().filter(|word| !package().join(word).exists()).collect::<Vec<_>>();
    assert_eq!(missing, [""; 0]);
    assert!(named.count() > 10);
}
