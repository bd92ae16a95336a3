//! Pages that name things of the tree: what they name is there, and what is there is named.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::support::package;

fn read(name: &str) -> String {
    fs::read_to_string(package().join(name)).unwrap()
}

/// What stands in code font in the first column of the tables under a heading.
fn first_column(page: &str, heading: &str) -> BTreeSet<String> {
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    cells.map(|(name, _)| name.to_owned()).collect()
}

fn set<T: ToString>(names: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    names.into_iter().map(|name| name.to_string()).collect()
}

/// The keys of a table of `Cargo.toml`.
fn cargo(table: &str) -> BTreeSet<String> {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let all = manifest.get(table).and_then(toml::Value::as_table);
    all.map(|all| set(all.keys())).unwrap_or_default()
}

/// The Debian packages that `tests/run` installs.
fn debian() -> BTreeSet<String> {
    let run = read("tests/run");
    let table = run.split("packages=(").nth(1).unwrap().split("\n)").next().unwrap();
    let named = table.split(']').filter_map(|word| word.trim().strip_prefix('=')?.split_whitespace().next());
    let added = run.split("missing+=(").skip(1).filter_map(|rest| rest.split(')').next());
    set(named.chain(added).filter(|name| !name.contains('$')))
}

#[test]
fn every_direct_dependency_has_its_reason_and_no_other_is_named() {
    let page = read("docs/DEPENDENCIES.md");
    let mut program = cargo("dependencies");
    program.extend(cargo("build-dependencies"));
    assert!(program.len() > 20);
    assert_eq!(first_column(&page, "In the program"), program);
    assert_eq!(first_column(&page, "For tests, in Rust"), cargo("dev-dependencies"));
    let of_npm = ["client", "browser", "node-red"].map(|folder| {
        let package: Value = serde_json::from_str(&read(&format!("tests/{folder}/package.json"))).unwrap();
        set(package["dependencies"].as_object().unwrap().keys())
    });
    assert_eq!(first_column(&page, "For tests, from npm"), of_npm.into_iter().flatten().collect());
    let python = read("tests/oracles/requirements.txt");
    let python = set(python.lines().filter_map(|line| line.split("==").next()));
    assert_eq!(first_column(&page, "For tests, from PyPI"), python);
    assert!(debian().len() > 8, "{:?}", debian());
    assert_eq!(first_column(&page, "For tests, from Debian"), debian());
}

/// The names of all tests of the tree.
fn tests_in(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_in(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for after in text.split("#[test]").skip(1) {
                let name = after.split("fn ").nth(1).and_then(|rest| rest.split('(').next());
                names.extend(name.map(str::to_owned));
            }
        }
    }
}

#[test]
fn security_names_tests_that_exist() {
    let page = read("docs/SECURITY.md");
    let mut tests = BTreeSet::new();
    for folder in ["src", "tests/it"] {
        tests_in(&package().join(folder), &mut tests);
    }
    assert!(tests.len() > 300, "{}", tests.len());
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.matches(" | ").count() == 2);
    let mut named = 0;
    for row in rows.filter(|row| {
        !row.starts_with("| threat |") && !row.starts_with("| who |") && !row.starts_with("| --- ")
    }) {
        let shown_by = row.trim_end_matches('|').rsplit('|').next().unwrap();
        let names = shown_by.split('`').skip(1).step_by(2).collect::<Vec<_>>();
        if row.split('|').nth(1).unwrap().trim().starts_with(char::is_uppercase) {
            assert!(!names.is_empty(), "nothing shows it: {row}");
        }
        for name in names {
            named += 1;
            assert!(tests.contains(name), "there is no test `{name}`: {row}");
        }
    }
    assert!(named > 40, "{named}");
}

/// The files under a folder with tests that do not run by themselves, and why they do not.
fn ignored_in(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            ignored_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(package()).unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let reasons = text.split("\n#[ignore = \"").skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(reasons.map(|reason| (name.clone(), reason.to_owned())));
        }
    }
}

#[test]
fn what_does_not_run_by_itself_is_run_by_tests_run_or_a_command_it_names() {
    let mut ignored = Vec::new();
    for folder in ["src", "tests/it"] {
        ignored_in(&package().join(folder), &mut ignored);
    }
    assert!(ignored.len() > 10, "{}", ignored.len());
    assert!(read("tests/run").contains("tests/with-postgres tests/on-postgres"));
    let on_a_server = read("tests/on-postgres");
    let left_out = on_a_server.split("--run-ignored only -E 'not test(/^").nth(1).unwrap();
    let left_out = left_out.split("::/)'").next().unwrap().replace("::", "/");
    for (file, reason) in ignored {
        let is_left_out = file == format!("tests/it/{left_out}.rs");
        match reason.split([' ', ':']).find(|word| word.starts_with("tests/")).unwrap() {
            "tests/run" => assert!(!is_left_out, "{file}: {reason}"),
            script => assert!(is_left_out && read(script).contains("--ignored"), "{file}: {reason}"),
        }
    }
}

/// The files under a folder with a line that prints that something was skipped.
fn printing_skips_in(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            printing_skips_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let is_one = |line: &str| line.contains("println!(\"") && line.contains("skipped");
            found.extend(text.lines().filter(|line| is_one(line)).map(|_| path.display().to_string()));
        }
    }
}

#[test]
fn a_test_is_left_out_by_the_one_helper_alone() {
    let mut found = Vec::new();
    for folder in ["src", "tests/it"] {
        printing_skips_in(&package().join(folder), &mut found);
    }
    found.retain(|path| !path.ends_with(file!()));
    assert!(found.is_empty(), "use `support::skip`: {found:?}");
}

/// `.config/nextest.toml`: the modules that the inner loop leaves out.
#[test]
fn what_tests_quick_leaves_out_is_there() {
    let settings: toml::Table = read(".config/nextest.toml").parse().unwrap();
    let filter = settings["profile"]["quick"]["default-filter"].as_str().unwrap();
    let modules = filter.strip_prefix("not test(/^(").and_then(|rest| rest.strip_suffix(")::/)")).unwrap();
    for module in modules.split('|') {
        let folder = package().join("tests/it");
        assert!(folder.join(module).is_dir() || folder.join(format!("{module}.rs")).is_file(), "{module}");
    }
}

/// SECURITY.md: what parses strangers' bytes has no `unsafe` of ours, and nothing can allow it again.
#[test]
fn unsafe_code_is_forbidden() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
}
