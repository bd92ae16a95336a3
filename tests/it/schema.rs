//! Decoding agrees with the published schema: on each of thousands of messages near the border.
//!
//! Two judges are asked, PyPI's xmlschema and xmllint. Where they differ, `tests/oracles/schema.py` says who is right.

use std::{collections::HashMap, fs, path::Path, process::Command};

use smi::duis::xml::{InvalidKind, Undecodable, decode};

use crate::{
    mutants,
    oracles::{is_there, newest_schema, python_with, xmllint},
};

const MESSAGES: usize = 3_000;

/// Each kind of verdict must be met often, or the messages test nothing.
const AT_LEAST: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Verdict {
    Valid,
    Invalid,
    NotXml,
    /// Decided by rules that the schema does not have (SMI.md 3/3).
    BeyondSchema,
}

#[test]
fn decode_and_the_published_schema_agree_on_every_message() {
    let (Some(schema), Some(python), true) = (newest_schema(), python_with("xmlschema"), is_there("xmllint"))
    else {
        return;
    };
    let (messages, directory) = written();
    let judged = judge(&python, &schema, directory.path());
    let linted = xmllint(&schema, directory.path());
    let mut met = HashMap::<Verdict, usize>::new();
    let mut disputed = 0;
    let mut wrong = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        let (expected, raw) = *judged.get(&name(at)).unwrap();
        let lint = linted.get(&name(at)).map_or(Verdict::NotXml, |valid| validity(*valid));
        let verdict = ours(message);
        *met.entry(verdict).or_default() += 1;
        disputed += usize::from(raw != lint);
        let expected = if raw == lint { raw } else { expected };
        if verdict != Verdict::BeyondSchema && verdict != expected {
            wrong.push(format!("{}: {expected:?}, not {verdict:?}: {message:.2000}", name(at)));
        }
    }
    println!("{met:?}; the judges differ on {disputed}");
    assert!(wrong.is_empty(), "{} of {MESSAGES}:\n{}", wrong.len(), wrong.join("\n\n"));
    for verdict in [Verdict::Valid, Verdict::Invalid] {
        assert!(met.get(&verdict) >= Some(&AT_LEAST), "{met:?}");
    }
    assert!(disputed < MESSAGES / 10, "the judges differ on {disputed}");
}

#[test]
fn our_own_schema_and_the_published_one_agree_on_every_message() {
    let (Some(published), true) = (newest_schema(), is_there("xmllint")) else { return };
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/smi-requests.xsd");
    let (messages, directory) = written();
    let (own, published) = (xmllint(&own, directory.path()), xmllint(&published, directory.path()));
    for (at, message) in messages.iter().enumerate() {
        // Ours has no other Service Requests.
        if ours(message) != Verdict::BeyondSchema {
            assert_eq!(own.get(&name(at)), published.get(&name(at)), "{message:.2000}");
        }
    }
}

/// The messages, in a file each.
fn written() -> (Vec<String>, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let messages = mutants::messages(MESSAGES);
    for (at, message) in messages.iter().enumerate() {
        fs::write(directory.path().join(name(at)), message).unwrap();
    }
    (messages, directory)
}

fn name(at: usize) -> String {
    format!("{at:05}.xml")
}

const fn validity(valid: bool) -> Verdict {
    if valid { Verdict::Valid } else { Verdict::Invalid }
}

fn ours(message: &str) -> Verdict {
    match decode(message.as_bytes()) {
        Ok(_) => Verdict::Valid,
        Err(Undecodable::NotXml(_)) => Verdict::NotXml,
        Err(Undecodable::NotImplemented(_)) => Verdict::BeyondSchema,
        Err(Undecodable::Invalid(invalid)) => match invalid.kind {
            InvalidKind::Schema => Verdict::Invalid,
            InvalidKind::Mismatch => Verdict::BeyondSchema,
        },
    }
}

/// The right verdict and that of xmlschema, by file name.
fn judge(python: &Path, schema: &Path, directory: &Path) -> HashMap<String, (Verdict, Verdict)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/schema.py");
    let output = Command::new(python).arg(script).arg(schema).arg(directory).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdict = |word: &str| match word {
        "valid" => Verdict::Valid,
        "invalid" => Verdict::Invalid,
        _ => Verdict::NotXml,
    };
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    lines
        .filter_map(|words| match words.as_slice() {
            [name, right, raw] => Some(((*name).to_owned(), (verdict(right), verdict(raw)))),
            _ => None,
        })
        .collect()
}
