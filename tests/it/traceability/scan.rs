//! Reads tests and code for the requirements and rules they name.
//!
//! A test names them in its own name (`mp125_r8_...`, `sr_8_4_e_f_g_...`), in its comments (`MP106-R5, R6`,
//! `SMI.md 3/7`), or by asserting on a rule's id (`"SR8.4/g"`).

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use smi::rules::rulebook::rule;

use crate::support::package;

/// A test and what it names: requirements and ids of rules.
pub(super) struct Test {
    pub(super) name: String,
    pub(super) cites: BTreeSet<String>,
}

/// A file that ships, and what it names.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) cites: BTreeSet<String>,
}

/// Every test but those of this folder.
pub(super) fn tests() -> Vec<Test> {
    let mut found = Vec::new();
    for path in files("src").into_iter().chain(files("tests/it")) {
        if !path.contains("traceability") {
            found.extend(tests_of(&path, &read(&path)));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Every file that ships and names a requirement, without the rulebook and its page, which name them rule by rule.
pub(super) fn sources() -> Vec<Source> {
    let shows =
        |path: &String| path.starts_with("src/rules/rulebook/") || path.starts_with("src/cli/rulebook/");
    let ships = |path: &String| !is_tests(path) && !shows(path);
    let source = |path: String| {
        let text = read(&path);
        let cites = cited(text.split("#[cfg(test)]").next().unwrap());
        Source { path, cites }
    };
    files("src").into_iter().filter(ships).map(source).filter(|source| !source.cites.is_empty()).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(package().join(path)).unwrap()
}

fn files(folder: &str) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&package().join(folder), &mut found);
    let relative = |path: &PathBuf| path.strip_prefix(package()).unwrap().to_str().unwrap().to_owned();
    let mut found = found.iter().map(relative).collect::<Vec<_>>();
    found.sort();
    found
}

/// Whether a file holds tests and nothing else.
fn is_tests(path: &str) -> bool {
    path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// The name of a file's tests as `cargo nextest` writes it.
fn module(path: &str) -> String {
    let inner = path.trim_end_matches(".rs").trim_end_matches("/mod");
    let module = inner.trim_start_matches("src/").trim_start_matches("tests/").replace('/', "::");
    if is_tests(path) { module } else { format!("{module}::tests") }
}

fn tests_of(path: &str, text: &str) -> Vec<Test> {
    let lines = text.lines().collect::<Vec<_>>();
    let mut found = Vec::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.trim() == "#[test]") {
        let is_lead = |line: &&&str| line.trim().starts_with("//") || line.trim().starts_with("#[");
        let lead = lines[..at].iter().rev().take_while(is_lead).count();
        let Some(head) = (at..lines.len()).find(|line| lines[*line].trim().starts_with("fn ")) else {
            continue;
        };
        let name = lines[head].trim().trim_start_matches("fn ").split('(').next().unwrap();
        let indent = lines[head].len() - lines[head].trim_start().len();
        let end = format!("{}}}", " ".repeat(indent));
        let last = (head..lines.len()).find(|line| lines[*line] == end).unwrap_or(head);
        let mut cites = cited(&lines[at - lead..=last].join("\n"));
        cites.extend(cited_by_name(name));
        found.push(Test { name: format!("{}::{name}", module(path)), cites });
    }
    found
}

/// What a text names.
pub(super) fn cited(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for modification in ["MP125-", "MP106-", "MP139-", "MP155-", "MP230-", "MP092-", "DP144-"] {
        for (at, _) in text.match_indices(modification) {
            let numbers = series(&text[at + modification.len()..]);
            found.extend(numbers.iter().map(|number| format!("{modification}{number}")));
        }
    }
    for (at, _) in text.match_indices("SMI.md ") {
        let rest = &text[at + "SMI.md ".len()..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '/')).unwrap_or(rest.len());
        found.insert(format!("SMI.md {}", &rest[..end]));
    }
    let areas = ["SR", "N3/", "RF/", "DV/", "SSMI/", "TSAT/", "PA/", "PM/", "EV/", "FW/"];
    for (at, _) in areas.into_iter().flat_map(|area| text.match_indices(area)) {
        let rest = &text[at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '/' || c == '.'));
        let id = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
        // An id between escaped quotes is a line of `codes.toml`: an example, and no proof.
        if rule(id).is_some() && !text[..at].ends_with("\\\"") {
            found.insert(id.to_owned());
        }
    }
    found
}

/// `R5, R6 and Q1 to Q3`: all five.
fn series(mut text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut range = false;
    loop {
        let digits = text.get(1..).unwrap_or("");
        let count = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let Some(letter) = text.chars().next().filter(|c| c.is_ascii_uppercase() && count > 0) else { break };
        let number = digits[..count].parse::<u32>().unwrap();
        let first = match found.last() {
            Some(last) if range => last[1..].parse::<u32>().unwrap() + 1,
            _ => number,
        };
        found.extend((first..=number).map(|number| format!("{letter}{number}")));
        let rest = &digits[count..];
        let Some(joint) = [", ", " and ", " to "].iter().find(|joint| rest.starts_with(**joint)) else {
            break;
        };
        range = *joint == " to ";
        text = &rest[joint.len()..];
    }
    found
}

