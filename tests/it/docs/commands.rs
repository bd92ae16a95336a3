//! Commands that documents print: the program knows every subcommand and every flag of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use super::{documents, read};

/// A command of a document: where it stands, the subcommand's words, and its flags.
struct Printed {
    place: String,
    words: Vec<String>,
    flags: Vec<String>,
}

/// Subcommands that have subcommands of their own.
const NESTED: [&str; 14] = [
    "audit",
    "bench",
    "firmware",
    "hubs",
    "maintenance",
    "notices",
    "pki",
    "privacy",
    "reflash",
    "report",
    "ssmi",
    "tsat",
    "user",
    "variants",
];

/// What stands in code font or in a fenced block and begins with `smi`.
fn printed(document: &str) -> Vec<Printed> {
    let page = read(document).replace("\\\n", " ");
    let mut found = Vec::new();
    for (number, block) in page.split("```").enumerate() {
        let fenced = number % 2 == 1;
        let spans = if fenced {
            block.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
        } else {
            block.split('`').skip(1).step_by(2).map(|span| span.replace('\n', " ")).collect()
        };
        found.extend(spans.iter().filter_map(|span| command(document, span)));
    }
    found
}

fn command(document: &str, span: &str) -> Option<Printed> {
    let code = span.split(" #").next().unwrap_or_default();
    let code = code.replace("cargo run --release --", "smi");
    let bare = |word: &str| word.trim_start_matches('[').trim_end_matches([']', ';', ',']).to_owned();
    let mut words = code.split_whitespace().map(bare).peekable();
    words.next().filter(|word| word == "smi")?;
    // `--config FILE` stands before the subcommand.
    if words.next_if(|word| word == "--config").is_some() {
        words.next();
    }
    let is_name = |name: &String| name.starts_with(|c: char| c.is_ascii_lowercase());
    let mut names = vec![words.next_if(is_name)?];
    if names.iter().any(|name| NESTED.contains(&name.as_str())) {
        names.extend(words.next_if(is_name));
    }
    let flags = words.filter(|word| word.starts_with("--"));
    let flags = flags.map(|word| word.split(['=', '|']).next().unwrap_or_default().to_owned()).collect();
    Some(Printed { place: format!("{document}: `{span}`"), words: names, flags })
}

/// The flags that the help of a subcommand shows; absent where there is no such subcommand.
fn flags_of(words: &[String]) -> Option<BTreeSet<String>> {
    let help = Command::new(env!("CARGO_BIN_EXE_smi")).args(words).arg("--help").output().unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    let is_flag = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let words = text.split(|c: char| !is_flag(c)).filter(|word| word.starts_with("--"));
    help.status.success().then(|| words.map(str::to_owned).collect())
}

#[test]
fn every_command_that_a_document_prints_is_one_of_the_programs() {
    let mut known = BTreeMap::new();
    let (mut held, mut wrong) = (0, Vec::new());
    for printed in documents().iter().filter(|name| *name != "CHANGELOG.md").flat_map(|name| printed(name)) {
        let flags = known.entry(printed.words.clone()).or_insert_with(|| flags_of(&printed.words));
        held += 1;
        match flags {
            None => wrong.push(format!("no such command: {}", printed.place)),
            Some(flags) => {
                let missing = printed.flags.iter().filter(|flag| !flags.contains(*flag));
                wrong.extend(missing.map(|flag| format!("no such flag {flag}: {}", printed.place)));
            }
        }
    }
    assert!(held > 50, "{held}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
