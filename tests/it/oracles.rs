//! Programs and schemas that were made by others and that we compare with, where they are installed.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The published schema of that version.
pub(crate) fn schema(version: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../shared/duis/xsd/duis-{version}.xsd"));
    path.is_file().then_some(path)
}

/// A program that `tests/run` installed beside Python's modules.
pub(crate) fn program_of_tests(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../oracles/bin").join(name);
    path.is_file().then_some(path)
}

/// A Python that has that module: the one of `tests/run`, or else the machine's.
pub(crate) fn python_with(module: &str) -> Option<PathBuf> {
    let ours = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../oracles/bin/python");
    let has_it = |python: &PathBuf| {
        let run = Command::new(python).arg("-c").arg(format!("import {module}")).output();
        run.is_ok_and(|output| output.status.success())
    };
    [ours, PathBuf::from("python3")].into_iter().find(has_it)
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

/// Whether xmllint is installed.
pub(crate) fn has_xmllint() -> bool {
    Command::new("xmllint").arg("--version").output().is_ok()
}