/// What a test's name names: `mp106_r5_r6_...`, `sr_6_...`, `sr_8_4_e_f_g_...`, `sr_12_2_b_to_e_...`, `n3_a_...`.
fn cited_by_name(name: &str) -> BTreeSet<String> {
    let words = name.split('_').collect::<Vec<_>>();
    let number = |word: &&&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    let mut found = BTreeSet::new();
    match words[..] {
        [modification @ ("mp125" | "mp106" | "mp139" | "mp155" | "mp230" | "mp092"), ref rest @ ..] => {
            let item = |word: &&&str| word.len() > 1 && word[1..].chars().all(|c| c.is_ascii_digit());
            let items = rest.iter().take_while(item);
            found.extend(items.map(|item| format!("{modification}-{item}").to_uppercase()));
        }
        ["checks", first, "to", last, ..] => {
            let checks = first.parse::<u32>().unwrap()..=last.parse::<u32>().unwrap();
            found.extend(checks.map(|check| format!("SR/{check}")));
        }
        [area @ ("n3" | "rf" | "dv" | "ssmi" | "ev" | "fw"), ref rest @ ..] => {
            let area = area.to_uppercase();
            let ids = letters(rest).into_iter().map(|letter| format!("{area}/{letter}"));
            // Of large firmware some rules say how a state or a time is made, and stand in no rulebook.
            found.extend(ids.filter(|id| area != "FW" || rule(id).is_some()));
        }
        ["sr", ref rest @ ..] => {
            let numbers = rest.iter().take_while(number).copied().collect::<Vec<_>>();
            match numbers[..] {
                [check] => {
                    found.extend([format!("SR/{check}"), format!("SMI.md 3/{check}")]);
                }
                _ => found.extend(
                    letters(&rest[numbers.len()..])
                        .iter()
                        .map(|letter| format!("SR{}/{letter}", numbers.join("."))),
                ),
            }
        }
        _ => {}
    }
    found
}

/// Letters as long as they go up, so that an article is none: `l_a_chf` is l alone.
fn letters(words: &[&str]) -> Vec<char> {
    let mut found: Vec<char> = Vec::new();
    let mut range = false;
    for word in words {
        let mut chars = word.chars();
        match (chars.next(), chars.next()) {
            (Some(letter), None) if found.last().is_none_or(|last| *last < letter) => {
                let first = if range { *found.last().unwrap() } else { letter };
                found.extend((first..=letter).skip(usize::from(range)));
                range = false;
            }
            _ if *word == "to" && !found.is_empty() => range = true,
            _ => break,
        }
    }
    found
}

#[test]
fn names_and_comments_are_read() {
    let all = |cites: BTreeSet<String>| cites.into_iter().collect::<Vec<_>>().join("; ");
    insta::assert_snapshot!(all(cited("MP125-R3, R4 and Q1 to Q3, SMI.md 4/g; as MP106-T1.")), @"MP106-T1; MP125-Q1; MP125-Q2; MP125-Q3; MP125-R3; MP125-R4; SMI.md 4/g");
    insta::assert_snapshot!(all(cited("decided by SR8.4/g, not SR8.4/z; SR/12, N3/h.")), @"N3/h; SR/12; SR8.4/g");
    insta::assert_snapshot!(all(cited("RF/e, then DV/h and SSMI/a; RF/z.")), @"DV/h; RF/e; SSMI/a");
    insta::assert_snapshot!(all(cited_by_name("n3_f_a_hub_that_is_not_pending")), @"N3/f");
    insta::assert_snapshot!(all(cited_by_name("rf_c_to_e_o_other_conditions")), @"RF/c; RF/d; RF/e; RF/o");
    insta::assert_snapshot!(all(cited_by_name("sr_12_2_b_to_e_every_device_type")), @"SR12.2/b; SR12.2/c; SR12.2/d; SR12.2/e");
    insta::assert_snapshot!(all(cited_by_name("sr_8_4_l_a_chf_takes_its_gpf")), @"SR8.4/l");
    insta::assert_snapshot!(all(cited_by_name("mp125_r8_q2_a_correction")), @"MP125-Q2; MP125-R8");
    insta::assert_snapshot!(all(cited_by_name("sr_6_the_same_message")), @"SMI.md 3/6; SR/6");
}

#[test]
fn tests_have_the_names_that_nextest_gives_them() {
    let names = ["src/eui64.rs", "src/rules/tests.rs", "src/rules/tests/sr_8_4.rs", "tests/it/csp/mod.rs"]
        .map(module);
    assert_eq!(names, ["eui64::tests", "rules::tests", "rules::tests::sr_8_4", "it::csp"]);
}
