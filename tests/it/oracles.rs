//! Programs and schemas that were made by others and that we compare with, where they are installed.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::skip::{not_judged, or_skip, skip};

/// The published schema of that version of DUIS: beside the checkout, or that of 5.1 as `tests/run` takes it from Smart DCC's tool.
pub(crate) fn schema(version: &str) -> Option<PathBuf> {
    let name = format!("duis-{version}.xsd");
    let schema = published(&name).or_else(|| from_the_tool(&name));
    if version == "5.1" {
        return or_skip(schema, "the schema of DUIS 5.1, which tests/run extracts");
    }
    if schema.is_none() {
        not_judged(&format!("the published schema of DUIS {version}"));
    }
    schema
}

/// The newest published schema of DUIS that is at hand.
pub(crate) fn newest_schema() -> Option<PathBuf> {
    schema("5.4").or_else(|| schema("5.1"))
}

/// The schema of XML signatures.
pub(crate) fn schema_of_signatures() -> Option<PathBuf> {
    let name = "xmldsig-core-schema.xsd";
    or_skip(
        published(name).or_else(|| from_the_tool(name)),
        "the schema of XML signatures, which tests/run extracts",
    )
}

fn published(name: &str) -> Option<PathBuf> {
    is_file(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/duis/xsd").join(name))
}

fn from_the_tool(name: &str) -> Option<PathBuf> {
    is_file(Path::new(env!("CARGO_TARGET_TMPDIR")).join("../oracles/duis").join(name))
}

fn is_file(path: PathBuf) -> Option<PathBuf> {
    path.is_file().then_some(path)
}

/// A program that `tests/run` installed beside Python's modules.
pub(crate) fn program_of_tests(name: &str) -> Option<PathBuf> {
    let program = is_file(Path::new(env!("CARGO_TARGET_TMPDIR")).join("../oracles/bin").join(name));
    or_skip(program, &format!("{name}, which tests/run installs"))
}

/// A file of Smart DCC's npm packages.
pub(crate) fn npm(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client/node_modules/@smartdcc").join(path);
    let file = file.exists().then_some(file);
    or_skip(file, &format!("`@smartdcc/{path}`, which `npm ci` in tests/client installs"))
}

/// A Python that has that module: the one of `tests/run`, or else the machine's.
pub(crate) fn python_with(module: &str) -> Option<PathBuf> {
    let ours = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../oracles/bin/python");
    let has_it = |python: &PathBuf| {
        let run = Command::new(python).arg("-c").arg(format!("import {module}")).output();
        run.is_ok_and(|output| output.status.success())
    };
    let python = [ours, PathBuf::from("python3")].into_iter().find(has_it);
    or_skip(python, &format!("Python with {module}, which tests/run installs"))
}

/// Which files of a directory xmllint finds valid and invalid; those that are no XML are missing.
pub(crate) fn xmllint(schema: &Path, directory: &Path) -> HashMap<String, bool> {
    let mut names =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    names.sort();
    let schema = schema.canonicalize().unwrap();
    let mut command = Command::new("xmllint");
    command.current_dir(directory).args(["--nonet", "--noout", "--schema"]).arg(schema).args(names);
    let output = command.output().unwrap();
    let lines = String::from_utf8_lossy(&output.stderr).into_owned();
    let verdicts = lines.lines().filter_map(|line| {
        let valid = line.strip_suffix(" validates").map(|name| (name.to_owned(), true));
        valid.or_else(|| line.strip_suffix(" fails to validate").map(|name| (name.to_owned(), false)))
    });
    verdicts.collect()
}

/// Whether a program can be run here; the caller leaves out its test otherwise.
pub(crate) fn is_there(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        skip(&format!("`{program}`, which tests/run installs"));
    }
    is_there
}
