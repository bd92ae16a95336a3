//! `docs/GLOSSARY.md`: every type that it names is there.

use std::{collections::BTreeSet, fs, path::Path};

use super::read;
use crate::support::package;

/// The names that the code declares as types, or as types of the closed sets that a macro declares.
fn declared(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            declared(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            for line in fs::read_to_string(&path).unwrap().lines() {
                names.extend(declared_by(line.trim_start()));
            }
        }
    }
}

fn declared_by(line: &str) -> Option<String> {
    let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect::<Vec<_>>();
    let keyword = words.iter().position(|word| ["struct", "enum", "trait", "type"].contains(word));
    let name = match keyword {
        Some(at) => words.get(at + 1)?,
        // `CspRegion, "a CSPRegion", {` and the like, within the macros of the domain.
        None if line.contains(", \"") => words.first()?,
        None => return None,
    };
    name.starts_with(char::is_uppercase).then(|| (*name).to_owned())
}

/// What stands in code font in the second column: names of types.
fn named(page: &str) -> Vec<String> {
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let cells = rows.filter_map(|row| row.split('|').nth(2));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn every_type_that_the_glossary_names_exists() {
    let mut types = BTreeSet::new();
    declared(&package().join("src"), &mut types);
    assert!(types.len() > 200, "{}", types.len());
    let named = named(&read("docs/GLOSSARY.md"));
    assert!(named.len() > 30, "{named:?}");
    let missing = named.iter().filter(|name| !types.contains(*name)).collect::<Vec<_>>();
    assert!(missing.is_empty(), "docs/GLOSSARY.md names types that src/ does not declare: {missing:?}");
}
